"""The bar at the foot: synchronisation and devices at the left, the version at the right."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from warehouse_app.ui.theme import px
from warehouse_app.ui.widgets.status import StatusItem
from warehouse_app.ui.widgets.styled import Styled
from warehouse_app.ui.widgets.views import StatusView


class StatusBar(Styled):
    """Shows items by their key, in the order in which they first came."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("statusbar")
        self._items: dict[str, StatusItem] = {}
        self._layout = QHBoxLayout(self)
        self._left, self._right = QHBoxLayout(), QHBoxLayout()
        self._layout.addLayout(self._left)
        self._layout.addStretch(1)
        self._layout.addLayout(self._right)
        self.restyle()

    def show_status(self, view: StatusView, *, at_right: bool = False) -> None:
        """Show this state, in place of the one of the same key."""
        if view.key in self._items:
            self._items[view.key].show_status(view)
            return
        self._items[view.key] = StatusItem(view)
        (self._right if at_right else self._left).addWidget(self._items[view.key])

    def restyle(self) -> None:
        self.setFixedHeight(px(30))
        self._layout.setContentsMargins(px(12), 0, px(2), 0)
        for row in (self._left, self._right):
            row.setSpacing(px(12))
