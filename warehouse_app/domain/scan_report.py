"""A scan explained field by field, as the command `scan parse` prints it."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from warehouse_app.domain.gs1_applications import application
from warehouse_app.domain.gs1_associations import AssociationError, verify_associations
from warehouse_app.domain.gs1_dates import read_date
from warehouse_app.domain.gs1_elements import SEPARATOR, Element, element_string, read_bracketed
from warehouse_app.domain.gs1_message import Message, read_message, read_strict
from warehouse_app.domain.gs1_values import amounts_of, currencies_of, dates_of, gtins_of, measures_of, sscc_of
from warehouse_app.domain.identifiers import (
    GTIN,
    SSCC,
    CodeError,
    ProblemKind,
    all_digits,
    expand_upc_e,
    verify_check_digit,
)
from warehouse_app.domain.restricted_numbers import REGIONS, Reading, is_restricted, restricted_readings
from warehouse_app.domain.scan import parse_scan
from warehouse_app.domain.scan_text import escape_scan_text
from warehouse_app.domain.symbologies import split_identifier, symbology

Report = dict[str, object]

_YEAR = re.compile(r"[0-9]{4}")
# Characters that scanners are found to send for the separator when they are set up so.
_SEPARATOR_STANDINS = {"|": "pipe", "~": "tilde", "#": "hash", "@": "at", "$": "dollar", "^": "caret", "\t": "tab"}


class ReportKind(StrEnum):
    """What the text is said to be."""

    GS1_SCAN = "gs1_scan"
    GS1_HRI = "gs1_hri"
    GS1_ASSOCIATION = "gs1_association"
    GS1_DATE = "gs1_date"
    GTIN = "gtin"
    SSCC = "sscc"
    UPC_E = "upc_e"
    NUMERIC_KEY = "numeric_key"
    RCN = "rcn"
    SYMBOLOGY = "symbology"
    SCANNER_QUIRK = "scanner_quirk"


@dataclass(frozen=True, slots=True)
class ScanContext:
    """Where and when the scan was made: its year, and the region (such as no) whose restricted numbers are in use."""

    year: int
    region: str | None = None


def scan_report(text: str, kind: ReportKind, context: ScanContext) -> Report:
    """The fields that apply, or `error` and `detail`; never raises for any text."""
    try:
        return _REPORTS[kind](text, context)
    except CodeError as error:
        return _error_report(error)


def _error_report(error: CodeError) -> Report:
    report: Report = {"error": error.kind.value, "detail": error.detail}
    if error.expected_digit is not None:
        report["expected_digit"] = error.expected_digit
    if isinstance(error, AssociationError):
        report["association_rule"] = error.rule.value
    return report


def _present(**fields: object) -> Report:
    """Only the fields that say something."""
    return {name: value for name, value in fields.items() if value not in (None, {}, ())}


def _elements_report(elements: Sequence[Element], year: int) -> Report:
    dates = dates_of(elements, year=year)
    return {"elements": [[element.ai, element.value] for element in elements]} | _present(
        gtin14=gtins_of(elements),
        sscc=sscc_of(elements),
        dates=dates,
        ref_year=year if dates else None,
        measures=measures_of(elements),
        amounts=amounts_of(elements),
        currencies=currencies_of(elements),
    )


def _message_report(message: Message, year: int) -> Report:
    report = _present(symbology=message.identifier, digital_link=message.digital_link or None)
    if message.elements:
        verify_associations(message.elements, required=False)
        report |= _elements_report(message.elements, year)
    if message.plain is not None:
        report["plain"] = message.plain
    if message.gtin is not None:
        report["gtin14"] = message.gtin.digits
    elif message.sscc is not None:
        report["sscc"] = message.sscc.digits
    elif not message.elements:
        report["gs1"] = False
    return report


def _gs1_scan(text: str, context: ScanContext) -> Report:
    return _message_report(read_strict(text, year=context.year), context.year)


def _scanner_quirk(text: str, context: ScanContext) -> Report:
    try:
        report = _message_report(read_message(text, year=context.year), context.year)
    except CodeError as error:
        return _standin_report(text, context) or _error_report(error)
    scan = parse_scan(text, year=context.year)
    report |= {"kind": scan.kind.value, "code": scan.code}
    if SEPARATOR * 2 in text:
        report["note"] = "two separators in a row were taken as one"
    return report


def _standin_report(text: str, context: ScanContext) -> Report | None:
    """What the scan would mean if some character stood for the separator; only the scanner's set-up can tell."""
    for character, name in _SEPARATOR_STANDINS.items():
        if character not in text:
            continue
        try:
            message = read_message(text.replace(character, SEPARATOR), year=context.year)
        except CodeError:
            continue
        elements = [[element.ai, element.value] for element in message.elements]
        return {"error_or_config": f"separator_is_{name}", f"elements_if_{name}_is_gs": elements}
    return None


def _gs1_hri(text: str, context: ScanContext) -> Report:
    return _bracketed_report(text, context, required=False)


def _gs1_association(text: str, context: ScanContext) -> Report:
    return _bracketed_report(text, context, required=True)


def _bracketed_report(text: str, context: ScanContext, *, required: bool) -> Report:
    elements = read_bracketed(text, year=context.year)
    verify_associations(elements, required=required)
    report = _elements_report(elements, context.year)
    return report | {"element_string": escape_scan_text(element_string(elements))}


def _gs1_date(text: str, context: ScanContext) -> Report:
    """`AI:YYMMDD`, where `@` and a year may follow."""
    ai, _, dated = text.partition(":")
    digits, _, year_text = dated.partition("@")
    year = int(year_text) if _YEAR.fullmatch(year_text) else context.year
    try:
        found = _date_behind(ai, digits, year)
    except CodeError as error:
        return {"ai": ai} | _error_report(error)
    return {"ai": ai, "date": found.isoformat(), "ref_year": year}


def _date_behind(ai: str, digits: str, year: int) -> date:
    entry = application(ai)
    rule = entry.date_rule if entry else None
    if rule is None:
        raise CodeError(ProblemKind.DATE, f"AI ({ai}) starts with no date.")
    if len(digits) != len(rule):
        raise CodeError(ProblemKind.DATE, f"The date must have {len(rule)} digits.")
    return read_date(digits, year=year, day_zero=rule.endswith("0"))


def _gtin(text: str, _context: ScanContext) -> Report:
    return {"gtin14": GTIN.parse(text).digits}


def _sscc(text: str, _context: ScanContext) -> Report:
    sscc = SSCC.parse(text)
    return {"sscc": sscc.digits, "extension": sscc.extension_digit}


def _upc_e(text: str, _context: ScanContext) -> Report:
    upc_a = expand_upc_e(text)
    return {"upc_a": upc_a, "gtin14": GTIN.parse(upc_a).digits}


def _numeric_key(text: str, _context: ScanContext) -> Report:
    if not text:
        raise CodeError(ProblemKind.LENGTH, "There must be a check digit at least.")
    if not all_digits(text):
        raise CodeError(ProblemKind.CHARSET, "Only the digits 0 to 9 are allowed.")
    verify_check_digit(text)
    return {"valid": True, "length": len(text)}


def _rcn(text: str, context: ScanContext) -> Report:
    """With a region what the number says there, without one what it says in each region."""
    restricted = is_restricted(text)
    report: Report = {"gtin_is_not_global": restricted, "restricted": restricted}
    readings = [_reading_report(reading) for reading in restricted_readings(text, _regions(context))]
    if context.region is None:
        return report | _present(readings=readings or None)
    return report | (readings[0] if readings else {})


def _regions(context: ScanContext) -> tuple[str, ...]:
    return REGIONS if context.region is None else (context.region,)


def _reading_report(reading: Reading) -> Report:
    return _present(
        region=reading.region,
        item=reading.item,
        weight_kg=_text(reading.weight_kg),
        price=_text(reading.price),
        currency=reading.currency,
        count=_text(reading.count),
    )


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _symbology(text: str, _context: ScanContext) -> Report:
    found = symbology(split_identifier(text)[0])
    return {"symbology": found.identifier, "name": found.name, "gs1_data": found.gs1_data}


_REPORTS: dict[ReportKind, Callable[[str, ScanContext], Report]] = {
    ReportKind.GS1_SCAN: _gs1_scan,
    ReportKind.GS1_HRI: _gs1_hri,
    ReportKind.GS1_ASSOCIATION: _gs1_association,
    ReportKind.GS1_DATE: _gs1_date,
    ReportKind.GTIN: _gtin,
    ReportKind.SSCC: _sscc,
    ReportKind.UPC_E: _upc_e,
    ReportKind.NUMERIC_KEY: _numeric_key,
    ReportKind.RCN: _rcn,
    ReportKind.SYMBOLOGY: _symbology,
    ReportKind.SCANNER_QUIRK: _scanner_quirk,
}
