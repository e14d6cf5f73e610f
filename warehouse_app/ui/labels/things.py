"""A line in which a thing is found by typing: its label is shown instead of the example."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QStringListModel, Qt, QTimer, Signal
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QLineEdit, QWidget

from warehouse_app.documents.labels.kinds import KINDS
from warehouse_app.language import tr
from warehouse_app.operations.label_things import SEARCHED, Thing, find_things
from warehouse_app.ui.labels.looking import values_of
from warehouse_app.ui.labels.words import TYPE_HINTS
from warehouse_app.ui.widgets import ChipView
from warehouse_app.ui.widgets.chip import Chip
from warehouse_app.ui.widgets.styled import spaced

if TYPE_CHECKING:
    from warehouse_app.documents.labels.filling import Values
    from warehouse_app.domain.errors import WarehouseError
    from warehouse_app.ui.desk import Desk

ASK_AFTER_MS = 150


class ThingBox(QWidget):
    """Tells the values of the thing that was chosen, or None for the example."""

    chosen = Signal(str, object)
    """The kind, and its Values or None."""
    failed = Signal(object)

    def __init__(self, desk: Desk, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._desk, self._kind = desk, ""
        self._found: tuple[Thing, ...] = ()
        self._names = QStringListModel(self)
        self.line, self._chip = QLineEdit(), Chip()
        self.line.setClearButtonEnabled(True)
        self.line.setAccessibleName(tr("Show the label of"))
        self._completer = QCompleter(self._names, self)
        self._completer.setCompletionMode(QCompleter.CompletionMode.UnfilteredPopupCompletion)
        self._completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self._completer.setMaxVisibleItems(12)
        self._completer.activated.connect(self._take)
        self.line.setCompleter(self._completer)
        self._ask = QTimer(self)
        self._ask.setSingleShot(True)
        self._ask.setInterval(ASK_AFTER_MS)
        self._ask.timeout.connect(self._find)
        self.line.textEdited.connect(lambda _: self._ask.start())
        self.line.textChanged.connect(self._cleared)
        self.line.returnPressed.connect(self._enter)
        row = QHBoxLayout(self)
        spaced(row, 8)
        row.addWidget(self.line, 1)
        row.addWidget(self._chip)

    def use_kind(self, kind: str) -> None:
        """Look for things of this kind from now on."""
        if kind == self._kind:
            return
        self._kind = kind
        self.line.clear()
        self._names.setStringList([])
        there = kind in SEARCHED and self._desk.side is not None
        self.line.setEnabled(there)
        self.line.setPlaceholderText(tr(TYPE_HINTS[kind]) if there else tr("The example of this kind"))
        self._show_chip(example=True)

    def choose(self, name: str) -> None:
        """Show the label of this thing."""
        self.line.setText(name)
        self._desk.read(
            self, values_of, self._kind, name, done=partial(self._chose, self._kind), failed=self._not_found
        )

    def _chose(self, kind: str, values: Values) -> None:
        if kind == self._kind:
            self._show_chip(example=False)
            self.chosen.emit(kind, values)

    def _not_found(self, error: WarehouseError) -> None:
        self._show_chip(example=True)
        self.chosen.emit(self._kind, None)
        self.failed.emit(error)

    def _find(self) -> None:
        typed = self.line.text().strip()
        if typed and self._kind in SEARCHED:
            self._desk.read(self, find_things, self._kind, typed, done=self._offer, failed=self.failed.emit)

    def _offer(self, found: tuple[Thing, ...]) -> None:
        self._found = found
        self._names.setStringList([_offered(one) for one in found])
        if found and self.line.hasFocus():
            self._completer.complete()

    def _take(self, offered: str) -> None:
        name = next((one.name for one in self._found if _offered(one) == offered), "")
        if name:
            # The completer writes the whole line of its list behind this.
            QTimer.singleShot(0, self, lambda: self.choose(name))

    def _enter(self) -> None:
        """Enter takes the name as it stands, or the only thing found."""
        popup = self._completer.popup()
        if popup is not None and popup.isVisible():
            return
        typed = self.line.text().strip()
        if typed:
            self.choose(self._found[0].name if len(self._found) == 1 else typed)

    def _cleared(self, text: str) -> None:
        if not text:
            self._found = ()
            self._show_chip(example=True)
            self.chosen.emit(self._kind, None)

    def _show_chip(self, *, example: bool) -> None:
        known = self._kind in KINDS
        self._chip.show_chip(ChipView(tr("Example") if example else tr("Real")) if known else None)


def _offered(thing: Thing) -> str:
    return f"{thing.name}   {thing.about}".rstrip()
