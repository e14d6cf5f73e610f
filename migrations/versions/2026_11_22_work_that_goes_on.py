"""Holds that are carried out in several transactions; what goes on is found without looking at what has ended."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_work_that_goes_on"
down_revision = "2026_11_22_journal_imports"
branch_labels = None
depends_on = None

PARTIAL_INDEXES = (
    ("ix_hold_in_force", "hold", ["warehouse_id", "since"], "removed_at IS NULL"),
    ("ix_claim_held", "claim", ["warehouse_id", "work"], "state = 'held'"),
    ("ix_pick_list_to_walk", "pick_list", ["warehouse_id", "ship_by"], "state IN ('open', 'picking')"),
)


def upgrade() -> None:
    """Apply the change."""
    op.add_column("hold", sa.Column("unfinished", sa.Boolean(), server_default="0", nullable=False))
    for name, table, columns, condition in PARTIAL_INDEXES:
        where = sa.text(condition)
        op.create_index(name, table, columns, postgresql_where=where, sqlite_where=where)
    op.create_index("ix_pick_list_wave", "pick_list", ["warehouse_id", "wave_no"])


def downgrade() -> None:
    """A released change is never taken back; restore a backup instead."""
    raise RuntimeError
