"""The packing slip that travels in a carton: what is inside, what comes separately, and how to get in touch."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from warehouse_app.documents.address import PostalAddress
from warehouse_app.documents.blocks import (
    QUIET,
    TINT,
    Blank,
    Block,
    Cell,
    Row,
    Stack,
    Text,
    heading_text,
    product_text,
    value_text,
)
from warehouse_app.documents.fonts import Style
from warehouse_app.documents.formats import date_text, joined, lot_text, number_text, weight_text
from warehouse_app.documents.page import (
    CONTENT_MM,
    Column,
    Imprint,
    Paper,
    Section,
    facts,
    papers_pdf,
    section_title,
    table,
)
from warehouse_app.documents.words import Both, both, product_names
from warehouse_app.domain.own_codes import order_code
from warehouse_app.language import mark

_HALF_MM = CONTENT_MM / 2


@dataclass(frozen=True, slots=True)
class SlipLine:
    """One order line in units. What is not in this carton is in another one, or follows later."""

    sku: str
    name: str
    quantity_ordered: int
    quantity_here: int
    quantity_elsewhere: int = 0
    quantity_backordered: int = 0
    name_zh: str = ""
    lot: str = ""
    expires_on: date | None = None
    bundle: str = ""


@dataclass(frozen=True, slots=True)
class PackingSlip:
    """One carton of an order. `return_note` replaces the friendly standard words."""

    order_no: str
    ship_to: PostalAddress
    sender: PostalAddress
    lines: tuple[SlipLine, ...]
    carton_no: int = 1
    cartons: int = 1
    ordered_on: date | None = None
    shipped_on: date | None = None
    service: str = ""
    weight_g: int = 0
    notes: tuple[str, ...] = ()
    return_note: str = ""


def packing_slip_pdf(slip: PackingSlip, imprint: Imprint) -> bytes:
    """The slip of one carton."""
    return packing_slips_pdf([slip], imprint)


def packing_slips_pdf(slips: Sequence[PackingSlip], imprint: Imprint) -> bytes:
    """Many slips in one PDF, each with its own page count. There must be at least one."""
    return papers_pdf([_paper(slip) for slip in slips], imprint)


def _paper(slip: PackingSlip) -> Paper:
    columns = (
        Column(28, both(mark("Item number"))),
        Column(78, both(mark("Product"))),
        Column(20, both(mark("Ordered")), "right"),
        Column(22, both(mark("In this carton")), "right"),
        Column(20, both(mark("In other cartons")), "right"),
        Column(18, both(mark("To follow")), "right"),
    )
    sections = (
        Section([_addresses(slip)]),
        _summary(slip),
        Section([Blank(3)]),
        table(columns, map(_line_blocks, slip.lines), nothing=both(mark("Nothing is packed in this carton."))),
        Section(_notes(slip.notes)),
        Section(_return_note(slip.return_note)),
    )
    return Paper(both(mark("Packing slip")), slip.order_no, sections, order_code(slip.order_no))


def _addresses(slip: PackingSlip) -> Block:
    sender = Stack(
        (
            heading_text(both(mark("From"))),
            Blank(1),
            Text(slip.sender.addressee, Style(9, bold=True)),
            *(Text(line, Style(9)) for line in slip.sender.below),
        )
    )
    ship_to = Stack(
        (
            heading_text(both(mark("Ship to"))),
            Blank(1),
            Text(slip.ship_to.addressee, Style(13, bold=True)),
            *(Text(line, Style(11)) for line in slip.ship_to.below),
        )
    )
    return Row(
        (Cell(_HALF_MM, ship_to, pad=4, flush="left"), Cell(_HALF_MM, sender, pad=0)),
        margin=2,
        rule="",
        top_aligned=True,
    )


def _summary(slip: PackingSlip) -> Section:
    carton = both(mark("{number} of {total}"), number=slip.carton_no, total=slip.cartons).english
    return facts(
        (
            (both(mark("Order")), slip.order_no),
            (both(mark("Ordered on")), date_text(slip.ordered_on)),
            (both(mark("Shipped on")), date_text(slip.shipped_on)),
            (both(mark("Service")), slip.service),
            (both(mark("Carton")), carton),
            (both(mark("Units in this carton")), number_text(sum(line.quantity_here for line in slip.lines))),
            (both(mark("Weight")), weight_text(slip.weight_g) if slip.weight_g else ""),
        )
    )


def _line_blocks(line: SlipLine) -> Sequence[Block]:
    names = product_names(line.name, line.name_zh)
    details = [lot_text(line.lot, line.expires_on)]
    if line.bundle:
        bundle = both(mark("Part of {bundle}"), bundle=line.bundle)
        details.append(joined((bundle.english, bundle.chinese)))
    return (
        value_text(line.sku),
        product_text(names, *details),
        value_text(number_text(line.quantity_ordered), 10, align="right", colour=QUIET),
        value_text(number_text(line.quantity_here), 13, bold=True, align="right"),
        _quiet_number(line.quantity_elsewhere),
        _quiet_number(line.quantity_backordered),
    )


def _quiet_number(quantity: int) -> Block:
    return value_text(number_text(quantity) if quantity else "\u2013", 10, align="right", colour=QUIET)


def _notes(notes: Sequence[str]) -> Sequence[Block]:
    """Every line of a note is a block of its own, so that a long note goes on over the page."""
    lines = [line for note in notes for line in note.splitlines() if line.strip()]
    if not lines:
        return ()
    texts = (
        Row((Cell(CONTENT_MM, Text(line, Style(10), most_lines=60), pad=0),), margin=0.4, rule="") for line in lines
    )
    return (section_title(both(mark("Notes"))), *texts)


def _return_note(note: str) -> Sequence[Block]:
    standard = both(
        mark(
            "Thank you for your order. If something is missing, damaged or not what you hoped for, "
            "tell us the order number and we will put it right."
        )
    )
    words = Both(note, "") if note else standard
    text = Stack((Text(words.english, Style(9)), Text(words.chinese, Style(9, colour=QUIET))), gap=0.8)
    return (Blank(6), Row((Cell(CONTENT_MM, text, pad=4),), margin=3, rule="", fill=TINT))
