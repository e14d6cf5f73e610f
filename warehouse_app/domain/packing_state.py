"""Where the packing of one order stands: lines, cartons, weights, holds."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from warehouse_app.domain.catalogue import Catalogue
from warehouse_app.domain.facts import (
    AmendmentTaken,
    CartonChosen,
    CartonClosed,
    CartonReopened,
    CartonWeighed,
    Fact,
    LabelAsked,
    LabelPrinted,
    PackingOpened,
    UnitMissing,
    UnitPacked,
    WorkStopped,
)
from warehouse_app.domain.packets import Address, BoxType, PackPacket, PackUnits
from warehouse_app.domain.session import State


@dataclass(slots=True)
class LineProgress:
    """An order line at the bench. `quantity` is what was picked for it and is still fit to be packed."""

    line_no: int
    sku: str
    quantity: int
    packed: int = 0

    @property
    def open_quantity(self) -> int:
        """Units still to be packed."""
        return self.quantity - self.packed


@dataclass(slots=True)
class CartonProgress:
    """A carton at the bench: what is in it, by line and lot, and what it weighs.

    While `label_asked` it waits for its label to be scanned. A label is outdated when the carton was opened or its
    address changed after it was asked for, until there is another.
    """

    carton: str
    number: int
    carton_type: str = ""
    weight_g: int | None = None
    closed: bool = False
    closed_weight_g: int = 0
    weight_source: str = "calculated"
    labels: int = 0
    label_asked: bool = False
    label_outdated: bool = False
    asked_as_last: bool = False
    contents: dict[tuple[int, str], int] = field(default_factory=dict)

    @property
    def units(self) -> int:
        """Units in the carton."""
        return sum(self.contents.values())


@dataclass(slots=True)
class UnitsLeft:
    """Units of a line in a tote that are not packed yet."""

    units: PackUnits
    left: int


@dataclass(frozen=True, slots=True)
class HeldBy:
    """What stops an order: the names of the stock on hold, empty when it is the order itself, and the reason."""

    names: str
    reason: str


class PackState(State):
    """One order on the bench; made from its packet and changed by facts only."""

    def __init__(self, packet: PackPacket) -> None:
        self.packet: PackPacket = packet
        self.opened = False
        self.stopped = False
        self.left = [UnitsLeft(units, units.quantity) for units in packet.units]
        self.lines: dict[int, LineProgress] = {}
        for units in packet.units:
            line = self.lines.setdefault(units.line_no, LineProgress(units.line_no, units.sku, 0))
            line.quantity += units.quantity
        self.cartons: list[CartonProgress] = []
        self.last_line = 0
        self.last_lot = ""
        self.announced: list[UnitsLeft] = []
        self.held: dict[str, HeldBy] = {}
        self.held_serials = {(sku, serial) for sku, found in packet.held_serials.items() for serial in found}
        self.packed_serials: set[tuple[str, str]] = set()

    @property
    def units_total(self) -> int:
        """Units to pack in all."""
        return sum(line.quantity for line in self.lines.values())

    @property
    def units_packed(self) -> int:
        """Units packed so far."""
        return sum(line.packed for line in self.lines.values())

    @property
    def complete(self) -> bool:
        """Whether every unit is in a carton."""
        return self.units_packed == self.units_total

    @property
    def finished(self) -> bool:
        """Whether every unit is in a closed carton."""
        filled = [carton for carton in self.cartons if carton.units]
        return self.stopped or (self.complete and all(carton.closed for carton in filled))

    @property
    def made_up(self) -> bool:
        """Whether every unit is in a carton that is closed or waits for its label only."""
        return self.complete and all(carton.closed or carton.label_asked for carton in self.cartons if carton.units)

    @property
    def awaiting_label(self) -> CartonProgress | None:
        """The carton whose label must be stuck on and scanned next."""
        return next((carton for carton in self.cartons if carton.label_asked), None)

    def is_last(self, carton: CartonProgress) -> bool:
        """Whether the order is complete once this carton is closed."""
        return self.complete and all(other.closed for other in self.cartons if other is not carton and other.units)

    @property
    def paused(self) -> bool:
        """Whether a hold stops the order: nothing of it is packed, closed or labelled until that has ended."""
        return bool(self.held)

    def held_after(self, content: Mapping[str, Any]) -> dict[str, HeldBy]:
        """The holds on the order once this amendment is taken."""
        held, key = dict(self.held), str(content.get("hold", ""))
        packed = (content.get("sku"), content.get("serial")) in self.packed_serials
        if content["what"] == "hold":
            held[key] = HeldBy(str(content["names"]), str(content["reason"]))
        elif content["what"] == "hold_serial" and packed:
            held[key] = HeldBy(str(content["serial"]), str(content["reason"]))
        elif content["what"] in ("release", "release_serial"):
            held.pop(key, None)
        return held

    @property
    def open_carton(self) -> CartonProgress | None:
        """The carton that takes units, if one is begun: one with units, as after a reopening, before an empty one."""
        is_open = [carton for carton in self.cartons if not carton.closed]
        return next((carton for carton in is_open if carton.units), is_open[-1] if is_open else None)

    @property
    def totes(self) -> tuple[str, ...]:
        """The totes that hold the order's units."""
        return tuple(dict.fromkeys(left.units.tote for left in self.left))

    def next_carton(self, spare_numbers: Sequence[str] = ()) -> CartonProgress:
        """The open carton, or the one that would be begun now: with a number of the packet, else with a spare one.

        Raises IndexError when neither is left.
        """
        if self.open_carton is not None:
            return self.open_carton
        place, used = len(self.cartons), {carton.carton for carton in self.cartons}
        numbers = [number for number in (*self.packet.ssccs, *spare_numbers) if number not in used]
        return CartonProgress(numbers[0], self.packet.first_carton_number + place)

    def box_of(self, carton: CartonProgress) -> BoxType | None:
        """The box chosen for a carton, or the suggested one."""
        name = carton.carton_type or self.suggested_type(carton.number)
        return next((box for box in self.packet.boxes if box.carton_type == name), None)

    def suggested_type(self, number: int) -> str:
        """The box suggested for the carton of this number."""
        place = min(number - self.packet.first_carton_number, len(self.packet.suggested) - 1)
        return self.packet.suggested[place] if self.packet.suggested else ""

    @property
    def is_full(self) -> bool:
        """Whether the open carton holds what was planned for it, while units are left for another one."""
        return self.open_carton is not None and not self.complete and self.room == 0

    @property
    def room(self) -> int:
        """Units that the open carton, or the next one, still takes by plan; the last one planned takes all."""
        carton = self.open_carton
        place = carton.number - self.packet.first_carton_number if carton else len(self.cartons)
        left = self.units_total - self.units_packed
        planned = self.packet.suggested_units
        if place >= len(planned) - 1:
            return left
        return min(left, max(0, planned[place] - (carton.units if carton else 0)))

    def units_for(self, sku: str, lot: str, line_no: int = 0) -> list[UnitsLeft]:
        """Units of a product that can be packed now, the line and the lot at hand first.

        A lot is only matched when it is known.
        """
        found = [left for left in self.left if left.units.sku == sku and left.left > 0]
        if lot and any(left.units.lot for left in found):
            found = [left for left in found if left.units.lot == lot]
        return sorted(found, key=lambda left: (left.units.line_no != line_no, left.units.lot != self.last_lot))

    def expected_weight_g(self, carton: CartonProgress, catalogue: Catalogue) -> int:
        """What the carton should weigh: its box and the units in it."""
        box = self.box_of(carton)
        inside = sum(
            catalogue.card(self.lines[line_no].sku).weight_g * quantity
            for (line_no, _), quantity in carton.contents.items()
        )
        return inside + (box.weight_g if box else 0)

    def apply(self, fact: Fact) -> None:
        """Change the state by a fact of this order."""
        if isinstance(fact, AmendmentTaken):
            self._amend(json.loads(fact.content))
        elif isinstance(fact, WorkStopped):
            self.stopped = True
        elif isinstance(fact, PackingOpened):
            self.opened = True
        else:
            self._apply_packing(fact)

    def _apply_packing(self, fact: Fact) -> None:
        if isinstance(fact, UnitPacked):
            self._pack(fact)
        elif isinstance(fact, UnitMissing):
            self._lose(fact)
        elif isinstance(fact, WorkStopped):
            self.stopped = True
        elif isinstance(fact, AmendmentTaken):
            self._amend(json.loads(fact.content))
        else:
            self._apply_to_carton(fact)

    def _apply_to_carton(self, fact: Fact) -> None:
        if isinstance(fact, CartonChosen):
            carton = self._carton(fact.carton)
            carton.carton_type, carton.weight_g = fact.carton_type, None
        elif isinstance(fact, CartonWeighed):
            self._carton(fact.carton).weight_g = fact.weight_g
        elif isinstance(fact, LabelAsked | CartonClosed):
            self._make_up(fact)
        elif isinstance(fact, CartonReopened):
            carton = self._carton(fact.carton)
            carton.closed, carton.label_asked, carton.weight_g = False, False, None
        elif isinstance(fact, LabelPrinted) and fact.document == "label":
            carton = self._carton(fact.carton)
            carton.labels += 1
            # One without the mark was asked for before, and may have been on its way when the carton changed.
            carton.label_outdated = carton.label_outdated and not fact.reprint

    def _make_up(self, fact: LabelAsked | CartonClosed) -> None:
        carton = self._carton(fact.carton)
        carton.closed_weight_g, carton.carton_type = fact.weight_g, fact.carton_type
        carton.weight_source = fact.weight_source
        carton.closed, carton.label_asked = isinstance(fact, CartonClosed), isinstance(fact, LabelAsked)
        if isinstance(fact, LabelAsked):
            carton.asked_as_last = fact.last
            carton.label_outdated = carton.labels > 0

    def _amend(self, content: Mapping[str, Any]) -> None:
        if content.get("what") == "change_address":
            self.packet = replace(self.packet, ship_to=Address(**content["ship_to"]))
            for carton in self.cartons:
                carton.label_outdated = carton.label_asked
        elif content.get("what") in ("add_units", "drop_units"):
            self._amend_units(content)
        self.held = self.held_after(content)
        unit = (str(content.get("sku", "")), str(content.get("serial", "")))
        if content["what"] == "hold_serial":
            self.held_serials.add(unit)
        elif content["what"] == "release_serial":
            self.held_serials.discard(unit)

    def _amend_units(self, content: Mapping[str, Any]) -> None:
        line_no, quantity = int(content["line"]), int(content["quantity"])
        units = PackUnits(
            line_no, content["owner"], content["sku"], content["lot"], content["tote"], quantity
        )  # fmt: skip
        if content["what"] == "add_units":
            self.left.append(UnitsLeft(units, quantity))
            self.lines.setdefault(line_no, LineProgress(line_no, units.sku, 0)).quantity += quantity
            self.announced.append(self.left[-1])
            return
        for left in self.left:
            same = (left.units.line_no, left.units.lot, left.units.tote) == (line_no, units.lot, units.tote)
            taken = min(left.left, quantity) if same else 0
            left.left -= taken
            quantity -= taken
            self.lines[line_no].quantity -= taken

    @property
    def waits_for_units(self) -> bool:
        """Whether all that is left to pack was announced after the packet was made, and may be on its way still."""
        left = [units for units in self.left if units.left > 0]
        return bool(left) and all(units in self.announced for units in left)

    def _pack(self, fact: UnitPacked) -> None:
        self._use(fact.line_no, fact.lot, fact.tote, fact.quantity)
        self.lines[fact.line_no].packed += fact.quantity
        self.last_line, self.last_lot = fact.line_no, fact.lot
        carton = self._carton(fact.carton)
        key = (fact.line_no, fact.lot)
        carton.contents[key] = carton.contents.get(key, 0) + fact.quantity
        if fact.serial:
            self.packed_serials.add((self.lines[fact.line_no].sku, fact.serial))
        # A weight holds for what was in the box when it was taken.
        carton.weight_g = None

    def _lose(self, fact: UnitMissing) -> None:
        self._use(fact.line_no, fact.lot, fact.tote, fact.quantity)
        self.lines[fact.line_no].quantity -= fact.quantity

    def _use(self, line_no: int, lot: str, tote: str, quantity: int) -> None:
        for left in self.left:
            if (left.units.line_no, left.units.lot, left.units.tote) == (line_no, lot, tote):
                taken = min(left.left, quantity)
                left.left -= taken
                quantity -= taken

    def _carton(self, carton: str) -> CartonProgress:
        for known in self.cartons:
            if known.carton == carton:
                return known
        begun = CartonProgress(carton, self.packet.first_carton_number + len(self.cartons))
        self.cartons.append(begun)
        return begun
