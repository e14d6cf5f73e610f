"""The base of the shared widgets: they measure themselves again whenever the look changes."""

from PySide6.QtCore import QEvent, QRectF
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QFrame, QWidget


class Styled(QFrame):
    """A frame that calls `restyle` when theme or scale change. Constructors call it once, after their children."""

    def restyle(self) -> None:
        """Set sizes and spacing in scaled pixels, and icons in the theme's colours."""

    def changeEvent(self, event: QEvent) -> None:
        if event.type() == QEvent.Type.StyleChange:
            self.restyle()
        super().changeEvent(event)


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
