"""A hold stops units wherever they lie, and tells whoever has them in hand."""

import io
import json
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest
from sqlalchemy import select

from tests.despatch import DOCK, PACKER, PICKER, DespatchHouse
from tests.warehouse import ORDER_HEADER, at
from warehouse_app.books.availability import reservable
from warehouse_app.channels.readers import READERS
from warehouse_app.domain.errors import NotFound
from warehouse_app.domain.facts import GoodsReceived, PickedShort, PutAway
from warehouse_app.domain.packets import PackPacket
from warehouse_app.domain.scan import ScanKind
from warehouse_app.domain.session import Need
from warehouse_app.operations.cancelling import hold_order, unhold_order
from warehouse_app.operations.claiming import StockOnHold
from warehouse_app.operations.holds import AddedHold, HoldOnNothing, add_hold, list_holds, remove_hold
from warehouse_app.operations.import_orders import import_orders
from warehouse_app.operations.import_products import import_products
from warehouse_app.operations.import_purchase_orders import import_purchase_orders
from warehouse_app.operations.import_stock import import_stock
from warehouse_app.operations.packing import claim_order, waiting_orders
from warehouse_app.operations.picking import claim_pick_list
from warehouse_app.operations.recalls import reached
from warehouse_app.operations.reserving import reserve_open_orders
from warehouse_app.operations.waves import WaveRequest, release_waves
from warehouse_app.store import tables
from warehouse_app.store.database import Database

TEA = "sku,name,lot_rule,unit_cost,currency\nTEA,Tea,lot,2.00,GBP\n"
TEA_STOCK = "sku,location,quantity,lot\nTEA,A01,6,L1\nTEA,B01,5,L2\n"


@pytest.fixture
def house(database: Database) -> DespatchHouse:
    house = DespatchHouse(database)
    import_products(database, io.BytesIO(TEA.encode()))
    import_stock(database, io.BytesIO(TEA_STOCK.encode()))
    return house


def order(house: DespatchHouse, order_no: str, quantity: int, *, sku: str = "TEA", hour: int = 7) -> None:
    row = f"{order_no},1,{at(f'{hour:02}:00').isoformat()},next_day,{sku},{quantity},Ann,1 Lane,Leeds,GB\n"
    import_orders(house.database, "csv", "shop", [io.BytesIO((ORDER_HEADER + row).encode())], readers=READERS)
    reserve_open_orders(house.database)


def hold(house: DespatchHouse, **names: str) -> AddedHold:
    return house.database.write(add_hold, "recall", "W-02", **names)


def free(house: DespatchHouse, **names: str) -> None:
    house.database.write(remove_hold, "W-02", **names)


def left_to_sell(house: DespatchHouse, sku: str = "TEA") -> int:
    return house.database.read(reservable, [sku])["", sku]


def promised_at(house: DespatchHouse, sku: str = "TEA") -> dict[tuple[str, str, str], int]:
    table = tables.allocation
    rows = house.database.read(lambda tx: tx.rows(select(table).where(table.c.sku == sku)))
    return {(row["order_no"], row["location"], row["lot"]): row["quantity"] for row in rows}


def told(house: DespatchHouse, work: str) -> list[dict[str, Any]]:
    return [json.loads(content) for content in house.told(work)]


def claimed(house: DespatchHouse, order_no: str) -> PackPacket:
    return house.database.write(claim_order, PACKER, Need(ScanKind.ORDER, order_no))


def test_promises_on_held_shelves_come_from_elsewhere_and_the_picker_is_told(house: DespatchHouse) -> None:
    order(house, "1", 4)
    release_waves(house.database, WaveRequest())
    [stop] = house.database.read(lambda tx: tx.rows(select(tables.pick_stop)))
    house.database.write(claim_pick_list, PICKER, Need(ScanKind.PICK_LIST, stop["list_no"]))
    [(_, place, lot)] = promised_at(house)

    done = hold(house, lot=lot)

    [(_, other_place, other_lot)] = promised_at(house)
    assert (other_place, other_lot) != (place, lot)
    assert promised_at(house) == {("1", other_place, other_lot): 4}
    dropped, added = told(house, f"pick:{stop['list_no']}")
    assert (dropped["what"], dropped["names"], dropped["reason"]) == ("drop_stop", lot, "recall")
    assert (added["what"], added["lot"], added["quantity"]) == ("add_stop", other_lot, 4)
    assert done.units_short == 0
    assert house.differences() == ()


def test_least_urgent_order_loses_what_nothing_can_replace_and_says_why(house: DespatchHouse) -> None:
    order(house, "early", 5, hour=6)
    order(house, "late", 5, hour=23)
    release_waves(house.database, WaveRequest())

    done = hold(house, sku="TEA", lot="L1")

    assert promised_at(house) == {("early", "B01", "L2"): 5}
    assert done.units_short == 5
    late = house.order("late")
    assert late["state"] == "short"
    assert late["reason"] == "TEA: 5 given back, stock on hold: TEA / L1 (recall)"
    assert left_to_sell(house) == 0
    assert house.differences() == ()


def test_reservations_beyond_what_can_be_sold_are_given_back_lowest_first(house: DespatchHouse) -> None:
    order(house, "early", 5, hour=6)
    order(house, "late", 5, hour=23)

    hold(house, lot="L1")

    assert house.order("early")["state"] == "reserved"
    assert house.order("late")["state"] == "short"
    assert house.line("late")["reserved"] == 0
    assert left_to_sell(house) == 0
    assert house.differences() == ()

    free(house, lot="L1")
    reserve_open_orders(house.database)
    assert house.order("late")["state"] == "reserved"


def test_order_with_held_units_in_its_tote_is_not_claimed_for_packing(house: DespatchHouse) -> None:
    order(house, "1", 11)
    release_waves(house.database, WaveRequest())
    list_no = house.database.read(lambda tx: tx.value(select(tables.pick_stop.c.list_no)))
    tote = house.pick(house.database.write(claim_pick_list, PICKER, Need(ScanKind.PICK_LIST, list_no)))

    done = hold(house, lot="L1")

    assert done.orders_stopped == ("1",)
    with pytest.raises(StockOnHold, match=r"L1 \(recall\)"):
        claimed(house, "1")
    assert house.database.read(waiting_orders, PACKER) == []
    assert house.line("1")["allocated"] == 11

    free(house, lot="L1")
    [waiting] = house.database.read(waiting_orders, PACKER)
    assert waiting.scan_text == f"TOTE:{tote}"
    assert claimed(house, "1").order_no == "1"


def test_hold_and_claim_that_meet_never_miss_each_other(house: DespatchHouse) -> None:
    tote_orders = ["1", "2", "3"]
    for order_no in tote_orders:
        house.pick(house.picking(order_no, 1))
    for order_no in tote_orders:
        start = Barrier(2)

        def claim(order_no: str = order_no, start: Barrier = start) -> bool:
            start.wait()
            try:
                return bool(claimed(house, order_no))
            except StockOnHold:
                return False

        def stop(start: Barrier = start) -> AddedHold:
            start.wait()
            return hold(house, sku="CUP")

        with ThreadPoolExecutor(2) as pool:
            claiming, stopping = pool.submit(claim), pool.submit(stop)
            got, added = claiming.result(), stopping.result()
        heard = [one["hold"] for one in told(house, f"pack:{order_no}")] if got else []

        assert got == (added.hold_id in heard)
        free(house, sku="CUP")


def test_bench_is_told_when_stock_in_its_totes_is_held_and_let_go(house: DespatchHouse) -> None:
    packet = house.packing("1")

    added = hold(house, sku="CUP")
    free(house, sku="CUP")

    stopped, released = told(house, packet.work)
    assert stopped == {"what": "hold", "hold": added.hold_id, "order": "1", "names": "CUP", "reason": "recall"}
    assert (released["what"], released["hold"]) == ("release", added.hold_id)


def test_bench_is_told_when_the_order_itself_is_held_and_let_go(house: DespatchHouse) -> None:
    packet = house.packing("1")

    house.database.write(hold_order, "1", "fraud", "W-02")
    house.database.write(unhold_order, "1", "", "W-02")

    stopped, released = told(house, packet.work)
    assert (stopped["what"], stopped["hold"], stopped["reason"]) == ("hold", "order", "fraud")
    assert (released["what"], released["hold"]) == ("release", "order")


def test_hold_on_a_lot_that_was_shipped_lists_who_has_it_and_where_the_rest_lies(house: DespatchHouse) -> None:
    order(house, "1", 6)
    release_waves(house.database, WaveRequest())
    list_no = house.database.read(lambda tx: tx.value(select(tables.pick_stop.c.list_no)))
    house.pick(house.database.write(claim_pick_list, PICKER, Need(ScanKind.PICK_LIST, list_no)))
    carton = house.pack(claimed(house, "1"))
    house.hand_over(house.claim(carton, DOCK), carton)

    found = house.database.read(reached, hold(house, lot="L1").as_stop)

    [customer] = found.customers
    assert (customer.order, customer.name, customer.city, customer.carton) == ("1", "Ann", "Leeds", carton)
    assert (customer.sku, customer.lot, customer.quantity) == ("TEA", "L1", 6)
    assert found.in_the_house == ()


def test_receipt_hold_stops_units_that_cannot_be_told_from_its_own(house: DespatchHouse) -> None:
    po = "po_no,line_no,supplier,sku,quantity,due_on\nPO-7,1,ACME,POT,4,2026-03-02\n"
    suppliers = [{"supplier": "ACME", "name": "Acme", "country": "GB"}]
    house.database.write(lambda tx: tx.put(tables.supplier, suppliers))
    assert import_purchase_orders(house.database, io.BytesIO(po.encode())).added == 1
    received = GoodsReceived("PO-7", 1, "", "POT", "", "", "", 4, "RECV-01")
    house.happen("09:00", "W-03", [received, PutAway("", "POT", "", 3, "RECV-01", "A02")])

    hold(house, receipt="PO-7")

    assert left_to_sell(house, "POT") == 6
    found = house.database.read(reached, list_now(house)[0].as_stop)
    assert [(one.location, one.quantity) for one in found.in_the_house] == [("A02", 3), ("RECV-01", 1)]
    house.happen("10:00", "W-03", [PutAway("", "POT", "", 1, "RECV-01", "C01")])
    assert left_to_sell(house, "POT") == 0
    free(house, receipt="PO-7")
    assert left_to_sell(house, "POT") == 13


def test_promises_give_way_where_units_of_a_held_receipt_are_put_away(house: DespatchHouse) -> None:
    order(house, "1", 6, sku="POT")
    release_waves(house.database, WaveRequest())
    line = {"po_no": "PO-7", "line_no": 1, "owner": "", "sku": "POT", "ordered": 4}
    house.database.write(
        lambda tx: tx.put(tables.purchase_order, [{"po_no": "PO-7", "supplier": "A", "state": "open"}])
    )
    house.database.write(lambda tx: tx.put(tables.purchase_line, [line]))
    house.happen("09:00", "W-03", [GoodsReceived("PO-7", 1, "", "POT", "", "", "", 4, "RECV-01")])
    hold(house, receipt="PO-7")
    assert promised_at(house, "POT") == {("1", "C01", ""): 6}

    house.happen("10:00", "W-03", [PutAway("", "POT", "", 1, "RECV-01", "C01")])

    assert promised_at(house, "POT") == {("1", "A02", ""): 3}
    assert house.line("1")["short"] == 3
    assert house.differences() == ()


def list_now(house: DespatchHouse) -> Any:  # noqa: ANN401 - the holds as they are listed
    return house.database.read(list_holds)


def test_place_in_doubt_and_a_hold_do_not_stop_the_same_units_twice(house: DespatchHouse) -> None:
    packet = house.picking("1")
    [stop] = packet.stops
    short = PickedShort(packet.list_no, 1, "1", 1, "", "CUP", "", 2, stop.location, "missing")
    house.post(PICKER, [short], packet.work)
    before = left_to_sell(house, "CUP")

    hold(house, sku="CUP", location=stop.location)

    assert left_to_sell(house, "CUP") == before


@pytest.mark.parametrize(
    "names", [{"sku": "NO"}, {"lot": "NO"}, {"location": "NO"}, {"owner": "NO"}, {"receipt": "NO"}, {"serial": "NO"}]
)
def test_hold_on_a_name_that_nothing_has_is_refused(names: dict[str, str], house: DespatchHouse) -> None:
    with pytest.raises(NotFound):
        hold(house, **names)

    assert list_now(house) == ()


def test_hold_on_nothing_is_refused(house: DespatchHouse) -> None:
    with pytest.raises(HoldOnNothing):
        hold(house)
