"""Buttons that name their key, and say why when they cannot be pressed."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QPushButton, QSizePolicy, QStyle, QStyleOptionButton, QStylePainter, QWidget

from warehouse_app.ui.icons import paint_icon, painting
from warehouse_app.ui.theme import colour, font, px
from warehouse_app.ui.widgets.styled import Styled, rounded


def key_cap_width(key: str) -> int:
    """The width of a key cap in pixels; 0 for no key."""
    return QFontMetrics(font(12, 600)).horizontalAdvance(key) + px(12) if key else 0


def paint_key_cap(painter: QPainter, left: float, middle: float, key: str, ink: QColor) -> None:
    """Draw the name of a key in its cap, centred on `middle`."""
    cap = QRectF(left, middle - px(10), key_cap_width(key), px(20))
    edge = QColor(ink)
    edge.setAlphaF(0.4)
    rounded(painter, cap, px(4), QColor(0, 0, 0, 0), edge)
    painter.setFont(font(12, 600))
    painter.setPen(ink)
    painter.drawText(cap, Qt.AlignmentFlag.AlignCenter, key)


class KeyHint(Styled):
    """The name of a key in its cap, followed by what it does."""

    def __init__(self, key: str, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._key, self._text = key, text
        self.setAccessibleName(f"{key} {text}")
        self.restyle()

    def restyle(self) -> None:
        words = QFontMetrics(font(13, 500)).horizontalAdvance(self._text) + px(8) if self._text else 0
        self.setFixedSize(key_cap_width(self._key) + words + px(1), px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        with painting(self) as painter:
            paint_key_cap(painter, 0, self.height() / 2, self._key, colour("text2"))
            painter.setFont(font(13, 500))
            painter.setPen(colour("text2"))
            left = key_cap_width(self._key) + px(8)
            painter.drawText(QRectF(left, 0, self.width(), self.height()), Qt.AlignmentFlag.AlignVCenter, self._text)


class ActionButton(QPushButton):
    """A button with icon, words and key. It never takes the focus, so that a scan's Enter cannot press it."""

    def __init__(self, words: str, *, key: str = "", icon: str = "", primary: bool = False) -> None:
        super().__init__()
        self._words, self._key, self._icon, self._reason = words, key, icon, ""
        self._primary = primary
        self.setProperty("primary", primary)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._measure()

    @property
    def reason(self) -> str:
        """Why the button cannot be pressed; empty when it can."""
        return self._reason

    def show_words(self, words: str) -> None:
        """Change the words."""
        self._words = words
        self._measure()

    def block(self, reason: str) -> None:
        """Grey the button and say why beneath its words."""
        self._reason = reason
        self.setEnabled(not reason)
        self._measure()

    def allow(self) -> None:
        """Let the button be pressed."""
        self.block("")

    def sizeHint(self) -> QSize:
        words = QFontMetrics(font(self._size(), 600)).horizontalAdvance(self._words)
        extra = (px(32) if self._icon else 0) + (key_cap_width(self._key) + px(12) if self._key else 0)
        reason = QFontMetrics(font(12, 500)).horizontalAdvance(self._reason)
        return QSize(max(words + extra, reason) + px(32), self.height())

    def minimumSizeHint(self) -> QSize:
        return QSize(px(90), self.height())

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self._measure()
        super().changeEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        option = QStyleOptionButton()
        self.initStyleOption(option)
        bevel = QStylePainter(self)
        bevel.drawControl(QStyle.ControlElement.CE_PushButtonBevel, option)
        bevel.end()
        with painting(self) as painter:
            middle = self.height() / 2 - (px(9) if self._reason else 0)
            self._paint_words(painter, middle)
            if self._reason:
                painter.setFont(font(12, 500))
                painter.setPen(colour("text2"))
                room = self.width() - px(16)
                text = painter.fontMetrics().elidedText(self._reason, Qt.TextElideMode.ElideRight, room)
                spot = QRectF(px(8), middle + px(10), room, px(18))
                painter.drawText(spot, Qt.AlignmentFlag.AlignCenter, text)

    def _paint_words(self, painter: QPainter, middle: float) -> None:
        """Icon, words and key, centred together; words shrink when the room is short."""
        ink = colour("text2") if not self.isEnabled() else colour("on_primary" if self._primary else "text")
        icon, key = (px(30) if self._icon else 0), (key_cap_width(self._key) + px(10) if self._key else 0)
        room = self.width() - px(20) - icon - key
        for share in (1.0, 0.92, 0.84, 0.76):
            painter.setFont(font(self._size() * share, 600))
            if painter.fontMetrics().horizontalAdvance(self._words) <= room:
                break
        words = painter.fontMetrics().elidedText(self._words, Qt.TextElideMode.ElideRight, room)
        width = painter.fontMetrics().horizontalAdvance(words)
        left = (self.width() - icon - width - key) / 2
        if self._icon:
            paint_icon(painter, self._icon, QRectF(left, middle - px(10), px(20), px(20)), ink)
        painter.setPen(ink)
        painter.drawText(QRectF(left + icon, middle - px(16), width + 2, px(32)), Qt.AlignmentFlag.AlignVCenter, words)
        if self._key:
            paint_key_cap(painter, left + icon + width + px(10), middle, self._key, ink)

    def _size(self) -> int:
        return 16 if self._primary else 15

    def _measure(self) -> None:
        self.setFixedHeight(px(54 if self._primary or self._reason else 44))
        self.setAccessibleName(f"{self._words} {self._key}".strip())
        self.setAccessibleDescription(self._reason)
        self.setToolTip(self._reason)
        self.updateGeometry()
        self.update()
