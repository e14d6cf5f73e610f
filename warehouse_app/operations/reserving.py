"""The decision which open orders get the stock that can be sold."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from warehouse_app.books.availability import reservable
from warehouse_app.books.ledger import Books, Cause, new_books
from warehouse_app.books.loading import Needs, load, load_stock, write
from warehouse_app.books.order_states import state_by_reservation
from warehouse_app.books.rows import OrderRow
from warehouse_app.domain.wording import SHORT, SHORT_TAKEN
from warehouse_app.planning.allocation import (
    LineDemand,
    LineReservation,
    OrderDemand,
    ShortReason,
    plan_reservations,
)
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction
from warehouse_app.store.ids import new_key

OPEN_STATES = ("new", "partial", "short")
CHUNK = 500
"""Orders a transaction, so that scans of others are booked in between."""


@dataclass(frozen=True, slots=True)
class Reserved:
    """What one run of reserving did, in orders."""

    orders: int = 0
    reserved: int = 0
    partial: int = 0
    short: int = 0
    held: int = 0


def reserve_open_orders(database: Database, worker: str = "") -> Reserved:
    """Reserve stock for every open order, the most urgent first, in transactions of a bounded size."""
    names = database.read(_open_orders)
    held = database.read(_held_orders)
    counts = {"reserved": 0, "partial": 0, "short": 0}
    for start in range(0, len(names), CHUNK):
        states = database.write(_reserve, names[start : start + CHUNK], worker)
        for state in states:
            counts[state] += 1
    return Reserved(len(names) + held, held=held, **counts)


def order_rank(order: OrderRow) -> tuple[datetime, int, datetime]:
    """What decides who is served first: the promise, then the priority (higher first), then the age."""
    return (order.ship_by, -order.priority, order.ordered_at)


def short_reason(reason: ShortReason) -> str:
    """A shortage as kept with the order: the product, what was wanted, what was there, and who got the last ones."""
    template = SHORT_TAKEN if reason.taken_by else SHORT
    return template.format(sku=reason.sku, wanted=reason.wanted, available=reason.available, order=reason.taken_by)


def _open_orders(tx: Transaction) -> list[str]:
    order = tables.fulfilment_order
    query = (
        select(order.c.order_no)
        .where(tx.mine(order), order.c.state.in_(OPEN_STATES), ~order.c.held, ~order.c.cancel_requested)
        .order_by(order.c.ship_by, order.c.priority.desc(), order.c.ordered_at, order.c.order_no)
    )
    return [row["order_no"] for row in tx.rows(query)]


def _held_orders(tx: Transaction) -> int:
    order = tables.fulfilment_order
    open_states = ("reserved", *OPEN_STATES)
    held = select(order.c.order_no).where(tx.mine(order), order.c.held, order.c.state.in_(open_states))
    return len(tx.rows(held))


def _reserve(tx: Transaction, order_nos: Sequence[str], worker: str) -> list[str]:
    tx.lock_warehouse()
    books = new_books(tx.recorded_at, Cause("reserve", new_key(), worker, tx.now))
    load(tx, books, Needs(orders=frozenset(order_nos)))
    skus = {line.sku for line in books.lines}
    load_stock(tx, books, skus)
    orders = [order for order in books.orders if order.state in OPEN_STATES and not order.held]
    plan = plan_reservations([_demand(books, order) for order in orders], reservable(tx, skus))
    by_order: dict[str, list[LineReservation]] = {}
    for result in plan:
        by_order.setdefault(result.order_no, []).append(result)
    states = [_apply(books, order, by_order.get(order.order_no, [])) for order in orders]
    write(tx, books)
    return states


def _demand(books: Books, order: OrderRow) -> OrderDemand:
    lines = tuple(
        LineDemand(line.line_no, line.owner, line.sku, line.open_quantity)
        for line in books.lines_of(order.order_no)
        if line.stocked and line.open_quantity > 0
    )
    return OrderDemand(order.order_no, order_rank(order), order.ship_policy == "complete", lines)


def _apply(books: Books, order: OrderRow, results: Sequence[LineReservation]) -> str:
    """Book the plan for one order and give its new state."""
    reason = ""
    for result in results:
        line = books.lines[order.order_no, result.line_no]
        books.reserve(line, result.quantity)
        line.short = line.open_quantity
        if result.short is not None:
            reason = reason or short_reason(result.short)
    before = order.state
    stocked = [line for line in books.lines_of(order.order_no) if line.stocked]
    if not any(line.ordered > line.cancelled for line in stocked):
        _nothing_to_ship(books, order)
        return "reserved"
    books.set_state(order, state_by_reservation(order, stocked), reason)
    if order.state != before:
        books.note(order.order_no, order.state, reason=reason)
    return order.state


def _nothing_to_ship(books: Books, order: OrderRow) -> None:
    """Fees, postage and vouchers alone are delivered by being ordered."""
    for line in books.lines_of(order.order_no):
        line.shipped = line.ordered - line.cancelled
    books.set_state(order, "shipped", "nothing to ship")
    books.note(order.order_no, "shipped", reason="nothing to ship")
