"""The shipping label, and the internal label of a carton that still waits for its carrier's one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from warehouse_app.documents.address import PostalAddress
from warehouse_app.documents.formats import date_text, weight_text
from warehouse_app.documents.labels.dots import Resolution
from warehouse_app.documents.labels.filling import Values, filled
from warehouse_app.documents.labels.layout import Layout
from warehouse_app.documents.labels.layouts import DEFAULTS, built_in
from warehouse_app.documents.labels.model import Label
from warehouse_app.documents.labels.pdf import labels_as_pdf
from warehouse_app.documents.labels.zpl import label_as_zpl
from warehouse_app.documents.words import both
from warehouse_app.language import mark


@dataclass(frozen=True, slots=True)
class ShippingLabel:
    """One carton. The SSCC is 18 digits with their check digit; routing is the carrier's own sorting text."""

    sender: PostalAddress
    ship_to: PostalAddress
    carrier: str
    service: str
    order_no: str
    sscc: str
    ship_on: date
    weight_g: int
    carton_no: int = 1
    cartons: int = 1
    routing: str = ""
    note: str = ""


def shipping_label(label: ShippingLabel, layout: Layout | None = None) -> Label:
    """The label of a carton. Raises CodeNotValid for a wrong SSCC."""
    return filled(layout or _usual(), shipping_values(label))


def waiting_label(label: ShippingLabel, layout: Layout | None = None) -> Label:
    """The internal label of a carton whose carrier label could not be had yet: it names no carrier."""
    waiting = both(mark("Waiting for label"))
    values = {
        **shipping_values(label),
        "service": waiting.english.upper(),
        "carrier": waiting.chinese,
        "routing_caption": "",
        "routing": both(mark("Do not hand over")).inline(),
    }
    return filled(layout or _usual(), values)


def shipping_labels_pdf(labels: Sequence[ShippingLabel]) -> bytes:
    """One label a page. There must be at least one."""
    return labels_as_pdf([shipping_label(label) for label in labels])


def shipping_label_zpl(label: ShippingLabel, resolution: Resolution = Resolution.DPI_203) -> bytes:
    """The same label for a thermal printer."""
    return label_as_zpl(shipping_label(label), resolution)


def waiting_labels_pdf(labels: Sequence[ShippingLabel]) -> bytes:
    """Internal labels, one a page. There must be at least one."""
    return labels_as_pdf([waiting_label(label) for label in labels])


def waiting_label_zpl(label: ShippingLabel, resolution: Resolution = Resolution.DPI_203) -> bytes:
    """The same internal label for a thermal printer."""
    return label_as_zpl(waiting_label(label), resolution)


def _usual() -> Layout:
    return built_in(DEFAULTS["shipping"])


def shipping_values(label: ShippingLabel) -> Values:
    """What the label says, by the names that layouts use."""
    sender, ship_to = label.sender, label.ship_to
    caption, routing = _routing(label)
    return {
        "sender_name": sender.addressee,
        "sender_address": "\n".join(sender.below),
        "sender_phone": sender.phone,
        "ship_to_name": ship_to.addressee,
        "ship_to_street": "\n".join(ship_to.street),
        "ship_to_place": ship_to.place,
        "ship_to_country": ship_to.land,
        "ship_to_country_code": ship_to.country.upper(),
        "ship_to_postcode": ship_to.postcode,
        "ship_to_phone": ship_to.phone,
        "carrier": label.carrier,
        "service": label.service.upper(),
        "routing_caption": caption,
        "routing": routing,
        "order_no": label.order_no,
        "sscc": label.sscc,
        "carton": _carton(label),
        "ship_date": date_text(label.ship_on),
        "weight": weight_text(label.weight_g),
        "note": label.note,
    }


def _carton(label: ShippingLabel) -> str:
    if not label.cartons:
        return str(label.carton_no)
    return both(mark("{number} of {total}"), number=label.carton_no, total=label.cartons).english


def _routing(label: ShippingLabel) -> tuple[str, str]:
    """The carrier's sorting text; without one the postcode, by which a hub sorts too."""
    if label.routing:
        return both(mark("Routing")).inline(), label.routing
    return both(mark("Postcode")).inline(), label.ship_to.postcode
