"""Start-up: window first, then the database and the station behind it; and an orderly end."""

import logging
import sys
from logging.handlers import RotatingFileHandler
from pathlib import Path

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QApplication, QMessageBox

from warehouse_app.language import mark, tr, use_language
from warehouse_app.station.file import FolderUnusable, StationBusy, StationFile
from warehouse_app.ui.children import Keeper
from warehouse_app.ui.crash import CrashHook
from warehouse_app.ui.desk import Desk, DesktopParts, Tools
from warehouse_app.ui.first_paint import FirstPaint
from warehouse_app.ui.garbage import UiGarbage
from warehouse_app.ui.main_window import MainWindow
from warehouse_app.ui.preferences import Preferences
from warehouse_app.ui.scan_bus import ScanBus
from warehouse_app.ui.screen import Screen, ScreenEntry
from warehouse_app.ui.sounds import Sounds
from warehouse_app.ui.status_words import StatusWords
from warehouse_app.ui.tasks import Tasks
from warehouse_app.ui.theme import use_theme
from warehouse_app.ui.today.screen import TodayScreen

__all__ = ["Desktop", "DesktopParts", "run_desktop"]

SWITCH_INTERVAL_S = 0.001
"""Threads give the interpreter back this soon: a label that is being drawn must not hold up a scan (default 5 ms)."""

LOG_BYTES, LOG_FILES = 1_000_000, 3


def run_desktop(parts: DesktopParts) -> int:
    """Open the desktop and give its exit status when it is closed."""
    sys.setswitchinterval(SWITCH_INTERVAL_S)
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    app.setApplicationName("warehouse-app")
    app.setApplicationVersion(parts.version)
    preferences = Preferences(parts.home / "desktop.ini")
    use_language(preferences.language)
    use_theme(app, preferences.theme)
    try:
        file = StationFile(parts.home, preferences.station)
    except StationBusy as busy:
        _say_busy(busy)
        return 1
    except FolderUnusable as error:
        _say_unusable(error)
        return 1
    _log_to(parts.home)
    hook = CrashHook(parts.version)
    hook.install(parts.home / "faults.log")
    desktop = Desktop(app, parts, preferences, file)
    desktop.open()
    try:
        return app.exec()
    finally:
        desktop.close()


class Desktop(QObject):
    """The main window with everything behind it. Made on the UI thread; `open` shows it, `close` ends it all."""

    def __init__(
        self,
        app: QApplication,
        parts: DesktopParts,
        preferences: Preferences,
        file: StationFile,
        *,
        bus: ScanBus | None = None,
    ) -> None:
        super().__init__()
        self._app, self._parts = app, parts
        self._garbage = UiGarbage(self)
        self.bus = bus or ScanBus()
        self.tasks = Tasks()
        self.desk = Desk(parts, Tools(self.tasks, preferences, Sounds()), file)
        self.window = MainWindow(self._entries(), self.bus, preferences, self.tasks, version=parts.version)
        self.keeper = Keeper((*parts.program, "bookkeeper", "--with-parent"), parts.home / "bookkeeper.log", self)
        self._status = StatusWords(self.desk, self.window.status)
        self.desk.changed.connect(self._changed)
        preferences.language_changed.connect(self._status.show_all)
        preferences.scanner_changed.connect(self._set_scanner)
        self._set_scanner()

    def open(self) -> None:
        """Show the window, and open everything else behind it."""
        self._app.installEventFilter(self.bus)
        FirstPaint(self.window)
        self.window.show()
        self.desk.open()
        QTimer.singleShot(0, self, self._open_devices)

    def close(self) -> None:
        """End what runs beside the window."""
        self._app.removeEventFilter(self.bus)
        self.window.close()
        self._status.close()
        self.desk.close()
        self.keeper.stop()
        self._garbage.stop()

    def _open_devices(self) -> None:
        self.desk.open_devices().scanned.connect(self.bus.feed)

    def _set_scanner(self) -> None:
        self.bus.settings = self.desk.tools.preferences.scanner

    def _entries(self) -> tuple[ScreenEntry, ...]:
        return (
            ScreenEntry("today", mark("Today"), "today", self._today),
            ScreenEntry("packing", mark("Packing"), "packing", self._packing),
            ScreenEntry("labels", mark("Labels"), "labels", self._labels),
            ScreenEntry("devices", mark("Devices"), "scan", self._devices),
        )

    def _today(self) -> Screen:
        return TodayScreen(self.desk)

    def _packing(self) -> Screen:
        # The rules of packing bring the barcode library with them; the first window does without.
        from warehouse_app.ui.packing.screen import PackingScreen  # noqa: PLC0415

        return PackingScreen(self.desk)

    def _labels(self) -> Screen:
        from warehouse_app.ui.labels.screen import LabelsScreen  # noqa: PLC0415 - see above

        return LabelsScreen(self.desk)

    def _devices(self) -> Screen:
        from warehouse_app.ui.devices.screen import DevicesScreen  # noqa: PLC0415 - see above

        return DevicesScreen(self.desk)

    def _changed(self) -> None:
        """The station was opened: keep the books if they are ours to keep, and go on where a bench was interrupted."""
        if self.desk.side is None:
            return
        self.desk.changed.disconnect(self._changed)
        if self._parts.embedded:
            self.keeper.start()
        if self.desk.bench is not None and self.desk.bench.in_hand:
            self.window.show_screen("packing")


def _say_busy(busy: StationBusy) -> None:
    box = QMessageBox(QMessageBox.Icon.Information, tr("Warehouse App is open already"), "")
    box.setText(tr("This station is in use by {owner}.", **busy.values))
    box.setInformativeText(tr("Go on in that window, or close that program first and start again."))
    box.exec()


def _say_unusable(error: FolderUnusable) -> None:
    """Such as a disk that is full or can only be read: nothing could be recorded."""
    box = QMessageBox(QMessageBox.Icon.Critical, tr("Warehouse App cannot start"), "")
    box.setText(tr("The station's folder {folder} cannot be used: {reason}.", **error.values))
    box.setInformativeText(tr("Free space or mend the disk, then start again. Scans that are there already are kept."))
    box.exec()


def _log_to(home: Path) -> None:
    """Keep a log beside the station's file, so that support can read what happened."""
    handler = RotatingFileHandler(home / "desktop.log", maxBytes=LOG_BYTES, backupCount=LOG_FILES, encoding="utf-8")
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.getLogger().addHandler(handler)
    logging.getLogger().setLevel(logging.INFO)
