"""Counting by scan: what lies at a location, without being told what should."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import ClassVar, cast

from warehouse_app.domain.catalogue import Catalogue, Found
from warehouse_app.domain.facts import AmendmentTaken, Counted, Fact, LocationCounted, Recorded, WorkFinished
from warehouse_app.domain.packets import CountPacket, CountStop, Packet
from warehouse_app.domain.scan import Scan, ScanKind, location_code, lot_code, pick_list_code
from warehouse_app.domain.session import (
    DONE,
    EXPECTED_LIMIT,
    UNDO,
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

EMPTY = "EMPTY"


@dataclass(slots=True)
class StopCount:
    """A location of the sheet and the units seen there by SKU and lot."""

    stop: CountStop
    seen: dict[tuple[str, str], int] = field(default_factory=dict)
    done: bool = False

    def saw_all(self, sku: str) -> bool:
        """Whether a unit of every lot of the product that may lie here was seen."""
        lots = [lot for lot in self.stop.lots.get(sku, ()) if lot] or [""]
        return all((sku, lot) in self.seen for lot in lots) or (sku, "") in self.seen

    def seen_of(self, sku: str) -> int:
        """Units of a product that were seen."""
        return sum(quantity for (seen, _), quantity in self.seen.items() if seen == sku)


class CountState(State):
    """Where a count sheet stands."""

    def __init__(self, packet: CountPacket) -> None:
        self.packet: CountPacket = packet
        self.stops = {stop.location: StopCount(stop) for stop in packet.stops}

    @property
    def finished(self) -> bool:
        """Whether every location is counted."""
        return not self.left

    @property
    def left(self) -> list[StopCount]:
        """Locations still to be counted, in walking order."""
        return [progress for progress in self.stops.values() if not progress.done]

    def left_for(self, worker: str) -> list[StopCount]:
        """Locations that this worker may count: a recount is another person's."""
        return [progress for progress in self.left if not worker or progress.stop.not_by != worker]

    def apply(self, fact: Fact) -> None:
        """Change the state by a fact of this sheet."""
        if not isinstance(fact, Counted | LocationCounted):
            return
        progress = self.stops.get(fact.location)
        if progress is None:
            return
        if isinstance(fact, LocationCounted):
            progress.done = True
            return
        goods = (fact.sku, fact.lot)
        progress.seen[goods] = progress.seen.get(goods, 0) + fact.quantity


class CountSession(Session[CountState]):
    """Counts the locations of a sheet one after the other. `worker` is who scans; the bench keeps it up to date."""

    task = "count"
    verifies = False
    start_prompt = mark("Scan a count sheet to begin.")
    undoable: ClassVar = (Counted,)
    undo_barriers: ClassVar = (LocationCounted, AmendmentTaken)

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        self.worker = ""
        self._location = ""
        self._last: Counted | None = None
        self._without_lot: Found | None = None
        """Units whose lot must still be scanned; in memory only, for nothing was said to be counted."""

    @property
    def last_counted(self) -> Counted | None:
        """What was counted last at the open location."""
        return self._last

    def state_of(self, packet: Packet) -> CountState:
        """A fresh state for a count sheet."""
        return CountState(cast("CountPacket", packet))

    def opened(self, packet: Packet) -> Feedback:
        """What is said when a count sheet was taken into hand."""
        state = self.states[packet.work]
        message = mark("Count sheet {sheet}: {stops} locations to count.")
        return feedback(FeedbackKind.OK, message, sheet=state.packet.sheet_no, stops=len(state.left))

    def apply(self, recorded: Recorded) -> None:
        """Change the session by a fact that is on disk; the worker stands where units were counted last."""
        super().apply(recorded)
        fact = recorded.fact
        if recorded.work not in self.states:
            return
        self._without_lot = None
        if isinstance(fact, Counted):
            self._last, self._location = fact, fact.location
        elif isinstance(fact, LocationCounted) and fact.location == self._location:
            self._location = ""

    def drop(self, work: str) -> None:
        """Let go of work; the worker stands nowhere then."""
        if work == self.current:
            self._location, self._last, self._without_lot = "", None, None
        super().drop(work)

    def at_hand(self) -> tuple[Expected, ...]:
        """The codes of what was claimed ahead, in the order in which it was."""
        packets = (state.packet for state in self.not_begun())
        return tuple(Expected("pick_list", pick_list_code(packet.sheet_no)) for packet in packets)

    def start(self, scan: Scan) -> Outcome:
        """A count sheet's code opens it, and so does one of its locations."""
        if scan.problem is not None:
            return self.unknown(scan)
        if scan.kind not in (ScanKind.PICK_LIST, ScanKind.LOCATION):
            return self.wrong_state(mark("Scan a count sheet first."))
        for work, state in self.states.items():
            if scan.kind is ScanKind.PICK_LIST and state.packet.sheet_no == scan.code:
                self.current = work
                return Outcome(self.opened(state.packet), work=work)
            if scan.kind is ScanKind.LOCATION and scan.code in state.stops:
                self.current = work
                return self.work_on(state, scan)
        told = feedback(FeedbackKind.FETCHING, mark("Fetching the count sheet of {code}."), code=scan.code)
        return Outcome(told, need=Need(scan.kind, scan.code))

    def begin(self, packet: Packet, scan: Scan) -> Outcome:
        """The location whose sheet was fetched is counted first."""
        if scan.kind is ScanKind.LOCATION:
            return self.work_on(self.states[packet.work], scan)
        return super().begin(packet, scan)

    def work_on(self, state: CountState, scan: Scan) -> Outcome:
        """Answer a scan on the walk."""
        progress = self.progress(state)
        if self._without_lot is not None and progress is not None:
            return self._lot_for(state, progress, self._without_lot, scan)
        if scan.kind is ScanKind.LOCATION:
            return self._go(state, progress, scan.code)
        if scan.kind is ScanKind.COMMAND:
            return self._command(state, progress, scan.code)
        if scan.kind is ScanKind.PICK_LIST:
            return self._sheet(state, scan)
        return self._goods(state, progress, scan)

    def _goods(self, state: CountState, progress: StopCount | None, scan: Scan) -> Outcome:
        if progress is None:
            return self._go_to_next(state)
        if scan.kind is ScanKind.QUANTITY:
            return self._quantity(state, progress, scan)
        return self._product(state, progress, scan)

    def progress(self, state: CountState) -> StopCount | None:
        """The location at hand; None before one was scanned, or when another person must go on with it."""
        return next((one for one in state.left_for(self.worker) if one.stop.location == self._location), None)

    def next_scans(self, state: CountState) -> Sequence[Expected]:
        """The next location; there, each product once, and then the end of the location."""
        progress = self.progress(state)
        left = state.left_for(self.worker)
        places = [Expected("location", location_code(other.stop.location)) for other in left if other is not progress]
        if progress is None:
            return places[:1] or [command(DONE)]
        if self._without_lot is not None:
            return self._lots_to_scan(progress, self._without_lot.card.sku)
        ends = [command(DONE), *places[:1]] if progress.seen else [command(EMPTY)]
        unseen = [sku for sku in progress.stop.skus if not progress.saw_all(sku)]
        codes = [code for sku in unseen for code in self.product_scans(sku, 1) if code.kind == "product"]
        return [*codes[: EXPECTED_LIMIT - len(ends)], *ends]

    def prompt_for(self, state: CountState) -> Feedback:
        """What the counter should do next."""
        progress = self.progress(state)
        if progress is not None:
            message = mark("{location}: scan every unit, then DONE, or EMPTY when nothing lies there.")
            return feedback(FeedbackKind.PROMPT, message, location=progress.stop.location)
        told = self._go_to_next(state).feedback
        return feedback(FeedbackKind.PROMPT, told.message, **told.values)

    def _go(self, state: CountState, progress: StopCount | None, location: str) -> Outcome:
        """Going on to another location ends the one at hand, if anything was counted there."""
        chosen = state.stops.get(location)
        if chosen is None or chosen.done:
            return self._wrong_place(state, chosen, location)
        if self.worker and chosen.stop.not_by == self.worker:
            return self.wrong_state(mark("Another person must recount {location}."), location=location)
        if chosen is progress:
            told = feedback(FeedbackKind.INFO, mark("{location} is being counted already."), location=location)
            return Outcome(told)
        self._location, self.last_quantity = location, 0
        if progress is None:
            told = feedback(FeedbackKind.OK, mark("{location}: scan what lies there."), location=location)
            return Outcome(told)
        values = {"before": progress.stop.location, "location": location}
        if not progress.seen:
            message = mark("{location}: scan what lies there. {before} is still to be counted.")
            return Outcome(feedback(FeedbackKind.INFO, message, **values))
        told = feedback(FeedbackKind.OK, mark("{before} is counted. {location}: scan what lies there."), **values)
        return Outcome(told, (self._counted(state, progress),), state.packet.work)

    def _wrong_place(self, state: CountState, chosen: StopCount | None, location: str) -> Outcome:
        left = state.left_for(self.worker)
        going = left[0].stop.location if left else "-"
        if chosen is not None:
            message = mark("{location} is counted already. Go to {next}.")
        else:
            message = mark("{location} is not on this sheet. Go to {next}.")
        return self.wrong_state(message, location=location, next=going)

    def _go_to_next(self, state: CountState) -> Outcome:
        left = state.left_for(self.worker)
        if left:
            return self.wrong_state(mark("Go to {location} and scan it."), location=left[0].stop.location)
        message = mark("Another person must count the other {left} locations. Scan DONE.")
        return self.wrong_state(message, left=len(state.left))

    def _sheet(self, state: CountState, scan: Scan) -> Outcome:
        if scan.code == state.packet.sheet_no:
            return Outcome(self.opened(state.packet))
        return self.wrong_state(mark("Finish count sheet {sheet} first."), sheet=state.packet.sheet_no)

    def _product(self, state: CountState, progress: StopCount, scan: Scan) -> Outcome:
        found = self.catalogue.find(scan)
        if found is not None:
            lot = _lot(progress.stop, found)
            if not lot and _lot_wanted(progress.stop, found):
                self._without_lot = found
                return Outcome(feedback(FeedbackKind.PROMPT, mark("{product}: scan its lot."), product=found.card))
            return self._count(state, progress, found, lot)
        if scan.kind in (ScanKind.PRODUCT, ScanKind.UNKNOWN):
            return self.unknown(scan)
        return self.wrong_state(mark("Scan the products at {location}."), location=progress.stop.location)

    def _lot_for(self, state: CountState, progress: StopCount, found: Found, scan: Scan) -> Outcome:
        """The lot of the product scanned before; nothing else is answered until it is known or taken back."""
        if scan.kind is ScanKind.LOT and scan.lot and scan.problem is None:
            return self._count(state, progress, found, scan.lot)
        return self.wrong_state(mark("Scan the lot of {product}, or UNDO."), product=found.card)

    def _lots_to_scan(self, progress: StopCount, sku: str) -> list[Expected]:
        known = progress.stop.lots.get(sku, ())
        unseen = [lot for lot in known if (sku, lot) not in progress.seen] or list(known)
        return [*(Expected("lot", lot_code(lot)) for lot in unseen), command(UNDO)]

    def undo(self) -> Outcome:
        """Units without a lot are put aside; otherwise the last scan is taken back."""
        if self._without_lot is None:
            return super().undo()
        found, self._without_lot = self._without_lot, None
        return Outcome(feedback(FeedbackKind.INFO, mark("{product} is not counted."), product=found.card))

    def _quantity(self, state: CountState, progress: StopCount, scan: Scan) -> Outcome:
        """A counter may type the number of any product after scanning it once: nothing is verified against it."""
        last = self._last
        if scan.problem is not None:
            return self.unknown(scan)
        if last is None or not self.last_quantity:
            return self.wrong_state(mark("Scan the product first, then its quantity."))
        more = (scan.quantity or 0) - self.last_quantity
        if more <= 0:
            return self.wrong_state(mark("Type a quantity above {scanned}."), scanned=self.last_quantity)
        return self._count(state, progress, Found(self.catalogue.card(last.sku), more), last.lot, typed=True)

    def _count(self, state: CountState, progress: StopCount, found: Found, lot: str, *, typed: bool = False) -> Outcome:
        stop, card = progress.stop, found.card
        counted = Counted(
            state.packet.sheet_no, stop.round_no, stop.location, stop.owner, card.sku, lot, found.quantity, typed=typed
        )
        values = {"product": card, "seen": progress.seen_of(card.sku) + found.quantity, "location": stop.location}
        if card.sku in stop.skus:
            told = Feedback(FeedbackKind.OK, mark("{product}: {seen} counted."), values, card)
        else:
            message = mark("{product}: {seen} counted, although unexpected at {location}.")
            told = Feedback(FeedbackKind.INFO, message, values, card)
        return Outcome(told, (counted,), state.packet.work)

    def _command(self, state: CountState, progress: StopCount | None, code: str) -> Outcome:
        if progress is None:
            if code == DONE and not state.left_for(self.worker):
                return self._finish(state)
            return self._go_to_next(state)
        location = progress.stop.location
        if code not in (DONE, EMPTY):
            return self.wrong_state(mark("Scan the products at {location}, or DONE."), location=location)
        if code == EMPTY and progress.seen:
            return self.wrong_state(mark("Units were counted at {location}: scan DONE."), location=location)
        if code == DONE and not progress.seen:
            message = mark("Nothing was counted at {location}: scan EMPTY if nothing lies there.")
            return self.wrong_state(message, location=location)
        return self._close(state, progress)

    def _close(self, state: CountState, progress: StopCount) -> Outcome:
        counted, work, sheet_no = self._counted(state, progress), state.packet.work, state.packet.sheet_no
        if state.left == [progress]:
            told = feedback(FeedbackKind.DONE, mark("Count sheet {sheet} is done."), sheet=sheet_no)
            return Outcome(told, (counted, WorkFinished(work)), work)
        left = [other for other in state.left_for(self.worker) if other is not progress]
        if not left:
            message = mark("{location} is counted. Another person must count the rest: scan DONE.")
            return Outcome(feedback(FeedbackKind.OK, message, location=counted.location), (counted,), work)
        message = mark("{location} is counted. Go to {next}.")
        values = {"location": counted.location, "next": left[0].stop.location}
        return Outcome(feedback(FeedbackKind.OK, message, **values), (counted,), work)

    def _counted(self, state: CountState, progress: StopCount) -> LocationCounted:
        return LocationCounted(state.packet.sheet_no, progress.stop.round_no, progress.stop.location)

    def _finish(self, state: CountState) -> Outcome:
        message = mark("Sheet {sheet} goes to another person: {left} locations are left.")
        told = feedback(FeedbackKind.DONE, message, sheet=state.packet.sheet_no, left=len(state.left))
        return Outcome(told, (WorkFinished(state.packet.work),), state.packet.work)


def _lot_wanted(stop: CountStop, found: Found) -> bool:
    """Whether the units cannot be told apart without their lot: several lie here, or none was expected."""
    lots = stop.lots.get(found.card.sku, ())
    return found.card.lot_rule != "none" and (not lots or sum(1 for lot in lots if lot) > 1)


def _lot(stop: CountStop, found: Found) -> str:
    """The scanned lot, or the only one that the location should hold; products without lots have none."""
    if found.card.lot_rule == "none":
        return ""
    lots = stop.lots.get(found.card.sku, ())
    return found.lot or (lots[0] if len(lots) == 1 else "")
