"""Many writers at once on one database: processes of several threads, each with connections of its own.

    python -m tests.soak.writers --operations 1000000 --writers 64 --processes 8 [DATABASE-URL]

An operation is one decision of a supervisor, one claim, or one report of a station. The bookkeeper runs beside them.
Without a URL a PostgreSQL server is started for the run.
"""

import json
import multiprocessing
import random
import sys
import tempfile
import time
from argparse import ArgumentParser
from collections import Counter, defaultdict
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from threading import Event, Thread

from tests.crossroads import promised_twice
from tests.databases import Maker, ServerMaker
from tests.hands import Station
from tests.soak.house import HOT, SHELVES, build_house, desk_in, product, shelf
from tools.postgres import PostgresServer
from warehouse_app.books.bookkeeping import book_everything
from warehouse_app.books.verify import verify
from warehouse_app.cli.benchmarks.figures import percentile
from warehouse_app.domain.errors import StockChanged, StoreUnavailable, WarehouseError
from warehouse_app.domain.facts import GoodsReceived, PutAway
from warehouse_app.operations.campaigns import CampaignRequest, add_campaign, end_campaign
from warehouse_app.operations.cancelling import cancel_order, hold_order, unhold_order
from warehouse_app.operations.changing import LineChange, OrderChange, change_order
from warehouse_app.operations.holds import add_hold, remove_hold
from warehouse_app.operations.keeping import run_bookkeeper
from warehouse_app.operations.moving import StockWanted, Why, adjust_stock, move_stock
from warehouse_app.operations.reserving import reserve_open_orders
from warehouse_app.operations.rushing import rush_order
from warehouse_app.operations.splitting import SplitRequest, split_order
from warehouse_app.operations.unreleasing import unrelease_order
from warehouse_app.operations.waves import WaveRequest, release_waves
from warehouse_app.store.database import Database
from warehouse_app.store.engine import open_database

THREADS_A_POOL = 8
"""An engine has so many connections at the most."""

MIX = {
    "order": 14, "rush": 12, "cancel": 6, "hold": 4, "unhold": 4, "change": 4, "split": 2, "unrelease": 2,
    "reserve": 0.3, "release": 0.3, "hold stock": 1, "release stock": 1, "set aside": 1, "end campaign": 1,
    "move": 4, "adjust": 4, "receive": 8, "pick": 18, "pack": 10, "hand over": 4,
}  # fmt: skip
"""How often each operation comes, in parts of their sum."""


@dataclass(frozen=True)
class Load:
    """How many operations in all, by how many writers in how many processes."""

    url: str
    operations: int
    writers: int = 64
    processes: int = 8
    seed: int = 1


@dataclass
class Report:
    """What became of the operations: how long each took in seconds by its name, refusals and errors by their name."""

    seconds: dict[str, list[float]] = field(default_factory=lambda: defaultdict(list))
    refused: Counter[str] = field(default_factory=Counter)
    errors: Counter[str] = field(default_factory=Counter)
    lasted_s: float = 0.0
    differences: int = 0
    oversold: int = 0

    @property
    def operations(self) -> int:
        return sum(map(len, self.seconds.values()))

    def add(self, other: "Report") -> None:
        """Take another writer's report in."""
        for name, times in other.seconds.items():
            self.seconds[name] += times
        self.refused += other.refused
        self.errors += other.errors

    def lines(self) -> list[str]:
        """The report as a table for people."""
        every = [one for times in self.seconds.values() for one in times]
        head = (
            f"{self.operations:,} operations in {self.lasted_s:.1f} s: {self.operations / self.lasted_s:,.0f}/s;"
            f" {self.oversold} oversold, {self.differences} differences, {sum(self.errors.values())} errors,"
            f" {sum(self.refused.values()):,} refused for a reason"
        )
        rows = [_row(name, times) for name, times in sorted({**self.seconds, "all": every}.items())]
        return [
            head,
            "",
            "| operation | times | p50 ms | p95 ms | p99 ms | most ms |",
            "|---|---:|---:|---:|---:|---:|",
            *rows,
        ]


def _row(name: str, times: list[float]) -> str:
    cells = [f"{percentile(times, part) * 1000:,.1f}" for part in (0.5, 0.95, 0.99, 1.0)]
    return f"| {name} | {len(times):,} | " + " | ".join(cells) + " |"


class Writer:
    """One person who decides, and one station that reports, in turns and by chance."""

    def __init__(self, load: Load, number: int, database: Database) -> None:
        self.dice = random.Random(load.seed * 1_000 + number)
        self.number, self.writers, self.database = number, load.writers, database
        self.desk = desk_in(database)
        self.station = Station(self.desk, f"ST-{number:02d}", "PERSON-1")
        self.orders = self.campaigns = 0
        self.acts: dict[str, Callable[[], object]] = {
            "order": self.order, "rush": self.rush, "cancel": self.cancel, "hold": self.hold, "unhold": self.unhold,
            "change": self.change, "split": self.split, "unrelease": self.unrelease, "reserve": self.reserve,
            "release": self.release, "hold stock": self.hold_stock, "release stock": self.release_stock,
            "set aside": self.set_aside, "end campaign": self.end_campaign, "move": self.move, "adjust": self.adjust,
            "receive": self.receive, "pick": self.pick, "pack": self.pack, "hand over": self.hand_over,
        }  # fmt: skip

    def work(self, operations: int) -> Report:
        """Do so many operations; what nobody should ever see is counted, and the work goes on."""
        report = Report()
        for name in self.dice.choices([*MIX], [*MIX.values()], k=operations):
            started = time.perf_counter()
            try:
                self.acts[name]()
            except (StockChanged, StoreUnavailable) as error:
                report.errors[f"{name}: {error}"] += 1
            except WarehouseError as error:
                report.refused[type(error).__name__] += 1
            except Exception as error:  # noqa: BLE001 - this is what is looked for
                report.errors[f"{name}: {error!r}"[:300]] += 1
            report.seconds[name].append(time.perf_counter() - started)
        return report

    def some_order(self) -> str:
        """One of the newest orders, one's own or a neighbour's."""
        writer = (self.number + self.dice.choice((0, 0, 0, 1))) % self.writers
        return f"{writer}-{max(1, self.orders - self.dice.randrange(12))}"

    def order(self) -> None:
        self.orders += 1
        lines = [(product(self.dice), self.dice.randint(1, 3)) for _ in range(self.dice.randint(1, 3))]
        self.desk.take(f"{self.number}-{self.orders}", *lines)

    def rush(self) -> None:
        rush_order(self.database, f"{self.number}-{max(1, self.orders)}", "SUPERVISOR-1")

    def cancel(self) -> None:
        self.database.write(cancel_order, self.some_order(), "", "SUPERVISOR-1")

    def hold(self) -> None:
        self.database.write(hold_order, self.some_order(), "why", "SUPERVISOR-1")

    def unhold(self) -> None:
        self.database.write(unhold_order, self.some_order(), "", "SUPERVISOR-1")

    def change(self) -> None:
        change = OrderChange(LineChange(1, self.dice.randint(0, 4)))
        self.database.write(change_order, self.some_order(), change, "SUPERVISOR-1")

    def split(self) -> None:
        self.database.write(split_order, self.some_order(), SplitRequest((1,)), "SUPERVISOR-1")

    def unrelease(self) -> None:
        self.database.write(unrelease_order, self.some_order(), "", "SUPERVISOR-1")

    def reserve(self) -> None:
        reserve_open_orders(self.database)

    def release(self) -> None:
        release_waves(self.database, WaveRequest(max_orders=20))

    def hold_stock(self) -> None:
        self.database.write(add_hold, "recall", "SUPERVISOR-1", location=shelf(self.number))

    def release_stock(self) -> None:
        self.database.write(remove_hold, "SUPERVISOR-1", location=shelf(self.number))

    def set_aside(self) -> None:
        self.campaigns += 1
        ends_at = self.database.clock() + timedelta(seconds=self.dice.randint(1, 60))
        name = f"SALE-{self.number}-{self.campaigns}"
        wanted = CampaignRequest(name, product(self.dice), 10, ends_at, channel="csv", partly=True)
        self.database.write(add_campaign, wanted, "SUPERVISOR-1")

    def end_campaign(self) -> None:
        self.database.write(end_campaign, f"SALE-{self.number}-{self.campaigns}", None, "SUPERVISOR-1")

    def move(self) -> None:
        place = self.dice.randrange(SHELVES)
        wanted = StockWanted(f"P{place % 100:03d}", self.dice.randint(1, 5))
        self.database.write(move_stock, wanted, shelf(place), shelf(place + 100), self.why())

    def adjust(self) -> None:
        place = self.dice.randrange(SHELVES)
        wanted = StockWanted(f"P{place % 100:03d}", self.dice.choice((-6, -2, 2, 6)))
        self.database.write(adjust_stock, wanted, shelf(place), self.why())

    def why(self) -> Why:
        return Why("seen", "SUPERVISOR-1", force=self.dice.random() < 0.5)

    def receive(self) -> None:
        sku, units = product(self.dice), self.dice.randint(5, 20)
        place = shelf(int(sku[1:]) + 100 * self.dice.randrange(4))
        received = GoodsReceived("PO-1", int(sku == HOT), "", sku, "", "", "", units, "RECV-01")
        self.station.report([received, PutAway("", sku, "", units, "RECV-01", place)], "receive:PO-1")

    def pick(self) -> None:
        """The next thing that a picker does: take a list, empty a stop of it, or bring it in."""
        if self.station.picking is None:
            self.station.take_list(self.number)
        elif self.station.picking.left:
            self.station.pick(0, 9, self.finding())
        else:
            self.station.bring_in()

    def pack(self) -> None:
        """The next thing that a packer does: take an order, pack units of it, or close its carton."""
        packing = self.station.packing
        if packing is None:
            self.station.open_order(self.number)
        elif packing.packed < len(packing.packet.units):
            self.station.pack(1, self.finding())
        else:
            self.station.close_carton(last=True)

    def finding(self) -> str:
        return self.dice.choice(("picked",) * 12 + ("missing", "damaged"))

    def hand_over(self) -> None:
        self.station.hand_over(self.dice.randrange(10), refused=self.dice.random() < 0.1)


def work_in_process(load: Load, part: int) -> Report:
    """The writers of one process, in threads."""
    mine = range(part, load.writers, load.processes)
    databases = [Database(open_database(load.url)) for _ in range(1 + len(mine) // THREADS_A_POOL)]
    whole = Report()
    with ThreadPoolExecutor(len(mine)) as pool:
        writers = [Writer(load, number, databases[place % len(databases)]) for place, number in enumerate(mine)]
        for report in pool.map(lambda writer: writer.work(load.operations // load.writers), writers):
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
    with ProcessPoolExecutor(load.processes, mp_context=multiprocessing.get_context("spawn")) as pool:
        for report in pool.map(work_in_process, [load] * load.processes, range(load.processes)):
            whole.add(report)
    whole.lasted_s = time.perf_counter() - started
    stop.set()
    bookkeeper.join()
    book_everything(database)
    whole.differences = len(database.read(verify).differences)
    whole.oversold = len(database.read(promised_twice))
    database.close()
    return whole


def make_house(maker: Maker, folder: Path) -> str:
    """A database with the house in it, by its URL."""
    url = maker.make("migrated", folder)
    database = Database(open_database(url))
    build_house(database)
    database.close()
    return url


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
