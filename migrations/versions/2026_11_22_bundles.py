"""What bundles are made of, and which order lines are parts of one."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_bundles"
down_revision = "2026_11_22_stock_snapshots"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "bundle_part",
        sa.Column("bundle", sa.Text(), nullable=False),
        sa.Column("part", sa.Text(), nullable=False),
        sa.Column("quantity", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.CheckConstraint("quantity > 0", name=op.f("ck_bundle_part_quantity")),
        sa.CheckConstraint("part <> bundle", name=op.f("ck_bundle_part_other")),
        sa.PrimaryKeyConstraint("bundle", "part", name=op.f("pk_bundle_part")),
    )
    op.add_column("fulfilment_line", sa.Column("bundle_sku", sa.Text(), server_default="", nullable=False))
    for name in ("bundle_line", "bundle_units"):
        op.add_column(
            "fulfilment_line",
            sa.Column(name, sa.BigInteger(), autoincrement=False, server_default="0", nullable=False),
        )
