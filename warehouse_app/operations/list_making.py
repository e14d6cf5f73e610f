"""Pick lists for orders that have been allocated: planned outside any transaction, written where nothing changed."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Select, select

from warehouse_app.books.ledger import Books, Cause, new_books
from warehouse_app.books.loading import write
from warehouse_app.books.ranking import order_rank
from warehouse_app.books.rows import AllocationRow, OrderRow, PickListRow, StopRow
from warehouse_app.books.rowset import RowSet
from warehouse_app.operations.pace import paced
from warehouse_app.operations.promising import service_order
from warehouse_app.planning.pick_lists import (
    Floor,
    ListPolicy,
    OrderToPick,
    PickLine,
    PlannedList,
    plan_pick_lists,
)
from warehouse_app.planning.walks import Layout, Point, Stop
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction
from warehouse_app.store.ids import new_key

POLICY = ListPolicy(max_orders=6, max_stops=60, slot_volume_ml=48_000)
ORDERS_A_PLAN = 500
"""Orders planned together: enough to share walks well, few enough to be planned in a moment."""

FIRST_PART, LARGEST_PART = 10, 60
"""Lists a transaction."""

READY_STATES = ("reserved", "partial")

_Taken = frozenset[tuple[int, str, str, int]]
"""What is allocated to an order on the shelves: line, location, lot, quantity."""


@dataclass(frozen=True, slots=True)
class _ToList:
    """Orders that wait for a list, and what lay allocated for each when they were read."""

    orders: tuple[OrderToPick, ...]
    taken: dict[str, _Taken]


def unlisted_waves(tx: Transaction) -> list[str]:
    """Waves with orders that are allocated and stand on no list, because the program ended in between."""
    order = tables.fulfilment_order
    query = _waiting(tx).with_only_columns(order.c.wave_no).distinct().order_by(order.c.wave_no)
    return [str(row[0]) for row in tx.connection.execute(query)]


def make_lists(database: Database, wave_no: str, worker: str) -> None:
    """Put every allocated order of the wave on a pick list; orders that changed meanwhile are planned again."""
    floor = database.read(read_floor)
    while True:
        to_list = database.read(_read_to_list, wave_no)
        if not to_list.orders:
            return
        lists = plan_pick_lists(to_list.orders, floor, POLICY)
        for part in paced(lists, FIRST_PART, LARGEST_PART):
            database.write(_record_lists, part, to_list.taken, wave_no, worker)


def read_floor(tx: Transaction) -> Floor:
    """Where every pickable location lies; places without coordinates stand at the start."""
    location = tables.location
    rows = tx.rows(select(location).where(tx.mine(location), location.c.pickable))
    stops = {
        row["location"]: Stop(row["location"], row["aisle"], row["block"], row["x_mm"] or 0, row["y_mm"] or 0)
        for row in rows
    }
    packing = select(location).where(tx.mine(location), location.c.kind == "packing").order_by(location.c.location)
    first = tx.row(packing)
    start = Point(first["x_mm"] or 0, first["y_mm"] or 0) if first else Point(0, 0)
    return Floor(stops, Layout.of_stops(stops.values()), start)


def _waiting(tx: Transaction) -> Select[tuple[object, ...]]:
    """Orders of a wave that are allocated on the shelves and not released; held ones wait until they may go on."""
    order, allocation, location = tables.fulfilment_order, tables.allocation, tables.location
    of_order = (allocation.c.warehouse_id == order.c.warehouse_id) & (allocation.c.order_no == order.c.order_no)
    there = (allocation.c.warehouse_id == location.c.warehouse_id) & (allocation.c.location == location.c.location)
    shelved = select(allocation.c.order_no).join(location, there).where(of_order, location.c.pickable).exists()
    return select(order.c.order_no).where(
        tx.mine(order),
        order.c.state.in_(READY_STATES),
        order.c.wave_no != "",
        ~order.c.held,
        ~order.c.cancel_requested,
        shelved,
    )


def _read_to_list(tx: Transaction, wave_no: str) -> _ToList:
    order = tables.fulfilment_order
    query = _waiting(tx).where(order.c.wave_no == wave_no).order_by(*service_order()).limit(ORDERS_A_PLAN)
    names = [str(row[0]) for row in tx.connection.execute(query)]
    orders = RowSet(OrderRow, order)
    orders.load(tx, "order_no", names)
    rows = _shelved(tx, names)
    product = {row["sku"]: row for row in tx.rows_in(tables.product, "sku", {row.sku for row in rows})}
    lines: dict[str, list[PickLine]] = defaultdict(list)
    for row in rows:
        item = product[row.sku]
        volume_ml = item["length_mm"] * item["width_mm"] * item["height_mm"] * row.quantity // 1000
        weight_g = item["weight_g"] * row.quantity
        lines[row.order_no].append(
            PickLine(row.line_no, row.sku, row.location, row.quantity, volume_ml, weight_g, row.lot)
        )
    to_pick = [OrderToPick(name, order_rank(orders[name])[:2], tuple(lines[name])) for name in names]
    return _ToList(tuple(to_pick), _taken(rows))


def _shelved(tx: Transaction, order_nos: Sequence[str]) -> list[AllocationRow]:
    """What is allocated to these orders and still lies on the shelves."""
    allocations: RowSet[AllocationRow] = RowSet(AllocationRow, tables.allocation)
    rows = allocations.load(tx, "order_no", order_nos)
    location = tables.location
    places = {row.location for row in rows}
    shelves = {row["location"] for row in tx.rows_in(location, "location", places, location.c.pickable)}
    return [row for row in rows if row.location in shelves]


def _taken(rows: Sequence[AllocationRow]) -> dict[str, _Taken]:
    found: dict[str, set[tuple[int, str, str, int]]] = defaultdict(set)
    for row in rows:
        found[row.order_no].add((row.line_no, row.location, row.lot, row.quantity))
    return {order_no: frozenset(taken) for order_no, taken in found.items()}


def _record_lists(
    tx: Transaction, lists: Sequence[PlannedList], planned: dict[str, _Taken], wave_no: str, worker: str
) -> None:
    """Write the lists whose orders are as they were planned; the others wait for the next plan."""
    tx.lock_warehouse()
    books = new_books(tx.recorded_at, Cause("release_wave", new_key(), worker, tx.now))
    names = [slot.order_no for one in lists for slot in one.orders]
    books.orders.load(tx, "order_no", names)
    books.lines.load(tx, "order_no", names)
    now = _taken(_shelved(tx, names))
    good = [one for one in lists if all(_is_as_planned(books, slot.order_no, planned, now) for slot in one.orders)]
    first = tx.next_in_series("pick_list", len(good)) if good else 0
    for place, one in enumerate(good):
        _record_list(books, first + place, wave_no, one)
    write(tx, books)


def _is_as_planned(books: Books, order_no: str, planned: dict[str, _Taken], now: dict[str, _Taken]) -> bool:
    order = books.orders[order_no]
    waits = order.state in READY_STATES and not order.held and not order.cancel_requested
    return waits and now.get(order_no) == planned[order_no]


def _record_list(books: Books, number: int, wave_no: str, planned: PlannedList) -> None:
    list_no = f"PL-{number:06d}"
    ship_by = min(books.orders[slot.order_no].ship_by for slot in planned.orders)
    books.pick_lists.add(PickListRow(list_no, wave_no, "open", planned.length_mm, number, ship_by))
    picks = [(stop.stop.location, pick) for stop in planned.stops for pick in stop.picks]
    for stop_no, (location, pick) in enumerate(picks, 1):
        line = books.lines[pick.order_no, pick.line.line_no]
        books.stops.add(
            StopRow(
                list_no, stop_no, pick.order_no, line.line_no, pick.slot, line.owner, line.sku, pick.line.lot, location,
                pick.line.quantity, 0, 0, 0,
            )
        )  # fmt: skip
    for slot in planned.orders:
        order = books.orders[slot.order_no]
        order.wave_no = wave_no
        books.set_state(order, "released", order.reason)
        books.note(order.order_no, "released", wave=wave_no)
