"""The station's own file: opened by one process only, durable at every commit."""

import json
import socket
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from os import getpid
from pathlib import Path
from threading import RLock
from typing import Any

import pysqlite3
from filelock import FileLock, Timeout

from warehouse_app.domain.errors import WarehouseError
from warehouse_app.language import mark
from warehouse_app.store.ids import new_key

Connection = Any
"""A connection of the bundled SQLite driver, which ships no types."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS journal (
    sequence INTEGER PRIMARY KEY, fact_id TEXT NOT NULL UNIQUE, worker TEXT NOT NULL, happened_at TEXT NOT NULL,
    work TEXT NOT NULL, epoch INTEGER NOT NULL, kind TEXT NOT NULL, version INTEGER NOT NULL, payload TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS journal_work ON journal (work, sequence);
CREATE TRIGGER IF NOT EXISTS journal_is_never_changed BEFORE UPDATE ON journal
    BEGIN SELECT RAISE(ABORT, 'journal rows are never changed'); END;
CREATE TABLE IF NOT EXISTS packet (
    work TEXT PRIMARY KEY, task TEXT NOT NULL, epoch INTEGER NOT NULL, content TEXT NOT NULL,
    amended INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS reference (name TEXT PRIMARY KEY, version INTEGER NOT NULL, content TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS print_job (
    job_id TEXT PRIMARY KEY, document TEXT NOT NULL, work TEXT NOT NULL, order_no TEXT NOT NULL, carton TEXT NOT NULL,
    reprint INTEGER NOT NULL, content TEXT NOT NULL, state TEXT NOT NULL, error TEXT NOT NULL DEFAULT '',
    asked_at TEXT NOT NULL
) STRICT;
"""


class StationBusy(WarehouseError):
    """Another process works with this station's file."""

    message = mark("This station's file is in use by {owner}. Close that program first, or choose another --home.")


class FolderUnusable(WarehouseError):
    """The station's folder cannot be made or written."""

    message = mark("The station's folder {folder} cannot be used: {reason}. Choose another --home.")


class StationFile:
    """`station.db` in the station's folder, with its lock, settings and incarnation.

    Raises StationBusy, and FolderUnusable when the folder cannot be written.
    """

    def __init__(self, home: Path, name: str = "") -> None:
        self.home = home
        self.path = home / "station.db"
        self._writing = RLock()
        try:
            home.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(home / "station.lock")
            self._own()
            self.connection = connect(self.path)
            self.connection.executescript(SCHEMA)
        except (OSError, pysqlite3.DatabaseError) as error:
            raise FolderUnusable(folder=home, reason=getattr(error, "strerror", None) or str(error)) from error
        self.incarnation = self.setting("incarnation") or new_key()
        # Two stations may run on one computer: work is claimed by the name, so it must not be both of theirs.
        self.station = self.setting("station") or name or f"ST-{socket.gethostname()}-{self.incarnation[-6:]}"
        if not self.setting("incarnation"):
            with self.transaction():
                self.set("station", self.station)
                self.set("incarnation", self.incarnation)

    def setting(self, key: str) -> str:
        """A setting of this station, empty when it was never set."""
        row = self.connection.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def set(self, key: str, value: str) -> None:
        """Keep a setting."""
        self.connection.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (key, value))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, and on disk when it ends. Another thread that wants one waits for its turn."""
        with self._writing:
            self.connection.execute("BEGIN IMMEDIATE")
            try:
                yield
            except BaseException:
                self.connection.execute("ROLLBACK")
                raise
            self.connection.execute("COMMIT")

    def begin_again(self, facts: Iterable[Sequence[object]] = ()) -> None:
        """Start a new incarnation; the old file stays beside it for a person.

        Its journal is empty but for these rows of the old one, which count from 1 again.
        """
        self.connection.close()
        number = 1
        while (kept := self.home / f"station-{number}.db").exists():
            number += 1
        self.path.rename(kept)
        self.connection = connect(self.path)
        self.connection.executescript(SCHEMA)
        self.incarnation = new_key()
        with self.transaction():
            self.set("station", self.station)
            self.set("incarnation", self.incarnation)
            for sequence, row in enumerate(facts, 1):
                self.connection.execute("INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (sequence, *row[1:]))

    def close(self) -> None:
        """Close the file and let others have it."""
        self.connection.close()
        self._lock.release()

    def _own(self) -> None:
        note = self.home / "station.owner"
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            owner = json.loads(note.read_text()) if note.exists() else {}
            raise StationBusy(owner=f"process {owner.get('process', '?')} on {owner.get('host', '?')}") from None
        note.write_text(json.dumps({"process": getpid(), "host": socket.gethostname()}))


def connect(path: Path) -> Connection:
    """A connection whose commits are on disk when they return."""
    connection = pysqlite3.connect(str(path), isolation_level=None, timeout=5, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection
