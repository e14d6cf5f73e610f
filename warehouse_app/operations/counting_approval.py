"""The decision that a count is right: books follow the shelf, by moves, under four eyes."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from warehouse_app.books.late_facts import COUNT_APPROVED
from warehouse_app.books.ledger import LOSS, Books, Cause, new_books
from warehouse_app.books.loading import load, needs, write
from warehouse_app.books.settle import settle
from warehouse_app.domain.errors import NotFound, WarehouseError
from warehouse_app.language import mark
from warehouse_app.operations.claiming import NotReady
from warehouse_app.operations.counting_status import CountedTask, counted_tasks, task_rows
from warehouse_app.operations.counting_waits import stations_behind
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction
from warehouse_app.store.ids import new_key

APPROVERS = ("supervisor", "manager")


class NotAnApprover(WarehouseError):
    """Approving a count needs another role."""

    message = mark("{worker} may not decide about counts. Ask a supervisor or a manager.")


class OwnCount(WarehouseError):
    """Nobody approves a count of their own."""

    message = mark("{worker} counted {location}. Another supervisor or manager must approve the count.")


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far a first count of a location may be off, missing and found units added up, without a recount.

    Both limits must be kept; the value is in minor units.
    """

    units: int = 0
    value_minor: int = 0

    def covers(self, task: CountedTask) -> bool:
        """Whether the count is near enough to the books; one without a variance always is."""
        return task.units_off <= self.units and task.value_off_minor <= self.value_minor


@dataclass(frozen=True, slots=True)
class Waiting:
    """A location whose approval waits for what these stations may still post."""

    sheet_no: str
    location: str
    stations: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Approval:
    """What became of the counted locations; `own` are left because the approver counted them."""

    approved: tuple[CountedTask, ...] = ()
    recounts: tuple[CountedTask, ...] = ()
    waiting: tuple[Waiting, ...] = ()
    own: tuple[CountedTask, ...] = ()

    @property
    def waits_for(self) -> tuple[str, ...]:
        """The stations that hold up the rest."""
        return tuple(sorted({station for one in self.waiting for station in one.stations}))


NO_TOLERANCE = Tolerance()


def approve_counts(
    tx: Transaction,
    worker: str,
    name: str,
    *,
    reason: str = "",
    tolerance: Tolerance = NO_TOLERANCE,
    without: Collection[str] = (),
) -> Approval:
    """Decide about everything that is counted on a plan or a sheet, as far as it can be decided now.

    A first count with a variance beyond the tolerance goes to a recount by another person; what a second person
    counted is booked. Locations wait for stations that have not posted past the count, but for those in `without`,
    which are gone: that is recorded, and what they post after all corrects the adjustment. Raises NotFound,
    NotAnApprover, and OwnCount when all that is counted was counted by the approver.
    """
    tx.lock_warehouse()
    _check_role(tx, worker)
    counted = counted_tasks(tx, [row for row in task_rows(tx, name) if row["state"] == "counted"])
    own = tuple(task for task in counted if worker in task.counters)
    if own and len(own) == len(counted):
        raise OwnCount(worker=worker, location=own[0].location)
    others = [task for task in counted if worker not in task.counters]
    found = stations_behind(tx, {task.location: task.counted_at for task in others if task.counted_at})
    _record_gone(tx, worker, found, without)
    left = {location: tuple(name for name in stations if name not in without) for location, stations in found.items()}
    behind = {location: stations for location, stations in left.items() if stations}
    waiting = tuple(
        Waiting(task.sheet_no, task.location, behind[task.location]) for task in others if task.location in behind
    )
    due = [task for task in others if task.location not in behind]
    ready = tuple(task for task in due if tolerance.covers(task) or task.recounted_by_another)
    recounts = tuple(task for task in due if task not in ready)
    _send_to_recount(tx, recounts)
    _book(tx, worker, ready, reason)
    tx.announce("count", sorted({task.plan_no for task in counted}))
    return Approval(ready, recounts, waiting, own)


def ask_for_recount(tx: Transaction, worker: str, sheet_no: str, location: str) -> CountedTask:
    """Have a counted location counted again by another person, whatever the variance. Raises NotFound, NotReady."""
    tx.lock_warehouse()
    _check_role(tx, worker)
    rows = [row for row in task_rows(tx, sheet_no) if row["location"] == location]
    if not rows:
        raise NotFound(thing=mark("location on the sheet"), name=location)
    if rows[0]["state"] != "counted":
        raise NotReady(name=location, reason=mark("it is not counted, or decided already"))
    tasks = counted_tasks(tx, rows)
    _send_to_recount(tx, tasks)
    tx.announce("count", [tasks[0].plan_no])
    return tasks[0]


def _check_role(tx: Transaction, worker: str) -> None:
    table = tables.worker
    row = tx.row(select(table).where(table.c.worker == worker, table.c.active))
    if row is None:
        raise NotFound(thing=mark("worker"), name=worker)
    if row["role"] not in APPROVERS:
        raise NotAnApprover(worker=row["name"] or worker)


def _record_gone(tx: Transaction, worker: str, behind: Mapping[str, Sequence[str]], without: Collection[str]) -> None:
    """Nobody waits for these stations any more: that can be read beside the contradictions it may lead to."""
    rows = [
        {
            "discrepancy_id": new_key(), "kind": "approved_without_station", "station": station, "work": "",
            "order_no": "", "sku": "", "location": location, "quantity": 0, "detail": worker,
            "recorded_at": tx.recorded_at,
        }
        for location, stations in sorted(behind.items())
        for station in stations
        if station in without
    ]  # fmt: skip
    tx.add(tables.discrepancy, rows)


def _send_to_recount(tx: Transaction, tasks: Iterable[CountedTask]) -> None:
    found = list(tasks)
    _keep_booked(tx, found)
    tx.change(tables.count_task, [{**_key(task), "state": "recount", "round_no": task.round_no + 1} for task in found])


def _keep_booked(tx: Transaction, tasks: Iterable[CountedTask]) -> None:
    """Write down what the books said, for products that were not seen too."""
    rows = [
        {
            **_key(task),
            "round_no": task.round_no,
            "owner": line.owner,
            "sku": line.sku,
            "lot": line.lot,
            "counted": line.counted,
            "booked": line.booked,
            "counted_by": line.seen_by or task.counted_by,
            "counted_at": task.counted_at,
        }
        for task in tasks
        for line in task.lines
    ]
    tx.put(tables.count_result, rows)


def _book(tx: Transaction, worker: str, tasks: Sequence[CountedTask], reason: str) -> None:
    """Move the variances from or to the loss place, as of the instants of the counts, and end the doubts about them."""
    if not tasks:
        return
    books, approval_id = new_books(tx.recorded_at), new_key()
    skus = {line.sku for task in tasks for line in task.lines if line.variance}
    load(tx, books, needs(places=(task.location for task in tasks), skus=skus))
    for task in tasks:
        _adjust(books, task, worker, approval_id)
    _end_doubts(tx, books, tasks)
    books.cause = Cause(COUNT_APPROVED, approval_id, worker, tx.now)
    settle(tx, books)
    write(tx, books)
    _keep_booked(tx, tasks)
    decided = {
        "state": "approved",
        "approved_by": worker,
        "approved_at": tx.recorded_at,
        "approval_id": approval_id,
        "reason": reason,
    }
    tx.change(tables.count_task, [{**_key(task), **decided} for task in tasks])


def _adjust(books: Books, task: CountedTask, worker: str, approval_id: str) -> None:
    assert task.counted_at is not None
    books.cause = Cause(COUNT_APPROVED, approval_id, worker, task.counted_at, work=f"count:{task.sheet_no}")
    for line in task.lines:
        goods = (line.owner, line.sku, line.lot)
        if line.variance > 0:
            books.move(goods, line.variance, LOSS, task.location)
        elif line.variance < 0:
            books.move(goods, -line.variance, task.location, LOSS)


def _end_doubts(tx: Transaction, books: Books, tasks: Sequence[CountedTask]) -> None:
    """The count answers every doubt that is older than itself or its plan; what came up since wants another count."""
    plans = tx.rows_in(tables.count_plan, "plan_no", {task.plan_no for task in tasks})
    planned_at = {row["plan_no"]: row["planned_at"] for row in plans}
    answered = {task.location: max(task.counted_at or tx.now, planned_at[task.plan_no]) for task in tasks}
    hold = tables.hold
    doubts = tx.rows_in(hold, "location", answered, hold.c.reason == "count_first", hold.c.removed_at.is_(None))
    ended = [row for row in doubts if row["since"] <= answered[row["location"]]]
    tx.change(hold, [{"hold_id": row["hold_id"], "removed_at": tx.recorded_at} for row in ended])
    for queued in books.count_queue:
        if queued.queued_at <= answered.get(queued.location, tx.now):
            books.count_queue.remove(queued)


def _key(task: CountedTask) -> dict[str, object]:
    return {"sheet_no": task.sheet_no, "location": task.location}
