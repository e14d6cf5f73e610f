"""How long one order takes on one connection: promised its stock, and booked as picked, packed and shipped."""

import io
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path

from warehouse_app.cli.benchmarks.booking import bookkeeper_process
from warehouse_app.cli.benchmarks.figures import Figure, percentile
from warehouse_app.cli.benchmarks.programs import ProgramFailed
from warehouse_app.cli.benchmarks.sale import Sale, fill_orders, prepare_shelves, require_nothing_oversold
from warehouse_app.cli.context import Context, Database
from warehouse_app.domain.facts import (
    CartonClosed,
    Fact,
    HandedOver,
    LabelPrinted,
    PackingOpened,
    Picked,
    ToteClosed,
    ToteOpened,
    UnitPacked,
    WorkFinished,
)
from warehouse_app.domain.packets import PickPacket, PickStop
from warehouse_app.domain.scan import ScanKind
from warehouse_app.domain.session import Need
from warehouse_app.language import mark
from warehouse_app.operations.claiming import Holder
from warehouse_app.operations.import_locations import import_locations
from warehouse_app.operations.keeping import book_posted, database_revision
from warehouse_app.operations.list_making import make_lists
from warehouse_app.operations.orders import list_orders
from warehouse_app.operations.pick_lists import printed_lists
from warehouse_app.operations.picking import claim_pick_list
from warehouse_app.operations.promising import OPEN_STATES, open_order_nos, promise_orders
from warehouse_app.operations.waves import new_wave
from warehouse_app.station.file import StationFile
from warehouse_app.station.journal import Journal
from warehouse_app.station.link import Link
from warehouse_app.station.replica import Replica

SALE = Sale(orders=600, products=5_000, units=1_800, hot_share=0.0, stock_share=1.5, spread=0.0)
WORKER, MANIFEST = "PERSON-1", "M-1"
WARM_UP_ONE_IN = 10
"""So large a part of the times is left out, the first ones: connection, caches and the planner were cold."""

PROMISE_LIMIT_MS = {"sqlite": None, "postgresql": 5.0}
APPLY_LIMIT_MS = 10.0
PEERS_PROMISE, PEERS_APPLY = "Tryton 8.2: 162 ms; GreaterWMS: 51 ms", "Tryton 8.2: 362 ms; GreaterWMS: 121 ms"


def one_order(context: Context, folder: Path) -> list[Figure]:
    """Orders of three lines, one at a time."""
    return one_at_a_time(context, folder, SALE)


def one_at_a_time(context: Context, folder: Path, sale: Sale) -> list[Figure]:
    """Promise the orders of the sale in an empty database; then half of them are booked here, half by the service."""
    database = context.database
    prepare_shelves(database, sale)
    fill_orders(database, sale)
    totes = "".join(f"T-{number:05d},tote\n" for number in range(sale.orders))
    import_locations(database, io.BytesIO(f"location,kind\n{totes}".encode()))
    wave_no = database.write(new_wave, WORKER)
    promised = list(_promise(database, wave_no))
    make_lists(database, wave_no, WORKER)
    database.gather_statistics()
    floor = _Floor(folder / "floor", database, wave_no)
    orders = list(floor.stops)
    applied = [floor.apply(order_no) for order_no in orders[::2]]
    with bookkeeper_process(context):
        booked = [floor.scan_to_books(order_no) for order_no in orders[1::2]]
    facts = floor.journal.last_sequence
    floor.close()
    _require_shipped(database, len(orders))
    limit = PROMISE_LIMIT_MS[database_revision(database).engine]
    note = f"{facts / len(orders):.0f} facts an order"
    return [
        _figure("one-order-promise", promised, limit, PEERS_PROMISE),
        _figure("one-order-apply", applied, APPLY_LIMIT_MS, f"{note}; {PEERS_APPLY}"),
        _figure("one-order-scan-to-books", booked, None, f"{note}, posted and applied by the service"),
    ]


class _Floor:
    """A station that does an order's work at once, as far as the books can tell."""

    def __init__(self, folder: Path, database: Database, wave_no: str) -> None:
        self._file = StationFile(folder, "FLOOR-1")
        self._database = database
        self._link = Link(self._file, database, Replica(self._file))
        self._link.connect()
        self.journal = Journal(self._file)
        self.stops: dict[str, list[tuple[str, PickStop]]] = defaultdict(list)
        for printed in database.read(printed_lists, wave_no):
            need = Need(ScanKind.PICK_LIST, printed.list_no)
            packet: PickPacket = database.write(claim_pick_list, Holder("FLOOR-1", WORKER), need)
            self.journal.keep_packet(packet)
            for stop in packet.stops:
                self.stops[stop.order_no].append((printed.list_no, stop))

    def apply(self, order_no: str) -> float:
        """Milliseconds until the facts of this order, posted before, are in the books."""
        self._scan(order_no)
        self._link.post()
        started = time.perf_counter()
        while book_posted(self._database).applied:
            pass
        return _since(started)

    def scan_to_books(self, order_no: str) -> float:
        """Milliseconds until the facts of this order are posted and another process has them in the books."""
        self._scan(order_no)
        started = time.perf_counter()
        self._link.settle()
        return _since(started)

    def close(self) -> None:
        self._link.close()
        self._file.close()

    def _scan(self, order_no: str) -> None:
        number, now = self.journal.last_sequence, datetime.now(UTC)
        for work, facts in _work(order_no, self.stops[order_no], number):
            self.journal.append(facts, WORKER, work, now)


def _since(started: float) -> float:
    return (time.perf_counter() - started) * 1000


def _work(order_no: str, stops: Sequence[tuple[str, PickStop]], number: int) -> Iterator[tuple[str, Sequence[Fact]]]:
    """The facts of an order by their work; `number` tells its tote and its carton from those of others."""
    list_no, tote, carton = stops[0][0], f"T-{int(order_no[1:]):05d}", f"00{number:018d}"
    yield (
        f"pick:{list_no}",
        [ToteOpened(list_no, order_no, tote), *_picks(stops, tote), ToteClosed(list_no, order_no, tote)],
    )
    yield (
        f"pack:{order_no}",
        [
            PackingOpened(order_no, tote),
            *(
                UnitPacked(order_no, stop.line_no, stop.owner, stop.sku, stop.lot, stop.quantity, tote, carton)
                for _, stop in stops
            ),
            CartonClosed(order_no, carton, 1, "M", 300, "scale", last=True),
            LabelPrinted(order_no, carton, "label", reprint=False),
            WorkFinished(f"pack:{order_no}"),
        ],
    )
    yield f"ship:{MANIFEST}", [HandedOver(order_no, carton, "OWN", MANIFEST)]


def _picks(stops: Sequence[tuple[str, PickStop]], tote: str) -> Iterator[Fact]:
    for list_no, stop in stops:
        yield Picked(
            list_no, stop.stop_no, stop.order_no, stop.line_no, stop.owner, stop.sku, stop.lot, stop.quantity,
            stop.location, tote,
        )  # fmt: skip


def _promise(database: Database, wave_no: str) -> Iterator[float]:
    for name in database.read(open_order_nos, OPEN_STATES):
        started = time.perf_counter()
        database.write(promise_orders, [name], WORKER, wave_no)
        yield (time.perf_counter() - started) * 1000


def _require_shipped(database: Database, orders: int) -> None:
    require_nothing_oversold(database)
    if len(database.read(list_orders, "shipped")) != orders:
        raise ProgramFailed(program="one-order", reason=mark("not every order has shipped"))


def _figure(name: str, times: Sequence[float], limit: float | None, note: str) -> Figure:
    warm = times[len(times) // WARM_UP_ONE_IN :]
    note = f"p50 of {len(warm)}, p95 {percentile(warm, 0.95):.1f} ms; {note}"
    return Figure(name, round(percentile(warm, 0.5), 2), "ms", limit, note=note)
