"""Labels as PDF, one a page."""

from collections.abc import Sequence
from dataclasses import replace

from warehouse_app.documents.codes import LinearCode
from warehouse_app.documents.fonts import Style
from warehouse_app.documents.labels.model import Label, LabelBox, LabelCode, LabelFrame, LabelPicture, LabelText
from warehouse_app.documents.labels.pictures import dark_runs
from warehouse_app.documents.pen import CODE_INK, WHITE, Area, Pen


def labels_as_pdf(labels: Sequence[Label]) -> bytes:
    """Labels print in pure black and white: a thermal head knows no grey. All are of the first one's size."""
    pen = Pen(labels[0].title, labels[0].size_mm)
    for label in labels:
        for item in label.items:
            _draw(pen, item)
        pen.end_page()
    return pen.finish()


def _draw(pen: Pen, item: object) -> None:
    match item:
        case LabelText():
            style = Style(item.style.size, item.style.bold, WHITE if item.light else CODE_INK)
            pen.text(item.area, item.baseline, item.text, style, item.align)
        case LabelBox():
            pen.box(item.area, fill=CODE_INK)
        case LabelFrame():
            for side in sides(item):
                pen.box(side, fill=CODE_INK)
        case LabelCode():
            _draw_code(pen, item)
        case LabelPicture():
            _draw_picture(pen, item)


def sides(frame: LabelFrame) -> tuple[Area, ...]:
    """The four sides of a frame as thin boxes."""
    area, line = frame.area, frame.line_mm
    return (
        replace(area, height=line),
        replace(area, top=area.bottom - line, height=line),
        replace(area, width=line),
        replace(area, left=area.right - line, width=line),
    )


def _draw_code(pen: Pen, item: LabelCode) -> None:
    module_mm = item.module_mm()
    wide = item.code.modules_with_quiet_zones * module_mm
    middle = replace(item.area, left=item.area.left + (item.area.width - wide) / 2, width=wide)
    if isinstance(item.code, LinearCode):
        pen.bars(item.code, module_mm, middle)
    else:
        pen.squares(item.code, module_mm, replace(middle, top=item.area.top + (item.area.height - wide) / 2))


def _draw_picture(pen: Pen, item: LabelPicture) -> None:
    picture = item.picture
    dot_mm = min(item.area.width / picture.width, item.area.height / picture.height)
    pen.dots(dark_runs(picture), picture.height, dot_mm, item.area)
