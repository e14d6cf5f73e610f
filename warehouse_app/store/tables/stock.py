"""The ledger: moves, and the balances that total them."""

from sqlalchemy import CheckConstraint, Index, Table, text

from warehouse_app.store.tables.base import metadata, warehouse_id
from warehouse_app.store.types import day, flag, moment, number, words

move = Table(
    "move",
    metadata,
    warehouse_id(),
    number("move_no", key=True),
    words("owner"),
    words("sku"),
    words("lot"),
    number("quantity"),
    words("from_location"),
    words("to_location"),
    words("cause_kind"),
    words("cause_id"),
    words("worker"),
    moment("happened_at"),
    moment("recorded_at"),
    CheckConstraint("quantity > 0", name="quantity"),
    CheckConstraint("from_location <> to_location", name="places"),
)
"""Append-only. `move_no` counts without gaps in the order of commits."""

Index("ix_move_sku", move.c.warehouse_id, move.c.sku, move.c.move_no)
Index("ix_move_cause", move.c.warehouse_id, move.c.cause_id)
Index("ix_move_happened", move.c.warehouse_id, move.c.happened_at)

ledger_page = Table(
    "ledger_page",
    metadata,
    warehouse_id(),
    number("page_no", key=True),
    number("first_move_no"),
    number("last_move_no"),
    words("hash"),
    words("row_digests"),
    moment("sealed_at"),
    CheckConstraint("last_move_no >= first_move_no", name="moves"),
)
"""Append-only. A page of moves under one hash, into which the hash of the page before went: see books/sealing.py.

`row_digests` is 16 hex digits a move, one after the other: they tell which move of a broken page was altered.
"""

balance = Table(
    "balance",
    metadata,
    warehouse_id(),
    words("location", key=True),
    words("sku", key=True),
    words("owner", key=True),
    words("lot", key=True),
    number("on_hand"),
    number("allocated", default=0),
    flag("physical", default=True),
    CheckConstraint(
        "NOT physical OR (on_hand >= 0 AND allocated >= 0 AND allocated <= on_hand)", name="allocated_within_on_hand"
    ),
)
Index("ix_balance_sku", balance.c.warehouse_id, balance.c.sku)

product_stock = Table(
    "product_stock",
    metadata,
    warehouse_id(),
    words("sku", key=True),
    words("owner", key=True),
    number("sellable", default=0),
    number("reserved", default=0),
    number("set_aside", default=0),
    CheckConstraint(
        "reserved >= 0 AND set_aside >= 0 AND reserved + set_aside <= sellable", name="reserved_within_sellable"
    ),
)

lot = Table(
    "lot",
    metadata,
    warehouse_id(),
    words("owner", key=True),
    words("sku", key=True),
    words("lot", key=True),
    day("expires_on"),
)

debt = Table(
    "debt",
    metadata,
    warehouse_id(),
    words("location", key=True),
    words("sku", key=True),
    words("owner", key=True),
    words("lot", key=True),
    number("quantity"),
    words("work"),
    moment("since"),
    CheckConstraint("quantity > 0", name="quantity"),
)
"""Units that a fact took from a location where the books had none; late facts net it."""

hold = Table(
    "hold",
    metadata,
    warehouse_id(),
    words("hold_id", key=True),
    words("sku"),
    words("lot"),
    words("owner"),
    words("location"),
    words("receipt"),
    words("serial"),
    words("reason"),
    words("worker"),
    moment("since"),
    moment("removed_at", required=False),
    flag("unfinished"),
)
"""Stops allocation, picking, packing and handover of everything that matches all its named parts.

An `unfinished` one stops all that already, but orders still have to give back what they were promised of it.
"""
_IN_FORCE = text("removed_at IS NULL")
Index("ix_hold_in_force", hold.c.warehouse_id, hold.c.since, postgresql_where=_IN_FORCE, sqlite_where=_IN_FORCE)

_ACTIVE_SERIAL_HOLD = text("removed_at IS NULL AND serial <> ''")
Index(
    "uq_hold_active_serial",
    hold.c.warehouse_id,
    hold.c.sku,
    hold.c.serial,
    unique=True,
    sqlite_where=_ACTIVE_SERIAL_HOLD,
    postgresql_where=_ACTIVE_SERIAL_HOLD,
)

serial_unit = Table(
    "serial_unit",
    metadata,
    warehouse_id(),
    words("sku", key=True),
    words("serial", key=True),
    words("owner"),
    words("lot"),
    words("location"),
    flag("place_known", default=True),
    words("order_no"),
    number("line_no", default=0),
    words("carton"),
    words("receipt"),
    moment("seen_at"),
    CheckConstraint("order_no <> '' OR line_no = 0", name="promise"),
    CheckConstraint("sku <> '' AND serial <> ''", name="named"),
)
"""One row a serial: so it is in one place, and promised to one order line at the most.

`place_known` is false when units of the product moved from there and nobody said which. `carton` stays with a unit
that was shipped. `receipt` is the purchase order it came by, empty when that is not known.
"""
Index("ix_serial_unit_place", serial_unit.c.warehouse_id, serial_unit.c.location)
Index("ix_serial_unit_carton", serial_unit.c.warehouse_id, serial_unit.c.carton)
Index("ix_serial_unit_serial", serial_unit.c.warehouse_id, serial_unit.c.serial)

reservation = Table(
    "reservation",
    metadata,
    warehouse_id(),
    words("order_no", key=True),
    number("line_no", key=True),
    words("owner"),
    words("sku"),
    number("quantity"),
    CheckConstraint("quantity > 0", name="quantity"),
)
Index("ix_reservation_sku", reservation.c.warehouse_id, reservation.c.sku)

allocation = Table(
    "allocation",
    metadata,
    warehouse_id(),
    words("order_no", key=True),
    number("line_no", key=True),
    words("location", key=True),
    words("lot", key=True),
    words("owner"),
    words("sku"),
    number("quantity"),
    CheckConstraint("quantity > 0", name="quantity"),
)
"""Units promised to an order line where they lie: on a shelf, then in its tote, then in its carton."""
Index("ix_allocation_place", allocation.c.warehouse_id, allocation.c.location, allocation.c.sku)

stock_decision = Table(
    "stock_decision",
    metadata,
    warehouse_id(),
    words("decision_id", key=True),
    words("kind"),
    words("worker"),
    words("reason"),
    moment("recorded_at"),
    CheckConstraint("reason <> ''", name="reason"),
)
"""Why a person moved or adjusted stock; its moves name it as their cause."""
