from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from warehouse_app.domain.tracking import FINAL, RANK, Tracked, TrackStatus, advance

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


def later(hours: int) -> datetime:
    return NOON + timedelta(hours=hours)


def test_event_that_happened_earlier_changes_nothing() -> None:
    now = Tracked(TrackStatus.OUT_FOR_DELIVERY, later(5))

    assert advance(now, TrackStatus.IN_TRANSIT, later(3)) == now


def test_parcel_on_its_way_may_be_tried_again() -> None:
    failed = Tracked(TrackStatus.DELIVERY_FAILED, later(5))

    assert advance(failed, TrackStatus.OUT_FOR_DELIVERY, later(20)).status == TrackStatus.OUT_FOR_DELIVERY


def test_lower_rank_never_follows_even_when_it_is_reported_as_newer() -> None:
    now = Tracked(TrackStatus.IN_TRANSIT, later(1))

    assert advance(now, TrackStatus.PENDING, later(2)) == now
    assert advance(now, TrackStatus.UNKNOWN, later(2)) == now


def test_every_status_has_a_rank() -> None:
    assert len(TrackStatus) == 12
    assert set(RANK) == set(TrackStatus)


@given(st.lists(st.tuples(st.sampled_from(TrackStatus), st.integers(0, 50))))
def test_status_never_moves_backwards_and_a_final_one_stays(events: list[tuple[TrackStatus, int]]) -> None:
    now = Tracked()
    for status, hours in events:
        before, now = now, advance(now, status, later(hours))

        if before.status:
            assert RANK[TrackStatus(now.status)] >= RANK[TrackStatus(before.status)]
        if before.status in FINAL:
            assert now == before
