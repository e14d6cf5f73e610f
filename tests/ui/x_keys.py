"""Keys pressed on a real X server, and what a window needs to have the keyboard there."""

import shutil
import subprocess
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

import pytest
from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QGuiApplication, QKeyEvent
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

ACTIVE_MS = 20_000
SURE_GAP_MS = 25
"""Keys that came closer to each other than this cannot be taken for a person's by anybody."""


@contextmanager
def window_manager_runs() -> Iterator[None]:
    """Without a window manager no window becomes active. Skips the test where there is no X server or none of it."""
    missing = [program for program in ("xdotool", "openbox") if not shutil.which(program)]
    if QGuiApplication.platformName() not in {"", "xcb"} or missing:
        pytest.skip("needs an X server, openbox and xdotool")
    manager = subprocess.Popen(["openbox"], stdout=subprocess.DEVNULL)
    try:
        while subprocess.run(["xdotool", "get_desktop"], capture_output=True, check=False).returncode != 0:
            assert manager.poll() is None
        yield
    finally:
        manager.terminate()
        manager.wait()


def activate(window: QWidget, qtbot: QtBot) -> None:
    """Show the window and give it the keyboard."""
    window.show()

    def active() -> bool:
        window.activateWindow()  # Asked again: the window manager may have started after the window was shown.
        return window.isActiveWindow()

    qtbot.waitUntil(active, timeout=ACTIVE_MS)


def typed(text: str, delay_ms: int) -> "subprocess.Popen[bytes]":
    """Begin to type this."""
    return subprocess.Popen(["xdotool", "type", "--delay", str(delay_ms), text])


class Keyboard(QObject):
    """What the X server says was typed, and when: keys that are given on by the program itself do not count."""

    def __init__(self) -> None:
        super().__init__()
        self._keys: list[tuple[int, str]] = []

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.KeyPress:
            return False
        if watched.isWindowType() and event.spontaneous():
            ends = event.key() == Qt.Key.Key_Return or event.text() in {"\r", "\n"}
            if ends or event.text():
                self._keys.append((event.timestamp(), "\n" if ends else event.text()))
        return False

    def whole(self) -> list[str]:
        """The codes that were typed without a pause: on a busy machine it is the typist who is held up at times."""
        found, code, steady, last_ms = list[str](), "", True, 0
        for at_ms, text in self._keys:
            steady = steady and (not code or at_ms - last_ms < SURE_GAP_MS)
            last_ms = at_ms
            if text == "\n":
                found += [code] if steady else []
                code, steady = "", True
            else:
                code += text
        return found


def in_order(wanted: Iterable[str], found: Iterable[str]) -> bool:
    """Whether all that is wanted was found, in this order."""
    rest = iter(found)
    return all(one in rest for one in wanted)
