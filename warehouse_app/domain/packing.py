"""Packing by scan: every unit is verified against its order, and no carton closes before it is right."""

from collections.abc import Sequence
from typing import ClassVar, cast

from warehouse_app.domain.catalogue import Catalogue, Found, ProductCard
from warehouse_app.domain.facts import (
    AmendmentTaken,
    CartonChosen,
    CartonClosed,
    CartonWeighed,
    Fact,
    LabelAsked,
    PackingOpened,
    UnitMissing,
    UnitPacked,
)
from warehouse_app.domain.packets import Packet, PackPacket
from warehouse_app.domain.packing_labels import REOPEN, REPRINT, LabelSession
from warehouse_app.domain.packing_state import LineProgress, PackState
from warehouse_app.domain.packing_stops import told_of_hold
from warehouse_app.domain.scan import Scan, ScanKind, carton_type_code, order_code, tote_code
from warehouse_app.domain.session import (
    CLOSE,
    Expected,
    Feedback,
    FeedbackKind,
    Need,
    Outcome,
    PrintRequest,
    command,
    feedback,
)
from warehouse_app.language import mark

NEXT_BOX, PARK = "NEXT-BOX", "PARK"
PROBLEMS = {"PROBLEM-MISSING": "missing", "PROBLEM-DAMAGED": "damaged"}
OPENS = (ScanKind.TOTE, ScanKind.ORDER)


class PackSession(LabelSession):
    """Packs one order at a time from its packet. A unit whose serial was asked for is kept in memory only."""

    task = "pack"
    start_prompt = mark("Scan a tote or an order.")
    undoable: ClassVar = (UnitPacked, UnitMissing, CartonChosen, LabelAsked)
    undo_barriers: ClassVar = (CartonClosed, AmendmentTaken)
    lost_by_undo: ClassVar = (CartonWeighed,)

    def __init__(self, catalogue: Catalogue) -> None:
        super().__init__(catalogue)
        self.spare_numbers: tuple[str, ...] = ()
        """Carton numbers that the station has leased, for an order that needs more than its packet has."""

    def state_of(self, packet: Packet) -> PackState:
        """A fresh state for an order."""
        return PackState(cast("PackPacket", packet))

    def start(self, scan: Scan) -> Outcome:
        """A tote or an order's code opens the order."""
        if scan.kind not in OPENS:
            return self.wrong_state(mark("Scan a tote or an order first."))
        state = self._in_hand(scan)
        if state is not None and state.paused:
            return Outcome(told_of_hold(state, state.held))
        if state is None:
            told = feedback(FeedbackKind.FETCHING, mark("Fetching the order of {code}."), code=scan.code)
            return Outcome(told, need=Need(scan.kind, scan.code))
        return self._open(state, scan)

    def decide(self, scan: Scan) -> Outcome:
        """An order on hold takes nothing, and a unit waits for its serial; other orders may be opened meanwhile."""
        state, waiting = self.state, self.without_serial
        if state is not None and state.paused:
            self.without_serial = None
            other = scan.kind in OPENS and not self._is_mine(state, scan)
            return self.start(scan) if other else Outcome(told_of_hold(state, state.held))
        if state is not None and waiting is not None:
            self.without_serial = None
            return self.tell_serial(state, waiting, scan)
        return super().decide(scan)

    def begin(self, packet: Packet, scan: Scan) -> Outcome:
        """The scan that fetched the order opens it."""
        return self._open(self.states[packet.work], scan)

    def work_on(self, state: PackState, scan: Scan) -> Outcome:
        """Answer a scan while an order is on the bench."""
        if state.finished:
            return self._after_the_last(state, scan)
        carton = state.awaiting_label
        if carton is not None:
            return self.await_label(state, carton, scan)
        if scan.kind in OPENS:
            return self._other_order(state, scan)
        if scan.kind is ScanKind.CARTON_TYPE:
            return self._choose(state, scan.code)
        if scan.kind is ScanKind.COMMAND:
            return self._command(state, scan.code)
        return self._goods(state, scan)

    def _goods(self, state: PackState, scan: Scan) -> Outcome:
        if scan.kind is ScanKind.QUANTITY:
            return self._quantity(state, scan)
        again = self.scanned_again(state, scan)
        if again is not None:
            return again
        found = self.catalogue.find(scan)
        if found is None:
            if scan.kind is ScanKind.PRODUCT:
                return self.unknown(scan)
            return self.wrong_state(mark("Scan the units of order {order}."), order=state.packet.order_no)
        return self._product(state, found)

    def weigh(self, weight_g: int) -> Outcome:
        """A stable weight belongs to the open carton; a complete order is closed by it."""
        state = self.state
        carton = state.open_carton if state else None
        if state is not None and state.paused:
            return Outcome(told_of_hold(state, state.held))
        if state is not None and state.awaiting_label is not None:
            # The carton is back on the scale with its label on; it was weighed before.
            return Outcome(self.prompt_for(state))
        if state is None or carton is None or not carton.units:
            return self.wrong_state(mark("There is no open carton to weigh."))
        if weight_g <= 0:
            return self.wrong_state(mark("The scale is empty."))
        weighed = CartonWeighed(state.packet.order_no, carton.carton, weight_g)
        if not state.complete:
            told = feedback(FeedbackKind.INFO, mark("{weight} g on the scale."), weight=weight_g)
            return Outcome(told, (weighed,), state.packet.work)
        closed = self.close(state, carton, weight_g)
        return Outcome(closed.feedback, (weighed, *closed.facts), closed.work, prints=closed.prints)

    def next_scans(self, state: PackState) -> Sequence[Expected]:
        """The products that are still missing, the line at hand first; then the command that closes the carton."""
        if state.finished or state.paused:
            return self.waiting
        if state.awaiting_label is not None:
            return self.label_scans(state.awaiting_label)
        if self.without_serial is not None:
            return self.serials_to_scan(state, self.without_serial.card)
        if state.complete:
            boxes = (box.carton_type for box in state.packet.boxes)
            return [command(CLOSE), *(Expected("carton", carton_type_code(name)) for name in boxes)]
        if state.is_full:
            return [command(NEXT_BOX)]
        lines = sorted(self._open_lines(state), key=lambda line: line.line_no != state.last_line)
        room = state.room or state.units_total
        scans: dict[str, Expected] = {}
        for line in lines:
            whole = min(room, self._open_of(state, line.sku))
            for expected in self.product_scans(line.sku, whole):
                if expected.kind != "quantity" or line.line_no == state.last_line:
                    scans.setdefault(expected.scan_text, expected)
        return list(scans.values())

    def prompt_for(self, state: PackState) -> Feedback:
        """What the packer should do next."""
        if state.paused:
            told = told_of_hold(state, state.held)
            return Feedback(FeedbackKind.PROMPT, told.message, told.values)
        if state.finished:
            return feedback(FeedbackKind.PROMPT, self.start_prompt)
        if state.awaiting_label is not None:
            message = mark("Stick the label on carton {number} and scan it.")
            return feedback(FeedbackKind.PROMPT, message, number=state.awaiting_label.number)
        if state.complete:
            return feedback(FeedbackKind.PROMPT, mark("All units packed. Weigh or close the carton."))
        if state.is_full:
            return feedback(FeedbackKind.PROMPT, mark("Close this carton and go on with the next box."))
        line = self.line_at_hand(state)
        card = self.catalogue.card(line.sku) if line else None
        quantity = line.open_quantity if line else 0
        message = mark("Scan the next item: {quantity} × {product} and any open line.")
        return feedback(FeedbackKind.PROMPT, message, card, quantity=quantity, product=card)

    def line_at_hand(self, state: PackState) -> LineProgress | None:
        """The line that is highlighted: the last one packed while it is open, else the first open one."""
        lines = self._open_lines(state)
        return next((line for line in lines if line.line_no == state.last_line), lines[0] if lines else None)

    def at_hand(self) -> tuple[Expected, ...]:
        """The totes of orders that were claimed ahead; an order without a tote by its own code."""
        packets = sorted((state.packet for state in self.not_begun()), key=lambda packet: packet.ship_by)
        totes = [(packet.order_no, min(part.tote for part in packet.units)) for packet in packets]
        return tuple(
            Expected("tote", tote_code(tote)) if tote else Expected("order", order_code(order_no))
            for order_no, tote in totes
        )

    def _in_hand(self, scan: Scan) -> PackState | None:
        for state in self.states.values():
            mine = scan.code in state.totes if scan.kind is ScanKind.TOTE else scan.code == state.packet.order_no
            if mine and not state.finished:
                return state
        return None

    def _open(self, state: PackState, scan: Scan) -> Outcome:
        opened = PackingOpened(state.packet.order_no, scan.code)
        told = feedback(
            FeedbackKind.OK, mark("Order {order}: {units} units to pack."), order=state.packet.order_no,
            units=state.units_total,
        )  # fmt: skip
        return Outcome(told, (opened,), state.packet.work)

    def _after_the_last(self, state: PackState, scan: Scan) -> Outcome:
        """The order is closed: the next order may begin, or the last carton be reopened or labelled again."""
        if scan.kind is ScanKind.COMMAND and scan.code == REOPEN:
            return self.reopen(state)
        if scan.kind is ScanKind.COMMAND and scan.code == REPRINT:
            return self.reprint(state)
        if scan.kind in OPENS and scan.code == state.packet.order_no:
            return self.wrong_state(mark("Order {order} is packed and labelled."), order=scan.code)
        return self.scanned_again(state, scan) or self.start(scan)

    def _is_mine(self, state: PackState, scan: Scan) -> bool:
        return scan.code in state.totes or scan.code == state.packet.order_no

    def _other_order(self, state: PackState, scan: Scan) -> Outcome:
        if state.waits_for_units and not self._is_mine(state, scan):
            # Nothing more can be done for this order until its other tote comes.
            return self.start(scan)
        if self._is_mine(state, scan):
            told = feedback(FeedbackKind.INFO, mark("{code} belongs to this order. Scan its units."), code=scan.code)
            return Outcome(told)
        return self.wrong_state(
            mark("Finish order {order} first: {left} units to go."),
            order=state.packet.order_no,
            left=state.units_total - state.units_packed,
        )

    def _product(self, state: PackState, found: Found) -> Outcome:
        card = found.card
        if not any(line.sku == card.sku for line in state.lines.values()):
            return self._wrong_item(state, card)
        open_quantity = self._open_of(state, card.sku)
        if not open_quantity:
            message = mark("{product} is complete. Put this one back.")
            return Outcome(Feedback(FeedbackKind.TOO_MANY, message, {"product": card}, card))
        of_this_lot = sum(left.left for left in state.units_for(card.sku, found.lot))
        if not of_this_lot:
            message = mark("Lot {lot} of {product} was not picked for this order.")
            return Outcome(Feedback(FeedbackKind.WRONG_ITEM, message, {"lot": found.lot, "product": card}, card))
        if found.quantity > of_this_lot:
            message = mark("{total} × {product} is too many: {most} to go.")
            values = {"total": found.quantity, "product": card, "most": of_this_lot}
            return Outcome(Feedback(FeedbackKind.TOO_MANY, message, values, card))
        refused = self.case_of_single_units(found)
        if refused is None and card.serial_rule == "serial":
            return self.with_serial(state, found)
        return refused or self.pack(state, card, found.quantity, found.lot, found.serial, typed=False)

    def _wrong_item(self, state: PackState, card: ProductCard) -> Outcome:
        line = self.line_at_hand(state)
        right = self.catalogue.card(line.sku) if line else None
        message = mark("Not in this order: {product}. Set it aside for put-away.")
        return Outcome(Feedback(FeedbackKind.WRONG_ITEM, message, {"product": card}, card, right))

    def _quantity(self, state: PackState, scan: Scan) -> Outcome:
        line = state.lines.get(state.last_line)
        if line is None or not self.last_quantity:
            return self.wrong_state(mark("Scan the product first, then its quantity."))
        card = self.catalogue.card(line.sku)
        more = self.typed_quantity(scan, card, self._open_of(state, line.sku))
        return more if isinstance(more, Outcome) else self.pack(state, card, more, "", "", typed=True)

    def pack(
        self, state: PackState, card: ProductCard, quantity: int, lot: str, serial: str, *, typed: bool
    ) -> Outcome:
        """Units of one scan may belong to several lines or totes of the order: one fact for each."""
        try:
            carton = state.next_carton(self.spare_numbers)
        except IndexError:
            return self.wrong_state(mark("No carton numbers are left for this order. Call a supervisor."))
        facts: list[Fact] = []
        if not state.opened:
            facts.append(PackingOpened(state.packet.order_no, ""))
        left = quantity
        for units in state.units_for(card.sku, lot, state.last_line):
            taken = min(left, units.left)
            part = units.units
            if taken:
                facts.append(
                    UnitPacked(
                        state.packet.order_no, part.line_no, part.owner, part.sku, part.lot, taken, part.tote,
                        carton.carton, serial, typed=typed,
                    )
                )  # fmt: skip
            left -= taken
        line_no = cast("UnitPacked", facts[-1]).line_no
        return Outcome(self._packed(state, card, line_no, quantity), tuple(facts), state.packet.work)

    def _packed(self, state: PackState, card: ProductCard, line_no: int, quantity: int) -> Feedback:
        whole = sum(line.quantity for line in state.lines.values() if line.sku == card.sku)
        done = whole - self._open_of(state, card.sku) + quantity
        if state.units_packed + quantity == state.units_total:
            message = mark("All {total} units packed. Weigh or close the carton.")
            return feedback(FeedbackKind.LAST, message, card, total=state.units_total, line=line_no)
        message = mark("Packed {product}: {done} of {total}.")
        return feedback(FeedbackKind.OK, message, card, product=card, done=done, total=whole, line=line_no)

    def _choose(self, state: PackState, name: str) -> Outcome:
        if not any(box.carton_type == name for box in state.packet.boxes):
            return Outcome(feedback(FeedbackKind.UNKNOWN, mark("There is no box called {box}."), box=name))
        try:
            carton = state.next_carton(self.spare_numbers)
        except IndexError:
            return self.wrong_state(mark("No carton numbers are left for this order. Call a supervisor."))
        chosen = CartonChosen(state.packet.order_no, carton.carton, name)
        told = feedback(FeedbackKind.OK, mark("Box {box} for carton {number}."), box=name, number=carton.number)
        return Outcome(told, (chosen,), state.packet.work)

    def _command(self, state: PackState, code: str) -> Outcome:
        if code in PROBLEMS:
            return self._problem(state, PROBLEMS[code])
        if code == REOPEN:
            return self.reopen(state)
        if code == REPRINT:
            return self.reprint(state)
        if code in (CLOSE, NEXT_BOX):
            return self._close_if_right(state, code)
        return self.wrong_state(mark("The command {code} does nothing here."), code=code)

    def _close_if_right(self, state: PackState, code: str) -> Outcome:
        carton = state.open_carton
        if code == CLOSE and not state.complete:
            return self.wrong_state(
                mark("{left} units are missing. Scan them, or report a problem."),
                left=state.units_total - state.units_packed,
            )
        if carton is None or not carton.units:
            return self.wrong_state(mark("The carton is empty. Scan the units first."))
        return self.close(state, carton, carton.weight_g)

    def _problem(self, state: PackState, reason: str) -> Outcome:
        """All open units of the line at hand are missing, or one of them is damaged."""
        line = self.line_at_hand(state)
        if line is None:
            return self.wrong_state(mark("Every unit is packed. Reopen the carton to report a problem."))
        quantity = line.open_quantity if reason == "missing" else 1
        facts: list[Fact] = []
        for units in state.units_for(line.sku, "", line.line_no):
            taken = min(quantity, units.left) if units.units.line_no == line.line_no else 0
            part = units.units
            if taken:
                facts.append(
                    UnitMissing(
                        state.packet.order_no, part.line_no, part.owner, part.sku, part.lot, taken, part.tote, reason
                    )
                )
            quantity -= taken
        card = self.catalogue.card(line.sku)
        message = (
            mark("{product} is reported missing. Go on with the rest.")
            if reason == "missing"
            else mark("One {product} is reported damaged: put it into the red box.")
        )
        lost = sum(fact.quantity for fact in facts if isinstance(fact, UnitMissing))
        if state.units_total - lost == state.units_packed:
            facts += self._closed_again(state)
        told = feedback(FeedbackKind.INFO, message, card, product=card)
        return Outcome(told, tuple(facts), state.packet.work, prints=_slips(facts, state.packet.work))

    def _closed_again(self, state: PackState) -> list[Fact]:
        """When nothing is left to pack and every carton is closed already, the last of them completes the order."""
        filled = [carton for carton in state.cartons if carton.units]
        if not filled or not all(carton.closed for carton in filled):
            return []
        carton = filled[-1]
        return [
            CartonClosed(
                state.packet.order_no, carton.carton, carton.number, carton.carton_type, carton.closed_weight_g,
                carton.weight_source, last=True,
            )
        ]  # fmt: skip

    def undo_feedback(self, fact: Fact) -> Feedback:
        """A box that is taken back is named, and so are units."""
        if isinstance(fact, CartonChosen):
            return feedback(FeedbackKind.INFO, mark("Taken back: box {box}."), box=fact.carton_type)
        return super().undo_feedback(fact)

    def _open_lines(self, state: PackState) -> list[LineProgress]:
        return [line for line in state.lines.values() if line.open_quantity > 0]

    def _open_of(self, state: PackState, sku: str) -> int:
        return sum(line.open_quantity for line in state.lines.values() if line.sku == sku)


def _slips(facts: Sequence[Fact], work: str) -> tuple[PrintRequest, ...]:
    """The packing slip of an order that is complete with these facts."""
    closed = (fact for fact in facts if isinstance(fact, CartonClosed) and fact.last)
    return tuple(PrintRequest("packing_slip", work, fact.order_no, fact.carton) for fact in closed)
