"""The cut-off clock: every carrier's next pick-up, what must be on it, and what will miss it."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QWidget

from warehouse_app.language import tr, tr_n
from warehouse_app.operations.today import PickUp, Stages, Today
from warehouse_app.ui.icons import paint_icon, painting
from warehouse_app.ui.theme import Tone, colour, figures, font, px, tone_colours
from warehouse_app.ui.times import URGENT_MINUTES, clock_text, day_text, minutes_until, span_text
from warehouse_app.ui.today.words import service_name, stage_words
from warehouse_app.ui.widgets import Card, Label, Styled, spaced

ROW = 66
STAGE_TOKENS = {"to_hand_over": "ok", "to_pack": "primary", "to_pick": "text3", "to_release": "border_strong"}
"""Stages in the order of the bar, the nearest to the door first, with the token of each one's colour."""

V_CENTRE = Qt.AlignmentFlag.AlignVCenter
ELIDE = Qt.TextElideMode.ElideRight


@dataclass(frozen=True, slots=True)
class PickUpView:
    """One pick-up in words, and its stages for the bar."""

    name: str
    carrier: str
    at: str
    left: str
    left_tone: Tone
    stages: Stages
    words: str
    count: str
    verdict: str
    verdict_tone: Tone
    verdict_icon: str


def pick_up_view(pick_up: PickUp, today: Today) -> PickUpView:
    """What is told of one pick-up."""
    minutes = minutes_until(pick_up.at, today.now)
    verdict, tone, icon = _verdict(pick_up)
    return PickUpView(
        name=service_name(pick_up),
        carrier=pick_up.carrier_name,
        at=clock_text(pick_up.at, today.timezone),
        left=_left(pick_up, today, minutes),
        left_tone=Tone.WARN if minutes < URGENT_MINUTES and pick_up.stages.all else Tone.NEUTRAL,
        stages=pick_up.stages,
        words=stage_words(pick_up.stages),
        count=tr("{n} left", n=f"{pick_up.stages.all:,}"),
        verdict=verdict,
        verdict_tone=tone,
        verdict_icon=icon,
    )


def _left(pick_up: PickUp, today: Today, minutes: int) -> str:
    day = pick_up.at.date()
    if day == today.now.astimezone(pick_up.at.tzinfo).date():
        return tr("in {time}", time=span_text(minutes))
    return day_text(day)


def _verdict(pick_up: PickUp) -> tuple[str, Tone, str]:
    if not pick_up.stages.all:
        words = tr("all gone") if pick_up.handed_over else tr("nothing due")
        return words, Tone.OK if pick_up.handed_over else Tone.NEUTRAL, "check-circle"
    if not pick_up.stages.unpacked:
        return tr("all packed"), Tone.OK, "check-circle"
    if pick_up.will_miss is None:
        return tr("no pace yet"), Tone.NEUTRAL, "hourglass"
    if pick_up.will_miss:
        return tr("{n} will miss it", n=f"{pick_up.will_miss:,}"), Tone.ERROR, "triangle"
    return tr("in time"), Tone.OK, "check-circle"


class PickUpRows(Styled):
    """The pick-ups, painted."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._rows: tuple[PickUpView, ...] = ()
        self._most = 1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_rows(self, rows: tuple[PickUpView, ...]) -> None:
        """Show these pick-ups, the earliest first; all bars have one scale."""
        self._rows = rows
        self._most = max((row.stages.all for row in rows), default=0) or 1
        self.setAccessibleName("; ".join(f"{row.name} {row.at} {row.count} {row.verdict}" for row in rows))
        self.restyle()

    def restyle(self) -> None:
        self.setFixedHeight(px(ROW) * max(1, len(self._rows)))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        del event
        with painting(self) as painter:
            for place, row in enumerate(self._rows):
                area = QRectF(px(16), place * px(ROW), self.width() - px(32), px(ROW))
                if place:
                    painter.setPen(colour("border"))
                    painter.drawLine(area.topLeft(), area.topRight())
                self._paint_row(painter, area, row)

    def _paint_row(self, painter: QPainter, area: QRectF, row: PickUpView) -> None:
        names, times = area.width() * 0.21, area.width() * 0.19
        verdicts = max(QFontMetrics(font(14, 600)).horizontalAdvance(one.verdict) + px(24) for one in self._rows)
        verdicts = max(verdicts, px(90))
        left = area.left()
        _two_lines(painter, QRectF(left, area.top(), names - px(12), area.height()), row.name, row.carrier)
        fore = colour("text2") if row.left_tone is Tone.NEUTRAL else tone_colours(row.left_tone).fore
        spot = QRectF(left + names, area.top(), times - px(12), area.height())
        _two_lines(painter, spot, row.at, row.left, ink=fore)
        bar = QRectF(left + names + times, area.top(), area.width() - names - times - verdicts - px(20), area.height())
        self._paint_bar(painter, bar, row)
        right = QRectF(area.right() - verdicts, area.top(), verdicts, area.height())
        self._paint_verdict(painter, right, row)

    def _paint_bar(self, painter: QPainter, area: QRectF, row: PickUpView) -> None:
        track = QRectF(area.left(), area.top() + px(17), area.width(), px(12))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(colour("surface2"))
        painter.drawRoundedRect(track, px(3), px(3))
        left = track.left()
        for stage, token in STAGE_TOKENS.items():
            width = track.width() * getattr(row.stages, stage) / self._most
            if width > 0:
                painter.setBrush(colour(token))
                painter.drawRoundedRect(QRectF(left, track.top(), max(px(3), width - 1), track.height()), px(3), px(3))
            left += width
        painter.setFont(font(13, 400))
        painter.setPen(colour("text2"))
        words = QRectF(area.left(), area.top() + px(34), area.width(), px(20))
        painter.drawText(words, V_CENTRE, painter.fontMetrics().elidedText(row.words, ELIDE, round(words.width())))

    def _paint_verdict(self, painter: QPainter, area: QRectF, row: PickUpView) -> None:
        painter.setFont(figures(16, 600))
        painter.setPen(colour("text"))
        top = QRectF(area.left(), area.top() + px(11), area.width(), px(22))
        painter.drawText(top, V_CENTRE | Qt.AlignmentFlag.AlignRight, row.count)
        painter.setFont(font(14, 600))
        fore = tone_colours(row.verdict_tone).fore
        painter.setPen(fore)
        below = QRectF(area.left(), area.top() + px(34), area.width(), px(20))
        painter.drawText(below, V_CENTRE | Qt.AlignmentFlag.AlignRight, row.verdict)
        width = painter.fontMetrics().horizontalAdvance(row.verdict)
        spot = QRectF(area.right() - width - px(22), below.center().y() - px(8), px(16), px(16))
        paint_icon(painter, row.verdict_icon, spot, fore)


def _two_lines(painter: QPainter, area: QRectF, first: str, second: str, *, ink: object = None) -> None:
    painter.setFont(figures(16, 600) if first[:1].isdigit() else font(16, 600))
    painter.setPen(colour("text"))
    top = QRectF(area.left(), area.top() + px(11), area.width(), px(22))
    painter.drawText(top, V_CENTRE, painter.fontMetrics().elidedText(first, ELIDE, round(area.width())))
    painter.setFont(font(13, 500 if ink is not None else 400))
    painter.setPen(ink if ink is not None else colour("text2"))
    below = QRectF(area.left(), area.top() + px(34), area.width(), px(20))
    painter.drawText(below, V_CENTRE, painter.fontMetrics().elidedText(second, ELIDE, round(area.width())))


class PickUpsCard(Card):
    """The cut-off clock with its title and the pace it reckons with."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(margin=0, spacing=0, parent=parent)
        self._pace, self._rows = Label("secondary"), PickUpRows()
        head = QHBoxLayout()
        spaced(head, 8, (16, 10, 16, 4))
        head.addWidget(Label("title", tr("Next pick-ups")))
        head.addStretch(1)
        head.addWidget(self._pace)
        self.body.addLayout(head)
        self.body.addWidget(self._rows)

    def show_pick_ups(self, today: Today) -> None:
        """Show the pick-ups of this moment."""
        self._rows.show_rows(tuple(pick_up_view(pick_up, today) for pick_up in today.pick_ups))
        self._pace.setText(tr_n("{n} order packed in the last hour", "{n} orders packed in the last hour", today.pace))

    def restyle(self) -> None:
        super().restyle()
        self.body.setContentsMargins(1, 0, 1, px(4))
