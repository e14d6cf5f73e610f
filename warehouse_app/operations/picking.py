"""Decisions about picking: which station walks which list."""

from collections.abc import Collection, Sequence
from dataclasses import replace

from sqlalchemy import exists, func, literal, select

from warehouse_app.books.held_stock import held_by, hold_of
from warehouse_app.domain.errors import NotFound
from warehouse_app.domain.packets import Packet, PickPacket, PickStop
from warehouse_app.domain.scan import pick_list_code
from warehouse_app.domain.session import EXPECTED_LIMIT, Expected, Need
from warehouse_app.language import mark
from warehouse_app.operations.claiming import (
    Holder,
    NotReady,
    held_elsewhere,
    held_packets,
    hold,
    hold_ahead,
    keep_packet,
)
from warehouse_app.operations.telling_holds import held_serials
from warehouse_app.store import tables
from warehouse_app.store.database import Row, Transaction

SPARE_TOTES = 3
"""Totes offered beyond what the volume asks for."""

_TO_WALK = tables.pick_list.c.state.in_([literal(state, literal_execute=True) for state in ("open", "picking")])
"""Written out in the query, so that a server knows the index of these lists, and never walks through those of old."""

TOTE_FILL = 0.8
"""Goods of many shapes fill a tote to about this part of its volume."""


def claim_pick_list(tx: Transaction, holder: Holder, need: Need) -> PickPacket:
    """Take a pick list to a station. Raises NotFound, NotReady, WorkHeldElsewhere."""
    pick_list, stop = tables.pick_list, tables.pick_stop
    row = tx.row(select(pick_list).where(tx.mine(pick_list), pick_list.c.list_no == need.code))
    if row is None:
        raise NotFound(thing=mark("pick list"), name=need.code)
    if row["state"] in ("done", "cancelled"):
        raise NotReady(name=need.code, reason=row["state"])
    epoch = hold(tx, f"pick:{need.code}", holder)
    rows = tx.rows(select(stop).where(tx.mine(stop), stop.c.list_no == need.code).order_by(stop.c.stop_no))
    _refuse_while_held(tx, need.code, rows)
    packet = _packet(tx, need.code, rows, epoch)
    keep_packet(tx, packet)
    return packet


def _refuse_while_held(tx: Transaction, list_no: str, stops: Sequence[Row]) -> None:
    if _is_being_held(tx, stops):
        raise NotReady(name=list_no, reason=mark("stock of it is just being put on hold; try again in a moment"))


def _is_being_held(tx: Transaction, stops: Sequence[Row]) -> bool:
    """Stops that a hold is just taking off the lists, thousands one after the other, are not given out any more."""
    table = tables.hold
    query = select(table).where(tx.mine(table), table.c.unfinished, table.c.removed_at.is_(None))
    held = held_by(tx, [hold_of(row) for row in tx.rows(query)])
    return bool(held) and any(
        held.units((row["owner"], row["sku"], row["lot"]), row["location"], _open_units(row)) for row in stops
    )


def lists_to_claim(tx: Transaction, holder: Holder, wave: str, limit: int) -> list[str]:
    """The works of pick lists, of a wave or of any, that no other station holds, the most urgent first."""
    names = _open_lists(tx, held_elsewhere(tx, "pick", holder), wave, limit)
    return [f"pick:{name}" for name in names]


def claim_lists_ahead(tx: Transaction, holder: Holder, works: Sequence[str]) -> list[Packet]:
    """Claim those of these pick lists that are still free and have something left to take."""
    stop, claimed = tables.pick_stop, list[Packet]()
    names = [work.partition(":")[2] for work in works]
    stops = sorted(tx.rows_in(stop, "list_no", names), key=lambda row: row["stop_no"])
    for name in names:
        mine = [row for row in stops if row["list_no"] == name]
        if not any(_open_units(row) > 0 for row in mine) or _is_being_held(tx, mine):
            continue
        for work, epoch in hold_ahead(tx, [f"pick:{name}"], holder).items():
            packet = _packet(tx, work.partition(":")[2], mine, epoch)
            # The next list is offered other totes than this one.
            keep_packet(tx, packet)
            claimed.append(packet)
    return claimed


def offer_totes(tx: Transaction, packet: PickPacket) -> PickPacket:
    """The station's packet with totes that are empty now; its stops stay as they were claimed."""
    tx.lock_warehouse()
    wanted = _totes_wanted(tx, packet.stops, packet.tote_volume_ml) + SPARE_TOTES
    offered = replace(packet, free_totes=_free_totes(tx, wanted, packet.work))
    keep_packet(tx, offered)
    return offered


def waiting_pick_lists(tx: Transaction, holder: Holder) -> Sequence[Expected]:
    """The codes of pick lists that nobody walks yet, the most urgent first."""
    names = _open_lists(tx, held_elsewhere(tx, "pick", holder), "", EXPECTED_LIMIT)
    return [Expected("pick_list", pick_list_code(name)) for name in names]


def _open_lists(tx: Transaction, without: Collection[str], wave: str, limit: int) -> list[str]:
    pick_list, stop = tables.pick_list, tables.pick_stop
    open_units = stop.c.quantity - stop.c.picked - stop.c.short - stop.c.withdrawn
    has_stops = (
        select(stop.c.list_no)
        .where(stop.c.warehouse_id == pick_list.c.warehouse_id, stop.c.list_no == pick_list.c.list_no, open_units > 0)
        .exists()
    )
    query = (
        select(pick_list.c.list_no)
        .where(tx.mine(pick_list), _TO_WALK, has_stops)
        .order_by(pick_list.c.ship_by, pick_list.c.rank, pick_list.c.list_no)
        .limit(limit + len(without))
    )
    if wave:
        query = query.where(pick_list.c.wave_no == wave)
    return [row["list_no"] for row in tx.rows(query) if row["list_no"] not in without][:limit]


def _packet(tx: Transaction, list_no: str, rows: Sequence[Row], epoch: int) -> PickPacket:
    stops = []
    for row in rows:
        quantity = _open_units(row)
        if quantity > 0:
            stop = PickStop(
                row["stop_no"], row["order_no"], row["line_no"], row["slot"], row["owner"], row["sku"], row["lot"],
                row["location"], quantity,
            )  # fmt: skip
            stops.append(stop)
    if not stops:
        raise NotReady(name=list_no, reason=mark("nothing is left to pick"))
    orders = {stop.order_no for stop in stops}
    totes = {
        row["order_no"]: row["tote"]
        for row in tx.rows_in(tables.order_tote, "order_no", orders)
        if row["list_no"] == list_no
    }
    capacity = _tote_volume(tx)
    wanted = _totes_wanted(tx, stops, capacity) + SPARE_TOTES
    on_hold = held_serials(tx, {stop.sku for stop in stops})
    packet = PickPacket(
        f"pick:{list_no}", epoch, list_no, tuple(stops), totes, (), _drop_location(tx), capacity, on_hold
    )
    return replace(packet, free_totes=_free_totes(tx, wanted, packet.work))


def _open_units(stop: Row) -> int:
    return int(stop["quantity"] - stop["picked"] - stop["short"] - stop["withdrawn"])


def _totes_wanted(tx: Transaction, stops: Sequence[PickStop], capacity: int) -> int:
    product = tables.product
    volumes = {
        row["sku"]: row["length_mm"] * row["width_mm"] * row["height_mm"] // 1000
        for row in tx.rows_in(product, "sku", {stop.sku for stop in stops})
    }
    by_order: dict[str, int] = {}
    for stop in stops:
        by_order[stop.order_no] = by_order.get(stop.order_no, 0) + volumes.get(stop.sku, 0) * stop.quantity
    return sum(1 + volume // max(1, capacity) for volume in by_order.values())


def _tote_volume(tx: Transaction) -> int:
    location = tables.location
    smallest = select(func.min(location.c.capacity_ml)).where(
        tx.mine(location), location.c.kind == "tote", location.c.capacity_ml > 0
    )
    return int((tx.value(smallest) or 60_000) * TOTE_FILL)


def _free_totes(tx: Transaction, count: int, work: str) -> tuple[str, ...]:
    """Totes that are empty and not offered to another station."""
    location, tote, balance = tables.location, tables.order_tote, tables.balance
    offered: set[str] = set()
    for packet in held_packets(tx, "pick", without=work):
        if isinstance(packet, PickPacket):
            offered |= set(packet.free_totes)
    collects = exists().where(tote.c.warehouse_id == location.c.warehouse_id, tote.c.tote == location.c.location)
    here = (balance.c.warehouse_id == location.c.warehouse_id, balance.c.location == location.c.location)
    filled = exists().where(*here, balance.c.on_hand > 0)
    empty = select(location.c.location).where(tx.mine(location), location.c.kind == "tote", ~collects, ~filled)
    rows = tx.rows(empty.order_by(location.c.location).limit(count + len(offered)))
    return tuple(row["location"] for row in rows if row["location"] not in offered)[:count]


def _drop_location(tx: Transaction) -> str:
    location = tables.location
    query = select(location.c.location).where(tx.mine(location), location.c.kind == "packing").order_by("location")
    return str(tx.value(query) or "")
