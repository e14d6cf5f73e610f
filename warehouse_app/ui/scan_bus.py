"""Scans from keyboard-wedge scanners, caught for the whole program whatever has the focus.

A scanner types 20 characters in the time a person types one. Characters are held back until it is clear who typed
them: a burst that ends in Enter or Tab is a scan and is swallowed; anything slower is given on, in order, at most one
gap late.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication, QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent

FIRST_GAP_MS = 35  # No person types six characters this fast.
LATER_GAP_MS = 140  # Once six have come this fast it is a scanner, which a busy machine may hold up.
SURE_AFTER = 6
SHORTEST_SCAN = 3
FASTEST_REPEAT_MS = 12  # Qt calls the second of two like characters a repeat when a scanner sends them at once.
LATE_MS = 15  # A timer this late means the program was busy: keys may be queued that belong to the burst.
SECOND_CHANCE_MS = 10
GROUP_SEPARATOR = "\x1d"  # Scanners send GS1's separator as Ctrl+].

_ENDS = {Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Tab}
_MODIFIER_KEYS = {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta}
_COMMAND_MODIFIERS = (
    Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier
)


@dataclass(frozen=True, slots=True)
class _HeldKey:
    """A key that is not yet known to be a person's, and the window it was meant for."""

    window: QObject
    event: QKeyEvent


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

    def feed(self, text: str) -> None:
        """Take a scan from another source: a serial scanner, or a person who typed a code."""
        if text:
            self.scanned.emit(text)

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
        if _is_plain(event) or (self._held and event.key() in _ENDS):
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
        if held_down or not _is_plain(event):
            self.release()
            return False
        self._held.append(_HeldKey(window, event.clone()))
        self._last_key_ms = pressed_ms
        self._second_chance_used = False
        self._wait(self._gap_ms() + 5)
        return True

    def _finish(self) -> bool:
        if len(self._held) < SHORTEST_SCAN:
            self.release()
            return False
        text = "".join(key.event.text() for key in self._held)
        self._held.clear()
        self._timer.stop()
        self.scanned.emit(text)
        return True

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


def _is_plain(event: QKeyEvent) -> bool:
    """Whether the key types a character that may be part of a code."""
    text = event.text()
    if text == GROUP_SEPARATOR:
        return True
    return bool(text) and text.isprintable() and not event.modifiers() & _COMMAND_MODIFIERS
