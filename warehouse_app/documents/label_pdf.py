"""Labels as PDF, one a page."""

from collections.abc import Sequence

from warehouse_app.documents.fonts import Style
from warehouse_app.documents.label import LABEL_MM, Label, LabelBox, LabelText
from warehouse_app.documents.pen import CODE_INK, WHITE, Pen


def labels_as_pdf(labels: Sequence[Label]) -> bytes:
    """Labels print in pure black and white: a thermal head knows no grey."""
    pen = Pen(labels[0].title if labels else "", LABEL_MM)
    for label in labels:
        _draw(pen, label)
        pen.end_page()
    return pen.finish()


def _draw(pen: Pen, label: Label) -> None:
    for item in label.items:
        if isinstance(item, LabelText):
            style = Style(item.style.size, item.style.bold, WHITE if item.light else CODE_INK)
            pen.text(item.area, item.baseline, item.text, style, item.align)
        elif isinstance(item, LabelBox):
            pen.box(item.area, fill=CODE_INK)
        else:
            pen.bars(item.code, item.module_mm, item.bars)
