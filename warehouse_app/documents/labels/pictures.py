"""Black and white pictures: made of modules, of text and of files, and read again as runs of dark dots."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont

from warehouse_app.documents.codes import LinearCode, SquareCode
from warehouse_app.documents.fonts import font_path
from warehouse_app.documents.labels.model import Picture

MOST_PIXELS = 4_000_000
"""A logo of more than this is no logo; to unpack it could take all memory."""


def picture_of(image: Image.Image) -> Picture:
    """A picture of a black-and-white image in which black is 1."""
    return Picture(image.width, image.height, image.tobytes())


def image_of(picture: Picture) -> Image.Image:
    """The other way round: white paper, black dots."""
    return Image.frombytes("1", (picture.width, picture.height), picture.rows, "raw", "1;I")


def read_picture(path: Path) -> Picture:
    """A picture file as black dots, whatever is darker than half; what is transparent is white.

    Raises OSError for a file that is no picture, ValueError for one that is too large.
    """
    with Image.open(path) as image:
        if image.width * image.height > MOST_PIXELS:
            raise ValueError(path.name)
        paper = Image.new("RGBA", image.size, "white")
        paper.alpha_composite(image.convert("RGBA"))
    dark = paper.convert("L").point(lambda shade: 255 if shade < 128 else 0)  # noqa: PLR2004 - half of 256
    return picture_of(dark.convert("1"))


def scaled(picture: Picture, width: int, height: int) -> Picture:
    """The picture at the size in dots that fits this room, in its own proportions."""
    factor = min(width / picture.width, height / picture.height)
    size = max(1, int(picture.width * factor)), max(1, int(picture.height * factor))
    return _black(image_of(picture).resize(size, Image.Resampling.NEAREST))


def code_picture(code: LinearCode | SquareCode, module_dots: int, height_dots: int) -> Picture:
    """A code in dots, its quiet zone on the left and right, of a square one above and below as well."""
    width = code.modules_with_quiet_zones * module_dots
    if isinstance(code, LinearCode):
        row = Image.new("1", (width, 1))
        pen = ImageDraw.Draw(row)
        for start, modules in code.bars:
            left = (code.quiet + start) * module_dots
            pen.line((left, 0, left + modules * module_dots - 1, 0), fill=1)
        return Picture(width, height_dots, row.tobytes() * height_dots)
    image = Image.new("1", (width, width))
    pen = ImageDraw.Draw(image)
    for column, row_no, modules in code.runs:
        left, top = (code.quiet + column) * module_dots, (code.quiet + row_no) * module_dots
        pen.rectangle((left, top, left + modules * module_dots - 1, top + module_dots - 1), fill=1)
    return picture_of(image)


@lru_cache(maxsize=512)
def text_picture(text: str, size: int, *, bold: bool) -> tuple[int, int, Picture]:
    """Dots right of where the text begins, dots above its baseline, and the text in the bundled typeface."""
    font = _font(size, bold=bold)
    left, top, right, bottom = font.getbbox(text, mode="1", anchor="ls")
    width, height = max(1, int(right - left)), max(1, int(bottom - top))
    image = Image.new("1", (width, height))
    ImageDraw.Draw(image).text((-left, -top), text, fill=1, font=font, anchor="ls")
    return int(left), -int(top), picture_of(image)


def dark_runs(picture: Picture) -> Iterator[tuple[int, int, int]]:
    """Dark dots in a row as (column, row from below, width)."""
    for row in range(picture.height):
        start = row * picture.row_bytes
        bits = f"{int.from_bytes(picture.rows[start : start + picture.row_bytes]):0{picture.row_bytes * 8}b}"
        column = 0
        for bit, group in groupby(bits[: picture.width]):
            width = sum(1 for _ in group)
            if bit == "1":
                yield column, picture.height - 1 - row, width
            column += width


def _black(image: Image.Image) -> Picture:
    """The picture of white paper with black dots."""
    return picture_of(image.point(lambda shade: 0 if shade else 1, "1"))


@lru_cache(maxsize=32)
def _font(size: int, *, bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font_path(bold=bold)), size, layout_engine=ImageFont.Layout.BASIC)
