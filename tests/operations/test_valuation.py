"""What stock is worth, and how it came to that: rows add up to totals, and everything ties to the last minor unit."""

import io
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.despatch import DespatchHouse, at
from warehouse_app.domain.errors import NotFound
from warehouse_app.domain.facts import GoodsReceived, HandedOver, PutAway, Undone, encode
from warehouse_app.domain.money import money_text, unit_cost_text
from warehouse_app.domain.wording import value_line_name
from warehouse_app.operations.import_purchase_orders import import_purchase_orders
from warehouse_app.operations.import_stock import import_stock
from warehouse_app.operations.landed_costs import (
    BadAmount,
    NothingOnHand,
    NothingReceived,
    NothingToSpreadBy,
    add_landed_cost,
    change_unit_cost,
    list_landed_costs,
)
from warehouse_app.operations.roll_forward import Amount, BadSpan, roll_forward
from warehouse_app.operations.valuation import By, GroupValue, ProductValue, StockValue, stock_value, value_history
from warehouse_app.operations.warehouses import CurrencyInUse, change_setting
from warehouse_app.store import tables
from warehouse_app.store.database import Database

ORDERS = """po_no,line_no,supplier,sku,quantity,unit_cost
PO-1,1,SUP,CUP,30,1.99
PO-1,2,SUP,POT,10,0.37
"""
BY: tuple[By | None, ...] = (None, "owner", "zone", "age")
CONSIGNED = "sku,location,quantity,owner,unit_cost\nCUP,B01,7,ANNA,0.333\n"


@pytest.fixture
def house(database: Database) -> DespatchHouse:
    """51.00 of cups and 110.25 of pots from the first stock at eight, and a purchase order of both."""
    house = DespatchHouse(database)
    import_purchase_orders(database, io.BytesIO(ORDERS.encode()))
    return house


def receive(house: DespatchHouse, clock: str) -> None:
    house.clock = clock
    facts = [
        GoodsReceived("PO-1", number, "", sku, "", "", "", quantity, "RECV-01")
        for number, sku, quantity in ((1, "CUP", 30), (2, "POT", 10))
    ]
    house.happen(clock, "W-03", facts)


def ship(house: DespatchHouse, order_no: str, quantity: int, clock: str) -> HandedOver:
    house.clock = clock
    left = HandedOver(order_no, house.packed(order_no, quantity), "POST", "M-1")
    house.happen(clock, "W-03", [left])
    return left


def value(house: DespatchHouse, by: By | None = None, at_clock: str = "") -> StockValue:
    return house.database.read(stock_value, by, None, at(at_clock) if at_clock else None)


def groups(found: StockValue) -> dict[str, tuple[int, int]]:
    return {row.name: (row.units, row.value) for row in found.rows if isinstance(row, GroupValue) and row.units}


def whole_day(house: DespatchHouse) -> None:
    """Consigned stock, a receipt with freight, two shipments of which one comes back, a find, and a new cost."""
    import_stock(house.database, io.BytesIO(CONSIGNED.encode()))
    receive(house, "09:00")
    ship(house, "1", 5, "10:00")
    house.clock = "10:30"
    house.database.write(add_landed_cost, "PO-1", "10.01", "freight", "value")
    left = ship(house, "2", 3, "11:00")
    house.clock = "12:00"
    house.happen("12:00", "W-03", [Undone("x", left.kind, left.version, encode(left))])
    house.happen(
        "12:10", "W-03", [PutAway("", "POT", "", 2, "RECV-01", "A01"), PutAway("", "CUP", "", 60, "A01", "A02")]
    )
    house.clock = "13:00"
    house.database.write(change_unit_cost, "POT", "10.0001", "", "appraised")


def test_value_is_that_of_products_owners_zones_and_ages_alike(house: DespatchHouse) -> None:
    whole_day(house)

    rows = [value(house, by) for by in BY]

    assert len({(found.units, found.value) for found in rows}) == 1
    assert all(sum(row.value for row in found.rows) == found.value for found in rows)
    assert all(sum(row.units for row in found.rows) == found.units for found in rows)
    assert groups(rows[1])["ANNA"] == (7, 233)


def test_value_at_a_past_moment_is_as_the_books_had_it(house: DespatchHouse) -> None:
    morning = value(house)
    whole_day(house)

    then, before = value(house, at_clock="08:30"), value(house, at_clock="07:00")

    assert (then.value, then.rows) == (morning.value + 233, value(house, at_clock="08:30").rows)
    assert (morning.value, before.value, before.rows) == (16_125, 0, ())
    assert groups(value(house, "zone", "08:30")) == {"A": (17, 5_775), "B": (27, 3_233), "C": (6, 7_350)}


def test_newest_receipts_cover_what_is_on_hand(house: DespatchHouse) -> None:
    receive(house, "09:00")
    ship(house, "1", 14, "10:00")
    house.database.clock = lambda: at("10:00") + timedelta(days=61)

    after_two_months = groups(value(house, "age"))
    house.database.clock = lambda: at("10:00") + timedelta(days=30)
    house.database.write(lambda tx: tx.lock_warehouse())

    assert after_two_months == {"61-90": (69, value(house).value)}
    assert groups(value(house, "age")) == {"0-30": (69, value(house).value)}


def test_units_that_were_found_are_of_unknown_age(house: DespatchHouse) -> None:
    house.happen("09:00", "W-03", [PutAway("", "CUP", "", 20, "A01", "A02")])

    found = groups(value(house, "age"))

    assert found["unknown"] == (10, 1_500)


@pytest.mark.parametrize("span", [("07:00", "23:00"), ("09:30", "23:00"), ("08:30", "10:15"), ("10:15", "11:30")])
def test_roll_forward_ties_in_units_and_to_the_last_minor_unit(house: DespatchHouse, span: tuple[str, str]) -> None:
    whole_day(house)

    rolled = house.database.read(roll_forward, at(span[0]), at(span[1]))

    for lines in (rolled.total, *(roll.lines for roll in rolled.owners)):
        flows = [amount for name, amount in lines.items() if name not in ("opening", "closing", "check")]
        assert lines["opening"].value + sum(flow.value for flow in flows) == lines["closing"].value
        assert lines["opening"].units + sum(flow.units for flow in flows) == lines["closing"].units
        assert lines["check"] == Amount(0, 0)
    assert rolled.total["opening"].value == value(house, at_clock=span[0]).value
    assert rolled.total["closing"].value == value(house, at_clock=span[1]).value


def test_roll_forward_shows_a_day_line_by_line(house: DespatchHouse) -> None:
    whole_day(house)

    lines: Mapping[str, Amount] = house.database.read(roll_forward, at("08:30"), at("23:00")).total

    assert {name: amount.units for name, amount in lines.items() if amount.units} == {
        "opening": 50, "receipts": 40, "shipments": -8, "returns": 3, "adjustments": lines["adjustments"].units,
        "closing": lines["closing"].units,
    }  # fmt: skip
    assert lines["receipts"].value == 30 * 199 + 10 * 37
    assert lines["landed"].value == 1_001
    assert lines["expensed"].value == 0
    assert lines["cost_changes"].value != 0


def test_landed_cost_is_spread_to_the_last_minor_unit_and_expensed_for_units_that_left(house: DespatchHouse) -> None:
    receive(house, "09:00")
    ship(house, "1", 14, "10:00")
    before = value(house).value

    done = house.database.write(add_landed_cost, "PO-1", "100.01", "duty", "units")

    assert [(one.sku, one.units, one.units_here, one.value) for one in done.shares] == [
        ("CUP", 30, 30, 75_007_500), ("POT", 10, 10, 25_002_500),
    ]  # fmt: skip
    assert (done.amount, done.stocked, done.expensed) == (10_001, 10_001, 0)
    assert value(house).value == before + 10_001
    assert house.differences() == ()


def test_share_of_units_that_have_left_never_comes_into_stock(house: DespatchHouse) -> None:
    receive(house, "09:00")
    house.happen("09:30", "W-03", [PutAway("", "POT", "", 10, "RECV-01", "A01")])
    import_stock(house.database, io.BytesIO(b"sku,location,quantity\nPOT,A01,1\nPOT,A02,1\nPOT,C01,1\n"))
    before = value(house).value

    by_units = house.database.write(add_landed_cost, "PO-1", "8.00", "freight", "units")

    (cups, pots) = by_units.shares
    assert (cups.value, cups.expensed) == (6_000_000, 0)
    assert (pots.units, pots.units_here, pots.value, pots.expensed) == (10, 3, 2_000_000, 1_400_000)
    assert (by_units.stocked, by_units.expensed) == (660, 140)
    assert value(house).value == before + 660
    assert [(one.amount, one.expensed) for one in house.database.read(list_landed_costs, "PO-1")] == [(800, 140)]
    assert house.differences() == ()


def test_landed_cost_that_nothing_can_bear_is_refused(house: DespatchHouse) -> None:
    write = house.database.write
    for po_no, amount, error in (
        ("PO-9", "1", NotFound),
        ("PO-1", "1", NothingReceived),
        ("PO-1", "0", BadAmount),
        ("PO-1", "-1", BadAmount),
        ("PO-1", "1.001", BadAmount),
        ("PO-1", "much", BadAmount),
    ):
        with pytest.raises(error):
            write(add_landed_cost, po_no, amount, "freight", "value")
    receive(house, "09:00")

    with pytest.raises(NothingToSpreadBy):
        write(add_landed_cost, "PO-1", "1", "freight", "weight")

    assert house.database.read(list_landed_costs) == ()


def test_new_cost_is_for_units_on_hand(house: DespatchHouse) -> None:
    done = house.database.write(change_unit_cost, "cup", "2", "", "appraised")

    with pytest.raises(NothingOnHand):
        house.database.write(change_unit_cost, "CUP", "2", "ANNA", "")
    with pytest.raises(BadAmount):
        house.database.write(change_unit_cost, "CUP", "dear", "", "")

    last = house.database.read(value_history, "CUP")[-1]
    assert (done.units, done.value) == (34, 68_000_000)
    assert (last.kind, last.units, last.value, last.value_then) == ("cost_change", 0, 17_000_000, 68_000_000)
    assert house.differences() == ()


def test_products_without_a_cost_are_named(house: DespatchHouse) -> None:
    product = tables.product
    house.database.write(lambda tx: tx.change(product, [{"sku": "CUP", "unit_cost": 0}]))
    import_stock(house.database, io.BytesIO(b"sku,location,quantity,owner\nCUP,A01,2,BEN\n"))

    found = value(house).without_cost

    assert [(one.sku, one.owner, one.units) for one in found] == [("CUP", "BEN", 2)]


def test_span_that_ends_before_it_begins_is_refused(house: DespatchHouse) -> None:
    with pytest.raises(BadSpan):
        house.database.read(roll_forward, at("10:00"), at("10:00"))


def test_currency_cannot_change_once_stock_has_a_value(house: DespatchHouse) -> None:
    with pytest.raises(CurrencyInUse):
        change_setting(house.database, "currency", "EUR")

    warehouse = tables.warehouse
    assert house.database.read(lambda tx: tx.value(select(warehouse.c.currency))) == "GBP"


def test_example_of_the_manual_comes_out_as_printed(house: DespatchHouse) -> None:
    rows = "PO-7,1,SUP,CUP,30,2.10,USD,0.7912\nPO-7,2,SUP,POT,4,13,GBP,\n"
    header = "po_no,line_no,supplier,sku,quantity,unit_cost,currency,rate\n"
    import_purchase_orders(house.database, io.BytesIO((header + rows).encode()))
    house.clock = "09:00"
    facts = [
        GoodsReceived("PO-7", number, "", sku, "", "", "", quantity, "RECV-01")
        for number, sku, quantity in ((1, "CUP", 30), (2, "POT", 4))
    ]
    house.happen("09:00", "W-03", facts)
    ship(house, "1", 10, "10:00")
    ship(house, "2", 4, "11:00")
    house.clock = "12:00"
    house.database.write(add_landed_cost, "PO-7", "12.34", "freight", "value")

    rolled = house.database.read(roll_forward, at("08:30"), at("18:00"))

    manual = (Path(__file__).parents[2] / "docs" / "value.md").read_text(encoding="utf-8")
    for name, amount in rolled.total.items():
        if amount != Amount(0, 0) or name == "check":
            assert f"| {value_line_name(name)} | {amount.units} | {money_text(amount.value, 'GBP')} |" in manual
    for row in value(house).rows:
        assert isinstance(row, ProductValue)
        unit_cost = unit_cost_text(row.unit_cost, "GBP")
        assert f"| {row.sku} | {row.units} | {money_text(row.value, 'GBP')} | {unit_cost} |" in manual
