"""How often a carton was handed over and not taken back: two benches may both have done so."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_handovers"
down_revision = "2026_11_22_label_scan_back"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.add_column("carton", sa.Column("handovers", sa.BigInteger(), server_default="0", nullable=False))
    op.execute("UPDATE carton SET handovers = 1 WHERE state = 'handed_over'")


def downgrade() -> None:
    """A released change is never taken back; restore a backup instead."""
    raise RuntimeError
