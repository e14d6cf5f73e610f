"""Asks on which printer, and how many."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QComboBox, QDialog, QGridLayout, QHBoxLayout, QPushButton, QSpinBox, QVBoxLayout, QWidget

from warehouse_app.language import tr
from warehouse_app.ui.theme import px
from warehouse_app.ui.widgets.text import Label

MOST_COPIES = 999


class PrintDialog(QDialog):
    """Says the printer's name, empty for the one that is set up for such labels, and the copies."""

    wanted = Signal(str, int)

    def __init__(self, layout_name: str, printers: Sequence[str], *, example: bool, parent: QWidget) -> None:
        super().__init__(parent)
        self.printer, self.copies = QComboBox(), QSpinBox()
        usual = tr("The one for such labels") if printers else tr("None is set up: into the folder")
        self.printer.addItem(usual, "")
        for name in printers:
            self.printer.addItem(name, name)
        self.copies.setRange(1, MOST_COPIES)
        self.copies.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
        self.button = QPushButton(tr("Print"))
        self.button.setDefault(True)
        self.button.clicked.connect(self._give)
        leave = QPushButton(tr("Leave"))
        leave.clicked.connect(self.reject)
        form = QGridLayout()
        form.setSpacing(px(12))
        form.setColumnStretch(1, 1)
        for row, (words, field) in enumerate(((tr("Printer"), self.printer), (tr("Copies"), self.copies))):
            form.addWidget(Label("body", words), row, 0)
            form.addWidget(field, row, 1)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(leave)
        buttons.addWidget(self.button)
        column = QVBoxLayout(self)
        column.setContentsMargins(px(20), px(16), px(20), px(16))
        column.setSpacing(px(12))
        column.addWidget(Label("h1", tr("Print the label")))
        column.addWidget(Label("file", layout_name))
        if example:
            column.addWidget(Label("secondary", tr("It shows the example: nothing real is named on it."), wrap=True))
        column.addLayout(form)
        column.addLayout(buttons)
        self.setWindowTitle(tr("Print the label"))
        self.setMinimumWidth(px(420))
        self.copies.setFocus()
        self.copies.selectAll()

    def _give(self) -> None:
        self.accept()
        self.wanted.emit(str(self.printer.currentData()), self.copies.value())
