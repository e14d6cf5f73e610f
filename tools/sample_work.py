"""A sample warehouse at work: orders reserved, released and picked through real sessions that follow `expected`."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

from warehouse_app.books.bookkeeping import book_everything
from warehouse_app.channels.readers import READERS
from warehouse_app.cli.demo_twists import CountTwist
from warehouse_app.operations.counting_approval import approve_counts
from warehouse_app.operations.counting_plan import plan_counts
from warehouse_app.operations.reserving import reserve_open_orders
from warehouse_app.operations.sample import build_sample_warehouse, import_sample_orders, sample_today
from warehouse_app.operations.stock import stock_now
from warehouse_app.operations.waves import WaveRequest, release_waves
from warehouse_app.station.bench import Answer, Bench, ConnectedBench
from warehouse_app.station.file import StationFile
from warehouse_app.station.link import Link
from warehouse_app.station.replica import Replica
from warehouse_app.store.database import Clock, Database, utc_now
from warehouse_app.store.engine import open_database
from warehouse_app.store.migrate import upgrade

PICKER, PACKER, COUNTER = "BADGE:W-05", "BADGE:W-08", "BADGE:W-09"
SUPERVISOR = "W-02"


class NothingExpected(Exception):
    """The session expects no scan although it should."""


def build_sample(path: Path, clock: Clock = utc_now, *, orders: int | None = None) -> Database:
    """A migrated file with the sample warehouse and the first orders of its busy day, which is today; all reserved."""
    engine = open_database(str(path))
    upgrade(engine)
    database = Database(engine, clock=clock)
    build_sample_warehouse(database, lambda _: None)
    tomorrow = sample_today(clock() + timedelta(days=1))
    import_sample_orders(database, READERS, today=tomorrow, limit=orders, only_last_day=True)
    reserve_open_orders(database)
    return database


def release(database: Database, orders: int) -> None:
    """Release the most urgent orders to the floor."""
    release_waves(database, WaveRequest(worker=SUPERVISOR, max_orders=orders))


@contextmanager
def bench_at(home: Path, task: str, database: Database, clock: Clock = utc_now) -> Iterator[ConnectedBench]:
    """A connected bench of its own station; everything it did is in the books when it ends."""
    file = StationFile(home, home.name)
    replica = Replica(file)
    link = Link(file, database, replica)
    link.connect()
    try:
        yield ConnectedBench(Bench(file, task, clock, replica), link)
        link.post()
        book_everything(database)
    finally:
        link.close()
        file.close()


def pack(database: Database, home: Path, orders: int, clock: Clock = utc_now) -> None:
    """Pack so many orders."""
    with bench_at(home, "pack", database, clock) as bench:
        bench.scan(PACKER)
        for _ in range(orders):
            bench.look_for_work()
            _finish_one(bench)


def pick(database: Database, home: Path, lists: int, clock: Clock = utc_now) -> None:
    """Pick so many lists to their end."""
    with bench_at(home, "pick", database, clock) as bench:
        bench.scan(PICKER)
        for _ in range(lists):
            bench.look_for_work()
            _finish_one(bench)


def count(database: Database, home: Path, clock: Clock = utc_now) -> None:
    """Count twelve locations, of which two are found to differ, and approve what agrees."""
    plan = database.write(plan_counts, SUPERVISOR, most=12)
    places = plan.sheets[0].locations
    stock = database.read(stock_now, None)
    off = {places[2].location: -2, places[7].location: 1}
    lies_there = {(row.location, row.sku, row.lot): max(0, row.on_hand + off.get(row.location, 0)) for row in stock}
    twist = CountTwist(lies_there)
    with bench_at(home, "count", database, clock) as bench:
        bench.scan(COUNTER)
        bench.look_for_work()
        while expected := bench.bench.expected():
            _require_good(bench.scan(twist(bench, expected) or expected[0].scan_text))
            if bench.bench.idle:
                bench.look_for_work()
    database.write(approve_counts, SUPERVISOR, plan.plan_no, reason="daily count")


def _finish_one(bench: ConnectedBench) -> None:
    begun = False
    while not (begun and bench.bench.idle):
        expected = bench.bench.expected()
        if not expected:
            raise NothingExpected
        _require_good(bench.scan(expected[0].scan_text))
        begun = begun or not bench.bench.idle


def _require_good(answer: Answer) -> None:
    if answer.feedback.tone in ("error", "stop", "too_many"):
        raise NothingExpected(answer)
