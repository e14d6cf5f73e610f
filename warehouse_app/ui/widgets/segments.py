"""A progress bar of one segment a unit; above twelve units, or where they would be dots, one bar."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from warehouse_app.ui.icons import painting
from warehouse_app.ui.theme import colour, px
from warehouse_app.ui.widgets.styled import Styled

MOST_SEGMENTS = 12
NARROWEST = 11  # Narrower segments look like dots.


def paint_segments(painter: QPainter, where: QRectF, done: int, total: int) -> None:
    """Draw how many of `total` units are done: ok when all are, primary before."""
    full = colour("ok") if done >= total else colour("primary")
    painter.setPen(Qt.PenStyle.NoPen)
    gap = px(4)
    width = (where.width() - gap * (total - 1)) / max(1, total)
    if total > MOST_SEGMENTS or total < 1 or width < px(NARROWEST):
        _bar(painter, where, colour("border"))
        share = done / total if total else 0
        if share > 0:
            _bar(
                painter,
                QRectF(where.left(), where.top(), max(where.height(), where.width() * share), where.height()),
                full,
            )
        return
    for index in range(total):
        spot = QRectF(where.left() + index * (width + gap), where.top(), width, where.height())
        _bar(painter, spot, full if index < done else colour("border"))


def _bar(painter: QPainter, where: QRectF, fill: QColor) -> None:
    painter.setBrush(fill)
    painter.drawRoundedRect(where, where.height() / 2, where.height() / 2)


class SegmentBar(Styled):
    """The segments as a widget."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._done, self._total = 0, 1
        self.restyle()

    def show_progress(self, done: int, total: int) -> None:
        """Show `done` of `total` units."""
        self._done, self._total = done, total
        self.setAccessibleName(f"{done} / {total}")
        self.update()

    def restyle(self) -> None:
        self.setFixedHeight(px(8))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        with painting(self) as painter:
            paint_segments(painter, QRectF(self.rect()), self._done, self._total)
