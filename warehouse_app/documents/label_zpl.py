"""Labels as ZPL II for thermal printers of 203 or 300 dots an inch.

Every field is written in hexadecimal where a printer could take it for a command, so no name or address can inject
one. Printers have no Chinese typeface: what is not plain Latin is drawn from the bundled one and sent as a bitmap.
"""

from enum import IntEnum
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

from warehouse_app.documents.fonts import POINT_MM, font_path, text_width_mm
from warehouse_app.documents.label import LABEL_MM, Label, LabelBox, LabelSSCC, LabelText
from warehouse_app.documents.pen import Align

_JUSTIFIED: dict[Align, str] = {"left": "L", "centre": "C", "right": "R"}
_LITERAL = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ")
# A backslash begins an escape inside a field block, and sizes the printer's own typeface does not draw alike.
_NATIVE = frozenset(chr(code) for code in (*range(0x20, 0x7F), *range(0xA1, 0x100)) if chr(code) != "\\")


class Resolution(IntEnum):
    """Dots an inch. 203 is exactly 8 dots a millimetre."""

    DPI_203 = 203
    DPI_300 = 300

    def dots(self, mm: float) -> int:
        """A length in whole dots."""
        return round(mm * (8 if self is Resolution.DPI_203 else 300 / 25.4))


def label_as_zpl(label: Label, resolution: Resolution = Resolution.DPI_203) -> bytes:
    """One label: from ^XA to ^XZ, UTF-8."""
    width, height = (resolution.dots(side) for side in LABEL_MM)
    head = f"^XA^CI28^PW{width}^LL{height}^LH0,0"
    fields = "\n".join(_field(item, resolution) for item in label.items)
    return f"{head}\n{fields}\n^PQ1^XZ\n".encode("ascii")


def _field(item: LabelText | LabelBox | LabelSSCC, resolution: Resolution) -> str:
    if isinstance(item, LabelText):
        return _text(item, resolution)
    return _box(item, resolution) if isinstance(item, LabelBox) else _sscc(item, resolution)


def _box(item: LabelBox, resolution: Resolution) -> str:
    left, top = resolution.dots(item.area.left), resolution.dots(item.area.top)
    width, height = max(1, resolution.dots(item.area.width)), max(1, resolution.dots(item.area.height))
    return f"^FO{left},{top}^GB{width},{height},{min(width, height)}^FS"


def _sscc(item: LabelSSCC, resolution: Resolution) -> str:
    """Mode N with the subset written out: start in C, then FNC1, then twenty digits, an even count as C needs."""
    module = max(2, resolution.dots(item.module_mm))
    spare = resolution.dots(item.area.width) - module * item.code.modules
    left, top = resolution.dots(item.area.left) + spare // 2, resolution.dots(item.area.top)
    digits = item.code.text.replace("(", "").replace(")", "")
    return f"^FO{left},{top}^BY{module}^BCN,{resolution.dots(item.area.height)},N,N,N,N^FD>;>8{digits}^FS"


def _text(item: LabelText, resolution: Resolution) -> str:
    if not item.text:
        return ""
    reverse = "^FR" if item.light else ""
    if not _NATIVE.issuperset(item.text):
        return _bitmap(item, resolution, reverse)
    left, baseline = resolution.dots(item.area.left), resolution.dots(item.baseline)
    size = resolution.dots(item.style.size * POINT_MM)
    block = ""
    if item.align != "left":
        block = f"^FB{resolution.dots(item.area.width)},1,0,{_JUSTIFIED[item.align]}"
    return f"^FT{left},{baseline}^A0N,{size},{size}{block}{reverse}^FH_^FD{_hexadecimal(item.text)}^FS"


def _hexadecimal(text: str) -> str:
    return "".join(chr(byte) if byte in _LITERAL else f"_{byte:02X}" for byte in text.encode())


def _bitmap(item: LabelText, resolution: Resolution, reverse: str) -> str:
    size = resolution.dots(item.style.size * POINT_MM)
    width, above, rows = _drawn(item.text, size, bold=item.style.bold)
    room = resolution.dots(item.area.width) - resolution.dots(text_width_mm(item.text, item.style))
    shift = {"left": 0, "centre": room // 2, "right": room}[item.align]
    left = max(0, resolution.dots(item.area.left) + shift)
    top = max(0, resolution.dots(item.baseline) - above)
    row_bytes = (width + 7) // 8
    return f"^FO{left},{top}{reverse}^GFA,{len(rows)},{len(rows)},{row_bytes},{rows.hex().upper()}^FS"


@lru_cache(maxsize=512)
def _drawn(text: str, size: int, *, bold: bool) -> tuple[int, int, bytes]:
    """Width, dots above the baseline and rows of a text, a set bit being black."""
    font = _font(size, bold=bold)
    left, top, right, bottom = font.getbbox(text, anchor="ls")
    width, height = max(1, int(right - left)), max(1, int(bottom - top))
    image = Image.new("1", (width, height))
    ImageDraw.Draw(image).text((-left, -top), text, fill=1, font=font, anchor="ls")
    return width, -int(top), image.tobytes()


@lru_cache(maxsize=32)
def _font(size: int, *, bold: bool) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(font_path(bold=bold)), size, layout_engine=ImageFont.Layout.BASIC)
