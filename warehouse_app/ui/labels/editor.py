"""The text of a layout: monospaced, with the numbers of its lines, its parts in colour, and the wrong line marked."""

import re

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QKeyEvent,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QSyntaxHighlighter,
    QTextBlock,
    QTextCharFormat,
    QTextCursor,
    QTextFormat,
)
from PySide6.QtWidgets import QPlainTextEdit, QTextEdit, QWidget

from warehouse_app.language import tr
from warehouse_app.ui.theme import colour, mono, px

SIZE = 13
_SCREENS = {Qt.Key.Key_D, Qt.Key.Key_E, Qt.Key.Key_K, Qt.Key.Key_U}
_PARTS = (
    (re.compile(r"^\s*\[\[?[^\]]*\]\]?"), "primary", True),
    (re.compile(r"^\s*[A-Za-z_]+(?=\s*=)|(?<=[{,] )[a-z_]+(?= =)"), "text2", False),
    (re.compile(r'"[^"]*"'), "ok", False),
    (re.compile(r"\{[a-z0-9_]+\}"), "primary", True),
    (re.compile(r"#.*$"), "text3", False),
)
"""Later ones are painted over earlier ones."""


class _Colours(QSyntaxHighlighter):
    """Headings, names, texts, values in braces and remarks."""

    def highlightBlock(self, text: str) -> None:
        for pattern, ink, strong in _PARTS:
            for found in pattern.finditer(text):
                if ink == "text3" and text[: found.start()].count('"') % 2:
                    continue
                style = QTextCharFormat()
                style.setForeground(colour(ink))
                style.setFontWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
                self.setFormat(found.start(), found.end() - found.start(), style)


class ScreensKeys(QObject):
    """Keeps keys for the screen that a field of text would take for commands of its own, such as Ctrl+D for delete."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        del watched
        if not isinstance(event, QKeyEvent) or event.type() != QEvent.Type.ShortcutOverride:
            return False
        for_screen = event.modifiers() == Qt.KeyboardModifier.ControlModifier and event.key() in _SCREENS
        if for_screen:
            event.ignore()
        return for_screen


class LayoutEditor(QPlainTextEdit):
    """Plain text in UTF-8. Tab leaves it, as it leaves every field: layouts need no tabs."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("layout-text")
        self.setAccessibleName(tr("Text of the layout"))
        self.setTabChangesFocus(True)
        self.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self._wrong = 0
        self._numbers = _LineNumbers(self)
        self._colours = _Colours(self.document())
        self.blockCountChanged.connect(self._make_room)
        self.updateRequest.connect(self._scroll_numbers)
        self.cursorPositionChanged.connect(self._mark)
        self._restyle()

    def show_text(self, text: str) -> None:
        """Show another text; nothing of the one before can be undone into it."""
        self.setPlainText(text)

    def replace_text(self, text: str) -> None:
        """Put this text in the place of what is there, in one step that can be undone."""
        cursor = QTextCursor(self.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)

    def mark_wrong(self, line: int) -> None:
        """Mark this line as the wrong one; 0 marks none."""
        if line != self._wrong:
            self._wrong = line
            self._mark()

    def go_to_line(self, line: int) -> None:
        """Put the cursor at the beginning of a line, and the line into sight."""
        block = self.document().findBlockByNumber(max(0, line - 1))
        self.setTextCursor(QTextCursor(block))
        self.centerCursor()
        self.setFocus()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        inside = self.contentsRect()
        self._numbers.setGeometry(QRect(inside.left(), inside.top(), self.numbers_width(), inside.height()))

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.StyleChange:
            self._restyle()

    def numbers_width(self) -> int:
        """The room of the line numbers in pixels."""
        digits = max(2, len(str(self.blockCount())))
        return self.fontMetrics().horizontalAdvance("9") * digits + px(18)

    def paint_numbers(self, painter: QPainter, event: QPaintEvent) -> None:
        """Paint the numbers of the lines in sight."""
        painter.fillRect(event.rect(), colour("surface2"))
        painter.setFont(self.font())
        block, place = self.firstVisibleBlock(), self.contentOffset()
        top = self.blockBoundingGeometry(block).translated(place).top()
        while block.isValid() and top <= event.rect().bottom():
            height = self.blockBoundingRect(block).height()
            self._paint_number(painter, block, QRectF(0, top, self._numbers.width() - px(8), height))
            top += height
            block = block.next()

    def _paint_number(self, painter: QPainter, block: QTextBlock, where: QRectF) -> None:
        number = block.blockNumber() + 1
        wrong = number == self._wrong
        painter.setPen(colour("error" if wrong else "text3"))
        painter.drawText(where, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, str(number))
        if wrong:
            mark = QRectF(px(3), where.center().y() - px(5), px(10), px(10))
            painter.drawText(mark, Qt.AlignmentFlag.AlignCenter, "!")

    def _mark(self) -> None:
        marks = [self._line_mark(self.textCursor(), colour("surface2"))]
        if self._wrong:
            block = self.document().findBlockByNumber(self._wrong - 1)
            marks.append(self._line_mark(QTextCursor(block), colour("error_bg")))
        self.setExtraSelections(marks)
        self._numbers.update()

    def _line_mark(self, cursor: QTextCursor, back: QColor) -> QTextEdit.ExtraSelection:
        made = QTextEdit.ExtraSelection()
        cursor.clearSelection()
        style = QTextCharFormat()
        style.setBackground(back)
        style.setProperty(QTextFormat.Property.FullWidthSelection, True)
        made.cursor, made.format = cursor, style
        return made

    def _restyle(self) -> None:
        self.setFont(mono(SIZE))
        self._make_room()
        self._colours.rehighlight()
        self._mark()

    def _make_room(self) -> None:
        self.setViewportMargins(self.numbers_width(), 0, 0, 0)

    def _scroll_numbers(self, _: QRect, by: int) -> None:
        if by:
            self._numbers.scroll(0, by)
        else:
            self._numbers.update()


class _LineNumbers(QWidget):
    """The strip at the left of the text."""

    def __init__(self, editor: LayoutEditor) -> None:
        super().__init__(editor)
        self._editor = editor

    def sizeHint(self) -> QSize:
        return QSize(self._editor.numbers_width(), 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._editor.paint_numbers(painter, event)
        painter.end()
