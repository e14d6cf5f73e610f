"""How long a station takes to know a hundred thousand products, to hear of changes, and to find one of them."""

import io
import random
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from itertools import islice, takewhile
from pathlib import Path
from threading import Thread

from warehouse_app.cli.benchmarks.figures import Figure, percentile
from warehouse_app.cli.benchmarks.memory import peak_mb
from warehouse_app.cli.benchmarks.programs import ProgramFailed, measured
from warehouse_app.cli.context import Context, Database
from warehouse_app.domain.facts import PutAway
from warehouse_app.domain.scan import parse_scan
from warehouse_app.language import mark
from warehouse_app.operations.import_products import import_products
from warehouse_app.station.bench import Bench
from warehouse_app.station.file import StationFile
from warehouse_app.station.following import PAUSE_S
from warehouse_app.station.journal import Journal
from warehouse_app.station.link import Link
from warehouse_app.station.replica import Replica

PART, START_PART = "reference", "reference-start"
PRODUCTS, CHANGED = 100_000, 100
LOOKUPS, POLLS, STARTS = 2_000, 500, 5
FIRST_LIMIT_S, CHANGES_LIMIT_S, START_LIMIT_S, LOOKUP_LIMIT_MS, POLL_LIMIT_MS = 60.0, 1.0, 1.5, 1.0, 10.0
SCAN_LIMIT_MS = 16.0
SCANS_APART_S = 0.02
ALONE = 300
"""Scans before the copy begins, for comparison."""
YEAR = 2026


def reference(context: Context, folder: Path) -> list[Figure]:
    """A first copy by a station that stands still, one by a station that scans, what changes, and being asked."""
    database = context.database
    import_products(database, io.BytesIO(_products(range(PRODUCTS), "first").encode()))
    database.gather_statistics()
    figures = [_first_copy(folder / "still", database)]
    figures += _copy_while_scanning(folder / "scanning", database)
    figures += _changes(folder / "still", database)
    return figures + measured(list(context.program), START_PART, folder / "still")


def start(context: Context, _folder: Path) -> list[Figure]:
    """A bench of a station that knows all of them is opened, in a process of its own, and finds some."""
    times = []
    for _ in range(STARTS):
        started = time.perf_counter()
        file = StationFile(context.home)
        replica = Replica(file)
        Bench(file, "pack", lambda: datetime.now(UTC), replica)
        times.append(time.perf_counter() - started)
        lookups = list(_lookups(replica))
        replica.close()
        file.close()
    note = f"{PRODUCTS:,} products"
    figures = [
        Figure("station-start", round(percentile(times, 0.5), 3), "s", START_LIMIT_S, note=note),
        Figure("product-lookup-p95", round(percentile(lookups, 0.95), 3), "ms", LOOKUP_LIMIT_MS, note=note),
    ]
    memory = peak_mb()
    if memory is not None:
        figures.append(Figure("station-memory", round(memory), "MB", note=f"{note}; the whole process at its most"))
    return figures


def _first_copy(home: Path, database: Database) -> Figure:
    file = StationFile(home, "STILL")
    link = Link(file, database, Replica(file))
    started = time.perf_counter()
    link.connect()
    seconds = time.perf_counter() - started
    link.close()
    file.close()
    note = f"{PRODUCTS:,} products with as many codes, nobody scans"
    return Figure("first-copy", round(seconds, 1), "s", FIRST_LIMIT_S, note=note)


def _copy_while_scanning(home: Path, database: Database) -> list[Figure]:
    """As beside a bench at work: a thread copies and rests in between; every scan is looked up and journalled."""
    file = StationFile(home, "SCANNING")
    replica = Replica(file)
    link = Link(file, database, replica)
    link.feed.look()
    journal = Journal(file)
    alone = list(islice(_scans(replica, journal), ALONE))
    copying = Thread(target=_copy_all, args=(link,))
    started = time.perf_counter()
    copying.start()
    times = list(takewhile(lambda _: copying.is_alive(), _scans(replica, journal)))
    seconds = time.perf_counter() - started
    link.close()
    file.close()
    note = f"{len(times)} scans while {PRODUCTS:,} products came in {seconds:.0f} s"
    note += f"; {percentile(alone, 0.99):.1f} ms before"
    return [Figure("scan-while-copying-p99", round(percentile(times, 0.99), 2), "ms", SCAN_LIMIT_MS, note=note)]


def _copy_all(link: Link) -> None:
    while not link.feed.copy_reference(pause_s=PAUSE_S):
        link.feed.look()


def _scans(replica: Replica, journal: Journal) -> Iterator[float]:
    dice = random.Random(1)  # noqa: S311 - material for a measurement
    while True:
        started = time.perf_counter()
        replica.catalogue.find(parse_scan(_code(dice.randrange(PRODUCTS)), year=YEAR))
        journal.append([PutAway("", _sku(1), "", 1, "A", "B")], "W-1", "putaway:A", datetime.now(UTC))
        yield 1000 * (time.perf_counter() - started)
        time.sleep(SCANS_APART_S)


def _changes(home: Path, database: Database) -> list[Figure]:
    """A few products change; and a station that asks while nothing does."""
    file = StationFile(home)
    replica = Replica(file)
    link = Link(file, database, replica)
    link.connect()
    import_products(database, io.BytesIO(_products(range(CHANGED), "second").encode()))
    started = time.perf_counter()
    link.feed.look()
    _copy_all(link)
    seconds = time.perf_counter() - started
    if replica.catalogue.card(_sku(CHANGED - 1)).name != f"Product {CHANGED - 1}, second name":
        raise ProgramFailed(program="feed", reason=mark("what changed did not come"))
    polls = list(_polls(link))
    link.close()
    file.close()
    return [
        Figure("copy-of-changes", round(seconds, 3), "s", CHANGES_LIMIT_S, note=f"{CHANGED} of {PRODUCTS:,} products"),
        Figure("feed-poll-p95", round(percentile(polls, 0.95), 2), "ms", POLL_LIMIT_MS, note="nothing is new"),
    ]


def _polls(link: Link) -> Sequence[float]:
    times = []
    for _ in range(POLLS):
        started = time.perf_counter()
        link.feed.look()
        times.append(1000 * (time.perf_counter() - started))
    return times


def _lookups(replica: Replica) -> Iterator[float]:
    dice = random.Random(2)  # noqa: S311 - material for a measurement
    for _ in range(LOOKUPS):
        scan = parse_scan(_code(dice.randrange(PRODUCTS)), year=YEAR)
        started = time.perf_counter()
        found = replica.catalogue.find(scan)
        yield 1000 * (time.perf_counter() - started)
        if found is None:
            raise ProgramFailed(program="lookup", reason=mark("a product is missing"))


def _products(numbers: Sequence[int], name: str) -> str:
    rows = (f'{_sku(number)},"Product {number}, {name} name",120,200,100,50,{_code(number)}' for number in numbers)
    return "sku,name,weight_g,length_mm,width_mm,height_mm,barcode\n" + "\n".join(rows) + "\n"


def _sku(number: int) -> str:
    return f"P{number:06}"


def _code(number: int) -> str:
    return f"X{number:08}"
