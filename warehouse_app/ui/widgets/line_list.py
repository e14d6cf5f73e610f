"""The order's lines: one row a line, drawn by a delegate so that 700 lines scroll like seven."""

from dataclasses import dataclass

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QListView,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from warehouse_app.ui.icons import paint_icon
from warehouse_app.ui.theme import colour, figures, font, look, px
from warehouse_app.ui.widgets.card import Card
from warehouse_app.ui.widgets.picture import paint_tile
from warehouse_app.ui.widgets.segments import paint_segments
from warehouse_app.ui.widgets.styled import rounded
from warehouse_app.ui.widgets.text import Label
from warehouse_app.ui.widgets.views import LinesView, LineView

Index = QModelIndex | QPersistentModelIndex
LINE_ROLE = Qt.ItemDataRole.UserRole
SMALL_WINDOW_ROW, LARGE_WINDOW_ROW = 64, 56  # Large windows show more lines rather than larger gaps.
ROOMY_SCALE = 1.15
V_CENTRE = Qt.AlignmentFlag.AlignVCenter


def in_working_order(lines: tuple[LineView, ...]) -> tuple[LineView, ...]:
    """The lines as they came, those that are done sunk to the end; a current line never sinks."""
    return tuple(sorted(lines, key=lambda line: line.is_done and not line.current))


class LineModel(QAbstractListModel):
    """The lines in working order."""

    def __init__(self) -> None:
        super().__init__()
        self.lines: tuple[LineView, ...] = ()

    def set_lines(self, lines: tuple[LineView, ...]) -> None:
        """Show these lines; when only their progress changed, only the changed rows are drawn again."""
        old, new = self.lines, in_working_order(lines)
        if [line.line_no for line in old] != [line.line_no for line in new]:
            self.beginResetModel()
            self.lines = new
            self.endResetModel()
            return
        self.lines = new
        for row, (before, after) in enumerate(zip(old, new, strict=True)):
            if before != after:
                self.dataChanged.emit(self.index(row), self.index(row))

    def current_row(self) -> int:
        """The row of the current line, or -1."""
        return next((row for row, line in enumerate(self.lines) if line.current), -1)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008 -- Qt's own signature
        return 0 if parent.isValid() else len(self.lines)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if role == LINE_ROLE:
            return self.lines[index.row()]
        if role in {Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole}:
            line = self.lines[index.row()]
            return f"{line.name} {line.variant} {line.sku} {line.done} / {line.total} {line.place}"
        return None


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the parts of a row stand, from left to right, in pixels of the list."""

    tile: float
    words: float
    place: float
    bar: float
    count: float
    state: float


class LineDelegate(QStyledItemDelegate):
    """Draws one order line from its LineView."""

    def __init__(self, model: LineModel, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self.row_height = SMALL_WINDOW_ROW
        self._count_width = 0
        self._place_width = 0

    def measure(self) -> None:
        """Size the columns after the widest count and place of all lines; called when lines or look change."""
        small, large, place = (QFontMetrics(chosen) for chosen in (figures(18), figures(24, 700), font(15, 600)))
        lines = self._model.lines
        widest = max(lines, key=lambda line: line.total, default=None)
        total = f"{widest.total:,}" if widest else "0"
        self._count_width = large.horizontalAdvance(total) + small.horizontalAdvance(f" / {total}") + px(4)
        places = {line.place for line in lines if line.place}
        longest = max((place.horizontalAdvance(text) for text in places), default=0)
        self._place_width = min(longest + px(26), px(190)) if places else 0

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        del index
        return QSize(option.rect.width(), px(self.row_height))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        line = index.data(LINE_ROLE)
        row: QRect = option.rect
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        columns = self._columns(row)
        if line.current:
            painter.fillRect(row, colour("primary_bg"))
            painter.fillRect(QRect(row.left(), row.top(), px(4), row.height()), colour("primary"))
        elif index.row() + 1 < len(self._model.lines):
            painter.setPen(colour("border"))
            painter.drawLine(row.left() + px(16), row.bottom(), row.right() - px(16), row.bottom())
        if line.is_done and not line.current:
            painter.setOpacity(0.72)
        tile = px(self.row_height - 16)
        paint_tile(
            painter, QRectF(columns.tile, row.center().y() - tile / 2 + 0.5, tile, tile), line.picture, line.photo
        )
        painter.setOpacity(1)
        self._paint_words(
            painter, QRectF(columns.words, row.top(), columns.place - columns.words - px(14), row.height()), line
        )
        self._paint_place(painter, QRectF(columns.place, row.top(), self._place_width, row.height()), line)
        if columns.count - columns.bar > px(40):
            spot = QRectF(columns.bar, row.center().y() - px(4), columns.count - columns.bar - px(24), px(8))
            paint_segments(painter, spot, line.done, line.total)
        self._paint_count(painter, QRectF(columns.count, row.top(), self._count_width, row.height()), line)
        self._paint_state(painter, QRectF(columns.state, row.center().y() - px(11) + 0.5, px(22), px(22)), line)
        painter.restore()

    def _columns(self, row: QRect) -> _Columns:
        state = row.right() - px(16) - px(22)
        count = state - px(16) - self._count_width
        room = count - row.left()
        bar_width = px(124) + px(24) if room > px(560) else (px(70) + px(24) if room > px(460) else 0)
        bar = count - bar_width
        place = bar - self._place_width - (px(18) if self._place_width else 0)
        tile = row.left() + px(16)
        return _Columns(tile, tile + px(self.row_height - 16) + px(14), place, bar, count, state)

    def _paint_words(self, painter: QPainter, area: QRectF, line: LineView) -> None:
        half = area.height() / 2
        top = QRectF(area.left(), area.top() + px(8), area.width(), half - px(6))
        used = self._paint_variant(painter, top, line)
        painter.setPen(colour("text2") if line.is_done and not line.current else colour("text"))
        room = top.width() - used
        for size in (16, 15, 14):
            painter.setFont(font(size, 600))
            if painter.fontMetrics().horizontalAdvance(line.name) <= room:
                break
        name = painter.fontMetrics().elidedText(line.name, Qt.TextElideMode.ElideRight, round(room))
        painter.drawText(QRectF(top.left(), top.top(), room, top.height()), V_CENTRE, name)
        below = QRectF(area.left(), area.top() + half + px(1), area.width(), half - px(9))
        painter.setFont(font(13.5, 500))
        painter.setPen(colour("text2"))
        sku = painter.fontMetrics().elidedText(line.sku, Qt.TextElideMode.ElideRight, round(below.width()))
        painter.drawText(below, V_CENTRE, sku)
        left = below.left() + painter.fontMetrics().horizontalAdvance(sku) + px(14)
        self._paint_warnings(painter, QRectF(left, below.top(), below.right() - left, below.height()), line)

    def _paint_variant(self, painter: QPainter, area: QRectF, line: LineView) -> float:
        """Draw the variant in a pill right of the name; gives the width it takes from the name."""
        if not line.variant:
            return 0
        painter.setFont(font(16, 700))
        width = min(painter.fontMetrics().horizontalAdvance(line.variant) + px(16), round(area.width() * 0.5))
        name_width = QFontMetrics(font(16, 600)).horizontalAdvance(line.name)
        left = min(area.left() + name_width + px(10), area.right() - width)
        pill = QRectF(left, area.top() + px(1), width, area.height() - px(1))
        rounded(painter, pill, px(6), colour("surface"), colour("border_strong"))
        painter.setPen(colour("text"))
        text = painter.fontMetrics().elidedText(line.variant, Qt.TextElideMode.ElideRight, width - px(12))
        painter.drawText(pill, Qt.AlignmentFlag.AlignCenter, text)
        return width + px(10)

    def _paint_warnings(self, painter: QPainter, area: QRectF, line: LineView) -> None:
        painter.setFont(font(13.5, 600))
        painter.setPen(colour("warn"))
        left = area.left()
        for warning in line.warnings:
            room = area.right() - left - px(20)
            if room < px(30):
                return
            paint_icon(painter, "triangle", QRectF(left, area.center().y() - px(7.5), px(15), px(15)), colour("warn"))
            text = painter.fontMetrics().elidedText(warning, Qt.TextElideMode.ElideRight, round(room))
            painter.drawText(QRectF(left + px(20), area.top(), room, area.height()), V_CENTRE, text)
            left += px(20) + painter.fontMetrics().horizontalAdvance(text) + px(14)

    def _paint_place(self, painter: QPainter, area: QRectF, line: LineView) -> None:
        if not line.place:
            return
        painter.setFont(font(15, 600 if line.current else 500))
        painter.setPen(colour("text") if line.current else colour("text2"))
        paint_icon(painter, "tote", QRectF(area.left(), area.center().y() - px(8), px(16), px(16)), colour("text3"))
        room = area.width() - px(22)
        text = painter.fontMetrics().elidedText(line.place, Qt.TextElideMode.ElideMiddle, round(room))
        painter.drawText(QRectF(area.left() + px(22), area.top(), room, area.height()), V_CENTRE, text)

    def _paint_count(self, painter: QPainter, area: QRectF, line: LineView) -> None:
        small, total = figures(18), f" / {line.total:,}"
        width = QFontMetrics(small).horizontalAdvance(total)
        baseline = round(area.center().y() + px(8.5))
        painter.setFont(small)
        painter.setPen(colour("text2"))
        painter.drawText(round(area.right() - width), baseline, total)
        painter.setFont(figures(24, 700))
        painter.setPen(colour("ok" if line.is_done else ("text" if line.done or line.current else "text2")))
        done = f"{line.done:,}"
        painter.drawText(round(area.right() - width - painter.fontMetrics().horizontalAdvance(done)), baseline, done)

    def _paint_state(self, painter: QPainter, area: QRectF, line: LineView) -> None:
        if line.is_done:
            paint_icon(painter, "check-circle", area, colour("ok"))
        elif line.done:
            paint_icon(painter, "half-circle", area, colour("primary"))
        else:
            paint_icon(painter, "circle", area, colour("text3"))


class LineList(Card):
    """A card with title, summary and the lines; scrolls to the current one. Nothing in it takes the keyboard."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(margin=0, spacing=0, parent=parent)
        self._title = Label("title")
        self._summary = Label("secondary")
        self._model = LineModel()
        self._delegate = LineDelegate(self._model, self)
        self.list = QListView()
        self.list.setObjectName("lines")
        self.list.setModel(self._model)
        self.list.setItemDelegate(self._delegate)
        self.list.setUniformItemSizes(True)
        self.list.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._head = QHBoxLayout()
        self._head.addWidget(self._title)
        self._head.addStretch(1)
        self._head.addWidget(self._summary)
        self.foot = QHBoxLayout()
        self.body.addLayout(self._head)
        self.body.addWidget(self.list, 1)
        self.body.addLayout(self.foot)
        self.restyle()

    def show_lines(self, view: LinesView) -> None:
        """Show these lines, the done ones last, the current one in sight."""
        self._title.setText(view.title)
        self._summary.setText(view.summary)
        self._model.set_lines(view.lines)
        self._delegate.measure()
        row = self._model.current_row()
        if row >= 0:
            self.list.scrollTo(self._model.index(row), QAbstractItemView.ScrollHint.EnsureVisible)

    def set_footer(self, widget: QWidget) -> None:
        """Put a widget, such as the packing note, below the lines."""
        self.foot.addWidget(widget)

    def restyle(self) -> None:
        super().restyle()
        self.body.setContentsMargins(1, 0, 1, px(2))
        self._head.setContentsMargins(px(16), px(10), px(16), px(8))
        self.foot.setContentsMargins(px(16), px(6), px(16), px(12))
        self._delegate.row_height = SMALL_WINDOW_ROW if look().scale < ROOMY_SCALE else LARGE_WINDOW_ROW
        self._delegate.measure()
        self.list.doItemsLayout()
