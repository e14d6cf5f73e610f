"""Why people moved or adjusted stock by a decision of their own."""

import sqlalchemy as sa
from alembic import op

from warehouse_app.store.types import Moment

revision = "2026_11_22_stock_decisions"
down_revision = "2026_11_22_opening_value"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "stock_decision",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("decision_id", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), server_default="", nullable=False),
        sa.Column("worker", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.CheckConstraint("reason <> ''", name=op.f("ck_stock_decision_reason")),
        sa.PrimaryKeyConstraint("warehouse_id", "decision_id", name=op.f("pk_stock_decision")),
    )


def downgrade() -> None:
    """A released change is never taken back; restore a backup instead."""
    raise RuntimeError
