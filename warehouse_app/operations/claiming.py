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
            raise WorkHeldElsewhere(work=work.partition(":")[2], station=row["station"])
        if not in_hand:
            # The packet is made afresh, with every change up to now.
            tx.change(claim, [{"work": work, "claimed_at": tx.recorded_at}])
        return int(row["epoch"])
    epoch = int(row["epoch"]) + 1 if row is not None else 1
    values = {
        "work": work,
        "station": holder.station,
        "worker": holder.worker,
        "epoch": epoch,
        "state": "held",
        "packet": "",
        "claimed_at": tx.recorded_at,
        "ended_at": None,
    }
    tx.put(claim, [values])
    return epoch


def keep_packet(tx: Transaction, packet: Packet) -> None:
    """Keep what the station was given, so that others can see it."""
    tx.change(tables.claim, [{"work": packet.work, "packet": packet.to_json()}])


def give_back(tx: Transaction, work: str, station: str) -> None:
    """Let go of work that was claimed and not begun."""
    tx.lock_warehouse()
    claim = tables.claim
    mine = (tx.mine(claim), claim.c.work == work, claim.c.station == station, claim.c.state == "held")
    values = {"state": "given_back", "ended_at": tx.recorded_at, "packet": ""}
    tx.connection.execute(claim.update().where(*mine).values(values))


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
    claimed_at = {row["work"]: row["claimed_at"] for row in tx.rows_in(tables.claim, "work", last)}
    found = [
        Amendment(row["work"], row["number"], row["content"])
        for row in tx.rows_in(tables.amendment, "work", claimed_at)
        if row["number"] > last[row["work"]] and row["recorded_at"] > claimed_at[row["work"]]
    ]
    return sorted(found, key=lambda amendment: (amendment.work, amendment.number))
