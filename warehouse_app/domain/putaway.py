"""Putting away by scan: what waits at a dock, in a tote or in a carton goes to its place."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import ClassVar, cast

from warehouse_app.domain.catalogue import Found
from warehouse_app.domain.facts import AmendmentTaken, Fact, FirstPutAway, PutAway, WorkFinished
from warehouse_app.domain.packets import Packet, PutawayPacket, PutawayUnits
from warehouse_app.domain.scan import Scan, ScanKind, location_code, quantity_code
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

SOURCES = (ScanKind.LOCATION, ScanKind.TOTE, ScanKind.SSCC)


@dataclass(slots=True)
class Waiting:
    """Units that waited when the work was claimed, and how many of them are put away."""

    units: PutawayUnits
    put: int = 0

    @property
    def left(self) -> int:
        """Units that still wait."""
        return max(0, self.units.quantity - self.put)

    @property
    def goods(self) -> tuple[str, str, str]:
        """Owner, SKU and lot."""
        return self.units.owner, self.units.sku, self.units.lot


@dataclass(frozen=True, slots=True)
class InHand:
    """Units that the worker took up and has not put down; the serials of those that were scanned with one."""

    waiting: Waiting
    quantity: int
    serials: tuple[str, ...] = ()


class PutawayState(State):
    """What still waits at a place."""

    def __init__(self, packet: PutawayPacket) -> None:
        self.packet: PutawayPacket = packet
        self.waiting = [Waiting(units) for units in packet.units]
        self._by_sku: dict[str, list[Waiting]] = {}
        for waiting in self.waiting:
            self._by_sku.setdefault(waiting.units.sku, []).append(waiting)

    @property
    def finished(self) -> bool:
        """Whether nothing waits any more."""
        return self.left == 0

    @property
    def left(self) -> int:
        """Units that still wait."""
        return sum(waiting.left for waiting in self.waiting)

    def apply(self, fact: Fact) -> None:
        """Change the state by a fact of this work."""
        if not isinstance(fact, FirstPutAway):
            return
        quantity = fact.quantity
        for waiting in self._by_sku.get(fact.sku, []):
            if waiting.goods == (fact.owner, fact.sku, fact.lot):
                put = min(quantity, waiting.left)
                waiting.put += put
                quantity -= put

    def waiting_for(self, sku: str, lot: str = "") -> Waiting | None:
        """What waits of a product: what is left before what is put away, and the lot that was scanned before others."""
        mine = self._by_sku.get(sku, [])
        return min(mine, key=lambda waiting: (waiting.left == 0, waiting.units.lot != lot), default=None)


class PutawaySession(Session[PutawayState]):
    """Empties one place at a time. Units in hand are kept in memory only: they are nowhere until a place is scanned.

    `storage`: the locations where goods may be put; when it is empty, any location is taken.
    """

    task = "putaway"
    verifies = False
    start_prompt = mark("Scan the dock, tote or carton to put away from.")
    undoable: ClassVar = (FirstPutAway,)
    undo_barriers: ClassVar = (AmendmentTaken,)

    storage: Collection[str] = ()
    _in_hand: InHand | None = None

    def state_of(self, packet: Packet) -> PutawayState:
        """A fresh state for a place."""
        return PutawayState(cast("PutawayPacket", packet))

    def opened(self, packet: Packet) -> Feedback:
        """What is said when a place was taken into hand."""
        state = self.states[packet.work]
        message = mark("{source}: {units} units to put away.")
        return feedback(FeedbackKind.OK, message, source=state.packet.source, units=state.left)

    def drop(self, work: str) -> None:
        """Let go of work; what was in hand belongs to it."""
        if work == self.current:
            self._in_hand = None
        super().drop(work)

    def take(self, packet: Packet) -> None:
        """Take claimed work into hand; units in hand were those of its older packet."""
        self._in_hand = None
        super().take(packet)

    def undo(self) -> Outcome:
        """Units in hand go back first."""
        held, self._in_hand = self._in_hand, None
        if held is None:
            return super().undo()
        card = self.catalogue.card(held.waiting.units.sku)
        message = mark("Put back: {quantity} × {product}.")
        return Outcome(feedback(FeedbackKind.INFO, message, card, quantity=held.quantity, product=card))

    def start(self, scan: Scan) -> Outcome:
        """The code of a dock, a tote or a carton opens it."""
        if scan.problem is not None:
            return self.unknown(scan)
        if scan.kind not in SOURCES:
            return self.wrong_state(mark("Scan the dock, tote or carton to put away from first."))
        for work, state in self.states.items():
            if state.packet.source == scan.code:
                self.current = work
                return Outcome(self.opened(state.packet), work=work)
        told = feedback(FeedbackKind.FETCHING, mark("Fetching what waits at {source}."), source=scan.code)
        return Outcome(told, need=Need(scan.kind, scan.code))

    def work_on(self, state: PutawayState, scan: Scan) -> Outcome:
        """Answer a scan while a place is emptied."""
        held = self._in_hand
        if scan.kind is ScanKind.COMMAND:
            return self._command(state, scan.code)
        if scan.kind is ScanKind.QUANTITY:
            return self._quantity(held, scan)
        if scan.kind is ScanKind.LOCATION:
            return self._location(state, held, scan)
        found = self.catalogue.find(scan)
        if found is not None:
            return self._product(state, held, found)
        if scan.kind is ScanKind.PRODUCT:
            return self.unknown(scan)
        return self.wrong_state(mark("Scan the products from {source}, then their place."), source=state.packet.source)

    def next_scans(self, state: PutawayState) -> Sequence[Expected]:
        """Product, the whole quantity, place. Units for which no place is suggested are left to the worker."""
        held = self._in_hand
        if held is None:
            skus = dict.fromkeys(waiting.units.sku for waiting in state.waiting)
            first = [waiting for waiting in map(state.waiting_for, skus) if waiting is not None and waiting.left]
            placed = [waiting for waiting in first if waiting.units.suggestions]
            first_placed = placed[:EXPECTED_LIMIT]
            codes = [code for waiting in first_placed for code in self.product_scans(waiting.units.sku, waiting.left)]
            return [*codes[: EXPECTED_LIMIT - 1], command(DONE)] if codes else []
        places = [Expected("location", location_code(place)) for place in held.waiting.units.suggestions]
        more = [Expected("quantity", quantity_code(held.waiting.left))] if held.quantity < held.waiting.left else []
        return [*more, *places]

    def prompt_for(self, state: PutawayState) -> Feedback:
        """What the worker should do next."""
        if self._in_hand is not None:
            told = self._bring(self._in_hand)
            return Feedback(FeedbackKind.PROMPT, told.message, told.values, told.product)
        message = mark("Scan a product from {source}: {left} units to put away.")
        return feedback(FeedbackKind.PROMPT, message, source=state.packet.source, left=state.left)

    def _product(self, state: PutawayState, held: InHand | None, found: Found) -> Outcome:
        card = found.card
        if held is not None and held.waiting.units.sku != card.sku:
            product = self.catalogue.card(held.waiting.units.sku)
            message = mark("Put {quantity} × {product} down first, or UNDO.")
            return Outcome(
                feedback(FeedbackKind.WRONG_STATE, message, product, quantity=held.quantity, product=product)
            )
        waiting = held.waiting if held is not None else state.waiting_for(card.sku, found.lot)
        if waiting is None:
            message = mark("{product} does not wait at {source}. Set it aside.")
            return Outcome(feedback(FeedbackKind.WRONG_ITEM, message, card, product=card, source=state.packet.source))
        quantity = found.quantity + (held.quantity if held is not None else 0)
        serials = held.serials if held is not None else ()
        if found.serial and card.serial_rule == "serial" and found.quantity == 1:
            if found.serial in serials:
                message = mark("Serial {serial} of {product} is in hand already. Scan another unit.")
                values = {"serial": found.serial, "product": card}
                return Outcome(Feedback(FeedbackKind.WRONG_ITEM, message, values, card))
            serials = (*serials, found.serial)
        return self._take_up(waiting, quantity, serials)

    def _quantity(self, held: InHand | None, scan: Scan) -> Outcome:
        if scan.problem is not None:
            return self.unknown(scan)
        if held is None:
            return self.wrong_state(mark("Scan the product first, then its quantity."))
        return self._take_up(held.waiting, scan.quantity or 0, held.serials)

    def _take_up(self, waiting: Waiting, quantity: int, serials: tuple[str, ...]) -> Outcome:
        card = self.catalogue.card(waiting.units.sku)
        if quantity > waiting.left:
            message = mark("{total} × {product} is too many: {most} wait.")
            values = {"total": quantity, "product": card, "most": waiting.left}
            return Outcome(Feedback(FeedbackKind.TOO_MANY, message, values, card))
        self._in_hand = InHand(waiting, quantity, serials[:quantity])
        return Outcome(self._bring(self._in_hand))

    def _bring(self, held: InHand) -> Feedback:
        card = self.catalogue.card(held.waiting.units.sku)
        values = {"quantity": held.quantity, "total": held.waiting.left, "product": card}
        if not held.waiting.units.suggestions:
            message = mark("{quantity} of {total} × {product}: bring to a free location and scan it.")
            return Feedback(FeedbackKind.INFO, message, values, card)
        values["location"] = held.waiting.units.suggestions[0]
        message = mark("{quantity} of {total} × {product}: bring to {location} and scan it.")
        return Feedback(FeedbackKind.INFO, message, values, card)

    def _location(self, state: PutawayState, held: InHand | None, scan: Scan) -> Outcome:
        if held is None:
            return self.wrong_state(mark("Scan a product from {source} first."), source=state.packet.source)
        place, units = scan.code, held.waiting.units
        if place == state.packet.source:
            return self.wrong_state(mark("The units come from {location}. Bring them to their place."), location=place)
        if scan.problem is not None or (self.storage and place not in self.storage and place not in units.suggestions):
            return self.wrong_state(mark("{location} is no storage location."), location=place)
        put = _put_away(held, state.packet.source, place)
        work = state.packet.work
        self._in_hand = None
        if held.quantity == state.left:
            message = mark("{source} is empty: everything is put away.")
            told = feedback(FeedbackKind.DONE, message, source=state.packet.source)
            return Outcome(told, (*put, WorkFinished(work)), work)
        return Outcome(self._put(held, place), put, work)

    def _put(self, held: InHand, place: str) -> Feedback:
        units, card = held.waiting.units, self.catalogue.card(held.waiting.units.sku)
        values = {"quantity": held.quantity, "product": card, "location": place}
        if place in units.suggestions or not units.suggestions:
            return Feedback(FeedbackKind.OK, mark("{quantity} × {product} into {location}."), values, card)
        message = mark("{quantity} × {product} into {location}; suggested was {suggested}.")
        return Feedback(FeedbackKind.OK, message, {**values, "suggested": units.suggestions[0]}, card)

    def _command(self, state: PutawayState, code: str) -> Outcome:
        if code != DONE:
            return self.wrong_state(mark("{left} units are still to be put away."), left=state.left)
        if self._in_hand is not None:
            return self.wrong_state(mark("Put the units in hand down first, or UNDO."))
        message = mark("{left} units stay at {source}.")
        told = feedback(FeedbackKind.DONE, message, left=state.left, source=state.packet.source)
        return Outcome(told, (WorkFinished(state.packet.work),), state.packet.work)


def _put_away(held: InHand, source: str, place: str) -> tuple[PutAway, ...]:
    """One fact for each unit that was scanned with its serial, and one for the others."""
    units = held.waiting.units
    named = [PutAway(units.owner, units.sku, units.lot, 1, source, place, serial) for serial in held.serials]
    others = held.quantity - len(named)
    if others:
        named.append(PutAway(units.owner, units.sku, units.lot, others, source, place))
    return tuple(named)
