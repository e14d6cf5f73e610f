"""Scans from keyboard-wedge scanners, caught for the whole program whatever has the focus.

A scanner types 20 characters in the time a person types one. Characters are held back until it is clear who typed
them: a burst that ends in Enter or Tab is a scan and is swallowed; anything slower is given on, in order, at most one
gap late. A scanner that sends a prefix is known by that instead, however busy the machine is.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent

from warehouse_app.ui.scanner_keys import ScannerSettings, character_of

FIRST_GAP_MS = 35  # No person types six characters this fast.
LATER_GAP_MS = 140  # Once six have come this fast it is a scanner, which a busy machine may hold up.
SURE_AFTER = 6
SHORTEST_SCAN = 3
FASTEST_REPEAT_MS = 12  # Qt calls the second of two like characters a repeat when a scanner sends them at once.
PREFIX_GAP_MS = 1_000  # Behind its prefix everything is the scanner's.
LATE_MS = 15  # A timer this late means the program was busy: keys may be queued that belong to the burst.
SECOND_CHANCE_MS = 10
AIM_FLAG = "]"

_ENDS = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab}
_MODIFIER_KEYS = {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta}


@dataclass(frozen=True, slots=True)
class _HeldKey:
    """A key that is not yet known to be a person's, the window it was meant for, and what it says in a scan."""

    window: QObject
    event: QKeyEvent
    character: str


def _monotonic_ms() -> float:
    return time.monotonic() * 1000


class ScanBus(QObject):
    """Give it to `QApplication.installEventFilter`; it emits each scan's text without its end character."""

    scanned = Signal(str)

    def __init__(
        self,
        parent: QObject | None = None,
        *,
        key_time_ms: Callable[[QKeyEvent], float] | None = None,
        clock_ms: Callable[[], float] = _monotonic_ms,
    ) -> None:
        """`key_time_ms` says when a key was pressed, by default the system's own stamp on the event.

        Gaps are measured by it, and lateness by `clock_ms`; the two clocks start at different moments and are never
        subtracted from each other.
        """
        super().__init__(parent)
        self.settings = ScannerSettings()
        self.device = ""
        """The serial scanner whose scan is being emitted; empty for the keyboard."""
        self._key_time_ms = key_time_ms or (lambda event: float(event.timestamp()))
        self._clock_ms = clock_ms
        self._held: list[_HeldKey] = []
        self._last_key_ms = 0.0
        self._due_ms = 0.0
        self._second_chance_used = False
        self._replaying = False
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._waited)

    def feed(self, text: str, device: str = "") -> None:
        """Take a scan from another source: the serial scanner of this name, or a person who typed a code."""
        if text:
            self.device = device
            try:
                self.scanned.emit(text)
            finally:
                self.device = ""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if self._replaying or not isinstance(event, QKeyEvent):
            return False
        if event.type() == QEvent.Type.ShortcutOverride:
            return self._keep_from_shortcuts(event)
        if event.type() != QEvent.Type.KeyPress or not watched.isWindowType():
            return False
        return self._take(watched, event)

    def _keep_from_shortcuts(self, event: QKeyEvent) -> bool:
        """A shortcut would swallow a plain character before the bus sees the key."""
        if character_of(event, self.settings.layout) or (self._held and event.key() in _ENDS):
            event.accept()
            return True
        return False

    def _take(self, window: QObject, event: QKeyEvent) -> bool:
        """Hold, finish or let go; gives whether the key is swallowed."""
        pressed_ms = self._key_time_ms(event)
        since_last_ms = pressed_ms - self._last_key_ms
        if self._held and since_last_ms > self._gap_ms():
            self.release()
        if _ends_scan(event):
            return self._finish()
        if event.key() in _MODIFIER_KEYS:
            return False
        held_down = event.isAutoRepeat() and (not self._held or since_last_ms > FASTEST_REPEAT_MS)
        character = "" if held_down else character_of(event, self.settings.layout)
        if character and not self._may_begin_with(character):
            # The held keys turned out to be a person's; this one may still begin a scan.
            self.release()
            character = character if self._may_begin_with(character) else ""
        if not character:
            self.release()
            return False
        self._held.append(_HeldKey(window, event.clone(), character))
        self._last_key_ms = pressed_ms
        self._second_chance_used = False
        self._wait(self._gap_ms() + 5)
        return True

    def _finish(self) -> bool:
        text, prefix = self._text(), self.settings.prefix
        if len(text) < SHORTEST_SCAN or (prefix and len(text) <= len(prefix)):
            self.release()
            return False
        self._held.clear()
        self._timer.stop()
        # An AIM identifier serves as a prefix too, but says what was scanned.
        self.scanned.emit(text if prefix == AIM_FLAG else text.removeprefix(prefix))
        return True

    def _text(self) -> str:
        return "".join(key.character for key in self._held)

    def _may_begin_with(self, character: str) -> bool:
        """Whether what is held, with this character, can still be a scan."""
        text, prefix = self._text() + character, self.settings.prefix
        return text.startswith(prefix) or prefix.startswith(text)

    def release(self) -> None:
        """Give the held keys on to the windows they were meant for, in their order."""
        self._timer.stop()
        keys, self._held = self._held, []
        self._replaying = True
        try:
            for key in keys:
                QCoreApplication.sendEvent(key.window, key.event)
        finally:
            self._replaying = False

    def _gap_ms(self) -> int:
        prefix = self.settings.prefix
        if prefix and len(self._held) >= len(prefix):
            return PREFIX_GAP_MS
        return FIRST_GAP_MS if len(self._held) < SURE_AFTER else LATER_GAP_MS

    def _wait(self, wait_ms: int) -> None:
        self._due_ms = self._clock_ms() + wait_ms
        self._timer.start(wait_ms)

    def _waited(self) -> None:
        late = self._clock_ms() - self._due_ms > LATE_MS
        if late and not self._second_chance_used:
            self._second_chance_used = True
            self._wait(SECOND_CHANCE_MS)
            return
        self.release()


def _ends_scan(event: QKeyEvent) -> bool:
    return event.key() in _ENDS or (bool(event.text()) and event.text() in "\r\n\t")
