from collections.abc import Callable
from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from tests.warehouse import TinyWarehouse, at
from warehouse_app.domain.cut_off import next_pick_up
from warehouse_app.domain.errors import NoWarehouse
from warehouse_app.domain.scan import ScanKind
from warehouse_app.domain.session import Need
from warehouse_app.operations.cancelling import hold_order
from warehouse_app.operations.claiming import Holder
from warehouse_app.operations.packing import claim_order
from warehouse_app.operations.today import read_today, read_upkeep, waiting_for_a_bench
from warehouse_app.store.database import Database


@pytest.fixture
def house(database: Database) -> TinyWarehouse:
    return TinyWarehouse(database)


def test_no_warehouse_is_told_apart_from_an_empty_one(database: Database) -> None:
    with pytest.raises(NoWarehouse):
        database.read(read_today)


def test_warehouse_without_orders_has_pick_ups_and_nothing_on_them(house: TinyWarehouse) -> None:
    today = house.database.read(read_today)

    assert today.orders == 0
    assert [pick_up.service for pick_up in today.pick_ups] == ["same_day", "next_day", "standard"]
    assert all(pick_up.stages.all == 0 and pick_up.will_miss == 0 for pick_up in today.pick_ups)
    assert today.stuck.count == 0


def test_released_order_is_to_be_picked_for_its_pick_up(house: TinyWarehouse) -> None:
    house.release("A-1", "CUP", 4)

    today = house.database.read(read_today)

    assert (today.stages.to_pick, today.pick_units) == (1, 4)
    next_day = next(pick_up for pick_up in today.pick_ups if pick_up.service == "next_day")
    assert (next_day.at, next_day.stages.to_pick, next_day.units_left, next_day.late) == (at("16:00"), 1, 4, 0)


def test_order_that_missed_its_pick_up_is_late_and_due_on_the_next_one(house: TinyWarehouse) -> None:
    house.release("A-1", "CUP", 4)
    house.clock = "17:00"

    today = house.database.read(read_today)

    assert [order.order_no for order in today.late] == ["A-1"]
    next_day = next(pick_up for pick_up in today.pick_ups if pick_up.service == "next_day")
    assert (next_day.late, next_day.stages.all) == (1, 1)
    assert next_day.at.date() > today.business_day


def test_without_a_pace_nobody_knows_what_will_miss_the_pick_up(house: TinyWarehouse) -> None:
    house.release("A-1", "CUP", 4)

    today = house.database.read(read_today)

    assert today.pace == 0
    next_day = next(pick_up for pick_up in today.pick_ups if pick_up.service == "next_day")
    assert next_day.will_miss is None


def test_held_order_is_stuck_with_its_reason(house: TinyWarehouse) -> None:
    house.release("A-1", "CUP", 4)
    house.database.write(hold_order, "A-1", "address in doubt", "W-02")

    stuck = house.database.read(read_today).stuck

    assert stuck.held_count == 1
    assert [(order.order_no, order.why) for order in stuck.held] == [("A-1", "address in doubt")]


def test_picked_order_waits_for_a_bench_until_one_takes_it(make_database: Callable[[str], Database]) -> None:
    database = make_database("picked")

    before = database.read(waiting_for_a_bench)
    database.write(claim_order, Holder("S2", "W-04"), Need(ScanKind.TOTE, before[0].tote))
    after = database.read(waiting_for_a_bench)

    assert [order.order_no for order in after] == [order.order_no for order in before[1:]]


def test_books_that_have_everything_are_not_behind(house: TinyWarehouse) -> None:
    upkeep = house.database.read(read_upkeep)

    assert (upkeep.unapplied, upkeep.lag_s, upkeep.parked, upkeep.stopped) == (0, 0.0, 0, ())


LONDON = ZoneInfo("Europe/London")


@pytest.mark.parametrize(
    ("now", "expected"),
    [
        ("2026-03-02T15:59", "2026-03-02T16:00"),
        ("2026-03-02T16:00", "2026-03-03T16:00"),
        ("2026-03-06T17:00", "2026-03-09T16:00"),
        ("2026-03-07T09:00", "2026-03-09T16:00"),
    ],
)
def test_carrier_comes_next_on_a_working_day_before_its_cut_off(now: str, expected: str) -> None:
    moment = datetime.fromisoformat(now).replace(tzinfo=LONDON)

    found = next_pick_up(moment.astimezone(UTC), "16:00", LONDON)

    assert found == datetime.fromisoformat(expected).replace(tzinfo=LONDON)
