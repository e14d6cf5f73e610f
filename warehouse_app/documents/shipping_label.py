"""The 4 by 6 inch shipping label, and the internal label of a carton that still waits for its carrier's one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from warehouse_app.documents.address import PostalAddress
from warehouse_app.documents.codes import sscc_code
from warehouse_app.documents.fonts import Style
from warehouse_app.documents.formats import date_text, weight_text
from warehouse_app.documents.label import (
    LABEL_MM,
    Label,
    LabelBox,
    LabelItem,
    line_of_text,
    paragraphs,
    sscc_item,
)
from warehouse_app.documents.label_pdf import labels_as_pdf
from warehouse_app.documents.label_zpl import Resolution, label_as_zpl
from warehouse_app.documents.pen import Area
from warehouse_app.documents.words import both
from warehouse_app.language import mark

_LEFT = 4.0
_WIDTH = LABEL_MM[0] - 2 * _LEFT
_CAPTION = Style(6.5)
_RULE_MM = 0.375
_BAR_TOP, _BAR_MM = 70.0, 13.0
_FACTS_TOP, _FACTS_MM = 83.0, 23.0
_CODE_TOP, _CODE_BOTTOM = 108.5, 143.5
_COUNTRY_MM, _CARTON_LEFT = 31.0, 73.0


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


def shipping_labels_pdf(labels: Sequence[ShippingLabel]) -> bytes:
    """One label a page. There must be at least one."""
    return labels_as_pdf([_label(label) for label in labels])


def shipping_label_zpl(label: ShippingLabel, resolution: Resolution = Resolution.DPI_203) -> bytes:
    """The same label for a thermal printer."""
    return label_as_zpl(_label(label), resolution)


def waiting_labels_pdf(labels: Sequence[ShippingLabel]) -> bytes:
    """Internal labels for cartons whose carrier label could not be had yet; carrier and routing are left out."""
    return labels_as_pdf([_waiting(label) for label in labels])


def waiting_label_zpl(label: ShippingLabel, resolution: Resolution = Resolution.DPI_203) -> bytes:
    """The same internal label for a thermal printer."""
    return label_as_zpl(_waiting(label), resolution)


def _label(label: ShippingLabel) -> Label:
    items = (
        *_sender(label),
        *_ship_to(label.ship_to),
        *_bar(label.service, label.carrier),
        *_lower_half(label, _routing(label)),
    )
    return Label("Shipping label", items)


def _waiting(label: ShippingLabel) -> Label:
    waiting = both(mark("Waiting for label"))
    items = (
        *_sender(label),
        *_ship_to(label.ship_to),
        *_bar(waiting.english, waiting.chinese),
        *_lower_half(label, ("", both(mark("Do not hand over")).inline())),
    )
    return Label("Internal carton label", items)


def _sender(label: ShippingLabel) -> tuple[LabelItem, ...]:
    sender = label.sender
    below = tuple((line, Style(7.5)) for line in sender.below)
    shipped = Area(72, 4, LABEL_MM[0] - 72 - _LEFT, 4)
    return (
        line_of_text(Area(_LEFT, 3.5, 60, 3), both(mark("From")).inline(), _CAPTION),
        *paragraphs(Area(_LEFT, 6.8, 64, 15.5), ((sender.addressee, Style(8.5, bold=True)), *below)),
        line_of_text(Area(shipped.left, 3.5, shipped.width, 3), both(mark("Ship date")).inline(), _CAPTION),
        line_of_text(Area(shipped.left, 6.8, shipped.width, 5), date_text(label.ship_on), Style(10, bold=True)),
        line_of_text(Area(shipped.left, 13, shipped.width, 3), both(mark("Weight")).inline(), _CAPTION),
        line_of_text(Area(shipped.left, 16.3, shipped.width, 5), weight_text(label.weight_g), Style(10, bold=True)),
        _rule(23.5),
    )


def _ship_to(address: PostalAddress) -> tuple[LabelItem, ...]:
    texts = (
        (address.addressee, Style(17, bold=True)),
        *((line, Style(13)) for line in address.street),
        (address.place, Style(16, bold=True)),
        (address.land, Style(13, bold=True)),
        (address.phone, Style(9)),
    )
    return (
        line_of_text(Area(_LEFT, 25, _WIDTH, 3), both(mark("Ship to")).inline(), _CAPTION),
        *paragraphs(Area(_LEFT, 28.5, _WIDTH, _BAR_TOP - 30), texts),
    )


def _bar(large: str, small: str) -> tuple[LabelItem, ...]:
    half = _WIDTH * 0.62
    return (
        LabelBox(Area(0, _BAR_TOP, LABEL_MM[0], _BAR_MM)),
        line_of_text(Area(_LEFT, _BAR_TOP, half, _BAR_MM), large.upper(), Style(24, bold=True), light=True),
        line_of_text(
            Area(_LEFT + half, _BAR_TOP, _WIDTH - half, _BAR_MM), small, Style(15, bold=True), "right", light=True
        ),
    )


def _lower_half(label: ShippingLabel, routing: tuple[str, str]) -> tuple[LabelItem, ...]:
    code = sscc_code(label.sscc)
    country = Area(_LEFT, _FACTS_TOP, _COUNTRY_MM - _LEFT - 2, _FACTS_MM)
    return (
        line_of_text(country, label.ship_to.country.upper(), Style(46, bold=True)),
        LabelBox(Area(_COUNTRY_MM, _FACTS_TOP, _RULE_MM, _FACTS_MM)),
        *_facts(label, routing),
        _rule(_FACTS_TOP + _FACTS_MM),
        sscc_item(Area(_LEFT, _CODE_TOP, _WIDTH, _CODE_BOTTOM - _CODE_TOP), code),
        line_of_text(Area(_LEFT, _CODE_BOTTOM + 0.8, _WIDTH, 6), code.text, Style(13, bold=True), "centre"),
    )


def _facts(label: ShippingLabel, routing: tuple[str, str]) -> tuple[LabelItem, ...]:
    """Routing above, order and carton below, each with a small caption."""
    half = _FACTS_MM / 2
    left, edge, middle = _COUNTRY_MM + 2.5, LABEL_MM[0] - _LEFT, _FACTS_TOP + half
    carton = str(label.carton_no)
    if label.cartons:
        carton = both(mark("{number} of {total}"), number=label.carton_no, total=label.cartons).english
    return (
        *_fact(Area(left, _FACTS_TOP, edge - left, half), *routing),
        *_fact(Area(left, middle, _CARTON_LEFT - left - 2.5, half), both(mark("Order")).inline(), label.order_no),
        *_fact(Area(_CARTON_LEFT, middle, edge - _CARTON_LEFT, half), both(mark("Carton")).inline(), carton),
        LabelBox(Area(_COUNTRY_MM, middle, LABEL_MM[0] - _COUNTRY_MM, _RULE_MM)),
        LabelBox(Area(_CARTON_LEFT - 2.5, middle, _RULE_MM, half)),
    )


def _routing(label: ShippingLabel) -> tuple[str, str]:
    """The carrier's sorting text; without one the postcode, by which a hub sorts too."""
    if label.routing:
        return both(mark("Routing")).inline(), label.routing
    return both(mark("Postcode")).inline(), label.ship_to.postcode


def _fact(area: Area, caption: str, value: str) -> tuple[LabelItem, ...]:
    return (
        line_of_text(Area(area.left, area.top + 1.2, area.width, 3), caption, _CAPTION),
        line_of_text(Area(area.left, area.top + 4.2, area.width, 6.8), value, Style(17, bold=True)),
    )


def _rule(top: float) -> LabelBox:
    return LabelBox(Area(0, top, LABEL_MM[0], _RULE_MM))
