"""Circular garbage is collected on the UI thread only.

Python collects on whichever thread makes the object too many. A Qt object that dies there holds one of Qt's locks while
it waits for the interpreter; the UI thread may have the interpreter and wait for that very lock: both for ever.
"""

import gc

from PySide6.QtCore import QObject, QTimer

LOOK_EVERY_MS = 300
LASTING_AFTER_MS = 5_000
"""What is there by then stays: looking through it again and again would only hold up scans."""


class UiGarbage(QObject):
    """Collects as often as Python would by itself, from its making to `stop`. Make it on the UI thread."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        gc.disable()
        self._look = QTimer(self)
        self._look.timeout.connect(self._collect)
        self._look.start(LOOK_EVERY_MS)
        self._lasting = QTimer(self)
        self._lasting.setSingleShot(True)
        self._lasting.timeout.connect(gc.freeze)
        self._lasting.start(LASTING_AFTER_MS)

    def stop(self) -> None:
        """From now on it is as Python has it."""
        self._look.stop()
        self._lasting.stop()
        gc.unfreeze()
        gc.enable()

    def _collect(self) -> None:
        """The oldest generation that is due, which takes the younger ones along."""
        for generation, (count, most) in reversed(
            list(enumerate(zip(gc.get_count(), gc.get_threshold(), strict=True)))
        ):
            if count > most:
                gc.collect(generation)
                return
