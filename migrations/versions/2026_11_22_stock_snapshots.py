"""Stock as it was at past moments, from which any other past moment is a short way."""

import sqlalchemy as sa
from alembic import op

from warehouse_app.store.types import Moment

revision = "2026_11_22_stock_snapshots"
down_revision = "2026_11_22_first_tables"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "snapshot",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_move_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("recorded_at", Moment(), nullable=False),
        sa.Column("happened_from", Moment(), nullable=False),
        sa.Column("happened_to", Moment(), nullable=False),
        sa.Column("whole", sa.Boolean(), server_default="0", nullable=False),
        sa.PrimaryKeyConstraint("warehouse_id", "number", name=op.f("pk_snapshot")),
    )
    op.create_table(
        "snapshot_balance",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("location", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("lot", sa.Text(), nullable=False),
        sa.Column("on_hand", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint(
            "warehouse_id", "number", "sku", "location", "owner", "lot", name=op.f("pk_snapshot_balance")
        ),
        sqlite_with_rowid=False,
    )
