"""Packing units by their serials: which one it is, is asked for when the product's own code does not tell."""

from abc import abstractmethod
from dataclasses import replace

from warehouse_app.domain.catalogue import Found, ProductCard
from warehouse_app.domain.packing_state import PackState
from warehouse_app.domain.packing_stops import serial_objection
from warehouse_app.domain.scan import Scan, ScanKind, serial_code
from warehouse_app.domain.session import UNDO, Expected, Feedback, FeedbackKind, Outcome, Session, command, feedback
from warehouse_app.language import mark

NO_SERIAL = "NO-SERIAL"
SERIAL_LENGTH = 60
"""The longest text that is taken for a serial; those of GS1 codes have 20 characters at the most."""


class SerialSession(Session[PackState]):
    """What packing does about serials. A unit whose serial was asked for is kept in memory only."""

    without_serial: Found | None = None

    @abstractmethod
    def pack(
        self, state: PackState, card: ProductCard, quantity: int, lot: str, serial: str, *, typed: bool
    ) -> Outcome:
        """Put units into the open carton."""

    def with_serial(self, state: PackState, found: Found) -> Outcome:
        """Every unit of such a product is packed by its own number."""
        card = found.card
        if found.quantity != 1:
            return self.wrong_state(mark("Scan every unit of {product} one by one."), product=card)
        if not found.serial:
            self.without_serial = found
            return Outcome(feedback(FeedbackKind.PROMPT, mark("Scan the serial of {product}."), card, product=card))
        objection = serial_objection(state, card, found.serial)
        if objection is not None:
            return Outcome(objection)
        return self.pack(state, card, 1, found.lot, found.serial, typed=False)

    def tell_serial(self, state: PackState, waiting: Found, scan: Scan) -> Outcome:
        """The serial comes by itself, or with a fuller code of the same product; any text is one but another code."""
        card = waiting.card
        found = self.catalogue.find(scan)
        if scan.serial and (found is None or found.card.sku == card.sku):
            return self.with_serial(state, replace(waiting, serial=scan.serial))
        if scan.kind is ScanKind.PRODUCT and found is None and scan.problem is None and len(scan.code) <= SERIAL_LENGTH:
            return self.with_serial(state, replace(waiting, serial=scan.code))
        if scan.kind is ScanKind.COMMAND and scan.code == UNDO:
            message = mark("Put back: {quantity} × {product}.")
            return Outcome(feedback(FeedbackKind.INFO, message, card, quantity=1, product=card))
        if scan.kind is ScanKind.COMMAND and scan.code == NO_SERIAL:
            return self._pack_unmarked(state, waiting)
        self.without_serial = waiting
        message = mark("First scan the serial of {product}, or UNDO.")
        return Outcome(feedback(FeedbackKind.WRONG_STATE, message, card, product=card))

    def _pack_unmarked(self, state: PackState, found: Found) -> Outcome:
        """A unit whose number cannot be read; not while one of its kind is on hold, for it may be that one."""
        card = found.card
        if any(sku == card.sku for sku, _ in state.held_serials):
            message = mark("A unit of {product} is on hold: without its serial none can be packed. Set it aside.")
            return Outcome(Feedback(FeedbackKind.HELD, message, {"product": card}, card))
        return self.pack(state, card, 1, found.lot, "", typed=False)

    def serials_to_scan(self, state: PackState, card: ProductCard) -> list[Expected]:
        known = (serial for serial in state.packet.serials.get(card.sku, ()))
        fit = [serial for serial in known if serial_objection(state, card, serial) is None]
        return [*(Expected("serial", serial_code(serial)) for serial in fit), command(NO_SERIAL)]

    def takes_quantity(self, card: ProductCard, quantity: int) -> bool:
        """Units with serials go one by one."""
        return card.serial_rule == "none" and super().takes_quantity(card, quantity)

    def product_scans(self, sku: str, quantity: int) -> list[Expected]:
        """Codes of whole cases do not tell serials."""
        return super().product_scans(sku, quantity if self.catalogue.card(sku).serial_rule == "none" else 1)
