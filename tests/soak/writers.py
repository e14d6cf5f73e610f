"""Many writers at once on one database: processes of several threads, each with connections of its own.

    python -m tests.soak.writers --operations 1000000 --writers 64 --processes 8 [DATABASE-URL]

Counted as operations is what happened in the house. Decisions: an order taken in, reserved, released, rushed,
cancelled, held, changed, split; stock moved, adjusted, held, set aside; work claimed by a station. And facts: each that
a station posted. Acts that come to nothing (refused, or nothing to do) count for none. One act may come to many
operations, as in real houses: a file of fifty orders, a wave of hundreds, a pick list that is reported when its picker
is back. The report says how many acts there were, and tells decisions and facts apart. The bookkeeper runs beside the
writers, and the clock stops only when its books have every fact.

Without a URL a PostgreSQL server is started for the run.
"""

import json
import multiprocessing
import random
import sys
import tempfile
import time
from argparse import ArgumentParser
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Lock, Thread

from tests.crossroads import promised_twice
from tests.databases import Maker, ServerMaker
from tests.soak.desk import Supervisor
from tests.soak.floor import Bench, Floor
from tests.soak.house import build_house, desk_in
from tests.soak.progress import told_every_minute
from tests.soak.report import Happened, Report
from tools.postgres import PostgresServer
from warehouse_app.books.bookkeeping import book_everything
from warehouse_app.books.verify import verify
from warehouse_app.domain.errors import StockChanged, StoreUnavailable, WarehouseError
from warehouse_app.operations.keeping import run_bookkeeper
from warehouse_app.store.database import Database
from warehouse_app.store.engine import open_database

THREADS_A_POOL = 8
"""An engine has so many connections at the most."""

SWITCH_S = 0.0005
"""Real writers do not share an interpreter: whoever has the warehouse's lock must not wait for another's work."""

FIRST_JOBS = 10

MIX = {
    "order": 4, "rush": 4, "cancel": 3, "hold": 2, "unhold": 2, "change": 2, "split": 1, "unrelease": 1,
    "hold stock": 0.7, "release stock": 0.7, "set aside": 0.7, "end campaign": 0.7, "move": 2, "adjust": 2,
    "file of orders": 5, "reserve all": 2, "release a wave": 2, "list of cancels": 1, "look at doubts": 2,
    "receive": 3, "pick": 4, "pack": 4, "hand over": 1,
    "delivery": 3, "walk a list": 38, "pack many": 38, "load a van": 4, "put back": 2,
}  # fmt: skip
"""How often each act comes, in parts of their sum: the floor can do a little more than what is ordered."""


@dataclass(frozen=True)
class Load:
    """How many operations in all, by how many writers in how many processes."""

    url: str
    operations: int
    writers: int = 64
    processes: int = 8
    seed: int = 1


class Quota:
    """The operations that the writers of one process have still to do together."""

    def __init__(self, operations: int) -> None:
        self._left, self._lock = operations, Lock()

    def take(self, done: int) -> None:
        with self._lock:
            self._left -= done

    @property
    def is_done(self) -> bool:
        return self._left <= 0


class Writer:
    """One person who decides, and one station that reports, in turns and by chance."""

    def __init__(self, load: Load, number: int, database: Database) -> None:
        self.dice = random.Random(load.seed * 1_000 + number)
        desk = desk_in(database)
        self.supervisor = Supervisor(desk, number, (number + 1) % load.writers, self.dice)
        self.floor = Floor(Bench(desk, f"ST-{number:02d}", "PERSON-1"), number, self.dice)
        self.acts = {**self.supervisor.acts, **self.floor.acts}

    def work(self, quota: Quota) -> Report:
        """Act until the quota is done; what nobody should ever see is counted, and the work goes on."""
        report = Report()
        while not quota.is_done:
            (name,) = self.dice.choices([*MIX], [*MIX.values()])
            before, started = self._happened, time.perf_counter()
            try:
                self.acts[name]()
            except (StockChanged, StoreUnavailable) as error:
                report.errors[f"{name}: {error}"] += 1
            except WarehouseError as error:
                report.refused[type(error).__name__] += 1
            except Exception as error:  # noqa: BLE001 - this is what is looked for
                report.errors[f"{name}: {error!r}"[:300]] += 1
            report.seconds[name].append(time.perf_counter() - started)
            happened = self._happened - before
            report.happened[name] += happened
            quota.take(happened.operations)
        return report

    @property
    def _happened(self) -> Happened:
        return self.supervisor.tally.happened + self.floor.tally.happened


def work_in_process(load: Load, part: int) -> Report:
    """The writers of one process, in threads."""
    sys.setswitchinterval(SWITCH_S)
    mine = range(part, load.writers, load.processes)
    quota = Quota(load.operations * len(mine) // load.writers)
    databases = [Database(open_database(load.url)) for _ in range(1 + len(mine) // THREADS_A_POOL)]
    whole = Report()
    with ThreadPoolExecutor(len(mine)) as pool:
        writers = [Writer(load, number, databases[place % len(databases)]) for place, number in enumerate(mine)]
        for report in pool.map(lambda writer: writer.work(quota), writers):
            whole.add(report)
    for database in databases:
        database.close()
    return whole


def run(load: Load) -> Report:
    """Let all of them write at once, then prove the books."""
    database, stop = Database(open_database(load.url)), Event()
    bookkeeper = Thread(target=run_bookkeeper, args=(database, stop.is_set))
    bookkeeper.start()
    started, whole = time.perf_counter(), Report()
    spawning = multiprocessing.get_context("spawn")
    with told_every_minute(load.url), ProcessPoolExecutor(load.processes, mp_context=spawning) as pool:
        for report in pool.map(work_in_process, [load] * load.processes, range(load.processes)):
            whole.add(report)
    stop.set()
    bookkeeper.join()
    book_everything(database)
    whole.lasted_s = time.perf_counter() - started
    whole.differences = len(database.read(verify).differences)
    whole.oversold = len(database.read(promised_twice))
    database.close()
    return whole


def make_house(maker: Maker, folder: Path) -> str:
    """A database with the house in it, by its URL."""
    url = maker.make("migrated", folder)
    database = Database(open_database(url))
    build_house(database)
    _begin_the_day(database)
    database.close()
    return url


def _begin_the_day(database: Database) -> None:
    """Some orders are shipped, and the server has looked at its tables, as in a house that has been open for hours."""
    floor = Writer(Load("", 0), -1, database).floor
    for act in (floor.walk, floor.pack_many):
        for _ in range(FIRST_JOBS):
            act()
            book_everything(database)
    floor.load()
    book_everything(database)
    database.gather_statistics()


def main() -> None:
    """Run it and print the report."""
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("url", nargs="?", default="", help="a database with the house in it")
    parser.add_argument("--operations", type=int, default=1_000_000)
    parser.add_argument("--writers", type=int, default=64)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--seed", type=int, default=1)
    asked = parser.parse_args()
    with PostgresServer() as server, tempfile.TemporaryDirectory() as folder:
        url = asked.url or make_house(ServerMaker(server), Path(folder))
        report = run(Load(url, asked.operations, asked.writers, asked.processes, asked.seed))
    outcomes = json.dumps({"refused": report.refused, "errors": report.errors})
    sys.stdout.write("\n".join((*report.lines(), outcomes, "")))


if __name__ == "__main__":
    main()
