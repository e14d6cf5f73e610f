"""The meaning of a scan: what it names, and what else it says. Any text at all has one."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import TypeVar

from warehouse_app.domain.gs1_applications import application
from warehouse_app.domain.gs1_associations import verify_associations
from warehouse_app.domain.gs1_dates import read_date
from warehouse_app.domain.gs1_elements import Element
from warehouse_app.domain.gs1_message import Message, read_message, trimmed
from warehouse_app.domain.identifiers import (
    GTIN_LENGTHS,
    SSCC_LENGTH,
    CodeError,
    ProblemKind,
    all_digits,
)
from warehouse_app.domain.own_codes import (
    BADGE_PREFIX,
    CARTON_TYPE_PREFIX,
    COMMAND_PREFIX,
    EXPIRY_PREFIX,
    LOCATION_PREFIX,
    LOT_PREFIX,
    ORDER_PREFIX,
    PICK_LIST_PREFIX,
    PURCHASE_ORDER_PREFIX,
    QUANTITY_PREFIX,
    SERIAL_PREFIX,
    TOTE_PREFIX,
    badge_code,
    carton_type_code,
    command_code,
    expiry_code,
    location_code,
    lot_code,
    order_code,
    pick_list_code,
    purchase_order_code,
    quantity_code,
    serial_code,
    split_own_code,
    tote_code,
)
from warehouse_app.domain.scan_text import escape_scan_text, unescape_scan_text
from warehouse_app.domain.symbologies import recognised_identifier

__all__ = [
    "Scan",
    "ScanKind",
    "ScanProblem",
    "badge_code",
    "carton_type_code",
    "command_code",
    "escape_scan_text",
    "expiry_code",
    "location_code",
    "lot_code",
    "order_code",
    "parse_scan",
    "pick_list_code",
    "purchase_order_code",
    "quantity_code",
    "serial_code",
    "tote_code",
    "unescape_scan_text",
]

_T = TypeVar("_T")

_UNSTORED = re.compile("[\x00\ud800-\udfff]")
"""NUL, and the lone surrogates in which bytes that are no UTF-8 arrive: no database can be asked for such a name."""
_QUANTITY = re.compile(r"[1-9][0-9]{0,6}")
_ISO_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_TYPED_QUANTITY = re.compile(r"\*\s*([0-9]+)", re.ASCII)
_NET_WEIGHT_KG = "310"


class ScanKind(StrEnum):
    """What a scan names. A product may be a GTIN or any text, which may then be a SKU."""

    PRODUCT = "product"
    SSCC = "sscc"
    LOCATION = "location"
    TOTE = "tote"
    ORDER = "order"
    PICK_LIST = "pick_list"
    BADGE = "badge"
    COMMAND = "command"
    CARTON_TYPE = "carton_type"
    PURCHASE_ORDER = "purchase_order"
    QUANTITY = "quantity"
    LOT = "lot"
    EXPIRY = "expiry"
    SERIAL = "serial"
    UNKNOWN = "unknown"
    EMPTY = "empty"


_KIND_BY_PREFIX = {
    LOCATION_PREFIX: ScanKind.LOCATION,
    TOTE_PREFIX: ScanKind.TOTE,
    ORDER_PREFIX: ScanKind.ORDER,
    PICK_LIST_PREFIX: ScanKind.PICK_LIST,
    BADGE_PREFIX: ScanKind.BADGE,
    COMMAND_PREFIX: ScanKind.COMMAND,
    CARTON_TYPE_PREFIX: ScanKind.CARTON_TYPE,
    PURCHASE_ORDER_PREFIX: ScanKind.PURCHASE_ORDER,
    QUANTITY_PREFIX: ScanKind.QUANTITY,
    LOT_PREFIX: ScanKind.LOT,
    EXPIRY_PREFIX: ScanKind.EXPIRY,
    SERIAL_PREFIX: ScanKind.SERIAL,
}


@dataclass(frozen=True, slots=True)
class ScanProblem:
    """What is wrong with a scan that looks like something it is not."""

    kind: ProblemKind
    detail: str
    expected_digit: str | None = None


@dataclass(frozen=True, slots=True)
class Scan:
    """A scan with its meaning.

    `text`: as it came, without what a scanner or a person puts around it.
    `code`: what the kind is called by: a GTIN as 14 digits, an SSCC as 18, the bare name of a location, tote, order
    and so on, and otherwise the text without an AIM identifier.
    `weight_g`: the net weight, rounded to grams.
    """

    text: str
    kind: ScanKind
    code: str
    quantity: int | None = None
    gtin: str | None = None
    lot: str | None = None
    expires_on: date | None = None
    serial: str | None = None
    weight_g: int | None = None
    problem: ScanProblem | None = None


def parse_scan(scan_text: str, *, year: int) -> Scan:
    """The meaning of any text at all; never raises. `year` is the year of the scan, which dates in GS1 data need."""
    text = trimmed(scan_text)
    try:
        message = read_message(text, year=year)
    except CodeError as error:
        return _wrong(text, error)
    if message.elements or message.gtin or message.sscc:
        return _from_gs1(text, message, year)
    return _from_plain(text, trimmed(message.plain or ""))


def _wrong(text: str, error: CodeError) -> Scan:
    """A check digit may be wrong because the number is none, so a product's scan keeps its kind and its text."""
    data = _bare(text)
    kind = ScanKind.UNKNOWN
    if not text:
        kind = ScanKind.EMPTY
    elif all_digits(data) and len(data) in GTIN_LENGTHS:
        kind = ScanKind.PRODUCT
    elif all_digits(data) and len(data) in (SSCC_LENGTH, SSCC_LENGTH + len("00")):
        kind = ScanKind.SSCC
    return Scan(text, kind, data, problem=_problem(error))


def _bare(text: str) -> str:
    """Without the AIM identifier."""
    return text[len(recognised_identifier(text) or "") :]


def _problem(error: CodeError) -> ScanProblem:
    return ScanProblem(error.kind, error.detail, error.expected_digit)


def _from_plain(text: str, plain: str) -> Scan:
    if not plain:
        return Scan(text, ScanKind.EMPTY, "", problem=ScanProblem(ProblemKind.EMPTY, "The scan is empty."))
    own = split_own_code(plain)
    typed_quantity = _TYPED_QUANTITY.fullmatch(plain)
    if typed_quantity is not None:
        own = QUANTITY_PREFIX, typed_quantity[1]
    if own is None:
        return Scan(text, ScanKind.PRODUCT, plain)
    kind, name = _KIND_BY_PREFIX[own[0]], own[1]
    if not name or _UNSTORED.search(name):
        return _damaged(text, kind, name)
    if kind is ScanKind.QUANTITY:
        return _quantity(text, name)
    if kind is ScanKind.EXPIRY:
        return _expiry(text, name)
    lot, serial = (name if kind is wanted else None for wanted in (ScanKind.LOT, ScanKind.SERIAL))
    return Scan(text, kind, name, lot=lot, serial=serial)


def _damaged(text: str, kind: ScanKind, name: str) -> Scan:
    """Own codes are printed by us: what holds characters that no name has is not known to be of its kind."""
    if not name:
        return Scan(text, kind, name, problem=ScanProblem(ProblemKind.EMPTY, "There is nothing behind the prefix."))
    problem = ScanProblem(ProblemKind.VALUE, "The code holds a character that no name has.")
    return Scan(text, ScanKind.UNKNOWN, name, problem=problem)


def _quantity(text: str, name: str) -> Scan:
    digits = name.lstrip("0")
    if not _QUANTITY.fullmatch(digits):
        problem = ScanProblem(ProblemKind.VALUE, f"{name} is no quantity from 1 to 9999999.")
        return Scan(text, ScanKind.QUANTITY, name, problem=problem)
    return Scan(text, ScanKind.QUANTITY, digits, quantity=int(digits))


def _expiry(text: str, name: str) -> Scan:
    """Only the form with hyphens: other ISO dates, such as weeks, are more likely a slip of the finger."""
    try:
        expires_on = date.fromisoformat(name) if _ISO_DATE.fullmatch(name) else None
    except ValueError:
        expires_on = None
    if expires_on is None:
        problem = ScanProblem(ProblemKind.DATE, f"{name} is no date such as 2027-01-31.")
        return Scan(text, ScanKind.EXPIRY, name, problem=problem)
    return Scan(text, ScanKind.EXPIRY, name, expires_on=expires_on)


def _from_gs1(text: str, message: Message, year: int) -> Scan:
    values = {element.ai: element.value for element in reversed(message.elements)}
    sscc = message.sscc.digits if message.sscc else values.get("00")
    gtin = message.gtin.digits if message.gtin else values.get("01", values.get("02"))
    kind = ScanKind.SSCC if sscc else ScanKind.PRODUCT if gtin else ScanKind.UNKNOWN
    return Scan(
        text,
        kind,
        code=sscc or gtin or _bare(text),
        quantity=_first(values, ("30", "37"), int),
        gtin=gtin,
        lot=values.get("10"),
        expires_on=_first(values, ("17", "7003", "15", "16"), lambda value: _date(value, year)),
        serial=values.get("21"),
        weight_g=_net_weight_g(message.elements),
        problem=_association_problem(message.elements),
    )


def _first(values: Mapping[str, str], ais: Sequence[str], read: Callable[[str], _T]) -> _T | None:
    return next((read(values[ai]) for ai in ais if ai in values), None)


def _date(value: str, year: int) -> date:
    return read_date(value[:6], year=year, day_zero=True)


def _net_weight_g(elements: Sequence[Element]) -> int | None:
    """AI 310n is kilograms with n decimals."""
    for element in elements:
        if element.ai.startswith(_NET_WEIGHT_KG) and application(element.ai):
            return round(Decimal(element.value).scaleb(3 - int(element.ai[-1])))
    return None


def _association_problem(elements: Sequence[Element]) -> ScanProblem | None:
    try:
        verify_associations(elements, required=False)
    except CodeError as error:
        return _problem(error)
    return None
