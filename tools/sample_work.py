"""A sample warehouse at work: orders reserved, released and picked through real sessions that follow `expected`."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from warehouse_app.books.bookkeeping import book_everything
from warehouse_app.channels.readers import READERS
from warehouse_app.operations.reserving import reserve_open_orders
from warehouse_app.operations.sample import build_sample_warehouse, import_sample_orders, sample_today
from warehouse_app.operations.waves import WaveRequest, release_waves
from warehouse_app.station.bench import Answer, Bench, ConnectedBench
from warehouse_app.station.file import StationFile
from warehouse_app.station.link import Link
from warehouse_app.station.replica import Replica
from warehouse_app.store.database import Clock, Database, utc_now
from warehouse_app.store.engine import open_database
from warehouse_app.store.migrate import upgrade

PICKER = "BADGE:W-05"


class NothingExpected(Exception):
    """The session expects no scan although it should."""


def build_sample(path: Path, *, now: datetime, orders: int | None = None) -> Database:
    """A migrated file with the sample warehouse, its orders reserved; their last day is the one before `now`."""
    engine = open_database(str(path))
    upgrade(engine)
    database = Database(engine)
    build_sample_warehouse(database, lambda _: None)
    import_sample_orders(database, READERS, today=sample_today(now), limit=orders, only_last_day=False)
    reserve_open_orders(database)
    return database


def release(database: Database, orders: int) -> None:
    """Release the most urgent orders to the floor."""
    release_waves(database, WaveRequest(worker="W-02", max_orders=orders))


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


def follow(bench: ConnectedBench, scans: int) -> int:
    """Scan what is expected, at most so many times; give how many scans were made. Bad answers raise."""
    for done in range(scans):
        expected = bench.bench.expected()
        if not expected:
            bench.catch_up()
            bench.look_for_work()
            expected = bench.bench.expected()
            if not expected:
                return done
        _require_good(bench.scan(expected[0].scan_text))
        if bench.bench.idle:
            bench.look_for_work()
    return scans


def pick(database: Database, home: Path, lists: int, clock: Clock = utc_now) -> None:
    """Pick so many lists to their end."""
    with bench_at(home, "pick", database, clock) as bench:
        bench.scan(PICKER)
        for _ in range(lists):
            bench.look_for_work()
            _pick_one_list(bench)


def _pick_one_list(bench: ConnectedBench) -> None:
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


def utc(text: str) -> datetime:
    """An instant written without its zone, which is UTC."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)
