"""Units set aside for a sale or a sales channel, and units that are never offered to a channel."""

from sqlalchemy import CheckConstraint, Index, Table

from warehouse_app.store.tables.base import metadata, warehouse_id
from warehouse_app.store.types import moment, number, words

campaign = Table(
    "campaign",
    metadata,
    warehouse_id(),
    words("campaign", key=True),
    words("sku", key=True),
    words("owner", key=True),
    words("channel"),
    number("quantity"),
    number("remaining", default=0),
    number("drawn", default=0),
    number("shipped", default=0),
    number("released", default=0),
    moment("starts_at"),
    moment("ends_at"),
    moment("started_at", required=False),
    moment("ended_at", required=False),
    words("worker"),
    words("reason"),
    CheckConstraint("quantity > 0", name="quantity"),
    CheckConstraint(
        "remaining >= 0 AND drawn >= 0 AND shipped >= 0 AND released >= 0"
        " AND remaining + drawn + shipped + released <= quantity",
        name="within_quantity",
    ),
    CheckConstraint("starts_at < ends_at", name="times"),
    CheckConstraint("remaining = 0 OR (started_at IS NOT NULL AND ended_at IS NULL)", name="runs"),
)
"""One product of a campaign. An empty channel keeps units back from every order.

Of `quantity`, `remaining` is set aside now, `drawn` is promised to orders (for a campaign that has ended: was then),
`shipped` left the house, `released` went back to open stock; what these do not add up to was never there or was lost.
"""
Index("ix_campaign_sku", campaign.c.warehouse_id, campaign.c.sku)
Index("ix_campaign_ended", campaign.c.warehouse_id, campaign.c.ended_at)

campaign_draw = Table(
    "campaign_draw",
    metadata,
    warehouse_id(),
    words("order_no", key=True),
    number("line_no", key=True),
    words("campaign", key=True),
    words("sku"),
    words("owner"),
    number("quantity"),
    CheckConstraint("quantity > 0", name="quantity"),
)
"""Units of a line's reservation that came from a campaign; the rows go when the campaign ends."""
Index("ix_campaign_draw_campaign", campaign_draw.c.warehouse_id, campaign_draw.c.campaign, campaign_draw.c.sku)

channel_buffer = Table(
    "channel_buffer",
    metadata,
    warehouse_id(),
    words("channel", key=True),
    words("sku", key=True),
    number("units"),
    CheckConstraint("units >= 0", name="units"),
)
"""Units that are not offered to a channel, so that what is told to it late is not sold twice.

The row without a SKU is for every product that has none of its own.
"""
