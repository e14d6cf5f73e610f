"""What a scanner sends, with or without an AIM identifier: GS1 elements, the number of a product or carton, or text."""

import re
from dataclasses import dataclass, replace

from warehouse_app.domain.gs1_elements import SEPARATOR, Element, read_bracketed, read_element_string
from warehouse_app.domain.gs1_links import is_link, read_link
from warehouse_app.domain.identifiers import (
    GTIN,
    GTIN_LENGTHS,
    SSCC,
    SSCC_LENGTH,
    CodeError,
    ProblemKind,
    all_digits,
    expand_upc_e,
)
from warehouse_app.domain.symbologies import recognised_identifier, split_identifier, symbology

# Scanners end a scan with one of these, and people add blanks around what they type.
_AROUND = " \t\r\n\0\x02\x03"
# How a separator arrives when a scanner types it like a keyboard, besides the control character itself.
_SEPARATOR_SPELLINGS = re.compile("\u241d|\\^\\]|\x1d+")
_COMPOSITE = "|]e0"
_SSCC_AI = "00"
_EAN_13_LENGTH = 13
_EAN_8_LENGTH = 8
_ELEMENT_STRING_START = re.compile(r"0[0-2]\d{14}", re.ASCII)
_BRACKETED_START = re.compile(r"\(\d{2,4}\)", re.ASCII)
_STRICT_IDENTIFIERS = frozenset({"]C1", "]E0", "]E4", "]J0", "]J1", "]Q1", "]Q3", "]d1", "]d2", "]e0"})


@dataclass(frozen=True, slots=True)
class Message:
    """What was read. `plain` is the data that is no element string; `gtin` and `sscc` are set for bare numbers."""

    identifier: str | None = None
    elements: tuple[Element, ...] = ()
    plain: str | None = None
    gtin: GTIN | None = None
    sscc: SSCC | None = None
    digital_link: bool = False


def trimmed(scan_text: str) -> str:
    """The scan without the ends of line, blanks and control characters that scanners and people put around it."""
    return scan_text.strip(_AROUND)


def read_message(scan_text: str, *, year: int) -> Message:
    """Read a scan as forgivingly as its meaning stays certain. Raises CodeError when it breaks GS1's rules.

    `year` is the year of the scan, which settles the century of dates.
    """
    text = trimmed(scan_text)
    if not text:
        raise CodeError(ProblemKind.EMPTY, "The scan is empty.")
    identifier = recognised_identifier(text)
    if identifier is None:
        return _without_identifier(text, year)
    data = text[len(identifier) :]
    if identifier[1] == "E" or identifier == "]I1":
        return _read_number(identifier, data, year)
    if symbology(identifier).gs1_data:
        return Message(identifier, read_element_string(_tidy(data), year=year))
    return replace(_without_identifier(data, year), identifier=identifier) if data else Message(identifier, plain="")


def read_strict(scan_text: str, *, year: int) -> Message:
    """Read a scan to the letter of the GS1 rules: with an AIM identifier and nothing around it. Raises CodeError."""
    identifier, data = split_identifier(scan_text)
    if identifier not in _STRICT_IDENTIFIERS:
        raise CodeError(ProblemKind.SYMBOLOGY, f"{identifier} is no symbology identifier that GS1 data comes with.")
    if identifier in ("]E0", "]E4"):
        return _read_ean(identifier, data, year)
    if symbology(identifier).gs1_data:
        return Message(identifier, read_element_string(data, year=year))
    if is_link(data):
        return Message(identifier, read_link(data, year=year), digital_link=True)
    return Message(identifier, plain=data)


def _tidy(data: str) -> str:
    """Every separator as one control character, none before the first AI."""
    return _SEPARATOR_SPELLINGS.sub(SEPARATOR, data).removeprefix(SEPARATOR)


def _without_identifier(text: str, year: int) -> Message:
    if is_link(text):
        return Message(elements=read_link(text, year=year), digital_link=True)
    if _BRACKETED_START.match(text):
        return Message(elements=read_bracketed(text, year=year))
    if SEPARATOR in text:
        return Message(elements=read_element_string(_tidy(text), year=year))
    if all_digits(text):
        return _read_digits(text, year)
    if _ELEMENT_STRING_START.match(text):
        return _read_element_string_or_plain(text, year)
    return Message(plain=text)


def _read_digits(text: str, year: int) -> Message:
    if len(text) in GTIN_LENGTHS:
        return Message(plain=text, gtin=GTIN.parse(text))
    if len(text) == SSCC_LENGTH:
        return _read_sscc_or_element_string(text, year)
    if len(text) == len(_SSCC_AI) + SSCC_LENGTH and text.startswith(_SSCC_AI):
        return Message(elements=read_element_string(text, year=year))
    if _ELEMENT_STRING_START.match(text):
        return _read_element_string_or_plain(text, year)
    return Message(plain=text)


def _read_sscc_or_element_string(text: str, year: int) -> Message:
    """18 digits are an SSCC, but may also be a GTIN and a variant: `01`, 14 digits and two more are none."""
    try:
        return Message(plain=text, sscc=SSCC.parse(text))
    except CodeError:
        message = _read_element_string_or_plain(text, year)
        if message.elements:
            return message
        raise


def _read_element_string_or_plain(text: str, year: int) -> Message:
    """Without identifier and separator only what is faultless counts as GS1 data: it may as well be a stock code."""
    try:
        return Message(elements=read_element_string(text, year=year))
    except CodeError:
        return Message(plain=text)


def _read_number(identifier: str, data: str, year: int) -> Message:
    """EAN, UPC and ITF-14, in the lengths that scanners are found to send."""
    number = data[:_EAN_13_LENGTH] if identifier == "]E3" else data
    if identifier == "]E0" and len(data) == _EAN_8_LENGTH:
        return Message(identifier, plain=data, gtin=GTIN.parse(expand_upc_e(data)))
    if _COMPOSITE in data:
        return _read_ean(identifier, data, year)
    if identifier in ("]E1", "]E2"):
        return Message(identifier, plain=data)
    return Message(identifier, plain=data, gtin=GTIN.parse(number))


def _read_ean(identifier: str, data: str, year: int) -> Message:
    length = _EAN_8_LENGTH if identifier == "]E4" else _EAN_13_LENGTH
    primary, behind = data[:length], data[length:]
    if len(primary) < length or (behind and not behind.startswith(_COMPOSITE)):
        raise CodeError(ProblemKind.LENGTH, f"There must be {length} digits behind {identifier}.")
    message = Message(identifier, plain=primary, gtin=GTIN.parse(primary))
    if not behind:
        return message
    return replace(message, elements=read_element_string(behind.removeprefix(_COMPOSITE), year=year))
