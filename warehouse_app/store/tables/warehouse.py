"""The warehouse itself, its locations and its counters."""

from sqlalchemy import CheckConstraint, Index, Table, text

from warehouse_app.store.tables.base import metadata, warehouse_id
from warehouse_app.store.types import flag, moment, number, optional_number, words

warehouse = Table(
    "warehouse",
    metadata,
    warehouse_id(),
    words("name"),
    words("name_zh"),
    words("timezone"),
    words("business_day_starts"),
    words("currency"),
    words("gs1_company_prefix"),
    words("sender"),
    number("review_limit_units", default=10_000),
    number("starving_after_days", default=2),
    number("reference_version", default=1),
    number("feed_no", default=0),
    number("move_no", default=0),
    number("cost_no", default=0),
    moment("last_recorded_at"),
    words("purpose"),
    words("identity"),
    moment("campaigns_due_at", required=False),
    words("feed_epoch"),
    number("feed_days", default=7),
    flag("label_scan_back"),
)
"""One row a warehouse. `identity` tells this database from any other, `purpose` is live or sample.

`campaigns_due_at` is when the next campaign starts or ends; without a value none is planned or running.
`feed_epoch` is another one after every restore, `feed_days` is for how long the feed keeps its rows.
With `label_scan_back` a carton is closed by scanning the label that sticks on it.

Every transaction that writes stock or feed rows locks it first, and takes its numbers from it.
"""

location = Table(
    "location",
    metadata,
    warehouse_id(),
    words("location", key=True),
    words("kind"),
    words("zone"),
    number("block", default=0),
    number("aisle", default=0),
    words("side"),
    number("position", default=0),
    number("level", default=0),
    optional_number("x_mm"),
    optional_number("y_mm"),
    number("capacity_ml", default=0),
    words("inside"),
    flag("physical", default=True),
    flag("sellable", default=True),
    flag("pickable", default=True),
    number("changed_no", default=0),
    CheckConstraint(
        "kind IN ('storage', 'receiving', 'packing', 'despatch', 'tote', 'carton', 'quarantine', 'damaged', 'virtual')",
        name="kind",
    ),
)

number_series = Table("number_series", metadata, warehouse_id(), words("series", key=True), number("next_number"))
"""Business numbers: the next free one of every series."""

service_lease = Table(
    "service_lease", metadata, warehouse_id(), words("service", key=True), words("holder"), moment("seen_at")
)
"""Who runs the bookkeeper and the errands just now; correctness never depends on it."""

feed = Table(
    "feed",
    metadata,
    warehouse_id(),
    number("feed_no", key=True),
    words("entity"),
    words("key"),
    words("payload"),
    moment("recorded_at"),
    words("token"),
)
"""What changed, in the order of commits. The random `token` tells a row from another history's of the same number."""

LASTING = text("kind NOT IN ('carton', 'tote')")
"""Places that stations know; cartons come by the million."""
Index(
    "ix_location_changed",
    location.c.warehouse_id,
    location.c.changed_no,
    location.c.location,
    sqlite_where=LASTING,
    postgresql_where=LASTING,
)
Index("ix_location_kind", location.c.warehouse_id, location.c.kind)
