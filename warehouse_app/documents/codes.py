"""Codes as patterns of dark and light modules, ready to be drawn as vectors.

Linear codes come from python-barcode, square ones from zxing-cpp. Check digits are verified here, because neither
library refuses a wrong one, and a code that is too wide for its place is refused instead of being cut off.
"""

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, cast

import zxingcpp
from barcode.codex import Code128, Gs1_128
from barcode.ean import EuropeanArticleNumber8, EuropeanArticleNumber13
from barcode.itf import ITF

from warehouse_app.domain.errors import WarehouseError
from warehouse_app.domain.identifiers import GTIN, SSCC, CodeError, expand_upc_e, verify_check_digit
from warehouse_app.language import mark

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer as Buffer

_LINEAR_QUIET_MODULES = 10
_EAN_QUIET_MODULES = 11
_ITF_WIDE_MODULES = 3
_QR_QUIET_MODULES = 4
_DATA_MATRIX_QUIET_MODULES = 1
_EAN_13_LENGTHS = (12, 13)
_FNC1 = "\xf1"
_NUMBER_WITH_CHECK_DIGIT = re.compile(r"\(0[012]\)([0-9]+)")


class CodeNotValid(WarehouseError, ValueError):
    """The text cannot be written in this code, or its check digit is wrong."""

    message = mark("{text} cannot be printed as a code: a character or its check digit is wrong.")


class CodeTooWide(WarehouseError, ValueError):
    """The code needs more room than its place has; both in millimetres, quiet zones included."""

    message = mark("The code {text} is {width_mm:.1f} mm wide, but its place has {room_mm:.1f} mm.")


@dataclass(frozen=True, slots=True)
class LinearCode:
    """Bars as (start, width) in modules, counted from the first bar; `quiet` modules stay free on both sides."""

    text: str
    bars: tuple[tuple[int, int], ...]
    modules: int
    quiet: int = _LINEAR_QUIET_MODULES

    @property
    def modules_with_quiet_zones(self) -> int:
        """All modules that must be kept free of anything else."""
        return self.modules + 2 * self.quiet


@dataclass(frozen=True, slots=True)
class SquareCode:
    """Dark runs as (column, row, width) in modules; `quiet` modules stay free on every side."""

    text: str
    runs: tuple[tuple[int, int, int], ...]
    modules: int
    quiet: int

    @property
    def modules_with_quiet_zones(self) -> int:
        """Modules along one side, free border included."""
        return self.modules + 2 * self.quiet


def code_128(text: str) -> LinearCode:
    """Printable ASCII as Code 128."""
    if not text or any(not " " <= character <= "~" for character in text):
        raise CodeNotValid(text=text)
    return _code_128(text)


def sscc_code(sscc: str) -> LinearCode:
    """The 18 digits of an SSCC as GS1-128 with application identifier 00."""
    try:
        verified = SSCC.parse(sscc)
    except CodeError as error:
        raise CodeNotValid(text=sscc) from error
    return _linear(verified.bracketed, Gs1_128(f"00{verified}").build())


def gs1_128(shown: str, element_string: str) -> LinearCode:
    """GS1 elements with their separators as GS1-128; `shown` is what people read below the bars."""
    data = element_string.replace("\x1d", _FNC1)
    if any(not "!" <= character <= "~" for character in data.replace(_FNC1, "")):
        raise CodeNotValid(text=shown)
    return _linear(shown, Gs1_128(data).build())


def itf_14(gtin: str) -> LinearCode:
    """A GTIN of 14 digits as ITF-14."""
    try:
        digits = str(GTIN.parse(gtin))
    except CodeError as error:
        raise CodeNotValid(text=gtin) from error
    return _linear(digits, ITF(digits, narrow=1, wide=_ITF_WIDE_MODULES).build())


def ean_13(gtin: str) -> LinearCode:
    """A GTIN of 13 digits, or of 12 (UPC-A, which EAN-13 contains), as EAN-13."""
    if len(gtin) not in _EAN_13_LENGTHS:
        raise CodeNotValid(text=gtin)
    try:
        digits = str(GTIN.parse(gtin))[1:]
    except CodeError as error:
        raise CodeNotValid(text=gtin) from error
    return replace(_linear(digits, EuropeanArticleNumber13(digits).build()), quiet=_EAN_QUIET_MODULES)


def ean_8(gtin: str) -> LinearCode:
    """A GTIN of 8 digits as EAN-8."""
    _require_check_digit(gtin)
    return replace(_linear(gtin, EuropeanArticleNumber8(gtin).build()), quiet=_EAN_QUIET_MODULES)


def upc_e(digits: str) -> LinearCode:
    """The 8 digits of a UPC-E: the number system, six digits and the check digit of the UPC-A that it stands for."""
    try:
        expand_upc_e(digits)
    except CodeError as error:
        raise CodeNotValid(text=digits) from error
    pattern = _grid(zxingcpp.create_barcode(digits, zxingcpp.BarcodeFormat.UPCE))[0]
    return LinearCode(digits, _dark_runs(pattern), len(pattern), _EAN_QUIET_MODULES)


@lru_cache(maxsize=4096)
def qr_code(text: str) -> SquareCode:
    """A text as QR code, error correction as the writer chooses it."""
    return _square(text, zxingcpp.BarcodeFormat.QRCode, _QR_QUIET_MODULES)


def gs1_data_matrix(elements: str) -> SquareCode:
    """GS1 elements in bracketed form, such as (01)04012345123456(10)AB, as a square DataMatrix."""
    try:
        for number in _NUMBER_WITH_CHECK_DIGIT.findall(elements):
            verify_check_digit(number)
    except CodeError as error:
        raise CodeNotValid(text=elements) from error
    return _square(elements, zxingcpp.BarcodeFormat.DataMatrix, _DATA_MATRIX_QUIET_MODULES, gs1=True, force_square=True)


def code_width_mm(code: LinearCode | SquareCode, module_mm: float) -> float:
    """The width that a code takes, quiet zones included."""
    return code.modules_with_quiet_zones * module_mm


def module_that_fits(code: LinearCode | SquareCode, room_mm: float, *, smallest_mm: float, largest_mm: float) -> float:
    """The widest module with which the code fits its room. Raises CodeTooWide below the smallest readable one."""
    module_mm = min(largest_mm, room_mm / code.modules_with_quiet_zones)
    if module_mm < smallest_mm:
        raise CodeTooWide(text=code.text, width_mm=code_width_mm(code, smallest_mm), room_mm=room_mm)
    return module_mm


@lru_cache(maxsize=4096)
def _code_128(text: str) -> LinearCode:
    return _linear(text, Code128(text).build())


def _linear(text: str, built: list[str]) -> LinearCode:
    pattern = built[0].replace("G", "1")
    return LinearCode(text, _dark_runs(pattern), len(pattern))


def _square(text: str, symbology: zxingcpp.BarcodeFormat, quiet: int, **options: bool) -> SquareCode:
    try:
        # Half a surrogate pair is no text; the writer would fail on it with an error of its own.
        text.encode()
        symbol = zxingcpp.create_barcode(text, symbology, **options)
    except ValueError as error:
        raise CodeNotValid(text=text) from error
    rows = _grid(symbol)
    runs = tuple((start, row, width) for row, pattern in enumerate(rows) for start, width in _dark_runs(pattern))
    return SquareCode(text, runs, len(rows), quiet)


def _grid(symbol: zxingcpp.Barcode) -> list[str]:
    """The modules of a code row by row, a dark one being 1."""
    image = symbol.to_image(scale=1, add_quiet_zones=False)
    grid = cast("list[list[int]]", memoryview(cast("Buffer", image)).tolist())
    return ["".join("0" if shade else "1" for shade in row) for row in grid]


def _require_check_digit(gtin: str) -> None:
    try:
        GTIN.parse(gtin)
    except CodeError as error:
        raise CodeNotValid(text=gtin) from error


@cache
def _dark_runs(pattern: str) -> tuple[tuple[int, int], ...]:
    runs, start = [], 0
    for module, group in groupby(pattern):
        width = sum(1 for _ in group)
        if module == "1":
            runs.append((start, width))
        start += width
    return tuple(runs)
