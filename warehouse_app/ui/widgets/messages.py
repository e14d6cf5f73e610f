"""Messages that are part of the screen: a banner across it, and what stands where nothing is yet."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from warehouse_app.ui.theme import Tone, px
from warehouse_app.ui.widgets.buttons import ActionButton
from warehouse_app.ui.widgets.icon_box import IconBox
from warehouse_app.ui.widgets.styled import Styled, set_state
from warehouse_app.ui.widgets.text import Label
from warehouse_app.ui.widgets.views import BannerView, EmptyView


class Banner(Styled):
    """A message in its tone, with icon, title, text and at most one button."""

    pressed = Signal()

    def __init__(self, view: BannerView | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._icon = IconBox(22, 20)
        self._title, self._text = Label("banner-title"), Label("banner-text", wrap=True)
        self._button = ActionButton("")
        self._button.setSizePolicy(self._button.sizePolicy().Policy.Maximum, self._button.sizePolicy().Policy.Fixed)
        self._button.clicked.connect(self.pressed)
        self._layout = QHBoxLayout(self)
        self._layout.addWidget(self._icon)
        self._layout.addWidget(self._title)
        self._layout.addWidget(self._text, 1)
        self._layout.addWidget(self._button)
        self.restyle()
        self.show_banner(view)

    def show_banner(self, view: BannerView | None) -> None:
        """Show this message; None hides the banner."""
        self.setVisible(view is not None)
        if view is None:
            return
        set_state(self, "tone", view.tone.value)
        set_state(self._title, "tone", view.tone.value)
        self._icon.show_icon(view.icon, Tone.ERROR if view.tone is Tone.STOP else view.tone)
        self._title.setText(view.title)
        self._text.setText(view.text)
        self._button.show_words(view.button)
        self._button.setVisible(bool(view.button))

    def restyle(self) -> None:
        self._layout.setContentsMargins(px(12), px(8), px(12), px(8))
        self._layout.setSpacing(px(10))


class EmptyState(Styled):
    """An icon, what is missing, what to do first, and perhaps the button that does it."""

    pressed = Signal()

    def __init__(self, view: EmptyView | None = None, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._icon = IconBox(72, 40, tile=True)
        self._title = Label("h1", wrap=True)
        self._what = Label("empty-text", wrap=True)
        self._button = ActionButton("", primary=True)
        self._button.setSizePolicy(self._button.sizePolicy().Policy.Maximum, self._button.sizePolicy().Policy.Fixed)
        self._button.clicked.connect(self.pressed)
        self._layout = QVBoxLayout(self)
        self._layout.addStretch(2)
        self._layout.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignHCenter)
        for label in (self._title, self._what):
            label.setAlignment(Qt.AlignmentFlag.AlignCenter)
            self._layout.addWidget(label)
        self._layout.addWidget(self._button, 0, Qt.AlignmentFlag.AlignHCenter)
        self._layout.addStretch(3)
        self.restyle()
        if view is not None:
            self.show_empty(view)

    def show_empty(self, view: EmptyView) -> None:
        """Show this."""
        self._icon.show_icon(view.icon, Tone.PRIMARY)
        self._title.setText(view.title)
        self._what.setText(view.what_to_do)
        self._button.show_words(view.button)
        self._button.setVisible(bool(view.button))

    def restyle(self) -> None:
        self._layout.setContentsMargins(px(24), px(12), px(24), px(12))
        self._layout.setSpacing(px(10))
