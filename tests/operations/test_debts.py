"""What is owed reaches a person when no station may still explain it, and not before."""

import pytest

from tests.warehouse import TinyWarehouse
from warehouse_app.domain.facts import Picked, PutAway, UnitPacked
from warehouse_app.domain.packets import PickPacket
from warehouse_app.domain.scan import ScanKind
from warehouse_app.domain.session import Need
from warehouse_app.operations.claiming import Holder
from warehouse_app.operations.debts import open_debts
from warehouse_app.operations.picking import claim_pick_list
from warehouse_app.operations.today import read_today
from warehouse_app.store.database import Database

ANA, MING = "W-03", "W-04"


@pytest.fixture
def house(database: Database) -> TinyWarehouse:
    return TinyWarehouse(database)


def claim(house: TinyWarehouse) -> PickPacket:
    """Station S2 holds a pick list of five cups at A01."""
    list_no = house.release("1001", "CUP", 5)
    return house.database.write(claim_pick_list, Holder("S2", MING), Need(ScanKind.PICK_LIST, list_no))


def pick(packet: PickPacket, quantity: int) -> Picked:
    stop = packet.stops[0]
    return Picked(packet.list_no, stop.stop_no, "1001", 1, "", "CUP", "", quantity, stop.location, "T-0001")


def owed(house: TinyWarehouse) -> list[tuple[str, int, tuple[str, ...]]]:
    return [(debt.location, debt.quantity, debt.waits_for) for debt in house.database.read(open_debts)]


def owing(house: TinyWarehouse) -> int:
    return house.database.read(read_today).stuck.owing


def test_debt_waits_for_a_station_with_work_at_the_place_and_then_for_a_person(house: TinyWarehouse) -> None:
    packet = claim(house)
    house.happen("09:00", ANA, [PutAway("", "CUP", "", 12, "A01", "B01")])
    early, early_owing = owed(house), owing(house)

    house.happen("09:30", MING, [pick(packet, 1)], station="S2", work=packet.work)

    assert (early, early_owing) == ([("A01", 2, ("S2",))], 0)
    assert (owed(house), owing(house)) == ([("A01", 3, ())], 1)
    assert house.database.read(read_today).stuck.count == 1


def test_units_packed_before_their_pick_was_told_wait_for_the_picker_and_nobody_else(house: TinyWarehouse) -> None:
    packet = claim(house)
    house.happen("09:10", ANA, [UnitPacked("1001", 1, "", "CUP", "", 5, "T-0001", "K-1")], work="pack:1001")
    early, early_owing = owed(house), owing(house)

    house.happen("09:00", MING, [pick(packet, 5)], station="S2", work=packet.work)

    assert (early, early_owing) == ([("T-0001", 5, ("S2",))], 0)
    assert (owed(house), owing(house)) == ([], 0)


def test_station_whose_clock_is_ahead_is_not_past_what_it_has_not_told(house: TinyWarehouse) -> None:
    packet = claim(house)
    house.clock, house.clocks_are_wrong = "08:30", True
    house.happen("11:00", MING, [pick(packet, 1)], station="S2", work=packet.work)

    house.clock = "09:00"
    house.happen("09:00", ANA, [PutAway("", "CUP", "", 12, "A01", "B01")])

    assert owed(house) == [("A01", 3, ("S2",))]
