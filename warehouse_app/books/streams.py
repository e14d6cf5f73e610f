"""How far the books are behind the stations, and which station's facts they cannot go on with, and why."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from warehouse_app.books.bookkeeping import recorded_of
from warehouse_app.domain.facts import UnknownFact
from warehouse_app.store import tables
from warehouse_app.store.asking import Question
from warehouse_app.store.database import Row, Transaction


@dataclass(frozen=True, slots=True)
class StoppedStream:
    """A station whose facts wait, though a bookkeeper runs: nothing of it is lost, and all others go on.

    `reason` is newer_release (`what` names kind and version: this release does not know them) or gap (`what` names the
    numbers that the database has not got, as after a partial restore: the station posts them again by itself).
    """

    station: str
    incarnation: str
    sequence: int
    reason: str
    what: str
    waiting: int
    since: datetime


Marks = dict[tuple[str, str], int]
"""A fact's number for some stations' streams, by station and incarnation."""


def books_lag(tx: Transaction) -> float:
    """Seconds since the oldest fact was posted that the books could have and have not, 0 when there is none.

    Asks for one fact a station, however many wait. Streams that are stopped do not count: they are told by themselves.
    """
    waiting_since = [row["recorded_at"] for row in _next_facts(tx) if not _stopped_by(row)]
    return max(0.0, (tx.now - min(waiting_since)).total_seconds()) if waiting_since else 0.0


def stopped_streams(tx: Transaction) -> tuple[StoppedStream, ...]:
    """The stations whose facts cannot be applied as things stand, by name."""
    stopped = []
    for row in _next_facts(tx):
        by = _stopped_by(row)
        if by is not None:
            key = (row["station"], row["incarnation"], row["applied_sequence"] + 1)
            stopped.append(StoppedStream(*key, *by, _waiting(tx, row), row["recorded_at"]))
    return tuple(sorted(stopped, key=lambda stream: (stream.station, stream.incarnation)))


def posted_marks(tx: Transaction) -> Marks:
    """How far the books must come to have all that is posted now; streams that are stopped are left out."""
    marks = dict(_pairs(tx, _newest_above_cursor()))
    if marks:
        for stream in stopped_streams(tx):
            marks.pop((stream.station, stream.incarnation), None)
    return marks


def are_booked(tx: Transaction, marks: Marks) -> bool:
    """Whether the books have come to these marks; what is posted meanwhile is nobody's concern here."""
    stands = dict(_pairs(tx, _stands()))
    return all(stands.get(stream, 0) >= mark for stream, mark in marks.items())


def _pairs(tx: Transaction, query: Select[Any]) -> list[tuple[tuple[str, str], int]]:
    (found,) = tx.ask([Question(query, {"warehouse_id": tx.warehouse_id}, planned=False)])
    return [((station, incarnation), sequence) for station, incarnation, sequence in found]


@cache
def _newest_above_cursor() -> Select[Any]:
    """The newest fact above the cursor of every station that has any; the past is not looked at."""
    fact, cursor = tables.fact, tables.station_cursor
    same = (
        (fact.c.warehouse_id == cursor.c.warehouse_id)
        & (fact.c.station == cursor.c.station)
        & (fact.c.incarnation == cursor.c.incarnation)
        & (fact.c.sequence > cursor.c.applied_sequence)
    )
    newest = select(cursor.c.station, cursor.c.incarnation, func.max(fact.c.sequence)).select_from(
        cursor.join(fact, same)
    )
    mine = newest.where(cursor.c.warehouse_id == bindparam("warehouse_id"))
    return mine.group_by(cursor.c.station, cursor.c.incarnation)


@cache
def _stands() -> Select[Any]:
    cursor = tables.station_cursor
    columns = (cursor.c.station, cursor.c.incarnation, cursor.c.applied_sequence)
    return select(*columns).where(cursor.c.warehouse_id == bindparam("warehouse_id"))


def _stopped_by(row: Row) -> tuple[str, str] | None:
    """What the bookkeeper stops at here: the reason and what it is about."""
    expected = row["applied_sequence"] + 1
    if row["sequence"] != expected:
        return "gap", f"{expected}-{row['sequence'] - 1}"
    try:
        recorded_of(row)
    except UnknownFact as error:
        return "newer_release", str(error)
    return None


def _next_facts(tx: Transaction) -> Iterator[Row]:
    """Of every station that has any, its first fact above its cursor."""
    query = _first_above_cursor()
    names = [column.key for column in query.selected_columns]
    (found,) = tx.ask([Question(query, {"warehouse_id": tx.warehouse_id}, planned=False)])
    return (dict(zip(names, row, strict=True)) for row in found)


@cache
def _first_above_cursor() -> Select[Any]:
    fact, cursor, above = tables.fact, tables.station_cursor, tables.fact.alias("above")
    first = (
        select(func.min(above.c.sequence))
        .where(
            above.c.warehouse_id == cursor.c.warehouse_id,
            above.c.station == cursor.c.station,
            above.c.incarnation == cursor.c.incarnation,
            above.c.sequence > cursor.c.applied_sequence,
        )
        .correlate(cursor)
        .scalar_subquery()
    )
    same = (
        (fact.c.warehouse_id == cursor.c.warehouse_id)
        & (fact.c.station == cursor.c.station)
        & (fact.c.incarnation == cursor.c.incarnation)
        & (fact.c.sequence == first)
    )
    columns = select(fact, cursor.c.applied_sequence).select_from(cursor.join(fact, same))
    return columns.where(cursor.c.warehouse_id == bindparam("warehouse_id"))


def _waiting(tx: Transaction, row: Row) -> int:
    fact = tables.fact
    stream = (fact.c.station == row["station"], fact.c.incarnation == row["incarnation"])
    above = fact.c.sequence > row["applied_sequence"]
    return int(tx.value(select(func.count()).where(tx.mine(fact), *stream, above)))
