"""The feed can be told from that of a restored database, forgets what is old, and reference rows say when they changed."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_feed"
down_revision = "2026_11_22_totes_of_orders"
branch_labels = None
depends_on = None

CHANGING = ("product", "barcode", "location", "carton_type", "worker")
LASTING = sa.text("kind NOT IN ('carton', 'tote')")


def upgrade() -> None:
    """Apply the change."""
    op.add_column("warehouse", sa.Column("feed_epoch", sa.Text(), nullable=False, server_default=""))
    op.add_column("warehouse", sa.Column("feed_days", sa.BigInteger(), nullable=False, server_default="7"))
    op.add_column("feed", sa.Column("token", sa.Text(), nullable=False, server_default=""))
    for table in CHANGING:
        op.add_column(table, sa.Column("changed_no", sa.BigInteger(), nullable=False, server_default="0"))
    op.create_index("ix_product_changed", "product", ["changed_no", "sku"])
    op.create_index("ix_barcode_changed", "barcode", ["changed_no", "code"])
    op.create_index(
        "ix_location_changed",
        "location",
        ["warehouse_id", "changed_no", "location"],
        sqlite_where=LASTING,
        postgresql_where=LASTING,
    )


def downgrade() -> None:
    """A released change is never taken back; restore a backup instead."""
    raise RuntimeError
