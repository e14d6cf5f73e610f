"""The list of devices: name and place at the left, what came last and the state at the right."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from warehouse_app.language import tr
from warehouse_app.ui.devices.views import DeviceRow, Key
from warehouse_app.ui.icons import paint_icon
from warehouse_app.ui.theme import Tone, colour, figures, font, px, tone_colours
from warehouse_app.ui.widgets import ChipView
from warehouse_app.ui.widgets.styled import rounded

Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole
V_CENTRE = Qt.AlignmentFlag.AlignVCenter
RIGHT = Qt.AlignmentFlag.AlignRight | V_CENTRE
ELIDE = Qt.TextElideMode.ElideRight
HEIGHT = 64
WORDS_SHARE, STATE_SHARE = 0.5, 0.2
"""Of a row's width: for the words at the left, and at most for those of the state at the right."""


class DeviceList(QListWidget):
    """Up and down choose a device; Enter opens it."""

    chosen = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lines")
        self.setAccessibleName(tr("Devices"))
        self.setItemDelegate(_Row(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self.currentRowChanged.connect(lambda _: self.chosen.emit())

    @property
    def row_in_hand(self) -> DeviceRow | None:
        """The device that is selected."""
        number = self.currentRow()
        found: DeviceRow | None = self.item(number).data(ROW) if number >= 0 else None
        return found

    def show_rows(self, rows: tuple[DeviceRow, ...]) -> None:
        """Show these; the one that was selected stays so."""
        if [row.key for row in rows] != [self.item(n).data(ROW).key for n in range(self.count())]:
            self._fill(rows)
        for number, row in enumerate(rows):
            item = self.item(number)
            if item.data(ROW) != row:
                item.setData(ROW, row)
                item.setText(f"{row.name}, {row.state.text}, {row.last}")

    def select(self, key: Key) -> None:
        """Select the device of this key, if it is there."""
        for number in range(self.count()):
            if self.item(number).data(ROW).key == key:
                self.setCurrentRow(number)

    def _fill(self, rows: tuple[DeviceRow, ...]) -> None:
        kept = self.row_in_hand
        self.blockSignals(True)
        self.clear()
        for row in rows:
            item = QListWidgetItem()
            item.setData(ROW, row)
            self.addItem(item)
        self.setCurrentRow(0)
        if kept is not None:
            self.select(kept.key)
        self.blockSignals(False)
        self.chosen.emit()


class _Row(QStyledItemDelegate):
    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option, index
        return QSize(px(200), px(HEIGHT))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        row: DeviceRow = index.data(ROW)
        where = QRectF(option.rect).adjusted(px(4), px(2), -px(4), -px(2))
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            focus = bool(option.state & QStyle.StateFlag.State_HasFocus)
            rounded(painter, where, px(8), colour("primary_bg"), colour("primary") if focus else None)
        ink = colour("text2") if row.state.tone is Tone.NEUTRAL else tone_colours(row.state.tone).fore
        paint_icon(painter, row.icon, QRectF(where.left() + px(14), where.center().y() - px(12), px(24), px(24)), ink)
        room = QRectF(where).adjusted(px(54), 0, -px(14), 0)
        state = _paint_state(painter, room, row.state)
        middle = room.left() + room.width() * WORDS_SHARE
        self._paint_words(painter, QRectF(room.left(), room.top(), middle - room.left() - px(10), room.height()), row)
        painter.setFont(figures(14, 500))
        painter.setPen(colour("text"))
        last = QRectF(middle, room.top(), room.right() - state - px(12) - middle, room.height())
        painter.drawText(last, V_CENTRE, painter.fontMetrics().elidedText(row.last, ELIDE, int(last.width())))
        painter.restore()

    def _paint_words(self, painter: QPainter, room: QRectF, row: DeviceRow) -> None:
        for text, made, token, top, height in (
            (row.name, font(15, 600), "text", 9, 22), (row.where, font(13), "text2", 31, 20),
        ):  # fmt: skip
            painter.setFont(made)
            painter.setPen(colour(token))
            spot = QRectF(room.left(), room.top() + px(top), room.width(), px(height))
            painter.drawText(spot, V_CENTRE, painter.fontMetrics().elidedText(text, ELIDE, int(room.width())))


def _paint_state(painter: QPainter, room: QRectF, chip: ChipView) -> float:
    """The state as a chip at the right end; gives its width."""
    words, colours = font(13, 600), tone_colours(chip.tone)
    text = QFontMetrics(words).elidedText(chip.text, ELIDE, int(room.width() * STATE_SHARE))
    width = QFontMetrics(words).horizontalAdvance(text) + px(38)
    box = QRectF(room.right() - width, room.center().y() - px(13), width, px(26))
    rounded(painter, box, px(6), colours.back, colours.border)
    paint_icon(painter, chip.icon, QRectF(box.left() + px(8), box.center().y() - px(8), px(16), px(16)), colours.fore)
    painter.setFont(words)
    painter.setPen(colours.fore)
    painter.drawText(box.adjusted(px(28), 0, 0, 0), V_CENTRE, text)
    return width
