"""Facts that arrive after the approval of a count that had already seen what they did."""

from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from warehouse_app.books.ledger import LOSS, UNRECONCILED, Books, Cause, Move
from warehouse_app.books.rows import CountResultRow
from warehouse_app.store import tables
from warehouse_app.store.asking import Question
from warehouse_app.store.database import Row, Transaction, is_listed
from warehouse_app.store.types import Moment

COUNT_APPROVED, LATE_FACT = "count_approved", "late_fact"
"""Causes of moves to and from the loss place: an approved variance, and the part of it that a late fact explained."""

NEVER_COUNTED = ("tote", "carton", "virtual")
COUNT_COLUMNS = ("sheet_no", "location", "round_no", "counted_by", "counted_at")


def reverse_explained_variances(tx: Transaction, books: Books) -> None:
    """What a late fact moved was part of a variance that is booked already: book that part back.

    The count goes on standing: for its instant the books say what was counted, and its result says what they said
    before it, late facts included.
    """
    moves = [move for move in books.moves if _is_own_move(move)]
    counts = _latest_counts(tx, books, moves)
    if not counts:
        return
    books.count_results.load(tx, "sheet_no", {task["sheet_no"] for task in counts.values()})
    cause = books.cause
    for move in moves:
        for location, gain in ((move.from_location, -move.quantity), (move.to_location, move.quantity)):
            task = counts.get(location)
            if task is not None and move.cause.happened_at <= task["counted_at"]:
                _book_back(books, task, move, gain)
    books.cause = cause


def _is_own_move(move: Move) -> bool:
    """Adjustments are no facts, and what passes through the unreconciled place follows from another move."""
    adjusts = move.cause.kind in (COUNT_APPROVED, LATE_FACT)
    return not adjusts and UNRECONCILED not in (move.from_location, move.to_location)


def _latest_counts(tx: Transaction, books: Books, moves: Sequence[Move]) -> dict[str, Row]:
    """The newest approved count of each location that one of these moves came too late for."""
    places = {place for move in moves for place in (move.from_location, move.to_location)}
    countable = _countable(books, places)
    if not countable:
        return {}
    listed = tx.listed(tables.count_task.c.location, countable)
    earliest = min(move.cause.happened_at for move in moves)
    values = {"warehouse_id": tx.warehouse_id, "listed": listed, "earliest": earliest}
    (found,) = tx.ask([Question(_approved(tx.connection.dialect.name), values)])
    rows = [dict(zip(COUNT_COLUMNS, row, strict=True)) for row in found]
    return {row["location"]: row for row in rows}


@cache
def _approved(engine: str) -> Select[Any]:
    """Approved counts of listed places since a moment, the oldest first."""
    task = tables.count_task
    return (
        select(*(task.c[name] for name in COUNT_COLUMNS))
        .where(
            task.c.warehouse_id == bindparam("warehouse_id"), is_listed(task.c.location, bindparam("listed"), engine)
        )
        .where(task.c.counted_at >= bindparam("earliest", type_=Moment), task.c.state == "approved")
        .order_by(task.c.counted_at)
    )


def _countable(books: Books, places: Iterable[str]) -> list[str]:
    return sorted(place for place in places if books.place(place).kind not in NEVER_COUNTED)


def _book_back(books: Books, task: Row, move: Move, gain: int) -> None:
    late, counted_at = move.cause, task["counted_at"]
    books.cause = Cause(LATE_FACT, late.id, late.worker, counted_at, station=late.station, work=late.work)
    if gain > 0:
        books.move(move.goods, gain, task["location"], LOSS)
    else:
        books.move(move.goods, -gain, LOSS, task["location"])
    key = (task["sheet_no"], task["location"], task["round_no"])
    row = books.count_results.get(*key, *move.goods)
    if row is None:
        row = books.count_results.add(CountResultRow(*key, *move.goods, 0, 0, task["counted_by"], counted_at))
    row.booked += gain
