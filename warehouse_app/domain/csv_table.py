"""A CSV file as rows with named cells, each read as what its column means."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import BinaryIO, NoReturn

from warehouse_app.domain.csv_records import Record, read_records
from warehouse_app.domain.errors import BadFile
from warehouse_app.domain.money import decimal_amount, to_minor, to_unit_cost
from warehouse_app.domain.rejects import BadCell, Reason, Reject
from warehouse_app.language import mark, tr

WHOLE_MOST = 1_000_000_000
CODE_LENGTH_MOST = 100
TEXT_LENGTH_MOST = 10_000
_YEARS = range(1900, 2200)
_SHOWN = 40
_WHOLE = re.compile(r"-?\d{1,18}", re.ASCII)
_DAY = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d{1,6})?)?(Z|[+-]\d\d:\d\d)", re.ASCII)
_COUNTRY = re.compile(r"[A-Za-z]{2}", re.ASCII)
_CURRENCY = re.compile(r"[A-Za-z]{3}", re.ASCII)
_INVISIBLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
"""Control characters other than tab and line breaks: databases, printers and terminals choke on them."""


@dataclass(frozen=True, slots=True)
class CsvRow:
    """A row by the names of its columns. Cells carry no blanks at their ends; row numbers count the header as 1.

    Every reading method raises BadCell. Without a default the cell has to be filled; with one, an empty cell or a
    column that the file does not have gives the default.
    """

    number: int
    cells: dict[str, str]
    problem: Reason | None = None
    problem_field: str = ""

    def check(self) -> None:
        """Raise BadCell when the row as a whole is broken."""
        if self.problem is not None:
            raise BadCell(self.problem_field, self.problem.message, **self.problem.values)

    def has(self, name: str) -> bool:
        """Whether the file has this column."""
        return name in self.cells

    def filled(self, name: str) -> bool:
        """Whether the cell says anything."""
        return bool(self.cells.get(name))

    def text(self, name: str, default: str | None = None) -> str:
        """Any text, kept as it is."""
        found = self.cells.get(name, "")
        if not found:
            return self._missing(name) if default is None else default
        if len(found) > TEXT_LENGTH_MOST:
            self._refuse(name, mark("The text is longer than {most} characters."), most=TEXT_LENGTH_MOST)
        return found

    def code(self, name: str, default: str | None = None) -> str:
        """The name of a thing: short, on one line."""
        found = self.text(name, default)
        if len(found) > CODE_LENGTH_MOST:
            self._refuse(name, mark("The text is longer than {most} characters."), most=CODE_LENGTH_MOST)
        if not found.isprintable():
            self._refuse(name, mark("A code must not hold line breaks or invisible characters."))
        return found

    def whole(self, name: str, default: int | None = None, *, least: int = 0, most: int = WHOLE_MOST) -> int:
        """A whole number."""
        if default is not None and not self.filled(name):
            return default
        text = self.text(name)
        if not _WHOLE.fullmatch(text):
            self._refuse(name, mark("{text} is not a whole number (or one too long)."), text=shown(text))
        number = int(text)
        if number < least:
            self._refuse(name, mark("{number} is too small: the least is {least}."), number=number, least=least)
        if number > most:
            self._refuse(name, mark("{number} is too large: the most is {most}."), number=number, most=most)
        return number

    def yes(self, name: str, *, default: bool) -> bool:
        """Yes or no."""
        return self.choice(name, ("yes", "no"), "yes" if default else "no") == "yes"

    def choice(self, name: str, choices: Collection[str], default: str | None = None) -> str:
        """One of a few words, in any case."""
        found = self.text(name, default)
        if found.casefold() not in choices:
            names = ", ".join(choices)
            self._refuse(name, mark("{text} is none of: {choices}."), text=shown(found), choices=names)
        return found.casefold()

    def matching(self, name: str, pattern: re.Pattern[str], example: str) -> str:
        """A text of a fixed form, empty when the cell is."""
        found = self.text(name, "")
        if found and not pattern.fullmatch(found):
            self._refuse(name, mark("{text} should look like {example}."), text=shown(found), example=example)
        return found

    def country(self, name: str, default: str | None = None) -> str:
        """An ISO 3166-1 alpha-2 code in capitals; whether the country exists is the carrier's question."""
        return (self.matching(name, _COUNTRY, "GB") or self.text(name, default)).upper()

    def currency(self, name: str, default: str) -> str:
        """An ISO 4217 code in capitals."""
        return self.matching(name, _CURRENCY, "GBP").upper() or default

    def day(self, name: str) -> date | None:
        """A calendar day, None when the cell is empty."""
        if not self.filled(name):
            return None
        text = self.matching(name, _DAY, "2011-05-10")
        try:
            return date.fromisoformat(text)
        except ValueError:
            self._refuse(name, mark("There is no day {text}."), text=text)

    def moment(self, name: str) -> datetime:
        """An instant with its offset from UTC."""
        text = self.text(name)
        self.matching(name, _MOMENT, "2011-05-10T09:15:00+01:00")
        try:
            found = datetime.fromisoformat(text)
        except ValueError:
            self._refuse(name, mark("There is no time {text}."), text=text)
        if found.year not in _YEARS:
            self._refuse(name, mark("The year {year} cannot be meant."), year=found.year)
        return found

    def decimal(self, name: str) -> Decimal | None:
        """A decimal of 0 or more, None when the cell is empty."""
        text = self.text(name, "")
        if not text:
            return None
        try:
            return decimal_amount(text)
        except ValueError:
            self._refuse(name, mark("{text} is not an amount such as 2.55."), text=shown(text))

    def amount(self, name: str, currency: str) -> int:
        """Money in minor units of the currency, 0 when the cell is empty."""
        try:
            return to_minor(self.decimal(name) or Decimal(0), currency)
        except BadCell:
            raise
        except ValueError:
            message = mark("{text} has more decimals than {currency} has.")
            self._refuse(name, message, text=shown(self.text(name)), currency=currency)

    def unit_cost(self, name: str, currency: str) -> int:
        """A unit cost in 1/10,000 of a minor unit, 0 when the cell is empty."""
        return to_unit_cost(self.decimal(name) or Decimal(0), currency)

    def _missing(self, name: str) -> NoReturn:
        self._refuse(name, mark("This must be filled in."))

    def _refuse(self, name: str, message: str, **values: object) -> NoReturn:
        raise BadCell(name, message, **values)


@dataclass(slots=True)
class CsvTable:
    """The rows of an open file; its header is read at once. Raises BadFile when the file is no such table."""

    stream: BinaryIO
    file: str
    required: Collection[str]
    _header: list[str] = field(init=False)
    _records: Iterator[tuple[int, Record]] = field(init=False)

    def __post_init__(self) -> None:
        """Read the header: lines that are blank may stand before it."""
        records = enumerate(read_records(self.stream), start=1)
        self._records = ((number, record) for number, record in records if _says_something(record))
        first = next(self._records, None)
        if first is None:
            self._refuse(tr("it is empty"))
        record = first[1]
        if record.problem is not None:
            self._refuse(tr(record.problem.message, **record.problem.values))
        self._header = [cell.strip().casefold() for cell in record.cells]
        missing = [name for name in self.required if name not in self._header]
        if missing:
            self._refuse(tr("these columns are missing: {columns}", columns=", ".join(missing)))
        twice = {name for name in self._header if name and self._header.count(name) > 1}
        if twice:
            self._refuse(tr("these columns are there twice: {columns}", columns=", ".join(sorted(twice))))

    def __iter__(self) -> Iterator[CsvRow]:
        """The rows that are not blank; broken ones carry their problem."""
        for number, record in self._records:
            cells = dict(zip(self._header, map(str.strip, record.cells), strict=False))
            problem, name = record.problem, ""
            if problem is None and len(record.cells) != len(self._header):
                message = mark("The row has {found} cells, the header has {expected}.")
                problem = Reason(message, {"found": len(record.cells), "expected": len(self._header)})
            if problem is None and not "".join(record.cells).isprintable():
                problem, name = _invisible(cells)
            yield CsvRow(number, cells, problem, name)

    @property
    def columns(self) -> list[str]:
        """The names in the header, in its order."""
        return list(self._header)

    def column(self, name: str) -> Iterator[str]:
        """One cell of every row that iterating would give, and nothing else of it: far quicker. It has to be there."""
        place = self._header.index(name)
        for _, record in self._records:
            yield record.cells[place].strip() if place < len(record.cells) else ""

    def reject(self, row: CsvRow, error: BadCell) -> Reject:
        """The reject of a row of this file."""
        return Reject(row.number, error.field, error.reason, self.file)

    def _refuse(self, reason: str) -> NoReturn:
        raise BadFile(file=self.file, reason=reason)


def shown(text: str) -> str:
    """A cell as messages quote it: cut when it is long."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}…"


def _says_something(record: Record) -> bool:
    return record.problem is not None or any(cell and not cell.isspace() for cell in record.cells)


def _invisible(cells: dict[str, str]) -> tuple[Reason | None, str]:
    for name, cell in cells.items():
        found = None if cell.isprintable() else _INVISIBLE.search(cell)
        if found:
            message = mark("There is an invisible character (code {code}) in the text.")
            return Reason(message, {"code": ord(found[0])}), name
    return None, ""
