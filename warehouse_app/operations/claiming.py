"""Claims: which station holds which work, and the packet it needs to do it without the shared database."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from sqlalchemy import literal, select

from warehouse_app.domain.errors import WarehouseError
from warehouse_app.domain.packets import Packet, packet_from_json
from warehouse_app.language import mark
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction

_HELD = tables.claim.c.state == literal("held", literal_execute=True)
"""Written out in the query, so that a server knows the index of what is held, and never walks through what was."""


class WorkHeldElsewhere(WarehouseError):
    """Another station has this work."""

    message = mark("{work} is being worked on at {station}. A supervisor can take it over.")


class ClaimedAhead(WorkHeldElsewhere):
    """Another station has claimed this work ahead and has not begun it, as far as the books know."""

    message = mark(
        "{work} was claimed ahead by {station}, which does not give it back just now. A supervisor can take it over."
    )

    def __init__(self, **values: object) -> None:
        self.whole_name = str(values["whole_name"])
        """The work as claims name it: its task, a colon, its name."""
        super().__init__(**values)


class NotReady(WarehouseError):
    """The work exists, but its turn has not come."""

    message = mark("{name} cannot be worked on: {reason}.")


class OnHold(NotReady):
    """A hold stops the work."""


class StockOnHold(OnHold):
    """The order has units on hold in its totes or cartons."""

    message = mark("Order {name} is on hold: {names} ({reason}). Put it aside.")


class StoppedWork(NotReady):
    """The order was cancelled."""


@dataclass(frozen=True, slots=True)
class Holder:
    """The station and the person who claim."""

    station: str
    worker: str


def hold(tx: Transaction, work: str, holder: Holder, *, in_hand: bool = False) -> int:
    """Claim a piece of work and give the claim's epoch. Raises WorkHeldElsewhere.

    A station that holds the work already keeps its epoch, so that it may ask again after a crash; with `in_hand` it
    goes on with what it did so far, and still takes the changes since its first claim.
    """
    tx.lock_warehouse()
    claim = tables.claim
    row = tx.row(select(claim).where(tx.mine(claim), claim.c.work == work))
    if row is not None and row["state"] == "held":
        if row["station"] != holder.station:
            error = ClaimedAhead if row["ahead"] else WorkHeldElsewhere
            raise error(work=work.partition(":")[2], station=row["station"], whole_name=work)
        if not in_hand:
            # The packet is made afresh, with every change up to now.
            tx.change(claim, [{"work": work, "claimed_at": tx.recorded_at, "ahead": False, "wanted_by": ""}])
        return int(row["epoch"])
    epoch = int(row["epoch"]) + 1 if row is not None else 1
    tx.put(claim, [_claimed(tx, work, epoch, holder, ahead=False)])
    return epoch


def hold_ahead(tx: Transaction, works: Sequence[str], holder: Holder) -> dict[str, int]:
    """Claim those of these works that nobody holds, or that this station does; give their epochs."""
    tx.lock_warehouse()
    known = {row["work"]: row for row in tx.rows_in(tables.claim, "work", works)}
    epochs = {}
    for work in works:
        row = known.get(work)
        if row is None or row["state"] != "held":
            epochs[work] = int(row["epoch"]) + 1 if row is not None else 1
        elif row["station"] == holder.station:
            epochs[work] = int(row["epoch"])
    tx.put(tables.claim, [_claimed(tx, work, epoch, holder, ahead=True) for work, epoch in epochs.items()])
    return epochs


def _claimed(tx: Transaction, work: str, epoch: int, holder: Holder, *, ahead: bool) -> dict[str, object]:
    return {
        "work": work,
        "station": holder.station,
        "worker": holder.worker,
        "epoch": epoch,
        "state": "held",
        "packet": "",
        "claimed_at": tx.recorded_at,
        "ended_at": None,
        "ahead": ahead,
        "wanted_by": "",
    }


def keep_packet(tx: Transaction, packet: Packet) -> None:
    """Keep what the station was given, so that others can see it."""
    tx.change(tables.claim, [{"work": packet.work, "packet": packet.to_json()}])


def keep_packets(tx: Transaction, packets: Iterable[Packet]) -> None:
    """The same for many at once."""
    tx.change(tables.claim, [{"work": packet.work, "packet": packet.to_json()} for packet in packets])


def give_back(tx: Transaction, works: Iterable[str], station: str) -> tuple[str, ...]:
    """Let go of work that this station claimed and has not begun; give what it held of it."""
    tx.lock_warehouse()
    claim = tables.claim
    held = tx.rows_in(claim, "work", works, claim.c.station == station, claim.c.state == "held")
    ended = {"state": "given_back", "ended_at": tx.recorded_at, "packet": "", "ahead": False, "wanted_by": ""}
    tx.change(claim, [{"work": row["work"], **ended} for row in held])
    return tuple(row["work"] for row in held)


def held_works(tx: Transaction, prefix: str) -> dict[str, str]:
    """Work of a task that stations hold now, with the station."""
    claim = tables.claim
    query = select(claim.c.work, claim.c.station).where(
        tx.mine(claim), _HELD, claim.c.work.startswith(f"{prefix}:", autoescape=True)
    )
    return {row["work"]: row["station"] for row in tx.rows(query)}


def held_elsewhere(tx: Transaction, prefix: str, holder: Holder) -> set[str]:
    """The names of work of a task that other stations hold.

    What this station holds itself is offered to it again: it may have been switched off between the claim and the
    moment at which its packet was on its disk.
    """
    held = held_works(tx, prefix).items()
    return {work.partition(":")[2] for work, station in held if station != holder.station}


def held_packets(tx: Transaction, prefix: str, *, without: str = "") -> list[Packet]:
    """The packets of a task that other stations hold."""
    claim = tables.claim
    query = select(claim.c.work, claim.c.packet).where(
        tx.mine(claim),
        _HELD,
        claim.c.packet != "",
        claim.c.work != without,
        claim.c.work.startswith(f"{prefix}:", autoescape=True),
    )
    return [_parsed(row["work"], row["packet"]) for row in tx.rows(query)]


@lru_cache(maxsize=256)
def _parsed(work: str, packet: str) -> Packet:
    """Whoever claims looks at what all others hold, which is mostly what it was the last time."""
    return packet_from_json(work, packet)


def with_epoch(packet: Packet, epoch: int) -> Packet:
    """The packet under another epoch."""
    return replace(packet, epoch=epoch)


@dataclass(frozen=True, slots=True)
class Amendment:
    """A numbered change to claimed work; `content` is its ASCII JSON."""

    work: str
    number: int
    content: str


def amendments_above(tx: Transaction, taken: Iterable[tuple[str, int]]) -> Sequence[Amendment]:
    """The changes that a station has not taken yet, for each work it holds with the number it took last.

    What was changed before the work was claimed is in its packet already; taken again it would count twice.
    """
    last = dict(taken)
    claim = tables.claim
    claimed_at = dict(tx.tuples_in((claim.c.work, claim.c.claimed_at), claim.c.work, last))
    found = [
        Amendment(row["work"], row["number"], row["content"])
        for row in tx.rows_in(tables.amendment, "work", claimed_at)
        if row["number"] > last[row["work"]] and row["recorded_at"] > claimed_at[row["work"]]
    ]
    return sorted(found, key=lambda amendment: (amendment.work, amendment.number))
