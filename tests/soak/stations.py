"""Two hundred stations that scan twice a second, post and poll, beside one bookkeeper: how long posting takes.

`python -m tests.soak.stations --stations 200 --seconds 60` starts a server of its own and prints the figures. Every
station has a real journal, link and posting thread; a few tens of them share a process.
"""

import json
import multiprocessing
import statistics
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread

from sqlalchemy import func, select

from tests.databases import ServerMaker
from tests.processes import Premises
from tests.soak.house import build_house
from tests.soak.progress import told_every_minute
from tools.postgres import PostgresServer
from warehouse_app.books.bookkeeping import unapplied_count
from warehouse_app.books.streams import books_lag
from warehouse_app.books.verify import verify
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.domain.facts import GoodsReceived
from warehouse_app.station.bench import Bench
from warehouse_app.station.file import StationFile
from warehouse_app.station.link import Link
from warehouse_app.station.posting import Posted
from warehouse_app.station.replica import Replica
from warehouse_app.station.sync import StationSync
from warehouse_app.store import tables
from warehouse_app.store.database import Database
from warehouse_app.store.engine import open_database

FACTS_A_SECOND = 2.0
PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Load:
    """So many stations for so long; the processes share them."""

    url: str
    folder: str
    stations: int = 200
    seconds: float = 1_800.0
    processes: int = 8


@dataclass
class Figures:
    """Seconds of every posting that had something to post, seconds the books were behind, and what went wrong."""

    facts: int = 0
    posting: list[float] = field(default_factory=list)
    lag: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    not_booked: int = 0
    differences: int = 0

    def add(self, other: "Figures") -> None:
        """Count another process's as well."""
        self.facts += other.facts
        self.posting += other.posting
        self.errors += other.errors

    @property
    def outcome(self) -> str:
        """In words, as the table has it."""
        return (
            f"posting p95 {1000 * p95(self.posting):.0f} ms, {len(self.errors)} errors, "
            f"books lag p95 {p95(self.lag):.2f} s"
        )


class TimedLink(Link):
    """Notes how long postings take."""

    def note_in(self, figures: Figures) -> None:
        """Note from now on."""
        self._figures = figures

    def post(self, goes_on: Callable[[], bool] = lambda: True) -> Posted:
        """As any link does."""
        before, started = self.posted_to, time.perf_counter()
        try:
            posted = super().post(goes_on)
        except WarehouseError as error:
            self._figures.errors.append(repr(error)[:200])
            raise
        if posted.high_water > before:
            self._figures.posting.append(time.perf_counter() - started)
        return posted


class Station:
    """A receiver who never stops."""

    def __init__(self, load: Load, number: int, database: Database, figures: Figures) -> None:
        self._file = StationFile(Path(load.folder) / f"S{number:03d}", f"S{number:03d}")
        replica = Replica(self._file)
        self._link = TimedLink(self._file, database, replica)
        self._link.note_in(figures)
        self._link.connect()
        self._bench = Bench(self._file, "receive", _now, replica)
        self._sync = StationSync(self._bench, self._link)

    def start(self) -> None:
        """Begin to post and to poll."""
        self._sync.start()

    def scan(self) -> None:
        """One more unit off the lorry."""
        received = GoodsReceived("PO-1", 1, "", "P000", "", "", "", 1, "RECV-01")
        self._bench.journal.append([received], "SUPERVISOR-1", "receive:PO-1", _now())
        self._sync.wake()

    def close(self) -> None:
        """The worker goes home when all is posted."""
        deadline = time.monotonic() + PATIENCE_S
        while self._sync.state.waiting and time.monotonic() < deadline:
            time.sleep(0.05)
        self._sync.stop()
        self._link.close()
        self._file.close()


def work_in_process(load: Load, part: int) -> Figures:
    """The stations of one process, scanning in turn so that each scans twice a second."""
    numbers = range(part, load.stations, load.processes)
    figures = Figures()
    databases = [Database(open_database(load.url)) for _ in numbers]
    stations = [Station(load, number, one, figures) for number, one in zip(numbers, databases, strict=True)]
    for station in stations:
        station.start()
    step_s = 1.0 / (FACTS_A_SECOND * len(stations))
    started = time.perf_counter()
    while time.perf_counter() - started < load.seconds:
        stations[figures.facts % len(stations)].scan()
        figures.facts += 1
        time.sleep(max(0.0, started + figures.facts * step_s - time.perf_counter()))
    for station in stations:
        station.close()
    for database in databases:
        database.close()
    return figures


def run(load: Load) -> Figures:
    """Let all of them work beside a bookkeeper's process, then see that everything is booked."""
    keeper = Premises(load.url, Path(load.folder) / "keeper").start("bookkeeper")
    whole, stop = Figures(), Event()
    watch = Thread(target=_watch, args=(load.url, whole.lag, stop))
    watch.start()
    try:
        spawning = multiprocessing.get_context("spawn")
        with told_every_minute(load.url), ProcessPoolExecutor(load.processes, mp_context=spawning) as pool:
            for figures in pool.map(work_in_process, [load] * load.processes, range(load.processes)):
                whole.add(figures)
    finally:
        stop.set()
        watch.join()
        _see_the_end(load.url, whole)
        keeper.terminate()
        keeper.communicate()
    return whole


def make_house(maker: ServerMaker, folder: Path) -> str:
    """A database with the house in it, by its URL."""
    url = maker.make("migrated", folder)
    database = Database(open_database(url))
    build_house(database)
    database.close()
    return url


def p95(seconds: Sequence[float]) -> float:
    """The time within which nineteen of twenty were done."""
    return statistics.quantiles(seconds, n=20)[-1] if len(seconds) > 1 else 0.0


def _watch(url: str, lag: list[float], stop: Event) -> None:
    database = Database(open_database(url))
    while not stop.wait(0.5):
        lag.append(database.read(books_lag))
    database.close()


def _see_the_end(url: str, figures: Figures) -> None:
    database = Database(open_database(url))
    deadline = time.monotonic() + PATIENCE_S
    while database.read(unapplied_count) and time.monotonic() < deadline:
        time.sleep(0.1)
    posted = int(database.read(lambda tx: tx.value(select(func.count()).select_from(tables.fact))))
    figures.not_booked = abs(figures.facts - posted) + database.read(unapplied_count)
    figures.differences = len(database.read(verify).differences)
    database.close()


def _now() -> datetime:
    return datetime.now(UTC)


def main() -> None:
    """Run it and print the figures."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("--stations", type=int, default=200)
    parser.add_argument("--seconds", type=float, default=1_800.0)
    parser.add_argument("--processes", type=int, default=8)
    asked = parser.parse_args()
    with (
        PostgresServer(durable=True, settings=["max_connections=1000"]) as server,
        tempfile.TemporaryDirectory() as folder,
    ):
        url = make_house(ServerMaker(server), Path(folder))
        figures = run(Load(url, folder, asked.stations, asked.seconds, asked.processes))
    told = {"facts": figures.facts, "not_booked": figures.not_booked, "differences": figures.differences}
    sys.stdout.write(f"{json.dumps(told)}\n{figures.outcome}\n")
    sys.stdout.writelines(f"{error}\n" for error in sorted(set(figures.errors)))


if __name__ == "__main__":
    main()
