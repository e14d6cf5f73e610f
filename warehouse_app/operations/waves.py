"""The decision to release a wave: locations for its orders, and pick lists in walking order."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from warehouse_app.books.availability import shelf_balances
from warehouse_app.books.ledger import Books, Cause, new_books
from warehouse_app.books.loading import Needs, load, write
from warehouse_app.books.rows import OrderRow, PickListRow, StopRow
from warehouse_app.domain.wording import ON_HOLD
from warehouse_app.language import mark
from warehouse_app.operations.reserving import order_rank, short_reason
from warehouse_app.planning.allocation import LineDemand, OrderDemand, Take, plan_allocations
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

CHUNK = 60
"""Orders a transaction: allocation, lists and stops of so many are written well within a quarter of a second."""

WAITING_STATES = ("new", "reserved", "partial", "short")


@dataclass(frozen=True, slots=True)
class Wave:
    """A released wave."""

    wave: str
    orders: int
    lines: int
    units: int
    pick_lists: int


@dataclass(frozen=True, slots=True)
class LeftOrder:
    """An order that was not released, and why, in words a person can read."""

    order: str
    reason: str


@dataclass(frozen=True, slots=True)
class Released:
    """What one release did."""

    waves: tuple[Wave, ...]
    left: tuple[LeftOrder, ...]


@dataclass(frozen=True, slots=True)
class WaveRequest:
    """Which orders to release: at most so many, and only those that must leave by a time."""

    worker: str = ""
    max_orders: int | None = None
    until: datetime | None = None


def release_waves(database: Database, request: WaveRequest) -> Released:
    """Release every order that is ready, the most urgent first; what cannot be allocated stays behind, whole."""
    ready = database.read(_ready_orders, request)
    chosen = ready[: request.max_orders]
    left = database.read(_waiting_reasons, request)
    left += [LeftOrder(order_no, mark("over the limit of this wave")) for order_no in ready[len(chosen) :]]
    if not chosen:
        return Released((), tuple(left))
    wave_no = database.write(_new_wave, request)
    parts = []
    for start in range(0, len(chosen), CHUNK):
        part, behind = database.write(_release, wave_no, chosen[start : start + CHUNK], request)
        parts.append(part)
        left += behind
    totals = [sum(getattr(part, name) for part in parts) for name in ("orders", "lines", "units", "pick_lists")]
    waves = (Wave(wave_no, *totals),) if totals[0] else ()
    return Released(waves, tuple(left))


def list_waves(tx: Transaction) -> tuple[Wave, ...]:
    """All waves, the newest first."""
    wave, pick_list, stop = tables.wave, tables.pick_list, tables.pick_stop
    same = (stop.c.warehouse_id == pick_list.c.warehouse_id) & (stop.c.list_no == pick_list.c.list_no)
    query = (
        select(
            pick_list.c.wave_no,
            func.count(stop.c.order_no.distinct()).label("orders"),
            func.count().label("lines"),
            func.sum(stop.c.quantity).label("units"),
            func.count(pick_list.c.list_no.distinct()).label("pick_lists"),
        )
        .join(stop, same)
        .where(tx.mine(pick_list))
        .group_by(pick_list.c.wave_no)
    )
    by_wave = {row["wave_no"]: row for row in tx.rows(query)}
    names = [row["wave_no"] for row in tx.rows(select(wave.c.wave_no).where(tx.mine(wave)).order_by(wave.c.wave_no))]
    return tuple(
        Wave(name, *(int(by_wave[name][key]) for key in ("orders", "lines", "units", "pick_lists")))
        for name in reversed(names)
        if name in by_wave
    )


def _ready_orders(tx: Transaction, request: WaveRequest) -> list[str]:
    order = tables.fulfilment_order
    ready = (order.c.state == "reserved") | ((order.c.state == "partial") & (order.c.ship_policy == "partial"))
    where = [tx.mine(order), ready, ~order.c.held, ~order.c.cancel_requested]
    if request.until is not None:
        where.append(order.c.ship_by <= request.until)
    query = select(order.c.order_no).where(*where)
    query = query.order_by(order.c.ship_by, order.c.priority.desc(), order.c.ordered_at, order.c.order_no)
    return [row["order_no"] for row in tx.rows(query)]


def _waiting_reasons(tx: Transaction, request: WaveRequest) -> list[LeftOrder]:
    """Why the other open orders are not even looked at."""
    order = tables.fulfilment_order
    query = select(order).where(tx.mine(order), order.c.state.in_(WAITING_STATES)).order_by(order.c.order_no)
    left = []
    for row in tx.rows(query):
        if row["held"]:
            left.append(
                LeftOrder(row["order_no"], ON_HOLD.format(reason=row["hold_reason"]) if row["hold_reason"] else "held")
            )
        elif row["state"] == "new":
            left.append(LeftOrder(row["order_no"], mark("not reserved yet")))
        elif row["state"] == "short" or (row["state"] == "partial" and row["ship_policy"] == "complete"):
            left.append(LeftOrder(row["order_no"], row["reason"] or mark("short of stock")))
        elif request.until is not None and row["ship_by"] > request.until:
            left.append(LeftOrder(row["order_no"], mark("leaves after the time asked for")))
    return left


def _new_wave(tx: Transaction, request: WaveRequest) -> str:
    wave_no = f"W-{tx.next_in_series('wave'):06d}"
    tx.add(tables.wave, [{"wave_no": wave_no, "worker": request.worker, "released_at": tx.recorded_at}])
    return wave_no


def _release(
    tx: Transaction, wave_no: str, order_nos: Sequence[str], request: WaveRequest
) -> tuple[Wave, list[LeftOrder]]:
    tx.lock_warehouse()
    books = new_books(tx.recorded_at, Cause("release_wave", new_key(), request.worker, tx.now))
    load(tx, books, Needs(orders=frozenset(order_nos)))
    orders = [order for order in books.orders if order.state in ("reserved", "partial") and not order.held]
    demands = [_demand(books, order) for order in orders]
    balances = shelf_balances(tx, {line.sku for demand in demands for line in demand.lines})
    plan = plan_allocations(demands, balances)
    behind = [LeftOrder(left.order_no, short_reason(left.reason)) for left in plan.left_behind]
    _load_takes(tx, books, plan.takes)
    lists = _plan_lists(tx, books, plan.takes)
    _record(tx, books, wave_no, plan.takes, lists)
    write(tx, books)
    released = {take.order_no for take in plan.takes}
    units = sum(take.quantity for take in plan.takes)
    lines = len({(take.order_no, take.line_no) for take in plan.takes})
    return Wave(wave_no, len(released), lines, units, len(lists)), behind


def _demand(books: Books, order: OrderRow) -> OrderDemand:
    lines = tuple(
        LineDemand(line.line_no, line.owner, line.sku, line.reserved - line.allocated)
        for line in books.lines_of(order.order_no)
        if line.stocked and line.reserved > line.allocated
    )
    return OrderDemand(order.order_no, order_rank(order), order.ship_policy == "complete", lines)


def _load_takes(tx: Transaction, books: Books, takes: Sequence[Take]) -> None:
    places = {take.location for take in takes}
    books.locations.load(tx, "location", places)
    books.balances.load(tx, "location", places)


def _plan_lists(tx: Transaction, books: Books, takes: Sequence[Take]) -> Sequence[PlannedList]:
    if not takes:
        return ()
    product = {row["sku"]: row for row in tx.rows_in(tables.product, "sku", {take.sku for take in takes})}
    lines: dict[str, list[PickLine]] = defaultdict(list)
    for take in takes:
        row = product[take.sku]
        volume = row["length_mm"] * row["width_mm"] * row["height_mm"] * take.quantity // 1000
        weight = row["weight_g"] * take.quantity
        lines[take.order_no].append(
            PickLine(take.line_no, take.sku, take.location, take.quantity, volume, weight, take.lot)
        )
    to_pick = [
        OrderToPick(order_no, order_rank(books.orders[order_no])[:2], tuple(found)) for order_no, found in lines.items()
    ]
    return plan_pick_lists(to_pick, read_floor(tx), ListPolicy(max_orders=6, max_stops=60, slot_volume_ml=48_000))


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


def _record(tx: Transaction, books: Books, wave_no: str, takes: Sequence[Take], lists: Sequence[PlannedList]) -> None:
    for take in takes:
        line = books.lines[take.order_no, take.line_no]
        books.allocate(line, take.location, take.lot, take.quantity)
    first = tx.next_in_series("pick_list", len(lists)) if lists else 0
    for place, planned in enumerate(lists):
        _record_list(books, f"PL-{first + place:06d}", wave_no, place, planned)
    for order_no in dict.fromkeys(take.order_no for take in takes):
        order = books.orders[order_no]
        order.wave_no = wave_no
        books.set_state(order, "released", order.reason)
        books.note(order_no, "released", wave=wave_no)


def _record_list(books: Books, list_no: str, wave_no: str, rank: int, planned: PlannedList) -> None:
    ship_by = min(books.orders[slot.order_no].ship_by for slot in planned.orders)
    books.pick_lists.add(PickListRow(list_no, wave_no, "open", planned.length_mm, rank, ship_by))
    picks = [(stop.stop.location, pick) for stop in planned.stops for pick in stop.picks]
    for stop_no, (location, pick) in enumerate(picks, 1):
        line = books.lines[pick.order_no, pick.line.line_no]
        books.stops.add(
            StopRow(
                list_no, stop_no, pick.order_no, line.line_no, pick.slot, line.owner, line.sku, pick.line.lot, location,
                pick.line.quantity, 0, 0, 0,
            )
        )  # fmt: skip
