"""Scan-driven sessions: decide what a scan means, then, once its facts are on disk, apply them.

A session is pure: no clock, no database, no screen. Live work and the replay of a journal share `apply`, so a session
that was killed stands where it stood. Undo is a fact too: the undone fact is left out and the work's state rebuilt.
"""

import json
from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import Any, ClassVar, Generic, TypeVar

from warehouse_app.domain.catalogue import Catalogue, Found, ProductCard
from warehouse_app.domain.facts import (
    AmendmentTaken,
    Fact,
    LabelPrinted,
    Recorded,
    Undone,
    WorkFinished,
    WorkStopped,
    encode,
)
from warehouse_app.domain.packets import Packet
from warehouse_app.domain.scan import Scan, ScanKind, command_code, quantity_code
from warehouse_app.language import mark


class FeedbackKind(StrEnum):
    """What the worker is told; each kind has its own tone, colour and shape."""

    PROMPT = "prompt"
    OK = "ok"
    LAST = "last"
    WRONG_ITEM = "wrong_item"
    UNKNOWN = "unknown"
    TOO_MANY = "too_many"
    WRONG_STATE = "wrong_state"
    BOUNCE = "bounce"
    HELD = "held"
    STOPPED = "stopped"
    FETCHING = "fetching"
    OFFLINE = "offline"
    DONE = "done"
    INFO = "info"


TONES: Mapping[FeedbackKind, str] = {
    FeedbackKind.PROMPT: "none",
    FeedbackKind.OK: "ok",
    FeedbackKind.LAST: "last",
    FeedbackKind.WRONG_ITEM: "error",
    FeedbackKind.UNKNOWN: "error",
    FeedbackKind.TOO_MANY: "too_many",
    FeedbackKind.WRONG_STATE: "error",
    FeedbackKind.BOUNCE: "tick",
    FeedbackKind.HELD: "stop",
    FeedbackKind.STOPPED: "stop",
    FeedbackKind.FETCHING: "none",
    FeedbackKind.OFFLINE: "error",
    FeedbackKind.DONE: "last",
    FeedbackKind.INFO: "info",
}


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a scan is answered with: a translatable text with its values, and the product it was about.

    Values may be product cards; the screen puts their names in the language in use.
    """

    kind: FeedbackKind
    message: str
    values: Mapping[str, object] = field(default_factory=dict)
    product: ProductCard | None = None
    expected_product: ProductCard | None = None

    @property
    def tone(self) -> str:
        """The sound that goes with this kind."""
        return TONES[self.kind]


def feedback(kind: FeedbackKind, message: str, product: ProductCard | None = None, /, **values: object) -> Feedback:
    """Feedback with its values given by name; a value may be called product too."""
    return Feedback(kind, message, values, product)


@dataclass(frozen=True, slots=True)
class Expected:
    """A scan that would be right next."""

    kind: str
    scan_text: str


@dataclass(frozen=True, slots=True)
class Need:
    """Work that the session must have before it can go on with a scan."""

    kind: ScanKind
    code: str


@dataclass(frozen=True, slots=True)
class PrintRequest:
    """A document that the station should print. `document` is label or packing_slip."""

    document: str
    work: str
    order_no: str
    carton: str
    reprint: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a scan leads to: facts of one work to be journalled together, feedback, and maybe work to fetch."""

    feedback: Feedback
    facts: tuple[Fact, ...] = ()
    work: str = ""
    need: Need | None = None
    prints: tuple[PrintRequest, ...] = ()


class State(ABC):
    """Where one piece of claimed work stands; made from its packet and changed by facts only."""

    packet: Packet

    @abstractmethod
    def apply(self, fact: Fact) -> None:
        """Change the state by a fact of this work."""

    @property
    @abstractmethod
    def finished(self) -> bool:
        """Whether nothing is left to be done."""

    @property
    def paused(self) -> bool:
        """Whether the work must be put aside for now; the station goes on with other work."""
        return False


S = TypeVar("S", bound=State)

NOT_CHOSEN = (AmendmentTaken, LabelPrinted, WorkStopped)
"""Facts that come for work in hand while the worker may be busy with other work."""

EXPECTED_LIMIT = 20
UNDO, DONE, CLOSE = "UNDO", "DONE", "CLOSE"


class Session(ABC, Generic[S]):
    """One station's work on one task: the packets it holds, which is current, and what the last scan was."""

    task: ClassVar[str]
    verifies: ClassVar[bool] = True
    """Whether units are verified against an order here, so that risky products go one by one."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.catalogue = catalogue
        self.states: dict[str, S] = {}
        self.current: str = ""
        self.waiting: tuple[Expected, ...] = ()
        self._logs: dict[str, list[Recorded]] = {}
        self.last_quantity = 0
        """Units of the last product scan, which a typed quantity replaces; 0 when there is none to replace."""

    @abstractmethod
    def state_of(self, packet: Packet) -> S:
        """A fresh state for a packet."""

    @abstractmethod
    def start(self, scan: Scan) -> Outcome:
        """Answer a scan while no work is current."""

    @abstractmethod
    def work_on(self, state: S, scan: Scan) -> Outcome:
        """Answer a scan while work is current."""

    @abstractmethod
    def next_scans(self, state: S) -> Sequence[Expected]:
        """The scans that would be right next in current work, the best first."""

    @abstractmethod
    def prompt_for(self, state: S) -> Feedback:
        """What the worker should do next in current work."""

    @property
    def state(self) -> S | None:
        """The work at hand."""
        return self.states.get(self.current)

    def decide(self, scan: Scan) -> Outcome:
        """What a scan means now. Nothing changes before `apply`."""
        if scan.kind is ScanKind.EMPTY:
            return Outcome(feedback(FeedbackKind.UNKNOWN, mark("The scan was empty. Scan again.")))
        state = self.state
        if state is None:
            return self.start(scan)
        if scan.kind is ScanKind.COMMAND and scan.code == UNDO:
            return self.undo()
        return self.work_on(state, scan)

    def begin(self, packet: Packet, scan: Scan) -> Outcome:  # noqa: ARG002 - some tasks act on the scan at once
        """Answer the scan for which this packet was fetched; the packet is in hand and current."""
        return Outcome(self.opened(packet))

    def opened(self, packet: Packet) -> Feedback:
        """What is said when claimed work was taken into hand."""
        return feedback(FeedbackKind.OK, mark("{work} is yours."), work=packet.work.partition(":")[2])

    def weigh(self, weight_g: int) -> Outcome:
        """Answer a stable weight from the scale."""
        return Outcome(feedback(FeedbackKind.INFO, mark("Nothing to weigh here ({weight} g)."), weight=weight_g))

    def prompt(self) -> Feedback:
        """What the worker should do now."""
        if self.state is not None:
            return self.prompt_for(self.state)
        if self.waiting:
            return feedback(FeedbackKind.PROMPT, self.start_prompt)
        return feedback(FeedbackKind.DONE, mark("No work is waiting."))

    start_prompt: ClassVar[str] = mark("Scan something to begin.")

    def expected(self) -> tuple[Expected, ...]:
        """Up to 20 scans that would be right next, the best first; empty when there is no more work."""
        scans = self.next_scans(self.state) if self.state is not None else self.waiting
        return tuple(scans)[:EXPECTED_LIMIT]

    def take(self, packet: Packet) -> None:
        """Take claimed work into hand; a newer packet of the same work replaces the older one."""
        self.take_all([packet])

    def take_all(self, packets: Iterable[Packet]) -> None:
        """The same for many at once. Whoever looks from another thread sees the works from before, or from after."""
        taken = {packet.work: self.state_of(packet) for packet in packets}
        self.states = {**self.states, **taken}
        for work, state in taken.items():
            for recorded in self._logs.get(work, []):
                state.apply(recorded.fact)

    def apply(self, recorded: Recorded) -> None:
        """Change the session by a fact that is on disk."""
        fact, work = recorded.fact, recorded.work
        if isinstance(fact, WorkFinished):
            self.drop(fact.work)
            return
        if work not in self.states:
            return
        if not isinstance(fact, NOT_CHOSEN):
            self.current = work
        log = self._logs.setdefault(work, [])
        if isinstance(fact, Undone):
            log[:] = [
                earlier
                for earlier in log
                if earlier.fact_id != fact.fact_id and not isinstance(earlier.fact, self.lost_by_undo)
            ]
            self.take(self.states[work].packet)
            self.last_quantity = 0
        elif isinstance(fact, AmendmentTaken):
            log.append(recorded)
            self.apply_amendment(self.states[work], fact)
        else:
            # The facts of one scan are journalled in one instant: units split over lines count together.
            same_scan = bool(log) and log[-1].happened_at == recorded.happened_at and log[-1].fact.kind == fact.kind
            before = self.last_quantity if same_scan else 0
            log.append(recorded)
            self.states[work].apply(fact)
            # A document comes out of the printer at any time: it does not part a scan from its typed quantity.
            if not isinstance(fact, LabelPrinted):
                self.last_quantity = 0 if getattr(fact, "typed", True) else before + getattr(fact, "quantity", 0)

    def drop(self, work: str) -> None:
        """Let go of work that is finished or was taken away."""
        self.states = {name: state for name, state in self.states.items() if name != work}
        self._logs.pop(work, None)
        if self.current == work:
            self.current = ""
            self.last_quantity = 0

    def amend(self, work: str, number: int, content: Mapping[str, Any]) -> Outcome:
        """Answer a change that came for work in hand: it is journalled first, then applied like any fact."""
        taken = AmendmentTaken(work, number, json.dumps(dict(content)))
        return Outcome(feedback(FeedbackKind.INFO, mark("This work was changed.")), (taken,), work)

    def lose(self, work: str, number: int, content: Mapping[str, Any]) -> Outcome:
        """Answer that work in hand was taken over: what was done of it stays in the journal, the rest is let go."""
        facts = (AmendmentTaken(work, number, json.dumps(dict(content))), WorkFinished(work))
        name, by = work.partition(":")[2], str(content.get("station") or content.get("by") or "-")
        if self.is_begun(work):
            message = mark("Stop: {name} was taken over ({by}). Set aside what you have of it and call a supervisor.")
            return Outcome(feedback(FeedbackKind.STOPPED, message, name=name, by=by), facts, work)
        message = mark("{name} was taken over ({by}). It is not yours any more.")
        return Outcome(feedback(FeedbackKind.INFO, message, name=name, by=by), facts, work)

    def is_begun(self, work: str) -> bool:
        """Whether the worker has done something of this work, or has it at hand."""
        log = self._logs.get(work, ())
        return work == self.current or any(not isinstance(one.fact, AmendmentTaken) for one in log)

    def at_hand(self) -> tuple[Expected, ...]:
        """The codes of work that was claimed ahead and can be begun at once, the most urgent first."""
        return ()

    def not_begun(self) -> list[S]:
        """Work that was claimed ahead and can be begun at once."""
        return [
            state for work, state in self.states.items() if not (state.finished or state.paused or self.is_begun(work))
        ]

    def apply_amendment(self, state: S, taken: AmendmentTaken) -> None:
        """Change a state by an amendment."""
        state.apply(taken)

    def undo(self) -> Outcome:
        """Take back what the last scan did that can be undone; its facts were journalled in one instant."""
        last: list[Recorded] = []
        for recorded in reversed(self._logs.get(self.current, [])):
            if isinstance(recorded.fact, self.undo_barriers):
                break
            if last and recorded.happened_at != last[-1].happened_at:
                break
            if isinstance(recorded.fact, self.undoable):
                last.append(recorded)
        if not last:
            return Outcome(feedback(FeedbackKind.WRONG_STATE, mark("There is nothing to undo here.")))
        undone = (Undone(one.fact_id, one.fact.kind, one.fact.version, encode(one.fact)) for one in last)
        return Outcome(self.undo_feedback(_together([one.fact for one in last])), tuple(undone), self.current)

    lost_by_undo: ClassVar[tuple[type[Fact], ...]] = ()
    """Facts that no longer hold once something before or after them is undone, such as a weight."""
    undoable: ClassVar[tuple[type[Fact], ...]] = ()
    undo_barriers: ClassVar[tuple[type[Fact], ...]] = ()

    def undo_feedback(self, fact: Fact) -> Feedback:
        """What is said when this fact is taken back."""
        card = self.catalogue.card(getattr(fact, "sku", ""))
        quantity = getattr(fact, "quantity", 1)
        return feedback(
            FeedbackKind.INFO, mark("Taken back: {quantity} × {product}."), card, quantity=quantity, product=card
        )

    def finish_facts(self) -> tuple[str, tuple[Fact, ...]]:
        """The facts that let go of current work which is finished; none when it is not."""
        state = self.state
        if state is None or not state.finished:
            return "", ()
        return self.current, (WorkFinished(self.current),)

    def unknown(self, scan: Scan) -> Outcome:
        """A scan that means nothing to this station."""
        shown = scan.text[:60]
        if scan.problem is not None:
            return Outcome(feedback(FeedbackKind.UNKNOWN, mark("{scan} was misread. Scan again."), scan=shown))
        message = mark("No product has the code {scan}. Set it aside.")
        return Outcome(feedback(FeedbackKind.UNKNOWN, message, scan=shown))

    def wrong_state(self, message: str, **values: object) -> Outcome:
        """A scan that is understood, but not due now."""
        return Outcome(feedback(FeedbackKind.WRONG_STATE, message, **values))

    def product_scans(self, sku: str, quantity: int) -> list[Expected]:
        """The product's codes that would count towards this many units; a typed quantity first where it is due."""
        card = self.catalogue.card(sku)
        scans = []
        if self.last_quantity and self.takes_quantity(card, quantity + self.last_quantity):
            scans.append(Expected("quantity", quantity_code(quantity + self.last_quantity)))
        codes = self.catalogue.scan_texts(sku, 1 if card.scan_each and self.verifies else quantity)
        if self.takes_quantity(card, quantity):
            codes = sorted(codes, key=lambda code: code[1])
        scans.extend(Expected("product", code) for code, _ in codes)
        return scans

    def takes_quantity(self, card: ProductCard, quantity: int) -> bool:
        """Whether so many units may be typed after one scan in this task."""
        return card.takes_quantity(quantity) if self.verifies else quantity > 1

    def case_of_single_units(self, found: Found) -> Outcome | None:
        """A case code of a product that must be verified unit by unit does not count."""
        if not found.card.scan_each or found.quantity == 1:
            return None
        return self.wrong_state(mark("Scan every unit of {product} one by one."), product=found.card)

    def typed_quantity(self, scan: Scan, card: ProductCard, open_quantity: int) -> int | Outcome:
        """How many more units a typed quantity adds to the last scan, or why it may not be typed."""
        total = scan.quantity or 0
        if scan.problem is not None:
            return self.unknown(scan)
        if not self.last_quantity:
            return self.wrong_state(mark("Scan the product first, then its quantity."))
        if not self.takes_quantity(card, total):
            return self.wrong_state(mark("Scan every unit of {product} one by one."), product=card)
        more = total - self.last_quantity
        if more > open_quantity:
            most = open_quantity + self.last_quantity
            return Outcome(
                feedback(
                    FeedbackKind.TOO_MANY, mark("{total} is too many: {most} at most."), card, total=total, most=most
                )
            )
        if more <= 0:
            return self.wrong_state(mark("Type a quantity above {scanned}."), scanned=self.last_quantity)
        return more


def _together(facts: Sequence[Fact]) -> Fact:
    """One fact with the units of all of them, for what is said about them."""
    if len(facts) == 1:
        return facts[0]
    return replace(facts[-1], quantity=sum(getattr(fact, "quantity", 0) for fact in facts))  # type: ignore[type-var]


def command(code: str) -> Expected:
    """A command as an expected scan."""
    return Expected("command", command_code(code))


def first_found(scans: Iterable[Expected]) -> tuple[Expected, ...]:
    """Expected scans without repetitions, in order."""
    return tuple(dict.fromkeys(scans))


__all__ = [
    "CLOSE",
    "DONE",
    "UNDO",
    "Expected",
    "Feedback",
    "FeedbackKind",
    "Found",
    "Need",
    "Outcome",
    "PrintRequest",
    "Session",
    "State",
    "command",
    "feedback",
    "first_found",
]
