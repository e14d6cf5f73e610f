"""Work that a station claims before it is scanned, so that it goes on when the shared database is away."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from itertools import pairwise
from typing import Any

from sqlalchemy import Select, bindparam, select

from warehouse_app.domain.packets import Packet
from warehouse_app.operations.cancelling import finish_cancellations
from warehouse_app.operations.claiming import Holder, give_back
from warehouse_app.operations.claims import (
    LostWork,
    forgotten_work,
    lost_work,
    with_holders,
    worked_twice_question,
)
from warehouse_app.operations.counting import claim_sheets_ahead, sheets_to_claim
from warehouse_app.operations.number_blocks import numbers_are_behind
from warehouse_app.operations.packing import Lane, claim_orders_ahead, orders_to_claim
from warehouse_app.operations.picking import claim_lists_ahead, lists_to_claim
from warehouse_app.store import tables
from warehouse_app.store.asking import Question
from warehouse_app.store.database import Database, Transaction

PIECE = 25
"""Works claimed in one transaction: few enough that no decision waits for long."""

WANTED_FOR = timedelta(seconds=60)
"""So long a station that found too little counts as waiting for work."""

EVERYTHING = 100_000


@dataclass(frozen=True, slots=True)
class Ahead:
    """What is to be claimed: so many works of a task, of a lane where one is named (for picking, of its wave)."""

    task: str
    count: int = EVERYTHING
    lane: Lane = field(default_factory=Lane)


Find = Callable[[Transaction, Holder, Ahead], list[str]]
Claim = Callable[[Transaction, Holder, Sequence[str]], list[Packet]]

_TASKS: Mapping[str, tuple[Find, Claim]] = {
    "pack": (lambda tx, holder, ahead: orders_to_claim(tx, holder, ahead.lane, ahead.count), claim_orders_ahead),
    "pick": (lambda tx, holder, ahead: lists_to_claim(tx, holder, ahead.lane.wave, ahead.count), claim_lists_ahead),
    "count": (lambda tx, holder, ahead: sheets_to_claim(tx, holder, ahead.count), claim_sheets_ahead),
}

TASKS = tuple(_TASKS)
"""Tasks whose work can be claimed ahead."""


def works_to_claim(tx: Transaction, holder: Holder, ahead: Ahead) -> list[str]:
    """What could be claimed, the most urgent first; what the station holds already is among it."""
    find, _ = _TASKS[ahead.task]
    return find(tx, holder, ahead)


def claim_ahead(tx: Transaction, task: str, holder: Holder, works: Sequence[str]) -> list[Packet]:
    """Claim what is still free of these works and give its packets."""
    _, claim = _TASKS[task]
    return claim(tx, holder, works)


def pieces(works: Sequence[str]) -> list[Sequence[str]]:
    """The works in parts that are claimed in a transaction each."""
    bounds = [*range(0, len(works), PIECE), len(works)]
    return [works[start:end] for start, end in pairwise(bounds)]


def give_back_works(database: Database, works: Sequence[str], station: str) -> tuple[str, ...]:
    """Let go of work that was not begun; cancellations that waited for it are ended. Gives what was let go."""
    given = database.write(give_back, works, station)
    if given:
        database.write(finish_cancellations)
    return given


def ask_back(tx: Transaction, work: str, station: str) -> None:
    """Ask the station that claimed this work ahead to give it back, if it has not begun it."""
    claim = tables.claim
    row = tx.row(select(claim).where(tx.mine(claim), claim.c.work == work, claim.c.state == "held", claim.c.ahead))
    if row is not None and row["station"] != station:
        tx.lock_warehouse()
        tx.change(claim, [{"work": work, "wanted_by": station}])


def want_work(tx: Transaction, task: str, station: str) -> None:
    """Say that a station found less work than it wanted."""
    tx.put(tables.work_wanted, [{"task": task, "station": station, "wanted_at": tx.now}])


@dataclass(frozen=True, slots=True)
class Look:
    """What a station must know of its claims.

    `asked_back` are works that others asked for by name, `waiting` stations that found too little, `claimed_ahead` what
    the shared database knows as claimed ahead by this one; `forgotten` is what it holds and the database, which was set
    back, knows nothing of. `booked_to` is the last of the station's facts that the books have: of work that it did
    afterwards they say nothing that holds.
    """

    asked_back: tuple[str, ...]
    waiting: tuple[str, ...]
    claimed_ahead: tuple[str, ...]
    lost: tuple[LostWork, ...]
    worked_twice: tuple[LostWork, ...]
    forgotten: tuple[str, ...]
    numbers_are_behind: bool
    booked_to: int


@dataclass(frozen=True, slots=True)
class Asker:
    """A station that looks around: which of its journals it writes, what it has in hand by its epochs."""

    station: str
    incarnation: str
    in_hand: Mapping[str, int]
    highest_number: str


def look_around(tx: Transaction, task: str, asker: Asker) -> Look:
    """Look at the claims of a station, and at what others want; one round trip where the station has nothing."""
    station, in_hand = asker.station, asker.in_hand
    mine = {"warehouse_id": tx.warehouse_id, "station": station}
    claims, waiting, cursors, twice = tx.ask(
        [
            Question(_held(), {**mine, "begins": f"{task}:", "ends": f"{task};"}),
            Question(_waiting(), {**mine, "task": task, "since": tx.now - WANTED_FOR}),
            Question(_cursor(), {**mine, "incarnation": asker.incarnation}),
            worked_twice_question(tx, station),
        ]
    )
    return Look(
        tuple(work for work, _, wanted_by in claims if wanted_by),
        tuple(name for (name,) in waiting),
        tuple(work for work, ahead, _ in claims if ahead),
        tuple(lost_work(tx, station, in_hand)),
        tuple(with_holders(tx, twice)),
        tuple(forgotten_work(tx, in_hand)),
        bool(asker.highest_number) and numbers_are_behind(tx, asker.highest_number),
        int(cursors[0][0]) if cursors else 0,
    )


@cache
def _held() -> Select[Any]:
    """Claims of a station whose names begin with a task and its colon: the character that follows it is `;`."""
    claim = tables.claim
    mine = (claim.c.warehouse_id == bindparam("warehouse_id"), claim.c.station == bindparam("station"))
    task = (claim.c.work >= bindparam("begins"), claim.c.work < bindparam("ends"))
    columns = (claim.c.work, claim.c.ahead, claim.c.wanted_by)
    return select(*columns).where(*mine, claim.c.state == "held", *task).order_by(claim.c.work)


@cache
def _waiting() -> Select[Any]:
    """Other stations that found too little of a task a short while ago."""
    wanted = tables.work_wanted
    others = (wanted.c.task == bindparam("task"), wanted.c.station != bindparam("station"))
    lately = (wanted.c.warehouse_id == bindparam("warehouse_id"), wanted.c.wanted_at > bindparam("since"))
    return select(wanted.c.station).where(*lately, *others).order_by(wanted.c.station)


@cache
def _cursor() -> Select[Any]:
    cursor = tables.station_cursor
    return select(cursor.c.applied_sequence).where(
        *(cursor.c[name] == bindparam(name) for name in ("warehouse_id", "station", "incarnation"))
    )
