"""Orders that somebody wants on the floor at once."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_rush"
down_revision = "2026_11_22_stock_decisions"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.add_column("fulfilment_order", sa.Column("rush", sa.Boolean(), server_default="0", nullable=False))
    op.create_index(
        "ix_fulfilment_order_rush",
        "fulfilment_order",
        ["warehouse_id"],
        postgresql_where=sa.text("rush"),
        sqlite_where=sa.text("rush"),
    )


def downgrade() -> None:
    """A released change is never taken back; restore a backup instead."""
    raise RuntimeError
