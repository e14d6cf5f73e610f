"""The base of the shared widgets: they measure themselves again whenever the look changes."""

from PySide6.QtCore import QEvent, QRectF
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QBoxLayout, QFrame, QGridLayout, QLayout, QWidget

from warehouse_app.ui.theme import px


class Styled(QFrame):
    """A frame that calls `restyle` when theme or scale change. Constructors call it once, after their children."""

    def restyle(self) -> None:
        """Set sizes and spacing in scaled pixels, and icons in the theme's colours."""

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self.restyle()
        super().changeEvent(event)


def spaced(layout: QBoxLayout | QGridLayout, gap: int, margins: tuple[int, int, int, int] = (0, 0, 0, 0)) -> None:
    """Space a layout in pixels of a 1366 x 768 window; `respace` does it again after the scale has changed."""
    layout.setProperty("spaced", (gap, *margins))
    _space(layout)


def respace(widget: QWidget) -> None:
    """Space every layout below this widget that was given to `spaced`."""
    for layout in widget.findChildren(QLayout):
        if layout.property("spaced") is not None:
            _space(layout)


def _space(layout: QLayout) -> None:
    gap, left, top, right, bottom = (px(size) for size in layout.property("spaced"))
    layout.setSpacing(gap)
    layout.setContentsMargins(left, top, right, bottom)


def set_state(widget: QWidget, name: str, value: str) -> None:
    """Set a property that the style sheet selects by, and let the sheet look at the widget again."""
    if widget.property(name) == value:
        return
    widget.setProperty(name, value)
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def rounded(painter: QPainter, where: QRectF, radius: float, back: QColor, border: QColor | None = None) -> None:
    """Fill a rounded rectangle, with a hairline inside its edge when a border is given."""
    painter.setBrush(back)
    if border is None:
        painter.setPen(QPen(QColor(0, 0, 0, 0)))
        painter.drawRoundedRect(where, radius, radius)
        return
    painter.setPen(QPen(border, 1))
    painter.drawRoundedRect(where.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
