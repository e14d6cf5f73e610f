"""Chips: short facts with a border, in the colour of their tone and with an icon that says the same."""

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QFont, QFontMetrics, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from warehouse_app.ui.icons import paint_icon, painting
from warehouse_app.ui.theme import Tone, font, px, tone_colours
from warehouse_app.ui.widgets.styled import Styled, rounded, spaced
from warehouse_app.ui.widgets.views import ChipView


class Chip(Styled):
    """One chip. It is painted, so that it never stretches and elides when there is too little room."""

    def __init__(self, view: ChipView | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view = ChipView("")
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.show_chip(view or self._view)
        self.restyle()

    def show_chip(self, view: ChipView | None) -> None:
        """Show this chip; None hides it."""
        self._view = view or ChipView("")
        self.setVisible(bool(self._view.text) and view is not None)
        self.setAccessibleName(self._view.text)
        self.updateGeometry()
        self.update()

    def restyle(self) -> None:
        self.setFixedHeight(px(24))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        icon = px(15) if self._view.icon else 0
        return QSize(QFontMetrics(self._font()).horizontalAdvance(self._view.text) + px(24) + icon, px(24))

    def minimumSizeHint(self) -> QSize:
        return QSize(min(self.sizeHint().width(), px(48)), px(24))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        colours = tone_colours(self._view.tone)
        with painting(self) as painter:
            rounded(painter, QRectF(self.rect()), px(6), colours.back, colours.border)
            left = px(12)
            if self._view.icon:
                spot = QRectF(px(9), (self.height() - px(15)) / 2, px(15), px(15))
                paint_icon(painter, self._view.icon, spot, colours.fore)
                left = px(28)
            painter.setPen(colours.fore)
            painter.setFont(self._font())
            room = self.width() - left - px(4)
            text = painter.fontMetrics().elidedText(self._view.text, Qt.TextElideMode.ElideRight, room)
            painter.drawText(QRectF(left, 0, room, self.height()), Qt.AlignmentFlag.AlignVCenter, text)

    def _font(self) -> QFont:
        return font(13, 500 if self._view.tone is Tone.NEUTRAL else 600)


class ChipRow(QWidget):
    """Chips side by side, from the left."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._chips: list[Chip] = []
        self._layout = QHBoxLayout(self)
        spaced(self._layout, 8)
        self._layout.addStretch(1)

    def show_chips(self, views: tuple[ChipView, ...]) -> None:
        """Show these chips and no others."""
        while len(self._chips) < len(views):
            chip = Chip()
            self._layout.insertWidget(len(self._chips), chip)
            self._chips.append(chip)
        for index, chip in enumerate(self._chips):
            chip.show_chip(views[index] if index < len(views) else None)
