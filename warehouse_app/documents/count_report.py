"""The daily stock-count report: how far books and shelves agreed, and who answered for every difference."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from warehouse_app.documents.blocks import (
    HAIRLINE,
    QUIET,
    Blank,
    Block,
    Cell,
    Row,
    Stack,
    Text,
    product_text,
    value_text,
)
from warehouse_app.documents.fonts import Style
from warehouse_app.documents.formats import date_text, lot_text, money_text, number_text, signed_text
from warehouse_app.documents.page import (
    CONTENT_MM,
    Column,
    Imprint,
    Paper,
    Section,
    papers_pdf,
    section_title,
    signatures,
    table,
)
from warehouse_app.documents.words import Both, both, product_names
from warehouse_app.language import mark


@dataclass(frozen=True, slots=True)
class Variance:
    """A difference between books and shelf; value is the difference in minor units. Open until somebody approved it."""

    location: str
    sku: str
    name: str
    quantity_book: int
    quantity_counted: int
    value_minor: int
    counted_by: str
    name_zh: str = ""
    lot: str = ""
    expires_on: date | None = None
    quantity_recounted: int | None = None
    recounted_by: str = ""
    approved_by: str = ""
    reason: str = ""

    @property
    def difference(self) -> int:
        """Units found more (or less) than the books say; a recount overrules the first count."""
        found = self.quantity_counted if self.quantity_recounted is None else self.quantity_recounted
        return found - self.quantity_book


@dataclass(frozen=True, slots=True)
class CountReport:
    """One business day. `ledger_head` is the seal chain's newest hash: `verify --head` takes it."""

    business_day: date
    currency: str
    locations_planned: int
    locations_counted: int
    locations_without_variance: int
    variances: tuple[Variance, ...]
    ledger_head: str = ""


def count_report_pdf(report: CountReport, imprint: Imprint) -> bytes:
    """The report of one day."""
    return papers_pdf([_paper(report)], imprint)


def _paper(report: CountReport) -> Paper:
    approved = [variance for variance in report.variances if variance.approved_by]
    still_open = [variance for variance in report.variances if not variance.approved_by]
    nothing_approved = both(mark("No approved variances."))
    nothing_open = both(mark("Nothing is open."))
    sections = (
        Section([_locations(report), _differences(report)]),
        Section([section_title(both(mark("Approved variances")))]),
        _variances(approved, report.currency, nothing_approved),
        Section([section_title(both(mark("Open variances")))]),
        _variances(still_open, report.currency, nothing_open),
        Section(_ledger(report.ledger_head)),
        signatures((both(mark("Prepared by")), both(mark("Checked by")), both(mark("Date and time")))),
    )
    return Paper(both(mark("Stock count report")), date_text(report.business_day), sections)


def _locations(report: CountReport) -> Block:
    counted = report.locations_counted
    accuracy = f"{100 * report.locations_without_variance / counted:.1f} %" if counted else "\u2013"
    return _figures(
        (
            (both(mark("Locations planned")), number_text(report.locations_planned), ""),
            (both(mark("Locations counted")), number_text(counted), ""),
            (both(mark("Without variance")), number_text(report.locations_without_variance), ""),
            (both(mark("Accuracy")), accuracy, ""),
        )
    )


def _differences(report: CountReport) -> Block:
    up = [variance for variance in report.variances if variance.difference > 0]
    down = [variance for variance in report.variances if variance.difference < 0]
    return _figures(
        (
            (both(mark("Units found")), *_units_and_value(up, report.currency)),
            (both(mark("Units missing")), *_units_and_value(down, report.currency)),
            (both(mark("Net")), *_units_and_value(report.variances, report.currency)),
            (both(mark("Open")), number_text(sum(not variance.approved_by for variance in report.variances)), ""),
        )
    )


def _units_and_value(variances: Sequence[Variance], currency: str) -> tuple[str, str]:
    units = sum(variance.difference for variance in variances)
    return signed_text(units), money_text(sum(variance.value_minor for variance in variances), currency)


def _figures(figures: Sequence[tuple[Both, str, str]]) -> Block:
    wide = CONTENT_MM / len(figures)
    return Row([Cell(wide, _figure(*figure), pad=2, flush="left") for figure in figures], margin=2.5, top_aligned=True)


def _figure(words: Both, figure: str, below: str) -> Block:
    label = Text(words.inline(), Style(7.5, colour=QUIET), one_line=True)
    return Stack((label, value_text(figure, 20, bold=True), value_text(below, 9, colour=QUIET)))


def _variances(variances: Sequence[Variance], currency: str, nothing: Both) -> Section:
    columns = (
        Column(23, both(mark("Location"))),
        Column(46, both(mark("Product"))),
        Column(15, both(mark("Book")), "right"),
        Column(15, both(mark("Counted")), "right"),
        Column(16, both(mark("Recount")), "right"),
        Column(21, both(mark("Difference")), "right"),
        Column(50, both(mark("People and reason")), pad=2),
    )
    return table(columns, (_variance_blocks(variance, currency) for variance in variances), nothing=nothing)


def _variance_blocks(variance: Variance, currency: str) -> Sequence[Block]:
    names = product_names(variance.name, variance.name_zh)
    recount = "\u2013" if variance.quantity_recounted is None else number_text(variance.quantity_recounted)
    difference = Stack(
        (
            value_text(signed_text(variance.difference), 11, bold=True, align="right"),
            value_text(money_text(variance.value_minor, currency), 7, align="right", colour=QUIET),
        )
    )
    return (
        value_text(variance.location, 10, bold=True),
        product_text(names, variance.sku, lot_text(variance.lot, variance.expires_on), size=8),
        value_text(number_text(variance.quantity_book), align="right"),
        value_text(number_text(variance.quantity_counted), align="right"),
        value_text(recount, align="right"),
        difference,
        _people(variance),
    )


def _people(variance: Variance) -> Block:
    people = (
        (both(mark("Counted by")), variance.counted_by),
        (both(mark("Recounted by")), variance.recounted_by),
        (both(mark("Approved by")), variance.approved_by),
    )
    reason = Text(variance.reason, Style(7.5))
    return Stack((*(_person(words, who) for words, who in people if who), reason), gap=0.3)


def _person(words: Both, who: str) -> Block:
    label = Text(words.inline(), Style(6.5, colour=QUIET), one_line=True)
    return Row(
        (Cell(24, label, pad=0), Cell(22, Text(who, Style(7.5)), pad=0.8)), margin=0.1, rule="", top_aligned=True
    )


def _ledger(head: str) -> Sequence[Block]:
    label = Text(both(mark("Ledger head")).inline(), Style(7, colour=QUIET))
    hash_text = Text(head or "\u2013", Style(8.5))
    return (
        Blank(5),
        Row((Cell(34, label, flush="left"), Cell(CONTENT_MM - 34, hash_text)), margin=1.5, rule=HAIRLINE),
    )
