"""Suggests the cartons for claimed work: at the station, so that the database is not kept waiting by the arithmetic."""

from collections import Counter
from dataclasses import replace

from warehouse_app.domain.catalogue import Catalogue
from warehouse_app.domain.packets import Packet, PackPacket
from warehouse_app.planning.cartons import CartonType, Item, suggest_cartons


def with_suggestions(packet: Packet, catalogue: Catalogue) -> Packet:
    """The packet with its planned cartons; packets of other tasks stay as they are."""
    if not isinstance(packet, PackPacket) or not packet.boxes:
        return packet
    quantities: Counter[str] = Counter()
    for units in packet.units:
        quantities[units.sku] += units.quantity
    cards = {sku: catalogue.card(sku) for sku in quantities}
    items = [
        Item(
            sku,
            quantity,
            cards[sku].length_mm,
            cards[sku].width_mm,
            cards[sku].height_mm,
            cards[sku].weight_g,
            cards[sku].upright,
            cards[sku].own_box,
        )
        for sku, quantity in quantities.items()
    ]
    types = [
        CartonType(
            box.carton_type,
            box.length_mm,
            box.width_mm,
            box.height_mm,
            box.weight_g,
            box.max_weight_g,
            box.cost_minor,
        )
        for box in packet.boxes
    ]
    planned = suggest_cartons(items, types)
    return replace(
        packet,
        suggested=tuple(carton.code or "" for carton in planned),
        suggested_fill=tuple(round(carton.fill, 3) for carton in planned),
        suggested_units=tuple(sum(quantity for _, quantity in carton.contents) for carton in planned),
    )
