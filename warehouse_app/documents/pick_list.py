"""The pick list: stops in walking order, readable at arm's length, every location with its code."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from warehouse_app.documents.blocks import (
    QUIET,
    Blank,
    Block,
    Box,
    Cell,
    Chip,
    Code,
    Row,
    Stack,
    product_text,
    value_text,
)
from warehouse_app.documents.formats import cases_text, lot_text, moment_text, number_text
from warehouse_app.documents.page import (
    CONTENT_MM,
    Column,
    Imprint,
    Paper,
    Section,
    facts,
    papers_pdf,
    signatures,
    table,
)
from warehouse_app.documents.words import both, product_names
from warehouse_app.domain.own_codes import location_code, pick_list_code
from warehouse_app.language import mark

_ROW_MM = 15.0
_TOTE_MM = 20.0
_LEGEND_COLUMNS = 4


@dataclass(frozen=True, slots=True)
class Drop:
    """What of a stop goes to one order: the slot is the letter of its tote on the cart."""

    order_no: str
    quantity: int
    slot: str = ""


@dataclass(frozen=True, slots=True)
class PickStop:
    """One product at one location; case_quantity is 0 where there are no cases."""

    location: str
    sku: str
    name: str
    drops: tuple[Drop, ...]
    name_zh: str = ""
    lot: str = ""
    expires_on: date | None = None
    case_quantity: int = 0

    @property
    def quantity(self) -> int:
        """Units to take here for all orders together."""
        return sum(drop.quantity for drop in self.drops)


@dataclass(frozen=True, slots=True)
class ToteSlot:
    """Which order a slot of the cart belongs to, and the tote in it once that is known."""

    slot: str
    order_no: str
    tote_no: str = ""


@dataclass(frozen=True, slots=True)
class PickList:
    """Stops in walking order."""

    list_no: str
    wave_no: str
    stops: tuple[PickStop, ...]
    totes: tuple[ToteSlot, ...] = ()
    service: str = ""
    cut_off: datetime | None = None
    walk_m: int = 0
    picker: str = ""


def pick_list_pdf(pick_list: PickList, imprint: Imprint) -> bytes:
    """One list."""
    return papers_pdf([_paper(pick_list, imprint)], imprint)


def pick_lists_pdf(pick_lists: Sequence[PickList], imprint: Imprint) -> bytes:
    """Many lists in one PDF, each with its own page count; without any, one page says so."""
    papers = [_paper(pick_list, imprint) for pick_list in pick_lists]
    return papers_pdf(papers or [_paper(PickList("", "", ()), imprint)], imprint)


def _paper(pick_list: PickList, imprint: Imprint) -> Paper:
    columns = (
        Column(7, both("#"), "right"),
        Column(32, both(mark("Location"))),
        Column(46, both(mark("Scan")), "centre", pad=0),
        Column(52, both(mark("Product"))),
        Column(20, both(mark("Quantity")), "right"),
        Column(_TOTE_MM, both(mark("Tote"))),
        Column(9, both(mark("Done")), "centre"),
    )
    rows = (_stop_blocks(number, stop) for number, stop in enumerate(pick_list.stops, start=1))
    sections = [
        _summary(pick_list, imprint),
        Section([Blank(1.5)]),
        _legend(pick_list.totes),
        Section([Blank(3)]),
        table(columns, rows, nothing=both(mark("Nothing to pick on this list.")), least=_ROW_MM),
        signatures((both(mark("Picked by")), both(mark("Started")), both(mark("Finished")))),
    ]
    code = pick_list_code(pick_list.list_no) if pick_list.list_no else ""
    return Paper(both(mark("Pick list")), pick_list.list_no, sections, code)


def _summary(pick_list: PickList, imprint: Imprint) -> Section:
    orders = {drop.order_no for stop in pick_list.stops for drop in stop.drops}
    walk = f"{number_text(pick_list.walk_m)} m" if pick_list.walk_m else ""
    return facts(
        (
            (both(mark("Wave")), pick_list.wave_no),
            (both(mark("Service")), pick_list.service),
            (both(mark("Cut-off")), moment_text(pick_list.cut_off, imprint.zone)),
            (both(mark("Picker")), pick_list.picker),
            (both(mark("Orders")), number_text(len(orders))),
            (both(mark("Lines")), number_text(len(pick_list.stops))),
            (both(mark("Units")), number_text(sum(stop.quantity for stop in pick_list.stops))),
            (both(mark("Walk")), walk),
        )
    )


def _legend(totes: Sequence[ToteSlot]) -> Section:
    wide = CONTENT_MM / _LEGEND_COLUMNS
    rows = [totes[start : start + _LEGEND_COLUMNS] for start in range(0, len(totes), _LEGEND_COLUMNS)]
    return Section([Row([Cell(wide, _legend_entry(tote), pad=0) for tote in row], margin=0.8, rule="") for row in rows])


def _legend_entry(tote: ToteSlot) -> Block:
    words = Stack((value_text(tote.order_no, 9, bold=True), value_text(tote.tote_no, 7.5, colour=QUIET)))
    return Row((Cell(9, Chip(tote.slot, 7), pad=0), Cell(CONTENT_MM / _LEGEND_COLUMNS - 11, words)), margin=0, rule="")


def _stop_blocks(number: int, stop: PickStop) -> Sequence[Block]:
    names = product_names(stop.name, stop.name_zh)
    return (
        value_text(str(number), 9, align="right", colour=QUIET),
        value_text(stop.location, 20, bold=True),
        Code(location_code(stop.location), 9.5, "centre"),
        product_text(names, stop.sku, lot_text(stop.lot, stop.expires_on)),
        _quantity(stop),
        _drops(stop),
        Box(5.5, 5.5),
    )


def _quantity(stop: PickStop) -> Block:
    cases = cases_text(stop.quantity, stop.case_quantity)
    return Stack(
        (
            value_text(number_text(stop.quantity), 20, bold=True, align="right"),
            value_text(cases, 8, align="right", colour=QUIET),
        )
    )


def _drops(stop: PickStop) -> Block:
    if len(stop.drops) == 1:
        drop = stop.drops[0]
        chip = [Chip(drop.slot, 7.5)] if drop.slot else []
        return Stack((*chip, value_text(drop.order_no, 7.5, colour=QUIET)), gap=0.4)
    return Stack([_drop(drop) for drop in stop.drops], gap=0.6)


def _drop(drop: Drop) -> Block:
    words = Stack(
        (
            value_text(f"\u00d7 {number_text(drop.quantity)}", 10, bold=True),
            value_text(drop.order_no, 6.5, colour=QUIET),
        )
    )
    chip = [Cell(6.5, Chip(drop.slot, 6), pad=0)] if drop.slot else []
    return Row((*chip, Cell(_TOTE_MM - 2.4 - 6.5 * len(chip), words, pad=0.6)), margin=0, rule="")
