"""Units set aside for a sale or a sales channel, and buffers by channel."""

import sqlalchemy as sa
from alembic import op

from warehouse_app.store.types import Moment

revision = "2026_11_22_campaigns"
down_revision = "2026_11_22_serial_units"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "campaign",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), server_default="", nullable=False),
        sa.Column("quantity", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("remaining", sa.BigInteger(), autoincrement=False, server_default="0", nullable=False),
        sa.Column("drawn", sa.BigInteger(), autoincrement=False, server_default="0", nullable=False),
        sa.Column("shipped", sa.BigInteger(), autoincrement=False, server_default="0", nullable=False),
        sa.Column("released", sa.BigInteger(), autoincrement=False, server_default="0", nullable=False),
        sa.Column("starts_at", Moment(), nullable=False),
        sa.Column("ends_at", Moment(), nullable=False),
        sa.Column("started_at", Moment(), nullable=True),
        sa.Column("ended_at", Moment(), nullable=True),
        sa.Column("worker", sa.Text(), server_default="", nullable=False),
        sa.Column("reason", sa.Text(), server_default="", nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_campaign_quantity")),
        sa.CheckConstraint(
            "remaining >= 0 AND drawn >= 0 AND shipped >= 0 AND released >= 0"
            " AND remaining + drawn + shipped + released <= quantity",
            name=op.f("ck_campaign_within_quantity"),
        ),
        sa.CheckConstraint("starts_at < ends_at", name=op.f("ck_campaign_times")),
        sa.CheckConstraint(
            "remaining = 0 OR (started_at IS NOT NULL AND ended_at IS NULL)", name=op.f("ck_campaign_runs")
        ),
        sa.PrimaryKeyConstraint("warehouse_id", "campaign", "sku", "owner", name=op.f("pk_campaign")),
    )
    op.create_index("ix_campaign_sku", "campaign", ["warehouse_id", "sku"], unique=False)
    op.create_index("ix_campaign_ended", "campaign", ["warehouse_id", "ended_at"], unique=False)
    op.create_table(
        "campaign_draw",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("order_no", sa.Text(), nullable=False),
        sa.Column("line_no", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("campaign", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), server_default="", nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("quantity", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_campaign_draw_quantity")),
        sa.PrimaryKeyConstraint("warehouse_id", "order_no", "line_no", "campaign", name=op.f("pk_campaign_draw")),
    )
    op.create_index("ix_campaign_draw_campaign", "campaign_draw", ["warehouse_id", "campaign", "sku"], unique=False)
    op.create_table(
        "channel_buffer",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("units", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("units >= 0", name=op.f("ck_channel_buffer_units")),
        sa.PrimaryKeyConstraint("warehouse_id", "channel", "sku", name=op.f("pk_channel_buffer")),
    )
    op.add_column("warehouse", sa.Column("campaigns_due_at", Moment(), nullable=True))
