"""Parts a CSV file into records (RFC 4180). A broken record never takes the good ones behind it along.

A quotation mark that is not closed would swallow every row up to the next quotation mark, or all of them. So a record
of several lines is believed only when its quotes are balanced, it has as many cells as the header, and none of the
lines in it is a whole row by itself. Otherwise its first line alone is broken, and reading goes on at the next line.
"""

import csv
from collections import deque
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from warehouse_app.domain.rejects import Reason
from warehouse_app.language import mark

LINES_OF_A_RECORD_MOST = 100
"""Bounds how far a quotation mark that is not closed is followed."""

_CHUNK = 1 << 20
_WIDTH_TO_TELL_ROWS = 3
"""A line of text may well hold one comma; two or more, exactly as many as the header, are a row."""


class Record(NamedTuple):
    """The cells of a row. With a problem they are a guess, good enough to tell what the row was about.

    A tuple, like the lines below, because files have hundreds of thousands of them.
    """

    cells: tuple[str, ...]
    problem: Reason | None = None


class _Line(NamedTuple):
    text: str
    bad_byte: int | None


class _Lines:
    """The decoded lines of a stream with their line ends; lines that were taken can be given back."""

    def __init__(self, stream: BinaryIO) -> None:
        self._coming = _decoded(stream)
        self._given_back: deque[_Line] = deque()

    def take(self) -> _Line | None:
        return self._given_back.popleft() if self._given_back else next(self._coming, None)

    def give_back(self, lines: list[_Line]) -> None:
        self._given_back.extendleft(reversed(lines))


def read_records(stream: BinaryIO) -> Iterator[Record]:
    """All records, the header first, blank ones too; the header's width tells whole rows from broken ones."""
    lines = _Lines(stream)
    width = 0
    while (line := lines.take()) is not None:
        record = _record(line, lines, width)
        width = width or (len(record.cells) if any(record.cells) else 0)
        yield record


def _record(line: _Line, lines: _Lines, width: int) -> Record:
    if '"' not in line.text:
        return Record(tuple(line.text.rstrip("\r\n").split(",")), _bad_bytes([line]))
    further: list[_Line] = []
    cells = _balanced(line, lines, further)
    if cells is None or (further and _swallows_rows(cells, further, width)):
        lines.give_back(further)
        guess = tuple(cell.strip().strip('"') for cell in line.text.split(","))
        return Record(guess, _bad_bytes([line]) or Reason(mark("A quotation mark is not closed or stands alone.")))
    return Record(tuple(cells), _bad_bytes([line, *further]))


def _balanced(first: _Line, lines: _Lines, further: list[_Line]) -> list[str] | None:
    """The cells of the record that begins here, taking the lines it needs; None when its quotes do not match."""

    def feed() -> Iterator[str]:
        yield first.text
        while len(further) < LINES_OF_A_RECORD_MOST and (line := lines.take()) is not None:
            further.append(line)
            yield line.text

    try:
        return next(csv.reader(feed(), strict=True))
    except (csv.Error, StopIteration):
        return None


def _swallows_rows(cells: list[str], further: list[_Line], width: int) -> bool:
    if width and len(cells) != width:
        return True
    opened = next((place for place, cell in enumerate(cells) if "\n" in cell or "\r" in cell), 0)
    # The line that closes a quote opened in the first cell has every cell of the row, and is no row by itself.
    inside = further if opened else further[:-1]
    return any(_is_row(line.text, width) for line in inside)


def _is_row(text: str, width: int) -> bool:
    if width < _WIDTH_TO_TELL_ROWS or text.count(",") < width - 1:
        return False
    try:
        return len(next(csv.reader([text], strict=True))) == width
    except (csv.Error, StopIteration):
        return False


def _bad_bytes(lines: list[_Line]) -> Reason | None:
    for line in lines:
        if line.bad_byte is not None:
            message = mark("Byte {position} of the file is not UTF-8. Save the file with the encoding UTF-8.")
            return Reason(message, {"position": line.bad_byte})
    return None


def _decoded(stream: BinaryIO) -> Iterator[_Line]:
    """Lines decoded one by one: a byte that is not UTF-8 spoils its own line only. Positions count from 0."""
    position = 0
    for raw in _raw_lines(stream):
        try:
            yield _Line(raw.decode("utf-8-sig" if position == 0 else "utf-8"), None)
        except UnicodeDecodeError as error:
            # With utf-8-sig the error's place does not count the byte order mark.
            mark_length = len(raw) - len(error.object)
            yield _Line(raw.decode("utf-8", "replace").lstrip("\ufeff"), position + mark_length + error.start)
        position += len(raw)


def _raw_lines(stream: BinaryIO) -> Iterator[bytes]:
    """Lines ended by LF, CR LF or CR, with their ends."""
    rest = b""
    while chunk := stream.read(_CHUNK):
        lines = (rest + chunk).splitlines(keepends=True)
        rest = lines.pop()  # It may go on in the next chunk, or its CR may be half of a CR LF.
        yield from lines
    yield from rest.splitlines(keepends=True)
