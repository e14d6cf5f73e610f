"""The check of a scanner: the codes of the printed sheet, ticked off as they are scanned well."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from warehouse_app.domain.scanner_check import SHEET_CODES, SheetCode, Verdict, judge
from warehouse_app.language import tr
from warehouse_app.ui.icons import paint_icon, painting
from warehouse_app.ui.theme import Tone, colour, font, px
from warehouse_app.ui.widgets import Banner, BannerView, Card, Label, Styled

ROW = 30
V_CENTRE = Qt.AlignmentFlag.AlignVCenter
ELIDE = Qt.TextElideMode.ElideRight


class ScannerCheck(Card):
    """Takes scans of the sheet in any order; says of a bad one which setting of the scanner to change."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(margin=16, spacing=10, parent=parent)
        self.good: set[str] = set()
        self.bad: set[str] = set()
        self._codes, self.verdict = _Codes(), Banner()
        self.body.addWidget(Label("title", tr("Scanner check")))
        hint = tr("Print the sheet (F8), then scan its codes from top to bottom. Esc ends the check.")
        self.body.addWidget(Label("secondary", hint, wrap=True))
        self.body.addWidget(self.verdict)
        self.body.addWidget(self._codes)
        self.body.addStretch(1)
        self.begin()

    def begin(self) -> None:
        """Nothing has been scanned yet."""
        self.good.clear()
        self.bad.clear()
        self.verdict.show_banner(None)
        self._codes.show_codes(self.good, self.bad)

    def take(self, scan_text: str) -> Verdict:
        """Judge a scan and show what came of it."""
        wanted = next((code.symbol for code in SHEET_CODES if code.name not in self.good), None)
        found = judge(scan_text, wanted)
        name = found.code.name if found.code else ""
        if found.good:
            self.good.add(name)
            self.bad.discard(name)
        elif name and name not in self.good:
            self.bad.add(name)
        self._codes.show_codes(self.good, self.bad)
        self.verdict.show_banner(self._words(found))
        return found

    def _words(self, found: Verdict) -> BannerView:
        if len(self.good) == len(SHEET_CODES):
            return BannerView(tr("This scanner is set well"), "", Tone.OK, "check-circle")
        if found.good and found.code is not None:
            left = len(SHEET_CODES) - len(self.good)
            return BannerView(
                tr("Code {name} is good", name=found.code.name), tr("{n} to go", n=left), Tone.OK, "check"
            )
        title = tr("Code {name}", name=found.code.name) if found.code else tr("Not understood")
        return BannerView(title, tr(found.remedy), Tone.WARN, "triangle")


def _words_of(code: SheetCode) -> str:
    """What a code proves, with the name of its symbol unless that says it already."""
    words = tr(code.proves)
    return words if words.startswith(code.symbol) else f"{code.symbol}: {words}"


class _Codes(Styled):
    """The codes of the sheet with their ticks."""

    def __init__(self) -> None:
        super().__init__()
        self._good: frozenset[str] = frozenset()
        self._bad: frozenset[str] = frozenset()
        self.restyle()

    def show_codes(self, good: set[str], bad: set[str]) -> None:
        self._good, self._bad = frozenset(good), frozenset(bad)
        self.setAccessibleName(tr("{n} of {total} codes are good", n=len(good), total=len(SHEET_CODES)))
        self.update()

    def restyle(self) -> None:
        self.setFixedHeight(px(ROW) * len(SHEET_CODES))

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        with painting(self) as painter:
            for place, code in enumerate(SHEET_CODES):
                self._paint_code(painter, place, code.name, _words_of(code))

    def _paint_code(self, painter: QPainter, place: int, name: str, words: str) -> None:
        icon, token = "circle", "text2"
        if name in self._good:
            icon, token = "check-circle", "ok"
        elif name in self._bad:
            icon, token = "triangle", "warn"
        top = px(ROW) * place
        paint_icon(painter, icon, QRectF(0, top + px(5), px(20), px(20)), colour(token))
        painter.setFont(font(14, 600))
        painter.setPen(colour("text"))
        painter.drawText(QRectF(px(30), top, px(26), px(ROW)), V_CENTRE, name)
        painter.setFont(font(14))
        room = QRectF(px(56), top, self.width() - px(56), px(ROW))
        painter.drawText(room, V_CENTRE, painter.fontMetrics().elidedText(words, ELIDE, int(room.width())))
