"""Whole tables in bulk, in a form that is the same on both engines, past SQLAlchemy's handling of single values.

A raw row holds texts, whole numbers and None only: a moment is ISO text in UTC with microseconds, a day ISO text, a
flag 0 or 1. That is what SQLite keeps anyway, and what PostgreSQL takes in a COPY.
"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from sqlalchemy import Boolean, Connection, Date, Integer, Table, Text, cast, func, literal_column, select, type_coerce
from sqlalchemy.sql import ColumnElement

from warehouse_app.store.types import Moment

RawRow = Sequence[Any]

ROWS_AT_ONCE, LONG_ROWS_AT_ONCE = 5_000, 200
LONG_TEXTS = {"row_digests", "payload", "packet", "content"}
"""Columns that make a row some kilobytes long."""

ISO_MOMENT = 'YYYY-MM-DD"T"HH24:MI:SS.US"+00:00"'


def raw(column: ColumnElement[Any], dialect: str) -> ColumnElement[Any]:
    """A column's value in the form that both engines share; `dialect` is sqlite or postgresql."""
    if dialect == "sqlite":
        kind = Integer if isinstance(column.type, Boolean) else Text
        return type_coerce(column, kind()) if isinstance(column.type, Boolean | Date | Moment) else column
    if isinstance(column.type, Moment):
        return func.to_char(func.timezone("UTC", column), literal_column(f"'{ISO_MOMENT}'"))
    if isinstance(column.type, Boolean | Date):
        return cast(column, Integer if isinstance(column.type, Boolean) else Text)
    return column


def read_raw(connection: Connection, table: Table) -> Iterator[Sequence[RawRow]]:
    """The rows of a table, some hundreds or thousands at a time."""
    dialect = connection.dialect.name
    query = select(*(raw(column, dialect).label(column.name) for column in table.c))
    at_once = ROWS_AT_ONCE if LONG_TEXTS.isdisjoint(column.name for column in table.c) else LONG_ROWS_AT_ONCE
    with connection.execute(query.execution_options(yield_per=at_once)) as result:
        yield from result.partitions()


def write_raw(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[RawRow]) -> None:
    """Insert raw rows as part of the connection's transaction. The driver's own errors are raised as they are."""
    driver: Any = connection.connection.driver_connection
    names = ", ".join(f'"{name}"' for name in columns)
    cursor = driver.cursor()
    try:
        if connection.dialect.name == "postgresql":
            with cursor.copy(f'COPY "{table.name}" ({names}) FROM STDIN') as copy:
                for row in rows:
                    copy.write_row(row)
        else:
            marks = ", ".join("?" * len(columns))
            cursor.executemany(f'INSERT INTO "{table.name}" ({names}) VALUES ({marks})', rows)  # noqa: S608 - our names
    finally:
        cursor.close()
