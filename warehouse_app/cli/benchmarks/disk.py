"""How many one-row commits a second this machine's disk takes: every other figure leans on it."""

import time
from pathlib import Path

from warehouse_app.cli.benchmarks.figures import Figure
from warehouse_app.station.file import connect

COMMITS = 1_000


def commit_rate(folder: Path) -> list[Figure]:
    """Durable commits of one row in an SQLite file of its own, opened as the journal is (WAL, synchronous=FULL)."""
    connection = connect(folder / "commits.db")
    connection.execute("CREATE TABLE entry (number INTEGER PRIMARY KEY, content TEXT NOT NULL)")
    started = time.perf_counter()
    for number in range(COMMITS):
        connection.execute("INSERT INTO entry VALUES (?, ?)", (number, "x" * 200))
    seconds = time.perf_counter() - started
    connection.close()
    return [Figure("commits", round(COMMITS / seconds), "durable one-row commits/s", more_is_better=True)]
