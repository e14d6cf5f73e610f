"""The disk under a station's file: how full it is, what may go wrong with it, and the room kept back for that day."""

import errno
import os
import shutil
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from warehouse_app.domain.errors import WarehouseError
from warehouse_app.language import mark

MB = 1_000_000
RESERVE_MB = 8
"""Enough for what finishes the work at hand and for tens of thousands of facts more."""

LEAST_RESERVE = 256_000
"""Less room than that is none: the disk counts as full."""

ROOM = 500_000
"""Beside the reserve there must be that much."""

PIECE = 1 << 20
WARN_PERCENT = 80
LITTLE_LEFT = 256 * MB
NO_ROOM = 64_000

_FULL, _READ_ONLY, _FAILED = (13,), (8,), (5, 10, 11, 14, 15, 26)
"""SQLite's primary result codes; those that failed: busy, I/O error, corrupt, cannot open, protocol, no database."""


class NotWritten(WarehouseError):
    """The station's disk did not take what was to be written. Nothing of it counts, nor does anything after it."""


class DiskFull(NotWritten):
    """There is no room left."""

    message = mark(
        "The disk is full: this scan is NOT COUNTED, nor is any after it. Stop working here, free space or call the"
        " supervisor. Folder: {folder}"
    )


class DiskReadOnly(NotWritten):
    """The folder became read-only, as a disk does that its system no longer trusts."""

    message = mark(
        "The disk can only be read now: this scan is NOT COUNTED, nor is any after it. Stop working here and call the"
        " supervisor. Folder: {folder}"
    )


class DiskFailed(NotWritten):
    """The disk, or the file on it, gave an error."""

    message = mark(
        "The disk failed ({reason}): this scan is NOT COUNTED, nor is any after it. Stop working here and call the"
        " supervisor. Folder: {folder}"
    )


@dataclass(frozen=True, slots=True)
class Space:
    """Room on the disk that a folder lies on, in bytes, as somebody without special rights has it."""

    used: int
    free: int

    @property
    def used_percent(self) -> int:
        """How full it is, as `df` tells it."""
        return -(-100 * self.used // max(1, self.used + self.free))

    @property
    def is_low(self) -> bool:
        """Whether somebody should free space soon."""
        return self.used_percent >= WARN_PERCENT or self.free < LITTLE_LEFT


def space_at(folder: Path) -> Space:
    """Room on the disk of this folder. Raises OSError."""
    found = shutil.disk_usage(folder)
    return Space(found.used, found.free)


class Reserve:
    """A file that takes up room in the station's folder, to be given up when there is no other."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "station.reserve"
        self.size = RESERVE_MB * MB

    def make(self, at_least: int = 0) -> bool:
        """Take the room, as far as a quarter of what is free goes, but so much at least; False when there is none."""
        if self.size == 0:
            self.release()
            return True
        if self.held >= self.size:
            return True
        with suppress(OSError):
            free = space_at(self.path.parent).free + self.held
            size = min(self.size, max(free // 4, at_least))
            if size >= LEAST_RESERVE and size + ROOM <= free:
                return self.held >= size or self._fill(size)
        return False

    def release(self) -> None:
        """Give the room up."""
        with suppress(OSError):
            self.path.unlink(missing_ok=True)

    @property
    def held(self) -> int:
        """Bytes of the disk that are really taken; where the system does not say, the file's length."""
        try:
            found = self.path.stat()
        except OSError:
            return 0
        return min(found.st_size, getattr(found, "st_blocks", 1 << 40) * 512)

    def _fill(self, size: int) -> bool:
        try:
            with self.path.open("wb") as file:
                _allocate(file.fileno(), size)
            if self.held < size:
                # A disk that compresses makes next to nothing of zeros.
                with self.path.open("wb") as file:
                    for start in range(0, size, PIECE):
                        file.write(os.urandom(min(PIECE, size - start)))
        except OSError:
            self.release()
            return False
        return True


def _allocate(handle: int, size: int) -> None:
    """Have the system take so much room for a file, where it can do so without writing."""
    with suppress(AttributeError):
        try:
            os.posix_fallocate(handle, 0, size)
        except OSError as error:
            if error.errno == errno.ENOSPC:
                raise


def trouble_of(error: BaseException, folder: Path) -> NotWritten | None:
    """What the disk did to a commit, from an error of the SQLite driver; None for errors that are not the disk's."""
    code = cast("int", getattr(error, "sqlite_errorcode", 0)) & 0xFF
    if code in _FULL or (code in _FAILED and _has_no_room(folder)):
        return DiskFull(folder=folder)
    if code in _READ_ONLY or (code in _FAILED and _is_read_only(folder)):
        return DiskReadOnly(folder=folder)
    return DiskFailed(folder=folder, reason=str(error)) if code in _FAILED else None


def _has_no_room(folder: Path) -> bool:
    """A file system that finds out late, when it syncs, reports an I/O error."""
    try:
        return space_at(folder).free < NO_ROOM
    except OSError:
        return False


def _is_read_only(folder: Path) -> bool:
    """A disk that was remounted beneath open files reports an I/O error."""
    try:
        return bool(os.statvfs(folder).f_flag & os.ST_RDONLY)
    except (OSError, AttributeError):
        return False
