"""The navigation at the left: one button a screen, settings at its foot."""

from collections.abc import Sequence

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QColor
from PySide6.QtWidgets import QButtonGroup, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from warehouse_app.language import tr
from warehouse_app.ui.icons import icon
from warehouse_app.ui.screen import ScreenEntry
from warehouse_app.ui.theme import colour, px
from warehouse_app.ui.widgets.icon_box import IconBox
from warehouse_app.ui.widgets.styled import Styled


class NavRail(Styled):
    """Says which screen is wanted; the main window answers by `show_current`."""

    chosen = Signal(str)
    settings_wanted = Signal()

    def __init__(self, entries: Sequence[ScreenEntry], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("nav")
        self._group = QButtonGroup(self)
        self._buttons: dict[str, QToolButton] = {}
        self._entries = tuple(entries)
        self._logo = _Logo()
        self._layout = QVBoxLayout(self)
        self._layout.addWidget(self._logo, 0, Qt.AlignmentFlag.AlignHCenter)
        for entry in self._entries:
            button = self._button(entry.key)
            button.setCheckable(True)
            self._group.addButton(button)
            button.clicked.connect(lambda _=False, key=entry.key: self.chosen.emit(key))
        self._layout.addStretch(1)
        self._button("settings").clicked.connect(self.settings_wanted)
        self.retranslate()
        self.restyle()

    def show_current(self, key: str) -> None:
        """Mark the screen in front."""
        self._buttons[key].setChecked(True)
        self._paint_icons()

    def retranslate(self) -> None:
        """Name the buttons in the language in use."""
        for entry in self._entries:
            self._buttons[entry.key].setText(tr(entry.title))
        self._buttons["settings"].setText(tr("Settings"))

    def restyle(self) -> None:
        self.setFixedWidth(px(76))
        self._layout.setContentsMargins(px(6), px(8), px(6), px(8))
        self._layout.setSpacing(px(4))
        for button in self._buttons.values():
            button.setIconSize(QSize(px(20), px(20)))
            button.setFixedHeight(px(56))
        self._paint_icons()

    def _button(self, key: str) -> QToolButton:
        button = QToolButton()
        button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextUnderIcon)
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        # A rail that takes the keyboard would let a scan's Enter change the screen.
        button.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._buttons[key] = button
        self._layout.addWidget(button)
        return button

    def _paint_icons(self) -> None:
        names = {entry.key: entry.icon for entry in self._entries} | {"settings": "settings"}
        for key, button in self._buttons.items():
            ink = colour("nav_text_on" if button.isChecked() else "nav_text")
            button.setIcon(icon(names[key], px(20), ink))


class _Logo(IconBox):
    """The warehouse, in the rail's own ink."""

    def __init__(self) -> None:
        super().__init__(48, 28)
        self.show_icon("warehouse")

    def ink(self) -> QColor:
        return colour("nav_text_on")
