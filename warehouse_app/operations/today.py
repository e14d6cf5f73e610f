"""What a supervisor asks first: what is late, what is stuck, what is next."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping, func, select

from warehouse_app.books.bookkeeping import unapplied_count
from warehouse_app.domain.business_day import business_day
from warehouse_app.domain.cut_off import next_pick_up
from warehouse_app.domain.errors import NoWarehouse
from warehouse_app.operations.counting_status import counted_tasks
from warehouse_app.operations.debts import open_debts
from warehouse_app.operations.keeping import StoppedStream, books_lag, service_is_alive, stopped_streams
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction

ENDED = ("shipped", "cancelled")
SHORT = ("short", "partial")
"""Orders for which stock is missing; those in part may leave with what there is when their customer agreed to it."""

STAGES: Mapping[str, str] = {
    "new": "to_release",
    "reserved": "to_release",
    "partial": "to_release",
    "short": "to_release",
    "released": "to_pick",
    "picking": "to_pick",
    "picked": "to_pack",
    "packing": "to_pack",
    "packed": "to_hand_over",
}
"""What an order in each state waits for."""

PACE_OVER = timedelta(hours=1)
LIST_LIMIT = 50
"""The most late or stuck orders that are listed; the totals count all of them."""


@dataclass(frozen=True, slots=True)
class Stages:
    """Orders by what they wait for."""

    to_release: int = 0
    to_pick: int = 0
    to_pack: int = 0
    to_hand_over: int = 0

    @property
    def unpacked(self) -> int:
        """Orders whose last carton is not closed yet."""
        return self.to_release + self.to_pick + self.to_pack

    @property
    def all(self) -> int:
        """Every order that has not left."""
        return self.unpacked + self.to_hand_over


@dataclass(frozen=True, slots=True)
class PickUp:
    """A carrier's next pick-up: the orders that must be on it, and how many will miss it at the present pace.

    `will_miss` is None while nothing was packed within the last hour, for then nobody can tell.
    """

    service: str
    name: str
    name_zh: str
    carrier_name: str
    at: datetime
    stages: Stages
    units_left: int
    late: int
    handed_over: int
    will_miss: int | None


@dataclass(frozen=True, slots=True)
class OpenOrder:
    """An order in a list; `why` is the reason it waits, as it was recorded."""

    order_no: str
    state: str
    service: str
    ship_by: datetime
    customer: str
    units: int
    why: str = ""


@dataclass(frozen=True, slots=True)
class Stuck:
    """What does not move by itself. Each list is cut at LIST_LIMIT, its count is not."""

    held: tuple[OpenOrder, ...]
    short: tuple[OpenOrder, ...]
    stop_requests: tuple[OpenOrder, ...]
    held_count: int
    short_count: int
    stop_count: int
    parked_facts: int
    stopped: tuple[StoppedStream, ...]
    discrepancies: tuple[tuple[str, int], ...]
    owing: int
    """Places from which more was taken than booked, and which no station may still explain."""

    @property
    def count(self) -> int:
        """Everything that wants a person."""
        kinds = sum(number for _, number in self.discrepancies)
        orders = self.held_count + self.short_count + self.stop_count
        return orders + self.parked_facts + len(self.stopped) + kinds + self.owing


@dataclass(frozen=True, slots=True)
class LastCount:
    """The newest day that was counted, or is to be."""

    business_day: date
    locations: int
    counted: int
    approved: int
    with_variance: int
    units_off: int


@dataclass(frozen=True, slots=True)
class Upkeep:
    """How far the books have what the stations reported.

    `lag_s` is how long the oldest fact waits that they could have, in seconds; facts of stopped streams do not count.
    `keeper_host` is the computer on which the bookkeeper ran last, when that is known.
    """

    unapplied: int
    lag_s: float
    keeper_alive: bool
    parked: int
    stopped: tuple[StoppedStream, ...]
    keeper_host: str = ""


@dataclass(frozen=True, slots=True)
class Today:
    """The state of the house at `now`. `pace` is the orders whose last carton was closed within the last hour."""

    now: datetime
    name: str
    name_zh: str
    timezone: str
    business_day: date
    orders: int
    unreserved: int
    releasable: int
    stages: Stages
    pick_units: int
    shipped_today: int
    shipped_units_today: int
    pace: int
    pick_ups: tuple[PickUp, ...]
    late: tuple[OpenOrder, ...]
    late_count: int
    stuck: Stuck
    last_count: LastCount | None
    upkeep: Upkeep


@dataclass(frozen=True, slots=True)
class WaitingOrder:
    """An order that waits for a bench; `tote` is empty when its units lie in none."""

    order_no: str
    tote: str
    service_name: str
    service_name_zh: str
    ship_by: datetime
    units: int
    lines: int


def read_today(tx: Transaction) -> Today:
    """Everything the first page shows, from one consistent state. Raises NoWarehouse."""
    house = tx.row(select(tables.warehouse).where(tx.mine(tables.warehouse)))
    if house is None:
        raise NoWarehouse
    zone = ZoneInfo(house["timezone"] or "UTC")
    day = business_day(tx.now, zone, house["business_day_starts"])
    starts = time.fromisoformat(house["business_day_starts"] or "00:00")
    day_begins = datetime.combine(day, starts, zone)
    open_orders = _open_orders(tx)
    pace = _packed_since(tx, tx.now - PACE_OVER)
    shipped = _shipped_since(tx, day_begins)
    late = [row for row in open_orders if row["ship_by"] < tx.now]
    return Today(
        now=tx.now,
        name=house["name"],
        name_zh=house["name_zh"],
        timezone=house["timezone"] or "UTC",
        business_day=day,
        orders=_order_count(tx),
        unreserved=sum(row["state"] == "new" and not row["held"] for row in open_orders),
        releasable=sum(_is_releasable(row) for row in open_orders),
        stages=_stages(open_orders),
        pick_units=sum(row["units"] for row in open_orders if STAGES[row["state"]] == "to_pick"),
        shipped_today=len(shipped),
        shipped_units_today=sum(row["units"] for row in shipped),
        pace=pace,
        pick_ups=_pick_ups(tx, open_orders, shipped, pace, zone),
        late=tuple(_open_order(row) for row in late[:LIST_LIMIT]),
        late_count=len(late),
        stuck=_stuck(tx, open_orders),
        last_count=_last_count(tx),
        upkeep=read_upkeep(tx),
    )


def read_upkeep(tx: Transaction) -> Upkeep:
    """How far the books are, for the status bar."""
    return Upkeep(
        unapplied_count(tx),
        books_lag(tx),
        service_is_alive(tx, "bookkeeper"),
        _parked_count(tx),
        stopped_streams(tx),
        _keeper_host(tx),
    )


def _keeper_host(tx: Transaction) -> str:
    """The computer whose bookkeeper held the lease last; empty when it was given back."""
    lease = tables.service_lease
    holder = tx.value(select(lease.c.holder).where(tx.mine(lease), lease.c.service == "bookkeeper"))
    return str(holder or "").rpartition(":")[0]


def waiting_for_a_bench(tx: Transaction, limit: int = 12) -> tuple[WaitingOrder, ...]:
    """The orders that could be packed now, the most urgent first."""
    order, line, tote, claim, service = (
        tables.fulfilment_order, tables.fulfilment_line, tables.order_tote, tables.claim, tables.service,
    )  # fmt: skip
    held = select(claim.c.work).where(
        tx.mine(claim), claim.c.state == "held", claim.c.work == func.concat("pack:", order.c.order_no)
    )
    first_tote = (
        select(func.min(tote.c.tote)).where(tx.mine(tote), tote.c.order_no == order.c.order_no).scalar_subquery()
    )
    same = (line.c.warehouse_id == order.c.warehouse_id) & (line.c.order_no == order.c.order_no)
    query = (
        select(
            order.c.order_no,
            order.c.ship_by,
            order.c.service,
            service.c.name,
            service.c.name_zh,
            first_tote.label("tote"),
            func.sum(line.c.picked - line.c.packed).label("units"),
            func.count().label("lines"),
        )
        .join(line, same)
        .outerjoin(service, service.c.service == order.c.service)
        .where(
            tx.mine(order), order.c.state.in_(("picked", "packing")), ~order.c.held, ~order.c.cancel_requested,
            line.c.picked > line.c.packed, ~held.exists(),
        )
        .group_by(
            order.c.order_no, order.c.ship_by, order.c.priority, order.c.service, service.c.name, service.c.name_zh
        )
        .order_by(order.c.ship_by, order.c.priority.desc(), order.c.order_no)
        .limit(limit)
    )  # fmt: skip
    return tuple(
        WaitingOrder(
            row["order_no"], row["tote"] or "", row["name"] or row["service"], row["name_zh"] or "", row["ship_by"],
            int(row["units"]), int(row["lines"]),
        )
        for row in tx.rows(query)
    )  # fmt: skip


def _order_count(tx: Transaction) -> int:
    order = tables.fulfilment_order
    return int(tx.value(select(func.count()).select_from(order).where(tx.mine(order))) or 0)


def _open_orders(tx: Transaction) -> Sequence[RowMapping]:
    """Orders that have not left, the most urgent first, with the units that still have to leave."""
    order, line = tables.fulfilment_order, tables.fulfilment_line
    same = (line.c.warehouse_id == order.c.warehouse_id) & (line.c.order_no == order.c.order_no)
    left = func.sum(line.c.ordered - line.c.cancelled - line.c.shipped)
    columns = [
        order.c[name]
        for name in (
            "order_no", "state", "service", "ship_by", "customer", "priority", "ship_policy", "held", "hold_reason",
            "cancel_requested", "reason",
        )
    ]  # fmt: skip
    return tx.rows(
        select(*columns, left.label("units"))
        .join(line, same)
        .where(tx.mine(order), order.c.state.notin_(ENDED), line.c.stocked)
        .group_by(*columns)
        .order_by(order.c.ship_by, order.c.priority.desc(), order.c.order_no)
    )


def _stages(rows: Sequence[RowMapping]) -> Stages:
    return Stages(**Counter(STAGES[row["state"]] for row in rows))


def _packed_since(tx: Transaction, since: datetime) -> int:
    """Orders whose last carton was closed since then."""
    carton, shipment, order = tables.carton, tables.shipment, tables.fulfilment_order
    same = (carton.c.warehouse_id == shipment.c.warehouse_id) & (carton.c.shipment_no == shipment.c.shipment_no)
    of_order = (shipment.c.warehouse_id == order.c.warehouse_id) & (shipment.c.order_no == order.c.order_no)
    query = (
        select(func.count(order.c.order_no.distinct()))
        .join(shipment, of_order)
        .join(carton, same)
        .where(tx.mine(order), order.c.state.in_(("packed", "shipped")), carton.c.closed_at >= since)
    )
    return int(tx.value(query) or 0)


def _shipped_since(tx: Transaction, since: datetime) -> Sequence[RowMapping]:
    """Orders of which something was handed over since then, with their services and units."""
    shipment, order, line = tables.shipment, tables.fulfilment_order, tables.fulfilment_line
    gone = (
        select(shipment.c.order_no)
        .where(tx.mine(shipment), shipment.c.handed_over_at >= since)
        .group_by(shipment.c.order_no)
        .subquery()
    )
    same = (line.c.warehouse_id == order.c.warehouse_id) & (line.c.order_no == order.c.order_no)
    return tx.rows(
        select(order.c.order_no, order.c.service, order.c.ship_by, func.sum(line.c.shipped).label("units"))
        .join(gone, gone.c.order_no == order.c.order_no)
        .join(line, same)
        .where(tx.mine(order))
        .group_by(order.c.order_no, order.c.service, order.c.ship_by)
    )


def _is_releasable(row: RowMapping) -> bool:
    """Whether a wave would take the order: all its units are reserved, or some of them and it may leave in parts."""
    ready = row["state"] == "reserved" or (row["state"] == "partial" and row["ship_policy"] == "partial")
    return ready and not row["held"] and not row["cancel_requested"]


def _pick_ups(
    tx: Transaction, rows: Sequence[RowMapping], shipped: Sequence[RowMapping], pace: int, zone: ZoneInfo
) -> tuple[PickUp, ...]:
    """The next pick-up of every service, the earliest first; what is already late has to be on it too."""
    services = [(next_pick_up(tx.now, row["cut_off"], zone), row) for row in tx.rows(select(tables.service))]
    services.sort(key=lambda one: (one[0], one[1]["priority"], one[1]["service"]))
    pick_ups, before = [], 0
    for at, service in services:
        mine = [row for row in rows if row["service"] == service["service"] and row["ship_by"] <= at]
        stages = _stages(mine)
        hours = (at - tx.now).total_seconds() / 3600
        # Benches work off the earliest pick-up first, so a later one gets what they still manage after it.
        before += stages.unpacked
        missing = max(0, min(stages.unpacked, before - int(pace * hours)))
        pick_ups.append(
            PickUp(
                service=service["service"],
                name=service["name"],
                name_zh=service["name_zh"],
                carrier_name=service["carrier_name"],
                at=at,
                stages=stages,
                units_left=sum(row["units"] for row in mine),
                late=sum(row["ship_by"] < tx.now for row in mine),
                handed_over=sum(row["service"] == service["service"] for row in shipped),
                will_miss=missing if pace or not stages.unpacked else None,
            )
        )
    return tuple(pick_ups)


def _stuck(tx: Transaction, rows: Sequence[RowMapping]) -> Stuck:
    held = [row for row in rows if row["held"]]
    stops = [row for row in rows if row["cancel_requested"]]
    short = [row for row in rows if row["state"] in SHORT and not row["held"] and not row["cancel_requested"]]
    table = tables.discrepancy
    kinds = tx.rows(
        select(table.c.kind, func.count().label("n"))
        .where(tx.mine(table), table.c.settled_at.is_(None))
        .group_by(table.c.kind)
        .order_by(func.count().desc(), table.c.kind)
    )
    return Stuck(
        tuple(_open_order(row, row["hold_reason"]) for row in held[:LIST_LIMIT]),
        tuple(_open_order(row, row["reason"]) for row in short[:LIST_LIMIT]),
        tuple(_open_order(row, row["reason"]) for row in stops[:LIST_LIMIT]),
        len(held),
        len(short),
        len(stops),
        _parked_count(tx),
        stopped_streams(tx),
        tuple((row["kind"], int(row["n"])) for row in kinds),
        len({debt.location for debt in open_debts(tx) if not debt.waits_for}),
    )


def _parked_count(tx: Transaction) -> int:
    parked = tables.parked_fact
    return int(tx.value(select(func.count()).select_from(parked).where(tx.mine(parked))) or 0)


def _open_order(row: RowMapping, why: str = "") -> OpenOrder:
    return OpenOrder(
        row["order_no"], row["state"], row["service"], row["ship_by"], row["customer"], int(row["units"]), why
    )


def _last_count(tx: Transaction) -> LastCount | None:
    """The newest planned day with at least one counted location, else the newest plan at all."""
    plan, task = tables.count_plan, tables.count_task
    same = (task.c.warehouse_id == plan.c.warehouse_id) & (task.c.plan_no == plan.c.plan_no)
    counted = func.count(task.c.counted_at)
    query = (
        select(plan.c.business_day, counted.label("counted"))
        .join(task, same)
        .where(tx.mine(plan))
        .group_by(plan.c.business_day)
        .order_by(plan.c.business_day.desc())
        .limit(7)
    )
    days = tx.rows(query)
    if not days:
        return None
    day = next((row["business_day"] for row in days if row["counted"]), days[0]["business_day"])
    wanted = select(task).join(plan, same).where(tx.mine(task), plan.c.business_day == day)
    tasks = counted_tasks(tx, tx.rows(wanted))
    off = [one for one in tasks if one.counted_at and one.units_off]
    return LastCount(
        day,
        len(tasks),
        sum(one.counted_at is not None for one in tasks),
        sum(one.state == "approved" for one in tasks),
        len(off),
        sum(one.units_off for one in off),
    )
