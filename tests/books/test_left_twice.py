"""Cartons that two benches had in hand: what the books say of them is what really became of them."""

import pytest

from tests.books.floor import undone
from tests.warehouse import TinyWarehouse
from warehouse_app.domain.facts import Fact, HandedOver, PackingOpened, Picked, UnitPacked
from warehouse_app.store.database import Database

CARTON, TOTE = "095212340000000013", "T-0001"
LOADED = HandedOver("1", CARTON, "POST", "M-000001")
PACKED = UnitPacked("1", 1, "", "CUP", "", 2, TOTE, CARTON, "")


@pytest.fixture
def house(database: Database) -> TinyWarehouse:
    house = TinyWarehouse(database)
    list_no = house.release("1", "CUP", 2)
    picked: list[Fact] = [Picked(list_no, 1, "1", 1, "", "CUP", "", 2, "A01", TOTE), PackingOpened("1", TOTE)]
    house.happen("09:00", "W-01", picked)
    return house


def test_carton_that_one_of_two_took_back_has_left(house: TinyWarehouse) -> None:
    house.happen("09:10", "W-01", [PACKED, LOADED], station="S1")
    house.happen("09:20", "W-02", [LOADED, undone(LOADED)], station="S2")

    assert (house.on_hand()["CUSTOMER", "CUP"], house.on_hand().get((CARTON, "CUP"), 0)) == (2, 0)

    house.happen("09:30", "W-01", [undone(LOADED)], station="S1")

    assert (house.on_hand().get(("CUSTOMER", "CUP"), 0), house.on_hand()[CARTON, "CUP"]) == (0, 2)
    assert house.differences() == ()


def test_units_packed_into_a_carton_that_has_left_with_others_have_left_as_well(house: TinyWarehouse) -> None:
    house.happen("09:10", "W-01", [PACKED, LOADED], station="S1")

    house.happen("09:05", "W-02", [PACKED], station="S2")

    assert (house.on_hand()["CUSTOMER", "CUP"], house.on_hand().get((CARTON, "CUP"), 0)) == (4, 0)
    assert house.differences() == ()
