"""Rows of one table: loaded in bulk, changed in memory, written back in bulk."""

from collections.abc import Iterable, Iterator
from dataclasses import fields
from operator import attrgetter
from typing import Any, Generic, TypeVar

from sqlalchemy import Table
from sqlalchemy.sql import ColumnElement

from warehouse_app.store.database import Row, Transaction

RowType = TypeVar("RowType")
Key = tuple[Any, ...]


class RowSet(Generic[RowType]):
    """The rows of a table that a batch touches. What is loaded twice keeps its first, maybe changed, form."""

    def __init__(self, row_type: type[RowType], table: Table) -> None:
        self.table = table
        self._type = row_type
        self._names = [field.name for field in fields(row_type)]  # type: ignore[arg-type]
        self._values = attrgetter(*self._names)
        key_names = [column.name for column in table.primary_key.columns if column.name != "warehouse_id"]
        self._key_names = key_names
        self._places = [self._names.index(name) for name in key_names]
        self._rows: dict[Key, RowType] = {}
        self._loaded: dict[Key, Key] = {}

    def load(
        self, tx: Transaction, column: str, values: Iterable[object], *where: ColumnElement[bool]
    ) -> list[RowType]:
        """Load the rows whose column is one of the values; give those that are in the set now."""
        loaded = []
        for found in tx.rows_in(self.table, column, values, *where):
            row = self._type(**{name: found[name] for name in self._names})
            key = self.key_of(row)
            if key not in self._loaded:
                self._loaded[key] = self._values(row)
                self._rows.setdefault(key, row)
            if key in self._rows:
                loaded.append(self._rows[key])
        return loaded

    def key_of(self, row: RowType) -> Key:
        """The row's primary key, in the order of the table's columns and without the warehouse."""
        values = self._values(row)
        return tuple(values[place] for place in self._places)

    def get(self, *key: object) -> RowType | None:
        """The row of this key, if there is one."""
        return self._rows.get(key)

    def __getitem__(self, key: object) -> RowType:
        """The row of this key. Raises KeyError."""
        return self._rows[key if isinstance(key, tuple) else (key,)]

    def __iter__(self) -> Iterator[RowType]:
        """All rows of the set."""
        return iter(list(self._rows.values()))

    def add(self, row: RowType) -> RowType:
        """Put a new row into the set."""
        self._rows[self.key_of(row)] = row
        return row

    def remove(self, row: RowType) -> None:
        """Take a row out of the set; it is deleted when the set is written."""
        self._rows.pop(self.key_of(row), None)

    def write(self, tx: Transaction) -> list[Key]:
        """Write what was added, changed or removed; give the keys of these rows."""
        changed: list[Row] = []
        keys: list[Key] = []
        for key, row in self._rows.items():
            values = self._values(row)
            if self._loaded.get(key) != values:
                changed.append(dict(zip(self._names, values, strict=True)))
                keys.append(key)
        gone = [key for key in self._loaded if key not in self._rows]
        tx.remove(self.table, (dict(zip(self._key_names, key, strict=True)) for key in gone))
        self._write(tx, changed, keys)
        return keys + gone

    def _write(self, tx: Transaction, changed: list[Row], keys: list[Key]) -> None:
        """Insert what is new and update what was loaded: columns outside the row type keep their values."""
        tx.put(self.table, [row for row, key in zip(changed, keys, strict=True) if key not in self._loaded])
        tx.change(self.table, [row for row, key in zip(changed, keys, strict=True) if key in self._loaded])
