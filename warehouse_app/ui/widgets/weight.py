"""The scale's weight beside what the carton should weigh by now."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from warehouse_app.ui.icons import painting
from warehouse_app.ui.theme import Tone, colour, figures, font, px
from warehouse_app.ui.widgets.card import Card
from warehouse_app.ui.widgets.chip import Chip
from warehouse_app.ui.widgets.styled import Styled, rounded
from warehouse_app.ui.widgets.text import FitLabel, Label
from warehouse_app.ui.widgets.views import WeightView

TOLERANCES_SHOWN = 3.5


def weight_text(weight_g: int) -> tuple[str, str]:
    """Figure and unit as people read them: grams below a kilogram, kilograms with two decimals above."""
    return (f"{weight_g:,}", "g") if abs(weight_g) < 1000 else (f"{weight_g / 1000:,.2f}", "kg")  # noqa: PLR2004 -- a kilogram


class Gauge(Styled):
    """A track with the allowed band in its middle and a mark at the weight; a mark beyond an end stays at it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = WeightView("", None)
        self.restyle()

    def show_gauge(self, view: WeightView) -> None:
        """Show this weight; without an expected weight only the empty track is drawn."""
        self._view = view
        self.update()

    def restyle(self) -> None:
        self.setFixedHeight(px(31))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        track = QRectF(0, px(5), self.width(), px(8))
        with painting(self) as painter:
            rounded(painter, track, track.height() / 2, colour("border"))
            if self._view.expected_g is not None:
                self._paint_band(painter, track, self._view.expected_g)

    def _paint_band(self, painter: QPainter, track: QRectF, expected_g: int) -> None:
        tolerance = max(self._view.tolerance_g, 1)
        low, high = expected_g - tolerance, expected_g + tolerance
        band = QRectF(self._x(low, track), track.top(), self._x(high, track) - self._x(low, track), track.height())
        fill = colour("ok")
        fill.setAlphaF(0.55)
        painter.fillRect(band, fill)
        painter.setFont(font(12, 500))
        painter.setPen(colour("text2"))
        limits = QRectF(0, track.bottom() + px(3), 0, self.height() - track.bottom() - px(3))
        for grams, edge in ((low, band.left()), (high, band.right())):
            text = weight_text(max(0, grams))[0]
            width = painter.fontMetrics().horizontalAdvance(text)
            left = min(max(0.0, edge - width / 2), self.width() - width)
            painter.drawText(QRectF(left, limits.top(), width + 2, limits.height()), Qt.AlignmentFlag.AlignTop, text)
        if self._view.weight_g is not None:
            self._paint_mark(painter, track, self._view.weight_g, abs(self._view.weight_g - expected_g) <= tolerance)

    def _paint_mark(self, painter: QPainter, track: QRectF, weight_g: int, inside: bool) -> None:  # noqa: FBT001 -- private
        width = px(5)
        middle = min(max(self._x(weight_g, track), width), track.right() - width)
        mark = QRectF(middle - width / 2, track.top() - px(4), width, track.height() + px(8))
        rounded(painter, mark.adjusted(-px(1.5), -1, px(1.5), 1), px(3), colour("surface"))
        rounded(painter, mark, px(2), colour("text") if inside else colour("warn"))

    def _x(self, grams: int, track: QRectF) -> float:
        """Where this weight stands: the expected one in the middle, TOLERANCES_SHOWN tolerances to either side."""
        reach = max(self._view.tolerance_g, 1) * TOLERANCES_SHOWN
        share = 0.5 + (grams - (self._view.expected_g or 0)) / (2 * reach)
        return track.left() + track.width() * min(1.0, max(0.0, share))


class Figure(Styled):
    """A large number with its unit in smaller type on the same baseline."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._number, self._unit, self._token = "", "", "text"
        self.restyle()

    def show_figure(self, number: str, unit: str = "", *, token: str = "text") -> None:
        """Show this number in the colour of this token."""
        self._number, self._unit, self._token = number, unit, token
        self.setAccessibleName(f"{number} {unit}")
        self.restyle()

    def restyle(self) -> None:
        width = (
            QFontMetrics(figures(34, 700)).horizontalAdvance(self._number)
            + px(8)
            + QFontMetrics(font(18, 500)).horizontalAdvance(self._unit)
        )
        self.setFixedSize(width + px(2), px(42))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        with painting(self) as painter:
            painter.setPen(colour(self._token))
            painter.setFont(figures(34, 700))
            painter.drawText(0, px(33), self._number)
            painter.setPen(colour("text2"))
            painter.setFont(font(18, 500))
            painter.drawText(QFontMetrics(figures(34, 700)).horizontalAdvance(self._number) + px(8), px(33), self._unit)


class WeightCard(Card):
    """Title and state, the weight at 34 pixels, what is expected, and the gauge."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(spacing=2, parent=parent)
        self._title, self._status = Label("caption"), Chip()
        self._figure = Figure()
        self._expected = FitLabel(14, 500, token="text2", align=Qt.AlignmentFlag.AlignRight)
        self._gauge = Gauge()
        head, middle = QHBoxLayout(), QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._status)
        middle.addWidget(self._figure)
        middle.addWidget(self._expected, 1, Qt.AlignmentFlag.AlignBottom)
        self.body.addLayout(head)
        self.body.addLayout(middle)
        self.body.addWidget(self._gauge)

    def show_weight(self, view: WeightView) -> None:
        """Show this weight; — when the scale says nothing, and no gauge while there is nothing to compare with."""
        number, unit = ("—", "") if view.weight_g is None else weight_text(view.weight_g)
        tone = view.status.tone if view.status else Tone.NEUTRAL
        self._title.setText(view.title)
        self._status.show_chip(view.status)
        self._figure.show_figure(number, unit, token="warn" if tone is Tone.WARN else "text")
        self._expected.set_text(view.expected_text)
        self._gauge.setVisible(view.expected_g is not None)
        self._gauge.show_gauge(view)
