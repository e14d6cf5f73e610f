"""Writes many rows of one table at once: whole columns as arrays on PostgreSQL, a prepared loop on SQLite.

The text of a statement depends on the table and its columns only, never on the number of rows, so both engines prepare
it once. All rows belong to one warehouse, whose key is therefore given once and not in every row.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from typing import Any, Literal, cast

from sqlalchemy import BigInteger, Boolean, Date, Table, Text
from sqlalchemy.types import TypeEngine

from warehouse_app.domain.errors import UnusableValue
from warehouse_app.language import mark
from warehouse_app.store.types import Moment

Names = tuple[str, ...]
Values = tuple[Any, ...]
Clash = Literal["refuse", "keep", "replace"]
"""What becomes of a row whose primary key exists: an error, the old row stays, or the new one takes its place."""

NUL = mark("a text holds the character NUL")
ROWS_A_STATEMENT = 10_000
WAREHOUSE = "warehouse_id"


@dataclass(frozen=True, slots=True)
class Hand:
    """What writes: takes the text of a statement of an engine, and its values."""

    run: Callable[[str, Any], object]
    engine: str


@dataclass(frozen=True, slots=True)
class Rows:
    """Rows to be written: their columns without the warehouse, and the warehouse's key where the table has one."""

    table: Table
    names: Names
    values: Sequence[Values]
    warehouse_id: str

    @property
    def fixed(self) -> Values:
        """The values that all rows share."""
        return (self.warehouse_id,) if WAREHOUSE in self.table.c else ()


def insert(hand: Hand, rows: Rows, clash: Clash = "refuse") -> None:
    """Insert the rows."""
    if clash == "replace":
        rows = _last_of_each_key(rows)
    _run(hand, rows, _insert_text(rows.table, rows.names, clash, hand.engine))


def update(hand: Hand, rows: Rows) -> None:
    """Set the columns that are no keys in the rows of these primary keys."""
    _run(hand, rows, _update_text(rows.table, rows.names, hand.engine))


def delete(hand: Hand, rows: Rows) -> None:
    """Delete the rows of these primary keys."""
    _run(hand, rows, _delete_text(rows.table, rows.names, hand.engine))


def _run(hand: Hand, rows: Rows, text: str) -> None:
    types = [rows.table.c[name].type for name in rows.names]
    if hand.engine == "postgresql":
        for start in range(0, len(rows.values), ROWS_A_STATEMENT):
            columns = zip(*rows.values[start : start + ROWS_A_STATEMENT], strict=True)
            arrays = tuple(array(kind, column) for kind, column in zip(types, columns, strict=True))
            hand.run(text, (*rows.fixed, *arrays))
        return
    _refuse_nul(types, rows.values)
    values = _for_sqlite(types, rows.values)
    fixed = rows.fixed
    hand.run(text, [(*row, *fixed) for row in values])


def _last_of_each_key(rows: Rows) -> Rows:
    """One statement may touch a row once only; of two rows with the same key the later one counts."""
    places = [rows.names.index(name) for name in _keys(rows.table) if name != WAREHOUSE]
    by_key = {tuple(row[place] for place in places): row for row in rows.values}
    if len(by_key) == len(rows.values):
        return rows
    return Rows(rows.table, rows.names, list(by_key.values()), rows.warehouse_id)


def _keys(table: Table) -> list[str]:
    return [column.name for column in table.primary_key.columns]


@lru_cache(maxsize=1_000)
def _insert_text(table: Table, names: Names, clash: Clash, engine: str) -> str:
    fixed = (WAREHOUSE,) if WAREHOUSE in table.c else ()
    if engine == "postgresql":
        columns = (*fixed, *names)
        source = f"SELECT {', '.join([*('%s' for _ in fixed), 'u.*'])} FROM {_unnested(table, names)}"  # noqa: S608
    else:
        columns = (*names, *fixed)
        source = f"VALUES ({', '.join('?' for _ in columns)})"
    text = f"INSERT INTO {table.name} ({_listed(columns)}) {source}"
    if clash == "refuse":
        return text
    keys = _keys(table)
    changed = [name for name in columns if name not in keys]
    if clash == "keep" or not changed:
        return f"{text} ON CONFLICT ({_listed(keys)}) DO NOTHING"
    settings = ", ".join(f"{_quoted(name)} = excluded.{_quoted(name)}" for name in changed)
    return f"{text} ON CONFLICT ({_listed(keys)}) DO UPDATE SET {settings}"


@lru_cache(maxsize=1_000)
def _update_text(table: Table, names: Names, engine: str) -> str:
    keys = [name for name in _keys(table) if name != WAREHOUSE]
    changed = [name for name in names if name not in keys]
    if engine == "postgresql":
        settings = ", ".join(f"{_quoted(name)} = u.{_quoted(name)}" for name in changed)
        where = _matching(table, keys)
        # The warehouse's mark stands in the FROM clause, so that it comes first in the text as in the values.
        return f"WITH {_given(table, names)} UPDATE {table.name} AS t SET {settings} FROM u WHERE {where}"  # noqa: S608
    # SQLite numbers its marks, so that keys and new values may stand in any order.
    place = {name: number for number, name in enumerate((*names, WAREHOUSE), 1)}
    settings = ", ".join(f"{_quoted(name)} = ?{place[name]}" for name in changed)
    return f"UPDATE {table.name} SET {settings} WHERE {_numbered(table, place)}"  # noqa: S608 - our own names


@lru_cache(maxsize=1_000)
def _delete_text(table: Table, names: Names, engine: str) -> str:
    if engine == "postgresql":
        where = _matching(table, names)
        return f"WITH {_given(table, names)} DELETE FROM {table.name} AS t USING u WHERE {where}"  # noqa: S608
    place = {name: number for number, name in enumerate((*names, WAREHOUSE), 1)}
    return f"DELETE FROM {table.name} WHERE {_numbered(table, place)}"  # noqa: S608 - our own names


def _given(table: Table, names: Names) -> str:
    """The rows that are given, as a table u with the warehouse's key in each of its rows."""
    fixed = f"CAST(%s AS text) AS {WAREHOUSE}, " if WAREHOUSE in table.c else ""
    return f"u AS (SELECT {fixed}u.* FROM {_unnested(table, names)})"  # noqa: S608 - our own names


def _matching(table: Table, keys: Sequence[str]) -> str:
    every = [WAREHOUSE, *keys] if WAREHOUSE in table.c else keys
    return " AND ".join(f"t.{_quoted(name)} = u.{_quoted(name)}" for name in every)


def _numbered(table: Table, place: dict[str, int]) -> str:
    return " AND ".join(f"{_quoted(name)} = ?{place[name]}" for name in _keys(table))


def _unnested(table: Table, names: Names) -> str:
    arrays = ", ".join(f"%s::{_array_type(table.c[name].type)}[]" for name in names)
    return f"unnest({arrays}) AS u ({_listed(names)})"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(_quoted(name) for name in names)


def _quoted(name: str) -> str:
    return f'"{name}"'


def _array_type(kind: TypeEngine[Any]) -> str:
    if isinstance(kind, Moment):
        return "timestamptz"
    for known, name in ((Text, "text"), (BigInteger, "bigint"), (Boolean, "boolean"), (Date, "date")):
        if isinstance(kind, known):
            return name
    raise TypeError(kind)


def array(kind: TypeEngine[Any], column: Sequence[Any]) -> str:
    """A column as PostgreSQL writes an array: much faster made here than value by value in the driver."""
    if isinstance(kind, Text):
        return _text_array(column)
    if isinstance(kind, Moment):
        known = {moment: _instant(moment) for moment in set(column)}
        return _text_array([known[moment] for moment in column])
    if None in column:
        return f"{{{','.join('NULL' if value is None else str(value) for value in column)}}}"
    return f"{{{','.join(map(str, column))}}}"


def _text_array(column: Sequence[str | None]) -> str:
    if None in column:
        return f"{{{','.join('NULL' if value is None else _array_text(value) for value in column)}}}"
    body = '","'.join(cast("Sequence[str]", column))
    if "\\" in body or body.count('"') != 2 * (len(column) - 1):
        return f"{{{','.join(_array_text(str(value)) for value in column)}}}"
    return f'{{"{body}"}}'


def _array_text(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


def _instant(moment: datetime | None) -> str | None:
    """The form in which SQLite keeps instants; PostgreSQL reads it as well. A time without a zone is our mistake."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError(moment)
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def _refuse_nul(types: Sequence[TypeEngine[Any]], values: Sequence[Values]) -> None:
    """SQLite would take what PostgreSQL refuses, and the data could never move there."""
    texts = [place for place, kind in enumerate(types) if isinstance(kind, Text)]
    if any("\0" in row[place] for row in values for place in texts if row[place]):
        raise UnusableValue(reason=NUL)


def _for_sqlite(types: Sequence[TypeEngine[Any]], values: Sequence[Values]) -> Sequence[Values]:
    places = [place for place, kind in enumerate(types) if isinstance(kind, Moment | Date)]
    if not places:
        return values
    known: dict[Any, str | None] = {None: None}
    found = []
    for row in values:
        cells = list(row)
        for place in places:
            value = row[place]
            if value not in known:
                known[value] = _instant(value) if isinstance(value, datetime) else _day(value)
            cells[place] = known[value]
        found.append(tuple(cells))
    return found


def _day(value: date) -> str:
    return value.isoformat()
