"""A bench: one station, one task, one worker. It turns scans into durable facts and feedback."""

import json
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from threading import RLock

from warehouse_app.domain.counting import CountSession
from warehouse_app.domain.errors import NotFound, StoreUnavailable, WarehouseError
from warehouse_app.domain.facts import LabelPrinted, Recorded
from warehouse_app.domain.packets import Packet
from warehouse_app.domain.packing import PackSession
from warehouse_app.domain.picking import PickSession
from warehouse_app.domain.putaway import PutawaySession
from warehouse_app.domain.scan import Scan, ScanKind, badge_code, parse_scan
from warehouse_app.domain.session import Expected, Feedback, FeedbackKind, Need, Outcome, Session, feedback
from warehouse_app.domain.tasks import session_for
from warehouse_app.language import mark
from warehouse_app.operations.claiming import Amendment, Holder, NotReady, OnHold, StoppedWork
from warehouse_app.station.disk import NotWritten
from warehouse_app.station.file import StationFile
from warehouse_app.station.journal import Journal
from warehouse_app.station.link import Link
from warehouse_app.station.posting import prune
from warehouse_app.station.print_jobs import PrintJob
from warehouse_app.station.replica import Replica

TAKEN_OVER = "taken_over"
"""What tells a bench that work in its hands is another's now; unlike amendments it comes from the claim itself."""

FEEDBACK_OF_ERRORS: tuple[tuple[type[WarehouseError], FeedbackKind], ...] = (
    (OnHold, FeedbackKind.HELD),
    (StoppedWork, FeedbackKind.STOPPED),
    (NotWritten, FeedbackKind.STOPPED),
    (NotReady, FeedbackKind.WRONG_STATE),
    (NotFound, FeedbackKind.UNKNOWN),
    (StoreUnavailable, FeedbackKind.OFFLINE),
)


@dataclass(frozen=True, slots=True)
class Answer:
    """What a scan led to. The facts are on disk; `ms` is the time from the scan to that.

    It is not durable when the disk takes nothing: then the scan has led to nothing.
    """

    scan_text: str | None
    feedback: Feedback
    facts: tuple[Recorded, ...] = ()
    ms: float = 0.0
    need: Need | None = None
    durable: bool = True


class Bench:
    """Scans in, durable facts and feedback out. It never waits for the network unless work must be fetched."""

    def __init__(
        self, file: StationFile, task: str, clock: Callable[[], datetime], replica: Replica | None = None
    ) -> None:
        self.file = file
        with suppress(NotWritten):
            prune(file, int(file.setting("posted") or 0), clock())
        self.journal = Journal(file)
        self.replica = replica or Replica(file)
        self.session: Session = session_for(task, self.replica.catalogue)  # type: ignore[type-arg]
        self._know_the_shelves()
        self.worker = ""
        self._clock = clock
        self._amendments: deque[Amendment] = deque()
        self._heard: dict[str, int] = {}
        self._lost: set[str] = set()
        self._notices: deque[Feedback] = deque()
        self._hands = RLock()
        """Held while a scan is answered, and while work that was claimed ahead is brought in or taken away."""
        self._restore()
        self._use_spares()

    def sign_on(self, worker: str) -> None:
        """From now on the scans are this person's."""
        self.worker = worker
        if isinstance(self.session, CountSession):
            self.session.worker = worker

    def use_catalogue(self) -> None:
        """Work with the products as the replica knows them now."""
        self.session.catalogue = self.replica.catalogue
        self._know_the_shelves()

    def scan(self, scan_text: str) -> Answer:
        """Answer one scan. When the answer names a need, fetch that work, `take` it and scan again."""
        return self._timed(lambda: self.take_amendments() or self._scan(scan_text), scan_text)

    def weigh(self, weight_g: int) -> Answer:
        """Answer a stable weight from the scale."""
        return self._timed(lambda: self.take_amendments() or self._carry_out(self.session.weigh(weight_g)), None)

    def prompt(self) -> Answer:
        """What is to be done now; while the disk takes nothing, that."""
        return self._timed(lambda: Answer(None, self.session.prompt()), None)

    def hear(self) -> Answer | None:
        """Take the changes that have arrived, also while nobody scans; an answer when somebody must be told."""
        try:
            with self._hands, self.file.telling_trouble():
                return self.take_amendments()
        except NotWritten as error:
            return self._not_taken(error)

    def refuse(self, error: WarehouseError) -> Feedback:
        """What is said when work could not be had; without the shared database, also what can be worked instead."""
        kind = next((kind for wanted, kind in FEEDBACK_OF_ERRORS if isinstance(error, wanted)), None)
        at_hand = self.session.at_hand()
        if kind is FeedbackKind.OFFLINE and at_hand:
            message = mark("No connection to the shared database. {count} at hand can be worked now: scan {code}.")
            return Feedback(kind, message, {"count": len(at_hand), "code": at_hand[0].scan_text})
        return Feedback(kind or FeedbackKind.WRONG_STATE, error.message, error.values)

    def take(self, packet: Packet) -> None:
        """Take claimed work into hand; what was finished before it is let go. Raises NotWritten."""
        with self._hands:
            if self.session.current != packet.work:
                self.finish()
            self.journal.keep_packet(packet)
            self.session.take(packet)
            self.session.current = packet.work

    def keep_ahead(self, packets: Sequence[Packet]) -> None:
        """Have work at hand that was claimed ahead; what the bench has already stays as it is. From any thread.

        Raises NotWritten.
        """
        with self._hands:
            new = [packet for packet in packets if packet.work not in self.session.states]
            self.journal.keep_ahead(new, self._clock())
            for packet in new:
                self._heard.pop(packet.work, None)
                self._lost.discard(packet.work)
            self.session.take_all(new)

    def let_go(self, works: Iterable[str]) -> tuple[str, ...]:
        """Forget those of these works that are not begun, and tell which; they may be given back. From any thread.

        Raises NotWritten.
        """
        with self._hands:
            idle = tuple(work for work in works if self._is_idle(work))
            self.journal.let_go(idle)
            for work in idle:
                self.session.drop(work)
            return idle

    def ahead(self) -> dict[str, str]:
        """Work at hand that is not begun, with when it was claimed, as ISO text. From any thread."""
        with self._hands:
            return {work: at for work, at in self.journal.ahead.works.items() if self._is_idle(work)}

    def works(self) -> dict[str, int]:
        """All work of this bench's task, with the epochs of its claims. From any thread."""
        return {work: state.packet.epoch for work, state in self.session.states.items()}

    def keep_numbers(self, numbers: Sequence[str]) -> None:
        """Have more carton numbers in store. From any thread. Raises NotWritten."""
        with self._hands:
            self.journal.spares.add(numbers)
            self._use_spares()

    def lose(self, works: Mapping[str, Mapping[str, str]]) -> None:
        """Work is not this station's any more, and what is told of it; heard before the next scan. From any thread."""
        with self._hands:
            taken = self.journal.works_in_hand()
            for work in sorted((works.keys() & taken.keys()) - self._lost):
                self._lost.add(work)
                content = json.dumps({"what": TAKEN_OVER, **works[work]})
                self._amendments.append(Amendment(work, taken[work] + 1, content))

    def tell(self, told: Feedback) -> None:
        """Stop the worker by these words before the next scan. From any thread."""
        self._notices.append(told)

    @property
    def told_everything(self) -> bool:
        """Whether the worker has seen all that the bench was to be stopped by."""
        return not self._notices

    def _is_idle(self, work: str) -> bool:
        return work in self.session.states and not self.session.is_begun(work)

    def _use_spares(self) -> None:
        if isinstance(self.session, PackSession):
            self.session.spare_numbers = self.journal.spares.numbers

    def begin(self, packet: Packet, scan_text: str) -> Answer:
        """Take the work that a scan asked for, and answer that scan."""
        return self._timed(lambda: self._begin(packet, scan_text), scan_text)

    def finish(self) -> tuple[Recorded, ...]:
        """Let go of work that is complete, so that others see it. Raises NotWritten."""
        with self._hands:
            work, facts = self.session.finish_facts()
            return self._record(Outcome(self.session.prompt(), facts, work)) if facts else ()

    def amended(self, amendments: tuple[Amendment, ...]) -> None:
        """Changes to work in hand have arrived; they are taken before the next scan."""
        for one in amendments:
            if one.number > self._heard.get(one.work, 0):
                self._heard[one.work] = one.number
                self._amendments.append(one)

    def expected(self) -> tuple[Expected, ...]:
        """Up to 20 scans that would be right next, the best first."""
        if not self.worker:
            badges = sorted(self.replica.workers, key=lambda worker: worker.role != "worker")
            return tuple(Expected("worker", badge_code(worker.badge)) for worker in badges[:20])
        return self.session.expected()

    @property
    def idle(self) -> bool:
        """Whether the session wants other work."""
        state = self.session.state
        return state is None or state.finished or state.paused

    def now(self) -> datetime:
        """The time by this station's clock."""
        return self._clock()

    def printed(self, printed: Sequence[tuple[PrintJob, LabelPrinted | None]], sent_to: str) -> None:
        """Documents left a printer: facts like any other, in the commit that ends their jobs. From any thread.

        What belongs to no order, such as the label of a place, has no fact. Raises NotWritten.
        """
        with self._hands:
            for one in self.journal.record_prints(printed, sent_to, self.worker, self._clock()):
                self.session.apply(one)

    def _scan(self, scan_text: str) -> Answer:
        scan = parse_scan(scan_text, year=self._clock().year)
        if scan.kind is ScanKind.BADGE:
            return self._badge(scan)
        if not self.worker:
            return Answer(None, feedback(FeedbackKind.WRONG_STATE, mark("Scan your badge first.")))
        return self._carry_out(self.session.decide(scan))

    def _begin(self, packet: Packet, scan_text: str) -> Answer:
        self.take(packet)
        return self._carry_out(self.session.begin(packet, parse_scan(scan_text, year=self._clock().year)))

    def _know_the_shelves(self) -> None:
        if isinstance(self.session, PutawaySession):
            self.session.storage = self.replica.storage

    def _badge(self, scan: Scan) -> Answer:
        worker = self.replica.worker_of(scan.code)
        if worker is None:
            return Answer(None, feedback(FeedbackKind.UNKNOWN, mark("Nobody has the badge {badge}."), badge=scan.code))
        self.sign_on(worker.worker)
        return Answer(None, feedback(FeedbackKind.OK, mark("Hello {name}."), name=worker.name))

    def _carry_out(self, outcome: Outcome) -> Answer:
        """Facts first to disk, then into the session; other work may have to be let go before."""
        if outcome.facts and outcome.work != self.session.current and self.session.state is not None:
            self.finish()
        recorded = self._record(outcome)
        return Answer(None, outcome.feedback, recorded, need=outcome.need)

    def _record(self, outcome: Outcome) -> tuple[Recorded, ...]:
        if not outcome.facts and not outcome.prints:
            return ()
        recorded = self.journal.append(outcome.facts, self.worker, outcome.work, self._clock(), outcome.prints)
        for one in recorded:
            self.session.apply(one)
        self._use_spares()
        return recorded

    def take_amendments(self) -> Answer | None:
        """Take the changes that have arrived; give an answer when one of them stops the worker.

        Work that was put on hold and let go on before the worker scanned again stops nobody. Raises NotWritten; what
        was not written then is taken later.
        """
        answer = Answer(None, self._notices.popleft()) if self._notices else None
        while self._amendments:
            answer = self._take_amendment(self._amendments[0], answer)
            self._amendments.popleft()
        return answer

    def _take_amendment(self, amendment: Amendment, answer: Answer | None) -> Answer | None:
        if self.journal.works_in_hand().get(amendment.work, amendment.number) >= amendment.number:
            return answer
        if amendment.work not in self.session.states:
            return answer
        content = json.loads(amendment.content)
        react = self.session.lose if content["what"] == TAKEN_OVER else self.session.amend
        outcome = react(amendment.work, amendment.number, content)
        recorded = self._record(outcome)
        if outcome.feedback.kind in (FeedbackKind.STOPPED, FeedbackKind.HELD):
            return Answer(None, outcome.feedback, recorded)
        if content["what"] == "release" and answer is not None and answer.feedback.kind is FeedbackKind.HELD:
            return answer if self._is_paused() else None
        return answer

    def _is_paused(self) -> bool:
        return self.session.state is not None and self.session.state.paused

    def _restore(self) -> None:
        """Stand where the journal stands."""
        packets = self.journal.packets(self.session.task)
        self.session.take_all(packets)
        if isinstance(self.session, PackSession):
            for fact in self.journal.cartons_made():
                self.session.remember(fact)
        for recorded in self.journal.facts_of(packet.work for packet in packets):
            self.session.apply(recorded)
        begun = [packet.work for packet in packets if packet.work not in self.journal.ahead]
        if begun and not self.session.current:
            self.session.current = begun[-1]

    def _timed(self, act: Callable[[], Answer], scan_text: str | None) -> Answer:
        """The answer of an act. While the disk takes nothing, that is the answer, and the act is not begun."""
        started = time.perf_counter()
        trouble = self.file.look_again()
        try:
            with self._hands, self.file.telling_trouble():
                answer = act() if trouble is None else self._not_taken(trouble)
        except NotWritten as error:
            answer = self._not_taken(error)
        ms = round((time.perf_counter() - started) * 1000, 3)
        return replace(answer, scan_text=scan_text, ms=ms)

    def _not_taken(self, trouble: NotWritten) -> Answer:
        return Answer(None, self.refuse(trouble), durable=False)


class ConnectedBench:
    """A bench with its link: fetches work when a scan needs it, and knows what else waits."""

    def __init__(self, bench: Bench, link: Link) -> None:
        self.bench = bench
        self.link = link

    def scan(self, scan_text: str) -> Answer:
        """Answer a scan, fetching the work that it needs; without the shared database it says so."""
        answer = self.bench.scan(scan_text)
        if answer.need is None:
            return answer
        finished: tuple[Recorded, ...] = ()
        try:
            finished = self.bench.finish()
            packet = self.link.fetch(self.bench.session.task, self.holder, answer.need)
        except WarehouseError as error:
            durable = not isinstance(error, NotWritten)
            return Answer(scan_text, self.bench.refuse(error), finished, answer.ms, durable=durable)
        begun = self.bench.begin(packet, scan_text)
        return replace(begun, facts=finished + begun.facts, ms=answer.ms + begun.ms)

    @property
    def holder(self) -> Holder:
        """Who claims."""
        return Holder(self.bench.file.station, self.bench.worker)

    @property
    def wants_work(self) -> bool:
        """Whether the session can only go on with something from the shared database."""
        session = self.bench.session
        return self.bench.idle or (isinstance(session, PickSession) and session.out_of_totes)

    def look_for_work(self) -> None:
        """When the session is idle, find out what waits; without the shared database it is what lies at hand."""
        self._look_for_totes()
        if not self.bench.idle or not self.bench.worker:
            return
        try:
            self.bench.session.waiting = self.link.waiting_work(self.bench.session.task, self.holder)
        except StoreUnavailable:
            self.bench.session.waiting = self.bench.session.at_hand()

    def _look_for_totes(self) -> None:
        session = self.bench.session
        if not isinstance(session, PickSession) or session.state is None or not session.out_of_totes:
            return
        with suppress(StoreUnavailable, NotWritten):
            self.bench.take(self.link.more_totes(session.state.packet))

    def catch_up(self) -> Answer | None:
        """Wait until everything is posted and applied, and take what came back. Raises StoreUnavailable."""
        self.link.settle()
        self.bench.amended(tuple(self.link.amendments(self.bench.journal.works_in_hand())))
        return self.bench.hear()
