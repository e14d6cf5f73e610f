"""Painted rows for the cards of the first page: as many as there is room for, and how many more there are."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from warehouse_app.language import tr
from warehouse_app.ui.icons import paint_icon, painting
from warehouse_app.ui.theme import Tone, colour, figures, font, px, tone_colours
from warehouse_app.ui.widgets import Card, EmptyState, EmptyView, Label, Styled, spaced

ROW = 46
V_CENTRE = Qt.AlignmentFlag.AlignVCenter
ELIDE = Qt.TextElideMode.ElideRight


@dataclass(frozen=True, slots=True)
class RowView:
    """A thing in a list: what it is, more about it, and at the right end the figure that matters.

    A row without an icon belongs to the one above it.
    """

    icon: str
    title: str
    detail: str
    figure: str = ""
    tone: Tone = Tone.NEUTRAL


class Rows(Styled):
    """The rows."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[RowView, ...] = ()
        self._count = 0
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_rows(self, rows: tuple[RowView, ...], count: int) -> None:
        """Show these rows, the first of `count` things in all."""
        self._rows, self._count = rows, count
        self.setAccessibleName("; ".join(f"{row.title} {row.detail} {row.figure}" for row in rows))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        room = max(1, self.height() // px(ROW))
        shown = _fitting(self._rows, room)
        more = self._count - len(shown)
        if more > 0 and len(shown) == room and self.height() - room * px(ROW) < px(24):
            shown, more = shown[:-1], more + 1
        with painting(self) as painter:
            for place, row in enumerate(shown):
                area = QRectF(0, place * px(ROW), self.width(), px(ROW))
                self._paint_row(painter, area, row, line=place > 0)
            if more > 0:
                painter.setFont(font(13, 500))
                painter.setPen(colour("text2"))
                foot = QRectF(px(16), len(shown) * px(ROW), self.width() - px(32), px(26))
                painter.drawText(foot, V_CENTRE, tr("and {n} more", n=f"{more:,}"))

    def _paint_row(self, painter: QPainter, area: QRectF, row: RowView, *, line: bool) -> None:
        left, right = area.left() + px(16), area.right() - px(16)
        if line:
            painter.setPen(colour("border"))
            painter.drawLine(
                round(left if row.icon else left + px(32)), round(area.top()), round(right), round(area.top())
            )
        ink = colour("text2") if row.tone is Tone.NEUTRAL else tone_colours(row.tone).fore
        if row.icon:
            paint_icon(painter, row.icon, QRectF(left, area.center().y() - px(10), px(20), px(20)), ink)
        weight = figures(16, 600) if row.icon else figures(14, 500)
        painter.setFont(weight)
        painter.setPen(ink if row.tone is not Tone.NEUTRAL else colour("text" if row.icon else "text2"))
        width = QFontMetrics(weight).horizontalAdvance(row.figure) + px(2)
        painter.drawText(QRectF(right - width, area.top(), width, area.height()), V_CENTRE, row.figure)
        words = QRectF(left + px(32), area.top() + px(3), right - width - px(12) - left - px(32), px(21))
        painter.setFont(font(15, 600 if row.icon else 500))
        painter.setPen(colour("text"))
        painter.drawText(words, V_CENTRE, painter.fontMetrics().elidedText(row.title, ELIDE, round(words.width())))
        painter.setFont(font(13, 400))
        painter.setPen(colour("text2"))
        below = words.translated(0, px(19))
        painter.drawText(below, V_CENTRE, painter.fontMetrics().elidedText(row.detail, ELIDE, round(below.width())))


def _fitting(rows: tuple[RowView, ...], room: int) -> tuple[RowView, ...]:
    """So many rows; those that belong to another one give way first, from the end."""
    kept = list(rows)
    for row in reversed(rows):
        if len(kept) > room and not row.icon:
            kept.remove(row)
    return tuple(kept[:room])


class RowsCard(Card):
    """A title with its summary over the rows, or what it means that there are none."""

    def __init__(self, title: str, empty: EmptyView, parent: QWidget | None = None) -> None:
        super().__init__(margin=0, spacing=0, parent=parent)
        self._summary, self._rows, self._empty = Label("secondary"), Rows(), EmptyState(empty)
        head = QHBoxLayout()
        spaced(head, 8, (16, 10, 16, 6))
        head.addWidget(Label("title", title))
        head.addStretch(1)
        head.addWidget(self._summary)
        self.body.addLayout(head)
        self.body.addWidget(self._rows, 1)
        self.body.addWidget(self._empty, 1)
        self.show_rows((), 0)

    def show_rows(self, rows: tuple[RowView, ...], count: int, summary: str = "") -> None:
        """Show these rows, the first of `count` things in all."""
        self._rows.show_rows(rows, count)
        self._rows.setVisible(bool(rows))
        self._empty.setVisible(not rows)
        self._summary.setText(summary)

    def restyle(self) -> None:
        super().restyle()
        self.body.setContentsMargins(1, 0, 1, px(8))
