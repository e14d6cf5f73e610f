"""Reads a station's file whatever its state: in use by another process, copied from a broken computer, or damaged."""

import json
import re
import tempfile
from collections.abc import Iterable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pysqlite3

from warehouse_app.domain.errors import WarehouseError
from warehouse_app.domain.facts.base import PAYLOAD_LIMIT
from warehouse_app.language import mark
from warehouse_app.station.file import Connection
from warehouse_app.station.journal import COLUMNS
from warehouse_app.station.raw_pages import raw_rows

Row = tuple[object, ...]
FACT_ID = re.compile(r"[0-9a-f]{32}")
TEXTS, NUMBERS = (1, 2, 3, 4, 6, 8), (0, 5, 7)
"""Where a journal's row has texts and numbers."""


class NoStation(WarehouseError):
    """There is no station's file here."""

    message = mark("There is no station in {folder}. Give the folder with its station.db: --home DIR")


class NothingReadable(WarehouseError):
    """Not even the station's name can be read."""

    message = mark("Nothing can be read of the station's file in {folder}. Look for a copy of it, such as a backup.")


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What could be read: settings, and the journal's rows in order. `damaged` says that this was not all of it."""

    settings: Mapping[str, str]
    rows: tuple[Row, ...]
    damaged: bool

    @property
    def last(self) -> int:
        """The highest number that there is or was."""
        return max(self.number("pruned_to"), int(str(self.rows[-1][0])) if self.rows else 0)

    def number(self, setting: str) -> int:
        """A setting that is a number, 0 when it is none."""
        text = self.settings.get(setting, "")
        return int(text) if text.isascii() and text.isdigit() else 0

    def lost(self, after: int) -> tuple[tuple[int, int], ...]:
        """Numbers above `after` of which no row was found, first and last of each stretch.

        What came after the last row that was found is not known to anybody.
        """
        gaps, expected = [], after + 1
        for row in self.rows:
            number = int(str(row[0]))
            if number > expected:
                gaps.append((expected, number - 1))
            expected = max(expected, number + 1)
        return tuple(gaps)


def read_station(home: Path) -> Salvaged:
    """All that is in the folder's station.db, which may be in use and is not changed.

    Raises NoStation and NothingReadable.
    """
    if not (home / "station.db").exists():
        raise NoStation(folder=home)
    # Read before SQLite reads: of a station in use it may then find more, but never less.
    files = {name: (home / name).read_bytes() for name in ("station.db", "station.db-wal") if (home / name).exists()}
    settings, rows = _from_raw(raw_rows(list(files.values())))
    with tempfile.TemporaryDirectory() as folder:
        for name, content in files.items():
            (Path(folder) / name).write_bytes(content)
        copy = Path(folder) / "station.db"
        found = _first_whole(f"file:{home / 'station.db'}?mode=ro", f"file:{copy}")
        if found is not None and max(rows, default=0) <= found.last and found.settings.get("incarnation"):
            return found
        # SQLite refuses the file, or ends its log where a part of it is damaged although more follows.
        return _read_parts(copy, settings, rows, home)


def _first_whole(*uris: str) -> Salvaged | None:
    """A folder that cannot be written cannot always be read by SQLite where it lies; then a copy is."""
    for uri in uris:
        try:
            return _read_whole(uri)
        except pysqlite3.DatabaseError:
            continue
    return None


def _read_whole(uri: str) -> Salvaged:
    """Raises DatabaseError when anything is damaged."""
    with closing(pysqlite3.connect(uri, uri=True, isolation_level=None, timeout=5)) as connection:
        connection.execute("BEGIN")
        settings = dict(connection.execute("SELECT key, value FROM setting").fetchall())
        rows = connection.execute(f"SELECT {COLUMNS} FROM journal ORDER BY sequence").fetchall()  # noqa: S608 - constant
        if connection.execute("PRAGMA integrity_check(1)").fetchone() != ("ok",):
            raise pysqlite3.DatabaseError("damaged")
        if not all(_is_sound(row) for row in rows):
            raise pysqlite3.DatabaseError("damaged")
    return Salvaged(settings, tuple(rows), damaged=False)


def _read_parts(path: Path, settings: dict[str, str], found: dict[int, Row], home: Path) -> Salvaged:
    """Row by row what SQLite can still find, and what lies on pages that it cannot find any more."""
    try:
        with closing(pysqlite3.connect(str(path), isolation_level=None)) as connection:
            settings |= _settings_in(connection)
            found |= _rows_in(connection, max(found, default=0))
    except pysqlite3.DatabaseError:
        pass  # Not even the first page is whole: what the pages say themselves is all there is.
    if "station" not in settings or "incarnation" not in settings:
        raise NothingReadable(folder=home)
    return Salvaged(settings, tuple(found[number] for number in sorted(found)), damaged=True)


def _settings_in(connection: Connection) -> dict[str, str]:
    try:
        return dict(connection.execute("SELECT key, value FROM setting").fetchall())
    except pysqlite3.DatabaseError:
        return {}


def _rows_in(connection: Connection, known: int) -> dict[int, Row]:
    """Rows by their number, one question each: a page that is damaged hides only its own."""
    rows: dict[int, Row] = {}
    query = f"SELECT {COLUMNS} FROM journal WHERE sequence = ?"  # noqa: S608 - constant
    for number in range(1, max(known, _last_number(connection)) + 1):
        try:
            row = connection.execute(query, (number,)).fetchone()
        except pysqlite3.DatabaseError:
            continue
        if row is not None and _is_sound(row):
            rows[number] = row
    return rows


def _last_number(connection: Connection) -> int:
    """The highest number that the table or its index can tell."""
    numbers = [0]
    for source in ("journal NOT INDEXED", "journal INDEXED BY journal_work"):
        try:
            numbers.append(connection.execute(f"SELECT max(sequence) FROM {source}").fetchone()[0] or 0)  # noqa: S608 - constant
        except pysqlite3.DatabaseError:
            continue
    return max(numbers)


def _from_raw(rows: Iterable[Row]) -> tuple[dict[str, str], dict[int, Row]]:
    """Settings and journal rows among the rows of all pages; of the same row the newest.

    Two different facts of one number are of two incarnations, and nobody can tell which is this one's: neither counts.
    """
    settings: dict[str, str] = {}
    found: dict[int, Row] = {}
    doubtful: set[int] = set()
    for row in rows:
        if len(row) == 3 and all(isinstance(value, str) for value in row[1:]):  # noqa: PLR2004 - number, key, value
            settings[str(row[1])] = str(row[2])
        elif len(row) == 1 + len(TEXTS) + len(NUMBERS) and row[1] is None and _is_sound(fact := (row[0], *row[2:])):
            number = int(str(row[0]))
            if found.setdefault(number, fact) != fact:
                doubtful.add(number)
    return settings, {number: row for number, row in found.items() if number not in doubtful}


def _is_sound(row: Row) -> bool:
    """Whether a row looks as the journal writes them."""
    texts = all(isinstance(row[place], str) for place in TEXTS)
    if not texts or not all(isinstance(row[place], int) for place in NUMBERS):
        return False
    payload = str(row[8])
    if not FACT_ID.fullmatch(str(row[1])) or not payload.isascii() or len(payload) > PAYLOAD_LIMIT:
        return False
    try:
        return isinstance(json.loads(payload), dict)
    except ValueError:
        return False
