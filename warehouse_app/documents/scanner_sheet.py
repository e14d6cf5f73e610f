"""The sheet of test codes that proves a scanner in a minute."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from warehouse_app.documents import codes
from warehouse_app.documents.blocks import QUIET, Cell, Row, Stack, Text
from warehouse_app.documents.codes import LinearCode, SquareCode, module_that_fits
from warehouse_app.documents.fonts import Style
from warehouse_app.documents.labels.symbols import Symbol, elements_code
from warehouse_app.documents.page import CONTENT_MM, Imprint, Paper, Section, papers_pdf
from warehouse_app.documents.pen import Area, Pen
from warehouse_app.documents.words import both
from warehouse_app.domain.gs1_elements import read_element_string
from warehouse_app.domain.scanner_check import SHEET_CODES, SheetCode, SheetSymbol
from warehouse_app.language import mark

_LINEAR_MM, _SQUARE_MM = 13.0, 32.0
_MODULE_MM = (0.25, 0.375)
_SQUARE_MODULE_MM = (0.35, 0.6)
_ANY_YEAR = 2000


def scanner_sheet_pdf(imprint: Imprint) -> bytes:
    """One page: scan the codes one after the other while the program shows the page of devices."""
    rows = [_row(SHEET_CODES[start : start + 2]) for start in range(0, len(SHEET_CODES), 2)]
    how = both(mark("Scan each code once. Whatever arrives wrong is told, with the setting to change."))
    intro = Stack((Text(how.english, Style(10)), Text(how.chinese, Style(9, colour=QUIET))), gap=0.6)
    head = Row((Cell(CONTENT_MM, intro, flush="left"),), margin=2)
    return papers_pdf([Paper(both(mark("Scanner test")), "", [Section([head, *rows])])], imprint)


@dataclass(frozen=True, slots=True)
class _DrawnCode:
    code: LinearCode | SquareCode

    def height(self, _width: float, /) -> float:
        return _LINEAR_MM if isinstance(self.code, LinearCode) else _SQUARE_MM

    def draw(self, pen: Pen, area: Area) -> None:
        """The bars stand flush with the words above them, their quiet zone beside."""
        if isinstance(self.code, LinearCode):
            smallest, largest = _MODULE_MM
            module_mm = module_that_fits(self.code, area.width, smallest_mm=smallest, largest_mm=largest)
            pen.bars(self.code, module_mm, Area(area.left, area.top, area.width, _LINEAR_MM))
            return
        smallest, largest = _SQUARE_MODULE_MM
        module_mm = module_that_fits(self.code, _SQUARE_MM, smallest_mm=smallest, largest_mm=largest)
        pen.squares(self.code, module_mm, area)


def _row(pair: tuple[SheetCode, ...]) -> Row:
    return Row([Cell(CONTENT_MM / 2, _block(one), pad=3, flush="left") for one in pair], margin=4.5, top_aligned=True)


def _block(one: SheetCode) -> Stack:
    words = both(one.proves)
    return Stack(
        (
            Text(f"{one.name}  {one.symbol}", Style(11, bold=True)),
            Text(words.inline(), Style(8, colour=QUIET)),
            _DrawnCode(_drawn(one)),
        ),
        gap=1.2,
    )


def _drawn(one: SheetCode) -> LinearCode | SquareCode:
    if one.symbol in _OF_ELEMENTS:
        elements = read_element_string(one.content, year=_ANY_YEAR)
        return elements_code(_OF_ELEMENTS[one.symbol], elements).code
    return _OF_TEXT[one.symbol](one.content)


_OF_TEXT: Mapping[SheetSymbol, Callable[[str], LinearCode | SquareCode]] = {
    SheetSymbol.CODE_128: codes.code_128,
    SheetSymbol.EAN_13: codes.ean_13,
    SheetSymbol.EAN_8: codes.ean_8,
    SheetSymbol.UPC_A: codes.ean_13,
    SheetSymbol.UPC_E: codes.upc_e,
    SheetSymbol.ITF_14: codes.itf_14,
    SheetSymbol.QR: codes.qr_code,
}
_OF_ELEMENTS = {SheetSymbol.GS1_128: Symbol.GS1_128, SheetSymbol.GS1_DATA_MATRIX: Symbol.GS1_DATA_MATRIX}
