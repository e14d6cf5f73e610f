import pytest

from tests.despatch import PACKER, PICKER, DespatchHouse
from warehouse_app.domain.facts import Fact, PickedShort, Undone, UnitMissing, encode
from warehouse_app.domain.packets import PackPacket, PickPacket
from warehouse_app.store import tables
from warehouse_app.store.database import Database


@pytest.fixture
def house(database: Database) -> DespatchHouse:
    return DespatchHouse(database)


def missing(packet: PackPacket, reason: str) -> UnitMissing:
    units = packet.units[0]
    return UnitMissing(packet.order_no, 1, "", "CUP", "", units.quantity, units.tote, reason)


def short(packet: PickPacket) -> PickedShort:
    stop = packet.stops[0]
    return PickedShort(packet.list_no, stop.stop_no, "1", 1, "", "CUP", "", stop.quantity, stop.location, "missing")


def undone(fact: Fact) -> Undone:
    return Undone("f", fact.kind, fact.version, encode(fact))


@pytest.mark.parametrize("together", [True, False])
@pytest.mark.parametrize("reason", ["missing", "damaged"])
def test_units_found_again_at_the_bench_are_packed_and_nobody_fetches_others(
    house: DespatchHouse, reason: str, *, together: bool
) -> None:
    packet = house.packing("1", quantity=3)
    lost = missing(packet, reason)
    facts: list[list[Fact]] = [[lost, undone(lost)]] if together else [[lost], [undone(lost)]]

    for posted in facts:
        house.post(PACKER, posted, packet.work)
    house.pack(packet)

    line = house.line("1")
    assert (line["picked"], line["packed"], line["allocated"], line["short"]) == (3, 3, 3, 0)
    assert house.order("1")["state"] == "packed"
    assert house.differences() == ()


@pytest.mark.parametrize("together", [True, False])
def test_shelf_that_was_not_empty_after_all_is_picked_there_and_nowhere_else(
    house: DespatchHouse, *, together: bool
) -> None:
    packet = house.picking("1", quantity=3)
    lost = short(packet)
    facts: list[list[Fact]] = [[lost, undone(lost)]] if together else [[lost], [undone(lost)]]

    for posted in facts:
        house.post(PICKER, posted, packet.work)
    house.pick(packet)

    line = house.line("1")
    assert (line["picked"], line["allocated"], line["short"]) == (3, 3, 0)
    assert house.order("1")["state"] == "picked"
    assert house.differences() == ()


def test_last_units_in_the_house_are_promised_again_when_they_are_found(house: DespatchHouse) -> None:
    packet = house.packing("1", quantity=34)
    lost = missing(packet, "missing")
    house.post(PACKER, [lost], packet.work)
    before = house.line("1")["short"]

    house.post(PACKER, [undone(lost)], packet.work)

    assert before == lost.quantity
    assert (house.line("1")["short"], house.line("1")["allocated"]) == (0, 34)
    assert house.order("1")["state"] == "packing"
    assert house.row(tables.order_tote, tote=lost.tote)["order_no"] == "1"
    assert house.differences() == ()
