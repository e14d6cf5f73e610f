from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from warehouse_app.domain.cut_off import ship_by

LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("ordered_at", "service", "cut_off", "leaves"),
    [
        ("2011-05-10T09:15:00+01:00", "same_day", "12:30", "2011-05-10T12:30:00+01:00"),
        ("2011-05-10T12:30:00+01:00", "same_day", "12:30", "2011-05-11T12:30:00+01:00"),
        ("2011-05-10T11:29:00+00:00", "same_day", "12:30", "2011-05-10T12:30:00+01:00"),
        ("2011-05-13T17:00:00+01:00", "next_day", "16:00", "2011-05-16T16:00:00+01:00"),
        ("2011-05-08T10:00:00+01:00", "next_day", "16:00", "2011-05-09T16:00:00+01:00"),
        ("2011-05-10T09:15:00+01:00", "standard", "17:30", "2011-05-11T17:30:00+01:00"),
        ("2011-05-13T09:15:00+01:00", "standard", "17:30", "2011-05-16T17:30:00+01:00"),
        ("2011-03-25T18:00:00+00:00", "standard", "17:30", "2011-03-29T17:30:00+01:00"),
    ],
)
def test_an_order_leaves_at_the_next_cut_off_of_a_working_day(
    ordered_at: str, service: str, cut_off: str, leaves: str
) -> None:
    moment = ship_by(datetime.fromisoformat(ordered_at), service, cut_off, LONDON)

    assert moment == datetime.fromisoformat(leaves)
