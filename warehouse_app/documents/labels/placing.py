"""How texts find room on a label: smaller where they are long, and cut only where nothing else helps."""

from collections.abc import Sequence
from dataclasses import replace

from warehouse_app.documents.fonts import ELLIPSIS, POINT_MM, Style, clean, cut, shrunk, text_width_mm, wrapped
from warehouse_app.documents.labels.model import LabelText
from warehouse_app.documents.pen import Align, Area

SMALLEST_POINTS = 6.0
_BELOW_BASELINE = 0.25
_LINE_HEIGHT = 1.22

Paragraphs = Sequence[tuple[str, Style]]


def line_of_text(area: Area, text: str, style: Style, align: Align = "left", *, light: bool = False) -> LabelText:
    """One line in the middle of the area's height, made smaller where it is long, and cut only below six points."""
    cleaned = clean(text)
    smaller = shrunk(cleaned, style, area.width, SMALLEST_POINTS)
    while cleaned and text_width_mm(cleaned, smaller) > area.width:
        cleaned = cleaned.removesuffix(ELLIPSIS)[:-1] + ELLIPSIS if len(cleaned) > 1 else ""
    baseline = area.top + area.height / 2 + smaller.size * POINT_MM * 0.36
    return LabelText(area, baseline, cleaned, smaller, align, light)


def paragraphs(area: Area, texts: Paragraphs, align: Align = "left") -> tuple[LabelText, ...]:
    """Wrapped paragraphs below one another. They get smaller, then shorter, until all of them fit the height."""
    placed: list[LabelText] = []
    for most_lines in (4, 2, 1):
        for percent in range(100, 40, -6):
            placed = _placed(area, _smaller(texts, percent / 100), most_lines, align)
            if not placed or placed[-1].baseline + placed[-1].style.size * POINT_MM * _BELOW_BASELINE <= area.bottom:
                return tuple(placed)
    return tuple(item for item in placed if item.baseline <= area.bottom)


def _smaller(texts: Paragraphs, scale: float) -> Paragraphs:
    return [(text, replace(style, size=max(SMALLEST_POINTS, style.size * scale))) for text, style in texts]


def _placed(area: Area, texts: Paragraphs, most_lines: int, align: Align) -> list[LabelText]:
    placed, top = [], area.top
    for text, style in texts:
        for line in cut(wrapped(text, style, area.width), most_lines):
            placed.append(LabelText(area, top + style.size * POINT_MM, line, style, align))
            top += style.size * POINT_MM * _LINE_HEIGHT
    return placed
