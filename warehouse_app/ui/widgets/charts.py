"""Small charts drawn with the theme's colours: a sparkline, bars, and a tile for one figure."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from warehouse_app.ui.icons import painting
from warehouse_app.ui.theme import Tone, colour, font, px, tone_colours
from warehouse_app.ui.widgets.card import Card
from warehouse_app.ui.widgets.icon_box import IconBox
from warehouse_app.ui.widgets.styled import Styled, rounded, spaced
from warehouse_app.ui.widgets.text import FitLabel, Label, tone_token
from warehouse_app.ui.widgets.views import BarView, KPIView

FEWEST_POINTS = 2


class Sparkline(Styled):
    """A line of values from old to new, the last one marked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._points: tuple[float, ...] = ()
        self._tone = Tone.PRIMARY
        self.restyle()

    def show_points(self, points: tuple[float, ...], tone: Tone = Tone.PRIMARY) -> None:
        """Show these values; fewer than two draw nothing."""
        self._points, self._tone = points, Tone.PRIMARY if tone is Tone.NEUTRAL else tone
        self.setVisible(len(points) >= FEWEST_POINTS)
        self.update()

    def restyle(self) -> None:
        self.setFixedHeight(px(34))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        if len(self._points) < FEWEST_POINTS:
            return
        low, high = min(self._points), max(self._points)
        room, edge = self.height() - px(8), px(4)
        step = (self.width() - 2 * edge) / (len(self._points) - 1)
        spots = [
            QPointF(edge + index * step, edge + room * (1 - (value - low) / ((high - low) or 1)))
            for index, value in enumerate(self._points)
        ]
        fore = tone_colours(self._tone).fore
        with painting(self) as painter:
            self._paint_area(painter, spots)
            painter.setPen(QPen(fore, max(1.5, px(2)), Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
            painter.drawPolyline(spots)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(fore)
            painter.drawEllipse(spots[-1], px(3.5), px(3.5))

    def _paint_area(self, painter: QPainter, spots: list[QPointF]) -> None:
        area = QPainterPath(QPointF(spots[0].x(), self.height()))
        for spot in spots:
            area.lineTo(spot)
        area.lineTo(spots[-1].x(), self.height())
        fill = tone_colours(self._tone).fore
        fill.setAlphaF(0.12)
        painter.fillPath(area, fill)


class Bars(Styled):
    """Horizontal bars under each other, each of one or more parts, on one scale."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._bars: tuple[BarView, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_bars(self, bars: tuple[BarView, ...]) -> None:
        """Show these bars from top to bottom."""
        self._bars = bars
        self.setAccessibleName("; ".join(f"{bar.name} {bar.text}" for bar in bars))
        self.restyle()

    def restyle(self) -> None:
        self.setFixedHeight(px(30) * len(self._bars))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(px(320), px(30) * len(self._bars))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        most = max((sum(value for value, _ in bar.parts) for bar in self._bars), default=0) or 1
        with painting(self) as painter:
            painter.setFont(font(13, 500))
            metrics = painter.fontMetrics()
            names = min(max((metrics.horizontalAdvance(bar.name) for bar in self._bars), default=0), self.width() // 3)
            ends = max((metrics.horizontalAdvance(bar.text) for bar in self._bars), default=0)
            track = QRectF(names + px(14), 0, max(px(20), self.width() - names - ends - px(24)), px(30))
            for row, bar in enumerate(self._bars):
                self._paint_bar(painter, track.translated(0, row * px(30)), bar, most)

    def _paint_bar(self, painter: QPainter, track: QRectF, bar: BarView, most: float) -> None:
        painter.setPen(colour("text2"))
        name = painter.fontMetrics().elidedText(bar.name, Qt.TextElideMode.ElideRight, round(track.left()) - px(12))
        painter.drawText(QRectF(0, track.top(), track.left(), track.height()), Qt.AlignmentFlag.AlignVCenter, name)
        left = track.left()
        for value, tone in bar.parts:
            width = track.width() * value / most
            spot = QRectF(left, track.center().y() - px(6), width, px(12))
            fill = colour("border_strong") if tone is Tone.NEUTRAL else tone_colours(tone).fore
            if width >= 1:
                rounded(painter, spot.adjusted(0, 0, -1, 0), px(3), fill)
            left += width
        painter.setPen(colour("text"))
        end = QRectF(left + px(8), track.top(), self.width() - left - px(8), track.height())
        painter.drawText(end, Qt.AlignmentFlag.AlignVCenter, bar.text)


class KPITile(Card):
    """One figure with its name, what it is compared with, and how it went."""

    def __init__(self, view: KPIView | None = None, parent: QWidget | None = None) -> None:
        super().__init__(margin=14, spacing=4, parent=parent)
        self._icon = IconBox(20, 18)
        self._title = Label("caption")
        self._value = FitLabel(34, 700, one_line=True)
        self._detail = FitLabel(13, 500, token="text2")
        self._line = Sparkline()
        head = QHBoxLayout()
        spaced(head, 6)
        head.addWidget(self._icon)
        head.addWidget(self._title, 1)
        self.body.addLayout(head)
        self.body.addWidget(self._value)
        self.body.addWidget(self._detail)
        self.body.addWidget(self._line)
        self.body.addStretch(1)
        if view is not None:
            self.show_kpi(view)

    def show_kpi(self, view: KPIView) -> None:
        """Show this figure. The icon and the words carry the tone as well as the colour."""
        self._icon.setVisible(bool(view.icon))
        self._icon.show_icon(view.icon, view.tone)
        self._title.setText(view.title)
        self._value.set_text(view.value, token=tone_token(view.tone))
        self._detail.set_text(view.detail)
        self._detail.setVisible(bool(view.detail))
        self._line.show_points(view.points, view.tone)
