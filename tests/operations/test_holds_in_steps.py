"""A hold on what very many orders were promised is carried out in several transactions, and stops all at once."""

import pytest
from sqlalchemy import func, select

from tests.despatch import PICKER
from tests.order_desk import Buyer, OrderDesk
from warehouse_app.domain.scan import ScanKind
from warehouse_app.domain.session import Need
from warehouse_app.operations import holds
from warehouse_app.operations.claiming import NotReady
from warehouse_app.operations.holds import add_hold, hold_stock, remove_hold
from warehouse_app.operations.keeping import drain
from warehouse_app.operations.picking import claim_pick_list
from warehouse_app.operations.promising import promise_orders
from warehouse_app.store import tables
from warehouse_app.store.database import Database
from warehouse_app.store.held import Held

ORDERS = tuple(f"{number:02}" for number in range(1, 11))


@pytest.fixture
def desk(database: Database, monkeypatch: pytest.MonkeyPatch) -> OrderDesk:
    """Ten orders of three cups want 30 of the 34; they are released, and three orders give back at a time."""
    for name in ("ORDERS_FIRST", "ORDERS_LEAST", "ORDERS_MOST"):
        monkeypatch.setattr(holds, name, 3)
    desk = OrderDesk(database)
    for order_no in ORDERS:
        desk.take(order_no, ("CUP", 3), buyer=Buyer(policy="partial"))
    desk.release_all()
    return desk


def promised_from(desk: OrderDesk, location: str) -> int:
    table = tables.allocation
    query = select(func.sum(table.c.quantity)).where(table.c.location == location)
    return int(desk.database.read(lambda tx: tx.value(query)) or 0)


def test_hold_gives_back_in_many_transactions_what_one_would_have_given_back(desk: OrderDesk) -> None:
    seen: list[Held] = []
    desk.database.watch = seen.append

    held = hold_stock(desk.database, "recall", "W-02", location="B01")

    assert [one.job for one in seen if one.job in ("add_hold", "_go_on")] == ["add_hold", "_go_on"]
    assert (held.units_short, promised_from(desk, "B01")) == (16, 0)
    assert desk.promised() == (14, 14)
    assert [desk.lines(order_no)[1].short for order_no in ORDERS] == [0, 0, 0, 0, 1, 3, 3, 3, 3, 3]
    assert desk.differences() == ()


def test_hold_that_was_begun_is_carried_out_by_the_next_command(desk: OrderDesk) -> None:
    desk.database.write(add_hold, "recall", "W-02", sku="CUP")
    left, differences = desk.promised()[1], desk.differences()
    waits = desk.list_of(ORDERS[-1])
    desk.take("11", ("CUP", 1))

    with pytest.raises(NotReady):
        desk.database.write(claim_pick_list, PICKER, Need(ScanKind.PICK_LIST, waits))
    new = desk.database.write(promise_orders, ["11"], "W-02")
    drain(desk.database)

    assert (left, differences, new.takes) == (21, (), ())
    assert desk.promised() == (0, 0)
    assert desk.differences() == ()


def test_hold_that_is_removed_before_it_is_carried_out_takes_nothing_more(desk: OrderDesk) -> None:
    desk.database.write(add_hold, "recall", "W-02", sku="CUP")

    desk.database.write(remove_hold, "W-02", sku="CUP")
    drain(desk.database)

    assert desk.promised()[1] == 21
    assert desk.differences() == ()


def test_orders_that_have_only_a_promise_give_it_back_some_at_a_time_too(desk: OrderDesk) -> None:
    desk.take("11", ("POT", 2))
    for order_no in ("12", "13", "14", "15", "16", "17"):
        desk.take(order_no, ("POT", 1))
    desk.reserve()

    held = hold_stock(desk.database, "recall", "W-02", sku="POT")

    assert held.units_short == 8
    assert desk.promised() == (30, 30)
    assert desk.differences() == ()
