"""What stock cost and is worth, and the periods that are closed.

Values and unit costs are in 1/10,000 of a minor unit of the warehouse's currency.
"""

from sqlalchemy import CheckConstraint, Index, Table, UniqueConstraint

from warehouse_app.store.tables.base import metadata, warehouse_id
from warehouse_app.store.types import moment, number, words

product_cost = Table(
    "product_cost",
    metadata,
    warehouse_id(),
    words("sku", key=True),
    words("owner", key=True),
    number("quantity"),
    number("value"),
    number("last_unit_cost"),
    CheckConstraint("quantity >= 0 AND value >= 0 AND (quantity > 0 OR value = 0)", name="value"),
)
"""What an owner's units of a product in the house are worth together: the total of their cost entries.

`last_unit_cost` is what one was worth when there were some last.
"""

cost_entry = Table(
    "cost_entry",
    metadata,
    warehouse_id(),
    number("cost_no", key=True),
    words("owner"),
    words("sku"),
    words("kind"),
    number("move_no", default=0),
    words("cause_id"),
    words("reference"),
    number("quantity"),
    number("value"),
    moment("recorded_at"),
    CheckConstraint(
        "kind IN ('opening', 'receipt', 'shipment', 'return', 'adjustment', 'landed', 'expensed', 'cost_change')",
        name="kind",
    ),
)
"""Append-only. What a move into or out of the house, or a decision, added to the value of a product (or took, below 0).

`cost_no` counts without gaps in the order of commits; `move_no` is 0 for a decision. `reference` names the purchase
order that a receipt or a landed cost belongs to.
"""
Index("ix_cost_entry_sku", cost_entry.c.warehouse_id, cost_entry.c.sku, cost_entry.c.cost_no)

landed_cost = Table(
    "landed_cost",
    metadata,
    warehouse_id(),
    words("cost_id", key=True),
    words("po_no"),
    words("kind"),
    words("spread"),
    number("amount"),
    words("worker"),
    moment("recorded_at"),
    CheckConstraint("kind IN ('freight', 'duty', 'other')", name="kind"),
    CheckConstraint("spread IN ('value', 'units', 'weight')", name="spread"),
    CheckConstraint("amount > 0", name="amount"),
)
"""Append-only. Freight, duty and the like on a purchase order, in minor units; its cost entries carry `cost_id`."""
Index("ix_landed_cost_po_no", landed_cost.c.warehouse_id, landed_cost.c.po_no)

period = Table(
    "period",
    metadata,
    warehouse_id(),
    number("period_no", key=True),
    words("name"),
    moment("starts_at", required=False),
    moment("ends_at"),
    number("last_move_no"),
    number("last_cost_no"),
    words("head"),
    words("seal"),
    words("worker"),
    moment("closed_at"),
    CheckConstraint("starts_at IS NULL OR starts_at < ends_at", name="order"),
    UniqueConstraint("warehouse_id", "name"),
    UniqueConstraint("warehouse_id", "ends_at"),
)
"""Append-only. What was recorded after `starts_at` and up to `ends_at`; the first period has no start.

No move and no cost entry comes into it any more. `head` is the seal chain's hash over all its moves, `seal` the hash
over the seal of the period before, the period's figures and its cost entries.
"""

period_total = Table(
    "period_total",
    metadata,
    warehouse_id(),
    number("period_no", key=True),
    words("owner", key=True),
    number("quantity"),
    number("value"),
)
"""Append-only. Units in the house and what they were worth when a period ended, for each owner."""
