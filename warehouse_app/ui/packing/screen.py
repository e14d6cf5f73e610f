"""The packing screen: one instruction, the lines, the item, the box; scanner and keys only."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QVBoxLayout, QWidget

from warehouse_app.domain.packing import NEXT_BOX
from warehouse_app.domain.packing_labels import REOPEN, REPRINT
from warehouse_app.domain.scan import carton_type_code, command_code
from warehouse_app.domain.session import CLOSE, UNDO
from warehouse_app.language import tr, tr_n
from warehouse_app.station.print_jobs import TO_NEIGHBOUR
from warehouse_app.station.wording import error_text
from warehouse_app.ui.packing import views
from warehouse_app.ui.packing.label_words import label_chip
from warehouse_app.ui.packing.panels import Choice, ChoiceCard, KeysCard, WaitingCard, WaitingRow
from warehouse_app.ui.packing.preparing import GIVE_BACK
from warehouse_app.ui.packing.printing import NEIGHBOUR_KEY
from warehouse_app.ui.screen import Action, PersonView, Screen
from warehouse_app.ui.theme import Tone, px
from warehouse_app.ui.times import pick_up_clock
from warehouse_app.ui.widgets import (
    ActionButton,
    Banner,
    BannerView,
    BoxCard,
    Card,
    EmptyState,
    EmptyView,
    HeroPanel,
    HeroView,
    LineList,
    ProductPanel,
    WeightCard,
    spaced,
)

if TYPE_CHECKING:
    from warehouse_app.domain.packing_state import PackState
    from warehouse_app.ui.desk import Desk
    from warehouse_app.ui.packing.bench import Moment, PackingBench
    from warehouse_app.ui.packing.weighing import LiveWeight

CLOCK_MS = 10_000
RIGHT_COLUMN = 372
TARE_KEY = "Ctrl+T"
COMMAND_KEYS = {"F7": NEXT_BOX, "F8": UNDO, "F9": REOPEN, "F10": REPRINT, "F12": CLOSE}
"""Keys that are shortcuts for a printed command code."""


class PackingScreen(Screen):
    """Shows the bench's moments; keys do what the printed command codes do."""

    bench = True

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._work: PackingBench | None = None
        self.hero, self.lines, self._waiting = HeroPanel(), LineList(), WaitingCard()
        self._note, self._problem = Banner(), Banner()
        self._opening = Card()
        self._opening_state = EmptyState()
        self.product, self.box, self.weight = ProductPanel(), BoxCard(), WeightCard()
        self.choices = ChoiceCard()
        self.close_button = ActionButton(tr("Close carton, print label"), key="F12", icon="printer", primary=True)
        self._actions: dict[str, Callable[[], None]] = {
            NEIGHBOUR_KEY: partial(self.take_scan, command_code(TO_NEIGHBOUR)),
            TARE_KEY: self._tare,
            "F4": self._ask_problem,
            "F5": self._ask_to_prepare,
            "F6": self._ask_box,
            **{key: partial(self.take_scan, command_code(code)) for key, code in COMMAND_KEYS.items()},
        }
        self._build()
        self._clock = QTimer(self)
        self._clock.setInterval(CLOCK_MS)
        self._clock.timeout.connect(self._show_clock)
        self.choices.chosen.connect(self.take_scan)
        desk.changed.connect(self._attach)
        self.restyle()
        self._attach()

    def actions_here(self) -> tuple[Action, ...]:
        return tuple(
            Action(words, self._actions[key], key, icon)
            for key, words, icon in (
                (NEIGHBOUR_KEY, tr("Send waiting labels to the neighbour printer"), "printer"),
                (TARE_KEY, tr("Tare the scale"), "weight"),
                ("F4", tr("Report a problem with the item"), "flag"),
                ("F5", tr("Prepare for offline work"), "cloud-off"),
                ("F6", tr("Change the box"), "box"),
                ("F7", tr("Close this carton, begin the next"), "plus"),
                ("F8", tr("Undo the last scan"), "undo"),
                ("F9", tr("Open the last carton again"), "box"),
                ("F10", tr("Print the label again"), "printer"),
                ("F12", tr("Close the carton, print its label"), "printer"),
            )
        )

    def take_scan(self, text: str) -> None:
        if self._work is not None:
            self._leave_choices()
            self._work.scan(text, self.scanner)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Number keys answer a question; everything else belongs to scanner and shortcuts."""
        if self.choices.is_open:
            if event.key() == Qt.Key.Key_Escape:
                self._leave_choices()
                return
            if event.text().isdigit() and self.choices.choose(int(event.text())):
                return
        super().keyPressEvent(event)

    def opened(self) -> None:
        self._clock.start()
        if self._work is not None:
            self._work.watch(in_front=True)

    def closed(self) -> None:
        self._clock.stop()
        if self._work is not None:
            self._work.watch(in_front=False)

    def restyle(self) -> None:
        super().restyle()
        if hasattr(self, "_right_side"):
            self._right_side.setFixedWidth(px(RIGHT_COLUMN))

    def _build(self) -> None:
        row = QHBoxLayout()
        spaced(row, 16)
        row.addLayout(self._left_column(), 1)
        self._right_side = QStackedWidget()
        self._right_side.addWidget(KeysCard(_key_rows()))
        self._right_side.addWidget(self._right_column())
        row.addWidget(self._right_side)
        self.body.addLayout(row)

    def _left_column(self) -> QVBoxLayout:
        column = QVBoxLayout()
        spaced(column, 14)
        self.lines.set_footer(self._note)
        self._opening.body.addWidget(self._opening_state)
        self._below = QStackedWidget()
        for widget in (self._opening, self._waiting, self.lines):
            self._below.addWidget(widget)
        column.addWidget(self.hero)
        column.addWidget(self._problem)
        column.addWidget(self._below, 1)
        return column

    def _right_column(self) -> QWidget:
        side = QWidget()
        column = QVBoxLayout(side)
        spaced(column, 12)
        self._cards = QWidget()
        cards = QVBoxLayout(self._cards)
        spaced(cards, 12)
        cards.addWidget(self.product, 1)
        cards.addWidget(self.box)
        cards.addWidget(self.weight)
        self._item = QStackedWidget()
        self._item.addWidget(self._cards)
        self._item.addWidget(self.choices)
        column.addWidget(self._item, 1)
        self._buttons = QStackedWidget()
        self._buttons.addWidget(self._button_row(("F4", tr("Problem")), ("F8", tr("Undo")), ("F7", tr("Next box"))))
        self._buttons.addWidget(self._button_row(("F9", tr("Open again")), ("F10", tr("Print again"))))
        self._buttons.addWidget(self._button_row(("F8", tr("Undo")), ("F10", tr("Print again"))))
        column.addWidget(self._buttons)
        column.addWidget(self.close_button)
        self.close_button.clicked.connect(self._actions["F12"])
        return side

    def _button_row(self, *buttons: tuple[str, str]) -> QWidget:
        """Buttons for the mouse of whoever has one; each does what its key does."""
        row = QWidget()
        layout = QHBoxLayout(row)
        spaced(layout, 8)
        for key, words in buttons:
            button = ActionButton(words, key=key)
            button.clicked.connect(self._actions[key])
            layout.addWidget(button)
        return row

    def _attach(self) -> None:
        """Follow the bench from the moment on at which it is there."""
        if self._work is None and self._desk.bench is not None:
            self._work = self._desk.bench
            self._work.moved.connect(self._show)
            self._work.weighing.changed.connect(self._show_weight)
            self._work.watch(in_front=self.isVisible())
        self._show()

    def _show(self) -> None:
        work = self._work
        if work is None:
            self._show_opening()
            return
        moment = work.moment
        around = self._around(moment)
        self.hero.show_hero(views.hero_view(moment, around))
        self._show_top(moment)
        self._show_problem(moment)
        state = moment.state
        if state is None:
            self._show_waiting(moment, around)
        else:
            self._show_order(moment, state, around)

    def _around(self, moment: Moment) -> views.Around:
        work = self._work
        assert work is not None
        state = moment.state
        line = work.session.line_at_hand(state) if state is not None and not state.stopped else None
        return views.Around(work.session.catalogue, work.now(), line)

    def _show_opening(self) -> None:
        problem = self._desk.problem
        words = error_text(problem) if problem is not None else tr("A moment, please.")
        title = tr("The station cannot be opened") if problem is not None else tr("The station is being opened")
        icon, tone = ("triangle", Tone.WARN) if problem is not None else ("hourglass", Tone.NEUTRAL)
        self.hero.show_hero(HeroView(title, words, tone, icon))
        self._opening_state.show_empty(EmptyView(icon, title, words))
        self._problem.show_banner(None)
        self.top_bar.show_title(tr("Packing"))
        self._below.setCurrentWidget(self._opening)
        self._right_side.setCurrentIndex(0)

    def _show_top(self, moment: Moment) -> None:
        work, state, worker = self._work, moment.state, moment.worker
        assert work is not None
        if state is None:
            self.top_bar.show_title(tr("Packing"), views.at_hand_chips(moment))
        else:
            chips = (*views.title_chips(state.packet), *views.at_hand_chips(moment))
            self.top_bar.show_title(state.packet.order_no, chips)
        station = self._desk.tools.preferences.station or work.station
        if worker is None:
            self.top_bar.show_person(PersonView("?", tr("Nobody is signed on"), station))
        else:
            initials = "".join(part[0] for part in worker.name.split()[:2]) if worker.name else "?"
            self.top_bar.show_person(PersonView(initials, worker.name, station))
        self._show_clock()

    def _show_clock(self) -> None:
        work = self._work
        state = work.moment.state if work is not None else None
        if work is None or state is None or state.stopped:
            self.top_bar.show_clock("")
        else:
            packet = state.packet
            self.top_bar.show_clock(*pick_up_clock(datetime.fromisoformat(packet.ship_by), work.now(), packet.timezone))

    def _show_problem(self, moment: Moment) -> None:
        if self._desk.problem is not None:
            words = error_text(self._desk.problem)
            self._problem.show_banner(BannerView(tr("The shared database"), words, Tone.ERROR, "triangle"))
        elif any(notice := moment.printing.notice):
            tone = Tone.WARN if moment.printing.doubtful else Tone.ERROR
            self._problem.show_banner(BannerView(*notice, tone, "printer"))
        else:
            self._problem.show_banner(views.preparation_banner(moment.preparation, self._now()))

    def _now(self) -> datetime:
        assert self._work is not None
        return self._work.now()

    def _show_waiting(self, moment: Moment, around: views.Around) -> None:
        rows = []
        for order in moment.waiting:
            time, tone = views.waiting_text(order, around.now)
            size = ", ".join(
                (tr_n("{n:,} line", "{n:,} lines", order.lines), tr_n("{n:,} unit", "{n:,} units", order.units))
            )
            rows.append(
                WaitingRow(
                    order.tote or order.order_no, order.order_no, views.service_text(order), size, time, tone,
                    at_hand=order.order_no in moment.at_hand,
                )
            )  # fmt: skip
        self._waiting.show_rows(tuple(rows))
        self._below.setCurrentWidget(self._waiting)
        if not self.choices.is_open:
            self._right_side.setCurrentIndex(0)

    def _show_order(self, moment: Moment, state: PackState, around: views.Around) -> None:
        self.lines.show_lines(views.lines_view(state, around))
        note = state.packet.note
        self._note.show_banner(BannerView(tr("Packing note"), note, icon="note") if note else None)
        self._below.setCurrentWidget(self.lines)
        self._show_item(moment, state, around)
        box = views.box_view(state, around, label=label_chip(moment))
        self.box.setVisible(box is not None)
        if box is not None:
            self.box.show_box(box)
        self.weight.show_weight(views.weight_view(state, around, self._live))
        self._show_buttons(state)
        self.close_button.setVisible(True)
        self._right_side.setCurrentIndex(1)

    def _show_weight(self) -> None:
        """The live weight moves several times a second; nothing else of the screen does."""
        work = self._work
        if work is not None and work.moment.state is not None and self.isVisible():
            state = work.moment.state
            self.weight.show_weight(views.weight_view(state, self._around(work.moment), self._live))

    @property
    def _live(self) -> LiveWeight | None:
        return self._work.weighing.live if self._work is not None else None

    def _tare(self) -> None:
        if self._work is not None:
            self._work.weighing.tare()

    def _show_item(self, moment: Moment, state: PackState, around: views.Around) -> None:
        compare = views.compare_view(moment)
        if compare is not None:
            self._leave_choices()
            self.product.show_comparison(compare)
            return
        line = around.line or state.lines.get(state.last_line) or next(iter(state.lines.values()))
        card = around.catalogue.card(line.sku)
        to_go = 0 if state.stopped else line.open_quantity
        self.product.show_product(views.product_view(card, open_quantity=to_go))

    def _show_buttons(self, state: PackState) -> None:
        self._buttons.setCurrentIndex(1 if state.finished else 2 if state.awaiting_label else 0)
        self._buttons.setVisible(not state.stopped)
        if state.stopped:
            self.close_button.block(tr("The order was cancelled"))
        else:
            self.close_button.block(tr("Scan the next tote or order") if state.finished else views.close_reason(state))

    def _ask_problem(self) -> None:
        """What is wrong with the item at hand."""
        work = self._work
        state = work.moment.state if work is not None else None
        if work is None or state is None or state.finished:
            return
        line = work.session.line_at_hand(state)
        if line is None or state.awaiting_label is not None:
            self.take_scan(command_code("PROBLEM-MISSING"))
            return
        name = views.product_view(work.session.catalogue.card(line.sku)).name
        missing = tr_n("{n} unit is not in the tote", "{n} units are not in the tote", line.open_quantity)
        self._ask(
            tr("What is wrong?"),
            name,
            (
                Choice(tr("Missing"), missing, command_code("PROBLEM-MISSING")),
                Choice(tr("Damaged"), tr("one unit, into the red box"), command_code("PROBLEM-DAMAGED")),
            ),
        )

    def _ask_box(self) -> None:
        work = self._work
        state = work.moment.state if work is not None else None
        if work is None or state is None or state.finished:
            return
        choices = [
            Choice(
                views.box_text(box),
                tr("{percent} % full", percent=fill) if fill <= views.FULL_PERCENT else tr("too small for all of it"),
                carton_type_code(box.carton_type),
            )
            for box, fill in views.box_choices(state, work.session.catalogue)
        ]
        self._ask(tr("Which box?"), tr("Inner size in mm. Any other box: scan its code."), choices)

    def _ask_to_prepare(self) -> None:
        """How much is to be claimed for the time without the network."""
        work = self._work
        if work is None:
            return
        hand = len(work.moment.at_hand)
        self._ask(
            tr("Prepare for offline work"),
            tr("Claimed orders can be packed and labelled while the network is away. At hand now: {n}", n=hand),
            (
                Choice(tr("The next {n} orders", n=20), tr("for a short break"), command_code("PREPARE-20")),
                Choice(tr("The next {n} orders", n=50), tr("for a long one"), command_code("PREPARE-50")),
                Choice(tr("Everything that waits"), tr("other benches get none of it"), command_code("PREPARE-ALL")),
                Choice(tr("Give back"), tr("what is not begun goes to other benches"), command_code(GIVE_BACK)),
            ),
        )

    def _ask(self, title: str, sub: str, choices: Sequence[Choice]) -> None:
        self.choices.ask(title, sub, choices)
        self._right_side.setCurrentIndex(1)
        for widget in (self._buttons, self.close_button):
            widget.setVisible(self._work is not None and self._work.moment.state is not None)
        self._item.setCurrentWidget(self.choices)
        self.setFocus()

    def _leave_choices(self) -> None:
        self.choices.leave()
        self._item.setCurrentWidget(self._cards)
        if self._work is not None and self._work.moment.state is None:
            self._right_side.setCurrentIndex(0)


def _key_rows() -> tuple[tuple[str, str, str], ...]:
    """The keys of a bench with their printed codes."""
    return (
        (NEIGHBOUR_KEY, tr("Labels to the neighbour"), command_code(TO_NEIGHBOUR)),
        ("F4", tr("Problem"), "CMD:PROBLEM-…"),
        ("F5", tr("Prepare for offline"), "CMD:PREPARE-…"),
        ("F6", tr("Change the box"), "BOX:…"),
        ("F7", tr("Next box"), command_code(NEXT_BOX)),
        ("F8", tr("Undo"), command_code(UNDO)),
        ("F9", tr("Open again"), command_code(REOPEN)),
        ("F10", tr("Print again"), command_code(REPRINT)),
        ("F12", tr("Close and print"), command_code(CLOSE)),
        ("F2", tr("Type a code"), ""),
    )
