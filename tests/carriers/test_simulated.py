from datetime import UTC, datetime, timedelta

from warehouse_app.carriers.simulated import SimulatedCarrier
from warehouse_app.carriers.statuses import normalised
from warehouse_app.domain.tracking import TrackingEvent, TrackStatus

HANDED_OVER = datetime(2026, 3, 2, 16, tzinfo=UTC)
PARCELS = [f"3952123400{number:08d}" for number in range(400)]


def events_after(days: float, parcel: str) -> tuple[TrackingEvent, ...]:
    return SimulatedCarrier(lambda: HANDED_OVER + timedelta(days=days)).events(parcel, HANDED_OVER)


def test_same_parcel_always_has_the_same_events() -> None:
    assert events_after(9, PARCELS[0]) == events_after(9, PARCELS[0])
    assert events_after(0, PARCELS[0]) == ()


def test_what_was_reported_stays_reported() -> None:
    for parcel in PARCELS[:50]:
        early, late = events_after(1, parcel), events_after(9, parcel)

        assert late[: len(early)] == early


def test_every_parcel_is_delivered_and_about_three_of_a_hundred_at_the_second_attempt() -> None:
    ways = [[normalised("upu_emsevt", event.raw_code) for event in events_after(9, parcel)] for parcel in PARCELS]

    failed = sum(1 for way in ways if TrackStatus.DELIVERY_FAILED in way)

    assert all(TrackStatus.DELIVERED in way and TrackStatus.UNKNOWN not in way for way in ways)
    assert 4 <= failed <= 24


def test_some_reports_come_in_the_wrong_order() -> None:
    times = [[event.happened_at for event in events_after(9, parcel)] for parcel in PARCELS]

    assert any(row != sorted(row) for row in times)
