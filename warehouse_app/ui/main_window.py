"""The main window: navigation, the screen in front, the status bar, and the keys that work everywhere."""

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QCloseEvent, QGuiApplication, QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QApplication, QDialog, QHBoxLayout, QMainWindow, QStackedWidget, QVBoxLayout, QWidget

from warehouse_app.language import tr, use_language
from warehouse_app.ui.nav_rail import NavRail
from warehouse_app.ui.palette import CodeEntry, CommandPalette, KeySheet
from warehouse_app.ui.preferences import Preferences
from warehouse_app.ui.scan_bus import ScanBus
from warehouse_app.ui.screen import Action, Screen, ScreenEntry
from warehouse_app.ui.settings import SettingsDialog
from warehouse_app.ui.status_bar import StatusBar
from warehouse_app.ui.tasks import Tasks
from warehouse_app.ui.theme import SMALLEST_HEIGHT, SMALLEST_WIDTH, scale_for, use_scale, use_theme
from warehouse_app.ui.widgets.views import StatusView

RESCALE_AFTER_MS = 120  # A window dragged larger is restyled once, when the drag rests.


class MainWindow(QMainWindow):
    """Shows one screen at a time, built when first wanted and built again when the language changes."""

    def __init__(
        self, entries: Sequence[ScreenEntry], bus: ScanBus, preferences: Preferences, tasks: Tasks, *, version: str
    ) -> None:
        super().__init__()
        self._entries = {entry.key: entry for entry in entries}
        self._bus, self._preferences, self._tasks, self._version = bus, preferences, tasks, version
        self._screens: dict[str, Screen] = {}
        self._shortcuts: list[QShortcut] = []
        self._current = ""
        self._folded_by_hand: bool | None = True if preferences.navigation_folded else None
        self.nav = NavRail(entries)
        self.status = StatusBar()
        self._stack = QStackedWidget()
        self._rescale = QTimer(self)
        self._rescale.setSingleShot(True)
        self._rescale.setInterval(RESCALE_AFTER_MS)
        self._build()
        self._connect()
        self.show_version()
        self.restore(next(iter(self._entries)))

    @property
    def screen_in_front(self) -> Screen:
        """The screen that takes keys and scans."""
        return self._screens[self._current]

    def show_screen(self, key: str) -> None:
        """Bring the screen of this key to the front."""
        if self._current in self._screens and self._current != key:
            self.screen_in_front.closed()
        if key not in self._screens:
            self._screens[key] = self._make(key)
        self._current = key
        self._stack.setCurrentWidget(self._screens[key])
        self.nav.show_current(key)
        self._fold()
        self._bind_keys()
        self.screen_in_front.setFocus()
        self.screen_in_front.opened()
        self.setWindowTitle(f"{tr(self._entries[key].title)} – Warehouse App")

    def show_version(self) -> None:
        """Show the program's version at the right of the status bar."""
        self.status.show_status(StatusView("version", "info", self._version), at_right=True)

    def restore(self, first: str) -> None:
        """Put the window where it was left, and show the first screen."""
        self.setMinimumSize(1024, 640)
        if not self.restoreGeometry(self._preferences.geometry):
            self.resize(SMALLEST_WIDTH, SMALLEST_HEIGHT)
        self._apply_scale()
        self.show_screen(first)

    def closeEvent(self, event: QCloseEvent) -> None:
        self._preferences.geometry = self.saveGeometry()
        self.screen_in_front.closed()
        super().closeEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if self.isVisible():
            self._rescale.start()
        else:
            self._apply_scale()

    def _build(self) -> None:
        centre = QWidget()
        row = QHBoxLayout(centre)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(self._stack, 1)
        row.addWidget(self.nav)
        row.addLayout(column, 1)
        outer = QWidget()
        whole = QVBoxLayout(outer)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.setSpacing(0)
        whole.addWidget(centre, 1)
        whole.addWidget(self.status)
        self.setCentralWidget(outer)

    def _connect(self) -> None:
        self._bus.scanned.connect(self._pass_scan)
        self.nav.chosen.connect(self.show_screen)
        self.nav.settings_wanted.connect(self._open_settings)
        self._rescale.timeout.connect(self._apply_scale)
        self._preferences.language_changed.connect(self._change_language)
        self._preferences.theme_changed.connect(self._change_theme)
        QGuiApplication.styleHints().colorSchemeChanged.connect(self._change_theme)

    def _make(self, key: str) -> Screen:
        screen = self._entries[key].make()
        screen.go_to.connect(self.show_screen)
        self._stack.addWidget(screen)
        return screen

    def _pass_scan(self, text: str) -> None:
        screen = self.screen_in_front
        screen.scanner = self._bus.device
        try:
            screen.take_scan(text)
        finally:
            screen.scanner = ""

    def _window_actions(self) -> tuple[Action, ...]:
        screens = tuple(
            Action(
                tr("Open {screen}", screen=tr(entry.title)),
                partial(self.show_screen, key),
                f"Ctrl+{number}",
                entry.icon,
            )
            for number, (key, entry) in enumerate(self._entries.items(), start=1)
        )
        return (
            *screens,
            Action(tr("Show the keys"), self._open_key_sheet, "F1", "keyboard"),
            Action(tr("Type a code"), self._open_code_entry, "F2", "scan"),
            Action(tr("Find an action"), self._open_palette, "Ctrl+K", "search"),
            Action(tr("Fold the navigation away or back"), self._fold_by_hand, "F11", "today"),
            Action(tr("Settings"), self._open_settings, "Ctrl+,", "settings"),
        )

    def _all_actions(self) -> tuple[Action, ...]:
        return (*self.screen_in_front.actions_here(), *self._window_actions())

    def _bind_keys(self) -> None:
        for shortcut in self._shortcuts:
            shortcut.setEnabled(False)
            shortcut.deleteLater()
        self._shortcuts = []
        for action in self._all_actions():
            if action.keys:
                shortcut = QShortcut(QKeySequence(action.keys), self)
                shortcut.activated.connect(action.run)
                self._shortcuts.append(shortcut)

    def _open_palette(self) -> None:
        self._open(CommandPalette(self._all_actions(), self))

    def _open_key_sheet(self) -> None:
        self._open(KeySheet(self._all_actions(), self))

    def _open_settings(self) -> None:
        self._open(SettingsDialog(self._preferences, self))

    def _open_code_entry(self) -> None:
        entry = CodeEntry(self)
        entry.typed.connect(self._bus.feed)
        self._open(entry)

    def _open(self, dialog: QDialog) -> None:
        """Show a dialog that leaves nothing behind when it closes; scans still reach the screen."""
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def _fold_by_hand(self) -> None:
        self._folded_by_hand = self.nav.isVisible()
        self._preferences.navigation_folded = self._folded_by_hand
        self._fold()

    def _fold(self) -> None:
        """Hide the navigation on a bench, unless the person asked for it."""
        folded = self.screen_in_front.bench if self._folded_by_hand is None else self._folded_by_hand
        self.nav.setVisible(not folded)

    def _apply_scale(self) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            use_scale(app, scale_for(self.width(), self.height()))

    def _change_theme(self) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            use_theme(app, self._preferences.theme)

    def _change_language(self, language: str) -> None:
        """Build the screens again: what they show is read anew, in the new language."""
        use_language(language)
        self.nav.retranslate()
        key = self._current
        for screen in self._screens.values():
            screen.closed()
            self._tasks.drop(screen)
            self._stack.removeWidget(screen)
            screen.deleteLater()
        self._screens.clear()
        self.show_screen(key)
        for dialog in self.findChildren(SettingsDialog):
            dialog.accept()
            self._open_settings()
