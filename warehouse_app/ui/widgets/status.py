"""One item of the status bar: an icon in the colour of its state, and words that say the same."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from warehouse_app.ui.theme import Tone, px
from warehouse_app.ui.widgets.icon_box import IconBox
from warehouse_app.ui.widgets.styled import Styled
from warehouse_app.ui.widgets.text import Label
from warehouse_app.ui.widgets.views import StatusView


class StatusItem(Styled):
    """Sync, a device, or the version."""

    def __init__(self, view: StatusView, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon, self._text = IconBox(16, 16), Label("status")
        self._layout = QHBoxLayout(self)
        self._layout.addWidget(self._icon)
        self._layout.addWidget(self._text)
        self.restyle()
        self.show_status(view)

    def show_status(self, view: StatusView) -> None:
        """Show this state."""
        self._icon.show_icon(view.icon, view.tone)
        self._text.setText(view.text)
        self._show_urgency(urgent=view.tone in (Tone.WARN, Tone.ERROR))
        self.setToolTip(view.tip)
        self.setAccessibleName(view.text)

    def _show_urgency(self, *, urgent: bool) -> None:
        """Colour alone is easily overlooked at the foot of a screen."""
        if self._text.property("urgent") != urgent:
            self._text.setProperty("urgent", urgent)
            self._text.style().polish(self._text)

    def restyle(self) -> None:
        self._layout.setContentsMargins(0, 0, px(14), 0)
        self._layout.setSpacing(px(6))
