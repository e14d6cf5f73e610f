"""The count sheet: blind, in walking order, with room for a first count and a recount by somebody else."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from warehouse_app.documents.blocks import QUIET, Blank, Block, Box, Code, Stack, product_text, value_text
from warehouse_app.documents.formats import date_text, lot_text, number_text
from warehouse_app.documents.page import (
    Column,
    Imprint,
    Paper,
    Section,
    facts,
    papers_pdf,
    section_title,
    signatures,
    table,
)
from warehouse_app.documents.words import both, product_names
from warehouse_app.domain.own_codes import location_code
from warehouse_app.language import mark

_WRITE_IN_MM = 9.5
_LINES_FOR_FINDS = 4


@dataclass(frozen=True, slots=True)
class CountSheetLine:
    """A place to count. Without a product, whatever is found there is written down. No quantity: counts are blind."""

    location: str
    sku: str = ""
    name: str = ""
    name_zh: str = ""
    lot: str = ""
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class CountSheet:
    """Lines in walking order; `code` is the scan text that opens the sheet, empty where there is none."""

    sheet_no: str
    business_day: date
    lines: tuple[CountSheetLine, ...]
    zone: str = ""
    counter: str = ""
    code: str = ""


def count_sheet_pdf(sheet: CountSheet, imprint: Imprint) -> bytes:
    """One sheet."""
    return count_sheets_pdf([sheet], imprint)


def count_sheets_pdf(sheets: Sequence[CountSheet], imprint: Imprint) -> bytes:
    """Many sheets in one PDF, each with its own page count. There must be at least one."""
    return papers_pdf([_paper(sheet) for sheet in sheets], imprint)


def _paper(sheet: CountSheet) -> Paper:
    rows = (_line_blocks(number, line) for number, line in enumerate(sheet.lines, start=1))
    sections = (
        _summary(sheet),
        Section([Blank(3)]),
        table(_columns(), rows, nothing=both(mark("Nothing to count on this sheet."))),
        _finds() if sheet.lines else Section(()),
        signatures((both(mark("Counted by")), both(mark("Recounted by")), both(mark("Date and time")))),
    )
    return Paper(both(mark("Count sheet")), sheet.sheet_no, sections, sheet.code)


def _columns() -> tuple[Column, ...]:
    return (
        Column(7, both("#"), "right"),
        Column(31, both(mark("Location"))),
        Column(45, both(mark("Scan")), "centre", pad=0),
        Column(45, both(mark("Product"))),
        Column(18, both(mark("Count")), "centre", pad=0.6),
        Column(11, both(mark("Initials")), "centre", pad=0.6),
        Column(18, both(mark("Recount")), "centre", pad=0.6),
        Column(11, both(mark("Initials")), "centre", pad=0.6),
    )


def _summary(sheet: CountSheet) -> Section:
    return facts(
        (
            (both(mark("Business day")), date_text(sheet.business_day)),
            (both(mark("Zone")), sheet.zone),
            (both(mark("Counter")), sheet.counter),
            (both(mark("Locations")), number_text(len({line.location for line in sheet.lines}))),
            (both(mark("Lines")), number_text(len(sheet.lines))),
        )
    )


def _line_blocks(number: int, line: CountSheetLine) -> Sequence[Block]:
    unknown = both(mark("Write down what is here"))
    names = product_names(line.name, line.name_zh) if line.sku or line.name else unknown
    return (
        value_text(str(number), 9, align="right", colour=QUIET),
        value_text(line.location, 18, bold=True),
        Code(location_code(line.location), 9, "centre"),
        product_text(names, line.sku, lot_text(line.lot, line.expires_on), size=8.5),
        *_write_in_boxes(),
    )


def _write_in_boxes() -> Sequence[Block]:
    return tuple(Box(wide, _WRITE_IN_MM) for wide in (16.8, 9.8, 16.8, 9.8))


def _finds() -> Section:
    columns = (Column(38, both(mark("Location"))), Column(90, both(mark("Product"))), *_columns()[4:])
    rows = [(Box(35.6, _WRITE_IN_MM), Box(87.6, _WRITE_IN_MM), *_write_in_boxes())] * _LINES_FOR_FINDS
    lines = table(columns, rows, nothing=both(""))
    title = section_title(both(mark("Found, but not on this sheet")))
    return Section(lines.blocks, Stack((title, lines.heading)) if lines.heading else title)
