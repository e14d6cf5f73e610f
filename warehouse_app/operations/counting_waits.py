"""Stations that may still have something to tell about a location from before it was counted."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from datetime import datetime

from sqlalchemy import RowMapping, func, select

from warehouse_app.domain.packets import PutawayPacket, packet_from_json
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction


def stations_behind(tx: Transaction, counted_at: Mapping[str, datetime]) -> dict[str, tuple[str, ...]]:
    """For each location the stations that held picks or putaways there when it was counted and are not past it.

    A station is past an instant when the books have a fact of it from then or later: it posts its facts in order.
    """
    reached = _reached(tx)
    behind: dict[str, set[str]] = defaultdict(set)
    for location, claim in (*_picks(tx, counted_at), *_putaways(tx)):
        instant = counted_at.get(location)
        if instant is None or claim["claimed_at"] > instant:
            continue
        last = reached.get(claim["station"])
        if last is None or last < instant:
            behind[location].add(claim["station"])
    return {location: tuple(sorted(stations)) for location, stations in behind.items()}


def _reached(tx: Transaction) -> dict[str, datetime]:
    """When the newest fact of each station happened that the books have."""
    fact, cursor = tables.fact, tables.station_cursor
    newest = (
        (fact.c.warehouse_id == cursor.c.warehouse_id)
        & (fact.c.station == cursor.c.station)
        & (fact.c.incarnation == cursor.c.incarnation)
        & (fact.c.sequence == cursor.c.applied_sequence)
    )
    happened_at = func.max(fact.c.happened_at, type_=fact.c.happened_at.type).label("happened_at")
    query = select(fact.c.station, happened_at).join(cursor, newest).where(tx.mine(fact)).group_by(fact.c.station)
    return {row["station"]: row["happened_at"] for row in tx.rows(query)}


def _held(tx: Transaction, task: str) -> dict[str, RowMapping]:
    claim = tables.claim
    held = (tx.mine(claim), claim.c.state == "held", claim.c.work.startswith(f"{task}:", autoescape=True))
    return {row["work"].partition(":")[2]: row for row in tx.rows(select(claim).where(*held))}


def _picks(tx: Transaction, locations: Iterable[str]) -> list[tuple[str, RowMapping]]:
    """Held pick lists by the locations where something of them is not picked yet; withdrawn stops may still be."""
    stop = tables.pick_stop
    claims = _held(tx, "pick")
    rows = tx.rows_in(stop, "list_no", claims, stop.c.location.in_(list(locations)))
    open_rows = (row for row in rows if row["picked"] + row["short"] < row["quantity"])
    return [(row["location"], claims[row["list_no"]]) for row in open_rows]


def _putaways(tx: Transaction) -> list[tuple[str, RowMapping]]:
    """Held putaways by the locations where their units come from or were told to go."""
    found: list[tuple[str, RowMapping]] = []
    for claim in _held(tx, "putaway").values():
        packet = packet_from_json(claim["work"], claim["packet"])
        if isinstance(packet, PutawayPacket):
            places = {packet.source, *(place for units in packet.units for place in units.suggestions)}
            found.extend((place, claim) for place in places)
    return found
