"""A warehouse may have the stuck-on label scanned before a carton counts as closed."""

import sqlalchemy as sa
from alembic import op

revision = "2026_11_22_label_scan_back"
down_revision = "2026_11_22_work_that_goes_on"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.add_column("warehouse", sa.Column("label_scan_back", sa.Boolean(), server_default="0", nullable=False))


def downgrade() -> None:
    """A released change is never taken back; restore a backup instead."""
    raise RuntimeError
