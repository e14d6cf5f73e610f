"""The main window under real keystrokes from an X server: what a scanner types, and what a person does."""

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from tests.ui.test_main_window import Bench, Page
from tests.ui.x_keys import activate, typed
from warehouse_app.ui.main_window import MainWindow
from warehouse_app.ui.palette import CommandPalette
from warehouse_app.ui.preferences import Preferences
from warehouse_app.ui.scan_bus import ScanBus
from warehouse_app.ui.scanner_keys import KeyLayout, ScannerSettings
from warehouse_app.ui.screen import ScreenEntry
from warehouse_app.ui.tasks import Tasks

pytestmark = pytest.mark.xcb

SOON = 15_000
ON_GERMAN_KEYS = ("52", "29", "20", "10", "ctrl+35", "57", "Return")
"""By their places: Z, Y, -, 1, Ctrl+] and n of a US scanner; a German keyboard has Y, Z, ß, 1, Ctrl++ and n there."""


@pytest.fixture
def bus(desktop: QApplication) -> Iterator[ScanBus]:
    made = ScanBus()
    desktop.installEventFilter(made)
    yield made
    desktop.removeEventFilter(made)


@pytest.fixture
def window(window_manager: None, qtbot: QtBot, bus: ScanBus, tmp_path: Path) -> Iterator[MainWindow]:
    del window_manager
    tasks = Tasks()
    entries = (ScreenEntry("today", "Today", "today", Page), ScreenEntry("packing", "Packing", "packing", Bench))
    made = MainWindow(entries, bus, Preferences(tmp_path / "window.ini"), tasks, version="1.0")
    qtbot.addWidget(made)
    activate(made, qtbot)
    yield made
    made.close()
    tasks.close()


def in_front(window: MainWindow) -> Page:
    page = window.screen_in_front
    assert isinstance(page, Page)
    return page


def test_scan_reaches_the_screen_in_front_and_presses_no_button(window: MainWindow, qtbot: QtBot) -> None:
    button, pressed = QPushButton("Delete", in_front(window)), list[bool]()
    button.clicked.connect(pressed.append)
    button.show()
    button.setFocus()

    typed("LOC:A01-02\n4006381333931\n", delay_ms=1).wait()
    qtbot.waitUntil(lambda: len(in_front(window).scans) == 2, timeout=SOON)

    assert in_front(window).scans == ["LOC:A01-02", "4006381333931"]
    assert pressed == []


def test_function_key_works_at_once_between_two_scans(window: MainWindow, qtbot: QtBot) -> None:
    typed("TEA-GRN\n", delay_ms=1).wait()
    subprocess.run(["xdotool", "key", "F8"], check=True)
    typed("TEA-BLK\n", delay_ms=1).wait()
    qtbot.waitUntil(lambda: len(in_front(window).scans) == 2, timeout=SOON)

    assert in_front(window).undone == 1


def test_scan_while_a_person_types_a_search_stays_out_of_it(window: MainWindow, qtbot: QtBot) -> None:
    subprocess.run(["xdotool", "key", "ctrl+k"], check=True)
    qtbot.waitUntil(lambda: any(one.isVisible() for one in window.findChildren(CommandPalette)), timeout=SOON)
    palette = next(one for one in window.findChildren(CommandPalette) if one.isVisible())

    typed("pack", delay_ms=90).wait()
    typed("TOTE:T-0031\n", delay_ms=1).wait()
    qtbot.waitUntil(lambda: in_front(window).scans == ["TOTE:T-0031"], timeout=SOON)

    assert palette.isVisible()
    palette.close()


@pytest.mark.skipif(not shutil.which("setxkbmap"), reason="needs setxkbmap")
def test_a_us_scanner_is_read_by_the_places_of_its_keys(window: MainWindow, bus: ScanBus, qtbot: QtBot) -> None:
    bus.settings = ScannerSettings(layout=KeyLayout.US)
    subprocess.run(["setxkbmap", "de"], check=True)
    try:
        subprocess.run(["xdotool", "key", "--delay", "2", *ON_GERMAN_KEYS], check=True)
        qtbot.waitUntil(lambda: len(in_front(window).scans) == 1, timeout=SOON)
    finally:
        subprocess.run(["setxkbmap", "us"], check=True)

    assert in_front(window).scans == ["zy-1\x1dn"]
