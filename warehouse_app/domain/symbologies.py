"""AIM symbology identifiers: the three characters before the data that say which kind of code a scanner read.

After ISO/IEC 15424 and the GS1 General Specifications, 5.1.
"""

import re
from dataclasses import dataclass

from warehouse_app.domain.identifiers import CodeError, ProblemKind

_FLAG = "]"
_LENGTH = 3
_ELEMENT_STRING_START = re.compile(r"0[0-2]\d{14}", re.ASCII)
_EAN_DATA = re.compile(r"(\d{8}|\d{12,13})(\|.*)?", re.ASCII | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Symbology:
    """A kind of code. `gs1_data`: its data is a GS1 element string, or the digits of a GTIN."""

    identifier: str
    name: str
    gs1_data: bool


def split_identifier(text: str) -> tuple[str, str]:
    """Part an AIM identifier from the data behind it. Raises CodeError when there is none."""
    if not text.startswith(_FLAG) or len(text) < _LENGTH:
        raise CodeError(ProblemKind.SYMBOLOGY, "There is no symbology identifier.")
    return text[:_LENGTH], text[_LENGTH:]


def symbology(identifier: str) -> Symbology:
    """The kind of code behind `]C1` and its like. Raises CodeError for one that is not assigned."""
    found = _EXACT.get(identifier[1:]) or _FAMILIES.get(identifier[1:2])
    if found is None:
        raise CodeError(ProblemKind.SYMBOLOGY, f"{identifier} is no known symbology identifier.")
    name, gs1_data = found
    return Symbology(identifier, name, gs1_data)


def recognised_identifier(text: str) -> str | None:
    """The AIM identifier that a text starts with, or None when it has none.

    Caps lock turns `]C1` into `]c1`; an identifier that exists only in the other case is therefore answered in it.
    `]E0` (EAN) and `]e0` (DataBar) exist in both, so the data decides there.
    """
    identifier, data = text[:_LENGTH], text[_LENGTH:]
    letters = identifier[1:]
    if not identifier.startswith(_FLAG) or len(identifier) < _LENGTH:
        return None
    if letters == "e0" and _EAN_DATA.fullmatch(data):
        return "]E0"
    if letters == "E0" and _ELEMENT_STRING_START.match(data):
        return "]e0"
    if letters in _EXACT or letters.swapcase() not in _EXACT:
        return identifier if letters in _EXACT or letters[0] in _FAMILIES else None
    return identifier.swapcase()


# Modifiers of one family differ in options such as check characters, unless they are listed one by one.
_FAMILIES = {
    "A": ("Code 39", False),
    "B": ("Telepen", False),
    "C": ("Code 128", False),
    "D": ("Code One", False),
    "F": ("Codabar", False),
    "G": ("Code 93", False),
    "H": ("Code 11", False),
    "I": ("Interleaved 2 of 5", False),
    "K": ("Code 16K", False),
    "L": ("PDF417", False),
    "M": ("MSI", False),
    "N": ("Anker", False),
    "O": ("Codablock", False),
    "P": ("Plessey", False),
    "Q": ("QR Code", False),
    "R": ("Straight 2 of 5 (two bar)", False),
    "S": ("Straight 2 of 5 (three bar)", False),
    "U": ("MaxiCode", False),
    "X": ("Other", False),
    "Z": ("Not a bar code", False),
    "d": ("Data Matrix", False),
    "h": ("Han Xin", False),
    "o": ("OCR", False),
    "z": ("Aztec", False),
}
_EXACT = {
    "C0": ("Code 128", False),
    "C1": ("GS1-128", True),
    "C2": ("Code 128 with FNC1 in second position", False),
    "E0": ("EAN-13/UPC-A/UPC-E", True),
    "E1": ("Two-digit add-on", False),
    "E2": ("Five-digit add-on", False),
    "E3": ("EAN-13 with add-on", True),
    "E4": ("EAN-8", True),
    "I0": ("ITF", False),
    "I1": ("ITF-14", True),
    "J0": ("DotCode", False),
    "J1": ("GS1 DotCode", True),
    "Q0": ("QR Code Model 1", False),
    "Q1": ("QR Code", False),
    "Q3": ("GS1 QR Code", True),
    "Q4": ("GS1 QR Code", True),
    "d0": ("Data Matrix ECC000-140", False),
    "d1": ("Data Matrix ECC200", False),
    "d2": ("GS1 DataMatrix", True),
    "d3": ("Data Matrix with FNC1 in second position", False),
    "d7": ("Data Matrix (DMRE)", False),
    "d8": ("GS1 DataMatrix (DMRE)", True),
    "e0": ("GS1 DataBar", True),
    "e1": ("GS1 Composite", True),
    "e2": ("GS1 Composite", True),
    "z0": ("Aztec", False),
    "z1": ("GS1 Aztec", True),
}
