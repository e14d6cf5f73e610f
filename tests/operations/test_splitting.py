"""A split order: both parts keep exactly what belongs to them."""

import pytest

from tests.order_desk import Buyer, OrderDesk
from warehouse_app.domain.errors import NotFound, WrongState
from warehouse_app.operations.cancelling import cancel_order
from warehouse_app.operations.splitting import BadSplit, PickedUnits, SplitOrder, SplitRequest, split_order
from warehouse_app.store import tables
from warehouse_app.store.database import Database


@pytest.fixture
def desk(database: Database) -> OrderDesk:
    return OrderDesk(database)


def split(desk: OrderDesk, order_no: str, *lines: int, quantity: int | None = None) -> SplitOrder:
    return desk.database.write(split_order, order_no, SplitRequest(lines, quantity), "W-02")


def test_a_line_goes_over_with_its_reservation(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 5), ("POT", 2), buyer=Buyer(note="ring twice"))
    desk.reserve()

    done = split(desk, "1", 2)

    assert (done.new_order_no, done.state, done.new_state, done.units) == ("1-2", "reserved", "reserved", 2)
    assert desk.lines("1").keys() == {1}
    assert (desk.lines("1-2")[2].sku, desk.lines("1-2")[2].reserved) == ("POT", 2)
    assert (desk.order("1-2")["note"], desk.order("1-2")["customer"]) == ("ring twice", "C-1")
    assert desk.promised() == (7, 0)
    assert desk.served() == {("1", "1"): 5, ("1", "2"): 2}
    assert desk.differences() == ()


def test_what_is_short_goes_over_first_so_that_the_rest_can_leave(desk: OrderDesk) -> None:
    desk.take("1", ("POT", 12), buyer=Buyer(policy="partial"))
    desk.reserve()

    done = split(desk, "1", 1, quantity=3)

    assert (done.state, done.new_state) == ("reserved", "short")
    assert (desk.lines("1")[1].ordered, desk.lines("1-2")[1].short) == (9, 3)
    assert desk.served() == {("1", "1"): 12}
    assert desk.differences() == ()


def test_stops_go_over_with_a_place_of_their_own_on_the_cart(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 5), ("POT", 2))
    desk.release_all()
    before = desk.open_stops()

    done = split(desk, "1", 1, quantity=2)

    assert (done.state, done.new_state, done.told) == ("released", "released", ())
    assert sum(stop[2] for stop in desk.open_stops() if stop[0] == "1-2") == 2
    assert sum(stop[2] for stop in desk.open_stops()) == sum(stop[2] for stop in before)
    assert desk.promised() == (7, 7)
    assert desk.differences() == ()
    packet = desk.walk("1-2")
    assert {(stop.order_no, stop.slot) for stop in packet.stops} == {("1", "A"), ("1-2", "B")}
    assert [stop.quantity for stop in packet.stops if stop.order_no == "1-2"] == [2]


def test_what_a_picker_has_on_his_list_waits_for_the_next_wave(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 5), ("POT", 2))
    desk.release_all()
    packet = desk.walk("1")

    done = split(desk, "1", 2)
    desk.pick(packet)

    assert (done.new_state, done.told) == ("reserved", (packet.work,))
    assert desk.state("1") == "picked"
    assert desk.state("1-2") == "reserved"
    assert desk.differences() == ()
    desk.release_all()
    assert desk.state("1-2") == "released"
    assert desk.differences() == ()


def test_importing_a_split_order_again_changes_nothing(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 5), ("POT", 2))
    split(desk, "1", 2)

    again = desk.take("1", ("CUP", 5), ("POT", 2))
    changed = desk.take("1", ("CUP", 6), ("POT", 2))

    assert again.unchanged == 1
    assert [conflict.order for conflict in changed.conflicts] == ["1"]
    assert desk.told_of("1-2") == ["split_off"]


def test_what_is_picked_stays(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 3), ("POT", 1))
    desk.release_all()
    desk.pick(desk.walk("1"), finish=False)

    with pytest.raises(PickedUnits, match="line 2 of order 1"):
        split(desk, "1", 2)


def test_split_must_leave_something_on_both_sides(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 3), ("POT", 1))

    for lines, quantity in (((1, 2), None), ((), None), ((1,), 0), ((1,), -1), ((1,), 4), ((1,), 2**63), ((1, 2), 1)):
        with pytest.raises(BadSplit):
            split(desk, "1", *lines, quantity=quantity)
    with pytest.raises(NotFound, match="1 / 3"):
        split(desk, "1", 3)
    with pytest.raises(NotFound, match="order called 9"):
        split(desk, "9", 1)
    assert [row["order_no"] for row in desk.database.read(lambda tx: tx.rows(tables.fulfilment_order.select()))] == [
        "1"
    ]


def test_cancelled_order_is_not_split(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 3), ("POT", 1))
    desk.database.write(cancel_order, "1", "", "W-02")

    with pytest.raises(WrongState):
        split(desk, "1", 1)
