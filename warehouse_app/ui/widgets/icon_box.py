"""An icon as a widget, plain or on a tile."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QPaintEvent
from PySide6.QtWidgets import QWidget

from warehouse_app.ui.icons import paint_icon, painting
from warehouse_app.ui.theme import Tone, colour, px, tone_colours
from warehouse_app.ui.widgets.styled import Styled, rounded


class IconBox(Styled):
    """A square of `size` with an icon of `icon_size` in it; with `tile` it stands on the tone's background."""

    def __init__(self, size: int, icon_size: int, *, tile: bool = False, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._size, self._icon_size, self._tile = size, icon_size, tile
        self._name, self._tone = "", Tone.NEUTRAL
        self.restyle()

    def show_icon(self, name: str, tone: Tone = Tone.NEUTRAL) -> None:
        """Show this icon in the colours of this tone; an empty name shows none."""
        self._name, self._tone = name, tone
        self.update()

    def restyle(self) -> None:
        self.setFixedSize(px(self._size), px(self._size))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        side = px(self._icon_size)
        spot = QRectF((self.width() - side) / 2, (self.height() - side) / 2, side, side)
        with painting(self) as painter:
            if self._tile:
                rounded(painter, QRectF(self.rect()), px(10), self._tile_back())
            if self._name:
                paint_icon(painter, self._name, spot, self.ink())

    def ink(self) -> QColor:
        """The icon's colour."""
        return tone_colours(self._tone).fore

    def _tile_back(self) -> QColor:
        if self._tone is not Tone.STOP:
            return tone_colours(self._tone).back
        back = colour("on_primary")
        back.setAlphaF(0.16)
        return back
