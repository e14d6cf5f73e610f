"""Parts of the packing screen that no other screen has: waiting orders, choices by number key, the keys of a bench."""

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from warehouse_app.language import tr, tr_n
from warehouse_app.ui.icons import paint_icon, painting
from warehouse_app.ui.theme import Tone, colour, figures, font, px, tone_colours
from warehouse_app.ui.widgets import ActionButton, Card, EmptyState, EmptyView, KeyHint, Label, Styled, spaced

ROW = 44
V_CENTRE = Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class WaitingRow:
    """An order that waits: what to scan, what it is, the time that is left, and whether it needs no network."""

    code: str
    order_no: str
    service: str
    size: str
    time: str
    tone: Tone
    at_hand: bool = False


class WaitingRows(Styled):
    """The rows, painted; as many as there is room for."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[WaitingRow, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_rows(self, rows: tuple[WaitingRow, ...]) -> None:
        """Show these orders, the most urgent first."""
        self._rows = rows
        self.setAccessibleName("; ".join(f"{row.code} {row.order_no} {row.time}" for row in rows))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        room = self.height() // px(ROW)
        with painting(self) as painter:
            for place, row in enumerate(self._rows[:room]):
                self._paint_row(painter, QRectF(0, place * px(ROW), self.width(), px(ROW)), row, last=place + 1 == room)

    def _paint_row(self, painter: QPainter, area: QRectF, row: WaitingRow, *, last: bool) -> None:
        left, width = area.left() + px(16), area.width() - px(32)
        columns = [left, left + width * 0.21, left + width * 0.38, left + width * 0.56, left + width]
        spot = QRectF(left, area.center().y() - px(9), px(18), px(18))
        if row.at_hand:
            paint_icon(painter, "check-circle", spot, tone_colours(Tone.OK).fore)
        else:
            paint_icon(painter, "tote", spot, colour("text3"))
        texts = (
            (row.code, 16, 600, "text", px(28)),
            (row.order_no, 15, 500, "text", 0),
            (row.service, 14, 500, "text2", 0),
            (row.size, 14, 500, "text2", 0),
        )
        for (text, size, weight, token, shift), start, end in zip(texts, columns, columns[1:], strict=False):
            painter.setFont(font(size, weight))
            painter.setPen(colour(token))
            room = end - start - shift - px(12)
            cut = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, round(room))
            painter.drawText(QRectF(start + shift, area.top(), room, area.height()), V_CENTRE, cut)
        self._paint_time(painter, area, row)
        if not last:
            painter.setPen(colour("border"))
            painter.drawLine(round(left), round(area.bottom()), round(left + width), round(area.bottom()))

    def _paint_time(self, painter: QPainter, area: QRectF, row: WaitingRow) -> None:
        painter.setFont(figures(15, 600))
        fore = colour("text2") if row.tone is Tone.NEUTRAL else tone_colours(row.tone).fore
        painter.setPen(fore)
        width = QFontMetrics(figures(15, 600)).horizontalAdvance(row.time) + px(2)
        right = area.right() - px(16)
        painter.drawText(QRectF(right - width, area.top(), width, area.height()), V_CENTRE, row.time)
        icon = "clock" if row.tone is not Tone.ERROR else "triangle"
        spot = QRectF(right - width - px(24), area.center().y() - px(8), px(16), px(16))
        paint_icon(painter, icon, spot, fore)


class WaitingCard(Card):
    """The orders that could be packed next, or what to do when there are none."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(margin=0, spacing=0, parent=parent)
        self._title, self._summary = Label("title", tr("Waiting for a bench")), Label("secondary")
        self._rows = WaitingRows()
        self._empty = EmptyState(
            EmptyView("tote", tr("Nothing waits to be packed"), tr("Picked totes show up here as they come in."))
        )
        self._head = QHBoxLayout()
        spaced(self._head, 8, (16, 10, 16, 8))
        self._head.addWidget(self._title)
        self._head.addStretch(1)
        self._head.addWidget(self._summary)
        self.body.addLayout(self._head)
        self.body.addWidget(self._rows, 1)
        self.body.addWidget(self._empty, 1)

    def show_rows(self, rows: tuple[WaitingRow, ...]) -> None:
        """Show these orders."""
        self._rows.show_rows(rows)
        self._rows.setVisible(bool(rows))
        self._empty.setVisible(not rows)
        ready = sum(row.at_hand for row in rows)
        words = tr_n("{n} at hand, also without the network", "{n} at hand, also without the network", ready)
        self._summary.setText(words if ready else tr("the most urgent first") if rows else "")

    def restyle(self) -> None:
        super().restyle()
        self.body.setContentsMargins(1, 0, 1, px(8))


@dataclass(frozen=True, slots=True)
class Choice:
    """Something to choose by its number: the words, a second line, and the code it is a shortcut for."""

    words: str
    detail: str
    scan_text: str


class ChoiceCard(Card):
    """A question answered by a number key, a click, or by scanning the code itself. Esc leaves it."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(margin=14, spacing=10, parent=parent)
        self._choices: tuple[Choice, ...] = ()
        self._title, self._sub = Label("title", wrap=True), Label("secondary", wrap=True)
        self._list = QVBoxLayout()
        spaced(self._list, 8)
        for widget in (self._title, self._sub):
            self.body.addWidget(widget)
        self.body.addLayout(self._list)
        self.body.addStretch(1)
        self.body.addWidget(KeyHint("Esc", tr("Leave it as it is")))

    @property
    def is_open(self) -> bool:
        """Whether a question is asked."""
        return bool(self._choices)

    def ask(self, title: str, sub: str, choices: Sequence[Choice]) -> None:
        """Ask; the choices are numbered from 1."""
        self.leave()
        self._choices = tuple(choices)
        self._title.setText(title)
        self._sub.setText(sub)
        for number, choice in enumerate(self._choices, 1):
            self._list.addWidget(self._button(number, choice))

    def _button(self, number: int, choice: Choice) -> QWidget:
        button, detail = ActionButton(choice.words, key=str(number)), Label("secondary", choice.detail)
        button.clicked.connect(lambda _=False: self.choose(number))
        detail.setAlignment(Qt.AlignmentFlag.AlignCenter)
        pair = QWidget()
        column = QVBoxLayout(pair)
        spaced(column, 2)
        column.addWidget(button)
        column.addWidget(detail)
        return pair

    def choose(self, number: int) -> bool:
        """Take the choice of this number; gives whether there is one."""
        if not 0 < number <= len(self._choices):
            return False
        scan_text = self._choices[number - 1].scan_text
        self.leave()
        self.chosen.emit(scan_text)
        return True

    def leave(self) -> None:
        """Ask no more."""
        self._choices = ()
        while (item := self._list.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()


class KeysCard(Card):
    """What works at a bench without an order: its keys, each with the printed code that does the same."""

    def __init__(self, rows: Sequence[tuple[str, str, str]], parent: QWidget | None = None) -> None:
        """Each row is a key, what it does, and its code."""
        super().__init__(margin=16, spacing=16, parent=parent)
        self.body.addWidget(Label("title", tr("Without a mouse")))
        self.body.addWidget(
            Label("secondary", tr("Every key is a printed code too, so that a scanner alone is enough."), wrap=True)
        )
        for key, words, code in rows:
            row = QHBoxLayout()
            spaced(row, 8)
            row.addWidget(KeyHint(key, words))
            row.addStretch(1)
            row.addWidget(Label("status", code))
            self.body.addLayout(row)
        self.body.addStretch(1)
