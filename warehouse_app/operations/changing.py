"""The decision to change an order: the quantity of a line, how it travels, how urgent it is, where it goes.

What is no longer wanted is free at once, also for a picker who has it on his list: he is told to leave it. Units in
totes and cartons are not taken out of anybody's hands.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from warehouse_app.books.giving_back import (
    OPEN_STATES,
    end_empty_lists,
    give_back,
    holding,
    lists_of,
    settle_after_change,
)
from warehouse_app.books.ledger import Books, Cause
from warehouse_app.books.loading import write
from warehouse_app.books.rows import LineRow, OrderRow
from warehouse_app.books.settle import settle
from warehouse_app.domain.csv_table import WHOLE_MOST
from warehouse_app.domain.errors import WarehouseError, WrongState
from warehouse_app.language import mark
from warehouse_app.operations.bundle_lines import line_of, whole
from warehouse_app.operations.cancelling import end_order
from warehouse_app.operations.open_orders import load_order_to_change
from warehouse_app.operations.order_headers import HeaderChange, change_header
from warehouse_app.store.database import Transaction
from warehouse_app.store.ids import new_key


class BadQuantity(WarehouseError):
    """A quantity that no order line can have."""

    message = mark("A line cannot have {quantity} units: give a whole number from {least} to {most}.")


class FewerThanPicked(WarehouseError):
    """Fewer units are wanted than were picked already."""

    message = mark(
        "{picked} units of line {line} of order {order} are picked already: they lie in totes or cartons. Keep at"
        " least these, or cancel the order and have them put back."
    )


class NothingToChange(WarehouseError):
    """A change that says nothing."""

    message = mark("Say what is to be changed: a line and its quantity, service, priority, ship policy or address.")


@dataclass(frozen=True, slots=True)
class LineChange:
    """The units that a line is to have from now on; 0 cancels the line."""

    line_no: int
    quantity: int


@dataclass(frozen=True, slots=True)
class OrderChange:
    """What is to be different; what is not given stays."""

    line: LineChange | None = None
    header: HeaderChange = field(default_factory=HeaderChange)

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be different."""
        return self.line is None and self.header == HeaderChange()


@dataclass(frozen=True, slots=True)
class ChangedOrder:
    """What a change came to. `units_given_back` had been promised; `told` is the work of stations that were told."""

    order_no: str
    state: str
    units_given_back: int
    told: tuple[str, ...]


def change_order(tx: Transaction, order_no: str, change: OrderChange, worker: str) -> ChangedOrder:
    """Change an order that has not left. Raises NotFound, WrongState, or another WarehouseError for what cannot be."""
    if change.is_empty:
        raise NothingToChange
    books, order = load_order_to_change(tx, order_no, Cause("change_order", new_key(), worker, tx.now))
    lists = lists_of(order_no, books)
    promised = sum(line.reserved for line in books.lines_of(order_no))
    change_header(tx, order, change.header, books)
    if change.line is not None:
        _change_line(order, change.line, books)
    end_empty_lists(lists, books)
    settle(tx, books)
    write(tx, books)
    given_back = promised - sum(line.reserved for line in books.lines_of(order_no))
    return ChangedOrder(
        order_no, order.state, max(0, given_back), tuple(sorted({work for work, _ in books.amendments}))
    )


def _change_line(order: OrderRow, change: LineChange, books: Books) -> None:
    if not 0 <= change.quantity <= WHOLE_MOST:
        raise BadQuantity(quantity=change.quantity, least=0, most=WHOLE_MOST)
    line = line_of(order.order_no, change.line_no, books)
    for part, quantity in list(whole(line, change.quantity, books)):
        _set_quantity(order, part, quantity, books)
    goods = [line for line in books.lines_of(order.order_no) if line.stocked]
    if not any(line.wanted for line in goods or books.lines_of(order.order_no)):
        order.reason = ""
        end_order(order, books)
    else:
        settle_after_change(order, books)


def _set_quantity(order: OrderRow, line: LineRow, quantity: int, books: Books) -> None:
    before = line.wanted
    if quantity < before:
        _take_away(line, before - quantity, books)
    elif quantity > before:
        _add(order, line, quantity - before)
    else:
        return
    detail: Mapping[str, object] = {"line": line.line_no, "sku": line.sku, "before": before, "after": quantity}
    books.note(order.order_no, "quantity_changed", **detail)


def _take_away(line: LineRow, quantity: int, books: Books) -> None:
    free = holding(line, books).units
    if quantity > free:
        raise FewerThanPicked(picked=line.wanted - free, line=line.line_no, order=line.order_no)
    give_back(line, quantity, books)
    line.cancelled += quantity
    line.short = max(0, min(line.short, line.open_quantity))


def _add(order: OrderRow, line: LineRow, quantity: int) -> None:
    if order.state not in OPEN_STATES:
        remedy = mark(
            "units can be added before its release only. Take it back from the floor first (orders unrelease)"
        )
        raise WrongState(name=order.order_no, state=order.state, remedy=remedy)
    back = min(line.cancelled, quantity)
    if line.ordered + quantity - back > WHOLE_MOST:
        raise BadQuantity(quantity=line.wanted + quantity, least=0, most=WHOLE_MOST)
    line.cancelled -= back
    line.ordered += quantity - back
