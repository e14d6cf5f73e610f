"""Changing an order gives back exactly what it no longer wants, and nothing that somebody has in hand."""

import json

import pytest
from sqlalchemy import select

from tests.despatch import PICKER
from tests.order_desk import Buyer, OrderDesk
from warehouse_app.domain.errors import NotFound, WarehouseError, WrongState
from warehouse_app.domain.facts import Picked, ToteOpened
from warehouse_app.operations.changing import BadQuantity, FewerThanPicked, OrderChange, change_order
from warehouse_app.operations.holds import add_hold
from warehouse_app.operations.order_headers import HeaderChange
from warehouse_app.store import tables
from warehouse_app.store.database import Database


@pytest.fixture
def desk(database: Database) -> OrderDesk:
    return OrderDesk(database)


def test_units_that_are_no_longer_wanted_are_free_for_others(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 5), ("POT", 2))
    desk.reserve()

    done = desk.change("1", 1, 2)

    assert (done.state, done.units_given_back) == ("reserved", 3)
    line = desk.lines("1")[1]
    assert (line.ordered, line.cancelled, line.reserved) == (5, 3, 2)
    assert desk.promised() == (4, 0)
    assert desk.differences() == ()


def test_what_is_short_is_given_up_before_what_is_reserved(desk: OrderDesk) -> None:
    desk.take("1", ("POT", 12), buyer=Buyer(policy="partial"))
    desk.reserve()
    before = desk.lines("1")[1]

    done = desk.change("1", 1, 9)

    assert (before.reserved, before.short) == (9, 3)
    assert (done.state, done.units_given_back) == ("reserved", 0)
    assert desk.lines("1")[1].short == 0


def test_more_units_wait_to_be_reserved(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 2))
    desk.reserve()

    done = desk.change("1", 1, 6)
    between = desk.promised()
    desk.reserve()

    assert (done.state, between) == ("partial", (2, 0))
    assert (desk.state("1"), desk.promised()) == ("reserved", (6, 0))


def test_stops_of_units_on_the_shelf_are_withdrawn(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 5), ("POT", 1))
    desk.release_all()

    done = desk.change("1", 1, 0)

    assert (done.state, done.told) == ("released", ())
    assert desk.promised() == (1, 1)
    assert [stop[2] for stop in desk.open_stops()] == [1]
    assert desk.differences() == ()


def test_picker_is_told_to_leave_units_and_those_he_took_already_belong_to_nobody(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 3))
    desk.release_all()
    packet = desk.walk("1")

    done = desk.change("1", 1, 1)
    told = desk.told(packet.work)
    tote = desk.pick(packet)

    assert done.told == (packet.work,)
    assert json.loads(told[0]) == {"what": "drop_stop", "stop": 1, "quantity": 2}
    assert desk.on_hand()[tote, "CUP"] == 3
    assert desk.promised() == (1, 1)
    assert desk.state("1") == "picked"
    assert desk.differences() == ()


def test_picked_units_are_not_taken_out_of_their_tote(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 3))
    desk.release_all()
    packet = desk.walk("1")
    stop = packet.stops[0]
    picked = Picked(packet.list_no, stop.stop_no, "1", 1, "", "CUP", "", 2, stop.location, "T-0001")
    desk.post(PICKER, [ToteOpened(packet.list_no, "1", "T-0001"), picked], packet.work)

    with pytest.raises(FewerThanPicked, match="2 units of line 1 of order 1 are picked already"):
        desk.change("1", 1, 1)
    desk.change("1", 1, 2)

    assert desk.promised() == (2, 2)
    assert desk.differences() == ()


def test_order_without_goods_left_is_cancelled_and_its_pick_list_too(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 3))
    desk.release_all()

    done = desk.change("1", 1, 0)

    assert done.state == "cancelled"
    assert desk.promised() == (0, 0)
    assert desk.row(tables.pick_list, list_no=desk.list_of("1"))["state"] == "cancelled"
    assert desk.differences() == ()


def test_service_moves_the_promise_and_the_history_says_so(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 1))
    before = desk.show("1").summary

    desk.change_header("1", HeaderChange(service="standard", priority=7, ship_policy="partial"))

    after = desk.show("1").summary
    assert (after.service, after.priority) == ("standard", 7)
    assert after.ship_by > before.ship_by
    assert desk.told_of("1")[1:] == ["service_changed", "priority_changed", "ship_policy_changed"]


def test_bench_that_packs_the_order_hears_of_its_new_address(desk: OrderDesk) -> None:
    packet = desk.packing("1")

    done = desk.change_header("1", HeaderChange(address={"city": "York", "country": "gb"}))

    assert done.told == (packet.work,)
    told = json.loads(desk.told(packet.work)[0])
    assert (told["what"], told["ship_to"]["city"], told["ship_to"]["name"]) == ("change_address", "York", "Ann")
    assert json.loads(desk.order("1")["ship_to"])["city"] == "York"


def test_what_is_labelled_keeps_its_address_and_its_service(desk: OrderDesk) -> None:
    desk.packed("1")

    with pytest.raises(WrongState, match="label is printed"):
        desk.change_header("1", HeaderChange(address={"city": "York"}))
    with pytest.raises(WrongState, match="label names the service"):
        desk.change_header("1", HeaderChange(service="standard"))


@pytest.mark.parametrize("quantity", [-1, 2**63])
def test_quantity_that_cannot_be_is_refused(desk: OrderDesk, quantity: int) -> None:
    desk.take("1", ("CUP", 2))

    with pytest.raises(BadQuantity, match=str(quantity)):
        desk.change("1", 1, quantity)


@pytest.mark.parametrize(
    "change",
    [
        HeaderChange(service="by owl"),
        HeaderChange(priority=-1),
        HeaderChange(ship_policy="maybe"),
        HeaderChange(address={"planet": "Mars"}),
        HeaderChange(address={"city": ""}),
        HeaderChange(address={"city": "York\x00"}),
        HeaderChange(address={"country": "England"}),
        HeaderChange(address={"name": "A" * 10_000}),
        HeaderChange(),
    ],
)
def test_header_that_cannot_be_is_refused_and_nothing_is_stored(desk: OrderDesk, change: HeaderChange) -> None:
    desk.take("1", ("CUP", 2))
    before = desk.order("1")

    with pytest.raises(WarehouseError):
        desk.change_header("1", change)

    assert desk.order("1") == before


def test_unknown_names_and_ended_orders_are_told(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 2))

    with pytest.raises(NotFound, match="order called 9"):
        desk.change("9", 1, 1)
    with pytest.raises(NotFound, match="1 / 9"):
        desk.change("1", 9, 1)
    desk.change("1", 1, 0)
    with pytest.raises(WrongState, match="cancelled"):
        desk.change("1", 1, 1)


def test_units_are_added_before_release_only(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 2))
    desk.release_all()

    with pytest.raises(WrongState, match="orders unrelease"):
        desk.change("1", 1, 3)


def test_change_by_nobody_in_particular_is_in_the_history(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 2))

    desk.database.write(change_order, "1", OrderChange(header=HeaderChange(priority=1)), "W-02")

    history = tables.order_history
    rows = desk.database.read(lambda tx: tx.rows(select(history).where(history.c.what == "priority_changed")))
    assert [(row["actor"], json.loads(row["detail"])) for row in rows] == [("W-02", {"before": 0, "after": 1})]


def test_lines_that_a_picker_has_on_his_list_stay_when_the_channel_sends_others(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 5))
    desk.release_all()
    packet = desk.walk("1")
    desk.database.write(add_hold, "recall", "W-02", sku="CUP")

    between, again = desk.state("1"), desk.take("1", ("POT", 2))
    desk.pick(packet)
    later = desk.take("1", ("POT", 3))

    assert between == "short"
    assert [conflict.order for conflict in (*again.conflicts, *later.conflicts)] == ["1", "1"]
    assert desk.database.read(lambda tx: tx.rows(select(tables.parked_fact))) == []
    assert desk.differences() == ()


def test_order_that_the_channel_sends_again_with_other_lines_gives_back_what_it_held(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 5), ("POT", 2))
    desk.reserve()

    done = desk.take("1", ("CUP", 3), ("POT", 4), ("CUP", 1))
    between = desk.state("1"), desk.promised()
    desk.reserve()

    assert (done.updated, done.conflicts) == (1, ())
    assert between == ("new", (0, 0))
    assert (desk.state("1"), desk.promised()) == ("reserved", (8, 0))
    assert desk.served() == {("1", "1"): 3, ("1", "2"): 4, ("1", "3"): 1}
    assert desk.differences() == ()


def test_order_that_was_changed_by_hand_or_released_keeps_its_lines(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 5))
    desk.take("2", ("CUP", 5))
    desk.change("1", 1, 4)
    desk.change("2", 1, 6)
    by_hand = [desk.take("1", ("CUP", 3)), desk.take("2", ("CUP", 3))]
    desk.release_all()

    released = desk.take("1", ("CUP", 2))

    assert ["by hand" in str(done.conflicts[0].reason) for done in by_hand] == [True, True]
    assert "released" in str(released.conflicts[0].reason)
    assert desk.promised() == (10, 10)
