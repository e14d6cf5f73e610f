"""Work that is claimed ahead, who waits for it, and work that a supervisor took over."""

import sqlalchemy as sa
from alembic import op

from warehouse_app.store.types import Moment

revision = "2026_11_22_claims_ahead"
down_revision = "2026_11_22_feed"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.add_column("claim", sa.Column("ahead", sa.Boolean(), server_default="0", nullable=False))
    op.add_column("claim", sa.Column("wanted_by", sa.Text(), server_default="", nullable=False))
    op.create_table(
        "work_wanted",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("task", sa.Text(), nullable=False),
        sa.Column("station", sa.Text(), nullable=False),
        sa.Column("wanted_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("warehouse_id", "task", "station", name=op.f("pk_work_wanted")),
    )
    op.create_table(
        "takeover",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("work", sa.Text(), nullable=False),
        sa.Column("epoch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("station", sa.Text(), server_default="", nullable=False),
        sa.Column("packet", sa.Text(), server_default="", nullable=False),
        sa.Column("claimed_at", Moment(), nullable=False),
        sa.Column("taken_by", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.Column("taken_at", Moment(), nullable=False),
        sa.Column("late_facts", sa.BigInteger(), autoincrement=False, server_default="0", nullable=False),
        sa.Column("told_at", Moment(), nullable=True),
        sa.PrimaryKeyConstraint("warehouse_id", "work", "epoch", name=op.f("pk_takeover")),
    )
    op.create_index("ix_takeover_station", "takeover", ["warehouse_id", "station"])


def downgrade() -> None:
    """A released change is never taken back; restore a backup instead."""
    raise RuntimeError
