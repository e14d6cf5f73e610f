"""What commands print: one JSON document for programs, tables and progress for people."""

import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Any

_SURROGATE = re.compile("[\ud800-\udfff]")


class Output:
    """Standard output in one of its two forms."""

    def __init__(self, *, as_json: bool) -> None:
        self.as_json = as_json
        self._progress_shown = False

    def result(self, value: object, text: str = "") -> None:
        """The command's result: its JSON, or the text for people.

        Iterators in an object are written item by item, so that a long list never stands in memory as a whole.
        """
        self._end_progress()
        if self.as_json:
            sys.stdout.writelines(_json_parts(value))
            print()
        elif text:
            print(_printable(text))

    def line(self, value: object, text: str) -> None:
        """One of several results, at once visible to whoever reads the other end."""
        print(_json(value) if self.as_json else _printable(text), flush=True)

    def progress(self, text: str) -> None:
        """What a long command is doing, for people only."""
        if not self.as_json and sys.stderr.isatty():
            print(f"\r\x1b[K{text}", end="", file=sys.stderr, flush=True)
            self._progress_shown = True

    def _end_progress(self) -> None:
        if self._progress_shown:
            print("\r\x1b[K", end="", file=sys.stderr, flush=True)
            self._progress_shown = False


def _json(value: object) -> str:
    return _printable(json.dumps(plain(value), ensure_ascii=False))


def _json_parts(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for place, (name, item) in enumerate(value.items()):
            yield f"{', ' if place else '{'}{_json(str(name))}: "
            yield from _json_parts(item)
        yield "}" if value else "{}"
    elif isinstance(value, Iterator):
        yield "["
        for place, item in enumerate(value):
            yield f"{', ' if place else ''}{_json(item)}"
        yield "]"
    else:
        yield _json(value)


def _printable(text: str) -> str:
    """Lone surrogates, in which bytes that are no UTF-8 arrive, as the escapes that JSON has for them."""
    return _SURROGATE.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def plain(value: object) -> Any:  # noqa: ANN401 - whatever JSON can hold
    """A value as JSON can hold it: dataclasses as objects, times as ISO text in UTC."""
    if is_dataclass(value) and not isinstance(value, type):
        return plain(asdict(value))
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, str | int | float | bool) or value is None:
        return value
    if isinstance(value, Iterable):
        return [plain(item) for item in value]
    return str(value)


def table(headings: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows in columns, numbers to the right; a Chinese character takes the room of two others."""
    body = [[("" if cell is None else str(cell)) for cell in row] for row in rows]
    widths = [max([_width(heading), *(_width(row[place]) for row in body)]) for place, heading in enumerate(headings)]
    numeric = [
        bool(body) and all(row[place].lstrip("-").isdigit() for row in body if row[place])
        for place in range(len(headings))
    ]

    def shown(row: Sequence[str]) -> str:
        cells = (
            _blanks(cell, width) + cell if right else cell + _blanks(cell, width)
            for cell, width, right in zip(row, widths, numeric, strict=True)
        )
        return "  ".join(cells).rstrip()

    return "\n".join([shown(list(headings)), shown(["-" * width for width in widths]), *map(shown, body)])


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _blanks(text: str, width: int) -> str:
    return " " * (width - _width(text))
