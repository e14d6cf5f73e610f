"""Decisions about packing: which station packs which order."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from sqlalchemy import func, select

from warehouse_app.books.ledger import CUSTOMER
from warehouse_app.domain.errors import NotFound
from warehouse_app.domain.identifiers import SSCC
from warehouse_app.domain.packets import Address, BoxType, PackPacket, PackUnits, Serials
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
    keep_packet,
)
from warehouse_app.operations.telling_holds import held_orders, held_serials
from warehouse_app.store import tables
from warehouse_app.store.database import Row, Transaction

SPARE_NUMBERS = 8
"""Carton numbers leased beyond what the goods can need: unused ones are never given to anybody else."""

SMALLEST_ROOM_MM3 = 1_000_000


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
    packet = _packet(tx, order, epoch)
    keep_packet(tx, packet)
    return packet


def waiting_orders(tx: Transaction, holder: Holder) -> Sequence[Expected]:
    """The totes of orders that wait for a bench, the most urgent first; an order without a tote by its own code."""
    order, tote = tables.fulfilment_order, tables.order_tote
    held = held_elsewhere(tx, "pack", holder) | held_orders(tx).keys()
    same = (tote.c.warehouse_id == order.c.warehouse_id) & (tote.c.order_no == order.c.order_no)
    query = (
        select(order.c.order_no, func.min(tote.c.tote).label("tote"))
        .outerjoin(tote, same)
        .where(tx.mine(order), order.c.state.in_(("picked", "packing")), ~order.c.held, ~order.c.cancel_requested)
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
    if order["state"] not in ("picked", "packing"):
        raise NotReady(name=order["order_no"], reason=reasons.get(order["state"], mark("it is not released yet")))


def _packet(tx: Transaction, order: Row, epoch: int) -> PackPacket:
    order_no = order["order_no"]
    units = _units(tx, order_no)
    if not units:
        raise NotReady(name=order_no, reason=mark("nothing of it lies in a tote"))
    service: Row = tx.row(select(tables.service).where(tables.service.c.service == order["service"])) or {}
    house = tx.lock_warehouse()
    boxes = _boxes(tx)
    first = 1 + int(tx.value(_carton_count(tx, order_no)) or 0)
    count = _numbers_wanted(tx, units, boxes)
    prefix = house["gs1_company_prefix"] or "9521234"
    serial = tx.next_in_series("sscc", count)
    lines = tx.rows_in(tables.fulfilment_line, "order_no", [order_no])
    own, of_others, on_hold = _serials(tx, order_no, units)
    return PackPacket(
        work=f"pack:{order_no}",
        epoch=epoch,
        order_no=order_no,
        customer=order["customer"],
        service=order["service"],
        service_name=str(service.get("name", order["service"])),
        service_name_zh=str(service.get("name_zh", "")),
        carrier=str(service.get("carrier", "")),
        carrier_name=str(service.get("carrier_name", "")),
        ship_by=order["ship_by"].isoformat(),
        wave_no=order["wave_no"],
        note=order["note"],
        ship_to=_address(order["ship_to"]),
        sender=_address(house["sender"]),
        units=units,
        ordered={str(line["line_no"]): line["ordered"] - line["cancelled"] for line in lines if line["stocked"]},
        boxes=boxes,
        ssccs=tuple(SSCC.make(0, prefix, serial + place).digits for place in range(count)),
        first_carton_number=first,
        timezone=house["timezone"],
        serials=own,
        other_serials=of_others,
        held_serials=on_hold,
        bundles={str(line["line_no"]): line["bundle_sku"] for line in lines if line["bundle_sku"]},
    )


def _serials(tx: Transaction, order_no: str, units: Sequence[PackUnits]) -> tuple[Serials, Serials, Serials]:
    """What is known of the serials of the order's products: its own, those of other orders, those on hold."""
    product, unit = tables.product, tables.serial_unit
    skus = {part.sku for part in units}
    kept = {row["sku"] for row in tx.rows_in(product, "sku", skus, product.c.serial_rule == "serial")}
    if not kept:
        return {}, {}, {}
    own: defaultdict[str, list[str]] = defaultdict(list)
    of_others: defaultdict[str, list[str]] = defaultdict(list)
    for row in tx.rows_in(unit, "sku", kept, unit.c.order_no != "", unit.c.location != CUSTOMER):
        mine = row["order_no"] == order_no and not row["carton"]
        (own if mine else of_others)[row["sku"]].append(row["serial"])
    return _sorted(own), _sorted(of_others), held_serials(tx, kept)


def _sorted(serials: Mapping[str, Sequence[str]]) -> Serials:
    return {sku: tuple(sorted(some)) for sku, some in serials.items()}


def _units(tx: Transaction, order_no: str) -> tuple[PackUnits, ...]:
    allocation, location = tables.allocation, tables.location
    same = (allocation.c.warehouse_id == location.c.warehouse_id) & (allocation.c.location == location.c.location)
    query = (
        select(allocation)
        .join(location, same)
        .where(tx.mine(allocation), allocation.c.order_no == order_no, location.c.kind == "tote")
        .order_by(allocation.c.line_no, allocation.c.location, allocation.c.lot)
    )
    return tuple(
        PackUnits(row["line_no"], row["owner"], row["sku"], row["lot"], row["location"], row["quantity"])
        for row in tx.rows(query)
    )


def _carton_count(tx: Transaction, order_no: str):  # type: ignore[no-untyped-def]  # noqa: ANN202 - a query
    carton, shipment = tables.carton, tables.shipment
    same = (carton.c.warehouse_id == shipment.c.warehouse_id) & (carton.c.shipment_no == shipment.c.shipment_no)
    return (
        select(func.count())
        .select_from(carton.join(shipment, same))
        .where(tx.mine(carton), shipment.c.order_no == order_no, shipment.c.state == "packing")
    )


def _boxes(tx: Transaction) -> tuple[BoxType, ...]:
    return tuple(
        BoxType(
            row["carton_type"], row["name"], row["name_zh"], row["length_mm"], row["width_mm"], row["height_mm"],
            row["weight_g"], row["max_weight_g"], row["cost"],
        )
        for row in tx.rows(select(tables.carton_type).order_by(tables.carton_type.c.cost))
    )  # fmt: skip


def _numbers_wanted(tx: Transaction, units: Sequence[PackUnits], boxes: Sequence[BoxType]) -> int:
    """How many carton numbers the order can need at the most: its volume in half-filled boxes of the middle size."""
    quantities: Counter[str] = Counter()
    for unit in units:
        quantities[unit.sku] += unit.quantity
    products = tx.rows_in(tables.product, "sku", quantities)
    volume: int = sum(
        row["length_mm"] * row["width_mm"] * row["height_mm"] * quantities[row["sku"]] for row in products
    )
    rooms = sorted(box.length_mm * box.width_mm * box.height_mm for box in boxes) or [0]
    middle = max(rooms[len(rooms) // 2], SMALLEST_ROOM_MM3)
    return SPARE_NUMBERS + min(sum(quantities.values()), 2 * volume // middle)


def _address(text: str) -> Address:
    return Address(**json.loads(text)) if text else Address()
