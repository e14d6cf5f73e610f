"""The bench between screen and session: takes scans, fetches orders and prints labels without letting a scan wait."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, cast

from PySide6.QtCore import QObject, QTimer, Signal

from warehouse_app.domain.errors import StoreUnavailable, WarehouseError
from warehouse_app.domain.facts import CartonClosed, LabelAsked
from warehouse_app.domain.packing_state import PackState
from warehouse_app.domain.scan import command_code, order_code, tote_code
from warehouse_app.domain.session import Expected, Feedback, FeedbackKind, Need, feedback
from warehouse_app.language import mark
from warehouse_app.operations.claiming import Holder
from warehouse_app.operations.reference import Worker
from warehouse_app.operations.today import WaitingOrder, waiting_for_a_bench
from warehouse_app.station.bench import Answer
from warehouse_app.station.bounce import BounceGuard, BurstGuard
from warehouse_app.station.disk import NotWritten
from warehouse_app.station.print_jobs import TO_NEIGHBOUR
from warehouse_app.ui.packing.preparing import Preparation, Preparing
from warehouse_app.ui.packing.printing import ALL_WELL, BenchPrinting, Printing
from warehouse_app.ui.packing.weighing import Weighing
from warehouse_app.ui.sounds import Sound

if TYPE_CHECKING:
    from warehouse_app.domain.packets import Packet
    from warehouse_app.station.link import Link
    from warehouse_app.station.print_worker import PrintNews
    from warehouse_app.ui.desk import Tools
    from warehouse_app.ui.station_side import StationSide

log = logging.getLogger(__name__)

NOT_PREPARED = Preparation()
TARE = "TARE"
LISTEN_MS = 200
WAITING_MS = 20_000
FETCH_PATIENCE_MS = 8_000
"""A fetch that takes longer goes on behind, and the packer with what is at hand."""
TRY_DISK_MS = 2_000
BAD_SCANS = frozenset(
    {
        FeedbackKind.WRONG_ITEM,
        FeedbackKind.UNKNOWN,
        FeedbackKind.TOO_MANY,
        FeedbackKind.WRONG_STATE,
        FeedbackKind.HELD,
        FeedbackKind.STOPPED,
        FeedbackKind.OFFLINE,
    }
)
"""Answers to scans that did not count; what follows one at once comes from a scanner's memory."""


@dataclass(frozen=True, slots=True)
class Moment:
    """What the bench shows: the order at hand, what the last scan was answered with, and what became of its labels.

    `state` stays that of an order which was just stopped, until the next scan. `files` are the documents made last.
    A bounced scan leaves the answer before it standing.
    """

    told: Feedback
    scan_text: str = ""
    state: PackState | None = None
    worker: Worker | None = None
    waiting: tuple[WaitingOrder, ...] = ()
    files: tuple[str, ...] = ()
    printing: Printing = ALL_WELL
    bounced: bool = False
    at_hand: frozenset[str] = frozenset()
    preparation: Preparation = NOT_PREPARED
    halted: bool = False
    """Whether the station's disk takes nothing, so that no scan counts."""

    @property
    def fetching(self) -> bool:
        """Whether work is on its way."""
        return self.told.kind is FeedbackKind.FETCHING

    @property
    def print_problem(self) -> str:
        """Why documents wait, empty while they print."""
        return self.printing.problem


@dataclass(slots=True)
class _Fetch:
    """A scan whose work is being fetched, and the scans that came meanwhile."""

    scan_text: str
    later: deque[str] = field(default_factory=deque)


class PackingBench(QObject):
    """One packer's bench. Everything here runs on the UI thread but the fetching and the making of documents."""

    moved = Signal()
    """There is a new `moment` to show."""

    def __init__(self, side: StationSide, tools: Tools) -> None:
        super().__init__()
        self._side, self._tools = side, tools
        self._bounce_ms: dict[str, int] = {}
        self._set_guards()
        tools.preferences.scanner_changed.connect(self._set_guards)
        self._fetch: _Fetch | None = None
        begun = side.bench.prompt()
        self.moment = Moment(begun.feedback, state=self._state(), halted=not begun.durable)
        self.weighing = Weighing(self.weigh)
        self.preparing = Preparing(side, tools)
        self.preparing.changed.connect(self._prepared)
        self.printing = BenchPrinting(side, tools)
        self.printing.changed.connect(self._printing_changed)
        self.printing.came_out.connect(self._came_out)
        self.printing.told.connect(partial(self._tell, scan_text=""))
        self._patience = self._timer(FETCH_PATIENCE_MS, self._give_up_fetch)
        self._patience.setSingleShot(True)
        self._listen = self._timer(LISTEN_MS, self._hear)
        self._ask = self._timer(WAITING_MS, self.look_for_work)
        self._try_disk = self._timer(TRY_DISK_MS, self._look_at_disk)
        self._try_disk.start()
        self._listen.start()

    @property
    def station(self) -> str:
        """The station's name."""
        return self._side.file.station

    @property
    def label_folder(self) -> Path:
        """Where documents are laid."""
        return self.printing.folder

    @property
    def session(self):  # type: ignore[no-untyped-def]  # noqa: ANN201 - a packing session
        """The session, to be looked at only."""
        return self._side.bench.session

    @property
    def in_hand(self) -> bool:
        """Whether an order is begun and not closed."""
        state = self._state()
        return state is not None and not (state.finished or state.paused)

    def now(self) -> datetime:
        """The time by the station's clock."""
        return self._side.bench.now()

    def expected(self) -> tuple[Expected, ...]:
        """Scans that would be right next."""
        return self._side.bench.expected()

    def scan(self, scan_text: str, scanner: str = "") -> None:
        """Answer a scan, or queue it while the work of an earlier one is on its way.

        `scanner` names a serial scanner: each has guards of its own.
        """
        guard, self._burst = self._guards_of(scanner)
        if guard.bounces(scan_text):
            self._show(replace(self.moment, scan_text=scan_text, bounced=True))
            self._tools.sounds.play(Sound.TICK)
        elif self._burst.holds_back():
            self._hold_back(scan_text)
        else:
            self._take(scan_text)

    def weigh(self, weight_g: int) -> None:
        """Use a settled weight for the carton in hand; it closes a complete order, and only that is told aloud."""
        if not self.in_hand or self.moment.halted or self._fetch is not None:
            return
        answer = self._side.bench.weigh(weight_g)
        if answer.facts and answer.feedback.kind is FeedbackKind.INFO:
            self._side.sync.wake()
            self._show(replace(self.moment, state=self._state()))
        elif answer.facts or not answer.durable:
            self._give(answer, "")

    def use_scanners(self, bounce_ms: Mapping[str, int]) -> None:
        """How long a code's repeat is a bounce, for each serial scanner."""
        self._bounce_ms = dict(bounce_ms)
        self._set_guards()

    def look_for_work(self) -> None:
        """Find out which orders wait, while none is in hand."""
        if not self.in_hand and self._side.link.connected:
            ask = partial(self._side.database.read, waiting_for_a_bench)
            self._tools.tasks.read(self, ask, done=self._use_waiting, failed=self._use_no_waiting, latest="waiting")

    def use_catalogue(self) -> None:
        """Products, codes or people may have changed."""
        self._side.bench.use_catalogue()

    def watch(self, *, in_front: bool) -> None:
        """Ask for waiting orders only while somebody looks."""
        if in_front:
            self.look_for_work()
            self._ask.start()
        else:
            self._ask.stop()

    def hear_news(self) -> None:
        """Something changed in the shared database; it is asked only while somebody looks."""
        if self._ask.isActive():
            self.look_for_work()

    def close(self) -> None:
        """End the timers and the printing."""
        for timer in (self._listen, self._ask, self._try_disk, self._patience):
            timer.stop()
        self.printing.close()

    def _set_guards(self) -> None:
        scanner = self._tools.preferences.scanner
        self._guard = BounceGuard(scanner.bounce_ms)
        self._burst = self._burst_of_keyboard = BurstGuard(scanner.burst_ms)
        self._guards: dict[str, tuple[BounceGuard, BurstGuard]] = {}
        self._bad_scan = ""

    def _guards_of(self, scanner: str) -> tuple[BounceGuard, BurstGuard]:
        if not scanner:
            return self._guard, self._burst_of_keyboard
        usual = self._tools.preferences.scanner
        if scanner not in self._guards:
            bounce_ms = self._bounce_ms.get(scanner, usual.bounce_ms)
            self._guards[scanner] = BounceGuard(bounce_ms), BurstGuard(usual.burst_ms)
        return self._guards[scanner]

    def _hold_back(self, scan_text: str) -> None:
        """A scanner empties its memory behind a bad scan: say from where to scan again."""
        told = feedback(
            FeedbackKind.WRONG_STATE,
            mark("{count} scans came at once after a bad one and were NOT COUNTED. Scan again from {scan} on."),
            count=self._burst.held_back,
            scan=self._bad_scan,
        )
        self._tell(told, scan_text)

    def _take(self, scan_text: str) -> None:
        if self.preparing.take(scan_text, self.now().year):
            return
        if scan_text == command_code(TARE):
            self.weighing.tare()
            return
        if scan_text == command_code(TO_NEIGHBOUR):
            self.printing.help_out()
            return
        self.preparing.forget()
        if self._fetch is not None and self._is_at_hand(scan_text):
            # Whoever takes up work that is here does not wait for what is not.
            self._give_up_fetch()
        if self._fetch is not None:
            self._fetch.later.append(scan_text)
        else:
            self._answer(scan_text)

    def _answer(self, scan_text: str) -> None:
        try:
            answer = self._side.bench.scan(scan_text)
        except WarehouseError as error:
            self._tell(self._side.bench.refuse(error), scan_text)
            return
        if answer.need is not None:
            self._begin_fetch(answer, answer.need, scan_text)
        else:
            self._give(answer, scan_text)

    def _give(self, answer: Answer, scan_text: str) -> None:
        """Show an answer whose facts are on disk, and let posting and printing have their part."""
        self._tell(answer.feedback, scan_text)
        if not answer.durable:
            return
        if answer.facts:
            self._side.sync.wake()
        # Only a carton that is made up and a reprint ask for documents.
        asks = any(isinstance(one.fact, CartonClosed | LabelAsked) for one in answer.facts)
        if asks or answer.feedback.kind is FeedbackKind.INFO:
            self.printing.wake()
        if not self.in_hand:
            self.look_for_work()

    def _begin_fetch(self, answer: Answer, need: Need, scan_text: str) -> None:
        """Let go of what is finished, say at once that the order is fetched, and claim it off the UI thread."""
        try:
            self._side.bench.finish()
        except NotWritten as error:
            self._tell(self._side.bench.refuse(error), scan_text)
            return
        self._fetch = _Fetch(scan_text)
        self._tell(answer.feedback, scan_text)
        holder = Holder(self._side.bench.file.station, self._side.bench.worker)
        job = partial(_fetch_order, self._side.link, holder, need)
        done, failed = partial(self._fetched, self._fetch), partial(self._not_fetched, self._fetch)
        self._tools.tasks.write(self, job, done=done, failed=failed)
        self._patience.start()

    def _give_up_fetch(self) -> None:
        if self._fetch is not None:
            self._not_fetched(self._fetch, StoreUnavailable(reason=mark("no answer for some seconds")))

    def _is_at_hand(self, scan_text: str) -> bool:
        return any(one.scan_text == scan_text for one in self._side.bench.session.at_hand())

    def _fetched(self, fetch: _Fetch, packet: Packet) -> None:
        if fetch is not self._fetch:
            # Nobody waits for it any more, but the claim is ours: it is at hand for later.
            with suppress(NotWritten):
                self._side.bench.keep_ahead([packet])
            return
        self._fetch = None
        self._patience.stop()
        self.use_catalogue()
        self._give(self._side.bench.begin(packet, fetch.scan_text), fetch.scan_text)
        while fetch.later:
            self._take(fetch.later.popleft())

    def _not_fetched(self, fetch: _Fetch, error: WarehouseError) -> None:
        """What was scanned after it does not count: it was meant for an order that is not here."""
        if fetch is not self._fetch:
            return
        self._fetch = None
        self._patience.stop()
        if fetch.later:
            log.warning("%d scans after a failed fetch were not counted", len(fetch.later))
        self._tell(self._side.bench.refuse(error), fetch.scan_text)
        self.look_for_work()

    def _hear(self) -> None:
        """Changes to the order in hand show at once, also while nobody scans."""
        if self.moment.halted:
            return
        before = self._state()
        was_paused = before is not None and before.paused
        answer = self._side.bench.hear()
        if answer is None and was_paused and self.in_hand:
            self._tell(self._side.bench.session.prompt(), "")
        if answer is not None:
            self._tell(answer.feedback, "", before)
            self._side.sync.wake()
            self.look_for_work()

    def _look_at_disk(self) -> None:
        """Whether the disk takes scans shows without a scan, too, in either direction."""
        prompt = self._side.bench.prompt()
        if self.moment.halted == prompt.durable:
            back = feedback(FeedbackKind.INFO, mark("There is room again. Scan again what was not counted."))
            self._tell(back if prompt.durable else prompt.feedback, "")

    def _tell(self, told: Feedback, scan_text: str, state: PackState | None = None) -> None:
        """Sound the answer and show it. A stopped order is out of the session and still to be seen."""
        if told.tone != "none":
            self._tools.sounds.play(Sound(told.tone))
        if scan_text and not self._burst.held_back:
            bad = told.kind in BAD_SCANS
            self._burst.answered(bad=bad)
            self._bad_scan = scan_text if bad else ""
        stopped = told.kind is FeedbackKind.STOPPED
        shown = self._state() or state or (self.moment.state if stopped else None)
        files = self.moment.files if shown is self.moment.state else ()
        self._show(
            replace(
                self.moment, told=told, scan_text=scan_text, state=shown, worker=self._worker(), files=files,
                bounced=False, halted=self._side.file.trouble is not None,
            )
        )  # fmt: skip

    def _show(self, moment: Moment) -> None:
        self.moment = moment
        self.weighing.carton_is(_carton_in_hand(self._state()), time.monotonic())
        self.moved.emit()

    def _state(self) -> PackState | None:
        return cast("PackState | None", self._side.bench.session.state)

    def _worker(self) -> Worker | None:
        return self._side.replica.worker(self._side.bench.worker)

    def _use_waiting(self, waiting: tuple[WaitingOrder, ...]) -> None:
        """What is at hand comes first: it can be packed whatever becomes of the network."""
        ready, names = self.preparing.orders()
        offered = (*ready, *(order for order in waiting if order.order_no not in names))
        codes = (
            Expected("tote", tote_code(one.tote)) if one.tote else Expected("order", order_code(one.order_no))
            for one in offered
        )
        self._side.bench.session.waiting = tuple(codes)
        if offered != self.moment.waiting or names != self.moment.at_hand:
            self._show(replace(self.moment, waiting=offered, at_hand=names))

    def _use_no_waiting(self, _: WarehouseError) -> None:
        self._use_waiting(())

    def _prepared(self) -> None:
        self._show(replace(self.moment, preparation=self.preparing.shown))
        self.look_for_work()

    def _printing_changed(self) -> None:
        self._show(replace(self.moment, printing=self.printing.now))

    def _came_out(self, news: PrintNews) -> None:
        """Documents of the order that is shown are shown with it."""
        state = self.moment.state
        shown = state is not None and any(job.request.work == state.packet.work for job in news.printed)
        self._show(replace(self.moment, files=(*self.moment.files, *news.files) if shown else self.moment.files))

    def _timer(self, interval_ms: int, run: object) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(interval_ms)
        timer.timeout.connect(run)
        return timer


def _carton_in_hand(state: PackState | None) -> tuple[str, int] | None:
    """The order with the number of its cartons that are closed: a carton has a number only with its first unit."""
    return None if state is None else (state.packet.work, sum(carton.closed for carton in state.cartons))


def _fetch_order(link: Link, holder: Holder, need: Need) -> Packet:
    """Claim off the UI thread; new products and codes are taken over on the way."""
    link.connect(may_begin_again=False, in_full=False)
    return link.fetch("pack", holder, need)
