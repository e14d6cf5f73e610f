"""${message}."""

import sqlalchemy as sa
from alembic import op
from warehouse_app.store.types import Moment

revision = ${repr(up_revision)}
down_revision = ${repr(down_revision)}
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Apply the change."""
    ${upgrades if upgrades else "pass"}


def downgrade() -> None:
    """A released change is never taken back; restore a backup instead."""
    raise RuntimeError
