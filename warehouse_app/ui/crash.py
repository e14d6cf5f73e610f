"""The one place where a bug ends: it is logged and shown, and the program goes on."""

import faulthandler
import logging
import sys
import threading
import traceback
from pathlib import Path
from types import TracebackType

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from warehouse_app.language import tr
from warehouse_app.ui.theme import px
from warehouse_app.ui.widgets.text import Label

log = logging.getLogger(__name__)


class CrashHook(QObject):
    """Receives every exception nobody handled, from any thread, and shows it in a window that blocks nothing."""

    _raised = Signal(str, str)

    def __init__(self, version: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._version = version
        self._dialog: CrashDialog | None = None
        self._raised.connect(self._show, Qt.ConnectionType.QueuedConnection)

    def install(self, fault_log: Path | None = None) -> None:
        """Take over the process's hooks; crashes below Python are written to `fault_log`."""
        sys.excepthook = self.report
        threading.excepthook = lambda args: self.report(
            args.exc_type, args.exc_value or args.exc_type(), args.exc_traceback
        )
        if fault_log is not None:
            fault_log.parent.mkdir(parents=True, exist_ok=True)
            faulthandler.enable(fault_log.open("a", encoding="utf-8"))

    def report(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        """Log the exception and ask the UI thread to show it."""
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, trace)
            return
        log.critical("A bug: nobody handled this", exc_info=(kind, error, trace))
        details = "".join(traceback.format_exception(kind, error, trace))
        self._raised.emit(f"{kind.__name__}: {error}", f"Warehouse App {self._version}\n{details}")

    def _show(self, summary: str, details: str) -> None:
        if self._dialog is None:
            self._dialog = CrashDialog()
        self._dialog.show_crash(summary, details)


class CrashDialog(QDialog):
    """Says that the program failed, and lets the person copy what happened."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._summary = Label("body", wrap=True)
        self._details = QPlainTextEdit(readOnly=True)
        copy, close = QPushButton(tr("Copy the details")), QPushButton(tr("Go on"))
        copy.clicked.connect(self._copy)
        close.clicked.connect(self.accept)
        close.setDefault(True)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(copy)
        buttons.addWidget(close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(20), px(20), px(20), px(16))
        layout.setSpacing(px(12))
        layout.addWidget(Label("h1", tr("Something in the program went wrong")))
        layout.addWidget(
            Label(
                "secondary", tr("Every confirmed scan is safe. Please pass the details on to your support."), wrap=True
            )
        )
        layout.addWidget(self._summary)
        layout.addWidget(self._details, 1)
        layout.addLayout(buttons)
        self.setWindowTitle(tr("A fault in the program"))
        self.resize(px(720), px(460))

    def show_crash(self, summary: str, details: str) -> None:
        """Show this fault; a dialog already open keeps the first and adds this one below."""
        if self.isVisible():
            self._details.appendPlainText("\n" + details)
            return
        self._summary.setText(summary)
        self._details.setPlainText(details)
        self.show()

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._details.toPlainText())
