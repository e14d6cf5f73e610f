"""Who is served first, and what becomes of the others."""

from io import BytesIO

import pytest
from sqlalchemy import select

from tests.warehouse import ORDER_HEADER, TinyWarehouse, at
from warehouse_app.channels.readers import READERS
from warehouse_app.domain.errors import WrongState
from warehouse_app.operations.cancelling import hold_order
from warehouse_app.operations.import_customers import import_customers
from warehouse_app.operations.import_orders import import_orders
from warehouse_app.operations.import_stock import import_stock
from warehouse_app.operations.orders import show_order
from warehouse_app.operations.promising import promise_orders
from warehouse_app.operations.reasons import why_waiting
from warehouse_app.operations.reserving import reserve_open_orders
from warehouse_app.operations.rushing import ask_for_rush, rush_order, serve_rush
from warehouse_app.operations.waves import WaveRequest, new_wave, release_waves
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction


@pytest.fixture
def house(database: Database) -> TinyWarehouse:
    return TinyWarehouse(database)


def order(house: TinyWarehouse, number: str, quantity: int, *, clock: str = "07:00", more: str = "") -> None:
    """An order for tea pots, of which the house has nine; `more` is customer and ship policy."""
    header = ORDER_HEADER.strip() + ",customer,ship_policy\n"
    row = f"{number},1,{at(clock).isoformat()},next_day,POT,{quantity},Ann,1 Lane,Leeds,GB,{more or 'C-1,partial'}\n"
    import_orders(house.database, "csv", "shop", [BytesIO((header + row).encode())], readers=READERS)


def reserved(house: TinyWarehouse) -> dict[str, int]:
    line = tables.fulfilment_line
    rows = house.database.read(lambda tx: tx.rows(select(line.c.order_no, line.c.reserved)))
    return {row["order_no"]: row["reserved"] for row in rows}


def test_customer_of_the_higher_tier_comes_before_the_older_order(house: TinyWarehouse) -> None:
    import_customers(house.database, BytesIO(b"customer,tier\nC-7,2\n"))
    order(house, "1", 6)
    order(house, "2", 6, more="C-7,partial")

    reserve_open_orders(house.database)

    assert reserved(house) == {"1": 3, "2": 6}
    assert "whose customer comes first" in house.database.read(show_order, "1").reasons[0]


def test_tier_of_a_customer_changes_for_orders_that_wait(house: TinyWarehouse) -> None:
    order(house, "1", 9)
    order(house, "2", 9, more="C-7,partial")

    import_customers(house.database, BytesIO(b"customer,tier\nC-7,2\n"))
    reserve_open_orders(house.database)

    assert reserved(house) == {"1": 0, "2": 9}


def test_why_an_order_waits_names_the_holders_and_what_decided(house: TinyWarehouse) -> None:
    order(house, "3", 4)
    reserve_open_orders(house.database)
    order(house, "1", 4, clock="06:00")
    order(house, "2", 4, clock="08:00")
    reserve_open_orders(house.database)

    (line,) = house.database.read(why_waiting, "2")

    assert (line.sku, line.short, line.held_by_others) == ("POT", 3, 8)
    assert [(one.order, one.quantity, one.because) for one in line.held_by] == [("1", 4, "age"), ("3", 4, "age")]
    assert house.database.read(why_waiting, "1") == ()


def test_promise_that_was_made_before_is_kept_though_somebody_more_urgent_comes(house: TinyWarehouse) -> None:
    order(house, "2", 9)
    reserve_open_orders(house.database)
    order(house, "1", 2, clock="05:00")
    reserve_open_orders(house.database)

    (line,) = house.database.read(why_waiting, "1")

    assert [(one.order, one.because) for one in line.held_by] == [("2", "before")]


def test_overdue_order_that_wants_much_at_once_keeps_what_comes_in(house: TinyWarehouse) -> None:
    order(house, "1", 20, more="C-1,complete")
    reserve_open_orders(house.database)
    assert reserved(house) == {"1": 0}

    house.database.clock = lambda: at("08:00").replace(day=12)
    order(house, "2", 5, clock="09:00")
    reserve_open_orders(house.database)

    assert reserved(house) == {"1": 9, "2": 0}
    assert house.database.read(show_order, "1").reasons[0].endswith("what comes in is kept for it")
    assert release_waves(house.database, WaveRequest()).waves == ()

    import_stock(house.database, BytesIO(b"sku,location,quantity\nPOT,B01,11\n"))
    reserve_open_orders(house.database)

    assert reserved(house) == {"1": 20, "2": 0}
    assert release_waves(house.database, WaveRequest()).waves[0].units == 20
    assert house.differences() == ()


def test_two_starving_orders_never_wait_for_each_other(house: TinyWarehouse) -> None:
    order(house, "1", 12, more="C-1,complete")
    house.database.clock = lambda: at("08:00").replace(day=12)
    order(house, "2", 10, clock="06:00", more="C-1,complete")
    reserve_open_orders(house.database)
    assert reserved(house) == {"1": 0, "2": 9}

    order(house, "0", 9, clock="05:00", more="C-1,complete")
    reserve_open_orders(house.database)

    assert reserved(house) == {"0": 9, "1": 0, "2": 0}


def test_rush_order_is_on_the_floor_at_once(house: TinyWarehouse) -> None:
    order(house, "1", 2)

    wave = rush_order(house.database, "1", "W-02")

    assert wave is not None
    assert (wave.orders, wave.lines, wave.units, wave.pick_lists) == (1, 1, 2, 1)
    assert house.database.read(show_order, "1").summary.state == "released"
    with pytest.raises(WrongState):
        rush_order(house.database, "1", "W-02")


def test_rush_order_of_which_nothing_is_there_says_so(house: TinyWarehouse) -> None:
    order(house, "1", 9)
    order(house, "2", 1)
    reserve_open_orders(house.database)

    assert rush_order(house.database, "2", "W-02") is None
    assert house.database.read(show_order, "2").reasons


def test_wave_that_ended_between_allocation_and_lists_is_finished_by_the_next_release(house: TinyWarehouse) -> None:
    order(house, "1", 2)
    order(house, "2", 2)
    for number in ("1", "2"):
        wave_no = house.database.write(new_wave, "W-02")
        house.database.write(promise_orders, [number], "W-02", wave_no)
    house.database.write(hold_order, "2", "ring first", "W-02")

    released = release_waves(house.database, WaveRequest())

    states = {number: house.database.read(show_order, number).summary.state for number in ("1", "2")}
    assert states == {"1": "released", "2": "reserved"}
    assert [left.order for left in released.left] == ["2"]
    assert house.differences() == ()


def test_order_that_cannot_go_does_not_use_up_the_room_of_the_next_one(house: TinyWarehouse) -> None:
    order(house, "1", 2)
    cups = f"2,1,{at('08:00').isoformat()},next_day,CUP,1,Ann,1 Lane,Leeds,GB\n"
    import_orders(house.database, "csv", "shop", [BytesIO((ORDER_HEADER + cups).encode())], readers=READERS)
    reserve_open_orders(house.database)
    house.database.write(close_shelves_of, "POT")

    released = release_waves(house.database, WaveRequest(max_orders=1))

    assert [wave.orders for wave in released.waves] == [1]
    assert [left.order for left in released.left] == ["1"]
    assert house.database.read(show_order, "2").summary.state == "released"


def close_shelves_of(tx: Transaction, sku: str) -> None:
    """Nobody may pick there for now."""
    places = [row["location"] for row in tx.rows_in(tables.balance, "sku", [sku])]
    tx.change(tables.location, [{"location": place, "pickable": False} for place in places])


def test_rush_order_that_a_wave_takes_along_meanwhile_is_in_that_wave(house: TinyWarehouse) -> None:
    order(house, "1", 2)
    reserve_open_orders(house.database)
    house.database.write(ask_for_rush, "1")
    (wave,) = release_waves(house.database, WaveRequest()).waves

    assert house.database.write(serve_rush, "1", "W-02") == wave.wave
    assert house.database.write(serve_rush, "1", "W-02") == wave.wave
