"""The decision to split an order: a part of its lines becomes an order of its own, with what is held for them."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select

from warehouse_app.books.giving_back import (
    Holding,
    end_empty_lists,
    holding,
    is_held,
    lists_of,
    open_stops,
    settle_after_change,
    shelf_rows,
    waiting_state,
    withdraw_stops,
)
from warehouse_app.books.ledger import Books, Cause
from warehouse_app.books.loading import write
from warehouse_app.books.rows import AllocationRow, LineRow, OrderRow, StopRow
from warehouse_app.books.settle import settle
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.language import mark
from warehouse_app.operations.bundle_lines import line_of, whole, with_parts
from warehouse_app.operations.open_orders import load_order_to_change
from warehouse_app.operations.order_rows import free_number
from warehouse_app.operations.order_sources import Passage, pass_sources
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction
from warehouse_app.store.ids import new_key

SLOTS = "ABCDEF"
"""Places for orders on a picker's cart: a wave gives a pick list no more."""


class BadSplit(WarehouseError):
    """A split that leaves nothing on one of its sides, or takes what is not there."""

    message = mark("Order {order} cannot be split like this: {reason}")


class PickedUnits(WarehouseError):
    """Units that should go over to another order lie in totes or cartons."""

    message = mark(
        "{quantity} units of line {line} of order {order} cannot go over to another order: {free} can, the others are"
        " picked or have left."
    )


@dataclass(frozen=True, slots=True)
class SplitRequest:
    """Whole lines by their numbers, or with `quantity` that many units of the one line."""

    lines: tuple[int, ...]
    quantity: int | None = None


@dataclass(frozen=True, slots=True)
class SplitOrder:
    """An order and the one that a part of it became. `told` is the work of stations that leave the part alone."""

    order_no: str
    state: str
    new_order_no: str
    new_state: str
    units: int
    told: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Part:
    """Units of a line that go over; `held` says how far they are."""

    line: LineRow
    quantity: int
    held: Holding


def split_order(tx: Transaction, order_no: str, request: SplitRequest, worker: str) -> SplitOrder:
    """Make an order of a part of another one. Raises NotFound, WrongState, BadSplit, PickedUnits, NotWholeBundles.

    Reservations follow their units, and so do allocations with their stops when all that goes over lies on shelves and
    no picker has it on his list. Otherwise the new order waits for the next wave.
    """
    books, order = load_order_to_change(tx, order_no, Cause("split_order", new_key(), worker, tx.now))
    lists = lists_of(order_no, books)
    parts = [_part(line, quantity, books) for line, quantity in _wanted(order, request, books)]
    _refuse_all(order, parts, books)
    new = books.orders.add(replace(order, order_no=free_number(tx, order_no), wave_no="", reason=""))
    keeps_stops = _can_keep_stops(parts, books)
    passages = [_pass(part, new, books, keeps_stops=keeps_stops) for part in parts]
    _set_states(order, new, books, released=keeps_stops)
    units = sum(part.quantity for part in parts)
    books.note(order_no, "split", new_order=new.order_no, units=units)
    books.note(new.order_no, "split_off", order=order_no, units=units)
    end_empty_lists(lists, books)
    settle(tx, books)
    write(tx, books)
    _copy_words(tx, order_no, new.order_no)
    pass_sources(tx, passages)
    told = tuple(sorted({work for work, _ in books.amendments}))
    return SplitOrder(order_no, order.state, new.order_no, new.state, units, told)


def _wanted(order: OrderRow, request: SplitRequest, books: Books) -> list[tuple[LineRow, int]]:
    lines = [line_of(order.order_no, number, books) for number in dict.fromkeys(request.lines)]
    if not lines:
        raise BadSplit(order=order.order_no, reason=mark("no line is named."))
    if request.quantity is None:
        return [(line, line.wanted - line.shipped) for line in with_parts(lines, books)]
    if len(lines) > 1:
        raise BadSplit(order=order.order_no, reason=mark("a quantity is of one line."))
    if not 0 < request.quantity <= lines[0].wanted:
        raise BadSplit(order=order.order_no, reason=mark("the line does not have so many units."))
    return list(whole(lines[0], request.quantity, books))


def _part(line: LineRow, quantity: int, books: Books) -> _Part:
    held = holding(line, books)
    if quantity <= 0:
        raise BadSplit(order=line.order_no, reason=mark("one of these lines has nothing left to ship."))
    if quantity > held.units:
        raise PickedUnits(quantity=quantity, line=line.line_no, order=line.order_no, free=held.units)
    return _Part(line, quantity, held.first(quantity))


def _refuse_all(order: OrderRow, parts: Sequence[_Part], books: Books) -> None:
    goes = {part.line.line_no: part.quantity for part in parts}
    lines = books.lines_of(order.order_no)
    goods = [line for line in lines if line.stocked] or lines
    if not any(line.wanted > goes.get(line.line_no, 0) for line in goods):
        raise BadSplit(order=order.order_no, reason=mark("nothing would be left in it."))


def _can_keep_stops(parts: Sequence[_Part], books: Books) -> bool:
    """Whether the stops can go over: everything is allocated, nobody walks there, and the carts have a free place."""
    goods = [part for part in parts if part.line.stocked]
    if any(part.quantity != part.held.on_shelves for part in goods):
        return False
    rows = [row for part in goods for row in shelf_rows(part.line, books)]
    lists = {stop.list_no for row in rows for stop in open_stops(row, books)}
    full = any(not _free_slot(list_no, books) for list_no in lists)
    held = any(is_held(f"pick:{list_no}", books) for list_no in lists)
    return bool(lists) and not full and not held


def _free_slot(list_no: str, books: Books) -> str:
    used = {stop.slot for stop in books.stops.under(list_no)}
    return next((slot for slot in SLOTS if slot not in used), "")


def _pass(part: _Part, new: OrderRow, books: Books, *, keeps_stops: bool) -> Passage:
    """Let units and their promises go over to a line of the same number."""
    line, held = part.line, part.held
    target = LineRow(
        new.order_no, line.line_no, line.owner, line.sku, line.stocked, part.quantity, 0, 0, 0, 0, 0, 0,
        min(line.short, held.unpromised), line.bundle_sku, line.bundle_line, line.bundle_units,
    )  # fmt: skip
    books.lines.add(target)
    line.short -= target.short
    _pass_shelves(part, target, books, keeps_stops=keeps_stops)
    promised = held.promised + held.on_shelves
    books.pass_promise(line, target, promised)
    key = (line.order_no, line.line_no)
    whole_line = line.ordered == part.quantity
    _shrink(line, part.quantity, books)
    return Passage(key, (target.order_no, target.line_no), part.quantity, whole_line)


def _pass_shelves(part: _Part, target: LineRow, books: Books, *, keeps_stops: bool) -> None:
    left = part.held.on_shelves
    for row in shelf_rows(part.line, books):
        place = replace(row)
        quantity = books.deallocate(part.line, row.location, row.lot, left)
        left -= quantity
        if keeps_stops:
            books.allocate(target, place.location, place.lot, quantity)
            _pass_stops(place, target, quantity, books)
        else:
            withdraw_stops(place, quantity, books)


def _pass_stops(row: AllocationRow, target: LineRow, quantity: int, books: Books) -> None:
    """A stop that goes over as a whole keeps its place in the walk; a part of one becomes the last stop."""
    for stop in open_stops(row, books):
        taken = min(quantity, stop.open_quantity)
        quantity -= taken
        if not taken:
            continue
        slot = _slot_of(target, stop, books)
        new = replace(stop, order_no=target.order_no, line_no=target.line_no, slot=slot)
        if taken == stop.quantity:
            books.stops.remove(stop)
        else:
            stop.withdrawn += taken
            new.stop_no = 1 + max(other.stop_no for other in books.stops.under(stop.list_no))
            new.quantity, new.picked, new.short, new.withdrawn = taken, 0, 0, 0
        books.stops.add(new)


def _slot_of(target: LineRow, stop: StopRow, books: Books) -> str:
    mine = (other.slot for other in books.stops.under(stop.list_no) if other.order_no == target.order_no)
    return next(mine, "") or _free_slot(stop.list_no, books)


def _shrink(line: LineRow, quantity: int, books: Books) -> None:
    """A line with nothing left goes, unless a pick list still names it: late facts about it must find it."""
    if line.ordered > quantity:
        line.ordered -= quantity
    elif any(stop.line_no == line.line_no for stop in books.stops_of(line.order_no)):
        line.cancelled += quantity
    else:
        books.lines.remove(line)


def _set_states(order: OrderRow, new: OrderRow, books: Books, *, released: bool) -> None:
    goods = [line for line in books.lines_of(new.order_no) if line.stocked]
    if released:
        new.wave_no = order.wave_no
        books.set_state(new, "released")
    else:
        new.state = "new" if order.state == "new" or not goods else "short"
        state = waiting_state(new, goods)
        books.set_state(new, state, order.reason if state in ("partial", "short") else "")
    new.state_since = books.recorded_at
    settle_after_change(order, books)


def _copy_words(tx: Transaction, order_no: str, new_order_no: str) -> None:
    table = tables.fulfilment_order
    row = tx.row(select(table.c.customer, table.c.note).where(tx.mine(table), table.c.order_no == order_no))
    if row is not None:
        tx.change(table, [{"order_no": new_order_no, **row}])
