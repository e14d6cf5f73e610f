"""A label to set a printer by: a ruler along two edges, a frame at the edge, and bars of one to six dots."""

from warehouse_app.documents.fonts import Style
from warehouse_app.documents.labels.dots import Resolution
from warehouse_app.documents.labels.model import Label, LabelBox, LabelFrame, LabelItem
from warehouse_app.documents.labels.placing import line_of_text
from warehouse_app.documents.pen import Area
from warehouse_app.documents.words import both
from warehouse_app.language import mark

_TICK_MM = {1: 1.5, 5: 3.0, 10: 4.5}
_BARS = 6


def calibration_label(size_mm: tuple[float, float], resolution: Resolution) -> Label:
    """The label for this size of stock. The rulers begin at the upper left corner; a tick is a millimetre."""
    width, height = size_mm
    dot_mm = 1 / resolution.dots_per_mm
    items: list[LabelItem] = [LabelFrame(Area(0, 0, width, height), 2 * dot_mm)]
    items += [LabelBox(Area(at - dot_mm / 2, 0, dot_mm, _tick(at))) for at in range(1, int(width))]
    items += [LabelBox(Area(0, at - dot_mm / 2, _tick(at), dot_mm)) for at in range(1, int(height))]
    number = Style(6.5)
    items += [line_of_text(Area(at - 4, 4.6, 8, 2.8), str(at), number, "centre") for at in _tens(width)]
    items += [line_of_text(Area(4.8, at - 1.4, 6, 2.8), str(at), number) for at in _tens(height)]
    return Label("Calibration", size_mm, (*items, *_words(size_mm, resolution), *_bars(size_mm, dot_mm)))


def _tens(length: float) -> range:
    """Every centimetre that has room for its number."""
    return range(10, int(length) - 3, 10)


def _tick(at: int) -> float:
    return next(length for every, length in sorted(_TICK_MM.items(), reverse=True) if at % every == 0)


def _title(size_mm: tuple[float, float], resolution: Resolution) -> str:
    return f"{size_mm[0]:g} × {size_mm[1]:g} mm, {resolution.value} dpi"


def _words(size_mm: tuple[float, float], resolution: Resolution) -> list[LabelItem]:
    width, height = size_mm
    told = both(mark("All four edges and both rulers must be whole."))
    room = width - 14
    top = height * 0.3
    return [
        line_of_text(
            Area(11, top, room, 6), f"{width:g} × {height:g} mm, {resolution.value} dpi", Style(14, bold=True)
        ),
        line_of_text(Area(11, top + 6.5, room, 4), told.english, Style(9)),
        line_of_text(Area(11, top + 10.5, room, 4), told.chinese, Style(9)),
    ]


def _bars(size_mm: tuple[float, float], dot_mm: float) -> list[LabelItem]:
    """Groups of bars and gaps of one dot, two dots and so on: where gaps close, the head is too hot."""
    width, height = size_mm
    left, top, high = 11.0, height * 0.3 + 16.5, min(8.0, height * 0.15)
    items: list[LabelItem] = []
    for dots in range(1, _BARS + 1):
        wide = dots * dot_mm
        if left + 9 * wide > width - 3:
            break
        items += [LabelBox(Area(left + 2 * bar * wide, top, wide, high)) for bar in range(5)]
        items.append(line_of_text(Area(left - 1, top + high + 0.3, 9 * wide + 2, 2.8), str(dots), Style(6), "centre"))
        left += 9 * wide + 4
    return items
