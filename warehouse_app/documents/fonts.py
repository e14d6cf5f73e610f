"""The bundled typeface: its weights, its widths, and how text is broken or made smaller to fit.

One family carries Latin and the whole of common and rare Chinese, so a line never changes its typeface.
"""

import re
from dataclasses import dataclass, replace
from functools import cache, lru_cache
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


def font_path(*, bold: bool) -> Path:
    """The file of one weight."""
    return resource_path(f"fonts/{_BOLD if bold else _REGULAR}.ttf")


@cache
def font_name(*, bold: bool) -> str:
    """The name under which a weight is known to ReportLab, which reads the file once."""
    name = _BOLD if bold else _REGULAR
    pdfmetrics.registerFont(TTFont(name, font_path(bold=bold)))
    return name


def clean(text: str) -> str:
    """The text without control characters and half characters, which no font can draw."""
    return _NOT_PRINTABLE.sub(" ", text).strip()


@lru_cache(maxsize=16384)
def text_width_mm(text: str, style: Style) -> float:
    """The width of one line."""
    return float(pdfmetrics.stringWidth(text, font_name(bold=style.bold), style.size)) * POINT_MM


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


def _pieces(unit: str, style: Style, width_mm: float) -> list[str]:
    if text_width_mm(unit, style) <= width_mm or unit.isspace():
        return [unit]
    pieces = [""]
    for character in unit:
        if pieces[-1] and text_width_mm(pieces[-1] + character, style) > width_mm:
            pieces.append("")
        pieces[-1] += character
    return pieces
