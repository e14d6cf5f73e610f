"""One label as a list of things at places in millimetres, from which both PDF and ZPL are drawn."""

from dataclasses import dataclass, replace

from warehouse_app.documents.codes import LinearCode, module_that_fits
from warehouse_app.documents.fonts import ELLIPSIS, POINT_MM, Style, clean, cut, shrunk, text_width_mm, wrapped
from warehouse_app.documents.pen import Align, Area

LABEL_MM = (101.6, 152.4)
SMALLEST_POINTS = 6.0


@dataclass(frozen=True, slots=True)
class LabelText:
    """One line that fits its area; `light` is white on a dark box."""

    area: Area
    baseline: float
    text: str
    style: Style
    align: Align = "left"
    light: bool = False


@dataclass(frozen=True, slots=True)
class LabelBox:
    """A filled rectangle; a line is a thin one."""

    area: Area


@dataclass(frozen=True, slots=True)
class LabelSSCC:
    """An SSCC as GS1-128; the area includes the quiet zones, the bars stand in its middle."""

    area: Area
    code: LinearCode
    module_mm: float

    @property
    def bars(self) -> Area:
        """The area with the quiet zone as its left edge, as narrow as the code."""
        wide = self.code.modules_with_quiet_zones * self.module_mm
        return replace(self.area, left=self.area.left + (self.area.width - wide) / 2, width=wide)


LabelItem = LabelText | LabelBox | LabelSSCC


@dataclass(frozen=True, slots=True)
class Label:
    """A 4 by 6 inch label."""

    title: str
    items: tuple[LabelItem, ...]


def line_of_text(area: Area, text: str, style: Style, align: Align = "left", *, light: bool = False) -> LabelText:
    """One line in the middle of the area's height, made smaller where it is long, and cut only below six points."""
    cleaned = clean(text)
    smaller = shrunk(cleaned, style, area.width, SMALLEST_POINTS)
    while cleaned and text_width_mm(cleaned, smaller) > area.width:
        cleaned = cleaned.removesuffix(ELLIPSIS)[:-1] + ELLIPSIS if len(cleaned) > 1 else ""
    baseline = area.top + area.height / 2 + smaller.size * POINT_MM * 0.36
    return LabelText(area, baseline, cleaned, smaller, align, light)


def paragraphs(area: Area, texts: tuple[tuple[str, Style], ...]) -> tuple[LabelText, ...]:
    """Wrapped paragraphs below one another. They get smaller, then shorter, until all of them fit the height."""
    placed: list[LabelText] = []
    for most_lines in (4, 2, 1):
        for percent in range(100, 40, -6):
            placed = _placed(area, _smaller(texts, percent / 100), most_lines)
            if not placed or placed[-1].baseline + placed[-1].style.size * POINT_MM * 0.25 <= area.bottom:
                return tuple(placed)
    return tuple(item for item in placed if item.baseline <= area.bottom)


def sscc_item(area: Area, code: LinearCode) -> LabelSSCC:
    """As wide as the area allows up to a module of 0.5 mm, which both printer resolutions draw in whole dots."""
    return LabelSSCC(area, code, module_that_fits(code, area.width, smallest_mm=0.25, largest_mm=0.5))


def _smaller(texts: tuple[tuple[str, Style], ...], scale: float) -> tuple[tuple[str, Style], ...]:
    return tuple((text, replace(style, size=max(SMALLEST_POINTS, style.size * scale))) for text, style in texts)


def _placed(area: Area, texts: tuple[tuple[str, Style], ...], most_lines: int) -> list[LabelText]:
    placed, top = [], area.top
    for text, style in texts:
        for line in cut(wrapped(text, style, area.width), most_lines):
            placed.append(LabelText(area, top + style.size * POINT_MM, line, style))
            top += style.size * POINT_MM * 1.22
    return placed
