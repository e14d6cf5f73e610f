"""An embedded database as one file: a consistent copy of it while it is in use, and whether such a copy is whole.

A backup is an SQLite database with its SHA-256 behind the last page, where SQLite does not look: SQLite itself would
not notice a changed letter in a text.
"""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime
from pathlib import Path
from typing import Any, BinaryIO

import pysqlite3
from sqlalchemy import Engine

from warehouse_app.domain.errors import WarehouseError
from warehouse_app.language import mark

MAGIC = b"SQLite format 3\x00"
HEADER_BYTES = 100
SEAL = b"warehouse-app backup, sha256: "
SEAL_BYTES = len(SEAL) + 64
BLOCK_BYTES = 1 << 20
PATIENCE_S = 5.0


class BackupFailed(WarehouseError):
    """A backup that could not be written; what was there before is untouched."""

    message = mark("{file} is not written: {reason}")


class BadBackup(WarehouseError):
    """A file that must not be restored."""

    message = mark("{file} is not restored: {reason}")


class DatabaseInUse(WarehouseError):
    """Somebody has the database open, who would go on writing to the file that is put aside."""

    message = mark("{database} is open in another program. Close the desktop and the bookkeeper on it, then try again.")


def write_backup(engine: Engine, backup: Path) -> int:
    """Copy the database as it stands at one moment, while others read and write; gives the bytes written.

    An earlier backup of that name is replaced when the new one is complete and on disk. Raises BackupFailed.
    """
    partial = backup.with_name(backup.name + ".partial")
    try:
        require_replaceable(backup)
        partial.unlink(missing_ok=True)
        _copy_pages(engine, partial)
        with partial.open("r+b") as file:
            seal = _seal_of(file, partial.stat().st_size)
            file.seek(0, os.SEEK_END)
            file.write(seal)
            file.flush()
            os.fsync(file.fileno())
        partial.replace(backup)
    except (OSError, pysqlite3.Error) as error:
        partial.unlink(missing_ok=True)
        raise BackupFailed(file=backup, reason=_reason(error)) from error
    return backup.stat().st_size


def require_replaceable(backup: Path) -> None:
    """Only an earlier backup may lie where one is to be written; its folder is made. Raises BackupFailed."""
    try:
        if backup.exists() and not _is_backup(backup):
            raise BackupFailed(file=backup, reason="it is there already and is no backup; choose another name")
        backup.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise BackupFailed(file=backup, reason=_reason(error)) from error


def unpack_backup(backup: Path, staged: Path) -> None:
    """Put the database that a backup holds into a file of its own, if it is whole. Raises BadBackup.

    A plain copy of a database file is taken as well; it is looked at by SQLite's own check only.
    """
    try:
        size = backup.stat().st_size
        with backup.open("rb") as file:
            pages = _pages_bytes(backup, file.read(HEADER_BYTES), size)
            if size != pages and _seal_of(file, pages) != file.read(SEAL_BYTES):
                raise BadBackup(file=backup, reason="its contents changed since it was written")
            file.seek(0)
            with staged.open("wb") as out:
                out.writelines(_blocks(file, pages))
                out.flush()
                os.fsync(out.fileno())
    except OSError as error:
        raise BadBackup(file=backup, reason=_reason(error)) from error
    _check_pages(backup, staged)


def purpose_in(path: Path) -> str:
    """What the database file is used for: live, sample, empty without a warehouse, unreadable when it is damaged."""
    if not path.exists():
        return ""
    try:
        with closing(pysqlite3.connect(str(path))) as connection:
            if not _has_table(connection, "warehouse"):
                return ""
            row = connection.execute("SELECT purpose FROM warehouse").fetchone()
            return str(row[0]) if row else ""
    except pysqlite3.DatabaseError:
        return "unreadable"


def replace_database(live: Path, staged: Path, now: datetime, *, in_use: bool = False) -> Path | None:
    """Put the staged database in the place of the live one, which is kept beside it; gives its new name.

    With `in_use` others may have it open: then it is overwritten beneath them, in one transaction of SQLite's own, for
    whoever went on with the file that is put aside would write into nothing. Raises DatabaseInUse.
    """
    kept = None
    if live.exists():
        kept = live.with_name(f"{live.stem}-replaced-{now:%Y%m%dT%H%M%S%f}Z{live.suffix}")
        try:
            _require_alone(live)
        except DatabaseInUse:
            if not in_use:
                raise
            _overwrite(live, kept, staged)
            return kept
        for ending in ("-wal", "-shm", ""):
            part = Path(f"{live}{ending}")
            if part.exists():
                part.replace(f"{kept}{ending}")
    staged.replace(live)
    return kept


def _overwrite(live: Path, kept: Path, staged: Path) -> None:
    """Copy what is there to `kept`, then the staged database over it, page by page."""
    with closing(pysqlite3.connect(str(live))) as connection:
        with closing(pysqlite3.connect(str(kept))) as copy:
            connection.backup(copy, progress=_patient(live))
        with closing(pysqlite3.connect(str(staged))) as source:
            source.backup(connection, progress=_patient(live))


def _patient(live: Path) -> Callable[[int, int, int], None]:
    """Ends a copy that waits for a lock: SQLite would wait for ever."""
    give_up = time.monotonic() + PATIENCE_S

    def look(status: int, _remaining: int, _total: int) -> None:
        if status in (pysqlite3.SQLITE_BUSY, pysqlite3.SQLITE_LOCKED) and time.monotonic() > give_up:
            raise DatabaseInUse(database=live)

    return look


def _copy_pages(engine: Engine, target: Path) -> None:
    source = engine.raw_connection()
    try:
        with closing(pysqlite3.connect(str(target))) as connection:
            # All pages in one step: a reader holds up nobody, but a copy in steps begins again at every write.
            driver: Any = source.driver_connection
            driver.backup(connection)
            connection.execute("PRAGMA journal_mode=DELETE")
    finally:
        source.close()


def _is_backup(path: Path) -> bool:
    with path.open("rb") as file:
        file.seek(max(0, path.stat().st_size - SEAL_BYTES))
        return file.read(len(SEAL)) == SEAL


def _pages_bytes(backup: Path, header: bytes, size: int) -> int:
    if not header.startswith(MAGIC) or len(header) < HEADER_BYTES:
        raise BadBackup(file=backup, reason="it is not an SQLite database")
    page_bytes = int.from_bytes(header[16:18])
    page_bytes = 65_536 if page_bytes == 1 else page_bytes
    pages = int.from_bytes(header[28:32]) * page_bytes
    if size not in (pages, pages + SEAL_BYTES):
        raise BadBackup(file=backup, reason=f"it has {size} bytes and should have {pages + SEAL_BYTES}")
    return pages


def _seal_of(file: BinaryIO, size: int) -> bytes:
    """What stands behind the pages; leaves the file right behind them."""
    digest = hashlib.sha256()
    file.seek(0)
    for block in _blocks(file, size):
        digest.update(block)
    return SEAL + digest.hexdigest().encode()


def _blocks(file: BinaryIO, size: int) -> Iterator[bytes]:
    while size > 0 and (block := file.read(min(BLOCK_BYTES, size))):
        size -= len(block)
        yield block


def _check_pages(backup: Path, staged: Path) -> None:
    try:
        with closing(pysqlite3.connect(str(staged))) as connection:
            found = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            if found != "ok":
                raise BadBackup(file=backup, reason=f"it is damaged ({found})")
            if not _has_table(connection, "alembic_version") or not _has_table(connection, "warehouse"):
                raise BadBackup(file=backup, reason="it is the database of another program")
            if connection.execute("SELECT count(*) FROM warehouse WHERE identity <> ''").fetchone()[0] == 0:
                raise BadBackup(file=backup, reason="no warehouse was set up in it")
    except pysqlite3.DatabaseError as error:
        raise BadBackup(file=backup, reason=f"it is damaged ({_reason(error)})") from error


def _has_table(connection: Any, name: str) -> bool:  # noqa: ANN401 - the driver ships no types
    query = "SELECT 1 FROM sqlite_master WHERE type = 'table' AND name = ?"
    return connection.execute(query, (name,)).fetchone() is not None


def _require_alone(live: Path) -> None:
    """Leaving WAL mode needs the file for oneself alone; it also folds the WAL into the file that is put aside."""
    try:
        with closing(pysqlite3.connect(str(live), timeout=1)) as connection:
            mode = connection.execute("PRAGMA journal_mode=DELETE").fetchone()[0]
    except pysqlite3.OperationalError as error:
        raise DatabaseInUse(database=live) from error
    except pysqlite3.DatabaseError:
        return  # Too damaged to be opened by anybody: that is why it is being replaced.
    if mode != "delete":
        raise DatabaseInUse(database=live)


def _reason(error: Exception) -> str:
    return (error.strerror if isinstance(error, OSError) else "") or str(error)
