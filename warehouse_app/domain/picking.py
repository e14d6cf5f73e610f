"""Picking by scan: location, product, quantity, tote; short picks with a reason."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, cast

from warehouse_app.domain.catalogue import Found
from warehouse_app.domain.facts import (
    AmendmentTaken,
    ListFinished,
    Picked,
    PickedShort,
    Recorded,
    ToteClosed,
    ToteConfirmed,
    ToteOpened,
    WorkFinished,
    WorkStopped,
)
from warehouse_app.domain.packets import Packet, PickPacket
from warehouse_app.domain.picking_state import PickState, StopProgress
from warehouse_app.domain.scan import Scan, ScanKind, location_code, pick_list_code, tote_code
from warehouse_app.domain.session import (
    DONE,
    Expected,
    Feedback,
    FeedbackKind,
    Need,
    Outcome,
    Session,
    command,
    feedback,
)
from warehouse_app.language import mark

SHORT_REASONS = {"SHORT-MISSING": "missing", "SHORT-DAMAGED": "damaged"}


class PickSession(Session[PickState]):
    """Walks a pick list stop by stop; every unit goes into the tote of its order."""

    task = "pick"
    start_prompt = mark("Scan a pick list to begin.")
    undoable: ClassVar = (Picked, PickedShort)
    undo_barriers: ClassVar = (AmendmentTaken,)

    def state_of(self, packet: Packet) -> PickState:
        """A fresh state for a pick list."""
        return PickState(cast("PickPacket", packet))

    @property
    def location_shown(self) -> str:
        """The location whose code was scanned last."""
        return self._location_shown

    _location_shown: str = ""
    _stop_scanned: int = 0

    def arrive(self, location: str) -> None:
        """The picker stands at this location; in memory only, so a restart before the first unit asks for it again."""
        self._location_shown = location

    def apply(self, recorded: Recorded) -> None:
        """Change the session by a fact that is on disk; a typed quantity must not reach over to another stop."""
        super().apply(recorded)
        if isinstance(recorded.fact, Picked):
            self._stop_scanned = recorded.fact.stop_no
            self.arrive(recorded.fact.location)
        progress = self.state.current if self.state is not None else None
        if progress is None or progress.stop.stop_no != self._stop_scanned:
            self.last_quantity = 0

    def drop(self, work: str) -> None:
        """Let go of a list; the picker walks away from where its last stop was."""
        if work == self.current:
            self._location_shown = ""
        super().drop(work)

    def at_hand(self) -> tuple[Expected, ...]:
        """The codes of what was claimed ahead, in the order in which it was."""
        packets = (state.packet for state in self.not_begun())
        return tuple(Expected("pick_list", pick_list_code(packet.list_no)) for packet in packets)

    def start(self, scan: Scan) -> Outcome:
        """A pick list's code opens it."""
        if scan.kind is ScanKind.PICK_LIST:
            in_hand = next((work for work, state in self.states.items() if state.packet.list_no == scan.code), "")
            if in_hand:
                self.current = in_hand
                return Outcome(self.opened(self.states[in_hand].packet), work=in_hand)
            return Outcome(
                feedback(FeedbackKind.FETCHING, mark("Fetching pick list {list}."), list=scan.code),
                need=Need(scan.kind, scan.code),
            )
        return self.wrong_state(mark("Scan a pick list first."))

    def opened(self, packet: Packet) -> Feedback:
        """What is said when a pick list was taken into hand."""
        state = self.states[packet.work]
        return feedback(
            FeedbackKind.OK,
            mark("Pick list {list}: {stops} stops, {units} units."),
            list=state.packet.list_no,
            stops=len(state.stops),
            units=state.units_left(),
        )

    @property
    def out_of_totes(self) -> bool:
        """Whether the next units need an empty tote and the packet knows none any more."""
        state = self.state
        progress = state.current if state is not None else None
        if state is None or progress is None or state.tote_of(progress.stop.order_no):
            return False
        return all(name in state.used_totes for name in state.packet.free_totes)

    def work_on(self, state: PickState, scan: Scan) -> Outcome:
        """Answer a scan on the walk."""
        progress = state.current
        if progress is None:
            return self._finish(state, scan)
        if scan.kind is ScanKind.TOTE:
            return self._tote(state, progress, scan.code)
        if scan.kind is ScanKind.COMMAND:
            return self._command(state, progress, scan.code)
        if not state.tote_of(progress.stop.order_no):
            return self.wrong_state(mark("Scan an empty tote for order {order} first."), order=progress.stop.order_no)
        if scan.kind is ScanKind.LOCATION:
            return self._location(state, progress, scan.code)
        return self._goods(state, progress, scan)

    def _goods(self, state: PickState, progress: StopProgress, scan: Scan) -> Outcome:
        if not progress.open_quantity:
            return self.wrong_state(
                mark("Put them into tote {tote} and scan it."), tote=state.tote_of(progress.stop.order_no)
            )
        if self._location_shown != progress.stop.location:
            return self.wrong_state(mark("Scan the location {location} first."), location=progress.stop.location)
        if scan.kind is ScanKind.QUANTITY:
            return self._quantity(state, progress, scan)
        return self._product(state, progress, scan)

    def next_scans(self, state: PickState) -> Sequence[Expected]:
        """Location, product, quantity, tote, in the order of the work."""
        progress = state.current
        if progress is None:
            return [Expected("location", location_code(state.packet.drop_location)), command(DONE)]
        tote = state.tote_of(progress.stop.order_no)
        if not tote or self._tote_is_full(state, progress):
            free = [name for name in state.packet.free_totes if name not in state.used_totes]
            return [Expected("tote", tote_code(name)) for name in free]
        if not progress.open_quantity:
            return [Expected("tote", tote_code(tote))]
        if self._location_shown != progress.stop.location:
            return [Expected("location", location_code(progress.stop.location))]
        return [*self.product_scans(progress.stop.sku, progress.open_quantity), command("SHORT-MISSING")]

    def prompt_for(self, state: PickState) -> Feedback:
        """What the picker should do next."""
        progress = state.current
        if progress is None:
            return feedback(
                FeedbackKind.PROMPT, mark("List complete. Bring it to {location}."), location=state.packet.drop_location
            )
        card = self.catalogue.card(progress.stop.sku)
        tote = state.tote_of(progress.stop.order_no)
        if self.out_of_totes:
            message = mark("No empty tote is left. Have some emptied at the packing benches.")
        elif not tote:
            message = mark("Scan an empty tote for order {order}.")
        elif not progress.open_quantity:
            message = mark("Put into tote {tote} and scan it.")
        elif self._location_shown != progress.stop.location:
            message = mark("Go to {location}.")
        else:
            message = mark("Take {quantity} × {product}.")
        return feedback(
            FeedbackKind.PROMPT, message, card, order=progress.stop.order_no, tote=tote,
            location=progress.stop.location, quantity=progress.open_quantity, product=card,
        )  # fmt: skip

    def amend(self, work: str, number: int, content: Mapping[str, Any]) -> Outcome:
        """Stops come and go; a cancelled order's units stay in its tote until they are put back."""
        outcome = super().amend(work, number, content)
        state = self.states[work]
        if content["what"] == "drop_stop" and "hold" in content:
            return Outcome(self._told_of_hold(state, content), outcome.facts, work)
        if content["what"] in ("hold_serial", "release_serial"):
            return Outcome(self._told_of_serial(content), outcome.facts, work)
        if content["what"] not in ("drop_order", "stop"):
            message = mark("The pick list was changed: {left} units to go.")
            return Outcome(feedback(FeedbackKind.INFO, message, left=state.units_left()), outcome.facts, work)
        order = str(content["order"])
        if order in state.stopped_orders:
            return outcome
        stopped = WorkStopped(order, number, str(content.get("reason", "")))
        message = (
            mark("Order {order} was called back. Set tote {tote} aside for put-back.")
            if content.get("goes_on")
            else mark("Order {order} was cancelled. Set tote {tote} aside for put-back.")
        )
        told = feedback(FeedbackKind.STOPPED, message, order=order, tote=state.tote_of(order) or "-")
        return Outcome(told, (*outcome.facts, stopped), work)

    def _told_of_hold(self, state: PickState, content: Mapping[str, Any]) -> Feedback:
        """The picker who stands at the place is stopped; one who comes there later has nothing to take."""
        progress = state.stops[content["stop"]]
        card = self.catalogue.card(progress.stop.sku)
        at_hand = self.state is state and state.current is progress
        kind = FeedbackKind.HELD if at_hand else FeedbackKind.INFO
        message = mark("{product} at {location} is on hold: {names} ({reason}). Leave it there and go on.")
        return feedback(
            kind, message, card, product=card, location=progress.stop.location, names=content["names"],
            reason=content["reason"] or "-",
        )  # fmt: skip

    def _told_of_serial(self, content: Mapping[str, Any]) -> Feedback:
        card = self.catalogue.card(str(content["sku"]))
        if content["what"] == "release_serial":
            message = mark("Serial {serial} of {product} may be used again.")
            return feedback(FeedbackKind.INFO, message, card, serial=content["serial"], product=card)
        message = mark("Serial {serial} of {product} is on hold ({reason}): set it aside when you meet it.")
        return feedback(
            FeedbackKind.INFO, message, card, serial=content["serial"], product=card, reason=content["reason"] or "-"
        )

    def _location(self, state: PickState, progress: StopProgress, location: str) -> Outcome:
        if not progress.open_quantity:
            message = mark("Scan tote {tote} before you go on.")
            return self.wrong_state(message, tote=state.tote_of(progress.stop.order_no))
        if location != progress.stop.location:
            message = mark("This is {scanned}. Go to {location}.")
            return self.wrong_state(message, scanned=location, location=progress.stop.location)
        self.arrive(location)
        card = self.catalogue.card(progress.stop.sku)
        message = mark("{location}: take {quantity} × {product}.")
        return Outcome(
            feedback(FeedbackKind.OK, message, card, location=location, quantity=progress.open_quantity, product=card)
        )

    def _tote(self, state: PickState, progress: StopProgress, tote: str) -> Outcome:
        stop = progress.stop
        work = state.packet.work
        if tote == state.tote_of(stop.order_no):
            if progress.open_quantity and not (progress.picked and state.many_orders):
                return Outcome(feedback(FeedbackKind.INFO, mark("Tote {tote} is the right one."), tote=tote))
            confirmed = ToteConfirmed(state.packet.list_no, stop.stop_no, tote)
            told = feedback(FeedbackKind.OK, mark("Right tote: {tote}."), tote=tote)
            return Outcome(told, (confirmed,), work)
        objection = self._tote_objection(state, progress, tote)
        if objection:
            right = state.tote_of(stop.order_no)
            return self.wrong_state(objection, tote=tote, order=stop.order_no, right=right)
        opened = ToteOpened(state.packet.list_no, stop.order_no, tote)
        told = feedback(FeedbackKind.OK, mark("Tote {tote} collects order {order}."), tote=tote, order=stop.order_no)
        return Outcome(told, (opened,), work)

    def _tote_objection(self, state: PickState, progress: StopProgress, tote: str) -> str:
        order_no = progress.stop.order_no
        if tote in state.totes.get(order_no, ()):
            return mark("Tote {tote} is full. Order {order} goes on in tote {right}.")
        if tote in state.used_totes:
            has_tote = bool(state.tote_of(order_no))
            return (
                mark("Tote {tote} holds another order. Use tote {right}.")
                if has_tote
                else mark("Tote {tote} holds another order. Take an empty one.")
            )
        if not progress.open_quantity:
            return mark("The units lie in tote {right}. Scan that one.")
        return "" if tote in state.packet.free_totes else mark("Tote {tote} is not known as empty. Take another one.")

    def _product(self, state: PickState, progress: StopProgress, scan: Scan) -> Outcome:
        found = self.catalogue.find(scan)
        if found is None:
            if scan.kind in (ScanKind.PRODUCT, ScanKind.UNKNOWN):
                return self.unknown(scan)
            return self.wrong_state(mark("Scan the product."))
        right = self.catalogue.card(progress.stop.sku)
        if found.card.sku != progress.stop.sku:
            told = Feedback(
                FeedbackKind.WRONG_ITEM,
                mark("Wrong product: {product}. Put it back and take {right}."),
                {"product": found.card, "right": right},
                found.card,
                right,
            )
            return Outcome(told)
        if found.lot and progress.stop.lot and found.lot != progress.stop.lot:
            message = mark("Lot {scanned} is not the one to take: {lot}.")
            values = {"scanned": found.lot, "lot": progress.stop.lot}
            return Outcome(Feedback(FeedbackKind.WRONG_ITEM, message, values, found.card, right))
        if found.quantity > progress.open_quantity:
            return self._too_many(progress, found.quantity)
        refused = self.case_of_single_units(found) or self._serial_objection(state, found)
        serial = found.serial if found.card.serial_rule == "serial" and found.quantity == 1 else ""
        return refused or self._take(state, progress, found.quantity, serial, typed=False)

    def _serial_objection(self, state: PickState, found: Found) -> Outcome | None:
        unit, values = (found.card.sku, found.serial), {"serial": found.serial, "product": found.card}
        if unit in state.held_serials:
            message = mark("Serial {serial} of {product} is on hold. Leave it and take another unit.")
            return Outcome(Feedback(FeedbackKind.HELD, message, values, found.card))
        if found.serial and unit in state.picked_serials:
            message = mark("Serial {serial} of {product} is in a tote already. Take another unit.")
            return Outcome(Feedback(FeedbackKind.WRONG_ITEM, message, values, found.card))
        return None

    def _quantity(self, state: PickState, progress: StopProgress, scan: Scan) -> Outcome:
        card = self.catalogue.card(progress.stop.sku)
        more = self.typed_quantity(scan, card, progress.open_quantity)
        return more if isinstance(more, Outcome) else self._take(state, progress, more, "", typed=True)

    def _too_many(self, progress: StopProgress, quantity: int) -> Outcome:
        card = self.catalogue.card(progress.stop.sku)
        message = mark("{total} × {product} is too many: {most} to go.")
        values = {"total": quantity, "product": card, "most": progress.open_quantity}
        return Outcome(Feedback(FeedbackKind.TOO_MANY, message, values, card))

    def _take(self, state: PickState, progress: StopProgress, quantity: int, serial: str, *, typed: bool) -> Outcome:
        stop = progress.stop
        tote = state.tote_of(stop.order_no)
        picked = Picked(
            state.packet.list_no, stop.stop_no, stop.order_no, stop.line_no, stop.owner, stop.sku, stop.lot, quantity,
            stop.location, tote, serial, typed=typed,
        )  # fmt: skip
        card = self.catalogue.card(stop.sku)
        left = progress.open_quantity - quantity
        kind = FeedbackKind.LAST if left == 0 else FeedbackKind.OK
        message = mark("{product}: {done} of {total} into {tote}.")
        told = feedback(
            kind, message, card, product=card, done=stop.quantity - left - progress.short - progress.withdrawn,
            total=stop.quantity - progress.short - progress.withdrawn, tote=tote,
        )  # fmt: skip
        return Outcome(told, (picked,), state.packet.work)

    def _command(self, state: PickState, progress: StopProgress, code: str) -> Outcome:
        if code not in SHORT_REASONS:
            return self.wrong_state(mark("{left} units of this list are still to be picked."), left=state.units_left())
        if not progress.open_quantity:
            return self.wrong_state(mark("This stop is complete. Scan the tote."))
        stop = progress.stop
        short = PickedShort(
            state.packet.list_no, stop.stop_no, stop.order_no, stop.line_no, stop.owner, stop.sku, stop.lot,
            progress.open_quantity, stop.location, SHORT_REASONS[code],
        )  # fmt: skip
        card = self.catalogue.card(stop.sku)
        message = mark("{quantity} × {product} short. The location will be counted; go on.")
        told = feedback(FeedbackKind.INFO, message, card, quantity=short.quantity, product=card)
        return Outcome(told, (short,), state.packet.work)

    def _finish(self, state: PickState, scan: Scan) -> Outcome:
        drop = scan.kind is ScanKind.LOCATION and scan.code == state.packet.drop_location
        if not drop and not (scan.kind is ScanKind.COMMAND and scan.code == DONE):
            return self.wrong_state(
                mark("The list is complete. Scan {location} to hand it in."), location=state.packet.drop_location
            )
        list_no = state.packet.list_no
        closed = [ToteClosed(list_no, order, tote) for order, totes in state.totes.items() for tote in totes]
        work = state.packet.work
        facts = (*closed, ListFinished(list_no), WorkFinished(work))
        return Outcome(feedback(FeedbackKind.DONE, mark("Pick list {list} is done."), list=list_no), facts, work)

    def _tote_is_full(self, state: PickState, progress: StopProgress) -> bool:
        """By volume: the units in the tote leave no room for one more. Only advice; the picker sees the tote."""
        tote = state.tote_of(progress.stop.order_no)
        free = [name for name in state.packet.free_totes if name not in state.used_totes]
        if not free or not progress.open_quantity:
            return False
        inside = self._volume_in(state, tote)
        one = self.catalogue.card(progress.stop.sku).volume_ml
        return inside > 0 and inside + one > state.packet.tote_volume_ml

    def _volume_in(self, state: PickState, tote: str) -> int:
        log = self._logs.get(state.packet.work, [])
        picked = [recorded.fact for recorded in log if isinstance(recorded.fact, Picked)]
        return sum(
            self.catalogue.card(fact.sku).volume_ml * fact.quantity for fact in picked if fact.tote == tote
        )  # fmt: skip
