"""Stock that people move or correct by decision: with a reason, and not from under a promise."""

import io
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.despatch import PACKER, DespatchHouse
from warehouse_app.books.availability import reservable
from warehouse_app.domain.errors import NotFound, WarehouseError
from warehouse_app.domain.facts import GoodsReceived
from warehouse_app.domain.scan import ScanKind
from warehouse_app.domain.session import Need
from warehouse_app.operations.claiming import StockOnHold
from warehouse_app.operations.holds import add_hold
from warehouse_app.operations.import_locations import import_locations
from warehouse_app.operations.import_products import import_products
from warehouse_app.operations.import_stock import import_stock
from warehouse_app.operations.moving import (
    LotNotNamed,
    NoPlaceForStock,
    NotEnough,
    NothingToMove,
    ReasonMissing,
    SerialElsewhere,
    StockMoved,
    StockWanted,
    UnitsInHand,
    UnitsPromised,
    Why,
    adjust_stock,
    move_stock,
)
from warehouse_app.operations.packing import claim_order
from warehouse_app.operations.stock import explain
from warehouse_app.store import tables
from warehouse_app.store.database import Database

PLACES = "location,kind\nQUARANTINE,quarantine\nDAMAGED,damaged\n"
WHY = Why("water damage", "W-02")
FORCED = Why("water damage", "W-02", force=True)


@pytest.fixture
def house(database: Database) -> DespatchHouse:
    house = DespatchHouse(database)
    import_locations(database, io.BytesIO(PLACES.encode()))
    return house


def move(house: DespatchHouse, quantity: int, source: str, target: str, why: Why = WHY, **names: Any) -> StockMoved:  # noqa: ANN401
    wanted = StockWanted(names.pop("sku", "CUP"), quantity, **names)
    return house.database.write(move_stock, wanted, source, target, why)


def adjust(house: DespatchHouse, quantity: int, location: str, why: Why = WHY) -> StockMoved:
    return house.database.write(adjust_stock, StockWanted("CUP", quantity), location, why)


def left_to_sell(house: DespatchHouse, sku: str = "CUP") -> int:
    return house.database.read(reservable, [sku])["", sku]


def test_units_move_and_the_reason_is_kept(house: DespatchHouse) -> None:
    done = move(house, 3, "A01", "C01")

    assert (house.on_hand()["A01", "CUP"], house.on_hand()["C01", "CUP"]) == (7, 3)
    kept = house.row(tables.stock_decision, decision_id=done.decision_id)
    assert (kept["worker"], kept["reason"]) == ("W-02", "water damage")
    booked = house.row(tables.move, cause_id=done.decision_id)
    assert (booked["quantity"], booked["from_location"], booked["worker"]) == (3, "A01", "W-02")
    assert house.differences() == ()


def test_explanation_of_a_number_gives_the_reason(house: DespatchHouse) -> None:
    adjust(house, 2, "C01")

    found = house.database.read(explain, "CUP", "C01")

    assert [(move["quantity"], move["reason"]) for move in found.moves] == [(2, "water damage")]


def test_lot_that_expires_first_is_picked_first_wherever_it_lies(house: DespatchHouse) -> None:
    tea = "sku,name,lot_rule,unit_cost,currency\nTEA,Tea,lot_expiry,2.00,GBP\n"
    import_products(house.database, io.BytesIO(tea.encode()))
    days = {
        "A01": ("L3", "2027-03-01"),
        "B01": ("L1", "2027-01-01"),
        "C01": ("L2", "2027-02-01"),
        "A02": ("L0", "2026-03-01"),
    }
    rows = "".join(f"TEA,{place},3,{lot},{day}\n" for place, (lot, day) in days.items())
    import_stock(house.database, io.BytesIO(f"sku,location,quantity,lot,expires_on\n{rows}".encode()))

    house.release("1", "TEA", 5)

    rows_of = house.database.read(lambda tx: tx.rows(select(tables.allocation)))
    assert {(row["location"], row["lot"]): row["quantity"] for row in rows_of} == {("B01", "L1"): 3, ("C01", "L2"): 2}


@pytest.mark.parametrize("place", ["QUARANTINE", "DAMAGED"])
def test_nothing_is_promised_from_quarantine_or_damaged_places(place: str, house: DespatchHouse) -> None:
    before = left_to_sell(house)

    move(house, 10, "A01", place)

    assert left_to_sell(house) == before - 10
    house.release("1", "CUP", 24)
    places = house.database.read(lambda tx: tx.rows(select(tables.allocation.c.location)))
    assert {row["location"] for row in places} == {"A02", "B01"}
    house.release("2", "CUP", 1)
    assert house.order("2")["state"] == "short"


def test_promised_units_stay_unless_it_is_forced_and_then_come_from_elsewhere(house: DespatchHouse) -> None:
    house.release("1", "CUP", 20)
    [place] = house.database.read(lambda tx: tx.rows(select(tables.allocation.c.location)))

    with pytest.raises(UnitsPromised, match="1"):
        move(house, 5, place["location"], "QUARANTINE")
    forced = move(house, 5, place["location"], "QUARANTINE", FORCED)

    assert forced.units_short == 0
    rows = house.database.read(lambda tx: tx.rows(select(tables.allocation)))
    assert {row["location"]: row["quantity"] for row in rows} == {"B01": 15, "A01": 5}
    assert house.differences() == ()


def test_units_that_orders_reserved_without_a_place_do_not_leave_either(house: DespatchHouse) -> None:
    house.release("1", "CUP", 30)
    house.release("2", "POT", 9)

    with pytest.raises(UnitsPromised):
        move(house, 1, "A02", "DAMAGED", sku="POT")


def test_held_order_is_freed_by_moving_its_units_out_of_the_tote(house: DespatchHouse) -> None:
    tote = house.pick(house.picking("1", 2))
    house.database.write(add_hold, "recall", "W-02", location=tote)
    with pytest.raises(StockOnHold):
        house.database.write(claim_order, PACKER, Need(ScanKind.ORDER, "1"))

    move(house, 2, tote, "QUARANTINE", FORCED)

    line = house.line("1")
    assert (line["picked"], line["allocated"], line["reserved"]) == (0, 2, 2)
    assert house.order("1")["state"] == "picking"
    assert house.differences() == ()


def test_units_on_a_packers_bench_are_left_alone(house: DespatchHouse) -> None:
    packet = house.packing("1")

    with pytest.raises(UnitsInHand, match="PACK-1"):
        move(house, 2, packet.units[0].tote, "QUARANTINE", FORCED)


def test_found_units_can_be_sold_and_lost_ones_cannot(house: DespatchHouse) -> None:
    before = left_to_sell(house)

    adjust(house, 4, "A01")
    assert left_to_sell(house) == before + 4

    adjust(house, -6, "A01")
    assert left_to_sell(house) == before - 2
    assert house.on_hand()["A01", "CUP"] == 8
    assert house.differences() == ()


def test_loss_of_promised_units_is_replanned_in_the_same_transaction(house: DespatchHouse) -> None:
    house.release("1", "CUP", 34)

    with pytest.raises(UnitsPromised):
        adjust(house, -4, "A01")
    done = adjust(house, -4, "A01", FORCED)

    assert done.units_short == 4
    assert house.order("1")["reason"] in ("", "CUP: 4 given back, stock adjusted: water damage")
    assert house.line("1")["short"] == 4
    assert house.differences() == ()


def test_unit_with_a_serial_moves_by_its_number(house: DespatchHouse) -> None:
    phone = "sku,name,serial_rule,unit_cost,currency\nPHONE,Phone,serial,99.00,GBP\n"
    import_products(house.database, io.BytesIO(phone.encode()))
    facts = [GoodsReceived("PO-1", 0, "", "PHONE", "", "", f"S-{number}", 1, "RECV-01") for number in (1, 2)]
    house.happen("07:30", "W-03", facts)

    move(house, 1, "RECV-01", "A01", sku="PHONE", serial="S-2")

    assert house.row(tables.serial_unit, sku="PHONE", serial="S-2")["location"] == "A01"
    assert house.row(tables.serial_unit, sku="PHONE", serial="S-1")["location"] == "RECV-01"
    with pytest.raises(SerialElsewhere, match="A01"):
        move(house, 1, "RECV-01", "B01", sku="PHONE", serial="S-2")


REFUSED: list[tuple[type[WarehouseError], int, str, str, dict[str, Any]]] = [
    (NotFound, 1, "A01", "NOWHERE", {}),
    (NotFound, 1, "NOWHERE", "A01", {}),
    (NotFound, 1, "A01", "B01", {"sku": "NO"}),
    (NotFound, 1, "A01", "B01", {"serial": "NO"}),
    (NotEnough, 11, "A01", "B01", {}),
    (NotEnough, 2**63, "A01", "B01", {}),
    (NotEnough, 1, "A01", "B01", {"lot": "NO"}),
    (NothingToMove, 0, "A01", "B01", {}),
    (NothingToMove, -1, "A01", "B01", {}),
    (NothingToMove, 1, "A01", "A01", {}),
    (NoPlaceForStock, 1, "A01", "T-0001", {}),
    (NoPlaceForStock, 1, "A01", "CUSTOMER", {}),
]


@pytest.mark.parametrize(("error", "quantity", "source", "target", "names"), REFUSED)
def test_move_that_cannot_be_is_refused_and_nothing_is_booked(
    error: type[WarehouseError], quantity: int, source: str, target: str, names: dict[str, Any], house: DespatchHouse
) -> None:
    before = house.on_hand()

    with pytest.raises(error):
        move(house, quantity, source, target, **names)

    assert house.on_hand() == before
    assert house.database.read(lambda tx: tx.value(select(func.count()).select_from(tables.stock_decision))) == 0


def test_move_without_a_reason_is_refused(house: DespatchHouse) -> None:
    with pytest.raises(ReasonMissing):
        move(house, 1, "A01", "B01", Why(" "))


def test_lot_is_asked_for_where_there_are_several(house: DespatchHouse) -> None:
    tea = "sku,name,lot_rule,unit_cost,currency\nTEA,Tea,lot,2.00,GBP\n"
    import_products(house.database, io.BytesIO(tea.encode()))
    facts = [GoodsReceived("PO-1", 0, "", "TEA", lot, "", "", 3, "RECV-01") for lot in ("L1", "L2")]
    house.happen("07:30", "W-03", facts)

    with pytest.raises(LotNotNamed, match="L1, L2"):
        move(house, 1, "RECV-01", "A01", sku="TEA")
    assert move(house, 1, "RECV-01", "A01", sku="TEA", lot="L2").lot == "L2"
