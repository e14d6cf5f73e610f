"""Black and white pictures: made of modules, of text and of files, and read again as runs of dark dots."""

from collections.abc import Iterator
from functools import lru_cache
from itertools import groupby
from pathlib import Path

from PIL import Image, ImageDraw, ImageFont
from reportlab.pdfbase.pdfmetrics import stringWidth

from warehouse_app.documents.codes import LinearCode, SquareCode
from warehouse_app.documents.fonts import font_path, in_typefaces
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
def text_picture(text: str, size: float, *, bold: bool) -> tuple[int, int, Picture]:
    """Dots right of where the text begins, dots above its baseline, and the text in the bundled typefaces.

    Letters stand as they do in the PDF, each moved by less than a dot: a printer's whole dots would add up to a line
    that is wider than its place.
    """
    placed, at = [], 0.0
    for name, piece in in_typefaces(text, bold=bold):
        for letter in piece:
            left, top, drawn, ems = _letter(letter, round(size), name)
            placed.append((round(at) + left, top, drawn))
            at += ems * size
    left = min((where for where, _, _ in placed), default=0)
    top = min((where for _, where, _ in placed), default=0)
    right = max((where + drawn.width for where, _, drawn in placed), default=1)
    bottom = max((where + drawn.height for _, where, drawn in placed), default=1)
    image = Image.new("1", (max(1, right - left), max(1, bottom - top)))
    for across, down, drawn in placed:
        image.paste(1, (across - left, down - top), drawn)
    return left, -top, picture_of(image)


@lru_cache(maxsize=8192)
def _letter(letter: str, size: int, typeface: str) -> tuple[int, int, Image.Image, float]:
    """Where a letter's dots begin from its place on the baseline, the dots, and its width in ems."""
    font = _font(size, typeface)
    left, top, right, bottom = font.getbbox(letter, mode="1", anchor="ls")
    drawn = Image.new("1", (max(1, int(right - left)), max(1, int(bottom - top))))
    ImageDraw.Draw(drawn).text((-left, -top), letter, fill=1, font=font, anchor="ls")
    return int(left), int(top), drawn, float(stringWidth(letter, typeface, 1))


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


@lru_cache(maxsize=64)
def _font(size: int, typeface: str) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font_path(typeface)), size, layout_engine=ImageFont.Layout.BASIC)
