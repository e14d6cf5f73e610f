"""The frame that all A4 papers share: head, sections with repeated headings, foot with page n of m."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from warehouse_app.documents.blocks import (
    ACCENT,
    HAIRLINE,
    QUIET,
    Blank,
    Block,
    Cell,
    Code,
    Row,
    Stack,
    Text,
    heading_text,
    value_text,
)
from warehouse_app.documents.fonts import Style, text_width_mm
from warehouse_app.documents.formats import moment_text
from warehouse_app.documents.pen import A4_MM, Align, Area, Pen
from warehouse_app.documents.words import Both, both
from warehouse_app.language import mark

MARGIN_MM = 12.0
CONTENT_MM = A4_MM[0] - 2 * MARGIN_MM
_TOP_MM = 10.0
_HEAD_MM = 19.0
_BODY_TOP_MM = _TOP_MM + _HEAD_MM + 4
_FOOT_TOP_MM = A4_MM[1] - 14
_BODY_BOTTOM_MM = _FOOT_TOP_MM - 3
_CODE_ROOM_MM = 74.0
_ACCENT_MM = 0.8


@dataclass(frozen=True, slots=True)
class Imprint:
    """Who prints, and when; moments are written on the clock of `zone`."""

    warehouse: str
    printed_at: datetime
    zone: tzinfo
    company: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Blocks that may be parted by a page end; the heading comes again on every page that they reach."""

    blocks: Sequence[Block]
    heading: Block | None = None


@dataclass(frozen=True, slots=True)
class Paper:
    """One document: it has its own page count, also when several are printed into one PDF."""

    title: Both
    number: str
    sections: Sequence[Section]
    code: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table: its width in millimetres and its heading."""

    wide: float
    words: Both
    align: Align = "left"
    pad: float = 1.2


@dataclass(slots=True)
class _Page:
    placed: list[tuple[Block, Area]] = field(default_factory=list)


def papers_pdf(papers: Sequence[Paper], imprint: Imprint) -> bytes:
    """All papers in one PDF."""
    pen = Pen(", ".join(dict.fromkeys(paper.title.english for paper in papers)))
    for paper in papers:
        pages = _paginate(paper)
        for number, page in enumerate(pages, start=1):
            _draw_head(pen, paper, imprint)
            for block, area in page.placed:
                block.draw(pen, area)
            _draw_foot(pen, paper, imprint, both(mark("Page {page} of {pages}"), page=number, pages=len(pages)))
            pen.end_page()
    return pen.finish()


def table(columns: Sequence[Column], rows: Iterable[Sequence[Block]], *, nothing: Both, least: float = 0) -> Section:
    """A ruled table. Without rows it says in words that there is nothing, under its headings."""
    headings = _cells(columns, [heading_text(column.words, align=column.align) for column in columns])
    body: list[Block] = [Row(_cells(columns, blocks), least=least) for blocks in rows]
    return Section(body or [nothing_line(nothing)], Row(headings, rule=QUIET, rule_mm=0.35, top_aligned=True))


def nothing_line(words: Both) -> Block:
    """A clear line where a table would be empty."""
    text = Stack((Text(words.english, Style(12), "centre"), Text(words.chinese, Style(11, colour=QUIET), "centre")))
    return Row((Cell(CONTENT_MM, text),), least=26)


def facts(pairs: Sequence[tuple[Both, str]], columns: int = 4) -> Section:
    """Labelled values in a grid. Empty values are left out."""
    shown = [(words, value) for words, value in pairs if value]
    wide = CONTENT_MM / columns
    rows = [shown[start : start + columns] for start in range(0, len(shown), columns)]
    return Section(
        [
            Row(
                [Cell(wide, _fact(words, value), pad=2, flush="left") for words, value in row],
                margin=1,
                rule="",
                top_aligned=True,
            )
            for row in rows
        ]
    )


def section_title(words: Both) -> Block:
    """The heading of a part of a paper."""
    text = Stack((Blank(4), Text(words.inline(), Style(12, bold=True)), Blank(1)))
    return Row((Cell(CONTENT_MM, text, pad=0),), margin=0, rule="")


def signatures(fields: Sequence[Both]) -> Section:
    """Lines to sign on, side by side; never parted from one another."""
    wide = CONTENT_MM / len(fields)
    cells = [Cell(wide, Stack((Blank(14), _SignatureLine(words))), pad=4, flush="left") for words in fields]
    return Section([Row(cells, rule="")])


@dataclass(frozen=True, slots=True)
class _SignatureLine:
    words: Both

    def height(self, width: float, /) -> float:
        return 1 + heading_text(self.words).height(width)

    def draw(self, pen: Pen, area: Area) -> None:
        pen.line(area, QUIET, 0.25)
        heading_text(self.words).draw(pen, Area(area.left, area.top + 1, area.width, area.height - 1))


def _cells(columns: Sequence[Column], blocks: Sequence[Block]) -> list[Cell]:
    """One row; text at the edges of the table is flush with its rules."""
    last = len(columns) - 1
    cells = []
    for place, (column, block) in enumerate(zip(columns, blocks, strict=True)):
        flush = column.align if (place, column.align) in ((0, "left"), (last, "right")) else "centre"
        cells.append(Cell(column.wide, block, column.pad, flush))
    return cells


def _fact(words: Both, value: str) -> Stack:
    label = Text(words.inline(), Style(7, colour=QUIET), one_line=True)
    return Stack((label, Text(value, Style(11, bold=True))), gap=0.2)


def _paginate(paper: Paper) -> list[_Page]:
    pages, top = [_Page()], _BODY_TOP_MM
    for section in paper.sections:
        heading_mm = section.heading.height(CONTENT_MM) if section.heading else 0.0
        heading_due = section.heading is not None
        for block in section.blocks:
            high = block.height(CONTENT_MM)
            if top + high + (heading_mm if heading_due else 0) > _BODY_BOTTOM_MM and pages[-1].placed:
                pages.append(_Page())
                top, heading_due = _BODY_TOP_MM, section.heading is not None
            if heading_due and section.heading:
                pages[-1].placed.append((section.heading, Area(MARGIN_MM, top, CONTENT_MM, heading_mm)))
                top, heading_due = top + heading_mm, False
            pages[-1].placed.append((block, Area(MARGIN_MM, top, CONTENT_MM, high)))
            top += high
    return pages


def _draw_head(pen: Pen, paper: Paper, imprint: Imprint) -> None:
    words = CONTENT_MM - _CODE_ROOM_MM
    house = " \u00b7 ".join(part for part in (imprint.company, imprint.warehouse) if part)
    value_text(house, 8, colour=QUIET).draw(pen, Area(MARGIN_MM, _TOP_MM, words, 4))
    title = Style(21, bold=True)
    pen.text(Area(MARGIN_MM, _TOP_MM, words, 0), _TOP_MM + 13.5, paper.title.english, title)
    beside = MARGIN_MM + text_width_mm(paper.title.english, title) + 3
    pen.text(Area(beside, _TOP_MM, words, 0), _TOP_MM + 13.5, paper.title.chinese, Style(14, colour=QUIET))
    right = Area(MARGIN_MM + words, _TOP_MM, _CODE_ROOM_MM, _HEAD_MM - 2)
    if paper.code:
        Code(paper.code, 11, "right", readable=paper.number, hanging=True).draw(pen, right)
    else:
        value_text(paper.number, 12, bold=True, align="right").draw(pen, Area(right.left, _TOP_MM + 9, right.width, 6))
    pen.line(Area(MARGIN_MM, _TOP_MM + _HEAD_MM, CONTENT_MM, 0), ACCENT, _ACCENT_MM)


def _draw_foot(pen: Pen, paper: Paper, imprint: Imprint, count: Both) -> None:
    pen.line(Area(MARGIN_MM, _FOOT_TOP_MM, CONTENT_MM, 0), HAIRLINE)
    third = CONTENT_MM / 3
    words = both(mark("Printed"))
    printed = f"{words.inline()} {moment_text(imprint.printed_at, imprint.zone)}"
    texts: tuple[tuple[str, Align], ...] = (
        (printed, "left"),
        (paper.number, "centre"),
        (count.inline(), "right"),
    )
    for place, (text, align) in enumerate(texts):
        area = Area(MARGIN_MM + place * third, _FOOT_TOP_MM + 1.2, third, 4)
        value_text(text, 7.5, align=align, colour=QUIET).draw(pen, area)
