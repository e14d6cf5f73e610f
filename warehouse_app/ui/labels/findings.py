"""The check's result in plain words: every code read back, or what is wrong, where, and what helps."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from warehouse_app.documents.fonts import without_letters
from warehouse_app.language import tr, tr_n
from warehouse_app.ui.labels.looking import Look
from warehouse_app.ui.labels.words import SYMBOL_NAMES, Words, error_place, module_text, reads_text, refusal_text
from warehouse_app.ui.theme import Tone
from warehouse_app.ui.widgets import Card, ChipView, IconBox, Label
from warehouse_app.ui.widgets.chip import Chip
from warehouse_app.ui.widgets.styled import spaced

MOST_ROWS = 5


@dataclass(frozen=True, slots=True)
class Finding:
    """One line: a word in bold, a text, a figure at the right; `line` of the layout is shown when it is clicked."""

    icon: str
    tone: Tone
    word: str
    text: str
    right: str = ""
    line: int = 0


def findings_of(look: Look, words: Words) -> tuple[Finding, ...]:
    """What is wrong first, then what was read."""
    if look.proof is None:
        return (Finding("triangle", Tone.ERROR, "", error_place(look), line=look.line),)
    found = []
    for refusal in look.proof.refusals:
        line = look.line_of(refusal.item)
        found.append(Finding("triangle", Tone.ERROR, "", refusal_text(refusal, line, words), line=line))
    for code in look.proof.codes:
        name = SYMBOL_NAMES[code.symbol]
        found.append(Finding("check-circle", Tone.OK, name, reads_text(code), module_text(code)))
    cut = (Finding("note", Tone.WARN, tr("Cut off"), text) for text in look.proof.cut)
    boxes = (Finding("note", Tone.WARN, tr("No letters for"), without_letters(text)) for text in look.proof.boxes)
    return (*found, *cut, *boxes)


class FindingsCard(Card):
    """Shows the findings of the last look; a click on an error asks for its line."""

    line_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent, margin=12, spacing=6)
        self._title, self._chip = Label("title"), Chip()
        head = QHBoxLayout()
        spaced(head, 8)
        head.addWidget(self._title, 1)
        head.addWidget(self._chip)
        self.body.addLayout(head)
        self._rows = [_Row() for _ in range(MOST_ROWS)]
        self._more = Label("secondary")
        for row in self._rows:
            row.clicked.connect(self.line_wanted)
            self.body.addWidget(row)
        self.body.addWidget(self._more)

    def show_look(self, look: Look | None, words: Words) -> None:
        """Show what this look found; None while nothing was looked at yet."""
        found = findings_of(look, words) if look is not None else ()
        self._title.setText(_title(look))
        self._chip.show_chip(_chip(look))
        for row, finding in zip(self._rows, [*found, *[None] * MOST_ROWS], strict=False):
            row.show_finding(finding)
        left = len(found) - MOST_ROWS
        self._more.setText(tr_n("and {n} more", "and {n} more", left) if left > 0 else "")
        self._more.setVisible(left > 0)


class _Row(QWidget):
    clicked = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._line = 0
        self._icon, self._word = IconBox(20, 18), Label("body-strong")
        self._text, self._right = Label("body", wrap=True), Label("secondary")
        self._text.setTextInteractionFlags(Qt.TextInteractionFlag.NoTextInteraction)
        row = QHBoxLayout(self)
        spaced(row, 8)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._word, 0, Qt.AlignmentFlag.AlignTop)
        words = QVBoxLayout()
        words.addWidget(self._text)
        row.addLayout(words, 1)
        row.addWidget(self._right, 0, Qt.AlignmentFlag.AlignTop)

    def show_finding(self, finding: Finding | None) -> None:
        self.setVisible(finding is not None)
        if finding is None:
            return
        self._line = finding.line
        self._icon.show_icon(finding.icon, finding.tone)
        self._word.setText(finding.word)
        self._word.setVisible(bool(finding.word))
        self._text.setText(finding.text)
        self._right.setText(finding.right)
        self.setCursor(Qt.CursorShape.PointingHandCursor if finding.line else Qt.CursorShape.ArrowCursor)
        self.setAccessibleName(f"{finding.word} {finding.text} {finding.right}".strip())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._line:
            self.clicked.emit(self._line)
        super().mousePressEvent(event)


def _title(look: Look | None) -> str:
    if look is None:
        return tr("Being checked")
    if look.proof is None:
        return tr("This is no layout yet")
    if look.may_print:
        count = len(look.proof.codes)
        return tr_n("{n} code, read back from its dots", "{n} codes, read back from their dots", count)
    return tr("A code does not work")


def _chip(look: Look | None) -> ChipView | None:
    if look is None:
        return None
    if look.may_print:
        return ChipView(tr("Can be printed"), Tone.OK, "check-circle")
    return ChipView(tr("Cannot be printed"), Tone.ERROR, "octagon-cross")
