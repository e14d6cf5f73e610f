"""Labels as ZPL II for thermal printers.

Every field is written in hexadecimal where a printer could take it for a command, so no name or address can inject
one. Printers have no Chinese typeface: what is not plain Latin is drawn from the bundled one and sent as a bitmap.
Codes are sent as the very dots that were checked, not as data of which each make of printer draws its own bars; only
those of digits alone, such as an SSCC, are left to the printer, which draws them faster and in one way.
"""

import re
from functools import cache, lru_cache
from itertools import groupby

from warehouse_app.documents.fonts import POINT_MM
from warehouse_app.documents.labels.dots import Placed, Resolution, box_dots, placed_item
from warehouse_app.documents.labels.model import Label, LabelBox, LabelCode, LabelFrame, LabelItem, LabelText, Picture
from warehouse_app.documents.labels.pdf import sides
from warehouse_app.documents.labels.symbols import Symbol
from warehouse_app.documents.pen import Align

_JUSTIFIED: dict[Align, str] = {"left": "L", "centre": "C", "right": "R"}
_LITERAL = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 ")
# A backslash begins an escape inside a field block, and sizes the printer's own typeface does not draw alike.
_NATIVE = frozenset(chr(code) for code in (*range(0x20, 0x7F), *range(0xA1, 0x100)) if chr(code) != "\\")
_TWENTIES = "ghijklmnopqrstuvwxyz"
_ONES = "GHIJKLMNOPQRSTUVWXY"
_MOST_REPEATED = 419
# Only paper and full black come in long runs; what is shorter than three digits gains nothing.
_LONG_RUN = re.compile("0{3,}|F{3,}")


def label_as_zpl(label: Label, resolution: Resolution = Resolution.DPI_203) -> bytes:
    """One label: from ^XA to ^XZ, ASCII. Raises CodeTooWide."""
    width, height = (resolution.dots(side) for side in label.size_mm)
    head = f"^XA^CI28^PW{width}^LL{height}^LH0,0"
    fields = "\n".join(_field(item, resolution) for item in label.items)
    return f"{head}\n{fields}\n^PQ1^XZ\n".encode("ascii")


def _field(item: LabelItem, resolution: Resolution) -> str:
    if isinstance(item, LabelBox):
        return _box(item, resolution)
    if isinstance(item, LabelFrame):
        return "\n".join(_box(LabelBox(side), resolution) for side in sides(item))
    if isinstance(item, LabelText):
        if not item.text:
            return ""
        if _NATIVE.issuperset(item.text):
            return _text(item, resolution)
    if isinstance(item, LabelCode) and _is_digits(item):
        return _digits(item, resolution)
    return _graphic(placed_item(item, resolution))


def _is_digits(item: LabelCode) -> bool:
    return item.symbol is Symbol.GS1_128 and item.reads.isdigit() and len(item.reads) % 2 == 0


def _digits(item: LabelCode, resolution: Resolution) -> str:
    """Mode N with the subset written out: start in C, then FNC1, then an even number of digits, as C needs."""
    module = item.module_dots(resolution.dots_per_mm)
    spare = resolution.dots(item.area.width) - module * item.code.modules
    left, top = resolution.dots(item.area.left) + spare // 2, resolution.dots(item.area.top)
    return f"^FO{left},{top}^BY{module}^BCN,{resolution.dots(item.area.height)},N,N,N,N^FD>;>8{item.reads}^FS"


def _box(item: LabelBox, resolution: Resolution) -> str:
    left, top, width, height = box_dots(item, resolution)
    return f"^FO{left},{top}^GB{width},{height},{min(width, height)}^FS"


def _text(item: LabelText, resolution: Resolution) -> str:
    reverse = "^FR" if item.light else ""
    left, baseline = resolution.dots(item.area.left), resolution.dots(item.baseline)
    size = resolution.dots(item.style.size * POINT_MM)
    block = ""
    if item.align != "left":
        block = f"^FB{resolution.dots(item.area.width)},1,0,{_JUSTIFIED[item.align]}"
    return f"^FT{left},{baseline}^A0N,{size},{size}{block}{reverse}^FH_^FD{_hexadecimal(item.text)}^FS"


def _hexadecimal(text: str) -> str:
    return "".join(chr(byte) if byte in _LITERAL else f"_{byte:02X}" for byte in text.encode())


def _graphic(placed: Placed) -> str:
    picture = placed.picture
    reverse = "^FR" if placed.light else ""
    size = len(picture.rows)
    return f"^FO{placed.left},{placed.top}{reverse}^GFA,{size},{size},{picture.row_bytes},{_packed(picture)}^FS"


@lru_cache(maxsize=512)
def _packed(picture: Picture) -> str:
    """Rows in the printer's own shorthand: a colon repeats the row before, a letter repeats a digit."""
    digits = picture.rows.hex("/", -picture.row_bytes).upper()
    rows = _LONG_RUN.sub(_shorter, digits).split("/")
    return "".join(row + ":" * (sum(1 for _ in alike) - 1) for row, alike in groupby(rows))


def _shorter(run: re.Match[str]) -> str:
    return _repeated(run[0][0], len(run[0]))


@cache
def _repeated(digit: str, times: int) -> str:
    """A digit so many times: g to z stand for twenties, G to Y for ones."""
    parts = []
    while times:
        some = min(times, _MOST_REPEATED)
        twenties, ones = divmod(some, 20)
        count = (_TWENTIES[twenties - 1] if twenties else "") + (_ONES[ones - 1] if ones else "")
        parts.append(digit if some == 1 else count + digit)
        times -= some
    return "".join(parts)
