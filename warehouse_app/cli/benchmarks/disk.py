"""How many one-row commits a second this machine's disk takes: every other figure leans on it."""

import time
from collections.abc import Callable
from pathlib import Path

import psycopg

from warehouse_app.cli.benchmarks import postgres
from warehouse_app.cli.benchmarks.figures import Figure
from warehouse_app.station.file import connect

COMMITS = 1_000
ON_FILE, ON_SERVER = "commits", "commits-postgresql"
TABLE = "CREATE TABLE entry (number INTEGER PRIMARY KEY, content TEXT NOT NULL)"
CONTENT = "x" * 200


def commit_rates(folder: Path) -> list[Figure]:
    """Durable commits of one row on one connection: in a file and, where there is a server, on it."""
    figures = [_on_file(folder)]
    if postgres.server_url():
        with postgres.fresh_database(postgres.server_url()) as url:
            figures.append(_on_server(url))
    return figures


def _on_file(folder: Path) -> Figure:
    """In an SQLite file of its own, opened as the journal is (WAL, synchronous=FULL)."""
    connection = connect(folder / "commits.db")
    try:
        connection.execute(TABLE)
        return _rate(ON_FILE, lambda row: connection.execute("INSERT INTO entry VALUES (?, ?)", row))
    finally:
        connection.close()


def _on_server(url: str) -> Figure:
    """In a table of its own, with what this server calls durable."""
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(TABLE)
        return _rate(ON_SERVER, lambda row: connection.execute("INSERT INTO entry VALUES (%s, %s)", row))


def _rate(name: str, commit: Callable[[tuple[int, str]], object]) -> Figure:
    started = time.perf_counter()
    for number in range(COMMITS):
        commit((number, CONTENT))
    seconds = time.perf_counter() - started
    return Figure(name, round(COMMITS / seconds), "durable one-row commits/s", more_is_better=True)
