"""Words that are put onto a finished label where it has room: that it is a reprint, or may have been printed twice."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from warehouse_app.documents.fonts import POINT_MM, Style, text_width_mm
from warehouse_app.documents.labels.model import Label, LabelBox, LabelCode, LabelFrame, LabelItem, LabelText
from warehouse_app.documents.labels.pdf import sides
from warehouse_app.documents.labels.placing import line_of_text
from warehouse_app.documents.pen import Area
from warehouse_app.documents.words import Both, both
from warehouse_app.language import mark

REPRINT = mark("Reprint")
MAYBE_TWICE = mark("May be printed twice: use one, destroy the other")
SHORTLY = {REPRINT: mark("Reprint"), MAYBE_TWICE: mark("Maybe twice")}
"""For labels on which only a few words have room."""

_POINTS = (9.0, 7.5, 6.0, 5.0)
_HEIGHT = 1.45
_STEP_MM = 0.5
_EDGE_MM = 0.4
_GAP_MM = 1.0
_CODE_WEIGHS = 1_000_000.0


@dataclass(frozen=True, slots=True)
class _Strip:
    """Words in one size at one place."""

    words: Both
    style: Style
    area: Area

    def items(self) -> tuple[LabelItem, ...]:
        """A dark box, and the words in white on it: each language by itself, for printers have no Chinese letters."""
        texts = [text for text in (self.words.english, self.words.chinese) if text]
        left, items = self.area.left + _GAP_MM, list[LabelItem]([LabelBox(self.area)])
        for text in texts:
            width = text_width_mm(text, self.style)
            items.append(line_of_text(replace(self.area, left=left, width=width), text, self.style, light=True))
            left += width + _GAP_MM
        return tuple(items)


def marked(label: Label, message: str) -> Label:
    """The label with one of these messages, in white on a dark strip where nothing else stands.

    On a label without such a place it covers as little as possible, and never a code.
    """
    best, least = None, _CODE_WEIGHS
    for strip in _strips(label, message):
        covered = _covered(label, strip.area)
        if covered < least:
            best, least = strip, covered
        if not covered:
            break
    return label if best is None else replace(label, items=(*label.items, *best.items()))


def _words(message: str) -> Iterator[Both]:
    """The message in both languages, then shorter and shorter."""
    short = both(SHORTLY[message])
    yield both(message)
    yield Both(both(message).english, short.chinese)
    yield short
    yield Both(short.english, "")


def _strips(label: Label, message: str) -> Iterator[_Strip]:
    """Places from the bottom upwards: the largest letters first, and of these the longest words."""
    wide, high = label.size_mm
    every = tuple(_words(message))
    for points in _POINTS:
        for words in every:
            style, height = Style(points, bold=True), points * POINT_MM * _HEIGHT
            width = _GAP_MM + sum(
                text_width_mm(text, style) + _GAP_MM for text in (words.english, words.chinese) if text
            )
            if width > wide - 2 * _EDGE_MM:
                continue
            for step in range(int((high - height - 2 * _EDGE_MM) / _STEP_MM) + 1):
                top = high - _EDGE_MM - height - step * _STEP_MM
                for left in ((wide - width) / 2, _EDGE_MM, wide - width - _EDGE_MM):
                    yield _Strip(words, style, Area(left, top, width, height))


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
