"""The card with a layout's text: who may change it, whether it is saved, and what is wrong with it."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from warehouse_app.language import tr
from warehouse_app.ui.labels.draft import Draft
from warehouse_app.ui.labels.editor import LayoutEditor
from warehouse_app.ui.labels.looking import Look
from warehouse_app.ui.labels.shelf import LayoutText
from warehouse_app.ui.theme import Tone
from warehouse_app.ui.widgets import ActionButton, Card, ChipView, Label
from warehouse_app.ui.widgets.chip import Chip
from warehouse_app.ui.widgets.styled import spaced


class TextCard(Card):
    """A layout that comes with the program can be read; one's own can be changed."""

    typed = Signal(str)
    save_wanted = Signal()
    copy_wanted = Signal()
    mine_wanted = Signal()
    theirs_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, margin=12, spacing=8)
        self.editor = LayoutEditor()
        self._title, self._chip, self._hint = Label("file"), Chip(), Label("secondary", wrap=True)
        self._saved = ""
        self.save_button = ActionButton(tr("Save"), key="Ctrl+S", icon="check")
        self.revert_button = ActionButton(tr("Revert"), icon="undo")
        self.mine_button, self.theirs_button = ActionButton(tr("Keep mine")), ActionButton(tr("Take the file's"))
        head = QHBoxLayout()
        spaced(head, 8)
        head.addWidget(self._title, 1)
        head.addWidget(self._chip)
        self._own_buttons = self._row(self.revert_button, self.save_button)
        self._choice = self._row(self.mine_button, self.theirs_button)
        self.body.addLayout(head)
        self.body.addWidget(self._hint)
        self.body.addWidget(self._choice)
        self.body.addWidget(self.editor, 1)
        self.body.addWidget(self._own_buttons)
        self._choice.hide()
        self.editor.textChanged.connect(lambda: self.typed.emit(self.editor.toPlainText()))
        self.save_button.clicked.connect(self.save_wanted)
        self.revert_button.clicked.connect(self.revert)
        self.mine_button.clicked.connect(self.mine_wanted)
        self.theirs_button.clicked.connect(self.theirs_wanted)

    def show_text(self, read: LayoutText, text: str) -> None:
        """Show the text of a layout that was taken in hand."""
        self._title.setText(f"{read.name}.toml")
        self._own_buttons.setVisible(read.own)
        self.editor.setReadOnly(not read.own)
        if self.editor.toPlainText() != text:
            self.editor.blockSignals(True)
            self.editor.show_text(text)
            self.editor.blockSignals(False)
        self.editor.mark_wrong(0)

    def show_state(self, draft: Draft) -> None:
        """Show whether the text is saved, and what somebody else did to its file."""
        read = draft.in_hand
        if read is None:
            return
        self._saved = read.saved
        self._choice.setVisible(draft.changed_outside)
        self._chip.show_chip(_chip(draft))
        self._hint.setText(_hint(draft))
        self._hint.setVisible(bool(self._hint.text()))
        self.revert_button.setEnabled(draft.unsaved)
        self.save_button.setEnabled(draft.unsaved)

    def show_look(self, look: Look) -> None:
        """Mark the line that is wrong."""
        line = look.line
        if look.proof is not None and look.proof.refusals:
            line = look.line_of(look.proof.refusals[0].item)
        self.editor.mark_wrong(line)

    def revert(self) -> None:
        """Put the saved text back; the editor can undo even that."""
        if not self.editor.isReadOnly() and self.editor.toPlainText() != self._saved:
            self.editor.replace_text(self._saved)

    def _row(self, *buttons: ActionButton) -> QWidget:
        made = QWidget()
        row = QHBoxLayout(made)
        spaced(row, 8)
        for button in buttons:
            row.addWidget(button)
        return made


def _chip(draft: Draft) -> ChipView:
    if draft.in_hand is not None and not draft.in_hand.own:
        return ChipView(tr("Comes with the program"), icon="lock")
    if draft.unsaved:
        return ChipView(tr("Unsaved"), Tone.WARN, "note")
    return ChipView(tr("Saved"), Tone.OK, "check-circle")


def _hint(draft: Draft) -> str:
    if draft.in_hand is not None and not draft.in_hand.own:
        return tr("It cannot be changed here. Copy it: the copy is yours, and is printed when you choose it.")
    if draft.changed_outside:
        return tr("Another program has changed the file while you were writing.")
    if draft.unsaved:
        return tr("Labels are printed from the saved text. What is unsaved is kept until you save or revert.")
    return ""
