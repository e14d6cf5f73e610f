"""Decisions about receiving: which station unloads which purchase order."""

from collections import defaultdict
from collections.abc import Collection, Sequence

from sqlalchemy import select

from warehouse_app.books.ledger import VIRTUAL
from warehouse_app.domain.errors import NotFound
from warehouse_app.domain.packets import ReceiveLine, ReceivePacket, Serials
from warehouse_app.domain.scan import purchase_order_code
from warehouse_app.domain.session import Expected, Need
from warehouse_app.language import mark
from warehouse_app.operations.claiming import Holder, NotReady, held_elsewhere, hold, keep_packet
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction


def claim_purchase_order(tx: Transaction, holder: Holder, need: Need) -> ReceivePacket:
    """Take a purchase order to a dock. Raises NotFound, NotReady, WorkHeldElsewhere."""
    order, line = tables.purchase_order, tables.purchase_line
    row = tx.row(select(order).where(tx.mine(order), order.c.po_no == need.code))
    if row is None:
        raise NotFound(thing=mark("purchase order"), name=need.code)
    if row["state"] == "closed":
        raise NotReady(name=need.code, reason=mark("its delivery was closed"))
    epoch = hold(tx, f"receive:{need.code}", holder)
    lines = tx.rows(select(line).where(tx.mine(line), line.c.po_no == need.code).order_by(line.c.line_no))
    today = tx.now.date()
    packet = ReceivePacket(
        f"receive:{need.code}",
        epoch,
        need.code,
        row["supplier"],
        row["blind"],
        _dock(tx, holder.station),
        f"{today:%Y%m%d}-{need.code}",
        today.isoformat(),
        tuple(
            ReceiveLine(found["line_no"], found["owner"], found["sku"], found["ordered"], found["received"])
            for found in lines
        ),
        _serials_in_the_house(tx, {found["sku"] for found in lines}),
    )
    keep_packet(tx, packet)
    return packet


def _serials_in_the_house(tx: Transaction, skus: Collection[str]) -> Serials:
    unit = tables.serial_unit
    found: defaultdict[str, list[str]] = defaultdict(list)
    for row in tx.rows_in(unit, "sku", skus, unit.c.location.not_in(VIRTUAL)):
        found[row["sku"]].append(row["serial"])
    return {sku: tuple(sorted(serials)) for sku, serials in found.items()}


def waiting_purchase_orders(tx: Transaction, holder: Holder) -> Sequence[Expected]:
    """The codes of purchase orders that nobody unloads yet, the earliest due first."""
    order = tables.purchase_order
    held = held_elsewhere(tx, "receive", holder)
    query = (
        select(order.c.po_no)
        .where(tx.mine(order), order.c.state != "closed")
        .order_by(order.c.due_on, order.c.po_no)
        .limit(20 + len(held))
    )
    names = [row["po_no"] for row in tx.rows(query)]
    return [Expected("purchase_order", purchase_order_code(name)) for name in names if name not in held]


def _dock(tx: Transaction, station: str) -> str:
    """The receiving dock of this station; stations share the docks out by their names."""
    location = tables.location
    query = select(location.c.location).where(tx.mine(location), location.c.kind == "receiving").order_by("location")
    docks = [row["location"] for row in tx.rows(query)]
    if not docks:
        raise NotFound(thing=mark("location of kind"), name="receiving")
    return str(station) if station in docks else str(docks[0])
