"""A whole desktop on a copy of a database, worked by keys as a scanner types them."""

import shutil
import sys
import time
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from warehouse_app.domain.packing_state import PackState
from warehouse_app.station.file import Connect, StationFile, connect
from warehouse_app.store.database import Database
from warehouse_app.store.engine import open_database
from warehouse_app.store.migrate import upgrade
from warehouse_app.ui.desktop import Desktop, DesktopParts
from warehouse_app.ui.packing.bench import Moment, PackingBench
from warehouse_app.ui.packing.screen import PackingScreen
from warehouse_app.ui.preferences import Preferences
from warehouse_app.ui.scan_bus import ScanBus

# A helper program that does nothing until its standard input ends: the books are kept by the bench that needs them.
NO_BOOKKEEPER = (sys.executable, "-c", "import sys; sys.stdin.read()")


def parts_at(home: Path, url: str | Path, program: tuple[str, ...] = NO_BOOKKEEPER) -> DesktopParts:
    """What the program's entry would hand over."""
    return DesktopParts(
        home=home,
        database_url=str(url),
        open_database=lambda: Database(open_database(str(url))),
        prepare=lambda database: upgrade(database.engine),
        program=program,
        version="1.0",
    )


class _Painted(QObject):
    """Whether a widget has been painted since `seen` was set to False."""

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        self.seen = False
        widget.installEventFilter(self)

    def eventFilter(self, widget: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        del widget
        self.seen = self.seen or event.type() is QEvent.Type.Paint
        return False


class Worked:
    """An open desktop and the hands that work it."""

    def __init__(self, qtbot: QtBot, app: QApplication, parts: DesktopParts, opens: Connect = connect) -> None:
        self._qtbot, self._pressed_ms = qtbot, 0.0
        bus = ScanBus(key_time_ms=lambda _: self._pressed_ms)
        # A busy machine may be slower between two keys than a person is; here only the end of a scan ends it.
        bus._timer.timeout.disconnect()  # noqa: SLF001 -- the timer that gives held keys back
        preferences = Preferences(parts.home / "desktop.ini")
        # These hands scan faster than any person does, and mean every scan.
        preferences.scanner = replace(preferences.scanner, burst_ms=0)
        self.desktop = Desktop(app, parts, preferences, StationFile(parts.home, "P-03", opens), bus=bus)
        self.desktop.open()
        qtbot.waitExposed(self.desktop.window)
        self.desktop.window.activateWindow()

    @property
    def bench(self) -> PackingBench:
        bench = self.desktop.desk.bench
        assert bench is not None
        return bench

    @property
    def moment(self) -> Moment:
        return self.bench.moment

    @property
    def order(self) -> PackState:
        state = self.moment.state
        assert state is not None
        return state

    @property
    def screen(self) -> PackingScreen:
        screen = self.desktop.window.screen_in_front
        assert isinstance(screen, PackingScreen)
        return screen

    def wait_for_station(self) -> None:
        self._qtbot.waitUntil(lambda: self.desktop.desk.bench is not None, timeout=10_000)

    def to_packing(self) -> None:
        self.wait_for_station()
        self.desktop.window.show_screen("packing")

    def scan(self, text: str) -> None:
        """Type a code as fast as a scanner does, with its Enter, and wait for the answer."""
        self.type(text)
        self._qtbot.waitUntil(lambda: not self.moment.fetching, timeout=10_000)

    def type(self, text: str) -> None:
        self._type(text)
        QTest.keyClick(self.desktop.window.windowHandle(), Qt.Key.Key_Return)

    def _type(self, text: str) -> None:
        handle = self.desktop.window.windowHandle()
        self._pressed_ms += 1_000
        for character in text:
            self._pressed_ms += 1
            QTest.keyClick(handle, ord(character.upper()) if character.isalpha() else ord(character))
        self._pressed_ms += 1

    def scan_until_painted(self, text: str) -> float:
        """Milliseconds from the key that ends this scan to its answer being painted on the screen."""
        handle = self.desktop.window.windowHandle()
        painted = _Painted(self.screen.hero)
        self.bench._guard._last = ""  # noqa: SLF001 -- see scan_expected
        self._type(text)
        QCoreApplication.processEvents()
        painted.seen = False
        started = time.perf_counter()
        QTest.keyClick(handle, Qt.Key.Key_Return)
        while not painted.seen:
            QCoreApplication.processEvents()
        return (time.perf_counter() - started) * 1_000

    def press(self, key: Qt.Key) -> None:
        """Press a key as a person does."""
        self._pressed_ms += 1_000
        QTest.keyClick(self.desktop.window.windowHandle(), key)
        self.desktop.bus.release()

    def scan_expected(self) -> str:
        """Scan what the session expects next; its bounce guard takes nobody for a bouncing trigger."""
        text = self.bench.expected()[0].scan_text
        self.bench._guard._last = ""  # noqa: SLF001 -- a person takes longer than the guard's quarter of a second
        self.scan(text)
        return text

    def open_first_order(self) -> None:
        self.to_packing()
        self.scan("BADGE:W-06")
        self._qtbot.waitUntil(lambda: bool(self.moment.waiting), timeout=10_000)
        self.scan_expected()

    def close(self) -> None:
        """End it, and let go of the window: every later change of the look would restyle it too."""
        self.desktop.close()
        self.desktop.window.deleteLater()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


def copied(file: Path, folder: Path) -> Path:
    """A database file of the test's own."""
    folder.mkdir(parents=True, exist_ok=True)
    return Path(shutil.copy(file, folder / "warehouse.db"))
