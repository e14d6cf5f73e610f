"""The business day: it begins at its own hour, so that a late shift belongs to the day on which it began."""

from datetime import date, datetime, time, timedelta, tzinfo


def business_day(moment: datetime, zone: tzinfo, starts: str) -> date:
    """The business day of an instant; `starts` is the local time at which days begin, such as `04:00`."""
    local = moment.astimezone(zone)
    begins = time.fromisoformat(starts) if starts else time()
    return local.date() if local.time() >= begins else local.date() - timedelta(days=1)
