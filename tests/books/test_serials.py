"""A unit with a serial is in one place and promised to one order line, whatever the facts say."""

import io

import pytest
from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from tests.despatch import DOCK, PACKER, DespatchHouse
from warehouse_app.books.availability import reservable, shelf_balances
from warehouse_app.domain.facts import (
    CartonClosed,
    Fact,
    FirstPutAway,
    GoodsReceived,
    HandedOver,
    Picked,
    PutAway,
    UnitPacked,
    decode,
)
from warehouse_app.domain.scan import ScanKind
from warehouse_app.domain.session import Need
from warehouse_app.operations.claiming import Holder
from warehouse_app.operations.holds import SerialHeldAlready, add_hold, list_holds, remove_hold
from warehouse_app.operations.import_products import import_products
from warehouse_app.operations.recalls import reached
from warehouse_app.operations.receiving import claim_purchase_order
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Row, Transaction

PHONE = "sku,name,serial_rule,unit_cost,currency\nPHONE,Phone,serial,99.00,GBP\n"


@pytest.fixture
def house(database: Database) -> DespatchHouse:
    house = DespatchHouse(database)
    import_products(database, io.BytesIO(PHONE.encode()))
    return house


def received(serial: str, sku: str = "PHONE") -> GoodsReceived:
    return GoodsReceived("PO-1", 0, "", sku, "", "", serial, 1, "RECV-01")


def unit(house: DespatchHouse, serial: str, sku: str = "PHONE") -> Row:
    return house.row(tables.serial_unit, sku=sku, serial=serial)


def kinds(house: DespatchHouse) -> list[str]:
    rows = house.database.read(lambda tx: tx.rows(select(tables.discrepancy.c.kind)))
    return [row["kind"] for row in rows]


def happen(house: DespatchHouse, clock: str, *facts: Fact) -> None:
    house.happen(clock, "W-03", facts)


def test_unit_goes_from_the_dock_to_its_shelf(house: DespatchHouse) -> None:
    happen(house, "09:00", received("S-1"), received("S-2"))
    happen(house, "10:00", PutAway("", "PHONE", "", 1, "RECV-01", "A01", "S-1"))

    first, second = unit(house, "S-1"), unit(house, "S-2")
    assert (first["location"], first["receipt"], first["place_known"]) == ("A01", "PO-1", True)
    assert second["location"] == "RECV-01"


def test_units_go_along_when_everything_moves_and_are_uncertain_when_some_do(house: DespatchHouse) -> None:
    happen(house, "09:00", received("S-1"), received("S-2"))

    happen(house, "10:00", PutAway("", "PHONE", "", 2, "RECV-01", "A01"))
    happen(house, "11:00", PutAway("", "PHONE", "", 1, "A01", "B01"))

    assert [(unit(house, s)["location"], unit(house, s)["place_known"]) for s in ("S-1", "S-2")] == [("A01", False)] * 2


def test_first_version_of_putting_away_still_applies(house: DespatchHouse) -> None:
    old = decode(
        "put_away", 1, '{"owner":"","sku":"PHONE","lot":"","quantity":1,"from_location":"RECV-01","to_location":"A01"}'
    )
    happen(house, "09:00", received("S-1"))

    happen(house, "10:00", old)

    assert isinstance(old, FirstPutAway)
    assert unit(house, "S-1")["location"] == "A01"


def test_unit_that_comes_in_twice_stands_where_it_was_seen_last(house: DespatchHouse) -> None:
    happen(house, "09:00", received("S-1"), PutAway("", "PHONE", "", 1, "RECV-01", "A01", "S-1"))

    happen(house, "10:00", received("S-1"))

    assert unit(house, "S-1")["location"] == "RECV-01"
    assert kinds(house) == ["serial_received_twice"]


def test_unit_is_promised_with_its_tote_and_leaves_with_its_carton(house: DespatchHouse) -> None:
    packet = house.picking("1", 1)
    stop, tote, carton = packet.stops[0], packet.free_totes[0], "095212340000000013"
    happen(house, "09:00", Picked(packet.list_no, 1, "1", 1, "", "CUP", "", 1, stop.location, tote, "S-1"))
    in_tote = unit(house, "S-1", "CUP")

    happen(house, "10:00", UnitPacked("1", 1, "", "CUP", "", 1, tote, carton, "S-1"))
    packed = unit(house, "S-1", "CUP")
    happen(house, "11:00", HandedOver("1", carton, "POST", "M-1"))
    gone = unit(house, "S-1", "CUP")

    assert [(row["location"], row["order_no"]) for row in (in_tote, packed, gone)] == [
        (tote, "1"), (carton, "1"), ("CUSTOMER", "1"),
    ]  # fmt: skip
    assert gone["carton"] == carton
    assert kinds(house) == []


def test_unit_packed_twice_and_unit_of_another_order_are_told(house: DespatchHouse) -> None:
    house.release("1", "CUP", 2)
    house.release("2", "CUP", 1)

    happen(house, "09:00", *(UnitPacked("1", 1, "", "CUP", "", 1, "T-0001", "C1", "S-1") for _ in range(2)))
    happen(house, "10:00", UnitPacked("2", 1, "", "CUP", "", 1, "T-0002", "C2", "S-1"))

    assert [kind for kind in kinds(house) if kind.startswith("serial")] == [
        "serial_packed_twice",
        "serial_of_other_order",
    ]
    assert unit(house, "S-1", "CUP")["order_no"] == "2"


def test_fact_from_before_a_unit_was_seen_last_does_not_move_it_back(house: DespatchHouse) -> None:
    happen(house, "09:00", received("S-1"))
    happen(house, "11:00", PutAway("", "PHONE", "", 1, "RECV-01", "B01", "S-1"))

    happen(house, "10:00", PutAway("", "PHONE", "", 1, "RECV-01", "A01", "S-1"))

    assert unit(house, "S-1")["location"] == "B01"


def test_held_serial_takes_one_unit_of_its_place_out_of_sale(house: DespatchHouse) -> None:
    happen(house, "09:00", *(received(f"S-{number}") for number in (1, 2, 3)))
    happen(house, "10:00", PutAway("", "PHONE", "", 3, "RECV-01", "A01"))

    added = house.database.write(add_hold, "stolen", "W-02", serial="S-2")

    assert (added.sku, added.serial) == ("PHONE", "S-2")
    assert house.database.read(reservable, ["PHONE"])["", "PHONE"] == 2
    assert [shelf.quantity_available for shelf in house.database.read(shelf_balances, ["PHONE"])] == [2]
    assert [(one.location, one.quantity) for one in house.database.read(reached, added.as_stop).in_the_house] == [
        ("A01", 1)
    ]
    with pytest.raises(SerialHeldAlready):
        house.database.write(add_hold, "again", "W-02", serial="S-2", sku="PHONE")
    house.database.write(remove_hold, "W-02", serial="S-2")
    assert house.database.read(list_holds) == ()


def test_held_serial_stops_its_carton_at_despatch_and_names_who_has_it(house: DespatchHouse) -> None:
    packet = house.packing("1", 2)
    tote, carton = packet.units[0].tote, packet.ssccs[0]
    packed = [UnitPacked("1", 1, "", "CUP", "", 1, tote, carton, serial) for serial in ("S-1", "S-2")]
    house.post(PACKER, [*packed, CartonClosed("1", carton, 1, "", 400, "scale", last=True)], packet.work)

    added = house.database.write(add_hold, "stolen", "W-02", serial="S-1")

    assert added.cartons_stopped == (carton,)
    [listed] = house.claim(carton, DOCK).cartons
    assert listed.stopped == "stock_held"
    house.post(DOCK, [HandedOver("1", carton, "POST", "M-000001")], "ship:M-000001")
    [customer] = house.database.read(reached, added.as_stop).customers
    assert (customer.serial, customer.quantity, customer.carton) == ("S-1", 1, carton)


def test_receiver_knows_the_units_that_are_in_the_house(house: DespatchHouse) -> None:
    order = {"po_no": "PO-1", "supplier": "ACME", "state": "open", "due_on": None}
    line = {"po_no": "PO-1", "line_no": 1, "owner": "", "sku": "PHONE", "ordered": 3}
    house.database.write(Transaction.put, tables.purchase_order, [order])
    house.database.write(Transaction.put, tables.purchase_line, [line])
    happen(house, "09:00", received("S-1"))

    packet = house.database.write(claim_purchase_order, Holder("RECV-1", "W-03"), Need(ScanKind.PURCHASE_ORDER, "PO-1"))

    assert packet.serials == {"PHONE": ("S-1",)}


ATTACKS = (
    "INSERT INTO serial_unit SELECT * FROM serial_unit",
    (
        "INSERT INTO serial_unit (warehouse_id, sku, serial, location, seen_at)"
        " SELECT warehouse_id, sku, serial, 'B01', seen_at FROM serial_unit"
    ),
    "UPDATE serial_unit SET serial = 'S-1'",
    "UPDATE serial_unit SET serial = ''",
    "UPDATE serial_unit SET line_no = 1 WHERE order_no = ''",
    (
        "INSERT INTO hold (warehouse_id, hold_id, sku, serial, since)"
        " SELECT warehouse_id, 'second', sku, serial, since FROM hold"
    ),
    "UPDATE hold SET removed_at = NULL, serial = 'S-1', sku = 'PHONE'",
)


@pytest.mark.parametrize("statement", ATTACKS)
def test_database_refuses_a_second_place_a_second_promise_and_a_second_hold(
    statement: str, house: DespatchHouse
) -> None:
    happen(house, "09:00", received("S-1"), received("S-2"))
    for reason in ("first", "second"):
        house.database.write(add_hold, reason, "W-02", serial="S-1")
        if reason == "first":
            house.database.write(remove_hold, "W-02", serial="S-1")

    with pytest.raises(IntegrityError), house.database.engine.begin() as connection:
        connection.exec_driver_sql(statement)
