"""Who is served first, and how that is told."""

from datetime import datetime, timedelta

from warehouse_app.books.rows import OrderRow
from warehouse_app.domain.wording import SET_ASIDE, SHORT, SHORT_AFTER
from warehouse_app.planning.demand import Rank, ShortReason

DECIDED = ("promise", "priority", "tier", "age")
"""What the parts of an order's rank are called, in their order; equal ranks go by the order's number."""


def order_rank(order: OrderRow) -> Rank:
    """The promise, then the priority and the customer's tier (higher first), then the age."""
    return (order.ship_by, -order.priority, -order.tier, order.ordered_at)


def is_starving(order: OrderRow, now: datetime, after_days: int) -> bool:
    """Whether a complete-only order is so long past its promise that units are kept for it as they come in.

    Smaller orders would otherwise take what arrives for ever, and the one that wants much at once would never go.
    """
    return order.ship_policy == "complete" and now - order.ship_by > timedelta(days=after_days)


def short_reason(reason: ShortReason) -> str:
    """A shortage as kept with the order: what was wanted, what was there, who got the last ones, and why they.

    Units that a campaign keeps from the order are told as well.
    """
    told = _told(reason)
    return SET_ASIDE.format(reason=told, kept=reason.kept, campaign=reason.kept_for) if reason.kept else told


def _told(reason: ShortReason) -> str:
    if reason.taken_by is None:
        return SHORT.format(sku=reason.sku, wanted=reason.wanted, available=reason.available)
    word = "number" if reason.decided_by is None else DECIDED[reason.decided_by]
    return SHORT_AFTER[word].format(
        sku=reason.sku, wanted=reason.wanted, available=reason.available, order=reason.taken_by
    )
