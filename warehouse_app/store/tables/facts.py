"""Facts as the stations posted them, how far they are applied, and who holds which work."""

from sqlalchemy import CheckConstraint, Index, Table, UniqueConstraint, text

from warehouse_app.store.tables.base import metadata, warehouse_id
from warehouse_app.store.types import flag, moment, number, words

fact = Table(
    "fact",
    metadata,
    warehouse_id(),
    words("fact_id", key=True),
    words("station"),
    words("incarnation"),
    number("sequence"),
    words("worker"),
    words("work"),
    number("epoch", default=0),
    words("kind"),
    number("version"),
    words("payload"),
    words("content_hash"),
    moment("happened_at"),
    moment("recorded_at"),
    UniqueConstraint("warehouse_id", "station", "incarnation", "sequence"),
)
"""Append-only, checked for shape only: nothing that a station can send may be refused."""

station = Table(
    "station", metadata, warehouse_id(), words("station", key=True), words("incarnation"), moment("seen_at")
)

station_cursor = Table(
    "station_cursor",
    metadata,
    warehouse_id(),
    words("station", key=True),
    words("incarnation", key=True),
    number("applied_sequence", default=0),
)
"""How far the books have each station's facts; moved by compare-and-set together with the moves."""

parked_fact = Table(
    "parked_fact",
    metadata,
    warehouse_id(),
    words("fact_id", key=True),
    words("station"),
    words("work"),
    number("park_no"),
    words("error"),
    moment("parked_at"),
)

claim = Table(
    "claim",
    metadata,
    warehouse_id(),
    words("work", key=True),
    words("station"),
    words("worker"),
    number("epoch", default=1),
    words("state"),
    words("packet"),
    moment("claimed_at"),
    moment("ended_at", required=False),
    flag("ahead"),
    words("wanted_by"),
    CheckConstraint("state IN ('held', 'given_back', 'finished')", name="state"),
)
_HELD = text("state = 'held'")
Index("ix_claim_held", claim.c.warehouse_id, claim.c.work, postgresql_where=_HELD, sqlite_where=_HELD)
Index("ix_claim_station", claim.c.warehouse_id, claim.c.station, claim.c.state)
"""`ahead` is work that its station has not begun, as far as the books know; `wanted_by` names one that asked for it."""

work_wanted = Table(
    "work_wanted", metadata, warehouse_id(), words("task", key=True), words("station", key=True), moment("wanted_at")
)
"""Stations that looked for work and found less than they wanted."""

takeover = Table(
    "takeover",
    metadata,
    warehouse_id(),
    words("work", key=True),
    number("epoch", key=True),
    words("station"),
    words("packet"),
    moment("claimed_at"),
    words("taken_by"),
    words("reason"),
    moment("taken_at"),
    number("late_facts", default=0),
    moment("told_at", required=False),
)
"""Claims that a supervisor ended for the station that held them; facts of such an epoch are late.

`told_at` is when that station was told that its late facts came after the takeover.
"""
Index("ix_takeover_station", takeover.c.warehouse_id, takeover.c.station)

amendment = Table(
    "amendment",
    metadata,
    warehouse_id(),
    words("work", key=True),
    number("number", key=True),
    words("content"),
    moment("recorded_at"),
)
"""Numbered changes to work that a station holds: stop, drop a stop, add a pick, changed address."""

discrepancy = Table(
    "discrepancy",
    metadata,
    warehouse_id(),
    words("discrepancy_id", key=True),
    words("kind"),
    words("station"),
    words("work"),
    words("order_no"),
    words("sku"),
    words("location"),
    number("quantity", default=0),
    words("detail"),
    moment("recorded_at"),
    words("settled_by"),
    moment("settled_at", required=False),
)
journal_import = Table(
    "journal_import",
    metadata,
    warehouse_id(),
    words("import_id", key=True),
    words("station"),
    words("incarnation"),
    words("seal"),
    number("facts", default=0),
    number("imported", default=0),
    number("lost", default=0),
    words("imported_by"),
    moment("imported_at"),
)
"""A station's journal that came by file: how many facts it had, how many were new, how many were declared lost."""

Index("ix_fact_order_of_stations", fact.c.warehouse_id, fact.c.recorded_at)
