"""Rows of one table: loaded in bulk, changed in memory, written back in bulk."""

from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from functools import cache
from operator import attrgetter, itemgetter
from typing import Any, Generic, TypeVar, cast

from sqlalchemy import Column, Table
from sqlalchemy.sql import ColumnElement

from warehouse_app.store.asking import Question
from warehouse_app.store.database import Transaction

RowType = TypeVar("RowType")
Key = tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Shape:
    """How rows of a type stand in their table: worked out once, for books are opened for every decision."""

    names: tuple[str, ...]
    columns: tuple[Column[Any], ...]
    key_names: tuple[str, ...]
    values: Callable[[Any], Key]
    key_of_values: Callable[[Key], Key]
    key_of_row: Callable[[Any], Key]


@cache
def _shape(row_type: Hashable, table: Table) -> _Shape:
    names = tuple(field.name for field in fields(cast("Any", row_type)))
    key_names = tuple(column.name for column in table.primary_key.columns if column.name != "warehouse_id")
    return _Shape(
        names,
        tuple(table.c[name] for name in names),
        key_names,
        attrgetter(*names),
        _picker([names.index(name) for name in key_names]),
        _attributes(key_names),
    )


class RowSet(Generic[RowType]):
    """The rows of a table that a batch touches. What is loaded twice keeps its first, maybe changed, form."""

    def __init__(self, row_type: type[RowType], table: Table, group: str = "", *, replaces: bool = True) -> None:
        """`group` names a column, never changed in a row, by which the rows are looked up as well.

        A row that is added without having been loaded replaces one that the table has; with `replaces` off it cannot:
        then all rows that exist are always loaded, and a second one is a mistake that the database must refuse.
        """
        self._replaces = replaces
        self.table = table
        self._group = group
        self._grouped: dict[Any, list[RowType]] = {}
        self._type = row_type
        shape = _shape(cast("Hashable", row_type), table)
        self._names, self._columns, self._key_names = shape.names, shape.columns, shape.key_names
        self._values, self._key_of_values, self._key_of_row = shape.values, shape.key_of_values, shape.key_of_row
        self._rows: dict[Key, RowType] = {}
        self._under: dict[Any, dict[Key, RowType]] | None = None
        self._loaded: dict[Key, Key] = {}

    def load(
        self, tx: Transaction, column: str, values: Iterable[object], *where: ColumnElement[bool]
    ) -> list[RowType]:
        """Load the rows whose column is one of the values; give those that are in the set now."""
        return self.take_in(tx.tuples_in(self._columns, self.table.c[column], values, *where))

    def wanted(self, column: str, values: Iterable[object], *where: ColumnElement[bool]) -> "Wanted":
        """What `load` would load, to be loaded together with others."""
        return Wanted(self, self.table.c[column], list(values), where)

    def questions(self, tx: Transaction, wanted: "Wanted") -> list[Question]:
        """What has to be asked for it."""
        return tx.questions(self._columns, wanted.column, wanted.values, *wanted.where)

    def take_in(self, rows: Iterable[Key]) -> list[RowType]:
        """Take in rows that were loaded elsewhere, as tuples of the fields; give those that are in the set now."""
        loaded = []
        for found in rows:
            key = self._key_of_values(found)
            if key not in self._loaded:
                self._loaded[key] = found
                if key not in self._rows:
                    self._keep(key, self._type(*found))
            row = self._rows.get(key)
            if row is not None:
                loaded.append(row)
        return loaded

    def key_of(self, row: RowType) -> Key:
        """The row's primary key, in the order of the table's columns and without the warehouse."""
        return self._key_of_row(row)

    def get(self, *key: object) -> RowType | None:
        """The row of this key, if there is one."""
        return self._rows.get(key)

    def under(self, first: object) -> list[RowType]:
        """The rows whose key begins with this: the lines of an order, the stops of a list, what lies at a place."""
        if self._under is None:
            self._under = {}
            for key, row in self._rows.items():
                self._under.setdefault(key[0], {})[key] = row
        return list(self._under.get(first, {}).values())

    def grouped(self, value: object) -> list[RowType]:
        """The rows with this value in the column by which the set is grouped."""
        return [row for row in self._grouped.get(value, ()) if self._rows.get(self._key_of_row(row)) is row]

    def __getitem__(self, key: object) -> RowType:
        """The row of this key. Raises KeyError, in words for whoever looks at a parked fact."""
        parts = key if isinstance(key, tuple) else (key,)
        found = self._rows.get(parts)
        if found is None:
            raise KeyError(f"{self.table.name} {' / '.join(map(str, parts))} is not in the books")
        return found

    def keys(self) -> Collection[Key]:
        """The keys of all rows of the set."""
        return self._rows.keys()

    def __iter__(self) -> Iterator[RowType]:
        """All rows of the set."""
        return iter(list(self._rows.values()))

    def add(self, row: RowType) -> RowType:
        """Put a new row into the set."""
        self._keep(self._key_of_row(row), row)
        return row

    def remove(self, row: RowType) -> None:
        """Take a row out of the set; it is deleted when the set is written."""
        key = self._key_of_row(row)
        self._rows.pop(key, None)
        if self._under is not None:
            self._under.get(key[0], {}).pop(key, None)

    def write(self, tx: Transaction) -> list[Key]:
        """Write what was added, changed or removed since it was loaded or written; give the keys of these rows."""
        if not self._rows and not self._loaded:
            return []
        new: dict[Key, Key] = {}
        changed: dict[Key, tuple[Key, Key]] = {}
        for key, row in self._rows.items():
            values = self._values(row)
            before = self._loaded.get(key)
            if before is None:
                new[key] = values
            elif before != values:
                changed[key] = before, values
        gone = [key for key in self._loaded if key not in self._rows]
        tx.remove_tuples(self.table, self._key_names, gone)
        if self._replaces:
            tx.put_tuples(self.table, self._names, list(new.values()))
        else:
            tx.add_tuples(self.table, self._names, list(new.values()))
        self._change(tx, list(changed.values()))
        self._loaded.update(new)
        self._loaded.update((key, values) for key, (_, values) in changed.items())
        for key in gone:
            del self._loaded[key]
        return [*new, *changed, *gone]

    def _keep(self, key: Key, row: RowType) -> None:
        self._rows[key] = row
        if self._under is not None:
            self._under.setdefault(key[0], {})[key] = row
        if self._group:
            self._grouped.setdefault(getattr(row, self._group), []).append(row)

    def _change(self, tx: Transaction, changed: list[tuple[Key, Key]]) -> None:
        """Update only the columns in which any row differs: what is not written cannot be overwritten."""
        if not changed:
            return
        before = zip(*(row for row, _ in changed), strict=True)
        after = zip(*(row for _, row in changed), strict=True)
        chosen = [
            place
            for place, (name, old, new) in enumerate(zip(self._names, before, after, strict=True))
            if name in self._key_names or old != new
        ]
        pick = _picker(chosen)
        tx.change_tuples(self.table, tuple(self._names[place] for place in chosen), [pick(row) for _, row in changed])


@dataclass(frozen=True, slots=True)
class Wanted:
    """Rows of a set that are to be loaded."""

    rows: RowSet[Any]
    column: Column[Any]
    values: Sequence[object]
    where: tuple[ColumnElement[bool], ...] = ()


def load_together(tx: Transaction, *every: Wanted) -> list[list[Any]]:
    """Load all of these at once; gives the rows of each, as its own set would."""
    asked = [one.rows.questions(tx, one) for one in every]
    answers = iter(tx.ask([question for questions in asked for question in questions]))
    found = [[row for _ in questions for row in next(answers)] for questions in asked]
    return [one.rows.take_in(rows) for one, rows in zip(every, found, strict=True)]


def _picker(places: list[int]) -> Callable[[Key], Key]:
    if len(places) == 1:
        place = places[0]
        return lambda values: (values[place],)
    return itemgetter(*places)


def _attributes(names: tuple[str, ...]) -> Callable[[Any], Key]:
    if len(names) == 1:
        name = names[0]
        return lambda row: (getattr(row, name),)
    return attrgetter(*names)
