from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from warehouse_app.language import language_in_use, use_language
from warehouse_app.ui.main_window import MainWindow
from warehouse_app.ui.palette import CodeEntry, CommandPalette
from warehouse_app.ui.preferences import Preferences
from warehouse_app.ui.scan_bus import ScanBus
from warehouse_app.ui.screen import Action, Screen, ScreenEntry
from warehouse_app.ui.settings import SettingsDialog
from warehouse_app.ui.tasks import Tasks
from warehouse_app.ui.theme import DARK, tokens


class Page(Screen):
    """A screen that notes what reaches it."""

    def __init__(self) -> None:
        super().__init__()
        self.scans: list[str] = []
        self.undone = 0

    def actions_here(self) -> tuple[Action, ...]:
        return (Action("Undo the last scan", self._undo, "F8"),)

    def take_scan(self, text: str) -> None:
        self.scans.append(text)

    def _undo(self) -> None:
        self.undone += 1


class Bench(Page):
    bench = True


@pytest.fixture
def preferences(tmp_path: Path) -> Preferences:
    return Preferences(tmp_path / "window.ini")


@pytest.fixture
def window(qtbot: QtBot, desktop: QApplication, preferences: Preferences) -> Iterator[MainWindow]:
    del desktop
    tasks = Tasks()
    entries = (ScreenEntry("today", "Today", "today", Page), ScreenEntry("packing", "Packing", "packing", Bench))
    made = MainWindow(entries, ScanBus(), preferences, tasks, version="1.0")
    qtbot.addWidget(made)
    made.show()
    qtbot.waitExposed(made)
    yield made
    use_language("en")
    tasks.close()


def front(window: MainWindow) -> Page:
    screen = window.screen_in_front
    assert isinstance(screen, Page)
    return screen


def test_scan_reaches_the_screen_in_front_only(qtbot: QtBot, preferences: Preferences, desktop: QApplication) -> None:
    del desktop
    bus, tasks = ScanBus(), Tasks()
    entries = (ScreenEntry("today", "Today", "today", Page), ScreenEntry("packing", "Packing", "packing", Bench))
    window = MainWindow(entries, bus, preferences, tasks, version="1.0")
    qtbot.addWidget(window)
    today = front(window)

    window.show_screen("packing")
    bus.feed("TOTE:T-0031")

    assert front(window).scans == ["TOTE:T-0031"]
    assert today.scans == []
    tasks.close()


def test_navigation_folds_away_on_a_bench_and_comes_back(window: MainWindow) -> None:
    assert window.nav.isVisible()

    window.show_screen("packing")
    assert not window.nav.isVisible()

    QTest.keyClick(window, Qt.Key.Key_F11)
    assert window.nav.isVisible()


def test_key_of_a_screen_works_while_it_is_in_front(window: MainWindow) -> None:
    today = front(window)
    QTest.keyClick(window, Qt.Key.Key_F8)

    window.show_screen("packing")
    QTest.keyClick(window, Qt.Key.Key_F8)

    assert today.undone == 1
    assert front(window).undone == 1


def test_new_language_builds_the_screens_again(window: MainWindow, preferences: Preferences) -> None:
    before = window.screen_in_front

    preferences.language = "zh"

    assert language_in_use() == "zh"
    assert window.screen_in_front is not before


def test_open_settings_follow_the_language(window: MainWindow, preferences: Preferences, qtbot: QtBot) -> None:
    QTest.keyClick(window, Qt.Key.Key_Comma, Qt.KeyboardModifier.ControlModifier)
    before = window.findChildren(SettingsDialog)

    preferences.language = "zh"

    qtbot.waitUntil(lambda: len(window.findChildren(SettingsDialog)) == 1)
    assert window.findChildren(SettingsDialog) != before


def test_typed_code_counts_as_a_scan(window: MainWindow) -> None:
    QTest.keyClick(window, Qt.Key.Key_F2)
    entry = window.findChild(CodeEntry)
    assert isinstance(entry, CodeEntry)

    QTest.keyClicks(entry.line, "TOTE:T-0012")
    QTest.keyClick(entry.line, Qt.Key.Key_Return)

    assert front(window).scans == ["TOTE:T-0012"]


def test_theme_changes_while_the_window_is_open(window: MainWindow, preferences: Preferences) -> None:
    preferences.theme = "dark"

    assert tokens() is DARK
    assert window.palette().window().color().name() == DARK.bg.lower()


def test_window_remembers_what_was_chosen(preferences: Preferences, tmp_path: Path) -> None:
    preferences.language, preferences.theme, preferences.station = "zh", "dark", "P-03"

    again = Preferences(tmp_path / "window.ini")

    assert (again.language, again.theme, again.station) == ("zh", "dark", "P-03")


def test_palette_finds_an_action_by_parts_of_its_words(qtbot: QtBot, desktop: QApplication) -> None:
    del desktop
    done: list[str] = []
    palette = CommandPalette(
        (Action("Open Packing", lambda: done.append("packing")), Action("Settings", lambda: done.append("settings")))
    )
    qtbot.addWidget(palette)

    palette.line.setText("pack op")
    QTest.keyClick(palette.line, Qt.Key.Key_Return)

    assert done == ["packing"]
