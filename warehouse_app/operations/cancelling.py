"""Decisions that stop orders: cancel, hold, and let go on.

What a station has in hand is asked for, not taken: unpicked units are free at once, the rest when the station has
posted that it stopped.
"""

from collections.abc import Iterable
from dataclasses import dataclass

from sqlalchemy import select

from warehouse_app.books.finishing import stop_requested
from warehouse_app.books.giving_back import end_empty_lists, lists_of
from warehouse_app.books.ledger import Books, Cause, new_books
from warehouse_app.books.loading import load, needs, write
from warehouse_app.books.rows import CartonRow, OrderRow
from warehouse_app.books.settle import settle
from warehouse_app.books.stopping import (
    ENDED,
    cartons_of,
    drop_from_list,
    free_unpicked,
    held_works,
    release_at_despatch,
    stop_at_despatch,
    stop_order,
)
from warehouse_app.domain.errors import WrongState
from warehouse_app.language import mark
from warehouse_app.operations.open_orders import load_open_order, load_orders, refuse_cancelling
from warehouse_app.operations.shipping import CANCELLED, ORDER_HELD, stopped_cartons
from warehouse_app.operations.telling_holds import HOLD, ORDER_ITSELF, RELEASE
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction
from warehouse_app.store.ids import new_key


@dataclass(frozen=True, slots=True)
class CancelledOrder:
    """What a cancellation came to. `asked` is the work of stations that must stop first; without any, it is done.

    `put_back` are the totes and cartons whose units go back to the shelves.
    """

    order_no: str
    state: str
    asked: tuple[str, ...]
    units_cancelled: int
    put_back: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class HeldOrder:
    """An order after it was held or let go on; `reason` is empty when it is not held."""

    order_no: str
    state: str
    held: bool
    reason: str


def cancel_order(tx: Transaction, order_no: str, reason: str, worker: str) -> CancelledOrder:
    """Cancel what has not left the house. Raises NotFound, and WrongState for what has ended or was asked before."""
    books, order = load_open_order(tx, order_no, Cause("cancel_order", new_key(), worker, tx.now))
    refuse_cancelling(order)
    order.reason = reason
    lists = lists_of(order_no, books)
    load(tx, books, needs(lists=lists))
    before = sum(line.cancelled for line in books.lines_of(order_no))
    asked = end_order(order, books)
    end_empty_lists(lists, books)
    settle(tx, books)
    write(tx, books)
    cancelled = sum(line.cancelled for line in books.lines_of(order_no)) - before
    return CancelledOrder(order_no, order.state, tuple(asked), cancelled, () if asked else _put_back(order_no, books))


def end_order(order: OrderRow, books: Books) -> list[str]:
    """Cancel a loaded order for its `reason`; give the work of stations that must stop first, if there is any."""
    asked = held_works(order.order_no, books) if order.state != "packed" else []
    if asked:
        _ask_to_stop(order, asked, books)
    else:
        books.note(order.order_no, "cancelled", reason=order.reason)
        _tell_bench(order, books)
        stop_order(order, books)
    return asked


def finish_cancellations(tx: Transaction) -> tuple[str, ...]:
    """End the orders whose cancellation waited for a station that gave its work back; give their names."""
    table = tables.fulfilment_order
    asked = select(table.c.order_no).where(tx.mine(table), table.c.cancel_requested, table.c.state.not_in(ENDED))
    names = [row["order_no"] for row in tx.rows(asked)]
    if not names:
        return ()
    books = load_orders(tx, names, Cause("finish_cancellations", new_key(), "", tx.now))
    stopped = stop_requested(names, books)
    settle(tx, books)
    write(tx, books)
    return tuple(stopped)


def hold_order(tx: Transaction, order_no: str, reason: str, worker: str) -> HeldOrder:
    """Keep an order from being released, packed and handed over until it is let go on. Raises NotFound, WrongState.

    A bench that packs it puts it aside.
    """
    books, order = load_open_order(tx, order_no, Cause("hold_order", new_key(), worker, tx.now))
    order.held, order.hold_reason = True, reason
    books.note(order_no, "held", reason=reason)
    for carton in _waiting(order_no, books):
        stop_at_despatch(carton, ORDER_HELD, books)
    books.amend(f"pack:{order_no}", what=HOLD, hold=ORDER_ITSELF, order=order_no, names="", reason=reason)
    write(tx, books)
    return HeldOrder(order_no, order.state, held=True, reason=reason)


def unhold_order(tx: Transaction, order_no: str, reason: str, worker: str) -> HeldOrder:
    """Let a held order go on. Raises NotFound, WrongState."""
    books, order = load_open_order(tx, order_no, Cause("unhold_order", new_key(), worker, tx.now))
    if not order.held:
        raise WrongState(name=order_no, state=mark("not on hold"), remedy=mark("there is nothing to release"))
    books.note(order_no, "released_hold", held_for=order.hold_reason, reason=reason)
    order.held, order.hold_reason = False, ""
    books.amend(f"pack:{order_no}", what=RELEASE, hold=ORDER_ITSELF, order=order_no)
    write(tx, books)
    release_cartons(tx, books.cause, _waiting(order_no, books))
    return HeldOrder(order_no, order.state, held=False, reason="")


def release_cartons(tx: Transaction, cause: Cause, cartons: Iterable[CartonRow]) -> None:
    """Tell despatch of cartons that nothing stops any more, once that is written."""
    listed = [carton for carton in cartons if carton.manifest_no]
    stopped = stopped_cartons(tx, [carton.carton for carton in listed])
    messages = new_books(tx.recorded_at, cause)
    load(tx, messages, needs(works=[f"ship:{carton.manifest_no}" for carton in listed]))
    for carton in listed:
        if carton.carton not in stopped:
            release_at_despatch(carton, messages)
    write(tx, messages)


def _ask_to_stop(order: OrderRow, works: Iterable[str], books: Books) -> None:
    order.cancel_requested = True
    books.note(order.order_no, "cancel_requested", reason=order.reason)
    free_unpicked(order, books)
    for work in works:
        task, _, name = work.partition(":")
        if task == "pick":
            drop_from_list(order, name, books)
        else:
            _tell_bench(order, books)
    for carton in _waiting(order.order_no, books):
        stop_at_despatch(carton, CANCELLED, books)


def _tell_bench(order: OrderRow, books: Books) -> None:
    """Also a bench that has packed the order may still have it in hand, to open its cartons again."""
    books.amend(f"pack:{order.order_no}", what="stop", order=order.order_no, reason=order.reason)


def _waiting(order_no: str, books: Books) -> list[CartonRow]:
    return [carton for carton in cartons_of(order_no, books) if carton.state == "closed"]


def _put_back(order_no: str, books: Books) -> tuple[str, ...]:
    totes = [row.tote for row in books.totes if row.order_no == order_no]
    cartons = [carton.carton for carton in cartons_of(order_no, books) if carton.state == "stopped"]
    return tuple(place for place in (*totes, *cartons) if books.contents_of(place))
