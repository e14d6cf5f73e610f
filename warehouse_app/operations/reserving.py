"""The decision which open orders get the stock that can be sold."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from warehouse_app.books.availability import look_around
from warehouse_app.books.ledger import Cause
from warehouse_app.books.loading import write
from warehouse_app.operations.pace import paced
from warehouse_app.operations.promising import OPEN_STATES, books_for_promises, open_order_nos, reserve
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction
from warehouse_app.store.ids import new_key

FIRST_PART, LARGEST_PART = 250, 2_000
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
    names = database.read(open_order_nos, OPEN_STATES)
    held = database.read(_held_orders)
    states: Counter[str] = Counter()
    for part in paced(names, FIRST_PART, LARGEST_PART):
        states.update(database.write(_reserve, part, worker))
    # An order of fees and vouchers alone has shipped by being ordered: all it asked for is there.
    reserved = states["reserved"] + states["shipped"]
    return Reserved(len(names) + held, reserved, states["partial"], states["short"], held)


def _held_orders(tx: Transaction) -> int:
    order = tables.fulfilment_order
    open_states = ("reserved", *OPEN_STATES)
    held = select(func.count()).select_from(order).where(tx.mine(order), order.c.held, order.c.state.in_(open_states))
    return int(tx.value(held))


def _reserve(tx: Transaction, order_nos: Sequence[str], worker: str) -> list[str]:
    books = books_for_promises(tx, order_nos, Cause("reserve", new_key(), worker, tx.now))
    orders = reserve(tx, books, look_around(tx, books, shelves=False))
    write(tx, books)
    return [order.state for order in orders]
