"""Several questions in one round trip: what a batch loads is asked for together, not one after the other.

PostgreSQL's driver sends them in one go and reads the answers afterwards. SQLite has no way between us and the data, so
there they are simply asked in turn.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, cast

import psycopg
from sqlalchemy import Connection, Dialect, Select
from sqlalchemy.exc import DBAPIError

from warehouse_app.store.types import Moment

Found = list[tuple[Any, ...]]
Statement = tuple[str, Any]
"""The text of a statement that gives no rows, and its values."""


@dataclass(frozen=True, slots=True)
class Question:
    """A query and the values of its marks. One that is `kept` and asked again and again has its text made only once.

    A server keeps the plan of a question that is `planned` once. Where a table grows by thousands of rows an hour, the
    plan for a few rows would soon be one that walks through all of them: there it is made for each asking.
    """

    query: Select[Any]
    values: Mapping[str, object]
    kept: bool = True
    planned: bool = True


def ask(connection: Connection, questions: Sequence[Question], then: Sequence[Statement] = ()) -> list[Found]:
    """The rows of every question, in the order in which they are given.

    What is to be done `then` goes along in the same trip, for PostgreSQL only and where every question is kept.
    """
    if connection.dialect.name != "postgresql" or not all(one.kept for one in questions):
        return [[tuple(row) for row in connection.execute(one.query, one.values).all()] for one in questions]
    cursors = []
    with one_trip(connection) as driver:
        for one in questions:
            text, values = _text(one.query, connection.dialect)
            cursors.append(driver.cursor().execute(text, {**values, **one.values}, prepare=one.planned))
        for text, written in then:
            driver.execute(text, written, prepare=True)
    answers = [cursor.fetchall() for cursor in cursors]
    return [_in_utc(one.query, found) for one, found in zip(questions, answers, strict=True)]


@contextmanager
def one_trip(connection: Connection) -> Iterator["psycopg.Connection[Any]"]:
    """PostgreSQL's own connection, sending statements without waiting for their answers until the block ends.

    An error of any of them is raised there, as that of a single statement would be.
    """
    driver = cast("psycopg.Connection[Any]", connection.connection.driver_connection)
    if not connection.in_transaction():
        # The driver begins a transaction by itself, and its owner must be able to end it.
        connection.begin()
    errors: list[psycopg.Error] = []
    try:
        with driver.pipeline():
            try:
                yield driver
            except psycopg.Error as error:
                # Kept from the driver, which would print whatever follows from it while it ends the trip.
                errors.append(error)
    except psycopg.Error as error:
        errors.append(error)
    if errors:
        raise _told_as_one(connection, driver, errors[0]) from errors[0]


def _told_as_one(connection: Connection, driver: "psycopg.Connection[Any]", error: psycopg.Error) -> Exception:
    """The error as one of a single statement; a connection that is gone is not used again."""
    if driver.closed:
        connection.invalidate(error)
    told: Exception = DBAPIError.instance(
        "several statements", None, error, psycopg.Error, connection_invalidated=driver.closed,
        dialect=connection.dialect,
    )  # fmt: skip
    return told


@lru_cache(maxsize=500)
def _text(query: Select[Any], dialect: Dialect) -> tuple[str, dict[str, Any]]:
    compiled = query.compile(dialect=dialect)
    return str(compiled), {name: value for name, value in compiled.params.items() if value is not None}


@lru_cache(maxsize=500)
def _moments(query: Select[Any]) -> tuple[int, ...]:
    return tuple(place for place, column in enumerate(query.selected_columns) if isinstance(column.type, Moment))


def _in_utc(query: Select[Any], found: Found) -> Found:
    """Instants come in the time zone of the connection, which is nearly always UTC already."""
    places = _moments(query)
    if not found or not places or all(_is_utc(found[0][place]) for place in places):
        return found
    return [tuple(_to_utc(value) if place in places else value for place, value in enumerate(row)) for row in found]


def _is_utc(value: datetime | None) -> bool:
    return value is not None and value.tzinfo is UTC


def _to_utc(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)
