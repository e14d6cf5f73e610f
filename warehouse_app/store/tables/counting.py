"""The daily stock count."""

from sqlalchemy import CheckConstraint, Index, Table

from warehouse_app.store.tables.base import metadata, warehouse_id
from warehouse_app.store.types import day, moment, number, words

count_plan = Table(
    "count_plan",
    metadata,
    warehouse_id(),
    words("plan_no", key=True),
    day("business_day", required=True),
    words("worker"),
    moment("planned_at"),
)

count_task = Table(
    "count_task",
    metadata,
    warehouse_id(),
    words("sheet_no", key=True),
    words("location", key=True),
    words("plan_no"),
    number("walk_no", default=0),
    words("why"),
    words("state"),
    number("round_no", default=1),
    words("counted_by"),
    moment("counted_at", required=False),
    words("approved_by"),
    moment("approved_at", required=False),
    words("approval_id"),
    words("reason"),
    CheckConstraint("state IN ('open', 'counted', 'recount', 'approved')", name="state"),
)
"""One location of a sheet. In state recount `counted_by` is still who counted the round before.

`approval_id` is the cause of the adjustment's moves, `reason` what the approver said.
"""
Index("ix_count_task_location", count_task.c.warehouse_id, count_task.c.location, count_task.c.counted_at)

count_queue = Table(
    "count_queue", metadata, warehouse_id(), words("location", key=True), words("why"), moment("queued_at")
)
"""Locations that want counting: short picks, doubts, a person's wish."""

count_result = Table(
    "count_result",
    metadata,
    warehouse_id(),
    words("sheet_no", key=True),
    words("location", key=True),
    number("round_no", key=True),
    words("owner", key=True),
    words("sku", key=True),
    words("lot", key=True),
    number("counted"),
    number("booked", default=0),
    words("counted_by"),
    moment("counted_at"),
)
"""What was seen and what the books said for the same instant."""
