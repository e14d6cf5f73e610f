"""Giving back a part of what an order line holds: first what was never promised, then promises, then shelf units.

Units in totes and cartons are in somebody's hands; they are never given back here.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from warehouse_app.books.ledger import Books
from warehouse_app.books.order_states import settle_order, state_by_reservation
from warehouse_app.books.rows import AllocationRow, LineRow, OrderRow, StopRow

OPEN_STATES = ("new", "reserved", "partial", "short")
"""Nobody works on an order in these states."""


@dataclass(frozen=True, slots=True)
class Holding:
    """Units of a line that nobody has picked: still unpromised, promised only, and promised where they lie."""

    unpromised: int
    promised: int
    on_shelves: int

    @property
    def units(self) -> int:
        """All of them."""
        return self.unpromised + self.promised + self.on_shelves

    def first(self, quantity: int) -> "Holding":
        """So many of these units, the least bound first."""
        unpromised = min(quantity, self.unpromised)
        promised = min(quantity - unpromised, self.promised)
        return Holding(unpromised, promised, min(quantity - unpromised - promised, self.on_shelves))


def holding(line: LineRow, books: Books) -> Holding:
    """What the line has that nobody has picked. Its promise covers units in totes and cartons first."""
    allocated = sum(row.quantity for row in shelf_rows(line, books))
    unpicked = max(0, line.reserved - (line.allocated - allocated))
    on_shelves = min(allocated, unpicked)
    return Holding(max(0, line.open_quantity), unpicked - on_shelves, on_shelves)


def shelf_rows(line: LineRow, books: Books) -> list[AllocationRow]:
    """The line's allocations that still lie on shelves, those that no picker has on his list first."""
    mine = [
        row
        for row in books.allocations.under(line.order_no)
        if row.line_no == line.line_no and books.place(row.location).pickable
    ]
    return sorted(mine, key=lambda row: (_on_claimed_list(row, books), row.location, row.lot))


def give_back(line: LineRow, quantity: int, books: Books) -> Holding:
    """Take up to so many unpicked units' promises from a line; give what was taken. The line's own total stays."""
    taken = holding(line, books).first(quantity)
    books.reserve(line, -taken.promised)
    left = taken.on_shelves
    for row in shelf_rows(line, books):
        freed = books.deallocate(line, row.location, row.lot, left)
        withdraw_stops(row, freed, books)
        books.reserve(line, -min(freed, line.reserved))
        left -= freed
    return taken


def withdraw_stops(row: AllocationRow, quantity: int, books: Books) -> None:
    """Take so many units off the pick lists that fetch this allocation, and tell the pickers who walk them."""
    for stop in open_stops(row, books):
        taken = min(quantity, stop.open_quantity)
        if taken:
            stop.withdrawn += taken
            books.amend(f"pick:{stop.list_no}", what="drop_stop", stop=stop.stop_no, quantity=taken)
        quantity -= taken


def open_stops(row: AllocationRow, books: Books) -> list[StopRow]:
    """The stops with units still to be taken of this allocation, those that nobody walks first."""
    here = (row.line_no, row.location, row.lot)
    mine = [
        stop
        for stop in books.stops_of(row.order_no)
        if (stop.line_no, stop.location, stop.lot) == here and stop.open_quantity
    ]
    return sorted(mine, key=lambda stop: (is_held(f"pick:{stop.list_no}", books), stop.list_no, -stop.stop_no))


def is_held(work: str, books: Books) -> bool:
    """Whether a station has this work."""
    claim = books.claims.get(work)
    return claim is not None and claim.state == "held"


def lists_of(order_no: str, books: Books) -> set[str]:
    """The pick lists that collect an order or did."""
    return {stop.list_no for stop in books.stops_of(order_no)}


def claimed_lists(order_no: str, books: Books) -> list[str]:
    """The pick lists with stops of this order, done or not, that a station has in hand."""
    return sorted(list_no for list_no in lists_of(order_no, books) if is_held(f"pick:{list_no}", books))


def end_empty_lists(lists: Iterable[str], books: Books) -> None:
    """A pick list with nothing left to walk, and nobody on it, has ended."""
    for list_no in sorted(lists):
        pick_list, stops = books.pick_lists.get(list_no), books.stops.under(list_no)
        if pick_list is None or is_held(f"pick:{list_no}", books) or any(stop.open_quantity for stop in stops):
            continue
        if pick_list.state in ("open", "picking"):
            pick_list.state = "done" if any(stop.picked for stop in stops) else "cancelled"


def free_empty_totes(order_no: str, books: Books) -> None:
    """Totes that were opened for an order and hold nothing are anybody's again."""
    for row in [row for row in books.totes if row.order_no == order_no]:
        if not books.contents_of(row.tote):
            books.totes.remove(row)


def settle_after_change(order: OrderRow, books: Books) -> None:
    """The state that fits what is left of an order after its lines changed."""
    lines = [line for line in books.lines_of(order.order_no) if line.stocked]
    for line in lines:
        line.short = max(0, min(line.short, line.open_quantity))
    if order.state not in OPEN_STATES:
        if not claimed_lists(order.order_no, books):
            settle_order(order.order_no, books)
        return
    state = waiting_state(order, lines)
    books.set_state(order, state, order.reason if state in ("partial", "short") else "")


def waiting_state(order: OrderRow, lines: list[LineRow]) -> str:
    """The state of an order that nobody works on, given its stocked lines."""
    if any(line.reserved for line in lines):
        return state_by_reservation(order, lines)
    if any(line.open_quantity for line in lines):
        return "new" if order.state == "new" else "short"
    return "shipped" if any(line.shipped for line in lines) else order.state


def _on_claimed_list(row: AllocationRow, books: Books) -> bool:
    return any(is_held(f"pick:{stop.list_no}", books) for stop in open_stops(row, books))
