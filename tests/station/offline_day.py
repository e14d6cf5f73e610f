"""Eight hours at a packing bench without the shared database, compressed; checked by journals and tables alone."""

import io
import random
import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pysqlite3
from sqlalchemy import text

from tests.despatch import PICKER
from tests.order_desk import HEADER, OrderDesk
from tests.warehouse import at
from warehouse_app.books.bookkeeping import book_everything
from warehouse_app.books.verify import verify
from warehouse_app.channels.readers import READERS
from warehouse_app.domain.facts import Fact, ListFinished, Picked, ToteClosed, ToteOpened, WorkFinished
from warehouse_app.domain.packets import PickPacket
from warehouse_app.operations.claiming_ahead import Ahead, claim_ahead, pieces, works_to_claim
from warehouse_app.operations.import_locations import import_locations
from warehouse_app.operations.import_orders import import_orders
from warehouse_app.operations.import_stock import import_stock
from warehouse_app.station.ahead import WorkAhead
from warehouse_app.station.bench import Bench, ConnectedBench
from warehouse_app.station.file import StationFile
from warehouse_app.station.link import Link
from warehouse_app.station.replica import Replica
from warehouse_app.store.database import Database
from warehouse_app.store.engine import open_database

SHIFT = timedelta(hours=8)
SEED = 8


@dataclass(frozen=True, slots=True)
class OfflineDay:
    """What came out: orders packed, facts, and how long it took; `sync_s` is from the cable to the last booking."""

    packed: int
    facts: int
    lost: int
    doubled: int
    claim_s: float
    pack_s: float
    sync_s: float


class Cable:
    """The way to a server by the network, which can be cut: then connections break, and new ones are refused."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._listener: socket.socket | None = None
        self._open: list[socket.socket] = []
        self.port = 0
        self.plug_in()

    def plug_in(self) -> None:
        """Connections come through."""
        listener = socket.create_server(("127.0.0.1", self.port))
        self.port, self._listener = listener.getsockname()[1], listener
        threading.Thread(target=self._accept, args=(listener,), daemon=True).start()

    def cut(self) -> None:
        """Nothing comes through, in the middle of whatever was said."""
        assert self._listener is not None
        for one in (self._listener, *self._open):
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._listener, self._open = None, []

    def _accept(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                near, _ = listener.accept()
                far = socket.create_connection(("127.0.0.1", self._port))
                for end in (near, far):
                    # A cable passes on what it gets; it does not wait for more.
                    end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._open += [near, far]
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=_carry, args=(source, target), daemon=True).start()


def _carry(source: socket.socket, target: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65_536):
            target.sendall(data)
    with suppress(OSError):
        target.shutdown(socket.SHUT_RDWR)


def furnish(database: Database, orders: int) -> None:
    """So many picked orders of one to three lines, each in a tote of its own."""
    desk = OrderDesk(database)
    rng = random.Random(SEED)
    totes = "".join(f"Q-{number:05d},tote\n" for number in range(2 * orders + 40))
    import_locations(database, io.BytesIO(f"location,kind\n{totes}".encode()))
    import_stock(database, io.BytesIO(f"sku,location,quantity\nCUP,B01,{6 * orders}\nPOT,C01,{6 * orders}\n".encode()))
    rows = []
    for number in range(1, orders + 1):
        lines = rng.sample(("CUP", "POT"), rng.choice((1, 1, 2)))
        rows += [
            f"{number},{line},{at('07:00').isoformat()},next_day,{sku},{rng.randrange(1, 4)},Ann,1 Lane,Leeds,GB,"
            "complete,C-1,\n"
            for line, sku in enumerate(lines, 1)
        ]
    import_orders(database, "csv", "shop", [io.BytesIO((HEADER + "".join(rows)).encode())], readers=READERS)
    desk.release_all()
    works = database.read(works_to_claim, PICKER, Ahead("pick"))
    for piece in pieces(works):
        for packet in database.write(claim_ahead, "pick", PICKER, piece):
            assert isinstance(packet, PickPacket)
            database.write(desk._post, at("08:00"), "W-03", _picks(packet), PICKER.station, packet.work)  # noqa: SLF001
        book_everything(database)


def _picks(packet: PickPacket) -> list[Fact]:
    free = iter(packet.free_totes)
    totes: dict[str, str] = {}
    facts: list[Fact] = []
    for stop in packet.stops:
        if stop.order_no not in totes:
            totes[stop.order_no] = next(free)
            facts.append(ToteOpened(packet.list_no, stop.order_no, totes[stop.order_no]))
        facts.append(
            Picked(
                packet.list_no, stop.stop_no, stop.order_no, stop.line_no, stop.owner, stop.sku, stop.lot,
                stop.quantity, stop.location, totes[stop.order_no],
            )
        )  # fmt: skip
    facts += [ToteClosed(packet.list_no, order_no, tote) for order_no, tote in totes.items()]
    return [*facts, ListFinished(packet.list_no), WorkFinished(packet.work)]


def work_offline(server: Database, folder: Path, port: int, url_by: str, orders: int) -> OfflineDay:
    """Claim everything, pull the cable, pack it all, plug the cable in; `url_by` takes the cable's port."""
    cable = Cable(port)
    now = [datetime.now(UTC)]
    with _bench(folder, url_by.format(port=cable.port), now) as (bench, ahead):
        began = time.perf_counter()
        prepared = ahead.prepare(Ahead("pack"))
        claim_s = time.perf_counter() - began
        assert prepared.claimed == orders
        cable.cut()

        began = time.perf_counter()
        packed = _pack_all(bench, now, SHIFT / orders)
        pack_s = time.perf_counter() - began

        cable.plug_in()
        began = time.perf_counter()
        bench.link.settle()
        sync_s = time.perf_counter() - began
        cable.cut()
    lost, doubled, facts = check(server, folder)
    return OfflineDay(packed, facts, lost, doubled, claim_s, pack_s, sync_s)


@contextmanager
def _bench(folder: Path, url: str, now: list[datetime]) -> Iterator[tuple[ConnectedBench, WorkAhead]]:
    database = Database(open_database(url))
    file = StationFile(folder, "PACK-8")
    link = Link(file, database, Replica(file))
    link.connect()
    bench = Bench(file, "pack", lambda: now[0])
    bench.sign_on("W-03")
    yield ConnectedBench(bench, link), WorkAhead(bench, link)
    link.close()
    file.close()
    database.close()


def _pack_all(bench: ConnectedBench, now: list[datetime], pause: timedelta) -> int:
    """Every order by the scans that are expected; none of them asks the database."""
    packed = 0
    while at_hand := bench.bench.session.at_hand():
        now[0] += pause
        answer = bench.bench.scan(at_hand[0].scan_text)
        assert answer.need is None
        while not bench.bench.idle:
            bench.bench.scan(bench.bench.expected()[0].scan_text)
        packed += 1
    bench.bench.finish()
    return packed


def check(server: Database, folder: Path) -> tuple[int, int, int]:
    """Facts lost, units or facts doubled, and how many facts there are, by the journal and the tables themselves."""
    with closing(pysqlite3.connect(str(folder / "station.db"))) as journal:
        mine = [row[0] for row in journal.execute("SELECT fact_id FROM journal ORDER BY sequence")]
    with server.engine.connect() as connection:

        def run(statement: str) -> list[tuple[Any, ...]]:
            return [tuple(row) for row in connection.execute(text(statement))]

        posted = Counter(row[0] for row in run("SELECT fact_id FROM fact WHERE station = 'PACK-8'"))
        moved = Counter(row[0] for row in run("SELECT cause_id FROM move WHERE cause_kind = 'packed'"))
        wrong = run(
            "SELECT order_no, line_no FROM fulfilment_line WHERE packed <> ordered UNION ALL"
            " SELECT order_no, 0 FROM fulfilment_order WHERE state <> 'packed'"
        )
        in_cartons = run("SELECT coalesce(sum(quantity), 0) FROM carton_content")[0][0]
        ordered = run("SELECT sum(ordered) FROM fulfilment_line")[0][0]
        held = run("SELECT work FROM claim WHERE state = 'held'")
        labels = run("SELECT carton FROM carton WHERE state <> 'closed'")
    assert (wrong, held, labels) == ([], [], [])
    assert int(in_cartons) == int(ordered)
    assert server.read(verify).differences == ()
    lost = sum(1 for fact_id in mine if not posted[fact_id])
    doubled = sum(count - 1 for count in (*posted.values(), *moved.values()) if count > 1)
    return lost, doubled, len(mine)
