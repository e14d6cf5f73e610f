import pytest

from tests.despatch import DOCK, OTHER_DOCK, DespatchHouse
from warehouse_app.domain.errors import NotFound
from warehouse_app.domain.facts import CartonClosed, CartonReopened, WorkFinished
from warehouse_app.domain.session import Expected
from warehouse_app.operations.cancelling import hold_order, unhold_order
from warehouse_app.operations.claiming import NotReady, WorkHeldElsewhere
from warehouse_app.operations.holds import add_hold, list_holds, remove_hold
from warehouse_app.operations.shipping import manifest_paper, open_manifests, waiting_cartons
from warehouse_app.store import tables
from warehouse_app.store.database import Database


@pytest.fixture
def house(database: Database) -> DespatchHouse:
    return DespatchHouse(database)


def test_scanned_carton_opens_a_manifest_with_everything_that_waits_for_its_carrier(house: DespatchHouse) -> None:
    first, second = house.packed("1"), house.packed("2")

    packet = house.claim(first)

    assert (packet.manifest_no, packet.carrier, packet.carrier_name) == ("M-000001", "POST", "The Post")
    assert [(carton.carton, carton.city, carton.stopped) for carton in packet.cartons] == [
        (first, "Leeds", ""),
        (second, "Leeds", ""),
    ]
    assert house.row(tables.manifest, manifest_no="M-000001")["business_day"] == "2026-03-02"


def test_claiming_again_adds_the_cartons_closed_since(house: DespatchHouse) -> None:
    before = house.claim(house.packed("1"))
    late = house.packed("2")

    after = house.claim(late)

    assert (after.manifest_no, after.epoch) == (before.manifest_no, before.epoch)
    assert len(after.cartons) == 2


def test_carton_on_another_stations_manifest_stays_there(house: DespatchHouse) -> None:
    carton = house.packed("1")
    house.claim(carton)

    with pytest.raises(WorkHeldElsewhere):
        house.claim(carton, OTHER_DOCK)

    assert house.database.read(waiting_cartons, OTHER_DOCK) == []
    assert house.database.read(waiting_cartons, DOCK) == [Expected("carton", f"00{carton}")]


def test_open_handed_over_and_unknown_cartons_are_refused_with_their_reason(house: DespatchHouse) -> None:
    bench = house.packing("1")
    carton = house.pack(bench, finish=False)
    house.hand_over(house.claim(carton), carton)
    open_bench = house.packing("2")
    open_carton = house.pack(open_bench, finish=False)
    house.post(DOCK, [CartonReopened("2", open_carton)], open_bench.work)

    with pytest.raises(NotReady, match="handed over already"):
        house.claim(carton)
    with pytest.raises(NotReady, match="still open at the bench"):
        house.claim(open_carton)
    with pytest.raises(NotFound):
        house.claim("395212340000000013")


def test_manifest_is_closed_with_its_work_and_frees_what_stayed_behind(house: DespatchHouse) -> None:
    gone, left = house.packed("1"), house.packed("2")
    packet = house.claim(gone)
    house.hand_over(packet, gone)

    house.post(DOCK, [WorkFinished(packet.work)], packet.work)

    assert house.row(tables.manifest, manifest_no=packet.manifest_no)["state"] == "closed"
    assert house.carton(left)["manifest_no"] == ""
    assert house.order("1")["state"] == "shipped"
    assert house.claim(left, OTHER_DOCK).manifest_no == "M-000002"
    assert house.differences() == ()


def test_paper_lists_what_was_handed_over(house: DespatchHouse) -> None:
    gone, left = house.packed("1"), house.packed("2")
    packet = house.claim(gone)
    house.hand_over(packet, gone)

    paper = house.database.read(manifest_paper, packet.manifest_no)
    still_open = house.database.read(open_manifests)

    assert [(carton.carton, carton.name, carton.weight_g) for carton in paper.cartons] == [(gone, "Ann", 400)]
    assert [(one.station, one.cartons_waiting, one.cartons_handed_over) for one in still_open] == [("DOCK-1", 1, 1)]
    assert house.carton(left)["manifest_no"] == packet.manifest_no


def test_held_order_is_stopped_at_despatch_until_it_is_let_go_on(house: DespatchHouse) -> None:
    carton = house.packed("1")
    packet = house.claim(carton)

    house.database.write(hold_order, "1", "address check", "W-02")
    held = house.claim(carton).cartons[0].stopped
    house.database.write(unhold_order, "1", "address is right", "W-02")

    assert held == "held"
    assert house.told(packet.work) == [
        f'{{"what": "stop", "carton": "{carton}", "reason": "held"}}',
        f'{{"what": "release", "carton": "{carton}", "reason": ""}}',
    ]
    assert house.claim(carton).cartons[0].stopped == ""


def test_stock_on_hold_does_not_leave_the_house_wherever_it_lies(house: DespatchHouse) -> None:
    carton = house.packed("1")
    packet = house.claim(carton)

    house.database.write(add_hold, "recall", "W-01", sku="CUP")
    stopped = house.claim(carton).cartons[0].stopped
    waiting = house.database.read(waiting_cartons, DOCK)
    house.database.write(remove_hold, "W-01", sku="CUP")

    assert (stopped, waiting) == ("stock_held", [])
    assert len(house.told(packet.work)) == 2
    assert house.database.read(list_holds) == ()


def test_carton_reopened_at_the_bench_is_stopped_at_the_dock_until_it_is_closed_again(house: DespatchHouse) -> None:
    bench = house.packing("1")
    carton = house.pack(bench, finish=False)
    packet = house.claim(carton)

    house.post(DOCK, [CartonReopened("1", carton)], bench.work)
    house.post(DOCK, [CartonClosed("1", carton, 1, "", 500, "scale", last=True)], bench.work)

    stop, release = house.told(packet.work)
    assert '"reopened"' in stop
    assert '"release"' in release
