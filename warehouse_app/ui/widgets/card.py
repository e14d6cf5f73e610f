"""Surfaces that hold other widgets."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from warehouse_app.ui.theme import px
from warehouse_app.ui.widgets.styled import Styled


class Card(Styled):
    """A white surface with a border and rounded corners; put widgets into `body`."""

    def __init__(self, *, margin: int = 12, spacing: int = 8, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("card")
        self._margin, self._spacing = margin, spacing
        self.body = QVBoxLayout(self)
        Card.restyle(self)

    def restyle(self) -> None:
        margin = px(self._margin)
        self.body.setContentsMargins(margin, margin, margin, margin)
        self.body.setSpacing(px(self._spacing))
