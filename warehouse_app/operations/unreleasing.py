"""The decision to take an order back from the floor: it keeps its reservation and waits for another wave."""

from dataclasses import dataclass

from warehouse_app.books.giving_back import (
    claimed_lists,
    end_empty_lists,
    free_empty_totes,
    lists_of,
    shelf_rows,
)
from warehouse_app.books.ledger import Books, Cause
from warehouse_app.books.loading import write
from warehouse_app.books.rows import OrderRow
from warehouse_app.books.settle import settle
from warehouse_app.books.stopping import back_from_floor, call_back_from_list
from warehouse_app.domain.errors import WarehouseError, WrongState
from warehouse_app.domain.wording import COMING_BACK
from warehouse_app.language import mark
from warehouse_app.operations.open_orders import load_order_to_change
from warehouse_app.store.database import Transaction
from warehouse_app.store.ids import new_key


class UnitsInTotes(WarehouseError):
    """An order that is partly picked."""

    message = mark(
        "{units} units of order {order} lie in {totes} already. Let it be picked and packed, or cancel it and have"
        " them put back."
    )


@dataclass(frozen=True, slots=True)
class UnreleasedOrder:
    """An order that came back. `asked` is the work of pickers who must put it aside first; without any, it is done."""

    order_no: str
    state: str
    units: int
    asked: tuple[str, ...]


def unrelease_order(tx: Transaction, order_no: str, reason: str, worker: str) -> UnreleasedOrder:
    """Give allocations, stops and totes of an order back; its reservation stays.

    Raises NotFound, WrongState for an order that is not waiting to be picked, UnitsInTotes.
    """
    books, order = load_order_to_change(tx, order_no, Cause("unrelease_order", new_key(), worker, tx.now))
    if order.state not in ("released", "picking"):
        remedy = mark("only an order that is released and not picked yet comes back from the floor")
        raise WrongState(name=order_no, state=order.state, remedy=remedy)
    _refuse_picked(order, books)
    lists, asked = lists_of(order_no, books), claimed_lists(order_no, books)
    if asked and order.reason == COMING_BACK:
        raise WrongState(name=order_no, state=mark("coming back"), remedy=mark("a station still has to put it aside"))
    units = _free_shelves(order, reason, books)
    if asked:
        books.set_state(order, order.state, COMING_BACK)
        books.note(order_no, "unrelease_requested", reason=reason)
    else:
        free_empty_totes(order_no, books)
        back_from_floor(order, books)
    end_empty_lists(lists, books)
    settle(tx, books)
    write(tx, books)
    return UnreleasedOrder(order_no, order.state, units, tuple(f"pick:{list_no}" for list_no in asked))


def _refuse_picked(order: OrderRow, books: Books) -> None:
    rows = books.allocations.under(order.order_no)
    picked = [row for row in rows if not books.place(row.location).pickable]
    if picked:
        totes = ", ".join(sorted({row.location for row in picked}))
        raise UnitsInTotes(units=sum(row.quantity for row in picked), order=order.order_no, totes=totes)


def _free_shelves(order: OrderRow, reason: str, books: Books) -> int:
    units = 0
    for line in books.lines_of(order.order_no):
        for row in shelf_rows(line, books):
            units += books.deallocate(line, row.location, row.lot, row.quantity)
    for stop in books.stops_of(order.order_no):
        if stop.open_quantity:
            stop.withdrawn += stop.open_quantity
            call_back_from_list(order, stop.list_no, reason, books)
    return units
