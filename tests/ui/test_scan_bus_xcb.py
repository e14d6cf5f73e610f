"""Real key strokes through an X server: `QT_QPA_PLATFORM=xcb xvfb-run -a pytest -m xcb`."""

import random
import shutil
import subprocess
from collections.abc import Iterator

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow
from pytestqt.qtbot import QtBot

from warehouse_app.ui.scan_bus import ScanBus

pytestmark = pytest.mark.xcb


@pytest.fixture(scope="module")
def window_manager() -> Iterator[None]:
    """Without one no window becomes active."""
    if QGuiApplication.platformName() not in {"", "xcb"} or not shutil.which("xdotool") or not shutil.which("openbox"):
        pytest.skip("needs an X server, openbox and xdotool")
    manager = subprocess.Popen(["openbox"])
    while subprocess.run(["xdotool", "get_desktop"], capture_output=True, check=False).returncode != 0:
        assert manager.poll() is None
    yield
    manager.terminate()
    manager.wait()


@pytest.fixture
def field(window_manager: None, qtbot: QtBot, desktop: QApplication) -> Iterator[QLineEdit]:
    """A field with the keyboard."""
    del window_manager
    if desktop.platformName() != "xcb":
        pytest.skip("needs an X server")
    window, made = QMainWindow(), QLineEdit()
    window.setCentralWidget(made)
    qtbot.addWidget(window)
    window.show()

    def active() -> bool:
        window.activateWindow()  # Asked again: the window manager may have started after the window was shown.
        return window.isActiveWindow()

    qtbot.waitUntil(active, timeout=20_000)
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


def typed(text: str, delay_ms: int) -> subprocess.Popen[bytes]:
    return subprocess.Popen(["xdotool", "type", "--delay", str(delay_ms), text])


@pytest.mark.parametrize("delay_ms", [0, 1])
def test_every_scan_of_a_long_stream_arrives_whole(field: QLineEdit, bus: ScanBus, qtbot: QtBot, delay_ms: int) -> None:
    rng, scans = random.Random(1), list[str]()
    codes = ["".join(rng.choices("ABCXYZ0123456789:-", k=rng.randint(20, 40))) for _ in range(100)]
    bus.scanned.connect(scans.append)

    keyboard = typed("".join(f"{code}\n" for code in codes), delay_ms)
    qtbot.waitUntil(lambda: len(scans) >= len(codes), timeout=20_000)
    keyboard.wait()

    assert scans == codes
    assert field.text() == ""


def test_slow_typing_stays_in_the_field(field: QLineEdit, bus: ScanBus, qtbot: QtBot) -> None:
    scans = list[str]()
    bus.scanned.connect(scans.append)

    keyboard = typed("Tea for Two 12", 90)
    qtbot.waitUntil(lambda: field.text() == "Tea for Two 12", timeout=15_000)
    keyboard.wait()

    assert scans == []


def test_group_separator_comes_through(field: QLineEdit, bus: ScanBus, qtbot: QtBot) -> None:
    del field
    scans = list[str]()
    bus.scanned.connect(scans.append)

    keys = [*"0109506000134352", "ctrl+bracketright", *"10L7", "Return"]
    keyboard = subprocess.Popen(["xdotool", "key", "--delay", "2", *keys])
    qtbot.waitUntil(lambda: len(scans) == 1, timeout=15_000)
    keyboard.wait()

    assert scans == ["0109506000134352\x1d10L7"]
