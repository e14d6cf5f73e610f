"""A disk whose power fails: what was not synced is dropped or torn, and a disk that is full, read-only or broken.

It lies beneath SQLite as a VFS of apsw, so the real journal runs on it unchanged; real files in a folder hold what the
machine sees, and beside them is kept what the disk would hold.
"""

import itertools
import random
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import apsw
import pysqlite3

SECTOR = 512
NOT_LAID_DOWN = ("-shm", ".lock", ".owner", ".reserve")
"""Files that mean nothing after a power cut."""

CODES = {
    apsw.FullError: apsw.SQLITE_FULL,
    apsw.ReadOnlyError: apsw.SQLITE_READONLY,
    apsw.IOError: apsw.SQLITE_IOERR,
}
"""The codes of errors that a disk raises itself; apsw fills in only those of SQLite."""

_names = itertools.count(1)


@dataclass
class Platter:
    """What the disk holds of one file, and what was written since the last sync: offset and bytes, or a new length."""

    inode: int
    held: bytearray = field(default_factory=bytearray)
    unsynced: list[tuple[int, bytes | None]] = field(default_factory=list)

    def sync(self) -> None:
        for offset, data in self.unsynced:
            _put(self.held, offset, data)
        self.unsynced.clear()

    def after_cut(self, rng: random.Random) -> bytes:
        """The synced bytes with any of the others, sector by sector; now and then a sector is rubbish."""
        found, share = bytearray(self.held), rng.choice((0.0, 0.5, 0.9, 1.0))
        for offset, data in self.unsynced:
            pieces = [(offset, data)] if data is None else _sectors(offset, data)
            for place, piece in pieces:
                if rng.random() < share:
                    _put(found, place, piece)
                elif piece is not None and rng.random() < 0.05:
                    _put(found, place, rng.randbytes(len(piece)))
        return bytes(found)


class FaultyDisk(apsw.VFS):
    """Everything SQLite writes goes through here. `cut_after` counts down the operations that change something."""

    def __init__(self) -> None:
        self.name = f"faulty-{next(_names)}"
        super().__init__(self.name, "")
        self.platters: dict[str, Platter] = {}
        self.cut_after: int | None = None
        self.dead = False
        self.refuses: Callable[[], Exception] | None = None
        """Makes the error with which every change is refused, while the disk is full, read-only or broken."""

        self.refuses_syncs = 0
        """So many of the next syncs fail after everything was written."""

    def __del__(self) -> None:
        self.unregister()

    def connect(self, path: Path) -> "Connection":
        """As warehouse_app.station.file.connect, on this disk."""
        return Connection(path, self.name)

    def connect_carelessly(self, path: Path) -> "Connection":
        """With commits that are not synced."""
        connection = self.connect(path)
        connection.execute("PRAGMA synchronous=NORMAL")
        return connection

    def lay_down(self, folder: Path, to: Path, rng: random.Random) -> None:
        """Write what the disk holds of a folder's files after the power was cut."""
        by_inode = {platter.inode: platter for platter in self.platters.values()}
        for path in folder.iterdir():
            platter = by_inode.get(path.stat().st_ino)
            if not path.name.endswith(NOT_LAID_DOWN):
                (to / path.name).write_bytes(platter.after_cut(rng) if platter else path.read_bytes())

    def change(self) -> None:
        """Called before each change; ends the power when its time has come."""
        if self.cut_after is not None and not self.dead:
            self.cut_after -= 1
            self.dead = self.cut_after < 0
        if self.dead:
            raise apsw.IOError("the power is out")
        if self.refuses is not None:
            raise self.refuses()

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:  # noqa: ANN401, N802 - as apsw has it
        return FaultyFile(self, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:  # noqa: FBT001, N802 - as apsw has it
        self.change()
        self.platters.pop(filename, None)
        super().xDelete(filename, syncdir)


class FaultyFile(apsw.VFSFile):
    """One open file of a faulty disk."""

    def __init__(self, disk: FaultyDisk, name: Any, flags: list[int]) -> None:  # noqa: ANN401 - as apsw has it
        super().__init__("", name, flags)
        self._disk = disk
        path = name if isinstance(name, str) or name is None else name.filename()
        self._platter = Platter(0) if path is None else _platter(disk, path)

    def xWrite(self, data: bytes, offset: int) -> None:  # noqa: N802 - as apsw has it
        try:
            self._disk.change()
        except apsw.IOError:
            if self._disk.dead:
                self._platter.unsynced.append((offset, bytes(data)))
            raise
        self._platter.unsynced.append((offset, bytes(data)))
        super().xWrite(data, offset)

    def xTruncate(self, newsize: int) -> None:  # noqa: N802 - as apsw has it
        self._disk.change()
        self._platter.unsynced.append((newsize, None))
        super().xTruncate(newsize)

    def xSync(self, flags: int) -> None:  # noqa: ARG002, N802 - as apsw has it
        self._disk.change()
        if self._disk.refuses_syncs:
            self._disk.refuses_syncs -= 1
            raise apsw.IOError("the sync failed")
        self._platter.sync()


class Connection:
    """A connection of apsw with what the station uses of the bundled driver's, and that driver's errors."""

    def __init__(self, path: Path, vfs: str) -> None:
        self._connection = self._told(lambda: apsw.Connection(str(path), vfs=vfs))
        self._connection.set_busy_timeout(5_000)
        self.execute("PRAGMA journal_mode=WAL")
        self.execute("PRAGMA synchronous=FULL")

    @property
    def in_transaction(self) -> bool:
        return bool(self._connection.in_transaction)

    def execute(self, statement: str, values: Sequence[object] = ()) -> "Rows":
        """Run a statement to its end, as nobody here reads a part of its rows."""
        return Rows(self._told(lambda: list(self._connection.execute(statement, tuple(values)))))

    def executemany(self, statement: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement for each of these rows."""
        self._told(lambda: list(self._connection.executemany(statement, [tuple(row) for row in rows])))

    def executescript(self, script: str) -> None:
        self.execute(script)

    def close(self) -> None:
        """On a dead disk nothing can be tidied up any more."""
        with suppress(apsw.IOError):
            self._connection.close()

    def _told(self, act: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever the act gives
        try:
            return act()
        except apsw.Error as error:
            told = pysqlite3.OperationalError(str(error))
            told.sqlite_errorcode = getattr(error, "extendedresult", 0) or CODES.get(type(error), apsw.SQLITE_ERROR)
            raise told from error


class Rows(list[Any]):
    """The rows of a statement."""

    def fetchall(self) -> list[Any]:
        return list(self)

    def fetchone(self) -> Any:  # noqa: ANN401 - a row
        return self[0] if self else None


def _platter(disk: FaultyDisk, path: str) -> Platter:
    """What was on the disk before this test's disk was put beneath it counts as synced."""
    known, inode = disk.platters.get(path), Path(path).stat().st_ino
    if known is None or known.inode != inode:
        known = disk.platters[path] = Platter(inode, bytearray(Path(path).read_bytes()))
    return known


def _sectors(offset: int, data: bytes) -> list[tuple[int, bytes | None]]:
    ends = [*range(offset // SECTOR * SECTOR + SECTOR, offset + len(data), SECTOR), offset + len(data)]
    starts = [offset, *ends[:-1]]
    return [(start, data[start - offset : end - offset]) for start, end in zip(starts, ends, strict=True)]


def _put(held: bytearray, offset: int, data: bytes | None) -> None:
    """Bytes at an offset, or a new length."""
    if data is None:
        del held[offset:]
        return
    if len(held) < offset:
        held.extend(bytes(offset - len(held)))
    held[offset : offset + len(data)] = data
