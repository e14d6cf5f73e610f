"""Serial units: where each one is and to whom it is promised; one active hold a serial."""

import sqlalchemy as sa
from alembic import op

from warehouse_app.store.types import Moment

revision = "2026_11_22_serial_units"
down_revision = "2026_11_22_bundles"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "serial_unit",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("sku", sa.Text(), nullable=False),
        sa.Column("serial", sa.Text(), nullable=False),
        sa.Column("owner", sa.Text(), server_default="", nullable=False),
        sa.Column("lot", sa.Text(), server_default="", nullable=False),
        sa.Column("location", sa.Text(), server_default="", nullable=False),
        sa.Column("place_known", sa.Boolean(), server_default="1", nullable=False),
        sa.Column("order_no", sa.Text(), server_default="", nullable=False),
        sa.Column("line_no", sa.BigInteger(), server_default="0", autoincrement=False, nullable=False),
        sa.Column("carton", sa.Text(), server_default="", nullable=False),
        sa.Column("receipt", sa.Text(), server_default="", nullable=False),
        sa.Column("seen_at", Moment(), nullable=False),
        sa.CheckConstraint("order_no <> '' OR line_no = 0", name=op.f("ck_serial_unit_promise")),
        sa.CheckConstraint("sku <> '' AND serial <> ''", name=op.f("ck_serial_unit_named")),
        sa.PrimaryKeyConstraint("warehouse_id", "sku", "serial", name=op.f("pk_serial_unit")),
    )
    op.create_index("ix_serial_unit_place", "serial_unit", ["warehouse_id", "location"])
    op.create_index("ix_serial_unit_carton", "serial_unit", ["warehouse_id", "carton"])
    op.create_index("ix_serial_unit_serial", "serial_unit", ["warehouse_id", "serial"])
    active = sa.text("removed_at IS NULL AND serial <> ''")
    op.create_index(
        "uq_hold_active_serial",
        "hold",
        ["warehouse_id", "sku", "serial"],
        unique=True,
        sqlite_where=active,
        postgresql_where=active,
    )


def downgrade() -> None:
    """A released change is never taken back; restore a backup instead."""
    raise RuntimeError
