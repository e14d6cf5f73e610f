"""The bundled typefaces: their weights, their widths, and how text is broken or made smaller to fit.

One family carries Latin and the whole of common and rare Chinese, so a line hardly ever changes its typeface. Letters
that it lacks, such as those of Polish, Turkish and Greek names, come from the interface's own family.
"""

import re
import unicodedata
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from itertools import groupby
from pathlib import Path

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from warehouse_app.resources import resource_path

POINT_MM = 25.4 / 72
LINE_HEIGHT = 1.28
BASELINE = 1.0
INK = "#111B2B"
_REGULAR = "NotoSansSC-Regular"
_BOLD = "NotoSansSC-Bold"
_OTHER_LETTERS = {_REGULAR: "Inter-Regular", _BOLD: "Inter-Bold"}
_NOT_PRINTABLE = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\ufeff\ufffe\uffff\ud800-\udfff]+")
# Words break after a hyphen or slash that a letter follows, so that dates and numbers stay whole. Chinese breaks after
# every character that no closing punctuation follows.
_HAN = r"\u2e80-\u9fff\uac00-\ud7af\uf900-\uffef\U00020000-\U0003ffff"
_UNIT = re.compile(
    rf"[{_HAN}][\u3001\u3002\uff0c\uff1b\uff1a\uff01\uff1f\uff09\u300b\u300d]*"
    rf"|\s+|[^\s{_HAN}]+?(?:[-/](?=[^\W\d])|(?=[\s{_HAN}]|$))"
)
ELLIPSIS = "\u2026"


@dataclass(frozen=True, slots=True)
class Style:
    """How text looks; the size is in points."""

    size: float = 9
    bold: bool = False
    colour: str = INK


def font_path(name: str) -> Path:
    """The file of a typeface by its name."""
    return resource_path(f"fonts/{name}.ttf")


def font_name(*, bold: bool) -> str:
    """The name under which a weight of the first family is known to ReportLab, which reads the file once."""
    return _registered(_BOLD if bold else _REGULAR)


@lru_cache(maxsize=16384)
def in_typefaces(text: str, *, bold: bool) -> tuple[tuple[str, str], ...]:
    """The text in pieces, each with the name of the typeface that has its letters."""
    name = font_name(bold=bold)
    if text.isascii() or _letters(name).issuperset(map(ord, text)):
        return ((name, text),)
    other = _registered(_OTHER_LETTERS[name])
    known, more = _letters(name), _letters(other)
    chosen = (other if ord(letter) not in known and ord(letter) in more else name for letter in text)
    parts = groupby(zip(chosen, text, strict=True), key=lambda pair: pair[0])
    return tuple((typeface, "".join(letter for _, letter in pairs)) for typeface, pairs in parts)


def without_letters(text: str) -> str:
    """What no bundled typeface has letters for; on paper it is an empty box each."""
    if text.isascii():
        return ""
    return "".join(letter for letter in text if not _drawn(ord(letter)))


def clean(text: str) -> str:
    """The text without what no font can draw: control characters, half characters and little pictures.

    A letter whose accent no typeface has loses the accent.
    """
    printable = _NOT_PRINTABLE.sub(" ", text).strip()
    return printable if printable.isascii() else printable.translate(_REPLACED).strip()


@lru_cache(maxsize=16384)
def text_width_mm(text: str, style: Style) -> float:
    """The width of one line."""
    pieces = in_typefaces(text, bold=style.bold)
    return sum(float(pdfmetrics.stringWidth(piece, name, style.size)) for name, piece in pieces) * POINT_MM


@lru_cache(maxsize=8192)
def wrapped(text: str, style: Style, width_mm: float) -> tuple[str, ...]:
    """The text in lines no wider than this; words that are wider still are broken anywhere."""
    lines: list[str] = []
    line, room = "", width_mm
    for unit in (piece for found in _UNIT.findall(clean(text)) for piece in _pieces(found, style, width_mm)):
        unit_width = text_width_mm(unit, style)
        if line and text_width_mm(unit.rstrip(), style) > room:
            lines.append(line.rstrip())
            line, room = "", width_mm
        if line or not unit.isspace():
            line += unit
            room -= unit_width
    return (*lines, line.rstrip()) if line.strip() else tuple(lines)


def shrunk(text: str, style: Style, width_mm: float, smallest: float) -> Style:
    """The style made smaller until the text fits one line, but never smaller than `smallest` points."""
    width = text_width_mm(text, style)
    if width <= width_mm:
        return style
    return replace(style, size=max(smallest, int(style.size * width_mm / width * 10) / 10))


def cut(lines: tuple[str, ...], most: int) -> tuple[str, ...]:
    """The first lines; dots say that there was more."""
    return lines if len(lines) <= most else (*lines[: most - 1], f"{lines[most - 1][:-1]}{ELLIPSIS}")


class _Replaced(dict[int, str]):
    """What is written for a character, found out when it is first met."""

    def __missing__(self, code: int) -> str:
        letter = chr(code)
        if not _drawn(code):
            plain = unicodedata.normalize("NFKD", letter)[0]
            if plain != letter and _drawn(ord(plain)):
                letter = plain
            elif unicodedata.category(letter) not in _WRITING:
                letter = ""
        self[code] = letter
        return letter


_REPLACED = _Replaced()
_WRITING = frozenset({"Lu", "Ll", "Lt", "Lm", "Lo", "Nd", "Nl", "No", "Pd", "Ps", "Pe", "Po", "Sc", "Sm"})
"""What is missed when it is left out: letters, numbers, punctuation and signs, but no pictures and no joiners."""


def _drawn(code: int) -> bool:
    return code in _letters(font_name(bold=False)) or code in _letters(_registered(_OTHER_LETTERS[_REGULAR]))


@cache
def _letters(name: str) -> frozenset[int]:
    return frozenset(pdfmetrics.getFont(name).face.charToGlyph)


@cache
def _registered(name: str) -> str:
    pdfmetrics.registerFont(TTFont(name, font_path(name)))
    return name


def _pieces(unit: str, style: Style, width_mm: float) -> list[str]:
    if text_width_mm(unit, style) <= width_mm or unit.isspace():
        return [unit]
    pieces = [""]
    for character in unit:
        if pieces[-1] and text_width_mm(pieces[-1] + character, style) > width_mm:
            pieces.append("")
        pieces[-1] += character
    return pieces
