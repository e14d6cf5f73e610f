"""A window that only takes the time of scans: the benchmarks and tests press its keys and speak on its serial port.

It says `ready` when it has the keyboard or the port, and at the scan `END` prints what it saw as one JSON object: each
scan with the moment at which it was there (milliseconds of the system's steady clock) and the time of its last key as
the system stamped it, how often the keys paused within a scan, the longest time without a turn of the event loop, and
the memory before and at its highest.
"""

import json
import sys
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow

from warehouse_app.ui.desktop import SWITCH_INTERVAL_S
from warehouse_app.ui.scan_bus import ScanBus

END = "END"
HEARTBEAT_MS = 10
BETWEEN_STALLS_MS = 50
PAUSE_MS = 30
_STATUS = Path("/proc/self/status")

OpenScanner = Callable[[str, Callable[[str], None], Callable[[], None]], AbstractContextManager[object]]
"""Opens the scanner at a port: who takes its scans, and who is told that the port is open, both on any thread."""


class _Bridge(QObject):
    """From the scanner's thread to the window's."""

    scanned = Signal(str)
    opened = Signal()


class ScanMeter(QObject):
    """Notes what comes and when."""

    def __init__(self) -> None:
        super().__init__()
        self.bus = ScanBus(key_time_ms=self._stamped)
        self.bus.scanned.connect(self._take)
        self._key_ms, self._within, self._pauses = 0.0, False, 0
        self._scans: list[tuple[str, float, float]] = []
        self._gap_ms, self._last_ms = 0.0, 0.0
        self._memory_mb = 0.0
        self._beat = QTimer(self)
        self._beat.setTimerType(Qt.TimerType.PreciseTimer)
        self._beat.timeout.connect(self._note_gap)

    def begin(self) -> None:
        """From now on gaps and memory count; a port that was flooded is open for a second time."""
        if self._beat.isActive():
            return
        self._memory_mb, self._last_ms = _memory_mb("VmRSS"), _now_ms()
        self._beat.start(HEARTBEAT_MS)
        _say("ready")

    def _stamped(self, event: QKeyEvent) -> float:
        """Also notes when whoever types pauses within a code: what is split by that is split rightly."""
        before_ms, self._key_ms = self._key_ms, float(event.timestamp())
        self._pauses += self._within and self._key_ms - before_ms > PAUSE_MS
        self._within = event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and event.text() != "\n"
        return self._key_ms

    def _take(self, text: str) -> None:
        self._scans.append((text, _now_ms(), self._key_ms))
        if text == END:
            self._tell()
            QApplication.exit(0)

    def _note_gap(self) -> None:
        now_ms = _now_ms()
        self._gap_ms, self._last_ms = max(self._gap_ms, now_ms - self._last_ms), now_ms

    def _tell(self) -> None:
        seen = {
            "scans": self._scans[:-1],
            "pauses": self._pauses,
            "gap_ms": round(self._gap_ms, 1),
            "memory_mb": [round(self._memory_mb, 1), round(_memory_mb("VmHWM"), 1)],
        }
        _say(json.dumps(seen))


def run_meter(words: Sequence[str], open_scanner: OpenScanner) -> int:
    """Run until the last scan has come; gives the exit status."""
    asked = _parsed(words)
    sys.setswitchinterval(SWITCH_INTERVAL_S)  # As the desktop has it.
    app = QApplication([])
    meter, bridge = ScanMeter(), _Bridge()
    app.installEventFilter(meter.bus)
    bridge.scanned.connect(meter.bus.feed)
    bridge.opened.connect(meter.begin)
    window = _window()
    stalls = QTimer()
    stalls.timeout.connect(lambda: time.sleep(asked.stall_ms / 1000))
    if asked.stall_ms:
        stalls.start(BETWEEN_STALLS_MS)
    wait = QTimer()
    if not asked.port:
        wait.timeout.connect(lambda: _begin_when_active(window, wait, meter))
        wait.start(HEARTBEAT_MS)
    scanner = open_scanner(asked.port, bridge.scanned.emit, bridge.opened.emit) if asked.port else nullcontext()
    with scanner:
        return app.exec()


def _parsed(words: Sequence[str]) -> Namespace:
    parser = ArgumentParser("scan-meter")
    parser.add_argument("--port", default="")
    parser.add_argument("--stall-ms", type=int, default=0)
    return parser.parse_args(words)


def _window() -> QMainWindow:
    window, field = QMainWindow(), QLineEdit()
    window.setCentralWidget(field)
    window.show()
    field.setFocus()
    return window


def _begin_when_active(window: QMainWindow, wait: QTimer, meter: ScanMeter) -> None:
    """The window manager gives it the keyboard when it is shown, or a moment later."""
    if window.isActiveWindow():
        wait.stop()
        meter.begin()
    else:
        window.activateWindow()


def _memory_mb(name: str) -> float:
    """The physical memory that is in use, or was at the most; 0 where the system does not tell."""
    if sys.platform != "linux":
        return 0.0
    lines = _STATUS.read_text(encoding="ascii", errors="replace").splitlines()
    return next((int(line.split()[1]) / 1024 for line in lines if line.startswith(f"{name}:")), 0.0)


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def _now_ms() -> float:
    return time.monotonic() * 1000
