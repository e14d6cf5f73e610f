"""What lay where at any past moment: from the nearest snapshot and the moves between.

The past does not change, so a snapshot is computed by a read at a fixed move and written afterwards, in pieces, beside
whatever else is booked meanwhile; nobody's decision waits for it. Its rows count only once all of them are there.
"""

import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from itertools import accumulate, pairwise
from typing import Any

from sqlalchemy import and_, func, or_, select
from sqlalchemy.sql import ColumnElement

from warehouse_app.books.ledger import VIRTUAL
from warehouse_app.books.sealing import newest_move
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction

SNAPSHOT_MOVES = 50_000
"""Moves from one snapshot to the next; more where a snapshot has more rows than that, so that moves stay the most."""

ROWS_A_TRANSACTION = 2_000
PAUSE_S = 0.005
"""Between two pieces, so that whoever decides gets the database's one writer in between."""

Cell = tuple[str, str, str, str]
"""SKU, location, owner and lot."""

Totals = dict[Cell, int]
"""Units by cell; a cell without units is not in it."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The stock right after a move; the times on the floor are those of the moves since the snapshot before."""

    number: int
    last_move_no: int
    recorded_at: datetime
    happened_from: datetime
    happened_to: datetime


@dataclass(frozen=True, slots=True)
class _Span:
    """Moves of which those count that happened up to a moment, or after it."""

    first: int
    last: int
    late: bool


def whole_snapshots(tx: Transaction) -> list[Snapshot]:
    """All snapshots that can be used, in their order."""
    table = tables.snapshot
    columns = [table.c[name] for name in Snapshot.__dataclass_fields__]
    query = select(*columns).where(tx.mine(table), table.c.whole).order_by(table.c.number)
    return [Snapshot(*row) for row in tx.connection.execute(query)]


def snapshot_cells(tx: Transaction, number: int, sku: str | None = None) -> Totals:
    """The rows of a snapshot; number 0 is the empty one before the first move."""
    row = tables.snapshot_balance
    where = [tx.mine(row), row.c.number == number]
    if sku is not None:
        where.append(row.c.sku == sku)
    query = select(row.c.sku, row.c.location, row.c.owner, row.c.lot, row.c.on_hand).where(*where)
    return {(name, place, owner, lot): units for name, place, owner, lot, units in tx.connection.execute(query)}


def add_moves(tx: Transaction, totals: Totals, first: int, last: int) -> int:
    """Book the moves of these numbers into the totals, with both their sides, virtual places too; gives how many."""
    return tally(totals, _moves(tx, tables.move.c.move_no.between(first, last)))


def tally(totals: Totals, moves: Iterable[Sequence[Any]], *, back: bool = False) -> int:
    """Book moves (SKU, owner, lot, from, to, quantity) into the totals, or take them back out; gives how many."""
    get, drop = totals.get, totals.pop
    count = 0
    for count, (sku, owner, lot, source, target, quantity) in enumerate(moves, 1):  # noqa: B007 - the last number counts
        units = -quantity if back else quantity
        for key, change in (((sku, target, owner, lot), units), ((sku, source, owner, lot), -units)):
            total = get(key, 0) + change
            if total:
                totals[key] = total
            else:
                drop(key, None)
    return count


def in_the_house(totals: Totals) -> Totals:
    """Without the virtual places."""
    return {cell: units for cell, units in totals.items() if cell[1] not in VIRTUAL}


def stock_by_books(tx: Transaction, at: datetime, sku: str | None) -> Totals:
    """What lay in the house by what the books had at a moment, of one product or of all."""
    upto = _last_recorded_by(tx, at)
    known = [(0, 0), *((one.number, one.last_move_no) for one in whole_snapshots(tx))]
    number, start = min(known, key=lambda one: abs(one[1] - upto))
    totals = snapshot_cells(tx, number, sku)
    between = tables.move.c.move_no.between(min(start, upto) + 1, max(start, upto))
    tally(totals, _moves(tx, between, sku), back=start > upto)
    return in_the_house(totals)


def stock_as_happened(tx: Transaction, at: datetime, sku: str | None) -> Totals:
    """What lay in the house at a moment by the time on the floor, as far as the books know it by now."""
    number, spans = _way_to(_unbroken(whole_snapshots(tx)), newest_move(tx), at)
    totals = snapshot_cells(tx, number, sku)
    for late in (False, True):
        ranges = [tables.move.c.move_no.between(span.first, span.last) for span in spans if span.late == late]
        if ranges:
            happened = tables.move.c.happened_at > at if late else tables.move.c.happened_at <= at
            tally(totals, _moves(tx, and_(or_(*ranges), happened), sku), back=late)
    return in_the_house(totals)


def take_due_snapshots(database: Database) -> int:
    """Take every snapshot that is due, one that was broken off first; gives how many were taken."""
    taken = 0
    for finished in snapshot_pieces(database):
        taken += finished
        time.sleep(PAUSE_S)
    return taken


def snapshot_pieces(database: Database) -> Iterator[bool]:
    """The same in pieces of some milliseconds, between which the caller may do other work; tells of each finished."""
    while (due := database.read(_due)) is not None:
        database.write(_begin, due)
        rows = database.read(_rows_of, due)
        for start in range(0, len(rows), ROWS_A_TRANSACTION):
            yield False
            database.write(_write_rows, rows[start : start + ROWS_A_TRANSACTION])
        database.write(_finish, due)
        yield True


def header_of(tx: Transaction, number: int, first: int, last: int) -> Snapshot | None:
    """The header that a snapshot after these moves must have; None when the last of them is missing."""
    move = tables.move
    recorded_at = tx.value(select(move.c.recorded_at).where(tx.mine(move), move.c.move_no == last))
    if recorded_at is None:
        return None
    # The offset keeps PostgreSQL from looking for the earliest of all moves, one by one, in the index of their times.
    here = select(move.c.happened_at).where(tx.mine(move), move.c.move_no.between(first, last)).offset(0).subquery()
    kind = move.c.happened_at.type
    times = select(func.min(here.c.happened_at, type_=kind), func.max(here.c.happened_at, type_=kind))
    earliest, latest = tx.connection.execute(times).one()
    return Snapshot(number, last, recorded_at, earliest, latest)


def _moves(tx: Transaction, where: ColumnElement[bool], sku: str | None = None) -> Iterable[Sequence[Any]]:
    move = tables.move
    columns = (move.c.sku, move.c.owner, move.c.lot, move.c.from_location, move.c.to_location, move.c.quantity)
    query = select(*columns).where(tx.mine(move), where)
    return tx.connection.execute(query if sku is None else query.where(move.c.sku == sku))


def _last_recorded_by(tx: Transaction, at: datetime) -> int:
    """The newest move that the books had at a moment, 0 before the first; their time only grows with the numbers."""
    move = tables.move
    low, high = 0, newest_move(tx)
    while low < high:
        middle = (low + high + 1) // 2
        here = select(move.c.recorded_at).where(tx.mine(move), move.c.move_no >= middle).order_by(move.c.move_no)
        recorded_at = tx.value(here.limit(1))
        if recorded_at is not None and recorded_at <= at:
            low = middle
        else:
            high = middle - 1
    return low


def _unbroken(known: Iterable[Snapshot]) -> list[Snapshot]:
    """Those before a gap: the times that a snapshot tells are those since the one before it."""
    return [one for place, one in enumerate(known, 1) if one.number == place]


def _way_to(known: Sequence[Snapshot], newest: int, at: datetime) -> tuple[int, list[_Span]]:
    """The snapshot to begin with and the moves to look at, as few as can be.

    Moves before the snapshot are looked at where some of them happened after the moment, those behind it where some
    happened before: most stretches between two snapshots lie on one side as a whole.
    """
    ends = [0, *(one.last_move_no for one in known), newest]
    stretches = [(first + 1, last) for first, last in pairwise(ends)]
    partly_after = [one.happened_to > at for one in known]
    partly_before = [*(one.happened_from <= at for one in known), True]
    sizes = [max(0, last - first + 1) for first, last in stretches]
    back = [0, *accumulate(size * after for size, after in zip(sizes, partly_after, strict=False))]
    ahead = [*accumulate(size * before for size, before in zip(reversed(sizes), reversed(partly_before), strict=True))]
    ahead.reverse()
    best = min(range(len(known) + 1), key=lambda place: back[place] + ahead[place])
    spans = [_Span(*stretches[place], late=True) for place in range(best) if partly_after[place]]
    spans += [_Span(*stretches[place], late=False) for place in range(best, len(stretches)) if partly_before[place]]
    return (known[best - 1].number if best else 0), spans


def _due(tx: Transaction) -> Snapshot | None:
    """The next snapshot to take; one that was begun is finished just as it was meant."""
    table, row = tables.snapshot, tables.snapshot_balance
    last = tx.row(select(table).where(tx.mine(table)).order_by(table.c.number.desc()).limit(1))
    if last is not None and not last["whole"]:
        return Snapshot(**{name: last[name] for name in Snapshot.__dataclass_fields__})
    number, start = (last["number"], last["last_move_no"]) if last is not None else (0, 0)
    newest = newest_move(tx)
    if newest - start < SNAPSHOT_MOVES:
        return None
    rows = int(tx.value(select(func.count()).select_from(row).where(tx.mine(row), row.c.number == number)))
    end = start + max(SNAPSHOT_MOVES, rows)
    return header_of(tx, number + 1, start + 1, end) if end <= newest else None


def _rows_of(tx: Transaction, due: Snapshot) -> list[dict[str, object]]:
    before = tables.snapshot
    start = tx.value(select(before.c.last_move_no).where(tx.mine(before), before.c.number == due.number - 1)) or 0
    totals = snapshot_cells(tx, due.number - 1)
    add_moves(tx, totals, start + 1, due.last_move_no)
    return [
        {"number": due.number, "sku": sku, "location": place, "owner": owner, "lot": lot, "on_hand": units}
        for (sku, place, owner, lot), units in sorted(in_the_house(totals).items())
    ]


def _begin(tx: Transaction, due: Snapshot) -> None:
    tx.put(tables.snapshot, [{**asdict(due), "whole": False}], keep=True)


def _write_rows(tx: Transaction, rows: Sequence[dict[str, object]]) -> None:
    tx.put(tables.snapshot_balance, rows)


def _finish(tx: Transaction, due: Snapshot) -> None:
    tx.change(tables.snapshot, [{"number": due.number, "whole": True}])
