"""Picking by scan: location, product, quantity, tote; short picks with a reason."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar, cast

from warehouse_app.domain.facts import (
    AmendmentTaken,
    Fact,
    ListFinished,
    Picked,
    PickedShort,
    ToteClosed,
    ToteConfirmed,
    ToteOpened,
    WorkFinished,
    WorkStopped,
)
from warehouse_app.domain.packets import Packet, PickPacket, PickStop
from warehouse_app.domain.scan import Scan, ScanKind, location_code, tote_code
from warehouse_app.domain.session import (
    DONE,
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

SHORT_REASONS = {"SHORT-MISSING": "missing", "SHORT-DAMAGED": "damaged"}


@dataclass(slots=True)
class StopProgress:
    """A stop and what has been done at it."""

    stop: PickStop
    picked: int = 0
    short: int = 0
    withdrawn: int = 0
    confirmed: bool = False

    @property
    def open_quantity(self) -> int:
        """Units still to be taken."""
        return max(0, self.stop.quantity - self.picked - self.short - self.withdrawn)


class PickState(State):
    """Where a pick list stands."""

    def __init__(self, packet: PickPacket) -> None:
        self.packet: PickPacket = packet
        self.stops = {stop.stop_no: StopProgress(stop) for stop in packet.stops}
        self.totes: dict[str, list[str]] = {order: [tote] for order, tote in packet.totes.items()}
        self.used_totes: set[str] = set(packet.totes.values())
        self.stopped_orders: set[str] = set()
        self.done = False

    @property
    def many_orders(self) -> bool:
        """Whether the list collects several orders, so that each tote must be confirmed."""
        return len({progress.stop.order_no for progress in self.stops.values()}) > 1

    @property
    def current(self) -> StopProgress | None:
        """The stop at hand: the first with open units, or whose tote is not confirmed yet."""
        for progress in self.stops.values():
            if progress.open_quantity or self.needs_confirming(progress):
                return progress
        return None

    def needs_confirming(self, progress: StopProgress) -> bool:
        """Whether the picker must still show the tote that took this stop's units."""
        stopped = progress.stop.order_no in self.stopped_orders
        return self.many_orders and progress.picked > 0 and not progress.confirmed and not stopped

    @property
    def finished(self) -> bool:
        """Whether the list was closed."""
        return self.done

    def apply(self, fact: Fact) -> None:
        """Change the state by a fact of this list."""
        if isinstance(fact, ToteOpened):
            self.totes.setdefault(fact.order_no, []).append(fact.tote)
            self.used_totes.add(fact.tote)
        elif isinstance(fact, Picked):
            self.stops[fact.stop_no].picked += fact.quantity
            self.stops[fact.stop_no].confirmed = False
        elif isinstance(fact, PickedShort):
            self.stops[fact.stop_no].short += fact.quantity
        elif isinstance(fact, ToteConfirmed):
            self.stops[fact.stop_no].confirmed = True
        elif isinstance(fact, ListFinished):
            self.done = True
        elif isinstance(fact, AmendmentTaken):
            self._amend(json.loads(fact.content))

    def tote_of(self, order_no: str) -> str:
        """The tote that collects the order just now, empty when there is none."""
        return self.totes.get(order_no, [""])[-1]

    def units_left(self) -> int:
        """Units that are still to be taken on the whole list."""
        return sum(progress.open_quantity for progress in self.stops.values())

    def _amend(self, content: Mapping[str, Any]) -> None:
        if content["what"] == "add_stop":
            stop = PickStop(
                content["stop"], content["order"], content["line"], content["slot"], content["owner"], content["sku"],
                content["lot"], content["location"], content["quantity"],
            )  # fmt: skip
            self.stops[stop.stop_no] = StopProgress(stop)
        elif content["what"] == "drop_stop":
            progress = self.stops[content["stop"]]
            progress.withdrawn += min(content["quantity"], progress.open_quantity)
        elif content["what"] in ("drop_order", "stop"):
            self.stopped_orders.add(content["order"])
            for progress in self.stops.values():
                if progress.stop.order_no == content["order"]:
                    progress.withdrawn += progress.open_quantity


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

    def arrive(self, location: str) -> None:
        """The picker stands at this location; kept in memory only, since a restart asks for the code again."""
        self._location_shown = location

    def start(self, scan: Scan) -> Outcome:
        """A pick list's code opens it."""
        if scan.kind is ScanKind.PICK_LIST:
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

    def work_on(self, state: PickState, scan: Scan) -> Outcome:
        """Answer a scan on the walk."""
        progress = state.current
        if progress is None:
            return self._finish(state, scan)
        if scan.kind is ScanKind.TOTE:
            return self._tote(state, progress, scan.code)
        if not state.tote_of(progress.stop.order_no):
            return self.wrong_state(mark("Scan an empty tote for order {order} first."), order=progress.stop.order_no)
        if scan.kind is ScanKind.LOCATION:
            return self._location(progress, scan.code)
        if scan.kind is ScanKind.COMMAND:
            return self._command(state, progress, scan.code)
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
        if not tote:
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
        if content["what"] not in ("drop_order", "stop"):
            message = mark("The pick list was changed: {left} units to go.")
            return Outcome(feedback(FeedbackKind.INFO, message, left=state.units_left()), outcome.facts, work)
        order = str(content["order"])
        stopped = WorkStopped(order, number, str(content.get("reason", "")))
        message = mark("Order {order} was cancelled. Set tote {tote} aside for put-back.")
        told = feedback(FeedbackKind.STOPPED, message, order=order, tote=state.tote_of(order) or "-")
        return Outcome(told, (*outcome.facts, stopped), work)

    def _location(self, progress: StopProgress, location: str) -> Outcome:
        if location != progress.stop.location:
            message = mark("This is {scanned}. Go to {location}.")
            return self.wrong_state(message, scanned=location, location=progress.stop.location)
        if not progress.open_quantity:
            return self.wrong_state(mark("This location is done. Scan the tote."))
        self.arrive(location)
        card = self.catalogue.card(progress.stop.sku)
        message = mark("{location}: take {quantity} × {product}.")
        return Outcome(
            feedback(
                FeedbackKind.OK, message, card, location=location, quantity=progress.open_quantity, product=card
            )
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
        if tote in state.used_totes:
            message = mark("Tote {tote} holds another order. Use tote {right}.")
            return self.wrong_state(message, tote=tote, right=state.tote_of(stop.order_no) or "-")
        if not progress.open_quantity:
            return self.wrong_state(
                mark("The units lie in tote {right}. Scan that one."), right=state.tote_of(stop.order_no)
            )
        if tote not in state.packet.free_totes:
            return self.wrong_state(mark("Tote {tote} is not known as empty. Take another one."), tote=tote)
        opened = ToteOpened(state.packet.list_no, stop.order_no, tote)
        told = feedback(FeedbackKind.OK, mark("Tote {tote} collects order {order}."), tote=tote, order=stop.order_no)
        return Outcome(told, (opened,), work)

    def _product(self, state: PickState, progress: StopProgress, scan: Scan) -> Outcome:
        found = self.catalogue.find(scan)
        if found is None:
            return self.unknown(scan) if scan.kind is ScanKind.PRODUCT else self.wrong_state(mark("Scan the product."))
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
        return self._take(state, progress, found.quantity, typed=False)

    def _quantity(self, state: PickState, progress: StopProgress, scan: Scan) -> Outcome:
        card = self.catalogue.card(progress.stop.sku)
        more = self.typed_quantity(scan, card, progress.open_quantity)
        return more if isinstance(more, Outcome) else self._take(state, progress, more, typed=True)

    def _too_many(self, progress: StopProgress, quantity: int) -> Outcome:
        card = self.catalogue.card(progress.stop.sku)
        message = mark("{total} × {product} is too many: {most} to go.")
        values = {"total": quantity, "product": card, "most": progress.open_quantity}
        return Outcome(Feedback(FeedbackKind.TOO_MANY, message, values, card))

    def _take(self, state: PickState, progress: StopProgress, quantity: int, *, typed: bool) -> Outcome:
        stop = progress.stop
        tote = state.tote_of(stop.order_no)
        picked = Picked(
            state.packet.list_no, stop.stop_no, stop.order_no, stop.line_no, stop.owner, stop.sku, stop.lot, quantity,
            stop.location, tote, typed=typed,
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
