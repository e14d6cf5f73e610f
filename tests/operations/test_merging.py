"""Orders of one recipient become one, and their channel orders still find it."""

import pytest
from sqlalchemy import select

from tests.order_desk import Buyer, OrderDesk
from warehouse_app.domain.errors import NotFound, WrongState
from warehouse_app.operations.cancelling import hold_order
from warehouse_app.operations.holds import add_hold
from warehouse_app.operations.merging import BadMerge, MergedOrder, OrdersDiffer, merge_orders
from warehouse_app.store import tables
from warehouse_app.store.database import Database


@pytest.fixture
def desk(database: Database) -> OrderDesk:
    return OrderDesk(database)


def merge(desk: OrderDesk, *names: str) -> MergedOrder:
    return desk.database.write(merge_orders, names, "W-02")


def test_lines_go_over_with_what_is_reserved_for_them(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 5), buyer=Buyer(note="ring twice"))
    desk.take("2", ("POT", 2), ("CUP", 1), buyer=Buyer(address="1  LANE.", note="no plastic"))
    desk.reserve()

    done = merge(desk, "1", "2")

    assert done == MergedOrder("1", "reserved", ("2",), 3)
    assert {number: (line.sku, line.reserved) for number, line in desk.lines("1").items()} == {
        1: ("CUP", 5),
        2: ("POT", 2),
        3: ("CUP", 1),
    }
    assert (desk.state("2"), desk.show("2").reasons) == ("cancelled", ("merged into order 1",))
    assert desk.order("1")["note"] == "ring twice\nno plastic"
    assert desk.promised() == (8, 0)
    assert desk.served() == {("1", "1"): 5, ("2", "1"): 2, ("2", "2"): 1}
    assert desk.differences() == ()
    desk.release_all()
    assert desk.state("1") == "released"


def test_importing_a_merged_order_again_changes_nothing(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 5))
    desk.take("2", ("POT", 2))
    merge(desk, "1", "2")

    again = desk.take("2", ("POT", 2))
    changed = desk.take("2", ("POT", 3))

    assert again.unchanged == 1
    assert [conflict.order for conflict in changed.conflicts] == ["2"]


def test_order_that_waits_for_stock_makes_the_parcel_wait(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 5))
    desk.take("2", ("POT", 20))
    desk.reserve()

    done = merge(desk, "1", "2")

    assert done.state == "partial"
    assert desk.promised() == (5, 0)
    assert desk.differences() == ()


def test_late_pick_for_an_order_that_lost_its_stock_and_was_merged_is_booked(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 5))
    desk.take("2", ("POT", 2))
    desk.release_all()
    packet = desk.walk("2")
    desk.database.write(add_hold, "recall", "W-02", sku="POT")
    desk.database.write(add_hold, "recall", "W-02", sku="CUP")
    desk.take("3", ("CUP", 1))
    merge(desk, "3", "2")

    tote = desk.pick(packet)

    assert desk.on_hand()[tote, "POT"] == 2
    assert desk.database.read(lambda tx: tx.rows(select(tables.parked_fact))) == []
    assert (desk.state("2"), desk.served()) == ("cancelled", {("1", "1"): 5, ("2", "1"): 2, ("3", "1"): 1})
    assert desk.differences() == ()


@pytest.mark.parametrize(
    ("other", "what"),
    [
        (Buyer(service="standard"), "service"),
        (Buyer(customer="C-2"), "customer"),
        (Buyer(name="Ben"), "address"),
        (Buyer(city="York"), "address"),
    ],
)
def test_orders_that_differ_are_not_merged_and_the_difference_is_named(
    desk: OrderDesk, other: Buyer, what: str
) -> None:
    desk.take("1", ("CUP", 5))
    desk.take("2", ("POT", 2), buyer=other)

    with pytest.raises(OrdersDiffer, match=f"their {what} differs"):
        merge(desk, "1", "2")

    assert desk.state("2") == "new"


def test_orders_that_somebody_works_on_or_holds_are_not_merged(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 5))
    desk.release_all()
    desk.take("2", ("POT", 2))
    desk.take("3", ("POT", 2))
    desk.database.write(hold_order, "3", "ask her", "W-02")

    with pytest.raises(WrongState, match="released"):
        merge(desk, "2", "1")
    with pytest.raises(WrongState, match="on hold"):
        merge(desk, "2", "3")


def test_merge_takes_two_known_orders(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 5))

    for names in ((), ("1",), ("1", "1")):
        with pytest.raises(BadMerge):
            merge(desk, *names)
    with pytest.raises(NotFound, match="order called 9"):
        merge(desk, "1", "9")
