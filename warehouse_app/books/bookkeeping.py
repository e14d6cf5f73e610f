"""The bookkeeper's work: take posted facts in order, apply them to the books, park what fails."""

import heapq
import logging
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from itertools import islice
from typing import Any, ClassVar

from sqlalchemy import Select, bindparam, func, select, true
from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError

from warehouse_app.books import counting, finishing, found_again, lost, packing, picking, putaway, receiving, shipping
from warehouse_app.books.applying import apply, needs_of
from warehouse_app.books.ledger import Books, new_books
from warehouse_app.books.loading import load, needs, together, write
from warehouse_app.books.replanning import replan_after_moves
from warehouse_app.books.settle import settle
from warehouse_app.books.working_twice import is_late
from warehouse_app.domain.facts import Fact, Recorded, Undone, UnknownFact, Unpostable, WorkFinished, decode
from warehouse_app.store import tables
from warehouse_app.store.asking import Found, Question
from warehouse_app.store.database import Database, Row, Transaction

APPLIERS = (counting, finishing, found_again, lost, packing, picking, putaway, receiving, shipping)
"""Importing these modules registers their appliers."""

BATCH = 250
"""Facts a transaction: large enough to be fast, small enough that no decision waits a quarter of a second."""

SPARE_FACTS = 20
"""Read of each station beyond its even share of a batch, for stations do not work evenly."""

log = logging.getLogger(__name__)


class FactFailed(Exception):
    """A fact could not be applied; its work is parked for a person."""


@dataclass(frozen=True, slots=True)
class Applied:
    """What one round of bookkeeping did."""

    applied: int = 0
    parked: int = 0
    left: int = 0


@dataclass(frozen=True, slots=True)
class Unreadable(Fact):
    """A fact of a known kind whose payload is not what that kind has: it is parked, for it cannot be applied."""

    name: str
    problem: str
    kind: ClassVar[str] = "unreadable"
    version: ClassVar[int] = 1


def book_facts(database: Database, batch_size: int = BATCH) -> Applied:
    """Apply the next batch of facts. Bisects a batch that fails, and parks the work of the fact at fault."""
    batch = database.read(_next_batch, batch_size)
    if not batch:
        return Applied()
    return _book(database, batch)


def book_everything(database: Database) -> Applied:
    """Apply facts until none is left."""
    applied = parked = 0
    while True:
        done = book_facts(database)
        if not done.applied and not done.parked:
            return Applied(applied, parked)
        applied += done.applied
        parked += done.parked


def reapply_parked(database: Database) -> Applied:
    """Try parked facts again in their order; those that still fail stay parked."""
    applied = 0
    failed_works: set[str] = set()
    for recorded in database.read(_read_parked):
        if recorded.work in failed_works:
            continue
        try:
            database.write(_apply_parked, recorded)
            applied += 1
        except (FactFailed, UnknownFact):
            failed_works.add(recorded.work)
    return Applied(applied, len(database.read(_read_parked)))


def unapplied_count(tx: Transaction) -> int:
    """How many posted facts the books do not have yet, counted from the cursors on: the past is not looked at."""
    fact, cursor = tables.fact, tables.station_cursor
    same = (
        (fact.c.warehouse_id == cursor.c.warehouse_id)
        & (fact.c.station == cursor.c.station)
        & (fact.c.incarnation == cursor.c.incarnation)
        & (fact.c.sequence > cursor.c.applied_sequence)
    )
    query = select(func.count()).select_from(cursor.join(fact, same)).where(tx.mine(cursor))
    return int(tx.value(query))


def recorded_of(row: Row) -> Recorded:
    """The fact of a row of the fact table. Raises UnknownFact for a kind or version of a newer release."""
    fact = _fact_of(row["kind"], row["version"], row["payload"])
    return Recorded(
        row["fact_id"],
        row["station"],
        row["incarnation"],
        row["sequence"],
        row["worker"],
        # A station whose clock is ahead tells the future; what it has posted has happened by then.
        min(row["happened_at"], row["recorded_at"]),
        row["work"],
        row["epoch"],
        fact,
    )


def _fact_of(kind: str, version: int, payload: str) -> Fact:
    try:
        fact = decode(kind, version, payload)
        if isinstance(fact, Undone):
            decode(fact.original_kind, fact.original_version, fact.original_payload)
    except UnknownFact:
        raise
    except (TypeError, ValueError) as error:
        return Unreadable(kind, f"{type(error).__name__}: {error}")
    return fact


def _next_batch(tx: Transaction, size: int) -> list[Recorded]:
    """The next facts of all stations, by the time on the floor, each station's in its own order."""
    here = {"warehouse_id": tx.warehouse_id}
    (cursors,) = tx.ask([Question(_cursors(), here)])
    share = size // max(1, len(cursors)) + SPARE_FACTS
    found = _facts_above(tx, cursors, share)
    streams = [_unapplied(station, done, rows) for (station, _, done), rows in zip(cursors, found, strict=True)]
    return list(islice(heapq.merge(*streams, key=lambda recorded: recorded.happened_at), size))


def _facts_above(tx: Transaction, cursors: Found, most: int) -> list[list[Row]]:
    """Of each station the next facts above its cursor, so many at the most."""
    names = tables.fact.c.keys()
    here = {"warehouse_id": tx.warehouse_id, "most": most}
    if tx.connection.dialect.name != "postgresql":
        marks = [dict(zip(("station", "incarnation", "done"), cursor, strict=True)) for cursor in cursors]
        answers = tx.ask([Question(_facts(), {**here, **one}) for one in marks])
        return [[dict(zip(names, row, strict=True)) for row in rows] for rows in answers]
    # Two hundred stations would be two hundred questions, many times a second.
    (found,) = tx.ask([Question(_facts_of_all(), here, planned=False)])
    of_stream: dict[tuple[str, str], list[Row]] = {}
    for row in found:
        fact = dict(zip(names, row, strict=True))
        of_stream.setdefault((fact["station"], fact["incarnation"]), []).append(fact)
    return [of_stream.get((station, incarnation), []) for station, incarnation, _ in cursors]


@cache
def _cursors() -> Select[Any]:
    cursor = tables.station_cursor
    columns = (cursor.c.station, cursor.c.incarnation, cursor.c.applied_sequence)
    return select(*columns).where(cursor.c.warehouse_id == bindparam("warehouse_id"))


@cache
def _facts() -> Select[Any]:
    """The facts of a station above its cursor."""
    fact = tables.fact
    stream = [fact.c[name] == bindparam(name) for name in ("warehouse_id", "station", "incarnation")]
    above = fact.c.sequence > bindparam("done")
    return select(fact).where(*stream, above).order_by(fact.c.sequence).limit(bindparam("most"))


@cache
def _facts_of_all() -> Select[Any]:
    """The same of every station; SQLite knows no such query."""
    fact, cursor = tables.fact, tables.station_cursor
    stream = [fact.c[name] == cursor.c[name] for name in ("warehouse_id", "station", "incarnation")]
    above = select(fact).where(*stream, fact.c.sequence > cursor.c.applied_sequence).order_by(fact.c.sequence)
    next_ones = above.limit(bindparam("most")).lateral()
    every = select(*next_ones.c).select_from(cursor.join(next_ones, true()))
    return every.where(cursor.c.warehouse_id == bindparam("warehouse_id"))


@cache
def _parked() -> Select[Any]:
    """Works of which a fact waits for a person."""
    parked = tables.parked_fact
    return (
        select(parked.c.work).where(parked.c.warehouse_id == bindparam("warehouse_id"), parked.c.work != "").distinct()
    )


def _unapplied(station: str, done: int, rows: Sequence[Row]) -> Iterator[Recorded]:
    """A station's facts above its cursor, up to a gap or to one that a newer release wrote: there the stream stops."""
    for expected, row in enumerate(rows, done + 1):
        if row["sequence"] != expected:
            return
        try:
            yield recorded_of(row)
        except UnknownFact as error:
            log.warning("station %s waits for a newer bookkeeper: %s", station, error)
            return


def _book(database: Database, batch: Sequence[Recorded]) -> Applied:
    try:
        return database.write(_apply_batch, batch)
    except FactFailed as failure:
        if len(batch) == 1:
            log.exception("fact %s of %s is parked", batch[0].fact_id, batch[0].station)
            database.write(_park, batch[0], str(failure))
            return Applied(0, 1)
    middle = len(batch) // 2
    first = _book(database, batch[:middle])
    second = _book(database, batch[middle:])
    return Applied(first.applied + second.applied, first.parked + second.parked)


def _apply_batch(tx: Transaction, batch: Sequence[Recorded]) -> Applied:
    """One transaction: load for the whole batch, apply purely, settle, write, move the cursors."""
    # Facts come all day long: that somebody has scanned is seen soon enough at the next look.
    tx.wakes = False
    here = {"warehouse_id": tx.warehouse_id}
    cursors, parked = tx.lock_and_ask(Question(_cursors(), here), Question(_parked(), here))
    if not _move_cursors(tx, batch, cursors):
        tx.abandon()
        return Applied(applied=1)
    parked_works = {work for (work,) in parked}
    ready = [recorded for recorded in batch if recorded.work not in parked_works]
    waiting = [recorded for recorded in batch if recorded.work in parked_works]
    _apply_facts(tx, ready)
    for recorded in waiting:
        _write_parked(tx, recorded, "waits for an earlier fact of the same work")
    return Applied(len(ready), len(waiting))


def _apply_facts(tx: Transaction, batch: Sequence[Recorded]) -> None:
    try:
        books = new_books(tx.recorded_at)
        works = {recorded.work for recorded in batch if recorded.work}
        load(tx, books, together(needs_of(recorded.fact) for recorded in batch) | needs(works=works))
        ends = (recorded for recorded in batch if isinstance(recorded.fact, WorkFinished))
        finished = [recorded.work for recorded in ends if not is_late(recorded, books)]
        for recorded in batch:
            _require_readable(recorded)
            apply(recorded, books)
        settle(tx, books)
        _end_claims(books, finished)
        write(tx, books)
        replan_after_moves(tx, books)
    except (FactFailed, OperationalError, InterfaceError):
        # The database was busy or went away: that says nothing about the facts.
        raise
    except Exception as error:
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            raise  # The same, whatever the driver calls it.
        # The one place that may catch everything: a fact that fails, be it only where the database checks what is
        # written, must not stop the others.
        raise FactFailed(f"{type(error).__name__}: {error}") from error


def _require_readable(recorded: Recorded) -> None:
    if isinstance(recorded.fact, Unreadable):
        raise FactFailed(f"{recorded.fact.name}: {recorded.fact.problem}")
    if isinstance(recorded.fact, Unpostable):
        raise FactFailed(f"{recorded.fact.original_kind}: the database refused it: {recorded.fact.reason}")


def _move_cursors(tx: Transaction, batch: Sequence[Recorded], cursors: Found) -> bool:
    """Compare-and-set every station's cursor; False when another bookkeeper was faster."""
    stands = {(station, incarnation): done for station, incarnation, done in cursors}
    moved: dict[tuple[str, str], int] = {}
    for recorded in batch:
        key = (recorded.station, recorded.incarnation)
        if key not in moved and stands.get(key, 0) != recorded.sequence - 1:
            return False
        moved[key] = recorded.sequence
    names = ("station", "incarnation", "applied_sequence")
    tx.put_tuples(tables.station_cursor, names, [(*key, last) for key, last in moved.items()])
    return True


def _end_claims(books: Books, works: Iterable[str]) -> None:
    """Work that a station reports as finished is held by nobody any more."""
    for work in works:
        claim = books.claims.get(work)
        if claim is not None and claim.state == "held":
            claim.state, claim.ended_at, claim.packet = "finished", books.recorded_at, ""
            claim.ahead = False


def _park(tx: Transaction, recorded: Recorded, error: str) -> None:
    (cursors,) = tx.lock_and_ask(Question(_cursors(), {"warehouse_id": tx.warehouse_id}))
    if _move_cursors(tx, [recorded], cursors):
        _write_parked(tx, recorded, error)


def _write_parked(tx: Transaction, recorded: Recorded, error: str) -> None:
    tx.add(
        tables.parked_fact,
        [
            {
                "fact_id": recorded.fact_id,
                "station": recorded.station,
                "work": recorded.work,
                "park_no": tx.next_in_series("parked_fact"),
                "error": error[:2_000],
                "parked_at": tx.recorded_at,
            }
        ],
    )


def _read_parked(tx: Transaction) -> list[Recorded]:
    fact, parked = tables.fact, tables.parked_fact
    same = (fact.c.warehouse_id == parked.c.warehouse_id) & (fact.c.fact_id == parked.c.fact_id)
    query = select(fact).join(parked, same).where(tx.mine(fact)).order_by(parked.c.park_no)
    return [recorded_of(row) for row in tx.rows(query)]


def _apply_parked(tx: Transaction, recorded: Recorded) -> None:
    tx.lock_warehouse()
    fact = recorded.fact
    if isinstance(fact, Unpostable):
        # A person has seen it: what was refused is applied now.
        original = _fact_of(fact.original_kind, fact.original_version, fact.original_payload)
        recorded = replace(recorded, fact=original)
    _apply_facts(tx, [recorded])
    tx.remove(tables.parked_fact, [{"fact_id": recorded.fact_id}])
