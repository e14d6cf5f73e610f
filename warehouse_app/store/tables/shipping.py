"""Cartons, shipments, manifests, and what the carrier says of them."""

from sqlalchemy import CheckConstraint, Index, Table

from warehouse_app.store.tables.base import metadata, warehouse_id
from warehouse_app.store.types import moment, number, words

carton = Table(
    "carton",
    metadata,
    warehouse_id(),
    words("carton", key=True),
    words("shipment_no"),
    words("carton_type"),
    number("number", default=1),
    number("weight_g", default=0),
    words("weight_source"),
    words("state"),
    words("carrier"),
    words("service"),
    words("tracking_no"),
    words("manifest_no"),
    words("station"),
    number("labels_printed", default=0),
    number("handovers", default=0),
    words("track_status"),
    moment("track_at", required=False),
    moment("closed_at", required=False),
    moment("handed_over_at", required=False),
    CheckConstraint("state IN ('open', 'closed', 'handed_over', 'stopped', 'emptied')", name="state"),
)
Index("ix_carton_shipment", carton.c.warehouse_id, carton.c.shipment_no)
Index("ix_carton_manifest", carton.c.warehouse_id, carton.c.manifest_no)
Index("ix_carton_state", carton.c.warehouse_id, carton.c.state, carton.c.track_status)

carton_content = Table(
    "carton_content",
    metadata,
    warehouse_id(),
    words("carton", key=True),
    words("order_no", key=True),
    number("line_no", key=True),
    words("lot", key=True),
    words("owner"),
    words("sku"),
    number("quantity"),
    CheckConstraint("quantity > 0", name="quantity"),
)
Index("ix_carton_content_order", carton_content.c.warehouse_id, carton_content.c.order_no)

shipment = Table(
    "shipment",
    metadata,
    warehouse_id(),
    words("shipment_no", key=True),
    words("order_no"),
    words("carrier"),
    words("service"),
    words("state"),
    words("ship_to"),
    moment("opened_at"),
    moment("handed_over_at", required=False),
    CheckConstraint("state IN ('packing', 'packed', 'handed_over', 'stopped')", name="state"),
)
Index("ix_shipment_order", shipment.c.warehouse_id, shipment.c.order_no)

manifest = Table(
    "manifest",
    metadata,
    warehouse_id(),
    words("manifest_no", key=True),
    words("carrier"),
    words("business_day"),
    words("state"),
    moment("opened_at"),
    moment("closed_at", required=False),
)

tracking_event = Table(
    "tracking_event",
    metadata,
    warehouse_id(),
    words("carton", key=True),
    words("event_id", key=True),
    words("raw_code"),
    words("raw_text"),
    words("status"),
    words("place"),
    moment("happened_at"),
    moment("recorded_at"),
)

errand = Table(
    "errand",
    metadata,
    warehouse_id(),
    words("errand_id", key=True),
    words("kind"),
    words("subject"),
    words("state"),
    words("result"),
    moment("asked_at"),
    moment("done_at", required=False),
    CheckConstraint("state IN ('asked', 'trying', 'done', 'failed', 'unknown')", name="state"),
)
"""What the outside is asked for: the intent is committed before the call, the result after it."""
