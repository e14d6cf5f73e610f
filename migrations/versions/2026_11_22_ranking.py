"""Who is served first: the tier of a customer, and how long an order may starve."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_ranking"
down_revision = "2026_11_22_stock_value"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "customer",
        sa.Column("customer", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), server_default="", nullable=False),
        sa.Column("tier", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("customer", name=op.f("pk_customer")),
    )
    op.add_column("fulfilment_order", sa.Column("tier", sa.BigInteger(), server_default="0", nullable=False))
    op.add_column("warehouse", sa.Column("starving_after_days", sa.BigInteger(), server_default="2", nullable=False))
    if op.get_bind().dialect.name == "postgresql":
        # Rows whose numbers change several times a day get room beside them, so that a change needs no index entry.
        for table in ("fulfilment_order", "fulfilment_line", "balance", "product_stock"):
            op.execute(f"ALTER TABLE {table} SET (fillfactor = 70)")


def downgrade() -> None:
    """A released change is never taken back; restore a backup instead."""
    raise RuntimeError
