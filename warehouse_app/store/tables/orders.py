"""What customers ordered, and what is worked on for them."""

from sqlalchemy import CheckConstraint, Index, Table, UniqueConstraint, text

from warehouse_app.store.tables.base import metadata, warehouse_id
from warehouse_app.store.types import flag, moment, number, words

channel_order = Table(
    "channel_order",
    metadata,
    warehouse_id(),
    words("channel", key=True),
    words("shop", key=True),
    words("channel_order_id", key=True),
    words("channel_order_no"),
    moment("ordered_at"),
    words("customer"),
    words("content_hash"),
    moment("imported_at"),
)

channel_order_line = Table(
    "channel_order_line",
    metadata,
    warehouse_id(),
    words("channel", key=True),
    words("shop", key=True),
    words("channel_order_id", key=True),
    words("channel_line_id", key=True),
    words("channel_sku"),
    words("sku"),
    number("quantity"),
    number("unit_price", default=0),
    words("currency"),
    CheckConstraint("quantity > 0", name="quantity"),
)

fulfilment_order = Table(
    "fulfilment_order",
    metadata,
    warehouse_id(),
    words("order_no", key=True),
    words("state"),
    words("service"),
    words("ship_policy"),
    number("priority", default=0),
    number("tier", default=0),
    moment("ordered_at"),
    moment("ship_by"),
    words("customer"),
    words("ship_to"),
    words("note"),
    flag("held"),
    words("hold_reason"),
    flag("cancel_requested"),
    flag("rush"),
    words("reason"),
    words("wave_no"),
    moment("state_since"),
    CheckConstraint(
        "state IN ('new', 'reserved', 'partial', 'short', 'released', 'picking', 'picked', 'packing', 'packed',"
        " 'shipped', 'cancelled')",
        name="state",
    ),
    CheckConstraint("ship_policy IN ('complete', 'partial')", name="ship_policy"),
)
Index(
    "ix_fulfilment_order_rush",
    fulfilment_order.c.warehouse_id,
    postgresql_where=fulfilment_order.c.rush,
    sqlite_where=fulfilment_order.c.rush,
)
Index("ix_fulfilment_order_state", fulfilment_order.c.warehouse_id, fulfilment_order.c.state)

fulfilment_line = Table(
    "fulfilment_line",
    metadata,
    warehouse_id(),
    words("order_no", key=True),
    number("line_no", key=True),
    words("owner"),
    words("sku"),
    flag("stocked", default=True),
    number("ordered"),
    number("cancelled", default=0),
    number("reserved", default=0),
    number("allocated", default=0),
    number("picked", default=0),
    number("packed", default=0),
    number("shipped", default=0),
    number("short", default=0),
    words("bundle_sku"),
    number("bundle_line", default=0),
    number("bundle_units", default=0),
    CheckConstraint("ordered > 0", name="ordered"),
    CheckConstraint(
        "cancelled >= 0 AND reserved >= 0 AND allocated >= 0 AND shipped >= 0 AND short >= 0"
        " AND cancelled + reserved + shipped + short <= ordered",
        name="within_ordered",
    ),
)
"""`reserved` and `allocated` are what is held now; `picked`, `packed`, `shipped` what has been done so far.

A part of a bundle names it in `bundle_sku`. The parts of one bundle in an order share `bundle_line`, the number of the
first of their lines; one bundle takes `bundle_units` of this part.
"""

fulfilment_source = Table(
    "fulfilment_source",
    metadata,
    warehouse_id(),
    words("order_no", key=True),
    number("line_no", key=True),
    words("channel", key=True),
    words("shop", key=True),
    words("channel_order_id", key=True),
    words("channel_line_id", key=True),
    number("quantity"),
)
"""Which channel lines a fulfilment line serves: many to many, for split and merged orders."""
Index(
    "ix_fulfilment_source_channel",
    fulfilment_source.c.warehouse_id,
    fulfilment_source.c.channel,
    fulfilment_source.c.shop,
    fulfilment_source.c.channel_order_id,
)

order_history = Table(
    "order_history",
    metadata,
    warehouse_id(),
    words("entry_id", key=True),
    words("order_no"),
    words("what"),
    words("detail"),
    words("actor"),
    moment("happened_at"),
    moment("recorded_at"),
)
Index("ix_order_history_order", order_history.c.warehouse_id, order_history.c.order_no)

wave = Table("wave", metadata, warehouse_id(), words("wave_no", key=True), words("worker"), moment("released_at"))

pick_list = Table(
    "pick_list",
    metadata,
    warehouse_id(),
    words("list_no", key=True),
    words("wave_no"),
    words("state"),
    number("walk_mm", default=0),
    number("rank", default=0),
    moment("ship_by"),
    CheckConstraint("state IN ('open', 'picking', 'done', 'cancelled')", name="state"),
)
_TO_WALK = text("state IN ('open', 'picking')")
Index(
    "ix_pick_list_to_walk",
    pick_list.c.warehouse_id,
    pick_list.c.ship_by,
    postgresql_where=_TO_WALK,
    sqlite_where=_TO_WALK,
)
Index("ix_pick_list_wave", pick_list.c.warehouse_id, pick_list.c.wave_no)

pick_stop = Table(
    "pick_stop",
    metadata,
    warehouse_id(),
    words("list_no", key=True),
    number("stop_no", key=True),
    words("order_no"),
    number("line_no"),
    words("slot"),
    words("owner"),
    words("sku"),
    words("lot"),
    words("location"),
    number("quantity"),
    number("picked", default=0),
    number("short", default=0),
    number("withdrawn", default=0),
    CheckConstraint("quantity > 0", name="quantity"),
)
Index("ix_pick_stop_order", pick_stop.c.warehouse_id, pick_stop.c.order_no)
Index("ix_pick_stop_place", pick_stop.c.warehouse_id, pick_stop.c.location, pick_stop.c.sku)

order_tote = Table(
    "order_tote",
    metadata,
    warehouse_id(),
    words("tote", key=True),
    words("order_no"),
    words("list_no"),
    UniqueConstraint("warehouse_id", "tote", "order_no"),
)
"""Which order a tote collects just now; a tote serves one order at a time."""
Index("ix_order_tote_order", order_tote.c.warehouse_id, order_tote.c.order_no)
