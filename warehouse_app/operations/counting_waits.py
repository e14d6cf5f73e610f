"""Stations that may still have something to tell about a location from before it was counted."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import RowMapping, case, func, select

from warehouse_app.domain.packets import PickPacket, PutawayPacket, packet_from_json
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction

TAKEN_LATELY = timedelta(days=1)
"""What was taken over longer before a count has nothing to do with it any more."""


def stations_behind(tx: Transaction, counted_at: Mapping[str, datetime]) -> dict[str, tuple[str, ...]]:
    """For each location the stations that held picks or putaways there when it was counted and are not past it.

    Into a tote picks go as well, so of one those stations count that hold a list with it. A station is past an instant
    when the books have a fact of it from then or later: it posts its facts in order. One from which the work was taken
    over meanwhile may still have something to tell, too.
    """
    reached = _reached(tx)
    behind: dict[str, set[str]] = defaultdict(set)
    claims = [*_held(tx, "pick"), *_taken(tx, "pick", counted_at)]
    putaways = [*_held(tx, "putaway"), *_taken(tx, "putaway", counted_at)]
    for location, claim in (*_picks(tx, counted_at, claims), *_totes(claims), *_putaways(putaways)):
        instant = counted_at.get(location)
        if instant is None or claim["claimed_at"] > instant:
            continue
        last = reached.get(claim["station"])
        if last is None or last < instant:
            behind[location].add(claim["station"])
    return {location: tuple(sorted(stations)) for location, stations in behind.items()}


def _reached(tx: Transaction) -> dict[str, datetime]:
    """When the newest fact of each station happened that the books have.

    One that comes from the future, of a station whose clock is ahead, had happened when it was posted.
    """
    fact, cursor = tables.fact, tables.station_cursor
    newest = (
        (fact.c.warehouse_id == cursor.c.warehouse_id)
        & (fact.c.station == cursor.c.station)
        & (fact.c.incarnation == cursor.c.incarnation)
        & (fact.c.sequence == cursor.c.applied_sequence)
    )
    is_ahead = fact.c.happened_at > fact.c.recorded_at
    by_then = case((is_ahead, fact.c.recorded_at), else_=fact.c.happened_at)
    happened_at = func.max(by_then, type_=fact.c.happened_at.type).label("happened_at")
    query = select(fact.c.station, happened_at).join(cursor, newest).where(tx.mine(fact)).group_by(fact.c.station)
    return {row["station"]: row["happened_at"] for row in tx.rows(query)}


def _held(tx: Transaction, task: str) -> Sequence[RowMapping]:
    claim = tables.claim
    held = (tx.mine(claim), claim.c.state == "held", claim.c.work.startswith(f"{task}:", autoescape=True))
    return tx.rows(select(claim).where(*held))


def _taken(tx: Transaction, task: str, counted_at: Mapping[str, datetime]) -> Sequence[RowMapping]:
    """Work that was taken over shortly before these counts, or since."""
    if not counted_at:
        return ()
    table = tables.takeover
    lately = table.c.taken_at >= min(counted_at.values()) - TAKEN_LATELY
    return tx.rows(select(table).where(tx.mine(table), lately, table.c.work.startswith(f"{task}:", autoescape=True)))


def _picks(tx: Transaction, locations: Iterable[str], claims: Sequence[RowMapping]) -> Iterator[tuple[str, RowMapping]]:
    """Pick lists by the locations where something of them is not picked yet; withdrawn stops may still be.

    Of a list that was taken over, what others have picked since may have been picked there as well.
    """
    stop = tables.pick_stop
    by_list: dict[str, list[RowMapping]] = defaultdict(list)
    for claim in claims:
        by_list[claim["work"].partition(":")[2]].append(claim)
    for row in tx.rows_in(stop, "list_no", by_list, stop.c.location.in_(list(locations))):
        is_open = row["picked"] + row["short"] < row["quantity"]
        for claim in by_list[row["list_no"]]:
            if is_open or "taken_at" in claim:
                yield row["location"], claim


def _totes(claims: Sequence[RowMapping]) -> Iterator[tuple[str, RowMapping]]:
    """Pick lists by the totes that their units go into."""
    for claim in claims:
        packet = packet_from_json(claim["work"], claim["packet"]) if claim["packet"] else None
        if isinstance(packet, PickPacket):
            yield from ((tote, claim) for tote in sorted({*packet.totes.values(), *packet.free_totes}))


def _putaways(claims: Sequence[RowMapping]) -> Iterator[tuple[str, RowMapping]]:
    """Putaways by the locations where their units come from or were told to go."""
    for claim in claims:
        packet = packet_from_json(claim["work"], claim["packet"]) if claim["packet"] else None
        if isinstance(packet, PutawayPacket):
            places = {packet.source, *(place for units in packet.units for place in units.suggestions)}
            yield from ((place, claim) for place in sorted(places))
