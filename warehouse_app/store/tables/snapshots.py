"""What lay where at past moments: starting points for questions about any moment near them."""

from sqlalchemy import Table

from warehouse_app.store.tables.base import metadata, warehouse_id
from warehouse_app.store.types import flag, moment, number, words

snapshot = Table(
    "snapshot",
    metadata,
    warehouse_id(),
    number("number", key=True),
    number("last_move_no"),
    moment("recorded_at"),
    moment("happened_from"),
    moment("happened_to"),
    flag("whole"),
)
"""The stock right after a move, and that move's time in the books; numbers have no gaps.

`happened_from` and `happened_to` are the earliest and the latest time on the floor of the moves since the snapshot
before. `whole` is set when all its rows are there; until then it answers nothing.
"""

snapshot_balance = Table(
    "snapshot_balance",
    metadata,
    warehouse_id(),
    number("number", key=True),
    words("sku", key=True),
    words("location", key=True),
    words("owner", key=True),
    words("lot", key=True),
    number("on_hand"),
    sqlite_with_rowid=False,
)
"""What a snapshot has in the house; cells without units have no row."""
