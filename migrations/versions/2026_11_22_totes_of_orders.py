"""Totes are looked up by the order that they collect."""

from alembic import op

revision = "2026_11_22_totes_of_orders"
down_revision = "2026_11_22_rush"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_index("ix_order_tote_order", "order_tote", ["warehouse_id", "order_no"])


def downgrade() -> None:
    """A released change is never taken back; restore a backup instead."""
    raise RuntimeError
