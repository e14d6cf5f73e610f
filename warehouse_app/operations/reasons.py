"""Why an order does not have what it wants: who holds the units, and why those orders came first."""

from collections.abc import Mapping
from dataclasses import dataclass

from warehouse_app.books.ranking import DECIDED, order_rank
from warehouse_app.books.rows import LineRow, OrderRow, ReservationRow
from warehouse_app.books.rowset import RowSet
from warehouse_app.domain.errors import NotFound
from warehouse_app.language import mark
from warehouse_app.planning.demand import first_difference
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction

NAMED = 20
"""Orders that are named for a line; a product that everybody wants may be held by thousands."""

BECAUSE: Mapping[str, str] = {
    "promise": mark("it was promised for earlier"),
    "priority": mark("it has a higher priority"),
    "tier": mark("its customer comes first"),
    "age": mark("it is older"),
    "number": mark("it has the lower number"),
    "before": mark("it was promised its units before this order asked"),
}


@dataclass(frozen=True, slots=True)
class Holder:
    """An order that holds units which another one wants. `because` is a key of BECAUSE."""

    order: str
    quantity: int
    because: str


@dataclass(frozen=True, slots=True)
class WaitingLine:
    """A line that does not have all it wants; `held_by` begins with the order that is served first."""

    line: int
    sku: str
    owner: str
    wanted: int
    short: int
    held_by: tuple[Holder, ...]
    held_by_others: int


def why_waiting(tx: Transaction, order_no: str) -> tuple[WaitingLine, ...]:
    """The lines of an order that lack units, and the orders that hold some of these products. Raises NotFound."""
    orders: RowSet[OrderRow] = RowSet(OrderRow, tables.fulfilment_order)
    lines: RowSet[LineRow] = RowSet(LineRow, tables.fulfilment_line)
    promises: RowSet[ReservationRow] = RowSet(ReservationRow, tables.reservation)
    orders.load(tx, "order_no", [order_no])
    order = orders.get(order_no)
    if order is None:
        raise NotFound(thing=mark("order"), name=order_no)
    waiting = [line for line in lines.load(tx, "order_no", [order_no]) if line.stocked and line.open_quantity > 0]
    held = promises.load(tx, "sku", {line.sku for line in waiting})
    orders.load(tx, "order_no", {row.order_no for row in held})
    return tuple(_waiting(order, line, held, orders) for line in waiting)


def _waiting(order: OrderRow, line: LineRow, held: list[ReservationRow], orders: RowSet[OrderRow]) -> WaitingLine:
    mine = [row for row in held if (row.sku, row.owner) == (line.sku, line.owner) and row.order_no != order.order_no]
    mine.sort(key=lambda row: (order_rank(orders[row.order_no]), row.order_no))
    holders = tuple(Holder(row.order_no, row.quantity, _because(orders[row.order_no], order)) for row in mine[:NAMED])
    wanted = line.ordered - line.cancelled - line.shipped
    return WaitingLine(
        line.line_no, line.sku, line.owner, wanted, line.open_quantity, holders, sum(row.quantity for row in mine)
    )


def _because(holder: OrderRow, order: OrderRow) -> str:
    """The part of the ranks that decides; a promise is kept also when somebody more urgent comes after it."""
    theirs, ours = order_rank(holder), order_rank(order)
    if (theirs, holder.order_no) > (ours, order.order_no):
        return "before"
    place = first_difference(theirs, ours)
    return "number" if place is None else DECIDED[place]
