"""The hero panel: the one instruction of the moment, how far the order is, and what the last scan did."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from warehouse_app.ui.icons import paint_icon, painting
from warehouse_app.ui.theme import Tone, colour, figures, font, px, tone_colours
from warehouse_app.ui.widgets.icon_box import IconBox
from warehouse_app.ui.widgets.styled import Styled, rounded, set_state
from warehouse_app.ui.widgets.text import FitLabel, tone_token
from warehouse_app.ui.widgets.views import HeroView, ResultView


class ResultStrip(Styled):
    """The last scan in one line: icon, word, what it was about, its code at the right. Keeps its height when empty."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._view: ResultView | None = None
        self.restyle()

    def show_result(self, view: ResultView | None) -> None:
        """Show the result; None leaves a quiet empty line."""
        self._view = view
        words = (view.word, view.detail, view.code) if view else ()
        self.setAccessibleName(" ".join(words))
        self.setToolTip(view.detail if view else "")
        self.update()

    def restyle(self) -> None:
        self.setFixedHeight(px(42))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        area = QRectF(self.rect())
        with painting(self) as painter:
            if self._view is None:
                rounded(painter, area, px(8), colour("surface2"), colour("border"))
                return
            tone = Tone.ERROR if self._view.tone is Tone.STOP else self._view.tone
            colours = tone_colours(tone)
            rounded(painter, area, px(8), colours.back, colours.border)
            paint_icon(
                painter, self._view.icon, QRectF(px(14), (area.height() - px(22)) / 2, px(22), px(22)), colours.fore
            )
            right = self._paint_code(painter, area)
            painter.setFont(font(16, 600))
            painter.setPen(colours.fore)
            left = px(48)
            room = max(0.0, right - left)
            word = painter.fontMetrics().elidedText(self._view.word, Qt.TextElideMode.ElideRight, round(room))
            painter.drawText(QRectF(left, 0, room, area.height()), Qt.AlignmentFlag.AlignVCenter, word)
            left += painter.fontMetrics().horizontalAdvance(word) + px(12)
            self._paint_detail(painter, QRectF(left, 0, max(0.0, right - left), area.height()))

    def _paint_code(self, painter: QPainter, area: QRectF) -> float:
        """Draw the code at the right end; gives where the room left of it ends."""
        assert self._view is not None
        painter.setFont(figures(14, 500))
        painter.setPen(colour("text"))
        width = min(painter.fontMetrics().horizontalAdvance(self._view.code) + px(2), round(area.width() * 0.4))
        spot = QRectF(area.right() - px(14) - width, 0, width, area.height())
        code = painter.fontMetrics().elidedText(self._view.code, Qt.TextElideMode.ElideMiddle, width)
        painter.drawText(spot, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, code)
        return spot.left() - px(12)

    def _paint_detail(self, painter: QPainter, spot: QRectF) -> None:
        assert self._view is not None
        painter.setFont(font(14, 500))
        painter.setPen(colour("text"))
        text = painter.fontMetrics().elidedText(self._view.detail, Qt.TextElideMode.ElideRight, round(spot.width()))
        painter.drawText(spot, Qt.AlignmentFlag.AlignVCenter, text)


class Counter(Styled):
    """A large count and the words after it: 7 of 11 packed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._count, self._text, self._filled = "", "", False

    def show_count(self, count: str, text: str, *, filled: bool = False) -> None:
        """Show the count; `filled` draws it for a filled hero panel."""
        self._count, self._text, self._filled = count, text, filled
        self.setAccessibleName(f"{count} {text}")
        self.restyle()

    def restyle(self) -> None:
        self.setFixedSize(self._number_width() + px(10) + self._text_width(), px(96))
        self.setVisible(bool(self._count))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        with painting(self) as painter:
            painter.setPen(colour("on_primary" if self._filled else "text"))
            painter.setFont(figures(36, 700))
            baseline = self.height() / 2 + px(12)
            painter.drawText(0, round(baseline), self._count)
            painter.setPen(colour("on_primary" if self._filled else "text2"))
            painter.setFont(font(16, 500))
            painter.drawText(self._number_width() + px(10), round(baseline), self._text)

    def _number_width(self) -> int:
        return QFontMetrics(figures(36, 700)).horizontalAdvance(self._count)

    def _text_width(self) -> int:
        return QFontMetrics(font(16, 500)).horizontalAdvance(self._text) + px(2)


class HeroPanel(Styled):
    """Readable from 1.5 m: icon tile, prompt, explanation, counter and result strip. Its tone changes all of them."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("hero")
        self._tile = IconBox(96, 60, tile=True)
        self._prompt = FitLabel(34, 700)
        self._sub = FitLabel(16, 400, token="text2", wrap_first=True)
        self._counter = Counter()
        self.strip = ResultStrip()
        self._view = HeroView("")
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        words.addWidget(self._prompt)
        words.addWidget(self._sub)
        words.addStretch(1)
        self._top = QHBoxLayout()
        self._top.addWidget(self._tile)
        self._top.addLayout(words, 1)
        self._top.addWidget(self._counter)
        self._layout = QVBoxLayout(self)
        self._layout.addLayout(self._top)
        self._layout.addWidget(self.strip)
        self.restyle()

    def show_hero(self, view: HeroView) -> None:
        """Show this instruction. The panel is filled for STOP, bordered in the tone's colour otherwise."""
        self._view = view
        filled = view.tone is Tone.STOP
        set_state(self, "tone", view.tone.value)
        self._tile.show_icon(view.icon, view.tone)
        self._prompt.set_text(view.prompt, token=tone_token(view.tone, on_fill=filled))
        self._sub.set_text(view.sub, token="on_primary" if filled else "text2")
        self._counter.show_count(view.count, view.count_text, filled=filled)
        self.strip.show_result(view.result)
        self.setAccessibleName(f"{view.prompt} {view.sub}")

    def restyle(self) -> None:
        self._layout.setContentsMargins(px(16), px(16), px(16), px(14))
        self._layout.setSpacing(px(12))
        self._top.setSpacing(px(18))
