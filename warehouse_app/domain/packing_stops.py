"""What a packer is told when an order or one of its units is on hold: what it is, and what to do."""

from collections.abc import Mapping
from typing import Any

from warehouse_app.domain.catalogue import ProductCard
from warehouse_app.domain.packing_state import HeldBy, PackState
from warehouse_app.domain.session import Feedback, FeedbackKind, feedback
from warehouse_app.domain.wording import REASONS
from warehouse_app.language import mark


def told_of_hold(state: PackState, held: Mapping[str, HeldBy]) -> Feedback:
    """Why the order at hand is stopped, and what is to be put aside."""
    by = next(iter(held.values()))
    totes = dict.fromkeys(left.units.tote for left in state.left if left.left > 0)
    cartons = [str(carton.number) for carton in state.cartons if carton.units]
    if totes and cartons:
        message = mark("Order {order} is on hold: {why}. Put tote {totes} and carton {cartons} aside.")
    elif cartons:
        message = mark("Order {order} is on hold: {why}. Put carton {cartons} aside.")
    else:
        message = mark("Order {order} is on hold: {why}. Put tote {totes} aside.")
    why = f"{by.names} ({by.reason})" if by.names and by.reason else by.names or REASONS.get(by.reason, by.reason)
    return feedback(
        FeedbackKind.HELD, message, order=state.packet.order_no, why=why or "-", totes=", ".join(totes),
        cartons=", ".join(cartons),
    )  # fmt: skip


def told_of_change(state: PackState, content: Mapping[str, Any], card: ProductCard) -> Feedback | None:
    """The answer to an amendment about a hold, None when it is about something else."""
    order_no = state.packet.order_no
    held = state.held_after(content)
    if held and content["what"] in ("hold", "hold_serial", "release", "release_serial"):
        return told_of_hold(state, held)
    if content["what"] == "release":
        return feedback(FeedbackKind.INFO, mark("Order {order} may go on."), order=order_no)
    if content["what"] == "hold_serial":
        message = mark("Serial {serial} of {product} is on hold ({reason}): set it aside when you meet it.")
        return feedback(
            FeedbackKind.INFO, message, card, serial=content["serial"], product=card, reason=content["reason"] or "-"
        )
    if content["what"] == "release_serial":
        message = mark("Serial {serial} of {product} may be used again.")
        return feedback(FeedbackKind.INFO, message, card, serial=content["serial"], product=card)
    return None


def serial_objection(state: PackState, card: ProductCard, serial: str) -> Feedback | None:
    """Why the unit with this serial may not be packed for the order, None when it may."""
    packet, unit = state.packet, (card.sku, serial)
    expected = packet.serials.get(card.sku, ())
    units = sum(part.quantity for part in packet.units if part.sku == card.sku)
    values = {"serial": serial, "product": card, "order": packet.order_no}
    if unit in state.held_serials:
        message = mark("Serial {serial} of {product} is on hold. Set it aside.")
        return Feedback(FeedbackKind.HELD, message, values, card)
    if unit in state.packed_serials:
        message = mark("Serial {serial} of {product} is packed already. Scan another unit.")
        return Feedback(FeedbackKind.WRONG_ITEM, message, values, card)
    all_are_known = len(expected) >= units
    if serial in packet.other_serials.get(card.sku, ()) or (all_are_known and serial not in expected):
        message = mark("Serial {serial} of {product} does not belong to order {order}. Set it aside.")
        return Feedback(FeedbackKind.WRONG_ITEM, message, values, card)
    return None
