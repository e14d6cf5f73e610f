"""The rows on the pages of an SQLite file and of its write-ahead log, read without SQLite when it refuses a file.

The format is that of https://www.sqlite.org/fileformat2.html (sections 1.5, 1.6, 2.1 and 4.1).
"""

import struct
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

Row = tuple[object, ...]
PAGE_SIZE = 4096
FILE_HEADER, LOG_HEADER, FRAME_HEADER = 100, 32, 24
TABLE_LEAF = 13
LEAF_HEADER = 8
WIDTHS = {1: 1, 2: 2, 3: 3, 4: 4, 5: 6, 6: 8}
"""Bytes of an integer by its serial type."""

FLOAT, ZERO, ONE, FIRST_BLOB = 7, 8, 9, 12
VARINT = 9


class Unreadable(Exception):
    """This is no row."""


@dataclass(frozen=True, slots=True)
class Pages:
    """The newest content of every page by its number, from 1 on."""

    newest: dict[int, bytes]

    def overflow(self, number: int, size: int) -> bytes:
        """So many bytes of a chain of overflow pages. Raises Unreadable."""
        parts = []
        while size > 0:
            page = self.newest.get(number)
            if page is None:
                raise Unreadable
            part = page[4 : 4 + size]
            parts.append(part)
            size -= len(part)
            number = struct.unpack(">I", page[:4])[0]
            if len(parts) > len(self.newest):
                raise Unreadable
        return b"".join(parts)


def raw_rows(files: Sequence[bytes]) -> list[Row]:
    """Rows of all tables in a database file and in its log, if there is one: row number, then the columns.

    Pages of the log come after those of the file, in the order in which they were written. A cell that is none, or
    was damaged, is left out; what it says may also be a row of long ago.
    """
    versions = [version for place, content in enumerate(files) for version in _pages_of(content, is_log=place > 0)]
    pages = Pages(dict(versions))
    return [row for number, page in versions for row in _rows_on(number, page, pages)]


def _pages_of(content: bytes, *, is_log: bool) -> Iterator[tuple[int, bytes]]:
    if not is_log:
        for start in range(0, len(content) - PAGE_SIZE + 1, PAGE_SIZE):
            yield start // PAGE_SIZE + 1, content[start : start + PAGE_SIZE]
        return
    pages = []
    step = FRAME_HEADER + PAGE_SIZE
    for start in range(LOG_HEADER, len(content) - step + 1, step):
        # Frames of an earlier round of the log have its salts; those after the last commit were never told to be there.
        number, size, salts = struct.unpack(">II8s", content[start : start + 16])
        if salts == content[16:24]:
            pages.append((number, content[start + FRAME_HEADER : start + step]))
            if size:
                yield from pages
                pages.clear()


def _rows_on(number: int, page: bytes, pages: Pages) -> Iterator[Row]:
    start = FILE_HEADER if number == 1 else 0
    if page[start] != TABLE_LEAF:
        return
    (cells,) = struct.unpack(">H", page[start + 3 : start + 5])
    for place in range(start + LEAF_HEADER, min(start + LEAF_HEADER + 2 * cells, PAGE_SIZE - 1), 2):
        (cell,) = struct.unpack(">H", page[place : place + 2])
        try:
            yield _row(page, cell, pages)
        except (Unreadable, IndexError, UnicodeDecodeError, struct.error):
            continue


def _row(page: bytes, cell: int, pages: Pages) -> Row:
    size, cell = _varint(page, cell)
    number, cell = _varint(page, cell)
    local = _local_size(size)
    content = page[cell : cell + local]
    if len(content) < local:
        raise Unreadable
    if local < size:
        (chain,) = struct.unpack(">I", page[cell + local : cell + local + 4])
        content += pages.overflow(chain, size - local)
    return (number, *_columns(content))


def _local_size(size: int) -> int:
    """How much of a row's content lies on its own page."""
    if size <= PAGE_SIZE - 35:
        return size
    least = (PAGE_SIZE - 12) * 32 // 255 - 23
    fitting = least + (size - least) % (PAGE_SIZE - 4)
    return fitting if fitting <= PAGE_SIZE - 35 else least


def _columns(content: bytes) -> Iterator[object]:
    end, place = _varint(content, 0)
    start = end
    while place < end:
        kind, place = _varint(content, place)
        if kind in WIDTHS:
            yield int.from_bytes(content[start : start + WIDTHS[kind]], "big", signed=True)
            start += WIDTHS[kind]
        elif kind in (0, ZERO, ONE):
            yield {0: None, ZERO: 0, ONE: 1}[kind]
        elif kind == FLOAT or kind < FIRST_BLOB or kind % 2 == 0:
            raise Unreadable  # No table of ours has such a column.
        else:
            length = (kind - FIRST_BLOB) // 2
            text = content[start : start + length]
            if len(text) < length:
                raise Unreadable
            yield text.decode()
            start += length


def _varint(content: bytes, place: int) -> tuple[int, int]:
    """A number of one to nine bytes, and where the next thing begins."""
    number = 0
    for count in range(VARINT):
        byte = content[place + count]
        if count == VARINT - 1:
            return number << 8 | byte, place + VARINT
        number = number << 7 | byte & 0x7F
        if byte < 0x80:  # noqa: PLR2004 - the highest bit says that more follow
            return number, place + count + 1
    raise Unreadable
