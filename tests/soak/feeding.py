"""Eight writers who announce, pause and roll back, and a reader who must see what they committed, in that order.

The writers count: every row announces the next number of one of many things, taken under the warehouse's lock. So the
numbers of each thing must arrive without a gap and in order, however the transactions met.
"""

import multiprocessing
import random
import time
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field

from sqlalchemy import text

from tests.databases import Maker
from tests.warehouse import TinyWarehouse
from warehouse_app.cli.benchmarks.figures import percentile
from warehouse_app.store.database import Database, Transaction
from warehouse_app.store.engine import open_database
from warehouse_app.store.feed import FeedRow, Place, read_news
from warehouse_app.store.listening import Listener

WRITERS, PROCESSES = 8, 2
THINGS = 50
ROWS_MOST = 39
"""Rows of one decision are 1 to so many, 20 in the mean."""
ROLLED_BACK, PAUSED = 0.05, 0.2
PAUSE_MOST_S = 0.02
REST_MOST_S = 0.06
"""Writers are people and programs who do something else in between; without a rest one would measure the disk."""

POLL_S = 0.5
ENTITY = "thing"


class ChangedMind(Exception):
    """A writer rolls back what it has announced."""


@dataclass(frozen=True, slots=True)
class Written:
    """What writers have committed: rows by thing, and how long each decision took that did not pause by itself."""

    committed: dict[str, int]
    seconds: list[float]
    rolled_back: int


@dataclass
class Seen:
    """What the reader saw: rows in their order, and how often it looked and was woken."""

    rows: list[FeedRow] = field(default_factory=list)
    looks: int = 0
    woken: int = 0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it all."""

    rows: int
    lost: int
    out_of_order: int
    rolled_back: int
    p95_ms: float
    lasted_s: float
    looks: int
    woken: int

    def __str__(self) -> str:
        return (
            f"{self.lost} lost, {self.out_of_order} out of order; decisions p95 {self.p95_ms:.0f} ms;"
            f" {self.rolled_back} rolled back, {self.looks} looks, {self.woken} of them woken, {self.lasted_s:.0f} s"
        )


def announce_some(tx: Transaction, thing: str, count: int, pauses: tuple[float, float], *, keeps: bool) -> None:
    """One decision: announce the next numbers of a thing, pausing before and under the lock."""
    tx.connection.execute(text("SELECT 1"))
    time.sleep(pauses[0])
    first = tx.next_in_series(thing, count)
    tx.announce(ENTITY, [f"{thing}:{number}" for number in range(first, first + count)])
    time.sleep(pauses[1])
    if not keeps:
        raise ChangedMind


def write(url: str, number: int, rows: int) -> Written:
    """One writer, until it has committed so many rows."""
    dice = random.Random(number)
    committed: dict[str, int] = defaultdict(int)
    seconds, rolled_back = [], 0
    with closing(Database(open_database(url))) as database:
        left = rows
        while left > 0:
            thing, count = f"T{dice.randrange(THINGS)}", min(left, dice.randint(1, ROWS_MOST))
            pause = dice.uniform(0, PAUSE_MOST_S) if dice.random() < PAUSED else 0.0
            pauses = (pause, 0.0) if dice.random() < 0.5 else (0.0, pause)
            keeps = dice.random() >= ROLLED_BACK
            started = time.perf_counter()
            try:
                database.write(announce_some, thing, count, pauses, keeps=keeps)
            except ChangedMind:
                rolled_back += 1
            else:
                committed[thing] += count
                left -= count
            if not pause:
                seconds.append(time.perf_counter() - started)
            time.sleep(dice.uniform(0, REST_MOST_S))
    return Written(dict(committed), seconds, rolled_back)


def write_in_process(url: str, numbers: Sequence[int], rows: int) -> list[Written]:
    """Several writers of one process, in threads with a connection each."""
    with ThreadPoolExecutor(len(numbers)) as pool:
        return list(pool.map(lambda number: write(url, number, rows), numbers))


class Reader:
    """Reads as a station does: woken where there is a server to wake it, and every half second in any case."""

    def __init__(self, database: Database) -> None:
        self.seen = Seen()
        self._database = database
        self._listener = Listener(database)
        self._place, _ = database.read(read_news, Place("", 0, ""), 0, anew=True)
        self._last = self._place.place
        self._read_to = self._last.number

    def look(self) -> int:
        """Read what is new; gives how many rows."""
        head, rows = self._database.read(read_news, self._last, self._read_to)
        assert head.continues
        self._last = head.place
        self._read_to = head.place.number
        self.seen.rows += [row for row in rows if row.entity == ENTITY]
        self.seen.looks += 1
        return len(rows)

    def wait(self) -> None:
        """Wait for news."""
        self.seen.woken += self._listener.wait(POLL_S)

    def close(self) -> None:
        """Read no more."""
        self._listener.close()


def feed_through(maker: Maker, url: str, rows: int) -> Outcome:
    """Let the writers write so many rows while the reader reads, and compare."""
    with closing(Database(open_database(url))) as database:
        TinyWarehouse(database)
        reader = Reader(database)
        started = time.perf_counter()
        with ProcessPoolExecutor(PROCESSES, mp_context=multiprocessing.get_context("spawn")) as pool:
            shares = [range(part, WRITERS, PROCESSES) for part in range(PROCESSES)]
            jobs = [pool.submit(write_in_process, url, share, rows // WRITERS) for share in shares]
            while not all(job.done() for job in jobs):
                reader.look()
                reader.wait()
            lasted_s = time.perf_counter() - started
            written = [one for job in jobs for one in job.result()]
        while reader.look():
            pass
        reader.close()
    maker.drop(url)
    return compared(written, reader.seen, lasted_s)


def compared(written: Sequence[Written], seen: Seen, lasted_s: float) -> Outcome:
    """What the writers know that they committed, against what the reader saw."""
    committed: dict[str, int] = defaultdict(int)
    for writer in written:
        for thing, count in writer.committed.items():
            committed[thing] += count
    expected: dict[str, int] = defaultdict(lambda: 1)
    out_of_order, last = 0, 0
    for row in seen.rows:
        thing, _, number = row.key.partition(":")
        out_of_order += int(number) != expected[thing] or row.number <= last
        expected[thing], last = int(number) + 1, row.number
    keys = {row.key for row in seen.rows}
    wanted = {f"{thing}:{number}" for thing, count in committed.items() for number in range(1, count + 1)}
    p95_ms = 1000 * percentile([one for writer in written for one in writer.seconds], 0.95)
    rolled_back = sum(writer.rolled_back for writer in written)
    return Outcome(
        len(seen.rows), len(wanted ^ keys), out_of_order + len(seen.rows) - len(keys), rolled_back, p95_ms, lasted_s,
        seen.looks, seen.woken,
    )  # fmt: skip
