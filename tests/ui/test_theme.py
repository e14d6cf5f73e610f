import math
import re
from itertools import product

import pytest
from PySide6.QtGui import QColor, QFontInfo
from PySide6.QtWidgets import QApplication

from warehouse_app.ui.theme import DARK, LIGHT, Look, Tokens, font, px, scale_for, style_sheet, use_look

PAIRS = (
    *product(("text", "text2"), ("bg", "surface", "surface2")),
    *product(("text3",), ("surface", "surface2")),
    *product(("text", "text2"), ("primary_bg", "ok_bg", "warn_bg", "error_bg", "border")),
    *((tone, back) for tone in ("ok", "warn", "error", "primary") for back in ("surface", f"{tone}_bg")),
    ("on_primary", "primary"),
    ("on_primary", "primary_hover"),
    ("on_primary", "error"),
    ("nav_text", "nav"),
    ("nav_text_on", "nav_on"),
)


def linear(part: float) -> float:
    return part / 12.92 if part <= 0.04045 else math.pow((part + 0.055) / 1.055, 2.4)


def luminance(code: str) -> float:
    """WCAG 2: relative luminance of an sRGB colour."""
    colour = QColor(code)
    red, green, blue = (linear(part) for part in (colour.redF(), colour.greenF(), colour.blueF()))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=["light", "dark"])
@pytest.mark.parametrize(("fore", "back"), PAIRS)
def test_text_stands_out_from_its_background(tokens: Tokens, fore: str, back: str) -> None:
    assert contrast(getattr(tokens, fore), getattr(tokens, back)) >= 4.5


def test_scale_is_one_at_a_small_screen_and_grows_with_the_window() -> None:
    assert scale_for(1366, 768) == 1.0
    assert scale_for(1366, 700) == pytest.approx(0.925)
    assert scale_for(1024, 640) == 0.9
    assert scale_for(1920, 1080) == pytest.approx(1.325)
    assert scale_for(3840, 1080) == scale_for(1920, 1080)


def test_style_sheet_has_no_token_or_length_left_to_fill() -> None:
    sheet = style_sheet(Look(DARK, 1.5))

    assert "$" not in sheet
    assert re.search(r"\ddp", sheet) is None
    assert DARK.surface in sheet


def test_look_changes_sizes_while_the_program_runs(desktop: QApplication) -> None:
    use_look(desktop, Look(LIGHT, 2.0))

    assert px(34) == 68
    assert desktop.font().pixelSize() == 28


def test_bundled_font_is_used(desktop: QApplication) -> None:
    del desktop

    assert QFontInfo(font(14, 600)).family() == "Inter"
