"""Moves through the house's walls change what stock is worth; everything inside it leaves that alone."""

import io

import pytest
from sqlalchemy import select

from tests.despatch import DespatchHouse
from warehouse_app.domain.facts import GoodsReceived, HandedOver, PutAway, Undone, encode
from warehouse_app.operations.import_purchase_orders import import_purchase_orders
from warehouse_app.store import tables
from warehouse_app.store.database import Database

POUND = 1_000_000
PO_HEADER = "po_no,line_no,supplier,sku,quantity,unit_cost,currency,rate\n"


@pytest.fixture
def house(database: Database) -> DespatchHouse:
    """34 cups at 1.50 and 9 pots at 12.25 from the first stock."""
    return DespatchHouse(database)


def entries(house: DespatchHouse, above: int = 5) -> list[tuple[str, str, int, int]]:
    """Kind, SKU, units and value of what was entered after the first stock."""
    entry = tables.cost_entry
    query = select(entry).where(entry.c.cost_no > above).order_by(entry.c.cost_no)
    rows = house.database.read(lambda tx: tx.rows(query))
    return [(row["kind"], row["sku"], row["quantity"], row["value"]) for row in rows]


def worth(house: DespatchHouse, sku: str) -> tuple[int, int]:
    row = house.row(tables.product_cost, sku=sku)
    return row["quantity"], row["value"]


def order(house: DespatchHouse, rows: str) -> list[str]:
    done = import_purchase_orders(house.database, io.BytesIO((PO_HEADER + rows).encode()))
    return [f"{reject.field}: {reject.reason}" for reject in done.rejects]


def received(quantity: int, line_no: int = 1, sku: str = "CUP") -> GoodsReceived:
    return GoodsReceived("PO-1", line_no, "", sku, "", "", "", quantity, "RECV-01")


def test_first_stock_comes_in_at_the_cost_of_its_products(house: DespatchHouse) -> None:
    assert worth(house, "CUP") == (34, 51 * POUND)
    assert worth(house, "POT") == (9, 110_250_000)
    assert house.differences() == ()


def test_receipt_brings_what_its_purchase_order_says_and_moves_inside_cost_nothing(house: DespatchHouse) -> None:
    order(house, "PO-1,1,SUP,CUP,10,2.10,GBP,\n")

    house.happen("09:00", "W-03", [received(10), PutAway("", "CUP", "", 10, "RECV-01", "A01")])

    assert entries(house) == [("receipt", "CUP", 10, 21 * POUND)]
    assert worth(house, "CUP") == (44, 72 * POUND)
    assert house.differences() == ()


def test_receipt_in_another_currency_comes_in_at_its_rate_and_is_refused_without_one(house: DespatchHouse) -> None:
    without = order(house, "PO-1,1,SUP,CUP,10,2.5001,USD,\n")
    free = order(house, "PO-1,1,SUP,CUP,10,2.5001,USD,0\n")
    own = order(house, "PO-1,1,SUP,CUP,10,2.5,GBP,1.1\n")
    known = order(house, "PO-1,1,SUP,CUP,10,2.5001,USD,0.7912345678\n")

    house.happen("09:00", "W-03", [received(1)])

    assert without == ["rate: The cost is in USD: say how much GBP one USD is."]
    assert free == ["rate: A rate of 0 would make everything free."]
    assert own == ["rate: GBP is the warehouse's own currency: leave the rate out."]
    assert known == []
    assert entries(house) == [("receipt", "CUP", 1, 1_978_166)]


def test_receipt_that_is_undone_leaves_at_what_it_came_in_for(house: DespatchHouse) -> None:
    order(house, "PO-1,1,SUP,CUP,10,2.10,GBP,\n")
    house.happen("09:00", "W-03", [received(10)])

    house.happen("09:05", "W-03", [Undone("x", GoodsReceived.kind, GoodsReceived.version, encode(received(4)))])

    assert entries(house)[1:] == [("receipt", "CUP", -4, -8_400_000)]
    assert house.differences() == ()


def test_units_leave_at_the_average_and_come_back_at_it(house: DespatchHouse) -> None:
    order(house, "PO-1,1,SUP,CUP,1,2.10,GBP,\n")
    house.happen("09:00", "W-03", [received(1)])
    carton = house.packed("1", 2)
    before = entries(house)
    left = HandedOver("1", carton, "POST", "M-1")

    house.happen("10:00", "W-03", [left])
    house.happen("10:05", "W-03", [Undone("x", left.kind, left.version, encode(left))])

    average = (51 * POUND + 2_100_000) * 2 / 35
    assert before == [("receipt", "CUP", 1, 2_100_000)]
    assert entries(house)[1:] == [("shipment", "CUP", -2, -round(average)), ("return", "CUP", 2, round(average))]
    assert house.differences() == ()


def test_units_that_the_books_had_not_are_settled_when_their_receipt_comes_late(house: DespatchHouse) -> None:
    order(house, "PO-1,1,SUP,CUP,10,2.00,GBP,\n")
    house.happen("09:00", "W-03", [PutAway("", "CUP", "", 6, "RECV-01", "A01")])
    early = worth(house, "CUP")

    house.happen("09:10", "W-03", [received(10)])

    assert early == (40, 60 * POUND)
    assert [kind for kind, *_ in entries(house)] == ["adjustment", "receipt", "adjustment"]
    assert worth(house, "CUP") == (44, 70_400_000)
    assert house.differences() == ()


def test_verify_names_a_value_that_its_entries_do_not_add_up_to(house: DespatchHouse) -> None:
    with house.database.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE product_cost SET value = value + 1 WHERE sku = 'CUP'")
        connection.exec_driver_sql("UPDATE product_cost SET quantity = quantity - 1 WHERE sku = 'POT'")

    found = {(one.what, one.key, one.booked, one.proven) for one in house.differences()}

    assert found == {
        ("value", "CUP / ", 51 * POUND + 1, 51 * POUND),
        ("units valued", "POT / ", 8, 9),
        ("units of cost entries", "POT / ", 9, 8),
    }
