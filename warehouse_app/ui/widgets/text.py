"""Labels whose size, weight and colour come from the style sheet by their role, and never cut a text off silently."""

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QFontMetrics, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from warehouse_app.ui.icons import painting
from warehouse_app.ui.theme import Tone, colour, font, px
from warehouse_app.ui.widgets.styled import Styled

SMALLEST_FIT = 0.62
SMALLEST_SIZE = 12


class Label(QLabel):
    """A text of a role: h1, title, name, body, body-strong, secondary, caption, clock, status (see desktop.qss)."""

    def __init__(self, role: str, text: str = "", *, wrap: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setProperty("role", role)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wrap)


class FitLabel(Styled):
    """A text that shrinks and wraps to fit its width, and only then ends in … with the whole text as its tip.

    Headings shrink first and then take a second line; explanations (`wrap_first`) take the second line first.
    Its height follows its lines, unless `keep_height` reserves two.
    """

    def __init__(
        self,
        size: float,
        weight: int,
        *,
        token: str = "text",
        align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
        **habits: bool,
    ) -> None:
        super().__init__()
        self._size, self._weight, self._token, self._align = size, weight, token, align
        self._wrap_first = habits.get("wrap_first", False)
        self._one_line = habits.get("one_line", False)
        self._keep_height = habits.get("keep_height", False)
        self._text = ""
        self._shown: tuple[str, ...] = ("",)
        self._font = font(size, weight)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.restyle()

    def restyle(self) -> None:
        self._fit()

    def text(self) -> str:
        return self._text

    def set_text(self, text: str, *, token: str = "") -> None:
        """Show the text; `token` changes its colour."""
        self._token = token or self._token
        if text != self._text:
            self._text = text
            self.setAccessibleName(text)
            self.updateGeometry()
        self._fit()

    def sizeHint(self) -> QSize:
        return QSize(QFontMetrics(font(self._size, self._weight)).horizontalAdvance(self._text) + 2, self.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(px(60), self.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        with painting(self) as painter:
            painter.setPen(colour(self._token))
            painter.setFont(self._font)
            metrics = QFontMetrics(self._font)
            top = 0 if self._keep_height else (self.height() - metrics.lineSpacing() * len(self._shown)) // 2
            # Line by line: in a text with Chinese, Qt's own lines are as high as the higher of both typefaces.
            for place, line in enumerate(self._shown):
                baseline = top + place * metrics.lineSpacing() + metrics.ascent()
                painter.drawText(self._left_of(line, metrics), baseline, line)

    def _left_of(self, line: str, metrics: QFontMetrics) -> int:
        spare = max(0, self.width() - metrics.horizontalAdvance(line))
        if self._align & Qt.AlignmentFlag.AlignRight:
            return spare
        return spare // 2 if self._align & Qt.AlignmentFlag.AlignHCenter else 0

    def _fit(self) -> None:
        """Choose font and lines for the width at hand, and take the height they need."""
        for share, most in self._attempts():
            self._font = font(self._size * share, self._weight)
            self._shown = _wrapped(self._text, QFontMetrics(self._font), self.width())
            if len(self._shown) <= most:
                self.setToolTip("")
                break
        else:
            metrics, end = QFontMetrics(self._font), Qt.TextElideMode.ElideRight
            kept, rest = self._shown[: most - 1], " ".join(self._shown[most - 1 :])
            self._shown = (*kept, metrics.elidedText(rest, end, self.width()))
            self.setToolTip(self._text)
        line_height = QFontMetrics(self._font).lineSpacing()
        self.setFixedHeight(line_height * (2 if self._keep_height else len(self._shown)))
        self.update()

    def _attempts(self) -> list[tuple[float, int]]:
        """Shares of the full size with the number of lines allowed at each, best first; never below 12 pixels."""
        single = [(share, 1) for share in (1.0, 0.92, 0.84, 0.76)]
        double = (
            []
            if self._one_line
            else [(share, 2) for share in ((1.0, 0.9) if self._wrap_first else (0.7, SMALLEST_FIT))]
        )
        attempts = [single[0], *double] if self._wrap_first else [*single, *double]
        return [attempt for attempt in attempts if self._size * attempt[0] >= SMALLEST_SIZE]


def _wrapped(text: str, metrics: QFontMetrics, width: int) -> tuple[str, ...]:
    """The text in lines that fit, broken at spaces, or between characters as Chinese is."""
    lines, rest = [], text
    while metrics.horizontalAdvance(rest) > width > 0:
        end = len(rest)
        while end > 1 and metrics.horizontalAdvance(rest[:end]) > width:
            end -= 1
        space = rest.rfind(" ", 0, end + 1)
        end = space if space > 0 else end
        lines.append(rest[:end].rstrip())
        rest = rest[end:].lstrip()
    return (*lines, rest)


def tone_token(tone: Tone, *, on_fill: bool = False) -> str:
    """The token of a text of this tone; plain text is `text`."""
    if on_fill:
        return "on_primary"
    return "text" if tone in {Tone.NEUTRAL, Tone.PRIMARY} else ("error" if tone is Tone.STOP else tone.value)
