import io

import pytest
from sqlalchemy import func, select

from tests.despatch import DOCK, PACKER, PICKER, DespatchHouse
from tests.warehouse import ORDER_HEADER, at
from warehouse_app.channels.readers import READERS
from warehouse_app.domain.errors import NotFound, WrongState
from warehouse_app.domain.facts import (
    AmendmentTaken,
    Fact,
    ListFinished,
    PutAway,
    Undone,
    UnitPacked,
    WorkFinished,
    WorkStopped,
    encode,
)
from warehouse_app.operations.cancelling import CancelledOrder, cancel_order, finish_cancellations, hold_order
from warehouse_app.operations.claiming import give_back
from warehouse_app.operations.import_orders import import_orders
from warehouse_app.operations.reserving import reserve_open_orders
from warehouse_app.store import tables
from warehouse_app.store.database import Database


@pytest.fixture
def house(database: Database) -> DespatchHouse:
    return DespatchHouse(database)


def cancel(house: DespatchHouse, order_no: str) -> CancelledOrder:
    return house.database.write(cancel_order, order_no, "changed her mind", "W-02")


def history(house: DespatchHouse, order_no: str) -> list[tuple[str, str]]:
    table = tables.order_history
    rows = house.database.read(lambda tx: tx.rows(select(table).where(table.c.order_no == order_no)))
    return [(row["what"], row["actor"]) for row in rows]


def promised(house: DespatchHouse) -> tuple[int, int]:
    """Units reserved and allocated in the whole house."""
    reserved = house.database.read(lambda tx: tx.value(select(func.sum(tables.reservation.c.quantity))))
    allocated = house.database.read(lambda tx: tx.value(select(func.sum(tables.allocation.c.quantity))))
    return int(reserved or 0), int(allocated or 0)


def test_released_order_that_nobody_holds_is_cancelled_at_once(house: DespatchHouse) -> None:
    list_no = house.release("1", "CUP", 2)

    done = cancel(house, "1")

    assert done == CancelledOrder("1", "cancelled", (), 2, ())
    assert promised(house) == (0, 0)
    assert house.row(tables.pick_list, list_no=list_no)["state"] == "cancelled"
    assert ("cancelled", "W-02") in history(house, "1")
    assert house.differences() == ()


def test_order_that_is_only_reserved_gives_its_promises_back(house: DespatchHouse) -> None:
    row = f"1,1,{at('07:00').isoformat()},next_day,CUP,2,Ann,1 Lane,Leeds,GB\n"
    import_orders(house.database, "csv", "shop", [io.BytesIO((ORDER_HEADER + row).encode())], readers=READERS)
    reserve_open_orders(house.database)

    done = cancel(house, "1")

    assert (done.state, done.units_cancelled) == ("cancelled", 2)
    assert promised(house) == (0, 0)
    assert house.differences() == ()


def test_picker_is_asked_to_drop_the_order_and_its_tote_becomes_a_put_back(house: DespatchHouse) -> None:
    packet = house.picking("1")
    tote = house.pick(packet, finish=False)

    done = cancel(house, "1")
    before = house.order("1")
    stopped: list[Fact] = [AmendmentTaken(packet.work, 1, "{}"), WorkStopped("1", 1, "")]
    house.post(PICKER, [*stopped, ListFinished(packet.list_no), WorkFinished(packet.work)], packet.work)

    assert done.asked == (packet.work,)
    assert house.told(packet.work) == ['{"what": "drop_order", "order": "1", "reason": "changed her mind"}']
    assert (before["state"], before["cancel_requested"]) == ("picking", True)
    assert house.order("1")["state"] == "cancelled"
    assert house.on_hand()[tote, "CUP"] == 2
    assert promised(house) == (0, 0)
    assert house.differences() == ()


def test_units_not_picked_yet_are_free_before_the_picker_answers(house: DespatchHouse) -> None:
    house.picking("1")

    done = cancel(house, "1")

    assert done.units_cancelled == 2
    assert promised(house) == (0, 0)


def test_units_picked_before_the_stop_arrived_are_booked_and_put_back(house: DespatchHouse) -> None:
    packet = house.picking("1")
    cancel(house, "1")

    tote = house.pick(packet, finish=True)

    assert house.order("1")["state"] == "cancelled"
    assert house.on_hand()[tote, "CUP"] == 2
    assert promised(house) == (0, 0)
    assert house.differences() == ()


def test_bench_is_stopped_in_the_middle_of_an_order(house: DespatchHouse) -> None:
    packet = house.packing("1", quantity=3)
    units, carton = packet.units[0], packet.ssccs[0]
    packed = UnitPacked("1", units.line_no, units.owner, units.sku, units.lot, 1, units.tote, carton)
    house.post(PACKER, [packed], packet.work)

    done = cancel(house, "1")
    house.post(
        PACKER, [AmendmentTaken(packet.work, 1, "{}"), WorkStopped("1", 1, ""), WorkFinished(packet.work)], packet.work
    )

    assert done.asked == (packet.work,)
    assert house.told(packet.work) == ['{"what": "stop", "order": "1", "reason": "changed her mind"}']
    assert (house.order("1")["state"], house.carton(carton)["state"]) == ("cancelled", "stopped")
    assert house.line("1")["cancelled"] == 3
    assert promised(house) == (0, 0)
    assert house.differences() == ()


def test_carton_closed_before_the_stop_arrived_is_stopped(house: DespatchHouse) -> None:
    packet = house.packing("1")
    cancel(house, "1")

    carton = house.pack(packet)

    assert (house.order("1")["state"], house.carton(carton)["state"]) == ("cancelled", "stopped")
    assert house.claim(carton).cartons[0].stopped == "cancelled"


def test_packed_order_is_stopped_on_the_manifest_that_lists_it(house: DespatchHouse) -> None:
    carton = house.packed("1")
    packet = house.claim(carton)

    done = cancel(house, "1")

    assert done == CancelledOrder("1", "cancelled", (), 2, (carton,))
    assert house.told(packet.work) == [f'{{"what": "stop", "carton": "{carton}", "reason": "cancelled"}}']
    assert house.carton(carton)["state"] == "stopped"
    assert house.differences() == ()


def test_carton_that_left_although_cancelled_is_shipped_and_told_to_a_person(house: DespatchHouse) -> None:
    carton = house.packed("1")
    packet = house.claim(carton)
    cancel(house, "1")

    house.hand_over(packet, carton)

    assert house.order("1")["state"] == "shipped"
    assert (house.line("1")["shipped"], house.line("1")["cancelled"]) == (2, 0)
    assert house.row(tables.discrepancy, order_no="1")["kind"] == "shipped_although_cancelled"
    assert house.differences() == ()


def test_order_that_has_left_cannot_be_cancelled(house: DespatchHouse) -> None:
    carton = house.packed("1")
    house.hand_over(house.claim(carton), carton)

    with pytest.raises(WrongState):
        cancel(house, "1")
    with pytest.raises(WrongState):
        house.database.write(hold_order, "1", "too late", "W-02")
    with pytest.raises(NotFound):
        cancel(house, "2")


def test_order_is_cancelled_once(house: DespatchHouse) -> None:
    house.packing("1")
    cancel(house, "1")

    with pytest.raises(WrongState, match="being cancelled"):
        cancel(house, "1")


def test_cancellation_that_waited_is_done_when_the_work_is_given_back(house: DespatchHouse) -> None:
    packet = house.picking("1")
    cancel(house, "1")
    house.database.write(give_back, packet.work, PICKER.station)

    finished = house.database.write(finish_cancellations)

    assert finished == ("1",)
    assert house.order("1")["state"] == "cancelled"


def test_put_back_empties_the_stopped_carton(house: DespatchHouse) -> None:
    carton = house.packed("1")
    cancel(house, "1")
    half = PutAway("", "CUP", "", 1, carton, "A01")

    house.post(DOCK, [half], f"putaway:{carton}")
    between = house.differences()
    house.post(DOCK, [half], f"putaway:{carton}")

    assert between == ()
    assert house.carton(carton)["state"] == "emptied"
    assert sum(house.on_hand().get((shelf, "CUP"), 0) for shelf in ("A01", "A02", "B01")) == 34
    assert house.differences() == ()


def test_put_back_that_is_taken_back_fills_the_carton_again(house: DespatchHouse) -> None:
    carton = house.packed("1")
    cancel(house, "1")
    put_back = PutAway("", "CUP", "", 2, carton, "A01")
    house.post(DOCK, [put_back], f"putaway:{carton}")

    house.post(DOCK, [Undone("any", put_back.kind, put_back.version, encode(put_back))], f"putaway:{carton}")

    assert house.carton(carton)["state"] == "stopped"
    assert house.row(tables.carton_content, carton=carton)["quantity"] == 2
    assert house.differences() == ()


def test_put_back_frees_the_tote(house: DespatchHouse) -> None:
    tote = house.pick(house.picking("1"))
    cancel(house, "1")
    put_back = PutAway("", "CUP", "", 2, tote, "A01")

    house.post(DOCK, [put_back], f"putaway:{tote}")

    assert house.database.read(lambda tx: tx.rows(select(tables.order_tote))) == []
    assert (tote, "CUP") not in house.on_hand()
