"""Rush orders: promised and released the moment somebody asks for it.

Whoever holds the warehouse's lock serves all rush orders that wait for it; the others find theirs served when their
turn comes. So a hundred that come at once take little longer than one.
"""

from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, or_, select

from warehouse_app.domain.errors import NotFound, WrongState
from warehouse_app.language import mark
from warehouse_app.operations.list_making import make_lists
from warehouse_app.operations.promising import OPEN_STATES, promise_orders, service_order
from warehouse_app.operations.waves import Wave, new_wave, released_wave
from warehouse_app.store import tables
from warehouse_app.store.asking import Question
from warehouse_app.store.database import Database, Transaction

AT_ONCE = 50
"""Rush orders that one transaction serves, so that it stays short."""

WAITING_STATES = ("reserved", *OPEN_STATES)


def rush_order(database: Database, order_no: str, worker: str) -> Wave | None:
    """Reserve, allocate and release one order now; None when nothing of it is there.

    Raises NotFound, and WrongState for an order that is held or has been released.
    """
    database.write(ask_for_rush, order_no)
    wave_no = database.write(serve_rush, order_no, worker)
    make_lists(database, wave_no, worker)
    return database.read(released_wave, wave_no)


def ask_for_rush(tx: Transaction, order_no: str) -> None:
    """Mark an order as one that is wanted at once; this waits for nobody. Raises NotFound, WrongState."""
    table = tables.fulfilment_order
    order = tx.row(select(table).where(tx.mine(table), table.c.order_no == order_no))
    if order is None:
        raise NotFound(thing=mark("order"), name=order_no)
    if order["held"]:
        raise WrongState(name=order_no, state=mark("on hold"), remedy=mark("take it off hold first"))
    if order["cancel_requested"] or order["state"] not in WAITING_STATES:
        raise WrongState(name=order_no, state=order["state"], remedy=mark("only an order that waits can be rushed"))
    tx.change_tuples(table, ("order_no", "rush"), [(order_no, True)])


def serve_rush(tx: Transaction, order_no: str, worker: str) -> str:
    """Reserve and allocate for this order and the other rush orders that wait; gives the wave this one is in."""
    mine, waiting = tx.lock_and_ask(
        Question(_mine(), {"warehouse_id": tx.warehouse_id, "order_no": order_no}),
        Question(_waiting(), {"warehouse_id": tx.warehouse_id}),
    )
    rush, state, wave_no = mine[0]
    if not rush:
        tx.abandon()
        return str(wave_no)
    if state not in WAITING_STATES:
        # A wave took it along between the asking and the lock.
        tx.change_tuples(tables.fulfilment_order, ("order_no", "rush"), [(order_no, False)])
        return str(wave_no)
    wave_no = new_wave(tx, worker)
    promise_orders(tx, list(dict.fromkeys([order_no, *(row[0] for row in waiting)])), worker, wave_no)
    return wave_no


@cache
def _mine() -> Select[Any]:
    table = tables.fulfilment_order
    here = (table.c.warehouse_id == bindparam("warehouse_id"), table.c.order_no == bindparam("order_no"))
    return select(table.c.rush, table.c.state, table.c.wave_no).where(*here)


@cache
def _waiting() -> Select[Any]:
    """The rush orders that may go on, as they are served."""
    table = tables.fulfilment_order
    ready = or_(*(table.c.state == state for state in WAITING_STATES))
    may_go_on = (table.c.rush, ready, ~table.c.held, ~table.c.cancel_requested)
    mine = table.c.warehouse_id == bindparam("warehouse_id")
    return select(table.c.order_no).where(mine, *may_go_on).order_by(*service_order()).limit(AT_ONCE)
