"""A minute's test of a scanner: codes that each prove one thing, and what to change when one arrives otherwise."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from warehouse_app.domain.gs1_elements import SEPARATOR
from warehouse_app.domain.symbologies import recognised_identifier
from warehouse_app.language import mark


class SheetSymbol(StrEnum):
    """How a test code is printed."""

    CODE_128 = "Code 128"
    EAN_13 = "EAN-13"
    EAN_8 = "EAN-8"
    UPC_A = "UPC-A"
    UPC_E = "UPC-E"
    ITF_14 = "ITF-14"
    GS1_128 = "GS1-128"
    GS1_DATA_MATRIX = "GS1 DataMatrix"
    QR = "QR"


@dataclass(frozen=True, slots=True)
class SheetCode:
    """One code of the sheet. `reads` are all forms in which a scanner that is set well may send it."""

    name: str
    symbol: SheetSymbol
    content: str
    proves: str
    reads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a scan of the sheet showed: the code, whether it arrived well, and what to change when it did not."""

    code: SheetCode | None
    good: bool
    remedy: str = ""


ELEMENTS = f"010950110153000310LOT-7{SEPARATOR}21SER-42"
LETTERS = "TEST:aqwyz-AQWYZ/09+_="
LONG = "LONG:" + "".join(f"{number:04}" for number in range(120))
CHINESE = "TEST:货架 A-01 你好"

SHEET_CODES = (
    SheetCode("1", SheetSymbol.CODE_128, LETTERS, mark("Letters, digits and signs"), (LETTERS,)),
    SheetCode("2", SheetSymbol.EAN_13, "9501101530003", mark("EAN-13 with its check digit"), ("9501101530003",)),
    SheetCode("3", SheetSymbol.EAN_8, "96385074", mark("EAN-8"), ("96385074",)),
    SheetCode("4", SheetSymbol.UPC_A, "036000291452", mark("UPC-A"), ("036000291452", "0036000291452")),
    SheetCode("5", SheetSymbol.UPC_E, "04252614", mark("UPC-E"), ("04252614", "042100005264", "0042100005264")),
    SheetCode("6", SheetSymbol.ITF_14, "19501101530000", mark("ITF-14 of a case"), ("19501101530000",)),
    SheetCode("7", SheetSymbol.GS1_128, ELEMENTS, mark("GS1-128 with its separator"), (ELEMENTS,)),
    SheetCode("8", SheetSymbol.GS1_DATA_MATRIX, ELEMENTS, mark("GS1 DataMatrix with its separator"), (ELEMENTS,)),
    SheetCode("9", SheetSymbol.QR, LONG, mark("A long code, sent fast"), (LONG,)),
    SheetCode("10", SheetSymbol.QR, CHINESE, mark("Chinese"), (CHINESE,)),
)


def judge(scan_text: str, symbol: SheetSymbol | None = None) -> Verdict:
    """What a scan of the sheet shows. The two GS1 codes say the same: `symbol` tells which one was asked for."""
    identifier = recognised_identifier(scan_text) or ""
    text = scan_text[len(identifier) :].strip(" \r\n\t")
    asked = sorted(SHEET_CODES, key=lambda code: code.symbol is not symbol)
    for code in asked:
        if text.removeprefix(SEPARATOR) in code.reads:
            return Verdict(code, good=True)
    for code in asked:
        for damaged, remedy in _damages(code):
            if text == damaged:
                return Verdict(code, good=False, remedy=remedy)
    for code in asked:
        if code.content.startswith(text) and len(text) >= len(code.content) // 4:
            return Verdict(code, good=False, remedy=_SLOWER)
    return Verdict(None, good=False, remedy=_NOT_OURS)


_NOT_OURS = mark("This is no code of the sheet, or nearly nothing of it arrived. Scan it again, from a hand's breadth.")
_SLOWER = mark(
    "The end is missing. Set a longer delay between characters (5 ms), or connect the scanner as a serial port."
)
_CAPS = mark("Capitals and small letters are exchanged. Switch Caps Lock off, and the scanner's case conversion too.")
_UPPER = mark("Everything came in one case. Switch the scanner's case conversion off.")
_LAYOUT = mark(
    "Keys of another country. Set the scanner's keyboard to that of this computer, or here the scanner to US."
)
_SEPARATOR = mark("The separator between the parts is lost. Set the scanner to send FNC1 as GS (Ctrl and ], ASCII 29).")
_CHECK_DIGIT = mark("The check digit is missing. Set the scanner to transmit check digits.")
_EXPANDED = mark("The leading digit is missing. Set the scanner to transmit the number system.")
_CHINESE = mark("Chinese came as other characters. Set the scanner to UTF-8, or connect it as a serial port.")

_QWERTZ = str.maketrans("yzYZ-/_=+", "zyZY\u00df-?\u00b4`")
_QWERTZ_LETTERS = str.maketrans("yzYZ", "zyZY")
_AZERTY = str.maketrans("aqwzAQWZ", "qazwQAZW")


def _damages(code: SheetCode) -> Iterator[tuple[str, str]]:
    """How a code arrives from a scanner that is set wrong, with what to change; the likelier first."""
    text = code.content
    changes: tuple[tuple[Callable[[str], str], str], ...] = (
        (str.swapcase, _CAPS),
        (str.upper, _UPPER),
        (str.lower, _UPPER),
        (lambda one: one.translate(_QWERTZ), _LAYOUT),
        (lambda one: one.translate(_QWERTZ_LETTERS), _LAYOUT),
        (lambda one: one.translate(_AZERTY), _LAYOUT),
    )
    yield from ((change(text), remedy) for change, remedy in changes if change(text) != text)
    if SEPARATOR in text:
        for instead in ("", " ", "^", "+", "]", "\u2194", "|", "~", "\\F", "{GS}", "<GS>"):
            yield text.replace(SEPARATOR, instead), _SEPARATOR
    if text.isdigit():
        yield text[:-1], _CHECK_DIGIT
        yield text[1:], _EXPANDED
        yield text[1:-1], _CHECK_DIGIT
    if not text.isascii():
        yield from ((damaged, _CHINESE) for damaged in _misread(text))


def _misread(text: str) -> Iterator[str]:
    """A text whose bytes were taken for those of another encoding, or of which only ASCII was left."""
    for sent, taken in (("utf-8", "cp1252"), ("utf-8", "latin-1"), ("utf-8", "gb18030"), ("gb18030", "latin-1")):
        yield text.encode(sent).decode(taken, errors="replace").strip()
    yield text.encode("ascii", errors="ignore").decode().strip()
    yield text.encode("ascii", errors="replace").decode()
