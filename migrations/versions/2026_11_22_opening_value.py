"""What lies in the house when values begin to be kept is worth what its products cost."""

from collections import defaultdict
from typing import Any

import sqlalchemy as sa
from alembic import op

from warehouse_app.store.types import Moment

revision = "2026_11_22_opening_value"
down_revision = "2026_11_22_ranking"
branch_labels = None
depends_on = None

VALUE_MOST = 10**17

warehouse = sa.table(
    "warehouse",
    sa.column("warehouse_id", sa.Text()),
    sa.column("currency", sa.Text()),
    sa.column("cost_no", sa.BigInteger()),
    sa.column("last_recorded_at", Moment()),
)
product_cost = sa.table(
    "product_cost",
    *(sa.column(name, sa.Text()) for name in ("warehouse_id", "sku", "owner")),
    *(sa.column(name, sa.BigInteger()) for name in ("quantity", "value", "last_unit_cost")),
)
cost_entry = sa.table(
    "cost_entry",
    *(sa.column(name, sa.Text()) for name in ("warehouse_id", "owner", "sku", "kind")),
    *(sa.column(name, sa.BigInteger()) for name in ("cost_no", "quantity", "value")),
    sa.column("recorded_at", Moment()),
)
HERE = (
    "SELECT balance.warehouse_id, balance.sku, balance.owner, sum(balance.on_hand) AS quantity,"
    " max(CASE WHEN product.currency = warehouse.currency THEN product.unit_cost ELSE 0 END) AS unit_cost"
    " FROM balance JOIN warehouse ON warehouse.warehouse_id = balance.warehouse_id"
    " LEFT JOIN product ON product.sku = balance.sku"
    " WHERE balance.physical AND warehouse.cost_no = 0 AND NOT EXISTS (SELECT 1 FROM product_cost"
    " WHERE product_cost.warehouse_id = balance.warehouse_id)"
    " GROUP BY balance.warehouse_id, balance.sku, balance.owner HAVING sum(balance.on_hand) > 0"
    " ORDER BY balance.warehouse_id, balance.sku, balance.owner"
)


def upgrade() -> None:
    """Apply the change; warehouses whose values are kept already are left alone."""
    connection = op.get_bind()
    here: dict[str, list[Any]] = defaultdict(list)
    for row in connection.execute(sa.text(HERE)).mappings():
        here[row["warehouse_id"]].append(row)
    counters = connection.execute(sa.select(warehouse)).mappings().all()
    recorded_at = {row["warehouse_id"]: row["last_recorded_at"] for row in counters}
    for name, rows in here.items():
        pools, entries = [], []
        for number, row in enumerate(rows, 1):
            worth = min(int(row["quantity"]) * int(row["unit_cost"] or 0), VALUE_MOST)
            known = {"warehouse_id": name, "sku": row["sku"], "owner": row["owner"], "quantity": int(row["quantity"])}
            pools.append({**known, "value": worth, "last_unit_cost": int(row["unit_cost"] or 0)})
            entries.append(
                {**known, "kind": "opening", "cost_no": number, "value": worth, "recorded_at": recorded_at[name]}
            )
        op.bulk_insert(product_cost, pools)
        op.bulk_insert(cost_entry, entries)
        counted = sa.update(warehouse).where(warehouse.c.warehouse_id == name).values(cost_no=len(rows))
        connection.execute(counted)
