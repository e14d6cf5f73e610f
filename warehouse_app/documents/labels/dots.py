"""Labels in dots: what a thermal printer of a resolution makes of them, which is also what the preview shows."""

from dataclasses import dataclass
from enum import IntEnum

from PIL import Image

from warehouse_app.documents.codes import LinearCode
from warehouse_app.documents.fonts import POINT_MM, text_width_mm
from warehouse_app.documents.labels.model import (
    Label,
    LabelBox,
    LabelCode,
    LabelFrame,
    LabelItem,
    LabelPicture,
    LabelText,
    Picture,
)
from warehouse_app.documents.labels.pdf import sides
from warehouse_app.documents.labels.pictures import code_picture, image_of, scaled, text_picture
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.language import mark

MOST_DOTS = 40_000_000
"""An A4 page at 600 dpi has 35 million."""


class Resolution(IntEnum):
    """Dots an inch. 203 is exactly 8 dots a millimetre, and 600 exactly 24."""

    DPI_203 = 203
    DPI_300 = 300
    DPI_600 = 600

    @property
    def dots_per_mm(self) -> float:
        """Dots a millimetre."""
        return _DOTS_PER_MM[self.value]

    def dots(self, mm: float) -> int:
        """A length in whole dots."""
        return round(mm * _DOTS_PER_MM[self.value])


_DOTS_PER_MM = {203: 8.0, 300: 300 / 25.4, 600: 24.0}


class LabelTooLarge(WarehouseError, ValueError):
    """A slip of the keyboard, such as 1000 for 100 mm, must not take all memory."""

    message = mark("A label of {width_mm:g} × {height_mm:g} mm has too many dots at {dpi} dpi. Make it smaller.")


@dataclass(frozen=True, slots=True)
class Placed:
    """A picture at its place in dots; `light` is drawn by turning black into white."""

    left: int
    top: int
    picture: Picture
    light: bool = False


def placed_text(item: LabelText, resolution: Resolution) -> Placed:
    """A line of text as dots of the bundled typeface."""
    size = item.style.size * POINT_MM * resolution.dots_per_mm
    begins, above, picture = text_picture(item.text, size, bold=item.style.bold)
    room = resolution.dots(item.area.width) - resolution.dots(text_width_mm(item.text, item.style))
    shift = {"left": 0, "centre": room // 2, "right": room}[item.align]
    left = max(0, resolution.dots(item.area.left) + shift + begins)
    return Placed(left, max(0, resolution.dots(item.baseline) - above), picture, item.light)


def placed_code(item: LabelCode, resolution: Resolution) -> Placed:
    """A code in whole dots a module in the middle of its area. Raises CodeTooWide."""
    module = item.module_dots(resolution.dots_per_mm)
    height = resolution.dots(item.area.height)
    picture = code_picture(item.code, module, height)
    left = resolution.dots(item.area.left) + (resolution.dots(item.area.width) - picture.width) // 2
    top = resolution.dots(item.area.top)
    if not isinstance(item.code, LinearCode):
        top += (height - picture.height) // 2
    return Placed(max(0, left), max(0, top), picture)


def placed_picture(item: LabelPicture, resolution: Resolution) -> Placed:
    """A picture as large as its area allows."""
    room = resolution.dots(item.area.width), resolution.dots(item.area.height)
    return Placed(resolution.dots(item.area.left), resolution.dots(item.area.top), scaled(item.picture, *room))


def box_dots(item: LabelBox, resolution: Resolution) -> tuple[int, int, int, int]:
    """Left, top, width and height of a filled box; it is never thinner than a dot."""
    area = item.area
    left, top = resolution.dots(area.left), resolution.dots(area.top)
    return left, top, max(1, resolution.dots(area.width)), max(1, resolution.dots(area.height))


def label_as_image(label: Label, resolution: Resolution = Resolution.DPI_203) -> Image.Image:
    """The label as it leaves the printer, black on white. Raises CodeTooWide, LabelTooLarge."""
    width, height = (resolution.dots(side) for side in label.size_mm)
    if width * height > MOST_DOTS:
        raise LabelTooLarge(width_mm=label.size_mm[0], height_mm=label.size_mm[1], dpi=resolution.value)
    paper = Image.new("1", (width, height), 1)
    for item in label.items:
        _stamp(paper, item, resolution)
    return paper


def _stamp(paper: Image.Image, item: LabelItem, resolution: Resolution) -> None:
    if isinstance(item, LabelBox | LabelFrame):
        boxes = [item] if isinstance(item, LabelBox) else [LabelBox(side) for side in sides(item)]
        for left, top, width, height in (box_dots(box, resolution) for box in boxes):
            paper.paste(0, (left, top, left + width, top + height))
        return
    if isinstance(item, LabelText) and not item.text:
        return
    placed = placed_item(item, resolution)
    mask = image_of(placed.picture).point(lambda shade: 0 if shade else 1, "1")
    paper.paste(1 if placed.light else 0, (placed.left, placed.top), mask)


def placed_item(item: LabelText | LabelCode | LabelPicture, resolution: Resolution) -> Placed:
    """Whatever has dots of its own, at its place. Raises CodeTooWide."""
    if isinstance(item, LabelText):
        return placed_text(item, resolution)
    return placed_code(item, resolution) if isinstance(item, LabelCode) else placed_picture(item, resolution)
