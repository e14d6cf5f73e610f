"""What suppliers owe us."""

from sqlalchemy import CheckConstraint, Table

from warehouse_app.store.tables.base import metadata, warehouse_id
from warehouse_app.store.types import day, flag, number, optional_number, words

purchase_order = Table(
    "purchase_order",
    metadata,
    warehouse_id(),
    words("po_no", key=True),
    words("supplier"),
    day("due_on"),
    words("state"),
    flag("blind"),
    CheckConstraint("state IN ('open', 'receiving', 'closed')", name="state"),
)

purchase_line = Table(
    "purchase_line",
    metadata,
    warehouse_id(),
    words("po_no", key=True),
    number("line_no", key=True),
    words("owner"),
    words("sku"),
    number("ordered"),
    number("received", default=0),
    number("unit_cost", default=0),
    words("currency"),
    words("rate"),
    optional_number("house_unit_cost"),
)
"""`unit_cost` is in the line's `currency`, one of which is `rate` of the warehouse's (a decimal; empty for its own).
`house_unit_cost` is the same in the warehouse's currency; unknown when nobody said.

Lines from 1000000 on are products that came without being ordered."""
