"""Asks for the name of a copy, and says at once whether it can be had."""

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from warehouse_app.domain.errors import WarehouseError
from warehouse_app.language import tr
from warehouse_app.ui.labels.shelf import Shelf
from warehouse_app.ui.labels.words import Words
from warehouse_app.ui.theme import mono, px
from warehouse_app.ui.widgets.text import Label


class CopyDialog(QDialog):
    """Says the new name when it is one that can be used."""

    named = Signal(str)

    def __init__(self, name: str, shelf: Shelf, words: Words, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shelf, self._words = shelf, words
        self.line = QLineEdit(_free_name(name, shelf.require_free))
        self.line.selectAll()
        self.line.setFont(mono(14))
        self._problem = Label("secondary", wrap=True)
        self._problem.setMinimumHeight(px(36))
        self.button = QPushButton(tr("Copy"))
        self.button.setDefault(True)
        self.button.clicked.connect(self._give)
        leave = QPushButton(tr("Leave"))
        leave.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(leave)
        buttons.addWidget(self.button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(20), px(16), px(20), px(16))
        layout.setSpacing(px(10))
        layout.addWidget(Label("h1", tr("Copy a layout")))
        layout.addWidget(Label("file", name))
        layout.addWidget(Label("secondary", tr("The copy is yours to change. What is its name?")))
        layout.addWidget(self.line)
        layout.addWidget(self._problem)
        layout.addLayout(buttons)
        self.setWindowTitle(tr("Copy a layout"))
        self.setMinimumWidth(px(460))
        self.line.textChanged.connect(self._check)
        self._check(self.line.text())

    def _check(self, text: str) -> None:
        try:
            self._shelf.require_free(text.strip())
        except WarehouseError as error:
            self._problem.setText(self._words(error))
            self.button.setEnabled(False)
            return
        self._problem.setText(tr("It will lie in {folder}.", folder=self._shelf.folder))
        self.button.setEnabled(True)

    def _give(self) -> None:
        self.accept()
        self.named.emit(self.line.text().strip())


def _free_name(name: str, require_free: Callable[[str], None]) -> str:
    """A name that nobody has yet: my-, my-2- and so on before the name of the original."""
    for number in range(1, 100):
        tried = f"my-{name}" if number == 1 else f"my-{number}-{name}"
        try:
            require_free(tried)
        except WarehouseError:
            continue
        return tried
    return ""
