"""Closing periods: what was recorded up to a time stays as it is for ever."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from warehouse_app.books.periods import (
    Period,
    is_sealed,
    last_numbers,
    read_periods,
    seal_of,
    totals_after,
    units_lying,
)
from warehouse_app.books.sealing import chain_head, seal_now
from warehouse_app.domain.costing import half_up
from warehouse_app.domain.errors import NotFound, StockChanged, WarehouseError
from warehouse_app.domain.money import UNIT_COST_SCALE
from warehouse_app.language import mark
from warehouse_app.operations.valuation import house_currency
from warehouse_app.operations.warehouses import read_house
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction

NAME_LENGTH_MOST = 100
TRIES = 5
"""Somebody may book, with a clock that is behind, into the period while it is prepared."""


class NotOverYet(WarehouseError):
    """A period that should end in the future, in which more can be recorded."""

    message = mark("{until} is not over yet. Close a period up to a time that has passed.")


class ClosedAlready(WarehouseError):
    """A period that should end before one that is closed, or with it."""

    message = mark("Everything up to {ends_at} is closed already, with {name}. Give a later time.")


class NameTaken(WarehouseError):
    """A second period of the same name."""

    message = mark("There is a period called {name} already. Give this one another name.")


class BadName(WarehouseError):
    """A name that cannot be read or written."""

    message = mark("{name} cannot be the name of a period: up to 100 characters on one line.")


class BooksDoNotTie(WarehouseError):
    """Figures that must not be kept for ever."""

    message = mark("The books do not tie, so nothing was closed. Run: warehouse-app verify")


@dataclass(frozen=True, slots=True)
class OwnerTotal:
    """What an owner had in the house when a period ended; value in minor units."""

    owner: str
    units: int
    value: int


@dataclass(frozen=True, slots=True)
class ClosedPeriod:
    """A closed period as people and programs read it."""

    name: str
    starts_at: datetime | None
    ends_at: datetime
    last_move_no: int
    last_cost_no: int
    head: str
    seal: str
    worker: str
    closed_at: datetime | None
    currency: str
    owners: tuple[OwnerTotal, ...]
    units: int
    value: int


def close_period(database: Database, name: str, until: datetime, worker: str) -> ClosedPeriod:
    """Seal the ledger and keep the figures of everything recorded after the last period and up to this time.

    Without a name the period is called after the last day of it. Raises NotOverYet, ClosedAlready, NameTaken, BadName,
    BooksDoNotTie.
    """
    for _ in range(TRIES):
        seal_now(database)
        # All that takes long only reads: what was recorded up to a time that has passed hardly ever changes.
        before, period = database.read(_prepare, name, until)
        if database.write(_keep, before, period, worker):
            break
    else:
        raise StockChanged(reason=mark("facts are booked too fast"))
    return database.read(show_period, period.name)


def list_periods(tx: Transaction) -> tuple[ClosedPeriod, ...]:
    """All closed periods, the earliest first."""
    currency = house_currency(tx)
    return tuple(_readable(period, currency) for period in read_periods(tx))


def show_period(tx: Transaction, name: str) -> ClosedPeriod:
    """The period of this name. Raises NotFound."""
    for period in list_periods(tx):
        if period.name == name:
            return period
    raise NotFound(thing=mark("period"), name=name)


def _prepare(tx: Transaction, name: str, until: datetime) -> tuple[Period | None, Period]:
    """The period before and the one to be closed."""
    periods = read_periods(tx)
    before = periods[-1] if periods else None
    zone = ZoneInfo(read_house(tx).timezone)
    name = name or f"{(until - timedelta(microseconds=1)).astimezone(zone):%Y-%m-%d}"
    _check(periods, name, until, tx.now)
    last_move_no, last_cost_no = last_numbers(tx, until)
    totals = totals_after(tx, before, last_cost_no)
    starts_at = before.ends_at if before else None
    period = Period(len(periods) + 1, name, starts_at, until, last_move_no, last_cost_no, chain_head(tx), totals)
    _require_tying(tx, period)
    return before, replace(period, seal=seal_of(tx, period, before))


def _keep(tx: Transaction, before: Period | None, period: Period, worker: str) -> bool:
    """Write the period, unless something came into it or another was closed since it was prepared."""
    tx.lock_warehouse()
    periods = read_periods(tx)
    if (periods[-1] if periods else None) != before:
        return False
    if last_numbers(tx, period.ends_at) != (period.last_move_no, period.last_cost_no):
        return False
    names = ("period_no", "name", "starts_at", "ends_at", "last_move_no", "last_cost_no", "head", "seal")
    row = {name: getattr(period, name) for name in names}
    tx.add(tables.period, [{**row, "worker": worker, "closed_at": tx.recorded_at}])
    tx.add(
        tables.period_total,
        (
            {"period_no": period.period_no, "owner": owner, "quantity": units, "value": value}
            for owner, (units, value) in period.totals.items()
        ),
    )
    return True


def _check(periods: Sequence[Period], name: str, until: datetime, now: datetime) -> None:
    if len(name) > NAME_LENGTH_MOST or not name.isprintable():
        raise BadName(name=ascii(name[:NAME_LENGTH_MOST]))
    if until > now:
        raise NotOverYet(until=until.isoformat())
    if periods and until <= periods[-1].ends_at:
        raise ClosedAlready(ends_at=periods[-1].ends_at.isoformat(), name=periods[-1].name)
    if any(period.name == name for period in periods):
        raise NameTaken(name=name)


def _require_tying(tx: Transaction, period: Period) -> None:
    """The units by the moves are those by the cost entries, and everything is sealed."""
    lying = units_lying(tx, period.ends_at)
    if not is_sealed(tx, period) or any(
        lying.get(owner, 0) != period.totals.get(owner, (0, 0))[0] for owner in {*lying, *period.totals}
    ):
        raise BooksDoNotTie


def _readable(period: Period, currency: str) -> ClosedPeriod:
    owners = tuple(
        OwnerTotal(owner, units, half_up(value, UNIT_COST_SCALE)) for owner, (units, value) in period.totals.items()
    )
    return ClosedPeriod(
        period.name,
        period.starts_at,
        period.ends_at,
        period.last_move_no,
        period.last_cost_no,
        period.head,
        period.seal,
        period.worker,
        period.closed_at,
        currency,
        owners,
        sum(one.units for one in owners),
        sum(one.value for one in owners),
    )
