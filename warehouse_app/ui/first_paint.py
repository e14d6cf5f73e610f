"""Tells the log when the window can be seen for the first time; `bench window` waits for that line."""

import logging

from PySide6.QtCore import QEvent, QObject, QTimer
from PySide6.QtWidgets import QWidget

log = logging.getLogger(__name__)


class FirstPaint(QObject):
    """Waits for the first paint of a window, then lets go of it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Never keeps an event."""
        if event.type() == QEvent.Type.Paint:
            watched.removeEventFilter(self)
            # What lies in the window is painted in the same turn of the event loop.
            QTimer.singleShot(0, self._note)
        return False

    def _note(self) -> None:
        log.info("window painted")
        self.deleteLater()
