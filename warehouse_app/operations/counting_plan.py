"""The decision what to count today: places in doubt first, then all in turn, those in fast zones more often."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import RowMapping, func, select

from warehouse_app.domain.errors import NotFound, WarehouseError
from warehouse_app.language import mark
from warehouse_app.operations.business_days import current_business_day
from warehouse_app.operations.debts import open_debts
from warehouse_app.operations.list_making import read_floor
from warehouse_app.planning.walks import plan_walk
from warehouse_app.store import tables
from warehouse_app.store.database import Row, Transaction

SHEET_LOCATIONS = 25
"""Locations a sheet: about an hour's work, and two pages of paper."""

ROTATION_DAYS = {"A": 30, "B": 90, "C": 180}
"""How often a location of a zone should be counted; other zones once a year."""

YEAR_DAYS = 365
NEVER_PLANNED = ("tote", "carton", "virtual")


class NothingToCount(WarehouseError):
    """No location is left to plan a count for."""

    message = mark("There is nothing to count: the locations are empty, or on a sheet already.")


@dataclass(frozen=True, slots=True)
class PlannedLocation:
    """A location to count, and why: asked, count_first, debt, rotation, or what it was queued for (picked_short)."""

    location: str
    why: str


@dataclass(frozen=True, slots=True)
class PlannedSheet:
    """A count sheet; its locations in walking order."""

    sheet_no: str
    locations: tuple[PlannedLocation, ...]


@dataclass(frozen=True, slots=True)
class CountPlan:
    """What is to be counted on a business day. `left_out` names wished locations that are on another sheet already."""

    plan_no: str
    business_day: date
    sheets: tuple[PlannedSheet, ...]
    walk_mm: int
    left_out: tuple[str, ...] = ()


def plan_counts(
    tx: Transaction,
    worker: str,
    *,
    locations: Sequence[str] | None = None,
    most: int = 40,
    business_day: date | None = None,
) -> CountPlan:
    """Plan a count of these locations or, when none are named, of up to `most` that need it most.

    Raises NotFound for a location that does not exist, NothingToCount when no sheet would have a line.
    """
    tx.lock_warehouse()
    day = business_day or current_business_day(tx)
    known, planned = _countable(tx), _planned_already(tx)
    if locations is None:
        whys = dict(_in_order_of_need(tx, known, planned, most))
    else:
        _check_known(locations, known)
        whys = dict.fromkeys((name for name in locations if name not in planned), "asked") | _queued(tx, locations)
        whys = {name: why for name, why in whys.items() if name not in planned}
    if not whys:
        raise NothingToCount
    left_out = tuple(sorted(planned.intersection(locations or ())))
    return _record(tx, worker, day, whys, left_out)


def _countable(tx: Transaction) -> dict[str, RowMapping]:
    location = tables.location
    rows = tx.rows(select(location).where(tx.mine(location), location.c.kind.not_in(NEVER_PLANNED)))
    return {row["location"]: row for row in rows}


def _planned_already(tx: Transaction) -> set[str]:
    task = tables.count_task
    rows = tx.rows(select(task.c.location).where(tx.mine(task), task.c.state != "approved"))
    return {row["location"] for row in rows}


def _check_known(locations: Iterable[str], known: dict[str, RowMapping]) -> None:
    for name in locations:
        if name not in known:
            raise NotFound(thing=mark("location"), name=name)


def _in_order_of_need(
    tx: Transaction, known: dict[str, RowMapping], planned: set[str], most: int
) -> Iterable[tuple[str, str]]:
    """Queued locations, then those under a count_first hold, those that owe units, and the rotation."""
    chosen: dict[str, str] = {}
    for wish in (_queued(tx), _on_hold(tx), _in_debt(tx)):
        for name, why in wish.items():
            if name in known and name not in planned:
                chosen.setdefault(name, why)
    if len(chosen) < most:
        for name in _rotation(tx, known):
            if name not in planned:
                chosen.setdefault(name, "rotation")
    return list(chosen.items())[:most]


def _queued(tx: Transaction, locations: Sequence[str] | None = None) -> dict[str, str]:
    queue = tables.count_queue
    rows = tx.rows(select(queue).where(tx.mine(queue)).order_by(queue.c.queued_at, queue.c.location))
    return {row["location"]: row["why"] for row in rows if locations is None or row["location"] in locations}


def _on_hold(tx: Transaction) -> dict[str, str]:
    hold = tables.hold
    stopped = (tx.mine(hold), hold.c.reason == "count_first", hold.c.location != "", hold.c.removed_at.is_(None))
    rows = tx.rows(select(hold.c.location).where(*stopped).order_by(hold.c.since, hold.c.location))
    return {row["location"]: "count_first" for row in rows}


def _in_debt(tx: Transaction) -> dict[str, str]:
    """Places from which more was taken than booked, once no station that holds work there may still explain it."""
    return {debt.location: "debt" for debt in open_debts(tx) if not debt.waits_for}


def _rotation(tx: Transaction, known: dict[str, RowMapping]) -> list[str]:
    """Storage locations with stock, the most overdue first; one that was never counted is just due.

    Of equally overdue ones the faster zone comes first, then neighbours together, so that the walk is short.
    """
    balance, task = tables.balance, tables.count_task
    stocked = tx.rows(select(balance.c.location).where(tx.mine(balance), balance.c.on_hand > 0).distinct())
    counted_at = func.max(task.c.counted_at, type_=task.c.counted_at.type).label("counted_at")
    counted = select(task.c.location, counted_at).where(tx.mine(task), task.c.state == "approved")
    last = {row["location"]: row["counted_at"] for row in tx.rows(counted.group_by(task.c.location))}

    def rank(name: str) -> tuple[object, ...]:
        row = known[name]
        days = ROTATION_DAYS.get(row["zone"], YEAR_DAYS)
        place = (row["block"], row["aisle"], row["position"], row["side"], row["level"])
        return (-_overdue(last.get(name), tx.now, days), days, row["zone"], *place, name)

    names = (row["location"] for row in stocked)
    return sorted((name for name in names if name in known and known[name]["kind"] == "storage"), key=rank)


def _overdue(counted_at: datetime | None, now: datetime, days: int) -> float:
    """How many of its periods a location has waited."""
    return (now - counted_at).total_seconds() / (days * 86_400) if counted_at else 1.0


def _record(tx: Transaction, worker: str, day: date, whys: dict[str, str], left_out: tuple[str, ...]) -> CountPlan:
    plan_no = f"CP-{tx.next_in_series('count_plan'):06d}"
    names, walk_mm = _walk(tx, whys)
    parts = [names[start : start + SHEET_LOCATIONS] for start in range(0, len(names), SHEET_LOCATIONS)]
    first = tx.next_in_series("count_sheet", len(parts))
    sheets = tuple(
        PlannedSheet(f"CS-{first + place:06d}", tuple(PlannedLocation(name, whys[name]) for name in part))
        for place, part in enumerate(parts)
    )
    plan = {"plan_no": plan_no, "business_day": day, "worker": worker, "planned_at": tx.recorded_at}
    tx.add(tables.count_plan, [plan])
    tx.add(tables.count_task, (row for sheet in sheets for row in _task_rows(plan_no, sheet)))
    tx.remove(tables.count_queue, ({"location": name} for name in names))
    tx.announce("count", [plan_no])
    return CountPlan(plan_no, day, sheets, walk_mm, left_out)


def _task_rows(plan_no: str, sheet: PlannedSheet) -> list[Row]:
    return [
        {
            "sheet_no": sheet.sheet_no,
            "location": planned.location,
            "plan_no": plan_no,
            "walk_no": walk_no,
            "why": planned.why,
            "state": "open",
        }
        for walk_no, planned in enumerate(sheet.locations, 1)
    ]


def _walk(tx: Transaction, names: Iterable[str]) -> tuple[list[str], int]:
    """The locations in walking order, and the length of the walk; docks and the like come last, by their names."""
    floor = read_floor(tx)
    walk = plan_walk((floor.stops[name] for name in names if name in floor.stops), floor.layout, floor.start)
    walked = [stop.location for stop in walk.stops]
    return walked + sorted(set(names) - set(walked)), walk.length_mm
