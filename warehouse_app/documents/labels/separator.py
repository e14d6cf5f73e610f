"""The slip between two batches of labels: whoever takes them from the printer sees where the next one begins."""

from warehouse_app.documents.fonts import Style
from warehouse_app.documents.labels.model import Label, LabelBox
from warehouse_app.documents.labels.placing import line_of_text
from warehouse_app.documents.pen import Area
from warehouse_app.documents.words import both
from warehouse_app.language import mark

_EDGE = 0.04
_BAR = 0.12


def separator_label(size_mm: tuple[float, float], title: str, labels: int, asked_at: str) -> Label:
    """A slip on the stock that is loaded, with a bar above and below; `asked_at` is a time for people."""
    wide, high = size_mm
    left, width = wide * _EDGE, wide * (1 - 2 * _EDGE)
    bar, row = high * _BAR, high * (1 - 2 * _BAR - 2 * _EDGE) / 3
    top = high * _EDGE + bar
    count = both(mark("{number} labels follow"), number=labels).inline()
    lines = ((title, 22.0, True), (count, 16.0, False), (asked_at, 12.0, False))
    texts = (
        line_of_text(Area(left, top + row * place, width, row), text, Style(min(size, row * 2), bold), "centre")
        for place, (text, size, bold) in enumerate(lines)
    )
    bars = (LabelBox(Area(left, edge, width, bar)) for edge in (high * _EDGE, high * (1 - _EDGE) - bar))
    return Label(title, size_mm, (*bars, *texts))
