"""`demo`: one whole day of real orders, worked scan by scan through journal, posting and bookkeeper."""

import random
import shutil
import subprocess
import time
from argparse import Namespace
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from warehouse_app.cli.context import Context
from warehouse_app.cli.day import DemoStation, Tally
from warehouse_app.cli.demo_papers import DemoPapers
from warehouse_app.cli.demo_twists import CountTwist, PackTwist, PickTwist, ReceiveTwist
from warehouse_app.cli.output import table
from warehouse_app.cli.papers import CannotWrite
from warehouse_app.cli.parsing import Commands
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.language import mark, tr
from warehouse_app.operations.cancelling import cancel_order
from warehouse_app.operations.counting_approval import approve_counts
from warehouse_app.operations.counting_plan import plan_counts
from warehouse_app.operations.day_summary import DaySummary, summarise_day
from warehouse_app.operations.keeping import service_is_alive, verify_books
from warehouse_app.operations.orders import list_orders
from warehouse_app.operations.reserving import reserve_open_orders
from warehouse_app.operations.sample import build_sample_warehouse, import_sample_orders, sample_today
from warehouse_app.operations.stock import stock_now
from warehouse_app.operations.waves import WaveRequest, release_waves

SUPERVISOR, SECOND_SUPERVISOR = "W-02", "W-03"
RECEIVER, PICKERS, PACKERS, LOADER, COUNTERS = "W-04", ("W-05", "W-06"), ("W-07", "W-08"), "W-09", ("W-10", "W-06")
COUNTED_LOCATIONS = 24
WRONG = 0.15
"""The part of the counted places where the shelf differs from the books."""
CARRIER_SPEED = 1_000_000.0
"""The sample's carriers deliver within a second, so that a shipment can be followed to its end."""


class BadAmount(WarehouseError):
    """A number of orders that makes no day."""

    message = mark("--orders {orders} makes no day: choose 1 or more.")


@dataclass
class _Day:
    """The demonstration's objects and its stopwatch."""

    context: Context
    database: Any
    folder: Path
    papers: DemoPapers
    tally: Tally = field(default_factory=Tally)
    seconds: dict[str, float] = field(default_factory=dict)
    words: dict[str, str] = field(default_factory=dict)
    """What each timed part of the day is called."""

    @contextmanager
    def phase(self, name: str, text: str) -> Iterator[None]:
        """Time a part of the day and tell what is going on."""
        self.context.output.progress(text)
        self.words[name] = text
        started = time.perf_counter()
        yield
        self.seconds[name] = round(self.seconds.get(name, 0.0) + time.perf_counter() - started, 2)

    @contextmanager
    def station(self, name: str) -> Iterator[DemoStation]:
        """A station in its own folder."""
        station = DemoStation(self.folder / "stations", name, self.database, self.tally)
        try:
            yield station
        finally:
            station.close()


def add_commands(commands: Commands) -> None:
    """The demo command."""
    parser = commands.add("demo", demo, tr("run one whole day of real orders through the sample warehouse"))
    parser.add_argument("--out", required=True, metavar="DIR", help=tr("where the papers go"))
    parser.add_argument("--orders", type=int, metavar="N", help=tr("at most so many orders"))
    parser.add_argument("--seed", type=int, default=1, metavar="S", help=tr("chooses where books and shelves differ"))


def demo(context: Context, arguments: Namespace) -> int:
    """Run the day: `demo`."""
    if arguments.orders is not None and arguments.orders < 1:
        raise BadAmount(orders=arguments.orders)
    folder = Path(arguments.out)
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise CannotWrite(file=str(folder), reason=error.strerror or str(error)) from None
    database = context.fresh_sample_database()
    for old in ("stations", "labels"):
        shutil.rmtree(folder / old, ignore_errors=True)
    day = _Day(context, database, folder, DemoPapers(database, folder))
    with day.phase("sample", tr("Building the sample warehouse")):
        build_sample_warehouse(database, lambda _what: None)
    with _bookkeeper(context, database):
        _run(day, arguments)
    return _report(day)


def _run(day: _Day, arguments: Namespace) -> None:
    with day.phase("receive", tr("Receiving purchase orders")), day.station("DOCK-01") as dock:
        dock.work("receive", RECEIVER, twist=ReceiveTwist())
    with day.phase("put_away", tr("Putting away")), day.station("FORK-01") as fork:
        fork.work("putaway", RECEIVER)
    with day.phase("import", tr("Importing orders")):
        _import(day, arguments.orders)
    with day.phase("reserve", tr("Reserving stock")):
        reserve_open_orders(day.database, SUPERVISOR)
    _pick_and_pack(day)
    with day.phase("ship", tr("Handing over to the carriers")), day.station("SHIP-01") as ship:
        ship.work("ship", LOADER)
    with day.phase("track", tr("Following the parcels")):
        time.sleep(0.3)
        day.context.run_errands(day.database, once=True, stop=None, speed=CARRIER_SPEED)
    with day.phase("count", tr("Counting")):
        _count(day, random.Random(arguments.seed))  # noqa: S311 - a demonstration, no secret
    with day.phase("papers", tr("Printing the papers of the day")):
        day.papers.print_all()


def _import(day: _Day, limit: int | None) -> None:
    """The orders come twice, as files do: the second time changes nothing."""
    today = sample_today(datetime.now(UTC))
    for _ in range(2):
        import_sample_orders(day.database, day.context.readers, today=today, limit=limit, only_last_day=True)


def _pick_and_pack(day: _Day) -> None:
    """A wave for each cut-off, the most urgent first; then what short picks sent pickers out for again."""
    pick_twist, pack_twist = PickTwist(), PackTwist(lambda order_no: _cancel(day, order_no))
    waiting = day.database.read(list_orders)
    with (
        day.station("PICK-01") as first_cart,
        day.station("PICK-02") as second_cart,
        day.station("PACK-01") as first_bench,
        day.station("PACK-02") as second_bench,
    ):
        for until in (*sorted({order.ship_by for order in waiting if not order.held}), None):
            with day.phase("release", tr("Releasing a wave")):
                release_waves(day.database, WaveRequest(SUPERVISOR, until=until))
            with day.phase("pick", tr("Picking")):
                second_cart.work("pick", PICKERS[1], twist=pick_twist, most=400)
                first_cart.work("pick", PICKERS[0], twist=pick_twist)
                second_cart.work("pick", PICKERS[1], twist=pick_twist)
            with day.phase("pack", tr("Packing")):
                labels = day.folder / "labels"
                second_bench.work("pack", PACKERS[1], twist=pack_twist, labels=labels, most=300)
                first_bench.work("pack", PACKERS[0], twist=pack_twist, labels=labels)
                second_bench.work("pack", PACKERS[1], twist=pack_twist, labels=labels)
    with day.phase("put_back", tr("Putting back what was cancelled")), day.station("FORK-01") as fork:
        fork.work("putaway", RECEIVER)


def _cancel(day: _Day, order_no: str) -> None:
    day.database.write(cancel_order, order_no, "customer changed their mind", SUPERVISOR)


def _count(day: _Day, chance: random.Random) -> None:
    """Plan, count blind, recount what differs by another person, approve."""
    plan = day.database.write(plan_counts, SUPERVISOR, most=COUNTED_LOCATIONS)
    day.papers.count_plan = plan.plan_no
    day.papers.print_count_sheets()
    lies_there = {
        (row.location, row.sku, row.lot): max(
            0, row.on_hand + (chance.choice((-2, -1, 1)) if chance.random() < WRONG else 0)
        )
        for row in day.database.read(stock_now, None)
    }
    with day.station("COUNT-01") as terminal:
        for counter in COUNTERS:
            terminal.work("count", counter, twist=CountTwist(lies_there))
            day.database.write(approve_counts, SUPERVISOR, plan.plan_no, reason="daily count")


@contextmanager
def _bookkeeper(context: Context, database: Any) -> Iterator[None]:  # noqa: ANN401 - handed on only
    """The bookkeeper as its own process, as a desktop starts it."""
    process = subprocess.Popen([*context.program, "bookkeeper"], stdout=subprocess.DEVNULL)  # noqa: S603 - ourselves
    try:
        deadline = time.monotonic() + 20
        while not database.read(service_is_alive, "bookkeeper") and time.monotonic() < deadline:
            time.sleep(0.02)
        yield
    finally:
        process.terminate()
        process.wait(timeout=20)


def _report(day: _Day) -> int:
    with day.phase("verify", tr("Proving the books")):
        proof = verify_books(day.database)
    summary = day.database.read(summarise_day)
    value = {
        **{name: getattr(summary, name) for name in DaySummary.__dataclass_fields__},
        "scans": day.tally.scans,
        "scans_refused": day.tally.refused,
        "verify": {"moves": proof.moves, "balances": proof.balances, "differences": proof.differences},
        "seconds": day.seconds,
    }
    day.papers.save_summary(value)
    day.context.output.result(value, _text(day, summary, len(proof.differences)))
    settled = summary.units_shipped + summary.units_short + summary.units_held + summary.units_cancelled
    return 0 if settled == summary.units_ordered and not proof.differences else 1


def _text(day: _Day, summary: DaySummary, differences: int) -> str:
    rows = [
        (tr("Orders"), summary.orders, tr("Lines"), summary.lines),
        (tr("Units ordered"), summary.units_ordered, tr("Units shipped"), summary.units_shipped),
        (tr("Units short"), summary.units_short, tr("Units on hold"), summary.units_held),
        (tr("Units cancelled"), summary.units_cancelled, tr("Waves"), summary.waves),
        (tr("Pick lists"), summary.pick_lists, tr("Cartons"), summary.cartons),
        (tr("Labels"), summary.labels, tr("Shipments"), summary.shipments),
        (tr("Locations counted"), summary.counted_locations, tr("Variances"), summary.variances),
        (tr("Scans"), day.tally.scans, tr("Differences in the books"), differences),
    ]
    phases = ", ".join(f"{day.words[name]} {seconds} s" for name, seconds in day.seconds.items())
    total = round(sum(day.seconds.values()), 1)
    return "\n".join(
        [
            table(["", "", "", ""], rows),
            "",
            tr("{total} s in all: {phases}", total=total, phases=phases),
            tr("The papers lie in {folder}. Open the desktop on this day with: warehouse-app", folder=day.folder),
        ]
    )
