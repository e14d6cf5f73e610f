"""Rejects in any number: a file may be bad in every row, and each of them is told."""

import json
import weakref
from array import array
from collections.abc import Iterable, Sequence
from tempfile import TemporaryFile
from typing import overload

from warehouse_app.domain.rejects import Reason, Reject

KEPT_MOST = 10_000
"""So many rejects stay in memory, some megabytes of them."""

_ROW_BITS = 44
"""No file has as many rows as these bits can count."""


class RejectList:
    """Collects rejects; once they are many, all of them lie in a temporary file that goes away with their last use."""

    def __init__(self) -> None:
        self._kept: list[Reject] = []
        self._spooled: _Spooled | None = None

    def add(self, rejects: Iterable[Reject]) -> None:
        """Add more, in any order."""
        self._kept.extend(rejects)
        if len(self._kept) > KEPT_MOST:
            if self._spooled is None:
                self._spooled = _Spooled()
            self._spooled.take(self._kept)
            self._kept.clear()

    def in_order(self) -> Sequence[Reject]:
        """All of them by file and row; nothing may be added afterwards."""
        if self._spooled is None:
            return tuple(sorted(self._kept, key=lambda reject: (reject.file, reject.row)))
        self._spooled.take(self._kept)
        self._spooled.sort()
        return self._spooled


class _Spooled(Sequence[Reject]):
    """Rejects as lines of JSON in a file without a name; only their places and rows are in memory."""

    def __init__(self) -> None:
        self._lines = TemporaryFile()  # noqa: SIM115 - open as long as anybody has these rejects
        weakref.finalize(self, self._lines.close)
        self._files: list[str] = []
        self._file_numbers, self._rows, self._places = array("q"), array("q"), array("q")

    def take(self, rejects: Iterable[Reject]) -> None:
        place = self._lines.tell()
        for reject in rejects:
            if reject.file not in self._files:
                self._files.append(reject.file)
            self._file_numbers.append(self._files.index(reject.file))
            self._rows.append(reject.row)
            self._places.append(place)
            content = [reject.field, reject.reason.message, dict(reject.reason.values)]
            place += self._lines.write(json.dumps(content, default=str).encode() + b"\n")

    def sort(self) -> None:
        # One number a reject: a pair would take four times the memory, and of these there is no end.
        rank = {self._files.index(name): rank << _ROW_BITS for rank, name in enumerate(sorted(self._files))}
        keys = array("q", (rank[file] + row for file, row in zip(self._file_numbers, self._rows, strict=True)))
        order = array("q", sorted(range(len(keys)), key=keys.__getitem__))
        self._file_numbers, self._rows, self._places = (
            array("q", (column[place] for place in order)) for column in (self._file_numbers, self._rows, self._places)
        )

    def __len__(self) -> int:
        return len(self._rows)

    @overload
    def __getitem__(self, place: int) -> Reject: ...

    @overload
    def __getitem__(self, place: slice) -> Sequence[Reject]: ...

    def __getitem__(self, place: int | slice) -> Reject | Sequence[Reject]:
        if isinstance(place, slice):
            return [self[one] for one in range(*place.indices(len(self)))]
        row, file = self._rows[place], self._files[self._file_numbers[place]]
        self._lines.seek(self._places[place])
        field, message, values = json.loads(self._lines.readline())
        return Reject(row, field, Reason(message, values), file)
