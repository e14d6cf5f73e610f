"""When an order has to leave the house."""

from datetime import datetime, time, timedelta, tzinfo

EXTRA_WORKING_DAYS = {"standard": 1}
"""Services that may lie a night more; the days that a carrier takes (`transit_days`) come after that."""

_SATURDAY = 5


def ship_by(ordered_at: datetime, service: str, cut_off: str, zone: tzinfo) -> datetime:
    """The cut-off (local time such as `16:00`) by which the order leaves; Saturdays and Sundays have none.

    An order placed before the cut-off leaves the same day, one placed at it or later the next working day.
    """
    at = time.fromisoformat(cut_off)
    day = ordered_at.astimezone(zone).date()
    while day.weekday() >= _SATURDAY or datetime.combine(day, at, zone) <= ordered_at:
        day += timedelta(days=1)
    for _ in range(EXTRA_WORKING_DAYS.get(service, 0)):
        day += timedelta(days=1)
        while day.weekday() >= _SATURDAY:
            day += timedelta(days=1)
    return datetime.combine(day, at, zone)


def next_pick_up(now: datetime, cut_off: str, zone: tzinfo) -> datetime:
    """The next time at which a carrier with this cut-off (local time) comes; never on Saturdays and Sundays."""
    at = time.fromisoformat(cut_off)
    day = now.astimezone(zone).date()
    while day.weekday() >= _SATURDAY or datetime.combine(day, at, zone) <= now:
        day += timedelta(days=1)
    return datetime.combine(day, at, zone)
