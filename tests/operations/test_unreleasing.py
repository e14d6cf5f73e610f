"""An order that is called back from the floor gives back its places and keeps its reservation."""

import json

import pytest

from tests.despatch import PICKER, DespatchHouse
from tests.order_desk import OrderDesk
from warehouse_app.domain.errors import NotFound, WrongState
from warehouse_app.domain.facts import AmendmentTaken, Fact, ListFinished, Picked, ToteOpened, WorkFinished, WorkStopped
from warehouse_app.operations.cancelling import cancel_order
from warehouse_app.operations.unreleasing import UnitsInTotes, UnreleasedOrder, unrelease_order
from warehouse_app.store import tables
from warehouse_app.store.database import Database


@pytest.fixture
def desk(database: Database) -> OrderDesk:
    return OrderDesk(database)


def unrelease(desk: DespatchHouse, order_no: str) -> UnreleasedOrder:
    return desk.database.write(unrelease_order, order_no, "lorry is full", "W-02")


def test_order_that_nobody_walks_for_comes_back_at_once(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 5), ("POT", 2))
    desk.release_all()
    list_no = desk.list_of("1")

    done = unrelease(desk, "1")

    assert done == UnreleasedOrder("1", "reserved", 7, ())
    assert desk.promised() == (7, 0)
    assert desk.open_stops() == []
    assert desk.row(tables.pick_list, list_no=list_no)["state"] == "cancelled"
    assert desk.order("1")["wave_no"] == ""
    assert desk.differences() == ()
    desk.release_all()
    assert (desk.state("1"), desk.promised()) == ("released", (7, 7))
    assert desk.differences() == ()


def test_other_orders_of_the_list_stay_on_it(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 5))
    desk.take("2", ("POT", 2))
    desk.release_all()

    unrelease(desk, "1")

    assert {stop[0] for stop in desk.open_stops()} == {"2"}
    assert desk.row(tables.pick_list, list_no=desk.list_of("2"))["state"] == "open"


def test_picker_is_asked_to_put_the_order_aside_and_no_wave_takes_it_before(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 5))
    desk.release_all()
    packet = desk.walk("1")

    done = unrelease(desk, "1")
    desk.release_all()
    between = desk.state("1"), desk.promised()
    stopped: list[Fact] = [AmendmentTaken(packet.work, 1, "{}"), WorkStopped("1", 1, "")]
    desk.post(PICKER, [*stopped, ListFinished(packet.list_no), WorkFinished(packet.work)], packet.work)

    assert done == UnreleasedOrder("1", "released", 5, (packet.work,))
    assert json.loads(desk.told(packet.work)[0])["what"] == "drop_order"
    assert between == ("released", (5, 0))
    assert (desk.state("1"), desk.promised()) == ("reserved", (5, 0))
    assert "unreleased" in desk.told_of("1")
    assert desk.differences() == ()


def test_units_picked_before_the_call_arrived_are_put_back_and_the_order_waits(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 5))
    desk.release_all()
    packet = desk.walk("1")
    unrelease(desk, "1")
    stop = packet.stops[0]
    picked = Picked(packet.list_no, stop.stop_no, "1", 1, "", "CUP", "", 2, stop.location, "T-0001")
    facts: list[Fact] = [ToteOpened(packet.list_no, "1", "T-0001"), picked, AmendmentTaken(packet.work, 1, "{}")]

    desk.post(PICKER, [*facts, WorkStopped("1", 1, ""), ListFinished(packet.list_no)], packet.work)

    assert (desk.state("1"), desk.promised()) == ("reserved", (5, 0))
    assert desk.on_hand()["T-0001", "CUP"] == 2
    assert desk.differences() == ()


def test_order_that_was_picked_before_the_call_arrived_goes_on(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 5))
    desk.release_all()
    packet = desk.walk("1")
    unrelease(desk, "1")

    desk.pick(packet)

    assert (desk.state("1"), desk.promised()) == ("picked", (5, 5))
    assert desk.differences() == ()


def test_order_with_units_in_totes_stays(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 5))
    desk.release_all()
    tote = desk.pick(desk.walk("1"), finish=False)

    with pytest.raises(UnitsInTotes, match=f"5 units of order 1 lie in {tote}"):
        unrelease(desk, "1")


def test_order_that_was_called_back_can_still_be_cancelled(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 5))
    desk.release_all()
    packet = desk.walk("1")
    unrelease(desk, "1")

    desk.database.write(cancel_order, "1", "", "W-02")
    desk.post(PICKER, [AmendmentTaken(packet.work, 1, "{}"), WorkStopped("1", 1, "")], packet.work)

    assert (desk.state("1"), desk.promised()) == ("cancelled", (0, 0))
    assert desk.differences() == ()


def test_only_what_is_on_the_floor_comes_back(desk: OrderDesk) -> None:
    desk.take("1", ("CUP", 5))

    with pytest.raises(WrongState, match="new"):
        unrelease(desk, "1")
    with pytest.raises(NotFound):
        unrelease(desk, "9")
    desk.release_all()
    desk.walk("1")
    unrelease(desk, "1")
    with pytest.raises(WrongState, match="coming back"):
        unrelease(desk, "1")
