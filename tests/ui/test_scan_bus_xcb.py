"""Real key strokes through an X server. `test_on_x_server.py` runs these; `make test-xcb` does without the others."""

import random
import subprocess
import time
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QTimer
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow
from pytestqt.qtbot import QtBot

from tests.ui.x_keys import Keyboard, activate, in_order, typed
from warehouse_app.ui.scan_bus import ScanBus

pytestmark = pytest.mark.xcb


@pytest.fixture
def field(window_manager: None, qtbot: QtBot, desktop: QApplication) -> Iterator[QLineEdit]:
    """A field with the keyboard."""
    del window_manager
    if desktop.platformName() != "xcb":
        pytest.skip("needs an X server")
    window, made = QMainWindow(), QLineEdit()
    window.setCentralWidget(made)
    qtbot.addWidget(window)
    activate(window, qtbot)
    made.setFocus()
    qtbot.waitUntil(made.hasFocus)
    yield made
    window.close()


@pytest.fixture
def bus(desktop: QApplication) -> Iterator[ScanBus]:
    made = ScanBus()
    desktop.installEventFilter(made)
    yield made
    desktop.removeEventFilter(made)


@pytest.fixture
def keyboard(desktop: QApplication, bus: ScanBus) -> Iterator[Keyboard]:
    del bus  # What is installed last sees the keys first.
    made = Keyboard()
    desktop.installEventFilter(made)
    yield made
    desktop.removeEventFilter(made)


@pytest.mark.parametrize(("delay_ms", "stalled_ms"), [(0, 0), (1, 0), (0, 200), (1, 200)])
def test_every_scan_of_a_long_stream_arrives_whole(
    field: QLineEdit, bus: ScanBus, keyboard: Keyboard, qtbot: QtBot, delay_ms: int, stalled_ms: int
) -> None:
    rng, scans = random.Random(1), list[str]()
    codes = ["".join(rng.choices("ABCXYZ0123456789:-", k=rng.randint(20, 40))) for _ in range(40)]
    bus.scanned.connect(scans.append)
    stalls = QTimer()
    stalls.timeout.connect(lambda: time.sleep(stalled_ms / 1000))
    stalls.start(50)

    typist = typed("".join(f"{code}\n" for code in [*codes, *codes, "END-OF-ALL"]), delay_ms)
    qtbot.waitUntil(lambda: "END-OF-ALL" in "".join(scans) + field.text(), timeout=30_000)
    typist.wait()
    stalls.stop()

    assert keyboard.whole()
    assert in_order(keyboard.whole(), scans)
    assert set(keyboard.whole()) <= set(codes) | {"END-OF-ALL"}


def test_slow_typing_stays_in_the_field(field: QLineEdit, bus: ScanBus, qtbot: QtBot) -> None:
    scans = list[str]()
    bus.scanned.connect(scans.append)

    typist = typed("Tea for Two 12", 90)
    qtbot.waitUntil(lambda: field.text() == "Tea for Two 12", timeout=15_000)
    typist.wait()

    assert scans == []


def test_group_separator_comes_through(field: QLineEdit, bus: ScanBus, qtbot: QtBot) -> None:
    del field
    scans = list[str]()
    bus.scanned.connect(scans.append)

    keys = [*"0109506000134352", "ctrl+bracketright", *"10L7", "Return"]
    typist = subprocess.Popen(["xdotool", "key", "--delay", "2", *keys])
    qtbot.waitUntil(lambda: len(scans) == 1, timeout=15_000)
    typist.wait()

    assert scans == ["0109506000134352\x1d10L7"]
