"""Receiving by scan: what comes off a delivery, against its purchase order or blind."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import ClassVar, cast

from warehouse_app.domain.catalogue import Found, ProductCard
from warehouse_app.domain.facts import AmendmentTaken, Fact, GoodsReceived, ReceiptClosed, Recorded, WorkFinished
from warehouse_app.domain.packets import Packet, ReceiveLine, ReceivePacket
from warehouse_app.domain.scan import Scan, ScanKind, expiry_code, lot_code
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
from warehouse_app.language import mark

ACCEPT = "ACCEPT"
USUAL_SHELF_LIFE_DAYS = 365


@dataclass(slots=True)
class ReceiptLine:
    """A purchase order line and what came for it, earlier deliveries included."""

    line: ReceiveLine
    received: int

    @property
    def open_quantity(self) -> int:
        """Units still to come."""
        return max(0, self.line.ordered - self.received)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Units in the worker's hands that are not recorded yet; `accepted` although more or other than ordered."""

    card: ProductCard
    owner: str
    quantity: int
    lot: str = ""
    expires_on: str = ""
    serial: str = ""
    typed: bool = False
    accepted: bool = False


class ReceiveState(State):
    """Where a purchase order stands."""

    def __init__(self, packet: ReceivePacket) -> None:
        self.packet: ReceivePacket = packet
        self.lines = {line.line_no: ReceiptLine(line, line.received) for line in packet.lines if line.ordered > 0}
        self.unordered = {line.sku: line.received for line in packet.lines if line.ordered <= 0}
        self.seen: set[str] = set()
        self.expiries: dict[tuple[str, str], str] = {}
        self.serials = {(sku, serial) for sku, found in packet.serials.items() for serial in found}
        self.closed = False

    @property
    def finished(self) -> bool:
        """Whether the delivery was closed."""
        return self.closed

    def apply(self, fact: Fact) -> None:
        """Change the state by a fact of this purchase order."""
        if isinstance(fact, GoodsReceived):
            self._receive(fact)
        elif isinstance(fact, ReceiptClosed):
            self.closed = True

    def lines_of(self, sku: str) -> list[ReceiptLine]:
        """The lines that order this product."""
        return [line for line in self.lines.values() if line.line.sku == sku]

    def open_of(self, sku: str) -> int:
        """Units of a product still to come."""
        return sum(line.open_quantity for line in self.lines_of(sku))

    def line_for(self, sku: str, quantity: int) -> ReceiptLine | None:
        """The first line that still expects so many, else the first open one, else the last, which is then over."""
        mine = self.lines_of(sku)
        is_open = [line for line in mine if line.open_quantity]
        fitting = [line for line in is_open if line.open_quantity >= quantity]
        return next(iter([*fitting, *is_open, *mine[-1:]]), None)

    def shares(self, arrival: Arrival) -> list[tuple[int, int]]:
        """Line numbers and units. What was scanned at once stays together, so that a typed quantity can replace it."""
        sku, left = arrival.card.sku, arrival.quantity
        line = self.line_for(sku, left)
        if line is None or not arrival.typed:
            return [(line.line.line_no if line else 0, left)]
        shares: dict[int, int] = {}
        for open_line in self.lines_of(sku):
            taken = min(left, open_line.open_quantity)
            if taken:
                shares[open_line.line.line_no] = taken
                left -= taken
        if left:
            last = self.lines_of(sku)[-1].line.line_no
            shares[last] = shares.get(last, 0) + left
        return list(shares.items())

    def owner_of(self, sku: str) -> str:
        """Who owns what comes; a product that was not ordered belongs to the owner of the others."""
        mine = self.lines_of(sku) or list(self.lines.values())
        return mine[0].line.owner if mine else ""

    def _receive(self, fact: GoodsReceived) -> None:
        line = self.lines.get(fact.line_no)
        if line is None:
            self.unordered[fact.sku] = self.unordered.get(fact.sku, 0) + fact.quantity
        else:
            line.received += fact.quantity
        self.seen.add(fact.sku)
        if fact.serial:
            self.serials.add((fact.sku, fact.serial))
        if fact.lot and fact.expires_on:
            self.expiries[fact.sku, fact.lot] = fact.expires_on


class ReceiveSession(Session[ReceiveState]):
    """Unloads one delivery at a time. What was asked back (a lot, an acceptance) is kept in memory only."""

    task = "receive"
    verifies = False
    start_prompt = mark("Scan a purchase order to begin.")
    undoable: ClassVar = (GoodsReceived,)
    undo_barriers: ClassVar = (AmendmentTaken,)

    _offered: Arrival | None = None
    _without_lot: Arrival | None = None
    _last: GoodsReceived | None = None

    def state_of(self, packet: Packet) -> ReceiveState:
        """A fresh state for a purchase order."""
        return ReceiveState(cast("ReceivePacket", packet))

    def opened(self, packet: Packet) -> Feedback:
        """What is said when a purchase order was taken into hand."""
        state = self.states[packet.work]
        values = {"po": state.packet.po_no, "supplier": state.packet.supplier}
        if state.packet.blind:
            return feedback(FeedbackKind.OK, mark("{po} from {supplier}: count what comes."), **values)
        units = sum(line.open_quantity for line in state.lines.values())
        message = mark("{po} from {supplier}: {lines} lines, {units} units to come.")
        return feedback(FeedbackKind.OK, message, **values, lines=len(state.lines), units=units)

    def decide(self, scan: Scan) -> Outcome:
        """Units that were offered for acceptance are forgotten by any other scan."""
        offered, self._offered = self._offered, None
        state = self.state
        if state is not None and offered is not None and (scan.kind, scan.code) == (ScanKind.COMMAND, ACCEPT):
            return self._settle(state, replace(offered, accepted=True))
        return super().decide(scan)

    def apply(self, recorded: Recorded) -> None:
        """Change the session by a fact that is on disk, and keep what a typed quantity would be about."""
        super().apply(recorded)
        if isinstance(recorded.fact, GoodsReceived) and recorded.work in self.states:
            self._last = recorded.fact

    def drop(self, work: str) -> None:
        """Let go of work; what was asked back belongs to it."""
        if work == self.current:
            self._offered = self._without_lot = self._last = None
        super().drop(work)

    def undo(self) -> Outcome:
        """Units whose lot was not told yet are put aside first."""
        waiting, self._without_lot = self._without_lot, None
        if waiting is None:
            return super().undo()
        message = mark("Not received: {quantity} × {product}.")
        return Outcome(
            feedback(FeedbackKind.INFO, message, waiting.card, quantity=waiting.quantity, product=waiting.card)
        )

    def start(self, scan: Scan) -> Outcome:
        """A purchase order's code opens it."""
        if scan.kind is not ScanKind.PURCHASE_ORDER:
            return self.wrong_state(mark("Scan a purchase order first."))
        for work, state in self.states.items():
            if state.packet.po_no == scan.code:
                self.current = work
                return Outcome(self.opened(state.packet), work=work)
        told = feedback(FeedbackKind.FETCHING, mark("Fetching purchase order {po}."), po=scan.code)
        return Outcome(told, need=Need(scan.kind, scan.code))

    def work_on(self, state: ReceiveState, scan: Scan) -> Outcome:
        """Answer a scan while a delivery is unloaded."""
        if self._without_lot is not None:
            return self._tell_lot(state, self._without_lot, scan)
        if scan.kind is ScanKind.COMMAND:
            return self._command(state, scan.code)
        if scan.kind is ScanKind.QUANTITY:
            return self._quantity(state, scan)
        return self._product(state, scan)

    def _product(self, state: ReceiveState, scan: Scan) -> Outcome:
        found = self.catalogue.find(scan)
        if found is not None:
            return self._settle(state, _arrival(found, state))
        if scan.kind in (ScanKind.PRODUCT, ScanKind.UNKNOWN):
            return self.unknown(scan)
        if scan.kind in (ScanKind.LOT, ScanKind.EXPIRY):
            return self.wrong_state(mark("Scan the product first, then its lot and expiry date."))
        if scan.kind is ScanKind.PURCHASE_ORDER:
            return self.wrong_state(mark("{po} is being received. Scan DONE to close it first."), po=state.packet.po_no)
        return self.wrong_state(mark("Scan the products of {po}."), po=state.packet.po_no)

    def next_scans(self, state: ReceiveState) -> Sequence[Expected]:
        """Products that are still to come, the one at hand first, and the end of the delivery."""
        waiting = self._without_lot
        if waiting is not None and self._asked(state, waiting) is ScanKind.LOT:
            return [Expected("lot", lot_code(state.packet.house_lot or state.packet.po_no))]
        if waiting is not None:
            life = timedelta(days=waiting.card.shelf_life_days or USUAL_SHELF_LIFE_DAYS)
            return [Expected("expiry", expiry_code(date.fromisoformat(state.packet.today) + life))]
        ends = [command(DONE)] if self._offered is None else [command(DONE), command(ACCEPT)]
        skus = self._skus_to_scan(state)
        codes = [code for sku in skus[:EXPECTED_LIMIT] for code in self._codes(state, sku)]
        return [*codes[: EXPECTED_LIMIT - len(ends)], *ends]

    def prompt_for(self, state: ReceiveState) -> Feedback:
        """What the receiver should do next."""
        if self._without_lot is not None:
            return self._ask(state, self._without_lot)
        po_no = state.packet.po_no
        if state.packet.blind:
            message = mark("Scan the products of {po} as they come, DONE when there are no more.")
            return feedback(FeedbackKind.PROMPT, message, po=po_no)
        left = sum(line.open_quantity for line in state.lines.values())
        if not left:
            return feedback(FeedbackKind.PROMPT, mark("All of {po} has come. Scan DONE."), po=po_no)
        message = mark("Scan the products of {po} as they come: {left} units to come.")
        return feedback(FeedbackKind.PROMPT, message, po=po_no, left=left)

    def _skus_to_scan(self, state: ReceiveState) -> list[str]:
        """A blind count shows no quantities: a product is offered until it was seen once."""
        skus = list(dict.fromkeys(line.line.sku for line in state.lines.values() if line.open_quantity))
        if state.packet.blind:
            return [sku for sku in skus if sku not in state.seen]
        at_hand = self._last.sku if self._last is not None and self.last_quantity else ""
        return sorted(skus, key=lambda sku: sku != at_hand)

    def _codes(self, state: ReceiveState, sku: str) -> list[Expected]:
        line = state.line_for(sku, 1)
        quantity = 1 if state.packet.blind or line is None else line.open_quantity
        codes = self.product_scans(sku, quantity)
        at_hand = self._last is not None and self._last.sku == sku and not state.packet.blind
        return [code for code in codes if at_hand or code.kind != "quantity"]

    def _settle(self, state: ReceiveState, arrival: Arrival) -> Outcome:
        """Ask what must be asked, else record the units."""
        self._without_lot = None
        if arrival.serial and (arrival.card.sku, arrival.serial) in state.serials:
            message = mark("Serial {serial} of {product} is in the house already. Set it aside.")
            values = {"serial": arrival.serial, "product": arrival.card}
            return Outcome(Feedback(FeedbackKind.WRONG_ITEM, message, values, arrival.card))
        objection = None if arrival.accepted else self._objection(state, arrival)
        if objection is not None:
            self._offered = arrival
            return Outcome(objection)
        if self._asked(state, arrival) is not None:
            self._without_lot = replace(arrival, accepted=True)
            return Outcome(self._ask(state, arrival))
        return self._receive(state, arrival)

    def _objection(self, state: ReceiveState, arrival: Arrival) -> Feedback | None:
        card, packet = arrival.card, state.packet
        if not state.lines_of(card.sku):
            message = mark("{product} is not on {po}. Set it aside, or scan ACCEPT to receive it anyway.")
            return feedback(FeedbackKind.WRONG_ITEM, message, card, product=card, po=packet.po_no)
        most = state.open_of(card.sku)
        if packet.blind or arrival.quantity <= most:
            return None
        message = mark("{total} × {product} is too many: {most} to come. Scan ACCEPT to receive it anyway.")
        return feedback(FeedbackKind.TOO_MANY, message, card, total=arrival.quantity, product=card, most=most)

    def _asked(self, state: ReceiveState, arrival: Arrival) -> ScanKind | None:
        """What the product's code should have said and did not; an expiry date is asked for once a lot."""
        if arrival.card.lot_rule == "none":
            return None
        if not arrival.lot:
            return ScanKind.LOT
        known = arrival.expires_on or state.expiries.get((arrival.card.sku, arrival.lot))
        return ScanKind.EXPIRY if arrival.card.lot_rule == "lot_expiry" and not known else None

    def _ask(self, state: ReceiveState, arrival: Arrival) -> Feedback:
        if self._asked(state, arrival) is ScanKind.LOT:
            return feedback(FeedbackKind.PROMPT, mark("Scan the lot of {product}."), arrival.card, product=arrival.card)
        message = mark("Scan the expiry date of {product}, lot {lot}.")
        return feedback(FeedbackKind.PROMPT, message, arrival.card, product=arrival.card, lot=arrival.lot)

    def _tell_lot(self, state: ReceiveState, waiting: Arrival, scan: Scan) -> Outcome:
        """Lot and expiry come by themselves, in either order, or with a fuller code of the same product."""
        if scan.kind in (ScanKind.LOT, ScanKind.EXPIRY) and scan.problem is not None:
            return self.unknown(scan)
        if scan.kind is ScanKind.LOT:
            return self._settle(state, replace(waiting, lot=scan.code))
        if scan.kind is ScanKind.EXPIRY:
            return self._settle(state, replace(waiting, expires_on=scan.code))
        found = self.catalogue.find(scan)
        if found is not None and found.card.sku == waiting.card.sku and found.lot:
            return self._settle(state, _arrival(found, state))
        message = mark("First scan lot and expiry date of {product}, or UNDO.")
        return Outcome(feedback(FeedbackKind.WRONG_STATE, message, waiting.card, product=waiting.card))

    def _quantity(self, state: ReceiveState, scan: Scan) -> Outcome:
        last = self._last
        card = self.catalogue.card(last.sku if last is not None else "")
        more = self.typed_quantity(scan, card, scan.quantity or 0)
        if isinstance(more, Outcome):
            return more
        assert last is not None, "Units to replace come from the last fact."
        known = last.line_no not in state.lines
        arrival = Arrival(card, last.owner, more, last.lot, last.expires_on, typed=True, accepted=known)
        return self._settle(state, arrival)

    def _receive(self, state: ReceiveState, arrival: Arrival) -> Outcome:
        packet, card = state.packet, arrival.card
        expires_on = arrival.expires_on or state.expiries.get((card.sku, arrival.lot), "")
        facts = tuple(
            GoodsReceived(
                packet.po_no, line_no, arrival.owner, card.sku, arrival.lot, expires_on, arrival.serial, quantity,
                packet.dock, typed=arrival.typed,
            )
            for line_no, quantity in state.shares(arrival)
        )  # fmt: skip
        return Outcome(self._received(state, arrival), facts, packet.work)

    def _received(self, state: ReceiveState, arrival: Arrival) -> Feedback:
        card, lines = arrival.card, state.lines_of(arrival.card.sku)
        before = sum(line.received for line in lines) if lines else state.unordered.get(card.sku, 0)
        values = {"product": card, "done": before + arrival.quantity}
        if state.packet.blind:
            return feedback(FeedbackKind.OK, mark("{product}: {done} received."), card, **values)
        if not lines:
            return feedback(FeedbackKind.OK, mark("{product}: {done} received, none ordered."), card, **values)
        values["total"] = sum(line.line.ordered for line in lines)
        kind = FeedbackKind.LAST if arrival.quantity == state.open_of(card.sku) else FeedbackKind.OK
        return feedback(kind, mark("{product}: {done} of {total} received."), card, **values)

    def _command(self, state: ReceiveState, code: str) -> Outcome:
        if code == ACCEPT:
            return self.wrong_state(mark("There is nothing to accept. Scan a product."))
        if code != DONE:
            return self.wrong_state(mark("Scan the products of {po}, or DONE."), po=state.packet.po_no)
        work, po_no = state.packet.work, state.packet.po_no
        return Outcome(self._closing(state), (ReceiptClosed(po_no), WorkFinished(work)), work)

    def _closing(self, state: ReceiveState) -> Feedback:
        po_no, lines = state.packet.po_no, list(state.lines.values())
        unordered = sum(state.unordered.values())
        if state.packet.blind:
            units = sum(line.received for line in lines) + unordered
            return feedback(FeedbackKind.DONE, mark("{po} is closed: {units} units received."), po=po_no, units=units)
        short = sum(line.open_quantity for line in lines)
        over = sum(max(0, line.received - line.line.ordered) for line in lines)
        if not (short or over or unordered):
            return feedback(FeedbackKind.DONE, mark("{po} is closed: everything came as ordered."), po=po_no)
        message = mark("{po} is closed: {short} units short, {over} over, {unordered} not ordered.")
        return feedback(FeedbackKind.DONE, message, po=po_no, short=short, over=over, unordered=unordered)


def _arrival(found: Found, state: ReceiveState) -> Arrival:
    """Only what the product's rules ask for: a lot of a product without lots would split its stock."""
    card = found.card
    lot = found.lot if card.lot_rule != "none" else ""
    expires_on = found.expires_on.isoformat() if found.expires_on and card.lot_rule != "none" else ""
    serial = found.serial if card.serial_rule != "none" and found.quantity == 1 else ""
    return Arrival(card, state.owner_of(card.sku), found.quantity, lot, expires_on, serial)
