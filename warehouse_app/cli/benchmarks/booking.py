"""How fast facts come into the books, and whether a scan feels it."""

import subprocess
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from warehouse_app.cli.benchmarks.backlog import PackingBench, orders_to_pack
from warehouse_app.cli.benchmarks.figures import Figure, percentile
from warehouse_app.cli.context import Context
from warehouse_app.operations.keeping import book_once, service_is_alive, waiting_for_books
from warehouse_app.station.sync import StationSync

FACTS_A_SECOND = 2_000
SCAN_LIMIT_MS = 16.0
PAUSE_S = 0.004
"""Between two scans: far faster than any hand, and time for the posting beside them."""

ENOUGH_LEFT, LOOK_EVERY = 500, 20
"""Measuring ends while the bookkeeper is still busy, which is looked at once in so many scans."""

START_TIMEOUT_S = 20.0


def bookkeeper(context: Context) -> list[Figure]:
    """The backlog is worked off by this process alone."""
    waiting = waiting_for_books(context.database)
    started = time.perf_counter()
    done = book_once(context.database)
    seconds = time.perf_counter() - started
    note = f"{waiting} facts, {done.parked} parked"
    return [
        Figure("bookkeeper", round(done.applied / seconds), "facts/s", FACTS_A_SECOND, more_is_better=True, note=note)
    ]


def scan(context: Context) -> list[Figure]:
    """One bench packs, with its posting beside it, while the bookkeeper's process works off the backlog."""
    database = context.database
    orders = orders_to_pack(database)
    packing = PackingBench(context.home / "stations" / "PACK-99", database)
    before = waiting_for_books(database)
    with bookkeeper_process(context), StationSync(packing.bench, packing.link):
        times = list(_times(context, packing, orders))
        left = waiting_for_books(database)
    packing.close()
    note = f"{len(times)} scans while the backlog went from {before} to {left} facts"
    return [
        Figure("scan-p50", round(percentile(times, 0.5), 2), "ms", SCAN_LIMIT_MS, note=note),
        Figure("scan-p99", round(percentile(times, 0.99), 2), "ms", SCAN_LIMIT_MS, note=note),
    ]


def _times(context: Context, packing: PackingBench, orders: Iterable[str]) -> Iterator[float]:
    """Milliseconds a scan, as long as the bookkeeper is busy."""
    for number, answer in enumerate(packing.pack_all(iter(orders)), 1):
        yield answer.ms
        if number % LOOK_EVERY == 0 and waiting_for_books(context.database) < ENOUGH_LEFT:
            return
        time.sleep(PAUSE_S)


@contextmanager
def bookkeeper_process(context: Context) -> Iterator[None]:
    """The bookkeeper in a process of its own, alive for as long as this lasts."""
    process = subprocess.Popen([*context.program, "bookkeeper"], stdout=subprocess.DEVNULL)  # noqa: S603 - ourselves
    try:
        deadline = time.monotonic() + START_TIMEOUT_S
        while not context.database.read(service_is_alive, "bookkeeper") and time.monotonic() < deadline:
            time.sleep(0.02)
        yield
    finally:
        process.terminate()
        process.wait(timeout=START_TIMEOUT_S)
