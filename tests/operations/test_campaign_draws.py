"""Orders draw on the campaigns of their channel, and what they give back finds its way."""

import io
from threading import Barrier, Thread

import pytest
from sqlalchemy import select

from tests.despatch import DespatchHouse
from tests.warehouse import ORDER_HEADER, TinyWarehouse, at
from warehouse_app.channels.readers import READERS
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.operations.campaigns import (
    Campaign,
    CampaignDoesNotFit,
    CampaignRequest,
    add_campaign,
    end_campaign,
    keep_campaigns,
    list_campaigns,
)
from warehouse_app.operations.cancelling import cancel_order
from warehouse_app.operations.holds import add_hold
from warehouse_app.operations.import_orders import import_orders
from warehouse_app.operations.offers import available_to_promise
from warehouse_app.operations.reserving import reserve_open_orders
from warehouse_app.operations.splitting import SplitRequest, split_order
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Row, Transaction
from warehouse_app.store.engine import open_database

CUPS = 34


@pytest.fixture
def house(database: Database) -> DespatchHouse:
    return DespatchHouse(database)


def order(house: TinyWarehouse, order_no: str, quantity: int, shop: str = "web") -> None:
    row = f"{order_no},1,{at('07:00').isoformat()},next_day,CUP,{quantity},Ann,1 Lane,Leeds,GB\n"
    import_orders(house.database, "csv", shop, [io.BytesIO((ORDER_HEADER + row).encode())], readers=READERS)


def set_aside(house: TinyWarehouse, quantity: int, channel: str = "csv/web", until: str = "12:00") -> Campaign:
    request = CampaignRequest("SALE", "CUP", quantity, at(until), channel=channel)
    return house.database.write(add_campaign, request, "W-02")


def sale(house: TinyWarehouse) -> Campaign:
    keep_campaigns(house.database)
    [found] = house.database.read(list_campaigns, ended=True)
    return found


def header(house: TinyWarehouse, order_no: str) -> Row:
    table = tables.fulfilment_order
    found = house.database.read(lambda tx: tx.row(select(table).where(table.c.order_no == order_no)))
    assert found is not None
    return found


def test_order_draws_on_the_campaign_of_its_shop_before_open_stock(house: DespatchHouse) -> None:
    set_aside(house, 10)
    order(house, "1", 4)
    order(house, "2", 4, shop="outlet")

    reserve_open_orders(house.database)

    assert (sale(house).remaining, sale(house).drawn) == (6, 4)
    [outlet] = house.database.read(available_to_promise, "CUP", "csv/outlet")
    assert (outlet.reserved, outlet.campaigns, outlet.available) == (8, 6, CUPS - 8 - 6)
    assert house.differences() == ()


def test_order_of_the_channel_goes_on_with_open_stock_when_the_campaign_is_sold(house: DespatchHouse) -> None:
    set_aside(house, 10)
    order(house, "1", 12)

    reserve_open_orders(house.database)

    assert header(house, "1")["state"] == "reserved"
    assert (sale(house).remaining, sale(house).drawn) == (0, 10)
    assert house.differences() == ()


def test_order_of_another_shop_is_told_what_is_set_aside(house: DespatchHouse) -> None:
    set_aside(house, CUPS - 1)
    order(house, "1", 2, shop="outlet")

    reserve_open_orders(house.database)

    assert header(house, "1")["reason"] == f"CUP: 2 wanted, 1 available; {CUPS - 1} are set aside for SALE"


def test_units_of_a_cancelled_order_return_to_the_campaign_while_it_runs(house: DespatchHouse) -> None:
    set_aside(house, 10)
    order(house, "1", 4)
    order(house, "2", 3)
    reserve_open_orders(house.database)

    house.database.write(cancel_order, "1", "changed her mind", "W-02")
    running = sale(house)
    house.database.write(end_campaign, "SALE", None, "W-02")
    house.database.write(cancel_order, "2", "changed her mind", "W-02")

    assert (running.remaining, running.drawn) == (7, 3)
    assert (sale(house).released, sale(house).drawn) == (7, 3)
    [anyone] = house.database.read(available_to_promise, "CUP", "")
    assert anyone.available == CUPS
    assert house.differences() == ()


def test_units_that_leave_the_house_are_counted_as_shipped(house: DespatchHouse) -> None:
    set_aside(house, 10, channel="csv")
    carton = house.packed("1")

    house.hand_over(house.claim(carton), carton)

    assert (sale(house).remaining, sale(house).drawn, sale(house).shipped) == (8, 0, 2)
    assert house.differences() == ()


def test_split_order_takes_its_draws_along(house: DespatchHouse) -> None:
    set_aside(house, CUPS)
    order(house, "1", 4)
    reserve_open_orders(house.database)

    split = house.database.write(split_order, "1", SplitRequest((1,), 3), "W-02")
    between = house.differences()
    house.database.write(cancel_order, split.new_order_no, "changed her mind", "W-02")

    assert between == ()
    assert (sale(house).remaining, sale(house).drawn) == (CUPS - 1, 1)
    assert house.differences() == ()


def test_overdue_order_deals_its_campaign_units_out_anew(house: DespatchHouse) -> None:
    set_aside(house, 10, until="23:59")
    order(house, "1", CUPS + 6)
    house.database.write(_make_overdue, "1")

    reserve_open_orders(house.database)
    reserve_open_orders(house.database)

    assert header(house, "1")["state"] == "partial"
    assert (sale(house).remaining, sale(house).drawn) == (0, 10)
    assert house.differences() == ()


def test_campaign_that_ended_a_moment_ago_keeps_nothing_from_the_next_order(house: DespatchHouse) -> None:
    set_aside(house, CUPS, until="09:00")
    order(house, "1", 2, shop="outlet")
    house.clock = "09:00"

    reserve_open_orders(house.database)

    assert header(house, "1")["state"] == "reserved"
    assert house.differences() == ()


def test_setting_aside_and_reserving_the_same_units_at_once_gives_them_to_one(house: DespatchHouse) -> None:
    order(house, "1", CUPS)
    other = TinyWarehouseDoor(house)
    barrier, refused = Barrier(2), []

    def keep() -> None:
        barrier.wait()
        try:
            other.database.write(add_campaign, CampaignRequest("SALE", "CUP", CUPS, at("12:00")), "W-02")
        except WarehouseError as error:
            refused.append(error)

    thread = Thread(target=keep)
    thread.start()
    barrier.wait()
    reserve_open_orders(house.database)
    thread.join()
    other.database.close()

    reserved = header(house, "1")["state"] == "reserved"
    assert reserved == bool(refused)
    assert all(isinstance(error, CampaignDoesNotFit) for error in refused)
    assert house.differences() == ()


class TinyWarehouseDoor:
    """A second station's way to the same database, at the same time of day."""

    def __init__(self, house: TinyWarehouse) -> None:
        url = house.database.engine.url.render_as_string(hide_password=False)
        self.database = Database(open_database(url), clock=house.database.clock)


def _make_overdue(tx: Transaction, order_no: str) -> None:
    values = {"order_no": order_no, "ship_by": at("00:00").replace(year=2020), "ship_policy": "complete"}
    tx.change(tables.fulfilment_order, [values])


def test_hold_stops_what_campaigns_keep_before_it_takes_units_from_orders(house: DespatchHouse) -> None:
    order(house, "1", 14)
    reserve_open_orders(house.database)
    set_aside(house, 20, channel="csv/web")
    order(house, "2", 6)

    house.database.write(add_hold, "recall", "W-02", location="A01")
    house.database.write(add_hold, "recall", "W-02", location="A02")
    reserve_open_orders(house.database)

    [web] = house.database.read(available_to_promise, "CUP", "csv/web")
    assert (web.reserved, web.held, web.available) == (20, 14, 0)
    assert (header(house, "1")["state"], header(house, "2")["state"]) == ("reserved", "reserved")
    assert sale(house).remaining == 14
    assert house.differences() == ()
