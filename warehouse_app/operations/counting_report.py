"""The day's count: how far books and shelves agreed, and who answered for every difference."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import RowMapping, select

from warehouse_app.domain.errors import NoWarehouse
from warehouse_app.operations.counting_status import CountedTask, CountLine, counted_tasks
from warehouse_app.store import tables
from warehouse_app.store.database import Row, Transaction


@dataclass(frozen=True, slots=True)
class CountVariance:
    """A difference between books and shelf, with the people's names. Open until somebody approved it.

    The value is that of the difference in minor units; `quantity_recounted` is None before a recount.
    """

    location: str
    sku: str
    name: str
    name_zh: str
    lot: str
    expires_on: date | None
    quantity_book: int
    quantity_counted: int
    quantity_recounted: int | None
    value_minor: int
    counted_by: str
    recounted_by: str
    approved_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class OpenCount:
    """A location of the day that is not decided: still to be counted, to be recounted, or to be approved."""

    sheet_no: str
    location: str
    state: str


@dataclass(frozen=True, slots=True)
class CountDay:
    """The counts of one business day. A location counts as counted when its first count is in."""

    business_day: date
    currency: str
    locations_planned: int
    locations_counted: int
    locations_without_variance: int
    variances: tuple[CountVariance, ...]
    open_counts: tuple[OpenCount, ...]
    approved_by: tuple[str, ...]

    @property
    def accuracy(self) -> float | None:
        """The part of the counted locations that agreed with the books, from 0 to 1; None when none is counted."""
        return self.locations_without_variance / self.locations_counted if self.locations_counted else None

    @property
    def value_up_minor(self) -> int:
        """The value of everything that was found."""
        return sum(max(0, variance.value_minor) for variance in self.variances)

    @property
    def value_down_minor(self) -> int:
        """The value of everything that is missing, below zero."""
        return sum(min(0, variance.value_minor) for variance in self.variances)


def count_report(tx: Transaction, business_day: date) -> CountDay:
    """The report of a business day as the books have it now: what late facts explained is no variance any more."""
    house = tx.row(select(tables.warehouse).where(tx.mine(tables.warehouse)))
    if house is None:
        raise NoWarehouse
    tasks = counted_tasks(tx, _rows_of(tx, business_day))
    counted = [task for task in tasks if task.counted_at]
    people = _names(tx, {who for task in tasks for who in (*task.counters, task.approved_by)})
    return CountDay(
        business_day,
        house["currency"],
        len(tasks),
        len(counted),
        sum(not task.units_off for task in counted),
        _variances(tx, counted, people),
        tuple(OpenCount(task.sheet_no, task.location, task.state) for task in tasks if task.state != "approved"),
        tuple(sorted({people[task.approved_by] for task in tasks if task.approved_by})),
    )


def _rows_of(tx: Transaction, business_day: date) -> Sequence[RowMapping]:
    task, plan = tables.count_task, tables.count_plan
    same = (task.c.warehouse_id == plan.c.warehouse_id) & (task.c.plan_no == plan.c.plan_no)
    query = select(task).join(plan, same).where(tx.mine(task), plan.c.business_day == business_day)
    return tx.rows(query.order_by(task.c.sheet_no, task.c.walk_no))


def _names(tx: Transaction, workers: Iterable[str]) -> dict[str, str]:
    """What people are called; somebody who is not known by the name they used."""
    wanted = set(workers)
    known = {row["worker"]: row["name"] for row in tx.rows_in(tables.worker, "worker", wanted)}
    return {worker: known.get(worker) or worker for worker in wanted}


def _variances(tx: Transaction, tasks: Sequence[CountedTask], people: Mapping[str, str]) -> tuple[CountVariance, ...]:
    off = [(task, line) for task in tasks for line in task.lines if line.variance]
    skus = {line.sku for _, line in off}
    products = {row["sku"]: dict(row) for row in tx.rows_in(tables.product, "sku", skus)}
    lots = tx.rows_in(tables.lot, "sku", {line.sku for _, line in off if line.lot})
    expiry = {(row["owner"], row["sku"], row["lot"]): row["expires_on"] for row in lots}
    return tuple(
        _variance(task, line, products.get(line.sku, {}), expiry.get((line.owner, line.sku, line.lot)), people)
        for task, line in off
    )


def _variance(
    task: CountedTask, line: CountLine, product: Row, expires_on: date | None, people: Mapping[str, str]
) -> CountVariance:
    recounted = task.round_no > (2 if task.state == "recount" else 1)
    return CountVariance(
        location=task.location,
        sku=line.sku,
        name=product.get("name", ""),
        name_zh=product.get("name_zh", ""),
        lot=line.lot,
        expires_on=expires_on,
        quantity_book=line.booked,
        quantity_counted=line.counted_first,
        quantity_recounted=line.counted if recounted else None,
        value_minor=line.value_minor,
        counted_by=people[task.counters[0]],
        recounted_by=people[task.counted_by] if recounted else "",
        approved_by=people[task.approved_by] if task.approved_by else "",
        reason=task.reason or task.why,
    )
