"""The station's own file: opened by one process only, durable at every commit."""

import json
import os
import socket
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path
from threading import RLock
from typing import Any

import pysqlite3
from filelock import FileLock, Timeout

from warehouse_app.domain.errors import WarehouseError
from warehouse_app.language import mark
from warehouse_app.station.disk import MB, RESERVE_MB, DiskFull, NotWritten, Reserve, trouble_of
from warehouse_app.store.ids import new_key

Connection = Any
"""A connection of the bundled SQLite driver, which ships no types."""

Connect = Callable[[Path], Connection]
"""Opens a file so that a commit is on disk when it returns."""

SCHEMA = """
CREATE TABLE IF NOT EXISTS setting (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS journal (
    sequence INTEGER PRIMARY KEY, fact_id TEXT NOT NULL UNIQUE, worker TEXT NOT NULL, happened_at TEXT NOT NULL,
    work TEXT NOT NULL, epoch INTEGER NOT NULL, kind TEXT NOT NULL, version INTEGER NOT NULL, payload TEXT NOT NULL
) STRICT;
CREATE INDEX IF NOT EXISTS journal_work ON journal (work, sequence);
CREATE TRIGGER IF NOT EXISTS journal_is_never_changed BEFORE UPDATE ON journal
    BEGIN SELECT RAISE(ABORT, 'journal rows are never changed'); END;
CREATE TRIGGER IF NOT EXISTS journal_is_never_replaced BEFORE INSERT ON journal
    WHEN EXISTS (SELECT 1 FROM journal WHERE sequence = NEW.sequence OR fact_id = NEW.fact_id)
    BEGIN SELECT RAISE(ABORT, 'journal rows are never replaced'); END;
CREATE TRIGGER IF NOT EXISTS journal_is_only_pruned BEFORE DELETE ON journal
    WHEN OLD.sequence > coalesce((SELECT CAST(value AS INTEGER) FROM setting WHERE key = 'pruned_to'), 0)
    BEGIN SELECT RAISE(ABORT, 'journal rows above the pruned mark are never deleted'); END;
CREATE TABLE IF NOT EXISTS packet (
    work TEXT PRIMARY KEY, task TEXT NOT NULL, epoch INTEGER NOT NULL, content TEXT NOT NULL,
    amended INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE TABLE IF NOT EXISTS ahead_work (work TEXT PRIMARY KEY, claimed_at TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS spare_number (number TEXT PRIMARY KEY, place TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS reference (name TEXT PRIMARY KEY, version INTEGER NOT NULL, content TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS print_job (
    job_id TEXT PRIMARY KEY, document TEXT NOT NULL, work TEXT NOT NULL, order_no TEXT NOT NULL, carton TEXT NOT NULL,
    reprint INTEGER NOT NULL, content TEXT NOT NULL, state TEXT NOT NULL, error TEXT NOT NULL DEFAULT '',
    asked_at TEXT NOT NULL, printer TEXT NOT NULL DEFAULT '', sent_to TEXT NOT NULL DEFAULT '',
    batch TEXT NOT NULL DEFAULT '', doubts INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX IF NOT EXISTS print_job_state ON print_job (state);
CREATE TABLE IF NOT EXISTS printer (name TEXT PRIMARY KEY, place INTEGER NOT NULL, content TEXT NOT NULL) STRICT;
CREATE TABLE IF NOT EXISTS serial_device (name TEXT PRIMARY KEY, place INTEGER NOT NULL, content TEXT NOT NULL) STRICT;
"""

ADDED_COLUMNS = {
    "print_job": {
        "printer": "TEXT NOT NULL DEFAULT ''", "sent_to": "TEXT NOT NULL DEFAULT ''",
        "batch": "TEXT NOT NULL DEFAULT ''", "doubts": "INTEGER NOT NULL DEFAULT 0",
    }
}  # fmt: skip
"""Columns that files of earlier releases lack."""

RESERVE_SETTING, STOPPED_SETTING = "reserve_mb", "stopped"
SET_UP_BY_PERSON = (RESERVE_SETTING, "label_folder", "ahead_depth", "ahead_idle_minutes")


class StationBusy(WarehouseError):
    """Another process works with this station's file."""

    message = mark("This station's file is in use by {owner}. Close that program first, or choose another --home.")


class FolderUnusable(WarehouseError):
    """The station's folder cannot be made or written."""

    message = mark("The station's folder {folder} cannot be used: {reason}. Choose another --home.")


def connect(path: Path) -> Connection:
    """A connection whose commits are on disk when they return."""
    connection = pysqlite3.connect(str(path), isolation_level=None, timeout=5, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    return connection


class StationFile:
    """`station.db` in the station's folder, with its lock, settings and incarnation.

    `opens` opens the file. Raises StationBusy, and FolderUnusable when the folder cannot be written.
    """

    def __init__(self, home: Path, name: str = "", opens: Connect = connect) -> None:
        self.home = home
        self.path = home / "station.db"
        self.opens = opens
        self.reserve = Reserve(home)
        self.trouble: NotWritten | None = None
        """Why nothing is taken now; scans ask `look_again`, which finds out whether that is over."""
        self._given_up = 0
        self._writing = RLock()
        try:
            home.mkdir(parents=True, exist_ok=True)
            self._lock = FileLock(home / "station.lock")
            self._own()
            self.connection = self._opened()
        except (OSError, pysqlite3.DatabaseError) as error:
            raise FolderUnusable(folder=home, reason=getattr(error, "strerror", None) or str(error)) from error
        self.incarnation = self.setting("incarnation") or new_key()
        # Two stations may run on one computer: work is claimed by the name, so it must not be both of theirs.
        self.station = self.setting("station") or name or f"ST-{socket.gethostname()}-{self.incarnation[-6:]}"
        if not self.setting("incarnation"):
            self._begin_first()
        self.reserve.size = int(self.setting(RESERVE_SETTING) or RESERVE_MB) * MB
        self._given_up = int(self.setting(STOPPED_SETTING) or 0)
        if self._given_up or not self.reserve.make():
            self.trouble = DiskFull(folder=home)
            self.look_again()

    def setting(self, key: str) -> str:
        """A setting of this station, empty when it was never set."""
        row = self.connection.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def set(self, key: str, value: str) -> None:
        """Keep a setting."""
        self.connection.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (key, value))

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing, and on disk when it ends. Another thread that wants one waits for its turn.

        Raises NotWritten when the disk does not take it; then `trouble` says so until `look_again` finds it over.
        """
        with self._writing, self.telling_trouble(), self._all_or_nothing():
            yield

    @contextmanager
    def telling_trouble(self) -> Iterator[None]:
        """Turn what the disk does to a statement, be it one that only reads, into NotWritten, and stop the station."""
        try:
            yield
        except pysqlite3.DatabaseError as error:
            trouble = trouble_of(error, self.home)
            if trouble is None:
                raise
            with self._writing:
                self._stop(trouble)
            raise trouble from error

    def set_reserve(self, megabytes: int) -> None:
        """Keep so much room back from now on, as far as there is room. Raises NotWritten."""
        with self.transaction():
            self.set(RESERVE_SETTING, str(megabytes))
        self.reserve.release()
        self.reserve.size = megabytes * MB
        self.reserve.make()

    def look_again(self) -> NotWritten | None:
        """Why nothing is taken, None when the disk takes commits. After trouble that is tried out, reserve included."""
        if self.trouble is None:
            return None
        with self._writing:
            # What the reserve itself gave back is no room for more work.
            if not self.reserve.make(at_least=self._given_up):
                return self.trouble
            try:
                with self.transaction():
                    self.set(STOPPED_SETTING, "")
            except NotWritten as trouble:
                return trouble
            self.trouble, self._given_up = None, 0
        return None

    def turn(self) -> AbstractContextManager[object]:
        """The right to write, for who writes on another connection of this process: held for milliseconds only."""
        return self._writing

    def begin_again(self, facts: Iterable[Sequence[object]] = ()) -> None:
        """Start a new incarnation; a copy of the old file stays beside it for a person.

        Its journal is empty but for these rows of the old one, which count from 1 again. Raises NotWritten; then it is
        still the old one.
        """
        rows = list(facts)
        with self._writing:
            self._keep_copy()
            old, self.incarnation = self.incarnation, new_key()
            try:
                with self.transaction():
                    self._empty()
                    self._begin()
                    for sequence, row in enumerate(rows, 1):
                        self.connection.execute(
                            "INSERT INTO journal VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", (sequence, *row[1:])
                        )
            except NotWritten:
                self.incarnation = old
                raise
            self.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def close(self) -> None:
        """Close the file and let others have it."""
        self.connection.close()
        self._lock.release()

    def _begin_first(self) -> None:
        try:
            with self.transaction():
                self._begin()
        except NotWritten as error:
            raise FolderUnusable(folder=self.home, reason=str(error.__cause__)) from error

    def _begin(self) -> None:
        self.set("station", self.station)
        self.set("incarnation", self.incarnation)

    def _empty(self) -> None:
        """Forget everything but what a person has set up."""
        execute = self.connection.execute
        last = execute("SELECT max(sequence) FROM journal").fetchone()[0]
        self.set("pruned_to", str(last or 0))
        for table in ("journal", "packet", "ahead_work", "spare_number", "reference", "print_job"):
            execute(f"DELETE FROM {table}")  # noqa: S608 - constant
        execute("DELETE FROM setting WHERE key NOT IN (?, ?, ?, ?)", SET_UP_BY_PERSON)

    def _keep_copy(self) -> None:
        """The file as it is now, under the next free name. It is whole on disk before it has that name."""
        number = 1
        while (kept := self.home / f"station-{number}.db").exists():
            number += 1
        part = kept.with_suffix(".part")
        part.unlink(missing_ok=True)
        try:
            self.connection.execute("VACUUM INTO ?", (str(part),))
        except pysqlite3.DatabaseError as error:
            trouble = trouble_of(error, self.home)
            if trouble is None:
                raise
            part.unlink(missing_ok=True)
            raise trouble from error
        sync_to_disk(part)
        part.replace(kept)
        sync_to_disk(self.home)

    def _opened(self) -> Connection:
        """On a full disk the reserve makes room, so that what is here can still be posted."""
        try:
            return self._with_tables()
        except (OSError, pysqlite3.DatabaseError) as error:
            if not isinstance(trouble_of(error, self.home), DiskFull) or not self.reserve.held:
                raise
            self.reserve.release()
            return self._with_tables()

    def _with_tables(self) -> Connection:
        connection = self.opens(self.path)
        try:
            # What was deleted must not be taken for facts when a damaged file is read page by page.
            connection.execute("PRAGMA secure_delete=ON")
            connection.executescript(SCHEMA)
            _add_columns(connection)
        except BaseException:
            connection.close()
            raise
        return connection

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        self.connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self.connection.execute("COMMIT")
        except BaseException:
            with suppress(pysqlite3.DatabaseError):
                if self.connection.in_transaction:
                    self.connection.execute("ROLLBACK")
            raise

    def _stop(self, trouble: NotWritten) -> None:
        """Take nothing more, and give up the reserve so that what finishes the work at hand can be written.

        A commit whose sync failed may lie whole in SQLite's log, and would be found there after a crash although nobody
        was told that it counts. The next commit is written over it; here it is.
        """
        self.trouble = trouble
        self._given_up = max(1, self._given_up, self.reserve.held)
        self.reserve.release()
        with suppress(pysqlite3.DatabaseError):
            self.set(STOPPED_SETTING, str(self._given_up))

    def _own(self) -> None:
        note = self.home / "station.owner"
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            raise StationBusy(owner=_owner_in(note)) from None
        with suppress(OSError):  # It is for people only, and the disk may be full.
            note.write_text(json.dumps({"process": os.getpid(), "host": socket.gethostname()}))


def _add_columns(connection: Connection) -> None:
    for table, columns in ADDED_COLUMNS.items():
        there = {row[1] for row in connection.execute(f"PRAGMA table_info({table})").fetchall()}
        for name in columns.keys() - there:
            connection.execute(f"ALTER TABLE {table} ADD COLUMN {name} {columns[name]}")


def sync_to_disk(path: Path) -> None:
    """Have a file's content, or a folder's names, on disk. Not every system opens folders; those keep names safe."""
    with suppress(PermissionError, IsADirectoryError):
        handle = os.open(path, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)


def _owner_in(note: Path) -> str:
    """Who has the folder, as noted there."""
    try:
        owner = json.loads(note.read_text())
    except (OSError, ValueError):
        owner = {}
    return f"process {owner.get('process', '?')} on {owner.get('host', '?')}"
