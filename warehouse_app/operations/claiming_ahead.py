"""Work that a station claims before it is scanned, so that it goes on when the shared database is away."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise

from sqlalchemy import select

from warehouse_app.domain.packets import Packet
from warehouse_app.operations.cancelling import finish_cancellations
from warehouse_app.operations.claiming import Holder, give_back
from warehouse_app.operations.claims import LostWork, forgotten_work, lost_work, worked_twice
from warehouse_app.operations.counting import claim_sheets_ahead, sheets_to_claim
from warehouse_app.operations.number_blocks import numbers_are_behind
from warehouse_app.operations.packing import Lane, claim_orders_ahead, orders_to_claim
from warehouse_app.operations.picking import claim_lists_ahead, lists_to_claim
from warehouse_app.store import tables
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
    """Look at the claims of a station, and at what others want."""
    claim, wanted, cursor = tables.claim, tables.work_wanted, tables.station_cursor
    station, in_hand = asker.station, asker.in_hand
    stream = (tx.mine(cursor), cursor.c.station == station, cursor.c.incarnation == asker.incarnation)
    mine = (tx.mine(claim), claim.c.station == station, claim.c.state == "held")
    ours = claim.c.work.startswith(f"{task}:", autoescape=True)
    rows = tx.rows(select(claim.c.work, claim.c.ahead, claim.c.wanted_by).where(*mine, ours).order_by(claim.c.work))
    others = (tx.mine(wanted), wanted.c.task == task, wanted.c.station != station)
    waiting = tx.rows(select(wanted.c.station).where(*others, wanted.c.wanted_at > tx.now - WANTED_FOR))
    return Look(
        tuple(row["work"] for row in rows if row["wanted_by"]),
        tuple(sorted(row["station"] for row in waiting)),
        tuple(row["work"] for row in rows if row["ahead"]),
        tuple(lost_work(tx, station, in_hand)),
        tuple(worked_twice(tx, station)),
        tuple(forgotten_work(tx, in_hand)),
        bool(asker.highest_number) and numbers_are_behind(tx, asker.highest_number),
        int(tx.value(select(cursor.c.applied_sequence).where(*stream)) or 0),
    )
