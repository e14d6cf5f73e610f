"""Draws on a PDF in millimetres from the top left corner of the page."""

import io
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal

from reportlab import rl_config
from reportlab.lib.colors import HexColor
from reportlab.pdfgen.canvas import Canvas

from warehouse_app.documents.codes import LinearCode, SquareCode
from warehouse_app.documents.fonts import POINT_MM, Style, in_typefaces, text_width_mm

Align = Literal["left", "centre", "right"]

A4_MM = (210.0, 297.0)
WHITE = "#FFFFFF"
CODE_INK = "#000000"
# Binary streams are a fifth smaller than their ASCII form, and written faster.
rl_config.useA85 = 0
_ALIGNED = {"left": 0.0, "centre": 0.5, "right": 1.0}


@dataclass(frozen=True, slots=True)
class Area:
    """A place on the page, in millimetres."""

    left: float
    top: float
    width: float
    height: float

    @property
    def right(self) -> float:
        """The right edge."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """The lower edge."""
        return self.top + self.height


class Pen:
    """One PDF in the making. The same strokes give the same bytes."""

    def __init__(self, title: str, page_mm: tuple[float, float] = A4_MM) -> None:
        self._file = io.BytesIO()
        self._page_width, self._page_height = page_mm
        size = (self._page_width / POINT_MM, self._page_height / POINT_MM)
        self._canvas = Canvas(self._file, pagesize=size, pageCompression=1, invariant=1)
        self._canvas.setTitle(title)
        self._canvas.setCreator("Warehouse App")
        self._fill = ""
        self._words: Any = None

    def end_page(self) -> None:
        """The page is done; the next stroke falls on a new one."""
        self._end_words()
        self._canvas.showPage()
        self._fill = ""

    def finish(self) -> bytes:
        """The PDF. Nothing can be drawn after this."""
        self._canvas.save()
        return self._file.getvalue()

    def text(self, area: Area, baseline: float, text: str, style: Style, align: Align = "left") -> None:
        """One line of text; `baseline` is measured from the top of the page, the area gives left and right.

        Lines that follow one another are written as one text, which takes half the time.
        """
        room = area.width - text_width_mm(text, style) if align != "left" else 0.0
        self._use(style.colour)
        left, up = (area.left + room * _ALIGNED[align]) / POINT_MM, (self._page_height - baseline) / POINT_MM
        if self._words is None:
            self._words = self._canvas.beginText()
        self._words.setTextOrigin(left, up)
        *first, last = in_typefaces(text, bold=style.bold)
        for name, piece in first:
            self._words.setFont(name, style.size)
            self._words.textOut(piece)
        self._words.setFont(last[0], style.size)
        # This one does not measure the text, which nobody needs at its end.
        self._words.textLine(last[1])

    def line(self, area: Area, colour: str, width_mm: float = 0.2) -> None:
        """A level line along the top of an area."""
        self.box(Area(area.left, area.top - width_mm / 2, area.width, width_mm), fill=colour)

    def box(self, area: Area, *, fill: str = "", outline: str = "", line_mm: float = 0.25, radius: float = 0) -> None:
        """A rectangle, filled or outlined or both."""
        self._end_words()
        x, y = area.left / POINT_MM, (self._page_height - area.bottom) / POINT_MM
        width, height = area.width / POINT_MM, area.height / POINT_MM
        if fill and not outline and not radius:
            self._use(fill)
            self._canvas.addLiteral(f"{x:.3f} {y:.3f} {width:.3f} {height:.3f} re f")
            return
        if fill:
            self._use(fill)
        if outline:
            self._canvas.setStrokeColor(HexColor(outline))
            self._canvas.setLineWidth(line_mm / POINT_MM)
        radius /= POINT_MM
        self._canvas.roundRect(x, y, width, height, radius, stroke=bool(outline), fill=bool(fill))

    def bars(self, code: LinearCode, module_mm: float, area: Area) -> None:
        """A linear code, as high as the area; its quiet zone begins at the left edge."""
        left = area.left + code.quiet * module_mm
        unit = Area(left, area.top, module_mm, area.height)
        self._modules(unit, ((start, 0, width) for start, width in code.bars))

    def squares(self, code: SquareCode, module_mm: float, area: Area) -> None:
        """A square code; its free border begins in the upper left corner of the area."""
        lowest = code.modules - 1
        left, top = area.left + code.quiet * module_mm, area.top + (code.quiet + lowest) * module_mm
        unit = Area(left, top, module_mm, module_mm)
        self._modules(unit, ((column, lowest - row, width) for column, row, width in code.runs))

    def dots(self, dark: Iterable[tuple[int, int, int]], height: int, dot_mm: float, area: Area) -> None:
        """A picture of black dots, so many rows high, in the upper left corner of an area."""
        self._modules(Area(area.left, area.top + (height - 1) * dot_mm, dot_mm, dot_mm), dark)

    def _modules(self, unit: Area, dark: Iterable[tuple[int, int, int]]) -> None:
        """Dark runs as one path. Its unit is one module, so equal modules stay equal and are written as integers."""
        self._end_words()
        self._use(CODE_INK)
        x, y = unit.left / POINT_MM, (self._page_height - unit.bottom) / POINT_MM
        scale = f"{unit.width / POINT_MM:.5f} 0 0 {unit.height / POINT_MM:.5f} {x:.3f} {y:.3f} cm"
        path = " ".join(f"{column} {row} {width} 1 re" for column, row, width in dark)
        self._canvas.addLiteral(f"q {scale} {path} f Q")

    def _use(self, colour: str) -> None:
        if colour != self._fill:
            self._end_words()
            self._canvas.addLiteral(_fill_operator(colour))
            self._fill = colour

    def _end_words(self) -> None:
        """What is drawn next must come behind the text before it."""
        if self._words is not None:
            self._canvas.drawText(self._words)
            self._words = None


@cache
def _fill_operator(colour: str) -> str:
    return "{:.4f} {:.4f} {:.4f} rg".format(*HexColor(colour).rgb())
