"""The look of the desktop: colour tokens, fonts, sizes, and the one style sheet made from them.

The look is process-wide, as Qt's palette and style sheet are. `use_look` swaps it while the program runs: Qt then
sends every widget a StyleChange, on which widgets measure themselves again (see widgets/styled.py).
"""

import re
from dataclasses import asdict, dataclass, replace
from enum import StrEnum

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication

from warehouse_app.resources import resource_path

FONT_FAMILIES = ["Inter", "Noto Sans SC"]
MONO_FAMILY = "JetBrains Mono"
THEMES = ("light", "dark", "system")
SMALLEST_WIDTH, SMALLEST_HEIGHT = 1366, 768
SMALLEST_SCALE = 0.9
SCALE_STEP = 0.025


class Tone(StrEnum):
    """What a colour says; never said by colour alone, a shape and a word go with it."""

    NEUTRAL = "neutral"
    PRIMARY = "primary"
    OK = "ok"
    WARN = "warn"
    ERROR = "error"
    STOP = "stop"


@dataclass(frozen=True, slots=True)
class Tokens:
    """The colours of one theme. Texts on their backgrounds have a contrast of at least 4.5 (WCAG 2, tested).

    `text3` is for surfaces only, not for `bg`.
    """

    bg: str
    surface: str
    surface2: str
    border: str
    border_strong: str
    text: str
    text2: str
    text3: str
    primary: str
    primary_bg: str
    on_primary: str
    ok: str
    ok_bg: str
    ok_border: str
    warn: str
    warn_bg: str
    warn_border: str
    error: str
    error_bg: str
    error_border: str
    nav: str
    nav_on: str
    nav_text: str
    nav_text_on: str
    primary_hover: str


LIGHT = Tokens(
    bg="#F3F5F8",
    surface="#FFFFFF",
    surface2="#F8FAFC",
    border="#DDE3EA",
    border_strong="#C6CFDA",
    text="#111B2B",
    text2="#506176",
    text3="#62728A",
    primary="#0B63CE",
    primary_bg="#E8F1FD",
    on_primary="#FFFFFF",
    ok="#00795C",
    ok_bg="#E1F4EE",
    ok_border="#8FD3BF",
    warn="#9A5B00",
    warn_bg="#FFF3DC",
    warn_border="#F0C36D",
    error="#B3400A",
    error_bg="#FDEBE2",
    error_border="#EFA987",
    nav="#0F1E33",
    nav_on="#1C3557",
    nav_text="#B4C2D6",
    nav_text_on="#FFFFFF",
    primary_hover="#0A56B3",
)
DARK = Tokens(
    bg="#0E1520",
    surface="#161F2D",
    surface2="#1B2636",
    border="#29374B",
    border_strong="#3A4B63",
    text="#EDF2F8",
    text2="#A7B5C8",
    text3="#8A9AB0",
    primary="#4C9BFF",
    primary_bg="#15294A",
    on_primary="#06101F",
    ok="#3CCBA3",
    ok_bg="#0F2F2A",
    ok_border="#1F6B58",
    warn="#FFC04D",
    warn_bg="#352711",
    warn_border="#7A5A1C",
    error="#FF8A5C",
    error_bg="#3A1D12",
    error_border="#8A4426",
    nav="#0A1019",
    nav_on="#1D3152",
    nav_text="#B4C2D6",
    nav_text_on="#FFFFFF",
    primary_hover="#6FB0FF",
)


@dataclass(frozen=True, slots=True)
class ToneColours:
    """The colours that one tone paints with."""

    fore: QColor
    back: QColor
    border: QColor


@dataclass(frozen=True, slots=True)
class Look:
    """Colours and the scale: 1.0 is a window of 1366 x 768, 1.33 one of 1920 x 1080."""

    tokens: Tokens = LIGHT
    scale: float = 1.0


class _Look:
    """The one look of this process, as Qt has one palette."""

    now = Look()


def look() -> Look:
    """The look in use."""
    return _Look.now


def tokens() -> Tokens:
    """The colours in use."""
    return _Look.now.tokens


def is_dark() -> bool:
    """Whether the dark theme is shown."""
    return _Look.now.tokens is DARK


def px(size: float) -> int:
    """A length designed for a window of 1366 x 768, in the pixels of the window in use."""
    return round(size * _Look.now.scale)


def colour(name: str) -> QColor:
    """The colour of a token, by its name in `Tokens`."""
    return QColor(getattr(_Look.now.tokens, name))


def tone_colours(tone: Tone) -> ToneColours:
    """The colours of a tone. STOP is filled: its text is meant to be drawn in `on_primary`."""
    if tone is Tone.NEUTRAL:
        return ToneColours(colour("text2"), colour("surface2"), colour("border"))
    if tone is Tone.PRIMARY:
        return ToneColours(colour("primary"), colour("primary_bg"), colour("primary"))
    if tone is Tone.STOP:
        return ToneColours(colour("on_primary"), colour("error"), colour("error"))
    return ToneColours(colour(tone.value), colour(f"{tone.value}_bg"), colour(f"{tone.value}_border"))


def font(size: float, weight: int = 400) -> QFont:
    """The interface's font for painting: `size` in pixels of a 1366 x 768 window."""
    made = QFont(FONT_FAMILIES)
    made.setPixelSize(max(1, px(size)))
    made.setWeight(QFont.Weight(weight))
    made.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
    return made


def figures(size: float, weight: int = 400) -> QFont:
    """The font for numbers that change: every figure has one width. Not for words: Inter widens their hyphens too."""
    made = font(size, weight)
    made.setFeature(QFont.Tag("tnum"), 1)
    return made


def mono(size: float) -> QFont:
    """The font in which text of files and their names are shown: what is typed is what is seen.

    Inter would draw the x of 100x150 as a sign of multiplication, and other letters as arrows.
    """
    made = font(size)
    made.setFamilies([MONO_FAMILY, *FONT_FAMILIES])
    made.setFeature(QFont.Tag("calt"), 0)
    return made


def scale_for(width: int, height: int) -> float:
    """The scale for a window of this size, in steps so that a drag does not restyle at each pixel.

    Below the smallest size it shrinks a little: a task bar on a screen of 768 lines must not cut texts off.
    """
    fit = min(width / SMALLEST_WIDTH, height / SMALLEST_HEIGHT)
    return max(SMALLEST_SCALE, round((1 + 0.82 * (fit - 1)) / SCALE_STEP) * SCALE_STEP)


def load_fonts() -> None:
    """Make the bundled fonts known to Qt. Needs a QGuiApplication."""
    known = set(QFontDatabase.families())
    if known.issuperset(FONT_FAMILIES):
        return
    for path in sorted(resource_path("fonts").glob("*.ttf")):
        QFontDatabase.addApplicationFont(str(path))


def tokens_for(theme: str) -> Tokens:
    """The colours for `light`, `dark`, or `system`: what the desktop has been set to."""
    if theme == "system":
        dark = QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark
        return DARK if dark else LIGHT
    return DARK if theme == "dark" else LIGHT


def use_theme(app: QApplication, theme: str) -> None:
    """Show one of THEMES at the scale in use."""
    use_look(app, replace(_Look.now, tokens=tokens_for(theme)))


def use_scale(app: QApplication, scale: float) -> None:
    """Show the theme in use at another scale."""
    if scale != _Look.now.scale:
        use_look(app, replace(_Look.now, scale=scale))


def use_look(app: QApplication, new: Look) -> None:
    """Swap palette, font and style sheet of the running program."""
    _Look.now = new
    load_fonts()
    if app.style().name() != "fusion":
        app.setStyle("Fusion")
    app.setPalette(_palette(new.tokens))
    app.setFont(font(14))
    app.setStyleSheet(style_sheet(new))


def style_sheet(new: Look) -> str:
    """The template with each `$token` replaced by its colour and each `12dp` by that many scaled pixels."""
    template = resource_path("style/desktop.qss").read_text(encoding="utf-8")
    names = asdict(new.tokens) | {"style_folder": resource_path("style").as_posix()}
    filled = re.sub(r"\$(\w+)", lambda found: str(names[found[1]]), template)
    return re.sub(r"\b(\d+)dp\b", lambda found: f"{round(int(found[1]) * new.scale)}px", filled)


def _palette(new: Tokens) -> QPalette:
    role = QPalette.ColorRole
    palette = QPalette()
    for which, value in (
        (role.Window, new.bg),
        (role.Base, new.surface),
        (role.AlternateBase, new.surface2),
        (role.Button, new.surface),
        (role.ToolTipBase, new.text),
        (role.ToolTipText, new.surface),
        (role.WindowText, new.text),
        (role.Text, new.text),
        (role.ButtonText, new.text),
        (role.PlaceholderText, new.text3),
        (role.Highlight, new.primary),
        (role.HighlightedText, new.on_primary),
        (role.Link, new.primary),
        (role.Accent, new.primary),
    ):
        palette.setColor(which, QColor(value))
    for which in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(new.text3))
    return palette
