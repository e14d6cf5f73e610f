"""Who holds which work: the list of claims, and the decision to take work over from a station."""

import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from warehouse_app.domain.errors import NotFound, WarehouseError
from warehouse_app.language import mark
from warehouse_app.operations.cancelling import finish_cancellations
from warehouse_app.operations.keeping import drain
from warehouse_app.store import tables
from warehouse_app.store.asking import Found, Question
from warehouse_app.store.database import Database, Transaction

SUPERVISORS = ("supervisor", "manager")
BOOKING_TIMEOUT_S = 10.0


class NotASupervisor(WarehouseError):
    """Taking work over needs another role."""

    message = mark("{worker} may not take work over. Ask a supervisor or a manager.")


class NotHeld(WarehouseError):
    """Nobody holds the work."""

    message = mark("No station holds {work}: there is nothing to take over. `claims list` shows what is held.")


class BooksBehind(WarehouseError):
    """Facts of the station are posted and not booked yet."""

    message = mark(
        "{count} scans of {station} are not in the books yet. Run `bookkeeper --once`, or wait a moment, and try again."
    )


@dataclass(frozen=True, slots=True)
class ClaimedWork:
    """A claim that a station holds; `seen_at` is when the station last posted, to ten seconds, or None."""

    work: str
    station: str
    worker: str
    epoch: int
    ahead: bool
    claimed_at: datetime
    seen_at: datetime | None


@dataclass(frozen=True, slots=True)
class TakenOver:
    """Work that a station holds no longer; whoever claims it next does so under a higher epoch."""

    work: str
    station: str
    epoch: int
    taken_by: str


@dataclass(frozen=True, slots=True)
class LostWork:
    """Work that a station has in hand and holds no more, with who took it over."""

    work: str
    taken_by: str
    station: str


def list_claims(tx: Transaction, station: str = "", task: str = "") -> list[ClaimedWork]:
    """What stations hold now, of one station and task if they are named."""
    claim, known = tables.claim, tables.station
    same = (known.c.warehouse_id == claim.c.warehouse_id) & (known.c.station == claim.c.station)
    query = select(claim, known.c.seen_at).outerjoin(known, same).where(tx.mine(claim), claim.c.state == "held")
    if station:
        query = query.where(claim.c.station == station)
    if task:
        query = query.where(claim.c.work.startswith(f"{task}:", autoescape=True))
    return [
        ClaimedWork(
            row["work"], row["station"], row["worker"], row["epoch"], row["ahead"], row["claimed_at"], row["seen_at"]
        )
        for row in tx.rows(query.order_by(claim.c.station, claim.c.work))
    ]


def take_work_over(database: Database, work: str, by: str, reason: str = "") -> TakenOver:
    """Take work from the station that holds it, once everything that it has posted is in the books.

    Raises NotFound, NotASupervisor, NotHeld, and BooksBehind when the books do not come to it.
    """
    deadline = time.monotonic() + BOOKING_TIMEOUT_S
    while True:
        drain(database)
        try:
            taken = database.write(take_over, work, by, reason)
        except BooksBehind:
            if time.monotonic() > deadline:
                raise
        else:
            # A cancellation may have waited for that very station.
            database.write(finish_cancellations)
            return taken
        time.sleep(0.05)


def take_over(tx: Transaction, work: str, by: str, reason: str = "") -> TakenOver:
    """The same in one transaction. Facts that the station posts for it from now on are late ones.

    `by` is the badge or the name of a supervisor.
    """
    tx.lock_warehouse()
    person = _supervisor(tx, by)
    claim = tables.claim
    row = tx.row(select(claim).where(tx.mine(claim), claim.c.work == work, claim.c.state == "held"))
    if row is None:
        raise NotHeld(work=work)
    behind = _unbooked(tx, row["station"])
    if behind:
        raise BooksBehind(count=behind, station=row["station"])
    kept = {name: row[name] for name in ("work", "epoch", "station", "packet", "claimed_at")}
    taken = {"taken_by": person, "reason": reason, "taken_at": tx.recorded_at, "late_facts": 0, "told_at": None}
    tx.add(tables.takeover, [{**kept, **taken}])
    ended = {"state": "given_back", "ended_at": tx.recorded_at, "packet": "", "ahead": False, "wanted_by": ""}
    tx.change(claim, [{"work": work, **ended}])
    tx.announce("claim", [work])
    return TakenOver(work, row["station"], row["epoch"], person)


def lost_work(tx: Transaction, station: str, in_hand: Mapping[str, int]) -> list[LostWork]:
    """What this station has in hand, by work and epoch, that was taken over or that another station holds."""
    taken = {
        (row["work"], row["epoch"]): row
        for row in tx.rows_in(tables.takeover, "work", in_hand)
        if row["station"] == station
    }
    claims = _standing(tx, in_hand)
    found = []
    for work, epoch in in_hand.items():
        over, claim = taken.get((work, epoch)), claims.get(work)
        held_by = claim.station if claim is not None and claim.state == "held" else ""
        if over is not None:
            found.append(LostWork(work, over["taken_by"], held_by))
        elif held_by and held_by != station:
            # The database was set back, and forgot whose it was.
            found.append(LostWork(work, "", held_by))
    return found


def forgotten_work(tx: Transaction, in_hand: Mapping[str, int]) -> list[str]:
    """What a station holds, by work and epoch, and a database that was set back knows nothing of."""
    known = _standing(tx, in_hand)
    return [
        work
        for work, epoch in in_hand.items()
        if work not in known or (known[work].epoch < epoch and known[work].state != "held")
    ]


def claim_again(tx: Transaction, station: str, in_hand: Mapping[str, int]) -> tuple[str, ...]:
    """Hold again what a station has in hand and a database that was set back knows nothing of; give the works."""
    tx.lock_warehouse()
    forgotten = forgotten_work(tx, in_hand)
    rows = [
        {
            "work": work, "station": station, "worker": "", "epoch": in_hand[work], "state": "held", "packet": "",
            "claimed_at": tx.recorded_at, "ended_at": None, "ahead": False, "wanted_by": "",
        }
        for work in forgotten
    ]  # fmt: skip
    tx.put(tables.claim, rows)
    return tuple(forgotten)


def worked_twice_question(tx: Transaction, station: str) -> Question:
    """Asks for this station's work that was taken over and reported on afterwards, and of which it was not told yet."""
    return Question(_not_told(), {"warehouse_id": tx.warehouse_id, "station": station})


def with_holders(tx: Transaction, found: Found) -> list[LostWork]:
    """The answer to `worked_twice_question`, with who holds the work now."""
    claims = _standing(tx, [work for work, _ in found])
    return [LostWork(work, taken_by, claims[work].station) for work, taken_by in found]


def told_of_worked_twice(tx: Transaction, station: str, works: list[str]) -> None:
    """The station's people have seen that this work was done twice."""
    table = tables.takeover
    rows = tx.rows_in(table, "work", works, table.c.station == station, table.c.late_facts > 0)
    tx.change(table, [{"work": row["work"], "epoch": row["epoch"], "told_at": tx.now} for row in rows])


@cache
def _not_told() -> Select[Any]:
    table = tables.takeover
    mine = (table.c.warehouse_id == bindparam("warehouse_id"), table.c.station == bindparam("station"))
    late = select(table.c.work, table.c.taken_by).where(*mine, table.c.late_facts > 0, table.c.told_at.is_(None))
    return late.order_by(table.c.taken_at)


@dataclass(frozen=True, slots=True)
class _Standing:
    """How a claim stands, without its packet."""

    station: str
    state: str
    epoch: int


def _standing(tx: Transaction, works: Iterable[str]) -> dict[str, _Standing]:
    claim = tables.claim
    columns = (claim.c.work, claim.c.station, claim.c.state, claim.c.epoch)
    return {work: _Standing(*others) for work, *others in tx.tuples_in(columns, claim.c.work, works)}


def _supervisor(tx: Transaction, by: str) -> str:
    table, name = tables.worker, by.removeprefix("BADGE:")
    row = tx.row(select(table).where((table.c.badge == name) | (table.c.worker == name), table.c.active))
    if row is None:
        raise NotFound(thing=mark("badge"), name=by)
    if row["role"] not in SUPERVISORS:
        raise NotASupervisor(worker=row["name"] or row["worker"])
    return str(row["worker"])


def _unbooked(tx: Transaction, station: str) -> int:
    fact, cursor = tables.fact, tables.station_cursor
    beyond = (
        (fact.c.warehouse_id == cursor.c.warehouse_id)
        & (fact.c.station == cursor.c.station)
        & (fact.c.incarnation == cursor.c.incarnation)
        & (fact.c.sequence > cursor.c.applied_sequence)
    )
    query = select(func.count()).select_from(cursor.join(fact, beyond))
    return int(tx.value(query.where(tx.mine(cursor), cursor.c.station == station)) or 0)
