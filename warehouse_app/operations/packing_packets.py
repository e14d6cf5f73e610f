"""What a bench is given with an order: everything it needs to pack it, for one order or for many at once."""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import select

from warehouse_app.books.ledger import CUSTOMER
from warehouse_app.domain.packets import Address, BoxType, PackPacket, PackUnits, Serials
from warehouse_app.operations.number_blocks import sscc_numbers
from warehouse_app.operations.telling_holds import held_serials
from warehouse_app.store import tables
from warehouse_app.store.database import Row, Transaction

SPARE_NUMBERS = 8
"""Carton numbers leased beyond what the goods can need: unused ones are never given to anybody else."""

SMALLEST_ROOM_MM3 = 1_000_000


def pack_packets(tx: Transaction, orders: Sequence[Row], epochs: Mapping[str, int]) -> list[PackPacket]:
    """The packets of those orders of which something lies in totes; an order without an epoch gets 0."""
    units = _units(tx, [order["order_no"] for order in orders])
    filled = [order for order in orders if units[order["order_no"]]]
    if not filled:
        return []
    around = _around(tx, filled, [part for parts in units.values() for part in parts])
    wanted = [_numbers_wanted(around, units[order["order_no"]]) for order in filled]
    numbers = sscc_numbers(tx, sum(wanted))
    packets, used = [], 0
    for order, count in zip(filled, wanted, strict=True):
        name = order["order_no"]
        ssccs = tuple(numbers[used : used + count])
        packets.append(_packet(around, order, units[name], ssccs, epochs.get(name, 0)))
        used += count
    return packets


@dataclass(frozen=True, slots=True)
class _Around:
    """What the packets of several orders have in common."""

    house: Row
    boxes: tuple[BoxType, ...]
    services: Mapping[str, Row]
    products: Mapping[str, Row]
    lines: Mapping[str, Sequence[Row]]
    cartons: Mapping[str, int]
    serial_units: Sequence[Row]
    held_serials: Serials


def _around(tx: Transaction, orders: Sequence[Row], units: Sequence[PackUnits]) -> _Around:
    names = [order["order_no"] for order in orders]
    products = {row["sku"]: row for row in tx.rows_in(tables.product, "sku", {part.sku for part in units})}
    unit = tables.serial_unit
    kept = [sku for sku, row in products.items() if row["serial_rule"] == "serial"]
    lines = defaultdict(list)
    for line in tx.rows_in(tables.fulfilment_line, "order_no", names):
        lines[line["order_no"]].append(line)
    return _Around(
        house=tx.lock_warehouse(),
        boxes=_boxes(tx),
        services={row["service"]: row for row in tx.rows(select(tables.service))},
        products=products,
        lines=lines,
        cartons=_carton_counts(tx, names),
        serial_units=tx.rows_in(unit, "sku", kept, unit.c.order_no != "", unit.c.location != CUSTOMER),
        held_serials=held_serials(tx, set(kept)) if kept else {},
    )


def _packet(
    around: _Around, order: Row, units: tuple[PackUnits, ...], ssccs: tuple[str, ...], epoch: int
) -> PackPacket:
    order_no, house = order["order_no"], around.house
    service: Row = around.services.get(order["service"], {})
    lines = around.lines.get(order_no, ())
    own, of_others, on_hold = _serials(around, order_no, units)
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
        boxes=around.boxes,
        ssccs=ssccs,
        first_carton_number=1 + around.cartons.get(order_no, 0),
        timezone=house["timezone"],
        serials=own,
        other_serials=of_others,
        held_serials=on_hold,
        bundles={str(line["line_no"]): line["bundle_sku"] for line in lines if line["bundle_sku"]},
        label_scan_back=house["label_scan_back"],
    )


def _serials(around: _Around, order_no: str, units: Sequence[PackUnits]) -> tuple[Serials, Serials, Serials]:
    """What is known of the serials of the order's products: its own, those of other orders, those on hold."""
    skus = {part.sku for part in units}
    own: defaultdict[str, list[str]] = defaultdict(list)
    of_others: defaultdict[str, list[str]] = defaultdict(list)
    for row in around.serial_units:
        if row["sku"] in skus:
            mine = row["order_no"] == order_no and not row["carton"]
            (own if mine else of_others)[row["sku"]].append(row["serial"])
    on_hold = {sku: serials for sku, serials in around.held_serials.items() if sku in skus}
    return _sorted(own), _sorted(of_others), on_hold


def _sorted(serials: Mapping[str, Sequence[str]]) -> Serials:
    return {sku: tuple(sorted(some)) for sku, some in serials.items()}


def _units(tx: Transaction, orders: Sequence[str]) -> Mapping[str, tuple[PackUnits, ...]]:
    """What lies in totes for each of these orders."""
    allocation, location = tables.allocation, tables.location
    rows = tx.rows_in(allocation, "order_no", orders)
    places = tx.rows_in(location, "location", {row["location"] for row in rows}, location.c.kind == "tote")
    totes = {row["location"] for row in places}
    found: dict[str, tuple[PackUnits, ...]] = dict.fromkeys(orders, ())
    for row in sorted(rows, key=lambda row: (row["line_no"], row["location"], row["lot"])):
        if row["location"] in totes:
            part = PackUnits(row["line_no"], row["owner"], row["sku"], row["lot"], row["location"], row["quantity"])
            found[row["order_no"]] += (part,)
    return found


def _carton_counts(tx: Transaction, orders: Sequence[str]) -> dict[str, int]:
    """How many cartons each of these orders has already in the shipment that is being packed."""
    shipment = tables.shipment
    open_ones = tx.rows_in(shipment, "order_no", orders, shipment.c.state == "packing")
    shipments = {row["shipment_no"]: row["order_no"] for row in open_ones}
    cartons = tx.rows_in(tables.carton, "shipment_no", shipments)
    return Counter(shipments[row["shipment_no"]] for row in cartons)


def _boxes(tx: Transaction) -> tuple[BoxType, ...]:
    return tuple(
        BoxType(
            row["carton_type"], row["name"], row["name_zh"], row["length_mm"], row["width_mm"], row["height_mm"],
            row["weight_g"], row["max_weight_g"], row["cost"],
        )
        for row in tx.rows(select(tables.carton_type).order_by(tables.carton_type.c.cost))
    )  # fmt: skip


def _numbers_wanted(around: _Around, units: Sequence[PackUnits]) -> int:
    """How many carton numbers the order can need at the most: its volume in half-filled boxes of the middle size."""
    volume = 0
    for part in units:
        card = around.products[part.sku]
        volume += card["length_mm"] * card["width_mm"] * card["height_mm"] * part.quantity
    rooms = sorted(box.length_mm * box.width_mm * box.height_mm for box in around.boxes) or [0]
    middle = max(rooms[len(rooms) // 2], SMALLEST_ROOM_MM3)
    return SPARE_NUMBERS + min(sum(part.quantity for part in units), 2 * volume // middle)


def _address(text: str) -> Address:
    return Address(**json.loads(text)) if text else Address()
