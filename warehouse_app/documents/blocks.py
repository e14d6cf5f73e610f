"""The pieces that papers are put together from: text, codes, boxes, and rows and stacks of them.

A block says how high it is at a given width and draws itself there, so nothing is cut off and nothing overlaps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from warehouse_app.documents.codes import CodeTooWide, LinearCode, SquareCode, code_128, module_that_fits, qr_code
from warehouse_app.documents.fonts import (
    BASELINE,
    INK,
    LINE_HEIGHT,
    POINT_MM,
    Style,
    clean,
    cut,
    shrunk,
    text_width_mm,
    wrapped,
)
from warehouse_app.documents.pen import Align, Area, Pen
from warehouse_app.documents.words import Both

QUIET = "#506176"
HAIRLINE = "#C6CFDA"
TINT = "#EEF2F7"
ACCENT = "#0B63CE"
SMALLEST_POINTS = 6.5
_SMALLEST_MODULE_MM = 0.19
_LARGEST_MODULE_MM = 0.33
_LARGEST_SQUARE_MODULE_MM = 0.45
_SMALLEST_SQUARE_MODULE_MM = 0.2
_PLAIN = Style()
_CODE_TEXT = Style(7, colour=QUIET)


class Block(Protocol):
    """A piece of paper."""

    def height(self, width: float, /) -> float:
        """The height in millimetres that it takes at this width."""

    def draw(self, pen: Pen, area: Area) -> None:
        """Draw it into an area of that width and height."""


@dataclass(frozen=True, slots=True)
class Text:
    """One paragraph: wrapped, or on one line that is made smaller until it fits. Nothing is drawn for empty text."""

    text: str
    style: Style = _PLAIN
    align: Align = "left"
    one_line: bool = False
    most_lines: int = 12

    def height(self, width: float, /) -> float:
        """All its lines."""
        lines, style = self._lines(width)
        return len(lines) * style.size * LINE_HEIGHT * POINT_MM

    def draw(self, pen: Pen, area: Area) -> None:
        """From the top of the area."""
        lines, style = self._lines(area.width)
        for number, line in enumerate(lines):
            baseline = area.top + (BASELINE + number * LINE_HEIGHT) * style.size * POINT_MM
            pen.text(area, baseline, line, style, self.align)

    def _lines(self, width: float) -> tuple[tuple[str, ...], Style]:
        text = clean(self.text)
        style = shrunk(text, self.style, width, SMALLEST_POINTS) if self.one_line else self.style
        if not text or text_width_mm(text, style) <= width:
            return ((text,) if text else ()), style
        return cut(wrapped(text, style, width), self.most_lines), style


@dataclass(frozen=True, slots=True)
class Blank:
    """Empty space."""

    high: float

    def height(self, _width: float, /) -> float:
        """As asked for."""
        return self.high

    def draw(self, pen: Pen, area: Area) -> None:
        """Nothing."""


@dataclass(frozen=True, slots=True)
class Code:
    """A scan text as Code 128, or as QR code where Code 128 would be too wide; its own height includes the text.

    Hanging, it lets its quiet zone lie outside the area, so that the bars are flush with what is above and below.
    """

    text: str
    high: float
    align: Align = "left"
    readable: str = ""
    hanging: bool = False

    def height(self, _width: float, /) -> float:
        """The bars and the line below them."""
        return self.high + (_CODE_TEXT.size * LINE_HEIGHT * POINT_MM if self.readable else 0)

    def draw(self, pen: Pen, area: Area) -> None:
        """Bars, and below them what a person reads, both flush at the same side."""
        code, module_mm = self._code(area.width)
        wide, quiet = code.modules_with_quiet_zones * module_mm, code.quiet * module_mm
        room = area.width - wide
        left = area.left + {"left": 0.0, "centre": room / 2, "right": room}[self.align]
        if self.hanging:
            left += {"left": -quiet, "centre": 0.0, "right": quiet}[self.align]
        place = Area(left, area.top, wide, self.high)
        if isinstance(code, LinearCode):
            pen.bars(code, module_mm, place)
        else:
            pen.squares(code, module_mm, place)
        if self.readable:
            below = Area(left + quiet, area.top + self.high, wide - 2 * quiet, area.height - self.high)
            Text(self.readable, _CODE_TEXT, self.align, one_line=True).draw(pen, below)

    def _code(self, width: float) -> tuple[LinearCode | SquareCode, float]:
        linear = code_128(self.text)
        try:
            return linear, module_that_fits(
                linear, width, smallest_mm=_SMALLEST_MODULE_MM, largest_mm=_LARGEST_MODULE_MM
            )
        except CodeTooWide:
            square = qr_code(self.text)
            room = min(width, self.high)
            return square, module_that_fits(
                square, room, smallest_mm=_SMALLEST_SQUARE_MODULE_MM, largest_mm=_LARGEST_SQUARE_MODULE_MM
            )


@dataclass(frozen=True, slots=True)
class Box:
    """An empty box to tick or to write in."""

    wide: float
    high: float
    align: Align = "centre"

    def height(self, _width: float, /) -> float:
        """As asked for."""
        return self.high

    def draw(self, pen: Pen, area: Area) -> None:
        """In the middle of its column, never wider than that."""
        wide = min(self.wide, area.width)
        room = area.width - wide
        left = area.left + {"left": 0.0, "centre": room / 2, "right": room}[self.align]
        pen.box(Area(left, area.top, wide, self.high), outline=QUIET, line_mm=0.3, radius=0.6)


@dataclass(frozen=True, slots=True)
class Chip:
    """A letter or short number on a tinted square: the slot of a tote."""

    text: str
    side: float

    def height(self, _width: float, /) -> float:
        """A square."""
        return self.side

    def draw(self, pen: Pen, area: Area) -> None:
        """At the left edge of the area."""
        square = Area(area.left, area.top, self.side, self.side)
        pen.box(square, fill=TINT, outline=HAIRLINE, radius=self.side / 7)
        wished = Style(self.side * 0.68 / POINT_MM, bold=True)
        text = clean(self.text)
        style = shrunk(text, wished, self.side * 0.84, SMALLEST_POINTS - 2)
        middle = square.top + self.side / 2 + style.size * POINT_MM * 0.36
        pen.text(square, middle, text, style, "centre")


@dataclass(frozen=True, slots=True)
class Stack:
    """Blocks below one another; what takes no height leaves no gap."""

    blocks: Sequence[Block]
    gap: float = 0

    def height(self, width: float, /) -> float:
        """All of them."""
        heights = [height for block in self.blocks if (height := block.height(width))]
        return sum(heights) + self.gap * max(0, len(heights) - 1)

    def draw(self, pen: Pen, area: Area) -> None:
        """From the top of the area."""
        top = area.top
        for block in self.blocks:
            high = block.height(area.width)
            if high:
                block.draw(pen, Area(area.left, top, area.width, high))
                top += high + self.gap


@dataclass(frozen=True, slots=True)
class Cell:
    """A block in a column of this width; `pad` is kept free at both sides but the flush one."""

    wide: float
    block: Block
    pad: float = 1.2
    flush: Align = "centre"

    @property
    def inner(self) -> float:
        """The width that the block gets."""
        return self.wide - self.pad * (2 if self.flush == "centre" else 1)

    @property
    def indent(self) -> float:
        """Where the block begins."""
        return 0.0 if self.flush == "left" else self.pad


@dataclass(frozen=True, slots=True)
class Row:
    """Blocks beside one another, each in the middle of the row's height."""

    cells: Sequence[Cell]
    least: float = 0
    margin: float = 1.2
    rule: str = HAIRLINE
    rule_mm: float = 0.2
    fill: str = ""
    top_aligned: bool = False

    def height(self, _width: float, /) -> float:
        """The highest cell with a margin above and below, or the least height."""
        return max(self.least, *(cell.block.height(cell.inner) + 2 * self.margin for cell in self.cells))

    def draw(self, pen: Pen, area: Area) -> None:
        """With its rule at the lower edge."""
        if self.fill:
            pen.box(area, fill=self.fill)
        left = area.left
        for cell in self.cells:
            high = cell.block.height(cell.inner)
            top = area.top + (self.margin if self.top_aligned else (area.height - high) / 2)
            cell.block.draw(pen, Area(left + cell.indent, top, cell.inner, high))
            left += cell.wide
        if self.rule:
            pen.line(Area(area.left, area.bottom, area.width, 0), self.rule, self.rule_mm)


def heading_text(words: Both, size: float = 7, align: Align = "left") -> Stack:
    """A small quiet heading with its Chinese below."""
    return Stack(
        (
            Text(words.english, Style(size, bold=True, colour=QUIET), align),
            Text(words.chinese, Style(size, colour=QUIET), align),
        )
    )


def product_text(names: Both, *details: str, size: float = 9) -> Stack:
    """A product: its names, and below them quiet details such as SKU and lot."""
    return Stack(
        (
            Text(names.english, Style(size, bold=True)),
            Text(names.chinese, Style(size)),
            *(Text(detail, Style(size - 1.5, colour=QUIET)) for detail in details),
        ),
        gap=0.2,
    )


def value_text(text: str, size: float = 9, *, bold: bool = False, align: Align = "left", colour: str = INK) -> Text:
    """A value on one line, made smaller where it is long."""
    return Text(text, Style(size, bold=bold, colour=colour), align, one_line=True)
