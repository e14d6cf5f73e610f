"""Ctrl+K: find any screen or action by a few letters; F1: the keys that work here; F2: type a code by hand."""

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QLineEdit,
    QListWidget,
    QListWidgetItem,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from warehouse_app.language import tr
from warehouse_app.ui.icons import icon
from warehouse_app.ui.screen import Action
from warehouse_app.ui.theme import colour, px
from warehouse_app.ui.widgets.buttons import KeyHint, key_cap_width, paint_key_cap
from warehouse_app.ui.widgets.text import Label

ACTION_ROLE = Qt.ItemDataRole.UserRole
_MOVES = {Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown}


def matches(title: str, typed: str) -> bool:
    """Whether every word typed begins or stands within the title, in any order; case does not matter."""
    return all(word in title.casefold() for word in typed.casefold().split())


class _KeyDelegate(QStyledItemDelegate):
    """Draws the action's key at the right end of its row."""

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        super().paint(painter, option, index)
        action: Action = index.data(ACTION_ROLE)
        if action.keys:
            key = QKeySequence(action.keys).toString(QKeySequence.SequenceFormat.NativeText)
            left = option.rect.right() - px(12) - key_cap_width(key)
            paint_key_cap(painter, left, option.rect.center().y(), key, colour("text2"))


class CommandPalette(QDialog):
    """A line to type in over the list of what can be done; Enter does it."""

    def __init__(self, actions: Sequence[Action], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._actions = actions
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("What do you want to do?"))
        self.line.textChanged.connect(self._filter)
        self.line.installEventFilter(self)
        self.list = QListWidget()
        self.list.setItemDelegate(_KeyDelegate(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.list.itemActivated.connect(self._run)
        self.list.itemClicked.connect(self._run)
        self._nothing = Label("secondary", tr("Nothing is called that here. Try another word."))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(12), px(12), px(12), px(12))
        layout.setSpacing(px(8))
        layout.addWidget(self.line)
        layout.addWidget(self._nothing)
        layout.addWidget(self.list)
        self.setWindowTitle(tr("Find an action"))
        self.resize(px(560), px(420))
        self._filter("")

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.line and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in _MOVES:
                self.list.event(event)
                return True
            if event.key() in {Qt.Key.Key_Return, Qt.Key.Key_Enter}:
                self._run(self.list.currentItem())
                return True
        return super().eventFilter(watched, event)

    def _filter(self, typed: str) -> None:
        self.list.clear()
        for action in self._actions:
            if matches(action.title, typed):
                item = QListWidgetItem(icon(action.icon or "arrow-right", px(18), colour("text2")), action.title)
                item.setData(ACTION_ROLE, action)
                self.list.addItem(item)
        self.list.setCurrentRow(0)
        self._nothing.setVisible(self.list.count() == 0)

    def _run(self, item: QListWidgetItem | None) -> None:
        if item is None:
            return
        action: Action = item.data(ACTION_ROLE)
        self.accept()
        action.run()


class CodeEntry(QDialog):
    """A line for a code whose print is damaged; Enter gives it on as if it had been scanned."""

    typed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.line = QLineEdit()
        self.line.setPlaceholderText(tr("For example TOTE:T-0012 or *12"))
        self.line.returnPressed.connect(self._give)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(20), px(16), px(20), px(16))
        layout.setSpacing(px(10))
        layout.addWidget(Label("title", tr("Type a code")))
        layout.addWidget(self.line)
        layout.addWidget(Label("secondary", tr("It counts as a scan. Press Enter when done, Esc to leave.")))
        self.setWindowTitle(tr("Type a code"))
        self.setMinimumWidth(px(420))

    def _give(self) -> None:
        text = self.line.text().strip()
        self.accept()
        if text:
            self.typed.emit(text)


class KeySheet(QDialog):
    """All keys that work on the screen in front."""

    def __init__(self, actions: Sequence[Action], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(px(24), px(20), px(24), px(20))
        layout.setSpacing(px(8))
        layout.addWidget(Label("h1", tr("Keys")))
        for action in actions:
            if action.keys:
                row = QHBoxLayout()
                row.addWidget(Label("body", action.title))
                row.addStretch(1)
                row.addSpacing(px(40))
                row.addWidget(KeyHint(QKeySequence(action.keys).toString(QKeySequence.SequenceFormat.NativeText)))
                layout.addLayout(row)
        layout.addSpacing(px(8))
        layout.addWidget(Label("secondary", tr("A scanner works on every screen, whatever is selected.")))
        layout.addStretch(1)
        self.setWindowTitle(tr("Keys"))
        self.setMinimumWidth(px(380))
