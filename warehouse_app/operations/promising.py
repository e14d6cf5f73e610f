"""How orders are promised stock: reserved against what can be sold, allocated where it lies.

The same code serves a wave of thousands and one rush order: load in bulk, plan, write in bulk.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import select
from sqlalchemy.sql import ColumnElement

from warehouse_app.books.availability import Surroundings, look_around, stopped_units
from warehouse_app.books.campaigns import campaign_stock, order_channels, start_and_end_due
from warehouse_app.books.ledger import Books, Cause, new_books
from warehouse_app.books.loading import at_once, load_draws, write, write_reserved
from warehouse_app.books.order_states import state_by_reservation
from warehouse_app.books.ranking import is_starving, order_rank, short_reason
from warehouse_app.books.rows import LineRow, OrderRow
from warehouse_app.books.rowset import load_together
from warehouse_app.domain.wording import KEPT
from warehouse_app.planning.allocation import LeftBehind, Take, plan_allocations
from warehouse_app.planning.campaigns import SetAside
from warehouse_app.planning.demand import LineDemand, OrderDemand
from warehouse_app.planning.reservation import LineReservation, plan_reservations
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction
from warehouse_app.store.ids import new_key

OPEN_STATES = ("new", "partial", "short")
"""States in which an order may still be given stock."""


@dataclass(frozen=True, slots=True)
class Promised:
    """What a transaction promised: the orders that were looked at, what was allocated, and who had to stay behind."""

    orders: tuple[OrderRow, ...]
    takes: tuple[Take, ...]
    left_behind: tuple[LeftBehind, ...]


def promise_orders(tx: Transaction, order_nos: Sequence[str], worker: str, wave_no: str = "") -> Promised:
    """Reserve and allocate at once: what a rush order needs, and a wave whose orders have just come in."""
    books = books_for_promises(tx, order_nos, Cause("promise_orders", new_key(), worker, tx.now))
    around = look_around(tx, books, shelves=True)
    reserve(tx, books, around)
    with at_once(tx, books):
        write_reserved(tx, books)
        plan = allocate(books, around, wave_no)
        for order in books.orders:
            order.rush = False
        write(tx, books)
    return plan


def books_for_promises(tx: Transaction, order_nos: Sequence[str], cause: Cause) -> Books:
    """Lock the warehouse and load the orders with what is promised to them."""
    start_and_end_due(tx)
    books = new_books(tx.recorded_at, cause)
    orders, all_lines = books.orders.wanted("order_no", order_nos), books.lines.wanted("order_no", order_nos)
    _, lines = load_together(tx, orders, all_lines)
    # A row of a promise exists only where its line has a number of it.
    books.reservations.load(tx, "order_no", {line.order_no for line in lines if line.reserved})
    load_draws(tx, books, {line.order_no for line in lines if line.reserved})
    books.allocations.load(tx, "order_no", {line.order_no for line in lines if line.allocated})
    return books


def reserve(tx: Transaction, books: Books, around: Surroundings) -> list[OrderRow]:
    """Reserve what can be had for the open orders of the books; gives these orders, each in its new state."""
    orders = [order for order in books.orders if order.state in OPEN_STATES and _may_go_on(order)]
    starving_after = _starving_after(tx)
    starving = {order.order_no for order in orders if is_starving(order, tx.now, starving_after)}
    _return_what_was_kept(books, starving)
    demands = [_open_demand(books, order, keeps=order.order_no in starving) for order in orders]
    skus = {line.sku for demand in demands for line in demand.lines}
    stopped = stopped_units(tx, skus, around.stops)
    available = {
        (row.owner, row.sku): row.sellable - row.reserved - row.set_aside - stopped.get((row.owner, row.sku), 0)
        for row in books.stock
    }
    by_order: dict[str, list[LineReservation]] = {}
    set_aside = SetAside(campaign_stock(tx, books, skus), available)
    if set_aside:
        channels = order_channels(tx, [demand.order_no for demand in demands])
        demands = [replace(demand, channel=channels.get(demand.order_no, "")) for demand in demands]
    for result in plan_reservations(demands, available, set_aside):
        by_order.setdefault(result.order_no, []).append(result)
    for order in orders:
        _apply(books, order, by_order.get(order.order_no, ()), keeps=order.order_no in starving)
    return orders


def allocate(books: Books, around: Surroundings, wave_no: str = "") -> Promised:
    """Allocate what is reserved for those orders of the books that are ready to go to the floor."""
    orders = tuple(order for order in books.orders if is_ready(order) and _may_go_on(order))
    demands = [_reserved_demand(books, order) for order in orders]
    plan = plan_allocations(demands, around.shelves)
    for take in plan.takes:
        books.allocate(books.lines[take.order_no, take.line_no], take.location, take.lot, take.quantity)
    for order_no in dict.fromkeys(take.order_no for take in plan.takes):
        books.orders[order_no].wave_no = wave_no
    for left in plan.left_behind:
        books.orders[left.order_no].reason = short_reason(left.reason)
    return Promised(orders, plan.takes, plan.left_behind)


def is_ready(order: OrderRow) -> bool:
    """Whether an order has what it needs to go to the floor: everything, or a part where it may ship in parts."""
    return order.state == "reserved" or (order.state == "partial" and order.ship_policy == "partial")


def _may_go_on(order: OrderRow) -> bool:
    return not order.held and not order.cancel_requested


def _starving_after(tx: Transaction) -> int:
    return int(tx.lock_warehouse()["starving_after_days"])


def _return_what_was_kept(books: Books, starving: Iterable[str]) -> None:
    """Deal the units of starving orders out anew, by rank: two of them must not wait for each other's for ever."""
    for order_no in starving:
        for line in books.lines.under(order_no):
            if line.reserved and not line.allocated:
                books.reserve(line, -line.reserved)


def _open_demand(books: Books, order: OrderRow, *, keeps: bool) -> OrderDemand:
    lines = [_wanted(line) for line in books.lines.under(order.order_no) if line.stocked and line.open_quantity > 0]
    complete_only = order.ship_policy == "complete" and not keeps
    return OrderDemand(order.order_no, order_rank(order), complete_only, tuple(lines))


def _wanted(line: LineRow) -> LineDemand:
    wanted = line.open_quantity
    if not line.bundle_units:
        return LineDemand(line.line_no, line.owner, line.sku, wanted)
    held = line.ordered - line.cancelled - wanted
    return LineDemand(line.line_no, line.owner, line.sku, wanted, line.bundle_line, line.bundle_units, held)


def _reserved_demand(books: Books, order: OrderRow) -> OrderDemand:
    lines = tuple(
        LineDemand(line.line_no, line.owner, line.sku, line.reserved - line.allocated)
        for line in books.lines.under(order.order_no)
        if line.stocked and line.reserved > line.allocated
    )
    return OrderDemand(order.order_no, order_rank(order), order.ship_policy == "complete", lines)


def _apply(books: Books, order: OrderRow, results: Sequence[LineReservation], *, keeps: bool) -> None:
    """Book the plan for one order, and say why where it could not have all."""
    reason = ""
    for result in results:
        line = books.lines[order.order_no, result.line_no]
        for draw in result.draws:
            books.draw(line, books.campaigns[draw.campaign, line.sku, line.owner], draw.quantity)
        books.reserve(line, result.quantity - sum(draw.quantity for draw in result.draws))
        line.short = line.open_quantity
        if result.short is not None and not reason:
            reason = short_reason(result.short)
    stocked = [line for line in books.lines.under(order.order_no) if line.stocked]
    if not any(line.ordered > line.cancelled for line in stocked):
        _nothing_to_ship(books, order)
        return
    before = order.state
    state = state_by_reservation(order, stocked)
    if keeps and reason and state == "partial":
        reason = KEPT.format(reason=reason)
    books.set_state(order, state, reason)
    if state != before:
        books.note(order.order_no, state, reason=reason)


def _nothing_to_ship(books: Books, order: OrderRow) -> None:
    """Fees, postage and vouchers alone are delivered by being ordered."""
    for line in books.lines.under(order.order_no):
        line.shipped = line.ordered - line.cancelled
    books.set_state(order, "shipped", "nothing to ship")
    books.note(order.order_no, "shipped", reason="nothing to ship")


def service_order() -> Sequence[ColumnElement[Any]]:
    """The columns by which orders are served, as their rank has it."""
    order = tables.fulfilment_order
    return order.c.ship_by, order.c.priority.desc(), order.c.tier.desc(), order.c.ordered_at, order.c.order_no


def open_order_nos(tx: Transaction, states: Sequence[str]) -> list[str]:
    """The orders in these states that may go on, as they are served."""
    order = tables.fulfilment_order
    query = (
        select(order.c.order_no)
        .where(tx.mine(order), order.c.state.in_(states), ~order.c.held, ~order.c.cancel_requested)
        .order_by(*service_order())
    )
    return [row[0] for row in tx.connection.execute(query)]
