"""Decisions about packing: which station packs which order."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from warehouse_app.domain.errors import NotFound
from warehouse_app.domain.packets import Packet, PackPacket
from warehouse_app.domain.scan import ScanKind, order_code, tote_code
from warehouse_app.domain.session import Expected, Need
from warehouse_app.language import mark
from warehouse_app.operations.claiming import (
    Holder,
    NotReady,
    OnHold,
    StockOnHold,
    StoppedWork,
    held_elsewhere,
    hold,
    hold_ahead,
    keep_packet,
    keep_packets,
    with_epoch,
)
from warehouse_app.operations.packing_packets import pack_packets
from warehouse_app.operations.telling_holds import held_orders
from warehouse_app.store import tables
from warehouse_app.store.database import Row, Transaction

READY = ("picked", "packing")
"""States in which an order can be packed."""


@dataclass(frozen=True, slots=True)
class Lane:
    """Which orders are wanted: of a wave, for a service with its cut-off, or for a carrier; an empty name is any."""

    wave: str = ""
    service: str = ""
    carrier: str = ""


def claim_order(tx: Transaction, holder: Holder, need: Need) -> PackPacket:
    """Take an order to a bench, by its own code or one of its totes. Raises NotFound, NotReady, WorkHeldElsewhere."""
    # A hold that is added just now either sees this claim or is seen by it.
    tx.lock_warehouse()
    order_no = need.code if need.kind is ScanKind.ORDER else _order_in_tote(tx, need.code)
    table = tables.fulfilment_order
    order = tx.row(select(table).where(tx.mine(table), table.c.order_no == order_no))
    if order is None:
        raise NotFound(thing=mark("order"), name=order_no)
    _check_ready(order)
    stopped = held_orders(tx, [order_no]).get(order_no)
    if stopped is not None:
        raise StockOnHold(name=order_no, names=stopped.names, reason=stopped.reason or "-")
    epoch = hold(tx, f"pack:{order_no}", holder)
    (packet,) = pack_packets(tx, [order], {order_no: epoch}) or (None,)
    if packet is None:
        raise NotReady(name=order_no, reason=mark("nothing of it lies in a tote"))
    keep_packet(tx, packet)
    return packet


def orders_to_claim(tx: Transaction, holder: Holder, lane: Lane, limit: int) -> list[str]:
    """The works of orders of a lane that could be packed and that no other station holds, the most urgent first."""
    order, service = tables.fulfilment_order, tables.service
    without = {f"pack:{name}" for name in held_elsewhere(tx, "pack", holder) | held_orders(tx).keys()}
    query = (
        select(order.c.order_no)
        .outerjoin(service, service.c.service == order.c.service)
        .where(tx.mine(order), order.c.state.in_(READY), ~order.c.held, ~order.c.cancel_requested)
        .order_by(order.c.ship_by, order.c.priority.desc(), order.c.order_no)
        .limit(limit + len(without))
    )
    named = ((order.c.wave_no, lane.wave), (order.c.service, lane.service), (service.c.carrier, lane.carrier))
    wanted = query.where(*(column == name for column, name in named if name))
    works = [f"pack:{row['order_no']}" for row in tx.rows(wanted)]
    return [work for work in works if work not in without][:limit]


def claim_orders_ahead(tx: Transaction, holder: Holder, works: Sequence[str]) -> list[Packet]:
    """Claim those of these orders that are still free and ready, all at once."""
    tx.lock_warehouse()
    names = [work.partition(":")[2] for work in works]
    table = tables.fulfilment_order
    stopped = held_orders(tx, names)
    rows = tx.rows_in(table, "order_no", names, table.c.state.in_(READY), ~table.c.held, ~table.c.cancel_requested)
    orders = [row for row in rows if row["order_no"] not in stopped]
    packets = pack_packets(tx, orders, {})
    epochs = hold_ahead(tx, [packet.work for packet in packets], holder)
    claimed: list[Packet] = [with_epoch(packet, epochs[packet.work]) for packet in packets if packet.work in epochs]
    keep_packets(tx, claimed)
    return claimed


def waiting_orders(tx: Transaction, holder: Holder) -> Sequence[Expected]:
    """The totes of orders that wait for a bench, the most urgent first; an order without a tote by its own code."""
    order, tote = tables.fulfilment_order, tables.order_tote
    held = held_elsewhere(tx, "pack", holder) | held_orders(tx).keys()
    same = (tote.c.warehouse_id == order.c.warehouse_id) & (tote.c.order_no == order.c.order_no)
    query = (
        select(order.c.order_no, func.min(tote.c.tote).label("tote"))
        .outerjoin(tote, same)
        .where(tx.mine(order), order.c.state.in_(READY), ~order.c.held, ~order.c.cancel_requested)
        .group_by(order.c.order_no, order.c.ship_by, order.c.priority)
        .order_by(order.c.ship_by, order.c.priority.desc(), order.c.order_no)
        .limit(20 + len(held))
    )
    found = []
    for row in tx.rows(query):
        if row["order_no"] not in held:
            tote_name = row["tote"]
            found.append(
                Expected("tote", tote_code(tote_name)) if tote_name else Expected("order", order_code(row["order_no"]))
            )
    return found


def _order_in_tote(tx: Transaction, tote: str) -> str:
    table = tables.order_tote
    order_no = tx.value(select(table.c.order_no).where(tx.mine(table), table.c.tote == tote))
    if order_no is None:
        raise NotFound(thing=mark("order in tote"), name=tote)
    return str(order_no)


def _check_ready(order: Row) -> None:
    reasons = {
        "shipped": mark("it has left the house"),
        "packed": mark("it is packed and labelled"),
        "picking": mark("it is still being picked"),
        "released": mark("it is not picked yet"),
    }
    if order["held"]:
        raise OnHold(name=order["order_no"], reason=mark("it is on hold"))
    if order["cancel_requested"] or order["state"] == "cancelled":
        raise StoppedWork(name=order["order_no"], reason=mark("it was cancelled; put its units back"))
    if order["state"] not in READY:
        raise NotReady(name=order["order_no"], reason=reasons.get(order["state"], mark("it is not released yet")))
