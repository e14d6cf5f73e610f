"""Despatch by scan: every carton is seen once more before the carrier takes it."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

from warehouse_app.domain.facts import AmendmentTaken, Fact, HandedOver, HandoverStopped, WorkFinished
from warehouse_app.domain.packets import Packet, ShipCarton, ShipPacket
from warehouse_app.domain.scan import Scan, ScanKind
from warehouse_app.domain.session import (
    DONE,
    EXPECTED_LIMIT,
    Expected,
    Feedback,
    FeedbackKind,
    Need,
    Outcome,
    Session,
    State,
    command,
    feedback,
)
from warehouse_app.domain.wording import REASONS
from warehouse_app.language import mark


class ShipState(State):
    """Where a manifest stands. A newer packet may leave out cartons that were handed over before it was made."""

    def __init__(self, packet: ShipPacket) -> None:
        self.packet: ShipPacket = packet
        self.cartons: dict[str, ShipCarton] = {carton.carton: carton for carton in packet.cartons}
        self.stopped: dict[str, str] = {carton.carton: carton.stopped for carton in packet.cartons if carton.stopped}
        self.handed_over: set[str] = set()
        self.held_back: set[str] = set()

    @property
    def finished(self) -> bool:
        """Whether every carton that may go is handed over."""
        return not self.left

    @property
    def left(self) -> list[ShipCarton]:
        """Cartons that may be handed over and are not yet."""
        away = self.handed_over | self.stopped.keys()
        return [carton for carton in self.cartons.values() if carton.carton not in away]

    def holds(self, carton: str) -> bool:
        """Whether the carton belongs to this manifest."""
        return carton in self.cartons or carton in self.handed_over

    def apply(self, fact: Fact) -> None:
        """Change the state by a fact of this manifest."""
        if isinstance(fact, HandedOver):
            self.handed_over.add(fact.carton)
        elif isinstance(fact, HandoverStopped):
            self.held_back.add(fact.carton)
        elif isinstance(fact, AmendmentTaken):
            content = json.loads(fact.content)
            if content["what"] == "stop":
                self.stopped[content["carton"]] = str(content.get("reason", ""))
            elif content["what"] == "release":
                self.stopped.pop(content["carton"], None)
                self.held_back.discard(content["carton"])


class ShipSession(Session[ShipState]):
    """Loads the manifests of several carriers at once; the carton that is scanned says which is current."""

    task = "ship"
    start_prompt = mark("Scan a carton to begin.")
    undoable: ClassVar = (HandedOver,)

    def state_of(self, packet: Packet) -> ShipState:
        """A fresh state for a manifest."""
        return ShipState(cast("ShipPacket", packet))

    def opened(self, packet: Packet) -> Feedback:
        """What is said when a manifest was taken into hand."""
        state = self.states[packet.work]
        message = mark("Manifest {manifest} for {carrier}: {left} cartons to load.")
        return feedback(
            FeedbackKind.OK, message, manifest=state.packet.manifest_no, carrier=state.packet.carrier_name,
            left=len(state.left),
        )  # fmt: skip

    def drop(self, work: str) -> None:
        """Let go of a manifest; another one in hand goes on."""
        was_current = work == self.current
        super().drop(work)
        if was_current:
            self.current = next(iter(self.states), "")

    def start(self, scan: Scan) -> Outcome:
        """Any carton's code begins: no manifest needs to be chosen."""
        return self._carton(scan) if scan.kind is ScanKind.SSCC else self._no_carton(scan)

    def begin(self, packet: Packet, scan: Scan) -> Outcome:
        """The carton whose manifest was fetched is handed over at once."""
        if self.states[packet.work].holds(scan.code):
            return self._carton(scan)
        message = mark("Carton {carton} is on no manifest. Set it aside.")
        return Outcome(feedback(FeedbackKind.UNKNOWN, message, carton=scan.code))

    def work_on(self, state: ShipState, scan: Scan) -> Outcome:
        """Answer a scan while a vehicle is loaded."""
        if scan.kind is ScanKind.SSCC:
            return self._carton(scan)
        if scan.kind is ScanKind.COMMAND and scan.code == DONE:
            return self._finish(state)
        return self._no_carton(scan)

    def next_scans(self, state: ShipState) -> Sequence[Expected]:
        """The cartons that are still to be loaded, then the end of the manifest."""
        cartons = [Expected("carton", f"00{carton.carton}") for carton in state.left[:EXPECTED_LIMIT]]
        return cartons or [command(DONE)]

    def prompt_for(self, state: ShipState) -> Feedback:
        """What the loader should do next."""
        values = {"carrier": state.packet.carrier_name, "left": len(state.left)}
        if not state.left:
            return feedback(FeedbackKind.PROMPT, mark("All cartons for {carrier} are loaded. Scan DONE."), **values)
        return feedback(FeedbackKind.PROMPT, mark("{carrier}: {left} cartons to load. Scan the next."), **values)

    def amend(self, work: str, number: int, content: Mapping[str, Any]) -> Outcome:
        """A carton is stopped after its manifest was taken into hand."""
        outcome = super().amend(work, number, content)
        if content["what"] != "stop":
            return outcome
        carton = str(content["carton"])
        if carton in self.states[work].handed_over:
            message = mark("Carton {carton} was stopped after it was loaded. Take it off the vehicle if you can.")
        else:
            message = mark("Carton {carton} was stopped. Do not load it.")
        return Outcome(feedback(FeedbackKind.STOPPED, message, carton=carton), outcome.facts, work)

    def undo_feedback(self, fact: Fact) -> Feedback:
        """The carton comes off the vehicle again."""
        carton = getattr(fact, "carton", "")
        return feedback(FeedbackKind.INFO, mark("Taken back: carton {carton} is not loaded."), carton=carton)

    def _carton(self, scan: Scan) -> Outcome:
        if scan.problem is not None:
            return self.unknown(scan)
        state = next((state for state in self.states.values() if state.holds(scan.code)), None)
        if state is None:
            told = feedback(FeedbackKind.FETCHING, mark("Fetching the manifest of carton {carton}."), carton=scan.code)
            return Outcome(told, need=Need(ScanKind.SSCC, scan.code))
        if scan.code in state.handed_over:
            return self.wrong_state(mark("Carton {carton} is loaded already."), carton=scan.code)
        carton = state.cartons[scan.code]
        return self._stop(state, carton) if scan.code in state.stopped else self._hand_over(state, carton)

    def _hand_over(self, state: ShipState, carton: ShipCarton) -> Outcome:
        packet = state.packet
        handed_over = HandedOver(carton.order_no, carton.carton, packet.carrier, packet.manifest_no)
        done = len(state.handed_over) + 1
        total = len(state.handed_over) + len(state.left)
        kind = FeedbackKind.LAST if done == total else FeedbackKind.OK
        message = mark("Carton {number} of order {order}: {done} of {total} loaded for {carrier}.")
        told = feedback(
            kind, message, number=carton.number, order=carton.order_no, done=done, total=total,
            carrier=packet.carrier_name,
        )  # fmt: skip
        return Outcome(told, (handed_over,), packet.work)

    def _stop(self, state: ShipState, carton: ShipCarton) -> Outcome:
        """Recorded once a carton, told every time."""
        packet, reason = state.packet, state.stopped[carton.carton]
        message = mark("Stop: carton {number} of order {order} must not leave ({reason}). Set it aside for put-back.")
        told = feedback(
            FeedbackKind.STOPPED,
            message,
            number=carton.number,
            order=carton.order_no,
            reason=REASONS.get(reason, reason) or "-",
        )
        if carton.carton in state.held_back:
            return Outcome(told)
        stopped = HandoverStopped(carton.order_no, carton.carton, packet.manifest_no, reason)
        return Outcome(told, (stopped,), packet.work)

    def _finish(self, state: ShipState) -> Outcome:
        packet, values = state.packet, {"manifest": state.packet.manifest_no, "left": len(state.left)}
        message = mark("Manifest {manifest} is complete.")
        if state.left:
            message = mark("Manifest {manifest} is closed: {left} cartons stay for the next pick-up.")
        return Outcome(feedback(FeedbackKind.DONE, message, **values), (WorkFinished(packet.work),), packet.work)

    def _no_carton(self, scan: Scan) -> Outcome:
        if scan.problem is not None or scan.kind is ScanKind.UNKNOWN:
            return self.unknown(scan)
        return self.wrong_state(mark("{scan} is no carton. Scan the SSCC on its label."), scan=scan.text[:60])
