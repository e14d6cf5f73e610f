from collections.abc import Sequence
from datetime import datetime, timedelta
from threading import Event

import pytest
from sqlalchemy import select

from tests.despatch import DespatchHouse, at
from warehouse_app.carriers.adapter import CarrierFailed
from warehouse_app.carriers.simulated import SimulatedCarrier
from warehouse_app.domain.tracking import RANK, TrackingEvent, TrackStatus
from warehouse_app.errands.loop import run_errands
from warehouse_app.errands.tracking import Fetched, fetch_tracking
from warehouse_app.operations.tracking import (
    ask_for_parcels,
    begin_asking,
    carriers_in_use,
    parcels_by_status,
    unknown_codes,
)
from warehouse_app.store import tables
from warehouse_app.store.database import Database
from warehouse_app.store.lease import ServiceRunsElsewhere, take_lease


class Clock:
    def __init__(self) -> None:
        self.now = at("16:00")

    def __call__(self) -> datetime:
        return self.now

    def forward(self, **by: float) -> None:
        self.now += timedelta(**by)


class TalkingCarrier:
    """Answers what it is told to."""

    vocabulary = "upu_emsevt"

    def __init__(self, *events: TrackingEvent, failure: str = "") -> None:
        self.reported: Sequence[TrackingEvent] = events
        self.failure = failure
        self.asked: list[str] = []

    def events(self, tracking_no: str, since: datetime) -> tuple[TrackingEvent, ...]:
        assert since.tzinfo is not None
        self.asked.append(tracking_no)
        if self.failure:
            raise CarrierFailed(carrier="POST", reason=self.failure)
        return tuple(self.reported)


def event(number: int, code: str, clock: str) -> TrackingEvent:
    return TrackingEvent(f"E{number}", code, code.lower(), "", at(clock))


@pytest.fixture
def house(database: Database) -> DespatchHouse:
    house = DespatchHouse(database)
    carton = house.packed("1")
    house.hand_over(house.claim(carton), carton)
    return house


@pytest.fixture
def clock(house: DespatchHouse) -> Clock:
    clock = Clock()
    house.database.clock = clock
    return clock


def carton_row(house: DespatchHouse) -> tuple[str, datetime | None]:
    row = house.database.read(lambda tx: tx.rows(select(tables.carton)))[0]
    return row["track_status"], row["track_at"]


def test_parcel_is_followed_until_it_is_delivered(house: DespatchHouse, clock: Clock) -> None:
    adapters = {name: SimulatedCarrier(clock) for name in house.database.read(carriers_in_use)}
    moves = house.database.read(lambda tx: len(tx.rows(select(tables.move))))
    seen = []

    for _ in range(40):
        clock.forward(hours=3)
        fetch_tracking(house.database, adapters)
        seen.append(carton_row(house)[0])

    assert seen[-1] == "delivered"
    assert seen == sorted(seen, key=lambda status: RANK[TrackStatus(status)])
    assert house.database.read(parcels_by_status) == {"delivered": 1}
    assert house.database.read(lambda tx: len(tx.rows(select(tables.move)))) == moves
    assert fetch_tracking(house.database, adapters) == Fetched()


def test_late_event_is_kept_but_moves_nothing_back(house: DespatchHouse, clock: Clock) -> None:
    carrier = TalkingCarrier(event(2, "EDG", "15:00"))
    fetch_tracking(house.database, {"POST": carrier})
    clock.forward(hours=1)
    carrier.reported = [event(2, "EDG", "15:00"), event(1, "EDD", "12:00")]

    fetched = fetch_tracking(house.database, {"POST": carrier})

    assert fetched == Fetched(parcels=1, events=1)
    assert carton_row(house) == ("out_for_delivery", at("15:00"))


@pytest.mark.usefixtures("clock")
def test_unknown_code_stays_unknown_and_is_listed(house: DespatchHouse) -> None:
    carrier = TalkingCarrier(event(1, "EMA", "15:00"), event(2, "XYZ", "15:30"))

    fetch_tracking(house.database, {"POST": carrier})

    assert carton_row(house)[0] == "picked_up"
    assert [(one.carrier, one.raw_code, one.count) for one in house.database.read(unknown_codes)] == [
        ("POST", "XYZ", 1)
    ]


def test_failing_carrier_is_noted_in_its_words_and_asked_again_later(house: DespatchHouse, clock: Clock) -> None:
    carrier = TalkingCarrier(failure="time-out after 10 s")

    failed = fetch_tracking(house.database, {"POST": carrier})
    at_once = fetch_tracking(house.database, {"POST": carrier})
    errand = house.row(tables.errand, kind="tracking")
    clock.forward(minutes=1)
    again = fetch_tracking(house.database, {"POST": carrier}, again_after=timedelta())

    assert (failed.failed, at_once.parcels, again.failed) == (1, 0, 1)
    assert errand["state"] == "failed"
    assert "time-out after 10 s" in errand["result"]


@pytest.mark.usefixtures("clock")
def test_errand_that_was_left_half_done_is_done_again(house: DespatchHouse) -> None:
    house.database.write(ask_for_parcels, ["POST"], at("16:00"), 50)
    house.database.write(begin_asking, 50)
    left = house.row(tables.errand, kind="tracking")["state"]
    carrier = TalkingCarrier(event(1, "EMA", "15:00"))

    fetched = fetch_tracking(house.database, {"POST": carrier})

    assert (left, fetched.events) == ("trying", 1)
    assert house.row(tables.errand, kind="tracking")["state"] == "done"


def test_service_runs_in_one_place_and_lets_go_when_it_ends(house: DespatchHouse, clock: Clock) -> None:
    carrier = TalkingCarrier(event(1, "EMA", "15:00"))

    done = run_errands(house.database, {"POST": carrier}, once=True)
    house.database.write(take_lease, "errands", "another")
    with pytest.raises(ServiceRunsElsewhere):
        run_errands(house.database, {"POST": carrier}, once=True)
    clock.forward(minutes=2)
    run_errands(house.database, {"POST": carrier}, once=True)

    assert done == Fetched(parcels=1, events=1)
    assert house.database.read(lambda tx: tx.rows(select(tables.service_lease))) == []


@pytest.mark.usefixtures("clock")
def test_service_that_is_told_to_stop_does_nothing_more(house: DespatchHouse) -> None:
    stop, carrier = Event(), TalkingCarrier()
    stop.set()

    run_errands(house.database, {"POST": carrier}, stop=stop)

    assert carrier.asked == []
