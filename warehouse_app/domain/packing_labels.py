"""Closing a carton: its label prints, and where the warehouse wants it the stuck-on label is scanned back first."""

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass

from warehouse_app.domain.catalogue import Catalogue
from warehouse_app.domain.facts import CartonClosed, CartonReopened, Fact, LabelAsked, LabelScanned, Recorded
from warehouse_app.domain.identifiers import SSCC_LENGTH
from warehouse_app.domain.packing_amendments import AmendedPacking
from warehouse_app.domain.packing_state import CartonProgress, PackState
from warehouse_app.domain.scan import Scan, ScanKind
from warehouse_app.domain.session import (
    UNDO,
    Expected,
    Feedback,
    FeedbackKind,
    Outcome,
    PrintRequest,
    command,
    feedback,
)
from warehouse_app.domain.symbologies import recognised_identifier
from warehouse_app.language import mark

REOPEN, REPRINT = "REOPEN", "REPRINT"
REMEMBERED_CARTONS = 1_000
SCAN_TEXT_KEPT = 120
OPEN_AGAIN = mark("Carton {number} is open again. Destroy its label.")


@dataclass(frozen=True, slots=True)
class LabelOwner:
    """Whose label a scanned one is; the number of the carton is 0 when only the order is known."""

    order_no: str
    number: int = 0


class LabelSession(AmendedPacking):
    """The end of a carton. With scan-back nothing but the carton's own label closes it.

    The fact that the label was asked for leaves the carton open in the books; it is closed by the scan.
    """

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        self._remembered: OrderedDict[str, LabelOwner] = OrderedDict()

    def apply(self, recorded: Recorded) -> None:
        """Cartons are remembered beyond their order: a label of the order before is the one most easily swapped."""
        super().apply(recorded)
        self.remember(recorded.fact)

    def remember(self, fact: Fact) -> None:
        """Know from now on whose the label of this fact's carton is."""
        if isinstance(fact, LabelAsked | CartonClosed):
            self._remembered[fact.carton] = LabelOwner(fact.order_no, fact.number)
            self._remembered.move_to_end(fact.carton)
            if len(self._remembered) > REMEMBERED_CARTONS:
                self._remembered.popitem(last=False)

    def close(self, state: PackState, carton: CartonProgress, weight_g: int | None) -> Outcome:
        """Close the carton, or ask for its label; without a scale the weight is calculated and marked as such."""
        packet = state.packet
        source = "calculated" if weight_g is None else "scale"
        grams = state.expected_weight_g(carton, self.catalogue) if weight_g is None else weight_g
        box = carton.carton_type or state.suggested_type(carton.number)
        last = state.is_last(carton)
        prints = [PrintRequest("label", packet.work, packet.order_no, carton.carton, reprint=carton.labels > 0)]
        if last:
            prints.append(_slip(state, carton))
        values = {"order": packet.order_no, "number": carton.number}
        if packet.label_scan_back:
            asked = LabelAsked(packet.order_no, carton.carton, carton.number, box, grams, source, last)
            message = mark("The label of carton {number} prints. Stick it on and scan it.")
            return Outcome(Feedback(FeedbackKind.INFO, message, values), (asked,), packet.work, prints=tuple(prints))
        closed = CartonClosed(packet.order_no, carton.carton, carton.number, box, grams, source, last)
        message = (
            mark("Order {order} is packed. The label of carton {number} prints.")
            if last
            else mark("Carton {number} is closed, its label prints. Go on with the next box.")
        )
        kind = FeedbackKind.DONE if last else FeedbackKind.OK
        return Outcome(Feedback(kind, message, values), (closed,), packet.work, prints=tuple(prints))

    def await_label(self, state: PackState, carton: CartonProgress, scan: Scan) -> Outcome:
        """Answer a scan while a carton waits for its label: only that label goes on, and the ways out are told."""
        if scan.kind is ScanKind.COMMAND and scan.code == REOPEN:
            return self.reopen(state)
        if scan.kind is ScanKind.COMMAND and scan.code == REPRINT:
            return self.reprint(state)
        if _is_label_of(state, carton.carton, scan):
            return self._outdated(carton) if carton.label_outdated else self._scanned_back(state, carton, scan)
        owner = self._owner_of(scan)
        if owner is not None:
            return self._wrong_label(state, carton, owner)
        return self.unknown(scan) if scan.problem is not None else self._label_first(carton)

    def _label_first(self, carton: CartonProgress) -> Outcome:
        return self.wrong_state(
            mark(
                "First stick the label on carton {number} and scan it. Without a label: REPRINT prints it again, UNDO"
                " opens the carton."
            ),
            number=carton.number,
        )

    def scanned_again(self, state: PackState, scan: Scan) -> Outcome | None:
        """The answer to the label of a carton that was closed by it already; None for any other scan."""
        for carton in state.cartons if state.packet.label_scan_back else ():
            if carton.closed and _is_label_of(state, carton.carton, scan):
                message = mark("Carton {number} is closed already, and this is its label.")
                return Outcome(feedback(FeedbackKind.INFO, message, number=carton.number))
        return None

    def reopen(self, state: PackState) -> Outcome:
        """Open the carton that waits for its label, or the one closed last; its label no longer counts."""
        carton = state.awaiting_label or next((one for one in reversed(state.cartons) if one.closed), None)
        if carton is None:
            return self.wrong_state(mark("No carton of this order is closed."))
        if carton.closed and state.open_carton is not None and state.open_carton.units:
            return self.wrong_state(mark("Close the open carton first."))
        reopened = CartonReopened(state.packet.order_no, carton.carton)
        told = feedback(FeedbackKind.INFO, OPEN_AGAIN, number=carton.number)
        return Outcome(told, (reopened,), state.packet.work)

    def reprint(self, state: PackState) -> Outcome:
        """Print the label once more."""
        carton = state.awaiting_label or next((one for one in reversed(state.cartons) if one.closed), None)
        if carton is None:
            return self.wrong_state(mark("No carton of this order is closed."))
        packet = state.packet
        request = PrintRequest("label", packet.work, packet.order_no, carton.carton, reprint=True)
        told = feedback(FeedbackKind.INFO, mark("The label of carton {number} prints again."), number=carton.number)
        return Outcome(told, work=packet.work, prints=(request,))

    def undo(self) -> Outcome:
        """A carton that waits for its label can always be opened again, also after a change that ends undoing."""
        outcome, state = super().undo(), self.state
        if not outcome.facts and state is not None and state.awaiting_label is not None:
            return self.reopen(state)
        return outcome

    def undo_feedback(self, fact: Fact) -> Feedback:
        """A label that was asked for may have come out of the printer."""
        if isinstance(fact, LabelAsked):
            return feedback(FeedbackKind.INFO, OPEN_AGAIN, number=fact.number)
        return super().undo_feedback(fact)

    def label_scans(self, carton: CartonProgress) -> Sequence[Expected]:
        """What is expected while a carton waits for its label."""
        return (Expected("label", f"00{carton.carton}"), command(REPRINT), command(UNDO))

    def _scanned_back(self, state: PackState, carton: CartonProgress, scan: Scan) -> Outcome:
        """Whether the order is complete with this carton is told now: units may have come or gone meanwhile."""
        packet, last = state.packet, state.is_last(carton)
        facts = (
            LabelScanned(packet.order_no, carton.carton, scan.text[:SCAN_TEXT_KEPT]),
            CartonClosed(
                packet.order_no, carton.carton, carton.number, carton.carton_type, carton.closed_weight_g,
                carton.weight_source, last,
            ),
        )  # fmt: skip
        message = (
            mark("Order {order} is packed. Carton {number} has its own label.")
            if last
            else mark("Carton {number} is closed with its own label. Go on with the next box.")
        )
        kind = FeedbackKind.DONE if last else FeedbackKind.OK
        told = feedback(kind, message, order=packet.order_no, number=carton.number)
        prints = (_slip(state, carton),) if last and not carton.asked_as_last else ()
        return Outcome(told, facts, packet.work, prints=prints)

    def _outdated(self, carton: CartonProgress) -> Outcome:
        """A label from before the carton was opened or its address changed has the same code as the new one."""
        message = mark(
            "The new label of carton {number} is not printed yet: destroy this one and wait for it, or scan REPRINT."
        )
        return self.wrong_state(message, number=carton.number)

    def _wrong_label(self, state: PackState, carton: CartonProgress, owner: LabelOwner) -> Outcome:
        """Nothing is booked; whose label it is, and the ways out."""
        message = mark(
            "This label belongs to carton {other} of order {owner}. Find the label of carton {number} of order {order},"
            " or scan REPRINT, or UNDO to open the carton."
        )
        if not owner.number:
            message = mark(
                "This label belongs to order {owner}. Find the label of carton {number} of order {order}, or scan"
                " REPRINT, or UNDO to open the carton."
            )
        if not owner.order_no:
            message = mark(
                "This label is of no carton that this bench knows. Find the label of carton {number} of order {order},"
                " or scan REPRINT, or UNDO to open the carton."
            )
        return Outcome(
            feedback(
                FeedbackKind.WRONG_ITEM, message, other=owner.number, owner=owner.order_no, number=carton.number,
                order=state.packet.order_no,
            )
        )  # fmt: skip

    def _owner_of(self, scan: Scan) -> LabelOwner | None:
        """Among the orders in hand and the cartons made here lately; nobody's when it is a label of neither."""
        for state in self.states.values():
            packet = state.packet
            made = {carton.carton: carton.number for carton in state.cartons}
            for carton in (*made, *packet.tracking, *packet.ssccs):
                if _is_label_of(state, carton, scan):
                    return LabelOwner(packet.order_no, made.get(carton, 0))
        return self._remembered.get(scan.code, LabelOwner("")) if _is_sscc(scan) else None


def _is_label_of(state: PackState, carton: str, scan: Scan) -> bool:
    """By the carton's own number, or by the carrier's where the packet has one."""
    if _is_sscc(scan) and scan.code == carton:
        return True
    number = _bare(state.packet.tracking.get(carton, ""))
    said = scan.text[len(recognised_identifier(scan.text) or "") :]
    return bool(number) and number in (_bare(scan.text), _bare(said))


def _is_sscc(scan: Scan) -> bool:
    return scan.kind is ScanKind.SSCC and scan.problem is None and len(scan.code) == SSCC_LENGTH


def _bare(number: str) -> str:
    """Carriers print their numbers in groups, in capitals."""
    return "".join(number.split()).upper()


def _slip(state: PackState, carton: CartonProgress) -> PrintRequest:
    return PrintRequest("packing_slip", state.packet.work, state.packet.order_no, carton.carton)
