"""Journals of stations that were brought by file, and who brought them."""

import sqlalchemy as sa
from alembic import op

from warehouse_app.store.types import Moment

revision = "2026_11_22_journal_imports"
down_revision = "2026_11_22_claims_ahead"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    op.create_table(
        "journal_import",
        sa.Column("warehouse_id", sa.Text(), nullable=False),
        sa.Column("import_id", sa.Text(), nullable=False),
        sa.Column("station", sa.Text(), server_default="", nullable=False),
        sa.Column("incarnation", sa.Text(), server_default="", nullable=False),
        sa.Column("seal", sa.Text(), server_default="", nullable=False),
        sa.Column("facts", sa.BigInteger(), autoincrement=False, server_default="0", nullable=False),
        sa.Column("imported", sa.BigInteger(), autoincrement=False, server_default="0", nullable=False),
        sa.Column("lost", sa.BigInteger(), autoincrement=False, server_default="0", nullable=False),
        sa.Column("imported_by", sa.Text(), server_default="", nullable=False),
        sa.Column("imported_at", Moment(), nullable=False),
        sa.PrimaryKeyConstraint("warehouse_id", "import_id", name=op.f("pk_journal_import")),
    )


def downgrade() -> None:
    """A released change is never taken back; restore a backup instead."""
    raise RuntimeError
