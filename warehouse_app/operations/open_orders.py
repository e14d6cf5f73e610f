"""Orders that a decision is about to change, loaded under the warehouse's lock."""

from collections.abc import Iterable

from warehouse_app.books.giving_back import lists_of
from warehouse_app.books.ledger import Books, Cause, new_books
from warehouse_app.books.loading import load, needs
from warehouse_app.books.rows import OrderRow
from warehouse_app.domain.errors import NotFound, WrongState
from warehouse_app.language import mark
from warehouse_app.store.database import Transaction


def load_orders(tx: Transaction, names: Iterable[str], cause: Cause) -> Books:
    """The books with these orders."""
    tx.lock_warehouse()
    books = new_books(tx.recorded_at, cause)
    load(tx, books, needs(orders=names))
    return books


def load_open_order(tx: Transaction, order_no: str, cause: Cause) -> tuple[Books, OrderRow]:
    """The books with one order that has not ended. Raises NotFound, WrongState."""
    books = load_orders(tx, [order_no], cause)
    return books, open_order(order_no, books)


def load_order_to_change(tx: Transaction, order_no: str, cause: Cause) -> tuple[Books, OrderRow]:
    """An order that is not being cancelled, and the whole of its pick lists. Raises NotFound, WrongState."""
    books, order = load_open_order(tx, order_no, cause)
    refuse_cancelling(order)
    load(tx, books, needs(lists=lists_of(order_no, books)))
    return books, order


def open_order(order_no: str, books: Books) -> OrderRow:
    """The order of this name, if anything can still be decided about it. Raises NotFound, WrongState."""
    order = books.orders.get(order_no)
    if order is None:
        raise NotFound(thing=mark("order"), name=order_no)
    if order.state == "cancelled":
        raise WrongState(name=order_no, state=mark("cancelled"), remedy=mark("nothing more can be done to it"))
    if order.state == "shipped":
        raise WrongState(name=order_no, state=mark("shipped"), remedy=mark("wait for the return"))
    return order


def refuse_cancelling(order: OrderRow) -> None:
    """Raise WrongState for an order whose cancellation waits for a station."""
    if order.cancel_requested:
        state, remedy = mark("being cancelled"), mark("a station still has to stop")
        raise WrongState(name=order.order_no, state=state, remedy=remedy)
