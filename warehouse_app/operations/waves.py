"""The decision to release a wave: locations for its orders, and pick lists in walking order.

Locations are allocated first, thousands of orders in a few transactions. The lists are planned after that, without
holding anybody up, and written only where nothing has changed meanwhile. A program that is killed in between leaves
orders that are allocated and on no list yet; the next release makes their lists first.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.sql import ColumnElement

from warehouse_app.books.availability import look_around
from warehouse_app.books.ledger import Cause
from warehouse_app.books.loading import write
from warehouse_app.books.ranking import short_reason
from warehouse_app.domain.wording import ON_HOLD
from warehouse_app.language import mark
from warehouse_app.operations.list_making import make_lists, unlisted_waves
from warehouse_app.operations.pace import paced
from warehouse_app.operations.promising import (
    Promised,
    allocate,
    books_for_promises,
    service_order,
)
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction
from warehouse_app.store.ids import new_key

FIRST_PART, LARGEST_PART = 200, 2_000
"""Orders a transaction while locations are allocated."""

WAITING_STATES = ("new", "reserved", "partial", "short")


@dataclass(frozen=True, slots=True)
class Wave:
    """A released wave."""

    wave: str
    orders: int
    lines: int
    units: int
    pick_lists: int


@dataclass(frozen=True, slots=True)
class LeftOrder:
    """An order that was not released, and why, in words a person can read."""

    order: str
    reason: str


@dataclass(frozen=True, slots=True)
class Released:
    """What one release did."""

    waves: tuple[Wave, ...]
    left: tuple[LeftOrder, ...]


@dataclass(frozen=True, slots=True)
class WaveRequest:
    """Which orders to release: at most so many, and only those that must leave by a time."""

    worker: str = ""
    max_orders: int | None = None
    until: datetime | None = None


def release_waves(database: Database, request: WaveRequest) -> Released:
    """Release every order that is ready, the most urgent first; what cannot be allocated stays behind, whole."""
    for wave_no in database.read(unlisted_waves):
        make_lists(database, wave_no, request.worker)
    ready = database.read(_ready_orders, request)
    left = database.read(_waiting_reasons, request)
    if not ready:
        return Released((), tuple(left))
    wave_no = database.write(new_wave, request.worker)
    room, done = request.max_orders or len(ready), 0
    # Orders whose stock lies where nobody may take it just now do not use up the room of those behind them.
    while room and done < len(ready):
        for part in paced(ready[done : done + room], FIRST_PART, LARGEST_PART):
            promised = database.write(_allocate, part, wave_no, request.worker)
            left += [LeftOrder(behind.order_no, short_reason(behind.reason)) for behind in promised.left_behind]
            room -= len(part) - len(promised.left_behind)
            done += len(part)
    left += [LeftOrder(order_no, mark("over the limit of this wave")) for order_no in ready[done:]]
    make_lists(database, wave_no, request.worker)
    released = database.read(released_wave, wave_no)
    return Released((released,) if released else (), tuple(left))


def list_waves(tx: Transaction) -> tuple[Wave, ...]:
    """All waves, the newest first."""
    wave = tables.wave
    names = [row["wave_no"] for row in tx.rows(select(wave.c.wave_no).where(tx.mine(wave)).order_by(wave.c.wave_no))]
    by_wave = _totals(tx)
    return tuple(by_wave[name] for name in reversed(names) if name in by_wave)


def released_wave(tx: Transaction, wave_no: str) -> Wave | None:
    """What stands on the lists of a wave, None when it has none."""
    return _totals(tx, tables.pick_list.c.wave_no == wave_no).get(wave_no)


def _totals(tx: Transaction, *where: ColumnElement[bool]) -> dict[str, Wave]:
    """What the pick lists of every wave hold."""
    pick_list, stop = tables.pick_list, tables.pick_stop
    same = (stop.c.warehouse_id == pick_list.c.warehouse_id) & (stop.c.list_no == pick_list.c.list_no)
    lines = (
        select(
            pick_list.c.wave_no,
            stop.c.order_no,
            stop.c.line_no,
            func.sum(stop.c.quantity).label("units"),
        )
        .join(stop, same)
        .where(tx.mine(pick_list), *where)
        .group_by(pick_list.c.wave_no, stop.c.order_no, stop.c.line_no)
        .subquery()
    )
    per_wave = select(
        lines.c.wave_no, func.count(lines.c.order_no.distinct()), func.count(), func.sum(lines.c.units)
    ).group_by(lines.c.wave_no)
    lists = select(pick_list.c.wave_no, func.count()).where(tx.mine(pick_list), *where).group_by(pick_list.c.wave_no)
    counts = {row[0]: row[1] for row in tx.connection.execute(lists)}
    return {
        wave_no: Wave(wave_no, orders, line_count, int(units), counts[wave_no])
        for wave_no, orders, line_count, units in tx.connection.execute(per_wave)
    }


def _ready_orders(tx: Transaction, request: WaveRequest) -> list[str]:
    order = tables.fulfilment_order
    ready = (order.c.state == "reserved") | ((order.c.state == "partial") & (order.c.ship_policy == "partial"))
    where = [tx.mine(order), ready, ~order.c.held, ~order.c.cancel_requested]
    if request.until is not None:
        where.append(order.c.ship_by <= request.until)
    query = select(order.c.order_no).where(*where)
    return [row["order_no"] for row in tx.rows(query.order_by(*service_order()))]


def _waiting_reasons(tx: Transaction, request: WaveRequest) -> list[LeftOrder]:
    """Why the other open orders are not even looked at."""
    order = tables.fulfilment_order
    query = select(order).where(tx.mine(order), order.c.state.in_(WAITING_STATES)).order_by(order.c.order_no)
    left = []
    for row in tx.rows(query):
        if row["held"]:
            left.append(
                LeftOrder(row["order_no"], ON_HOLD.format(reason=row["hold_reason"]) if row["hold_reason"] else "held")
            )
        elif row["state"] == "new":
            left.append(LeftOrder(row["order_no"], mark("not reserved yet")))
        elif row["state"] == "short" or (row["state"] == "partial" and row["ship_policy"] == "complete"):
            left.append(LeftOrder(row["order_no"], row["reason"] or mark("short of stock")))
        elif request.until is not None and row["ship_by"] > request.until:
            left.append(LeftOrder(row["order_no"], mark("leaves after the time asked for")))
    return left


def new_wave(tx: Transaction, worker: str) -> str:
    """Begin a wave; gives its number."""
    wave_no = f"W-{tx.next_in_series('wave'):06d}"
    tx.add(tables.wave, [{"wave_no": wave_no, "worker": worker, "released_at": tx.recorded_at}])
    return wave_no


def _allocate(tx: Transaction, order_nos: Sequence[str], wave_no: str, worker: str) -> Promised:
    books = books_for_promises(tx, order_nos, Cause("release_wave", new_key(), worker, tx.now))
    promised = allocate(books, look_around(tx, books, shelves=True), wave_no)
    write(tx, books)
    return promised
