"""Words that are put onto a finished label where it has room: that it is a reprint, or may have been printed twice."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from warehouse_app.documents.fonts import POINT_MM, Style, text_width_mm
from warehouse_app.documents.labels.model import Label, LabelBox, LabelCode, LabelFrame, LabelItem, LabelText
from warehouse_app.documents.labels.pdf import sides
from warehouse_app.documents.labels.placing import line_of_text
from warehouse_app.documents.pen import Area
from warehouse_app.documents.words import both
from warehouse_app.language import mark

REPRINT = mark("Reprint")
MAYBE_TWICE = mark("May be printed twice: use one, destroy the other")
SHORTLY = {REPRINT: mark("Reprint"), MAYBE_TWICE: mark("Maybe twice")}
"""For labels on which only a few words have room."""

_POINTS = (9.0, 7.5, 6.0, 5.0)
_HEIGHT = 1.45
_STEP_MM = 0.5
_EDGE_MM = 0.4
_CODE_WEIGHS = 1_000_000.0


def marked(label: Label, message: str) -> Label:
    """The label with one of these messages, in white on a dark strip where nothing else stands.

    On a label without such a place it covers as little as possible, and never a code.
    """
    strips = [
        (_covered(label, area), place, area, text, style)
        for place, (text, style, area) in enumerate(_strips(label, _words(message)))
    ]
    free = next((strip for strip in strips if not strip[0]), None)
    if free is None and not strips:
        return label
    covered, _, area, text, style = free or min(strips, key=lambda strip: strip[:2])
    if covered >= _CODE_WEIGHS:
        return label
    line = line_of_text(area, text, style, "centre", light=True)
    return replace(label, items=(*label.items, LabelBox(area), line))


def _words(message: str) -> list[str]:
    """The message in both languages, then shorter and shorter."""
    short = both(SHORTLY[message])
    return [both(message).inline(), short.inline(), short.english]


def _strips(label: Label, words: Iterable[str]) -> Iterator[tuple[str, Style, Area]]:
    """Places from the bottom upwards, the largest letters of the longest words first."""
    wide, high = label.size_mm
    for text in words:
        for points in _POINTS:
            style = Style(points, bold=True)
            width, height = text_width_mm(text, style) + 2, points * POINT_MM * _HEIGHT
            if width > wide - 2 * _EDGE_MM:
                continue
            for step in range(int((high - height - 2 * _EDGE_MM) / _STEP_MM) + 1):
                top = high - _EDGE_MM - height - step * _STEP_MM
                for left in ((wide - width) / 2, _EDGE_MM, wide - width - _EDGE_MM):
                    yield text, style, Area(left, top, width, height)


def _covered(label: Label, strip: Area) -> float:
    """Square millimetres of other things that the strip would cover; those of a code weigh most."""
    return sum(
        _overlap(strip, area) * (_CODE_WEIGHS if isinstance(item, LabelCode) else 1)
        for item in label.items
        for area in _areas(item)
    )


def _areas(item: LabelItem) -> tuple[Area, ...]:
    if isinstance(item, LabelFrame):
        return sides(item)
    if isinstance(item, LabelText):
        return (_ink(item),) if item.text else ()
    return (item.area,)


def _ink(item: LabelText) -> Area:
    """Where the letters of a line are, which is less than the area it has."""
    width = text_width_mm(item.text, item.style)
    size = item.style.size * POINT_MM
    spare = {"left": 0.0, "centre": 0.5, "right": 1.0}[item.align] * (item.area.width - width)
    return Area(item.area.left + spare, item.baseline - size, width, size * 1.3)


def _overlap(one: Area, other: Area) -> float:
    wide = min(one.right, other.right) - max(one.left, other.left)
    high = min(one.bottom, other.bottom) - max(one.top, other.top)
    return wide * high if wide > 0 and high > 0 else 0.0
