from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest
from sqlalchemy import func, or_, select

from tests.warehouse import TinyWarehouse, at
from warehouse_app.domain.facts import Counted, Fact, LocationCounted, Picked, PickedShort, WorkFinished
from warehouse_app.domain.scan import ScanKind
from warehouse_app.domain.session import Need
from warehouse_app.operations.claiming import Holder, NotReady
from warehouse_app.operations.counting import claim_count_sheet, waiting_counts
from warehouse_app.operations.counting_approval import (
    Approval,
    NotAnApprover,
    OwnCount,
    Tolerance,
    approve_counts,
    ask_for_recount,
)
from warehouse_app.operations.counting_plan import CountPlan, NothingToCount, plan_counts
from warehouse_app.operations.counting_report import count_report
from warehouse_app.operations.counting_sheet import count_sheets
from warehouse_app.operations.counting_status import CountedTask, count_status, value_minor
from warehouse_app.operations.picking import claim_pick_list
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction

MANAGER, SUPERVISOR, ANA, MING = "W-01", "W-02", "W-03", "W-04"
TODAY = date(2026, 3, 2)


@pytest.fixture
def house(database: Database) -> TinyWarehouse:
    return TinyWarehouse(database)


def plan(house: TinyWarehouse, *locations: str) -> CountPlan:
    return house.database.write(plan_counts, SUPERVISOR, locations=locations or None)


def count(house: TinyWarehouse, clock: str, worker: str, location: str, **seen: int) -> None:
    """Claim the location's sheet, count what is seen there, and give the sheet back."""
    holder = Holder("S1", worker)
    packet = house.database.write(claim_count_sheet, holder, Need(ScanKind.LOCATION, location))
    stop = next(stop for stop in packet.stops if stop.location == location)
    sheet, round_no = packet.sheet_no, stop.round_no
    facts: list[Fact] = [Counted(sheet, round_no, location, "", sku, "", units) for sku, units in seen.items()]
    facts += [LocationCounted(sheet, round_no, location), WorkFinished(packet.work)]
    house.happen(clock, worker, facts, work=packet.work)


def approve(house: TinyWarehouse, worker: str, name: str = "CP-000001", **how: object) -> Approval:
    return house.database.write(approve_counts, worker, name, **how)  # type: ignore[arg-type]


def status(house: TinyWarehouse, location: str) -> CountedTask:
    (task,) = [task for task in house.database.read(count_status) if task.location == location]
    return task


def adjustments(house: TinyWarehouse) -> list[tuple[str, str, int, str, str]]:
    move = tables.move
    lost = or_(move.c.from_location == "LOSS", move.c.to_location == "LOSS")
    query = select(move).where(lost).order_by(move.c.move_no)
    return [
        (row["cause_kind"], row["sku"], row["quantity"], row["from_location"], row["to_location"])
        for row in house.database.read(lambda tx: tx.rows(query))
    ]


def all_places_sum_to_zero(house: TinyWarehouse) -> bool:
    totals: dict[str, int] = {}
    for (_, sku), units in house.on_hand().items():
        totals[sku] = totals.get(sku, 0) + units
    return not any(totals.values())


def offline_picker(house: TinyWarehouse, quantity: int = 5) -> Picked:
    """At 09:50 station S2 takes a list to A01 and is not heard of again; its pick, for later."""
    list_no = house.release("1001", "CUP", quantity)
    house.clock = "09:50"
    packet = house.database.write(claim_pick_list, Holder("S2", MING), Need(ScanKind.PICK_LIST, list_no))
    stop = packet.stops[0]
    assert (stop.location, stop.quantity) == ("A01", quantity)
    return Picked(list_no, stop.stop_no, "1001", 1, "", "CUP", "", quantity, "A01", "T-0001")


def test_the_queue_after_a_short_pick_is_counted_before_anything_else(house: TinyWarehouse) -> None:
    list_no = house.release("1001", "POT", 7)
    stops = house.database.write(claim_pick_list, Holder("S2", MING), Need(ScanKind.PICK_LIST, list_no)).stops
    stop = next(stop for stop in stops if stop.location == "C01")
    short = PickedShort(list_no, stop.stop_no, "1001", 1, "", "POT", "", stop.quantity, "C01", "missing")
    house.happen("09:00", MING, [short], station="S2", work=f"pick:{list_no}")

    planned = house.database.write(plan_counts, SUPERVISOR, most=2)

    whys = [(location.location, location.why) for sheet in planned.sheets for location in sheet.locations]
    assert sorted(whys) == [("A01", "rotation"), ("C01", "picked_short")]
    assert not house.database.read(lambda tx: tx.value(select(func.count()).select_from(tables.count_queue)))


def test_sheets_are_in_walking_order_and_a_location_is_on_one_open_sheet_only(house: TinyWarehouse) -> None:
    first = plan(house, "C01", "A02", "A01", "B01")

    second = plan(house, "A01", "RECV-01")

    walked = [location.location for location in first.sheets[0].locations]
    assert walked in (["A01", "A02", "B01", "C01"], ["C01", "B01", "A02", "A01"])
    assert first.plan_no == "CP-000001"
    assert [sheet.sheet_no for sheet in first.sheets] == ["CS-000001"]
    assert first.business_day == TODAY
    assert [location.location for location in second.sheets[0].locations] == ["RECV-01"]
    assert second.left_out == ("A01",)
    with pytest.raises(NothingToCount):
        plan(house, "A01")


def test_a_fast_zone_comes_round_before_what_was_never_counted_and_a_slow_zone_after_it(house: TinyWarehouse) -> None:
    plan(house, "A01", "B01")
    count(house, "09:00", ANA, "A01", CUP=10)
    count(house, "09:10", ANA, "B01", CUP=20)
    approve(house, SUPERVISOR)
    house.database.clock = lambda: at("08:00") + timedelta(days=31)

    planned = house.database.write(plan_counts, SUPERVISOR, most=3)

    assert {place.location for place in planned.sheets[0].locations} == {"A01", "A02", "C01"}


def test_a_sheet_says_what_may_lie_there_but_not_how_much(house: TinyWarehouse) -> None:
    planned = plan(house, "A02", "RECV-01")

    packet = house.database.write(claim_count_sheet, Holder("S1", ANA), Need(ScanKind.PICK_LIST, "CS-000001"))
    (sheet,) = house.database.read(count_sheets, planned.plan_no)

    assert [(stop.location, stop.skus, stop.round_no) for stop in packet.stops] == [
        ("A02", ("CUP", "POT"), 1),
        ("RECV-01", (), 1),
    ]
    assert [(line.location, line.sku) for line in sheet.lines] == [("A02", "CUP"), ("A02", "POT"), ("RECV-01", "")]
    assert (sheet.code, sheet.business_day, sheet.zone, sheet.counter) == ("LIST:CS-000001", TODAY, "A", "Ana Ruiz")
    assert house.database.read(waiting_counts, Holder("S2", MING)) == []


def test_units_found_and_missing_are_booked_after_another_person_counted_the_same(house: TinyWarehouse) -> None:
    plan(house, "A02", "B01")
    count(house, "09:00", ANA, "A02", CUP=7)
    count(house, "09:10", ANA, "B01", CUP=20)
    first = approve(house, SUPERVISOR)
    count(house, "09:30", MING, "A02", CUP=6)
    before = house.on_hand()

    second = approve(house, MANAGER, reason="fell behind the shelf")

    assert [task.location for task in first.approved] == ["B01"]
    assert [task.location for task in first.recounts] == ["A02"]
    assert [(line.sku, line.booked, line.counted) for line in second.approved[0].lines] == [
        ("CUP", 4, 6),
        ("POT", 3, 0),
    ]
    assert (before["A02", "CUP"], before["A02", "POT"]) == (4, 3)
    assert adjustments(house) == [
        ("count_approved", "CUP", 2, "LOSS", "A02"),
        ("count_approved", "POT", 3, "A02", "LOSS"),
    ]
    assert (house.on_hand()["A02", "CUP"], house.on_hand().get(("A02", "POT"), 0)) == (6, 0)
    assert all_places_sum_to_zero(house)
    assert house.differences() == ()


def test_the_report_names_the_variances_their_value_and_the_people(house: TinyWarehouse) -> None:
    plan(house, "A01", "A02", "B01", "C01")
    count(house, "09:00", ANA, "A02", CUP=7, POT=3)
    count(house, "09:10", ANA, "B01", CUP=20)
    count(house, "09:20", ANA, "C01", POT=5)
    approve(house, SUPERVISOR)
    count(house, "09:30", MING, "A02", CUP=6, POT=3)
    approve(house, MANAGER, reason="fell behind the shelf")

    report = house.database.read(count_report, TODAY)

    assert (report.locations_planned, report.locations_counted, report.locations_without_variance) == (4, 3, 1)
    assert report.accuracy == pytest.approx(1 / 3)
    assert (report.value_up_minor, report.value_down_minor) == (2 * 150, -1225)
    found, missing = sorted(report.variances, key=lambda variance: variance.location)
    assert (found.quantity_book, found.quantity_counted, found.quantity_recounted) == (4, 7, 6)
    assert (found.counted_by, found.recounted_by, found.approved_by) == ("Ana Ruiz", "李明", "Maud Ellis")
    assert (found.name, found.reason) == ("Tea cup", "fell behind the shelf")
    assert (missing.quantity_book, missing.quantity_counted, missing.quantity_recounted) == (6, 5, None)
    assert (missing.counted_by, missing.recounted_by, missing.approved_by) == ("Ana Ruiz", "", "")
    assert {(one.location, one.state) for one in report.open_counts} == {("A01", "open"), ("C01", "recount")}
    assert report.approved_by == ("Maud Ellis", "Sam Okafor")


def test_the_person_who_counted_cannot_claim_the_recount(house: TinyWarehouse) -> None:
    plan(house, "A01")
    count(house, "09:00", ANA, "A01", CUP=9)
    approve(house, SUPERVISOR)

    with pytest.raises(NotReady):
        house.database.write(claim_count_sheet, Holder("S1", ANA), Need(ScanKind.LOCATION, "A01"))

    assert house.database.read(waiting_counts, Holder("S1", ANA)) == []
    assert [scan.scan_text for scan in house.database.read(waiting_counts, Holder("S1", MING))] == ["LIST:CS-000001"]
    packet = house.database.write(claim_count_sheet, Holder("S1", MING), Need(ScanKind.LOCATION, "A01"))
    assert (packet.stops[0].round_no, packet.stops[0].not_by) == (2, ANA)


def test_a_recount_that_the_same_person_made_after_all_does_not_count_as_one(house: TinyWarehouse) -> None:
    plan(house, "A01")
    count(house, "09:00", ANA, "A01", CUP=9)
    approve(house, SUPERVISOR)
    facts = [Counted("CS-000001", 2, "A01", "", "CUP", "", 9), LocationCounted("CS-000001", 2, "A01")]
    house.happen("09:30", ANA, facts)

    again = approve(house, SUPERVISOR)

    assert [(task.location, task.round_no) for task in again.recounts] == [("A01", 2)]
    assert (status(house, "A01").state, status(house, "A01").round_no) == ("recount", 3)
    assert adjustments(house) == []


def test_who_counted_cannot_approve_and_neither_can_a_worker(house: TinyWarehouse) -> None:
    plan(house, "A01", "B01")
    count(house, "09:00", SUPERVISOR, "A01", CUP=10)

    with pytest.raises(OwnCount):
        approve(house, SUPERVISOR)
    with pytest.raises(NotAnApprover):
        approve(house, MING)
    count(house, "09:10", ANA, "B01", CUP=20)
    partly = approve(house, SUPERVISOR)

    assert [task.location for task in partly.approved] == ["B01"]
    assert [task.location for task in partly.own] == ["A01"]
    assert [task.location for task in approve(house, MANAGER).approved] == ["A01"]


def test_a_first_count_within_the_tolerance_needs_no_recount(house: TinyWarehouse) -> None:
    plan(house, "A01", "C01")
    count(house, "09:00", ANA, "A01", CUP=9)
    count(house, "09:05", ANA, "C01", POT=5)

    decided = approve(house, SUPERVISOR, tolerance=Tolerance(units=2, value_minor=500))

    assert [task.location for task in decided.approved] == ["A01"]
    assert [task.location for task in decided.recounts] == ["C01"]


def test_a_supervisor_can_ask_for_a_recount_of_a_count_that_agrees(house: TinyWarehouse) -> None:
    plan(house, "A01")
    count(house, "09:00", ANA, "A01", CUP=10)

    house.database.write(ask_for_recount, SUPERVISOR, "CS-000001", "A01")

    assert (status(house, "A01").state, status(house, "A01").variance) == ("recount", 0)


def test_picks_after_the_count_are_no_variance(house: TinyWarehouse) -> None:
    pick = offline_picker(house)
    plan(house, "A01")
    count(house, "10:05", ANA, "A01", CUP=10)
    house.happen("10:06", MING, [pick], station="S2", work=f"pick:{pick.list_no}")

    decided = approve(house, SUPERVISOR)

    assert [task.variance for task in decided.approved] == [0]
    assert adjustments(house) == []
    assert house.on_hand()["A01", "CUP"] == 5


def test_picks_of_a_station_whose_clock_is_ahead_are_no_variance_of_a_later_count(house: TinyWarehouse) -> None:
    pick = offline_picker(house)
    house.clock, house.clocks_are_wrong = "10:00", True
    house.happen("12:00", MING, [pick], station="S2", work=f"pick:{pick.list_no}")
    house.clock = "10:05"
    plan(house, "A01")
    count(house, "10:05", ANA, "A01", CUP=5)

    decided = approve(house, SUPERVISOR)

    assert [task.variance for task in decided.approved] == [0]


def test_approval_waits_for_an_offline_picker_and_his_late_pick_leaves_no_variance(house: TinyWarehouse) -> None:
    pick = offline_picker(house)
    plan(house, "A01", "C01")
    count(house, "10:05", ANA, "A01", CUP=5)
    count(house, "10:10", ANA, "C01", POT=6)

    early = approve(house, SUPERVISOR)
    house.happen("10:00", MING, [pick], station="S2", work=f"pick:{pick.list_no}")
    late = approve(house, SUPERVISOR)

    assert [task.location for task in early.approved] == ["C01"]
    assert [(one.location, one.stations) for one in early.waiting] == [("A01", ("S2",))]
    assert early.waits_for == ("S2",)
    assert [(task.location, task.variance) for task in late.approved] == [("A01", 0)]
    assert adjustments(house) == []


def test_a_late_pick_from_before_an_approved_count_takes_its_part_of_the_adjustment_back(house: TinyWarehouse) -> None:
    pick = offline_picker(house)
    held = house.database.write(_forget_claim)
    plan(house, "A01")
    count(house, "10:05", ANA, "A01", CUP=4)
    approve(house, SUPERVISOR)
    count(house, "10:20", MING, "A01", CUP=4)
    approve(house, SUPERVISOR)
    booked_early = house.on_hand()["A01", "CUP"]

    house.clock = "14:00"
    house.happen("10:00", MING, [pick], station="S2", work=f"pick:{pick.list_no}")

    assert held == 1
    assert booked_early == 4
    assert adjustments(house) == [
        ("count_approved", "CUP", 6, "A01", "LOSS"),
        ("late_fact", "CUP", 5, "LOSS", "A01"),
    ]
    on_hand = house.on_hand()
    assert (on_hand["A01", "CUP"], on_hand["T-0001", "CUP"], on_hand["LOSS", "CUP"]) == (4, 5, 1)
    assert ("UNRECONCILED", "CUP") not in on_hand
    assert all_places_sum_to_zero(house)
    assert house.differences() == ()
    (variance,) = house.database.read(count_report, TODAY).variances
    assert (variance.quantity_book, variance.quantity_recounted, variance.value_minor) == (5, 4, -150)


def test_a_count_settles_what_the_books_owed_there(house: TinyWarehouse) -> None:
    # Given that more was picked than the books had: 10 booked, 10 promised, 12 taken, and 3 more are lying there.
    list_no = house.release("1001", "CUP", 10)
    packet = house.database.write(claim_pick_list, Holder("S2", MING), Need(ScanKind.PICK_LIST, list_no))
    stop = packet.stops[0]
    pick = Picked(list_no, stop.stop_no, "1001", 1, "", "CUP", "", 12, stop.location, "T-0001")
    house.happen("09:00", MING, [pick], station="S2", work=f"pick:{list_no}")
    planned = house.database.write(plan_counts, SUPERVISOR, most=1)
    count(house, "09:30", ANA, stop.location, CUP=3)
    approve(house, SUPERVISOR)
    count(house, "09:40", MING, stop.location, CUP=3)

    approve(house, SUPERVISOR)

    assert [(place.location, place.why) for place in planned.sheets[0].locations] == [(stop.location, "debt")]
    assert house.on_hand()[stop.location, "CUP"] == 3
    assert ("UNRECONCILED", "CUP") not in house.on_hand()
    assert house.on_hand()["LOSS", "CUP"] == -5
    assert all_places_sum_to_zero(house)


def test_promises_that_a_count_disproves_are_given_back_and_sought_elsewhere(house: TinyWarehouse) -> None:
    list_no = house.release("1001", "CUP", 8)
    plan(house, "A01")
    count(house, "09:00", ANA, "A01", CUP=2)
    approve(house, SUPERVISOR)
    count(house, "09:10", MING, "A01", CUP=2)

    approve(house, SUPERVISOR)

    stop = tables.pick_stop
    rows = house.database.read(lambda tx: tx.rows(select(stop).where(stop.c.order_no == "1001")))
    open_units = {(row["list_no"], row["location"]): row["quantity"] - row["withdrawn"] for row in rows}
    assert open_units[list_no, "A01"] == 2
    assert sum(open_units.values()) == 8
    assert house.differences() == ()


def test_the_count_answers_the_doubt_about_a_location(house: TinyWarehouse) -> None:
    list_no = house.release("1001", "CUP", 5)
    short = PickedShort(list_no, 1, "1001", 1, "", "CUP", "", 1, "A01", "missing")
    house.happen("09:00", MING, [short], station="S2", work=f"pick:{list_no}")
    plan(house, "A01")
    count(house, "09:30", ANA, "A01", CUP=9)
    approve(house, SUPERVISOR)
    count(house, "09:40", MING, "A01", CUP=9)
    holds = select(func.count()).select_from(tables.hold).where(tables.hold.c.removed_at.is_(None))
    before = house.database.read(lambda tx: tx.value(holds))

    approve(house, SUPERVISOR)

    assert (before, house.database.read(lambda tx: tx.value(holds))) == (1, 0)


def test_two_supervisors_who_approve_at_once_book_a_variance_once(house: TinyWarehouse) -> None:
    plan(house, "A01")
    count(house, "09:00", ANA, "A01", CUP=8)
    everything = Tolerance(units=100, value_minor=100_000)

    with ThreadPoolExecutor(2) as people:
        jobs = [people.submit(approve, house, who, tolerance=everything) for who in (SUPERVISOR, MANAGER)]
        decided = [job.result() for job in jobs]

    assert sorted(len(one.approved) for one in decided) == [0, 1]
    assert adjustments(house) == [("count_approved", "CUP", 2, "A01", "LOSS")]


def test_a_count_that_comes_again_after_the_approval_changes_nothing(house: TinyWarehouse) -> None:
    plan(house, "A01")
    count(house, "09:00", ANA, "A01", CUP=10)
    approve(house, SUPERVISOR)

    facts = [Counted("CS-000001", 1, "A01", "", "CUP", "", 3), LocationCounted("CS-000001", 1, "A01")]
    house.happen("09:05", MING, facts, station="S2")

    assert (status(house, "A01").state, status(house, "A01").counted) == ("approved", 10)
    kinds = house.database.read(lambda tx: [row["kind"] for row in tx.rows(select(tables.discrepancy.c.kind))])
    assert kinds == ["counted_again"]


@pytest.mark.parametrize(
    ("units", "unit_cost", "value"), [(3, 1_500_000, 450), (-1, 5_000, -1), (1, 4_999, 0), (0, 9, 0)]
)
def test_a_variance_is_worth_its_units_at_cost_to_the_nearest_minor_unit(
    units: int, unit_cost: int, value: int
) -> None:
    assert value_minor(units, unit_cost) == value


def _forget_claim(tx: Transaction) -> int:
    """A supervisor has taken the lost station's work over."""
    claim = tables.claim
    return tx.connection.execute(claim.update().where(claim.c.station == "S2").values(state="given_back")).rowcount
