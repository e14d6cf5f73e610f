"""What a screen is to the main window: a top bar, a body, the keys it answers to, and a way to take scans."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from warehouse_app.ui.theme import Tone, px
from warehouse_app.ui.widgets.chip import ChipRow
from warehouse_app.ui.widgets.icon_box import IconBox
from warehouse_app.ui.widgets.styled import Styled, respace, spaced
from warehouse_app.ui.widgets.text import Label
from warehouse_app.ui.widgets.views import ChipView


@dataclass(frozen=True, slots=True)
class Action:
    """Something a person can do here: by its key (`keys` in Qt's spelling: Ctrl+P), or by name in the palette."""

    title: str
    run: Callable[[], None]
    keys: str = ""
    icon: str = ""


@dataclass(frozen=True, slots=True)
class PersonView:
    """Who works here: initials for the round picture, the name, and the station."""

    initials: str
    name: str
    station: str


class TopBar(Styled):
    """The bar above a screen: what is worked on at the left, time and person at the right."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("topbar")
        self._title, self._chips = Label("h1"), ChipRow()
        self._clock_icon, self._clock = IconBox(22, 18), Label("clock")
        self._avatar, self._name, self._station = Label("avatar"), Label("name"), Label("secondary")
        self._avatar.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._person = QVBoxLayout()
        self._person.addStretch(1)
        self._person.addWidget(self._name)
        self._person.addWidget(self._station)
        self._person.addStretch(1)
        self._layout = QHBoxLayout(self)
        self._layout.addWidget(self._title)
        self._layout.addWidget(self._chips, 1)
        self._layout.addWidget(self._clock_icon)
        self._layout.addWidget(self._clock)
        self._layout.addWidget(self._avatar)
        self._layout.addLayout(self._person)
        self.show_clock("")
        self.show_person(None)
        self.restyle()

    def show_title(self, title: str, chips: tuple[ChipView, ...] = ()) -> None:
        """Show what is worked on."""
        self._title.setText(title)
        self._chips.show_chips(chips)

    def show_clock(self, text: str, tone: Tone = Tone.WARN) -> None:
        """Show the time that matters now, such as the minutes to the next pick-up; empty hides it."""
        self._clock.setText(text)
        self._clock_icon.show_icon("clock", tone)
        self._clock.setVisible(bool(text))
        self._clock_icon.setVisible(bool(text))

    def show_person(self, person: PersonView | None) -> None:
        """Show who is signed on; None hides it."""
        for label in (self._avatar, self._name, self._station):
            label.setVisible(person is not None)
        if person is not None:
            self._avatar.setText(person.initials)
            self._name.setText(person.name)
            self._station.setText(person.station)

    def restyle(self) -> None:
        self.setFixedHeight(px(60))
        self._avatar.setFixedSize(px(36), px(36))
        self._layout.setContentsMargins(px(20), 0, px(20), 0)
        self._layout.setSpacing(px(10))
        self._person.setSpacing(0)


class Screen(Styled):
    """The base of all screens: lay the content out in `body`. A screen is built again when the language changes.

    Layouts given to `spaced` follow the window's scale; override `restyle` for widths of your own.
    """

    go_to = Signal(str)
    """Asks the main window to show the screen of this key."""

    bench = False
    """Whether the screen is worked by scanner alone: the navigation folds away."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("screen")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.scanner = ""
        """The serial scanner whose code is being taken; empty for the keyboard and the screen itself."""
        # An input method for Chinese would swallow the keys of a scanner.
        self.setAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled, on=False)
        self.top_bar = TopBar()
        self.body = QVBoxLayout()
        spaced(self.body, 12, (20, 16, 20, 14))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.top_bar)
        layout.addLayout(self.body, 1)

    def actions_here(self) -> tuple[Action, ...]:
        """What can be done here; the main window makes shortcuts, key sheet and palette of it."""
        return ()

    def take_scan(self, text: str) -> None:
        """A code was scanned while this screen was in front."""

    def opened(self) -> None:
        """The screen came to the front."""

    def closed(self) -> None:
        """The screen left the front, or is about to be thrown away."""

    def restyle(self) -> None:
        respace(self)


@dataclass(frozen=True, slots=True)
class ScreenEntry:
    """A screen in the navigation: `title` is marked for translation, `make` builds the screen when first shown."""

    key: str
    title: str
    icon: str
    make: Callable[[], Screen]
