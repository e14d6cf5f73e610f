"""The list of layouts under the names of their kinds."""

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QResizeEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from warehouse_app.language import tr
from warehouse_app.ui.icons import paint_icon
from warehouse_app.ui.labels.shelf import Listed
from warehouse_app.ui.labels.words import KIND_TITLES, listed_as
from warehouse_app.ui.theme import colour, font, mono, px
from warehouse_app.ui.widgets.styled import rounded

Index = QModelIndex | QPersistentModelIndex
LISTED = Qt.ItemDataRole.UserRole
V_CENTRE = Qt.AlignmentFlag.AlignVCenter
ELIDE = Qt.TextElideMode.ElideRight


class LayoutList(QListWidget):
    """Says which layout is wanted when the selection rests on another one."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("lines")
        self.setAccessibleName(tr("Layouts"))
        self.setItemDelegate(_Row(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerPixel)
        self._filling = False
        self.currentItemChanged.connect(self._tell)

    def show_layouts(self, layouts: tuple[Listed, ...], current: str) -> None:
        """Show these, and mark this one as selected."""
        self._filling = True
        self.clear()
        kind = None
        for one in layouts:
            if one.kind != kind:
                kind = one.kind
                heading = QListWidgetItem(tr(KIND_TITLES[kind]) if kind else tr("Cannot be read"))
                heading.setFlags(Qt.ItemFlag.NoItemFlags)
                self.addItem(heading)
            item = QListWidgetItem(", ".join((one.title, one.name, *listed_as(one))))
            item.setData(LISTED, one)
            item.setToolTip("\n".join((one.name, *listed_as(one))))
            self.addItem(item)
        self.select(current)
        self._filling = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scrollToItem(self.currentItem())

    def select(self, name: str) -> None:
        """Select a layout; where it is not there, nothing is selected."""
        rows = {one.name: row for row in range(self.count()) if (one := self._listed(row)) is not None}
        self.setCurrentRow(rows.get(name, -1))
        self.scrollToItem(self.currentItem())

    def _listed(self, row: int) -> Listed | None:
        found: Listed | None = self.item(row).data(LISTED)
        return found

    def _tell(self, item: QListWidgetItem | None) -> None:
        if item is not None and not self._filling and item.data(LISTED) is not None:
            self.chosen.emit(item.data(LISTED).name)


class _Row(QStyledItemDelegate):
    """A heading, or a layout: title, file name and size, and what is special about it."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del option
        return QSize(px(120), px(50 if index.data(LISTED) is not None else 32))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        where, one = QRectF(option.rect), index.data(LISTED)
        if one is None:
            painter.setFont(font(12, 600))
            painter.setPen(colour("text2"))
            spot = where.adjusted(px(10), px(6), -px(8), 0)
            painter.drawText(spot, V_CENTRE, str(index.data(Qt.ItemDataRole.DisplayRole)))
        else:
            self._paint_layout(painter, option, where.adjusted(px(2), px(1), -px(2), -px(1)), one)
        painter.restore()

    def _paint_layout(self, painter: QPainter, option: QStyleOptionViewItem, where: QRectF, one: Listed) -> None:
        if option.state & QStyle.StateFlag.State_Selected:
            focus = bool(option.state & QStyle.StateFlag.State_HasFocus)
            rounded(painter, where, px(6), colour("primary_bg"), colour("primary") if focus else None)
        right = self._paint_signs(painter, where, one)
        room = right - where.left() - px(14)
        painter.setFont(font(14, 600))
        painter.setPen(colour("error" if one.error else "text"))
        first = QRectF(where.left() + px(10), where.top() + px(5), room, px(20))
        painter.drawText(first, V_CENTRE, painter.fontMetrics().elidedText(one.title, ELIDE, int(room)))
        painter.setFont(font(12) if one.error else mono(11))
        painter.setPen(colour("text2"))
        second = QRectF(where.left() + px(10), where.top() + px(25), room, px(18))
        below = tr("cannot be used") if one.error else one.name
        painter.drawText(second, V_CENTRE, painter.fontMetrics().elidedText(below, ELIDE, int(room)))

    def _paint_signs(self, painter: QPainter, where: QRectF, one: Listed) -> float:
        """What is special, from the right; gives where the room for words ends."""
        signs = (
            (one.error is not None, "triangle", "error"), (one.unsaved, "note", "warn"), (one.own, "user", "primary"),
            (one.usual, "check-circle", "ok"),
        )  # fmt: skip
        right = where.right() - px(8)
        for is_so, name, token in signs:
            if is_so:
                right -= px(18)
                paint_icon(painter, name, QRectF(right, where.center().y() - px(9), px(18), px(18)), colour(token))
                right -= px(4)
        return right
