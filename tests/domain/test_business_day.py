from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from warehouse_app.domain.business_day import business_day

LONDON = ZoneInfo("Europe/London")


def test_the_night_before_the_boundary_belongs_to_the_day_before() -> None:
    # In summer London is an hour ahead of UTC.
    night = datetime(2011, 5, 11, 2, 59, 59, tzinfo=UTC)
    morning = datetime(2011, 5, 11, 3, 0, tzinfo=UTC)

    days = [business_day(moment, LONDON, "04:00") for moment in (night, morning)]

    assert days == [date(2011, 5, 10), date(2011, 5, 11)]


def test_without_a_boundary_the_day_begins_at_midnight() -> None:
    assert business_day(datetime(2011, 1, 1, tzinfo=UTC), LONDON, "") == date(2011, 1, 1)
