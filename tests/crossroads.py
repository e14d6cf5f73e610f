"""A house in which every decision can be made at once: each finds something to decide about, mostly the same."""

import io
from collections.abc import Callable

from sqlalchemy import func, select

from tests.despatch import PICKER
from tests.order_desk import HEADER, Buyer, OrderDesk
from tests.warehouse import at
from warehouse_app.books.bookkeeping import book_everything
from warehouse_app.channels.readers import READERS
from warehouse_app.domain.facts import (
    Counted,
    Fact,
    GoodsReceived,
    LocationCounted,
    Picked,
    PickedShort,
    PutAway,
    ToteOpened,
    WorkFinished,
)
from warehouse_app.domain.scan import ScanKind
from warehouse_app.domain.session import Need
from warehouse_app.operations.campaigns import (
    CampaignChange,
    CampaignRequest,
    add_campaign,
    change_campaign,
    end_campaign,
    keep_campaigns,
)
from warehouse_app.operations.cancelling import cancel_order, hold_order, unhold_order
from warehouse_app.operations.changing import LineChange, OrderChange, change_order
from warehouse_app.operations.claiming import Holder
from warehouse_app.operations.counting import claim_count_sheet
from warehouse_app.operations.counting_approval import Tolerance, approve_counts, ask_for_recount
from warehouse_app.operations.counting_plan import plan_counts
from warehouse_app.operations.holds import add_hold, remove_hold
from warehouse_app.operations.import_orders import import_orders
from warehouse_app.operations.import_purchase_orders import import_purchase_orders
from warehouse_app.operations.keeping import book_once, seal_books
from warehouse_app.operations.landed_costs import add_landed_cost, change_unit_cost
from warehouse_app.operations.merging import merge_orders
from warehouse_app.operations.moving import StockWanted, Why, adjust_stock, move_stock
from warehouse_app.operations.periods import close_period
from warehouse_app.operations.picking import claim_pick_list
from warehouse_app.operations.reserving import reserve_open_orders
from warehouse_app.operations.rushing import rush_order
from warehouse_app.operations.splitting import SplitRequest, split_order
from warehouse_app.operations.unreleasing import unrelease_order
from warehouse_app.operations.waves import WaveRequest, release_waves
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction

NOON = at("12:00")
PURCHASES = "po_no,line_no,supplier,sku,quantity,unit_cost\nPO-1,1,SUP,CUP,12,1.99\nPO-1,2,SUP,POT,4,0.37\n"
FORCED = Why("broken", "W-02", force=True)
LESS = OrderChange(LineChange(1, 1))
BUYER = Buyer(policy="partial")


def build_crossroads(database: Database) -> None:
    """Order 1 and 2 have just come in, 3 is on the floor, 4 in a picker's hands, 5 is reserved and held, 6 reserved.

    A delivery has come, a campaign runs, a shelf is on hold, another one is counted, and facts wait to be booked.
    """
    desk = OrderDesk(database)
    import_purchase_orders(database, io.BytesIO(PURCHASES.encode()))
    received: list[Fact] = [GoodsReceived("PO-1", 1, "", "CUP", "", "", "", 12, "RECV-01")]
    desk.happen("08:30", "W-03", [*received, PutAway("", "CUP", "", 9, "RECV-01", "C01")])
    desk.take("3", ("CUP", 4), ("POT", 2), buyer=BUYER)
    desk.release_all()
    desk.take("4", ("CUP", 5), ("POT", 1), buyer=BUYER)
    desk.release_all()
    picks = _picks(desk)
    desk.take("5", ("CUP", 3), buyer=BUYER)
    desk.take("6", ("CUP", 6), ("POT", 1), buyer=BUYER)
    desk.reserve()
    database.write(hold_order, "5", "address", "W-02")
    sale = CampaignRequest("SALE", "POT", 2, at("18:00"), channel="csv/outlet")
    database.write(add_campaign, sale, "W-02")
    database.write(add_campaign, CampaignRequest("TEA", "CUP", 6, at("11:00"), channel="csv/shop"), "W-02")
    database.write(add_hold, "recall", "W-02", location="A02")
    _count(desk)
    desk.take("1", ("CUP", 14), ("POT", 2), buyer=BUYER)
    desk.take("2", ("CUP", 7), buyer=BUYER)
    _post(desk, "PICK-1", picks, "pick:" + desk.list_of("4"))
    _post(desk, "DOCK-1", [GoodsReceived("PO-1", 2, "", "POT", "", "", "", 4, "RECV-01")], "receive:PO-1")
    _post(desk, "S1", [PutAway("", "CUP", "", 5, "A01", "LOSS")], "putaway:A01")


def _picks(desk: OrderDesk) -> list[Fact]:
    packet = desk.walk("4")
    first, *others = packet.stops
    facts: list[Fact] = [ToteOpened(packet.list_no, "4", packet.free_totes[0])]
    facts.append(
        Picked(
            packet.list_no, first.stop_no, "4", first.line_no, "", first.sku, "", first.quantity, first.location,
            packet.free_totes[0],
        )
    )  # fmt: skip
    facts += [
        PickedShort(packet.list_no, one.stop_no, "4", one.line_no, "", one.sku, "", 1, one.location, "missing")
        for one in others
    ]
    return facts


def _count(desk: OrderDesk) -> None:
    desk.database.write(plan_counts, "W-02", locations=("B01",))
    packet = desk.database.write(claim_count_sheet, Holder("S2", "W-04"), Need(ScanKind.LOCATION, "B01"))
    facts: list[Fact] = [Counted(packet.sheet_no, 1, "B01", "", "CUP", "", 17)]
    facts += [LocationCounted(packet.sheet_no, 1, "B01"), WorkFinished(packet.work)]
    desk.happen("09:30", "W-04", facts, station="S2", work=packet.work)


def _post(desk: OrderDesk, station: str, facts: list[Fact], work: str) -> None:
    desk.database.write(desk._post, at("10:00"), "W-03", facts, station, work)  # noqa: SLF001 - not booked yet


def _written(job: Callable[..., object], *args: object, **kwargs: object) -> Callable[[Database], object]:
    return lambda database: database.write(job, *args, **kwargs)


def _import_again(database: Database) -> object:
    rows = "".join(
        f"{order_no},1,{at('07:00').isoformat()},next_day,CUP,{quantity},Ann,1 Lane,Leeds,GB,partial,C-1,\n"
        for order_no, quantity in (("1", 9), ("2", 8), ("6", 2), ("7", 3))
    )
    return import_orders(database, "csv", "shop", [io.BytesIO((HEADER + rows).encode())], readers=READERS)


def _claim(database: Database) -> object:
    return database.write(claim_pick_list, PICKER, Need(ScanKind.PICK_LIST, "PL-000001"))


DECISIONS: dict[str, Callable[[Database], object]] = {
    "reserve": reserve_open_orders,
    "release": lambda database: release_waves(database, WaveRequest()),
    "rush": lambda database: rush_order(database, "1", "W-02"),
    "rush reserved": lambda database: rush_order(database, "6", "W-02"),
    "claim": _claim,
    "cancel": _written(cancel_order, "6", "", "W-02"),
    "cancel released": _written(cancel_order, "3", "", "W-02"),
    "cancel claimed": _written(cancel_order, "4", "", "W-02"),
    "hold": _written(hold_order, "6", "why", "W-02"),
    "unhold": _written(unhold_order, "5", "why", "W-02"),
    "change": _written(change_order, "6", LESS, "W-02"),
    "change released": _written(change_order, "3", LESS, "W-02"),
    "split": _written(split_order, "1", SplitRequest((2,)), "W-02"),
    "split released": _written(split_order, "3", SplitRequest((1,), 2), "W-02"),
    "merge": _written(merge_orders, ["1", "6"], "W-02"),
    "unrelease": _written(unrelease_order, "3", "", "W-02"),
    "hold stock": _written(add_hold, "recall", "W-02", location="B01"),
    "release stock": _written(remove_hold, "W-02", location="A02"),
    "set aside": _written(add_campaign, CampaignRequest("NEXT", "CUP", 9, at("18:00"), partly=True), "W-02"),
    "change campaign": _written(change_campaign, "SALE", CampaignChange(quantity=3, partly=True), "W-02"),
    "end campaign": _written(end_campaign, "SALE", None, "W-02"),
    "keep campaigns": keep_campaigns,
    "move": _written(move_stock, StockWanted("CUP", 12), "B01", "C01", FORCED),
    "lose": _written(adjust_stock, StockWanted("CUP", -15), "B01", FORCED),
    "find": _written(adjust_stock, StockWanted("POT", 3), "A01", FORCED),
    "approve": _written(approve_counts, "W-01", "CP-000001", tolerance=Tolerance(units=9)),
    "recount": _written(ask_for_recount, "W-01", "CS-000001", "B01"),
    "import again": _import_again,
    "book": book_everything,
    "book and keep": book_once,
    "seal": seal_books,
    "close period": lambda database: close_period(database, "", at("11:00"), "W-01"),
    "landed cost": _written(add_landed_cost, "PO-1", "10.01", "freight", "value"),
    "new cost": _written(change_unit_cost, "CUP", "2.05", "", "new price"),
}
"""Every decision that can meet another one, on the one house."""


def promised_twice(tx: Transaction) -> list[tuple[object, ...]]:
    """Products of which more is promised than can be sold, and places with more promises than units."""
    return [*_sold_twice(tx), *_allocated_twice(tx)]


def _sold_twice(tx: Transaction) -> list[tuple[object, ...]]:
    stock, reservation = tables.product_stock, tables.reservation
    summed = select(reservation.c.sku, func.sum(reservation.c.quantity).label("units")).group_by(reservation.c.sku)
    promised = {row["sku"]: row["units"] for row in tx.rows(summed)}
    return [
        ("reserved", row["sku"], promised.get(row["sku"], 0), row["sellable"])
        for row in tx.rows(select(stock))
        if promised.get(row["sku"], 0) + row["set_aside"] > row["sellable"]
    ]


def _allocated_twice(tx: Transaction) -> list[tuple[object, ...]]:
    table, key = tables.allocation, ("location", "sku", "owner", "lot")
    lying = {tuple(row[name] for name in key): row["on_hand"] for row in tx.rows(select(tables.balance))}
    names = [table.c[name] for name in key]
    taken = tx.rows(select(*names, func.sum(table.c.quantity).label("units")).group_by(*names))
    return [tuple(row.values()) for row in taken if row["units"] > lying.get(tuple(row[name] for name in key), 0)]
