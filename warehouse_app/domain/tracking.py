"""Where a parcel is: what a carrier reports, in words that are the same for all carriers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class TrackStatus(StrEnum):
    """The normalised statuses; the set of names that karrio uses."""

    UNKNOWN = "unknown"
    PENDING = "pending"
    PICKED_UP = "picked_up"
    IN_TRANSIT = "in_transit"
    OUT_FOR_DELIVERY = "out_for_delivery"
    READY_FOR_PICKUP = "ready_for_pickup"
    DELIVERY_FAILED = "delivery_failed"
    DELIVERY_DELAYED = "delivery_delayed"
    ON_HOLD = "on_hold"
    DELIVERED = "delivered"
    RETURN_TO_SENDER = "return_to_sender"
    CANCELLED = "cancelled"


FINAL = frozenset({TrackStatus.DELIVERED, TrackStatus.RETURN_TO_SENDER, TrackStatus.CANCELLED})
"""After these nothing more is asked of the carrier."""

RANK: Mapping[TrackStatus, int] = {
    TrackStatus.UNKNOWN: 0,
    TrackStatus.PENDING: 1,
    TrackStatus.PICKED_UP: 2,
    **dict.fromkeys(
        (
            TrackStatus.IN_TRANSIT,
            TrackStatus.OUT_FOR_DELIVERY,
            TrackStatus.READY_FOR_PICKUP,
            TrackStatus.DELIVERY_FAILED,
            TrackStatus.DELIVERY_DELAYED,
            TrackStatus.ON_HOLD,
        ),
        3,
    ),
    **dict.fromkeys(FINAL, 4),
}
"""How far a parcel has come. On its way (3) it may be tried, delayed and tried again, so there time alone decides."""


@dataclass(frozen=True, slots=True)
class TrackingEvent:
    """What a carrier reports once, in its own code and words; `event_id` is the same whenever it is reported again."""

    event_id: str
    raw_code: str
    raw_text: str
    place: str
    happened_at: datetime


@dataclass(frozen=True, slots=True)
class Tracked:
    """Where a parcel is by what is known; `status` is empty, and `at` None, before the first event."""

    status: str = ""
    at: datetime | None = None


def advance(now: Tracked, status: TrackStatus, happened_at: datetime) -> Tracked:
    """Where a parcel is after one more event, which may come late or out of order.

    Never backwards: a final status stays, a lower rank never follows a higher one, and of the same rank an event
    that happened earlier changes nothing.
    """
    if now.status in FINAL:
        return now
    rank = RANK[TrackStatus(now.status)] if now.status else -1
    if RANK[status] < rank:
        return now
    if RANK[status] == rank and now.at is not None and happened_at <= now.at:
        return now
    return Tracked(status, happened_at)
