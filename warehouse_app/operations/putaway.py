"""Decisions about putting away: which station empties which dock, tote or stopped carton."""

from collections import defaultdict
from collections.abc import Iterable, Sequence

from sqlalchemy import func, select

from warehouse_app.books.availability import RESERVE_ZONE
from warehouse_app.domain.errors import NotFound
from warehouse_app.domain.packets import PutawayPacket, PutawayUnits
from warehouse_app.domain.scan import location_code, tote_code
from warehouse_app.domain.session import Expected, Need
from warehouse_app.language import mark
from warehouse_app.operations.claiming import Holder, NotReady, held_elsewhere, held_packets, hold, keep_packet
from warehouse_app.store import tables
from warehouse_app.store.database import Row, Transaction

SUGGESTIONS = 3
SOURCES = ("receiving", "tote", "carton")


def claim_putaway(tx: Transaction, holder: Holder, need: Need) -> PutawayPacket:
    """Take what waits at a place to a station. Raises NotFound, NotReady, WorkHeldElsewhere."""
    location = tables.location
    row = tx.row(select(location).where(tx.mine(location), location.c.location == need.code))
    if row is None or row["kind"] not in SOURCES:
        raise NotFound(thing=mark("dock, tote or carton"), name=need.code)
    units = _waiting_units(tx, need.code)
    if not units:
        raise NotReady(name=need.code, reason=mark("nothing waits there to be put away"))
    epoch = hold(tx, f"putaway:{need.code}", holder)
    places = _Places(tx, {unit["sku"] for unit in units}, f"putaway:{need.code}")
    packet = PutawayPacket(
        f"putaway:{need.code}",
        epoch,
        need.code,
        tuple(
            PutawayUnits(
                unit["owner"], unit["sku"], unit["lot"], unit["on_hand"] - unit["allocated"],
                places.suggest(unit["sku"]),
            )
            for unit in units
        ),
    )  # fmt: skip
    keep_packet(tx, packet)
    return packet


def waiting_putaways(tx: Transaction, holder: Holder) -> Sequence[Expected]:
    """The codes of docks, totes and cartons with units to put away, docks first."""
    location, balance = tables.location, tables.balance
    held = held_elsewhere(tx, "putaway", holder)
    same = (balance.c.warehouse_id == location.c.warehouse_id) & (balance.c.location == location.c.location)
    free = func.sum(balance.c.on_hand - balance.c.allocated)
    query = (
        select(location.c.location, location.c.kind)
        .join(balance, same)
        .where(tx.mine(location), location.c.kind.in_(SOURCES))
        .group_by(location.c.location, location.c.kind)
        .having(free > 0)
    )
    order = {kind: place for place, kind in enumerate(SOURCES)}
    rows = sorted(tx.rows(query), key=lambda row: (order[row["kind"]], row["location"]))
    return [_code(row) for row in rows if row["location"] not in held][:20]


def _code(row: Row) -> Expected:
    if row["kind"] == "tote":
        return Expected("tote", tote_code(row["location"]))
    if row["kind"] == "carton":
        return Expected("carton", f"00{row['location']}")
    return Expected("location", location_code(row["location"]))


def _waiting_units(tx: Transaction, place: str) -> list[Row]:
    """Units at a place that no order has a right to."""
    balance = tables.balance
    here = (tx.mine(balance), balance.c.location == place, balance.c.on_hand > balance.c.allocated)
    return list(tx.rows(select(balance).where(*here).order_by(balance.c.sku, balance.c.lot)))


class _Places:
    """Where products should go: where they lie already, pick faces first, else the nearest empty place."""

    def __init__(self, tx: Transaction, skus: Iterable[str], work: str) -> None:
        location, balance = tables.location, tables.balance
        same = (balance.c.warehouse_id == location.c.warehouse_id) & (balance.c.location == location.c.location)
        filled = (
            select(balance.c.sku, location.c.location, location.c.zone)
            .join(location, same)
            .where(tx.mine(location), location.c.pickable, balance.c.on_hand > 0)
        )
        used: set[str] = set()
        self._home: dict[str, list[str]] = defaultdict(list)
        wanted = set(skus)
        rows = sorted(tx.rows(filled), key=lambda row: (row["zone"] == RESERVE_ZONE, row["location"]))
        for row in rows:
            used.add(row["location"])
            if row["sku"] in wanted:
                self._home[row["sku"]].append(row["location"])
        for packet in held_packets(tx, "putaway", without=work):
            if isinstance(packet, PutawayPacket):
                used |= {place for unit in packet.units for place in unit.suggestions}
        empty = select(location.c.location).where(tx.mine(location), location.c.pickable)
        ordered = tx.rows(empty.order_by(location.c.zone, location.c.y_mm, location.c.x_mm, location.c.location))
        self._empty = [row["location"] for row in ordered if row["location"] not in used][::-1]

    def suggest(self, sku: str) -> tuple[str, ...]:
        """The best places for a product; an empty place is suggested to one product only."""
        homes = self._home[sku]
        if not homes and self._empty:
            homes.append(self._empty.pop())
        return tuple(homes[:SUGGESTIONS])
