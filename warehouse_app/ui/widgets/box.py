"""The carton to pack into, drawn in its proportions, and how full it will be."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen, QPolygonF
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from warehouse_app.ui.icons import painting
from warehouse_app.ui.theme import colour, px
from warehouse_app.ui.widgets.card import Card
from warehouse_app.ui.widgets.chip import Chip
from warehouse_app.ui.widgets.styled import Styled
from warehouse_app.ui.widgets.text import FitLabel, Label
from warehouse_app.ui.widgets.views import BoxView

TOP, LEFT, RIGHT, EDGE, TAPE = (QColor(code) for code in ("#E3C08F", "#CB9C63", "#B58350", "#8A6238", "#F0D9B4"))
NEARLY_FULL_PERCENT = 95
FLATTEST = 0.22  # A mailer of 2 cm would be drawn as a line otherwise.


def paint_box(painter: QPainter, where: QRectF, length_mm: int, width_mm: int, height_mm: int) -> None:
    """The carton seen from above its front corner, its sides in proportion, as large as fits."""
    longest = max(length_mm, width_mm, height_mm, 1)
    length, width = max(length_mm / longest, FLATTEST), max(width_mm / longest, FLATTEST)
    height = max(height_mm / longest, FLATTEST)
    scale = min(where.width() / ((length + width) * 0.87), where.height() / ((length + width) * 0.5 + height))
    along, across = QPointF(0.87, 0.5) * width * scale, QPointF(-0.87, 0.5) * length * scale
    down = QPointF(0, height * scale)
    drawn = QRectF(0, 0, (length + width) * 0.87 * scale, ((length + width) * 0.5 + height) * scale)
    drawn.moveCenter(where.center())
    back = QPointF(drawn.left() + length * 0.87 * scale, drawn.top())
    right, left, front = back + along, back + across, back + along + across
    pen = QPen(EDGE, max(1.0, px(1)))
    pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    painter.setPen(pen)
    for fill, corners in (
        (TOP, (back, right, front, left)),
        (LEFT, (left, front, front + down, left + down)),
        (RIGHT, (front, right, right + down, front + down)),
    ):
        painter.setBrush(fill)
        painter.drawPolygon(QPolygonF(corners))
    _paint_tape(painter, back, along, across, down)


def _paint_tape(painter: QPainter, back: QPointF, along: QPointF, across: QPointF, down: QPointF) -> None:
    """The strip along the middle of the lid, folded a little over the front side."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(TAPE)
    near, far = along * 0.42, along * 0.58
    painter.drawPolygon(QPolygonF([back + near, back + far, back + far + across, back + near + across]))
    fold = down * 0.24
    painter.setBrush(TAPE.darker(112))
    painter.drawPolygon(
        QPolygonF([back + near + across, back + far + across, back + far + across + fold, back + near + across + fold])
    )


class BoxDrawing(Styled):
    """The drawn carton."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._sides = (300, 200, 200)
        self.restyle()

    def show_box(self, length_mm: int, width_mm: int, height_mm: int) -> None:
        """Draw a carton of this size."""
        self._sides = (length_mm, width_mm, height_mm)
        self.update()

    def restyle(self) -> None:
        self.setFixedSize(QSize(px(88), px(76)))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        with painting(self) as painter:
            paint_box(painter, QRectF(self.rect()).adjusted(2, 2, -2, -2), *self._sides)


class FillBar(Styled):
    """How full something will be, in percent; amber when it is nearly full or over."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._percent: int | None = None
        self.restyle()

    def show_fill(self, percent: int | None) -> None:
        """Show this share; None hides the bar."""
        self._percent = percent
        self.setVisible(percent is not None)
        self.update()

    def restyle(self) -> None:
        self.setFixedHeight(px(6))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        share = min(100, self._percent or 0) / 100
        area = QRectF(self.rect())
        with painting(self) as painter:
            painter.setPen(Qt.PenStyle.NoPen)
            for width, token in ((area.width(), "border"), (area.width() * share, self._token())):
                painter.setBrush(colour(token))
                if width > 0:
                    spot = QRectF(0, 0, max(width, area.height()), area.height())
                    painter.drawRoundedRect(spot, area.height() / 2, area.height() / 2)

    def _token(self) -> str:
        return "warn" if (self._percent or 0) > NEARLY_FULL_PERCENT else "primary"


class BoxCard(Card):
    """Title (carton 1 of 2), name and size, fill, the label's state, and the key that changes the carton."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._drawing = BoxDrawing()
        self._title, self._change = Label("caption"), Label("secondary")
        self._name = FitLabel(16, 600, one_line=True)
        self._fill, self._fill_text = FillBar(), Label("secondary")
        self._label = Chip()
        head = QHBoxLayout()
        head.addWidget(self._title, 1)
        head.addWidget(self._change)
        self._words = QVBoxLayout()
        self._words.addLayout(head)
        self._words.addWidget(self._name)
        fill = QHBoxLayout()
        fill.addWidget(self._fill, 1)
        fill.addWidget(self._fill_text)
        self._words.addLayout(fill)
        self._words.addWidget(self._label)
        self._row = QHBoxLayout()
        self._row.addWidget(self._drawing)
        self._row.addLayout(self._words, 1)
        self.body.addLayout(self._row)
        self.restyle()

    def show_box(self, view: BoxView) -> None:
        """Show this carton."""
        self._drawing.show_box(view.length_mm, view.width_mm, view.height_mm)
        self._title.setText(view.title)
        self._change.setText(view.change_text)
        self._name.set_text(f"{view.name}   {view.length_mm} × {view.width_mm} × {view.height_mm} mm")
        self._fill.show_fill(view.fill_percent)
        self._fill_text.setText(view.fill_text)
        self._label.show_chip(view.label)

    def restyle(self) -> None:
        super().restyle()
        self._row.setSpacing(px(16))
        self._words.setSpacing(px(5))
