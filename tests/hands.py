"""Hands on the floor: stations that take what waits for them and report, rightly or wrongly, at once or late."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from tests.order_desk import OrderDesk
from warehouse_app.domain.facts import (
    AmendmentTaken,
    CartonClosed,
    Counted,
    Fact,
    HandedOver,
    HandoverStopped,
    ListFinished,
    LocationCounted,
    PackingOpened,
    Picked,
    PickedShort,
    ToteClosed,
    ToteOpened,
    Undone,
    UnitMissing,
    UnitPacked,
    WorkFinished,
    WorkStopped,
    encode,
)
from warehouse_app.domain.own_codes import split_own_code
from warehouse_app.domain.packets import PackPacket, PickPacket
from warehouse_app.domain.scan import ScanKind
from warehouse_app.domain.session import Expected, Need
from warehouse_app.operations.claiming import Holder
from warehouse_app.operations.counting import claim_count_sheet
from warehouse_app.operations.packing import claim_order, waiting_orders
from warehouse_app.operations.picking import claim_pick_list, waiting_pick_lists
from warehouse_app.operations.shipping import claim_manifest, waiting_cartons
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction

NO_TOTE = ""
Waiting = Callable[[Transaction, Holder], Sequence[Expected]]
"""What a station asks for the work that it could take."""


@dataclass
class Picking:
    """A pick list in a picker's hands: what is left of each stop, and the totes."""

    packet: PickPacket
    left: dict[int, int]
    totes: dict[str, str]


@dataclass
class Packing:
    """An order on a bench, with its carton."""

    packet: PackPacket
    packed: int = 0


@dataclass
class Station:
    """One station with its person. It keeps what it claimed, and reports whatever it thinks has happened."""

    desk: OrderDesk
    name: str
    worker: str
    delay: timedelta = timedelta(0)
    picking: Picking | None = None
    packing: Packing | None = None
    reported: list[tuple[Fact, str]] = field(default_factory=list)

    @property
    def holder(self) -> Holder:
        return Holder(self.name, self.worker)

    def report(self, facts: Sequence[Fact], work: str) -> None:
        """Post facts, which nobody has booked yet. Of work that is finished nothing can be taken back."""
        self.reported += [(fact, work) for fact in facts]
        if facts and isinstance(facts[-1], WorkFinished):
            self.reported = [(fact, of) for fact, of in self.reported if of != work]
        happened_at: datetime = self.desk.database.clock() - self.delay
        self.desk.database.write(self.desk._post, happened_at, self.worker, facts, self.name, work)  # noqa: SLF001

    def undo(self, back: int) -> None:
        """Take one of the last facts back, each only once."""
        if self.reported:
            fact, work = self.reported.pop(-1 - back % len(self.reported))
            if not isinstance(fact, Undone):
                self.report([Undone("any", fact.kind, fact.version, encode(fact))], work)
                self.reported.pop()

    def choose(self, waiting: Waiting, number: int) -> Expected | None:
        """One of the things that wait for a station; None when there is none."""
        found = self.desk.database.read(waiting, self.holder)
        return found[number % len(found)] if found else None

    def take_list(self, number: int) -> None:
        """Claim one of the pick lists that wait."""
        expected = self.choose(waiting_pick_lists, number) if self.picking is None else None
        if expected is not None:
            list_no = named_by(expected.scan_text)
            packet = self.desk.database.write(claim_pick_list, self.holder, Need(ScanKind.PICK_LIST, list_no))
            left = {stop.stop_no: stop.quantity for stop in packet.stops}
            self.picking = Picking(packet, left, dict(packet.totes))

    def pick(self, number: int, units: int, how: str) -> None:
        """Take units of a stop, or find that they are not there; `how` is picked, missing or damaged."""
        if self.picking is None or not self.picking.left:
            return
        packet, left = self.picking.packet, self.picking.left
        stop_no = sorted(left)[number % len(left)]
        stop = next(one for one in packet.stops if one.stop_no == stop_no)
        units = min(units, left[stop_no])
        left[stop_no] -= units
        if not left[stop_no]:
            del left[stop_no]
        if how != "picked":
            short = PickedShort(
                packet.list_no, stop_no, stop.order_no, stop.line_no, stop.owner, stop.sku, stop.lot, units,
                stop.location, how,
            )  # fmt: skip
            self.report([short], packet.work)
            return
        tote, facts = self._tote_for(stop.order_no)
        if tote != NO_TOTE:
            taken = Picked(
                packet.list_no, stop_no, stop.order_no, stop.line_no, stop.owner, stop.sku, stop.lot, units,
                stop.location, tote,
            )  # fmt: skip
            self.report([*facts, taken], packet.work)

    def _tote_for(self, order_no: str) -> tuple[str, list[Fact]]:
        assert self.picking is not None
        totes, packet = self.picking.totes, self.picking.packet
        if order_no in totes:
            return totes[order_no], []
        free = [tote for tote in packet.free_totes if tote not in totes.values()]
        if not free:
            return NO_TOTE, []
        totes[order_no] = free[0]
        return free[0], [ToteOpened(packet.list_no, order_no, free[0])]

    def bring_in(self) -> None:
        """End the list, whatever is left of it; orders that are to come back are stopped."""
        if self.picking is None:
            return
        packet = self.picking.packet
        orders = {stop.order_no for stop in packet.stops}
        stopped = [name for name in sorted(orders) if self.is_to_stop(name)]
        facts: list[Fact] = [AmendmentTaken(packet.work, 1, "{}"), *(WorkStopped(name, 1, "") for name in stopped)]
        facts += [ToteClosed(packet.list_no, order_no, tote) for order_no, tote in self.picking.totes.items()]
        facts += [ListFinished(packet.list_no), WorkFinished(packet.work)]
        self.picking = None
        self.report(facts, packet.work)

    def is_to_stop(self, order_no: str) -> bool:
        """Whether the order was cancelled meanwhile."""
        table = tables.fulfilment_order
        query = select(table.c.cancel_requested).where(table.c.order_no == order_no)
        return bool(self.desk.database.read(lambda tx: tx.value(query)))

    def open_order(self, number: int) -> None:
        """Claim one of the orders that wait for a bench."""
        expected = self.choose(waiting_orders, number) if self.packing is None else None
        if expected is not None:
            kind = ScanKind.TOTE if expected.kind == "tote" else ScanKind.ORDER
            need = Need(kind, named_by(expected.scan_text))
            packet = self.desk.database.write(claim_order, self.holder, need)
            self.packing = Packing(packet)
            self.report([PackingOpened(packet.order_no, "")], packet.work)

    def pack(self, units: int, how: str) -> None:
        """Pack the next units, or find them missing or damaged."""
        if self.packing is None or self.packing.packed >= len(self.packing.packet.units):
            return
        packet = self.packing.packet
        lying = packet.units[self.packing.packed]
        self.packing.packed += 1
        fewer = min(units, lying.quantity) if how != "picked" else 0
        facts: list[Fact] = []
        if lying.quantity > fewer:
            facts.append(
                UnitPacked(
                    packet.order_no, lying.line_no, lying.owner, lying.sku, lying.lot, lying.quantity - fewer,
                    lying.tote, packet.ssccs[0],
                )
            )  # fmt: skip
        if fewer:
            facts.append(
                UnitMissing(
                    packet.order_no, lying.line_no, lying.owner, lying.sku, lying.lot, fewer, lying.tote, how
                )
            )  # fmt: skip
        self.report(facts, packet.work)

    def close_carton(self, *, last: bool) -> None:
        """Close the carton, and the order with it; or stop, when that was asked."""
        if self.packing is None:
            return
        packet, self.packing = self.packing.packet, None
        if self.is_to_stop(packet.order_no):
            self.report([WorkStopped(packet.order_no, 1, ""), WorkFinished(packet.work)], packet.work)
            return
        closed = CartonClosed(packet.order_no, packet.ssccs[0], 1, "", 400, "scale", last=last)
        self.report([closed, WorkFinished(packet.work)], packet.work)

    def hand_over(self, number: int, *, refused: bool) -> None:
        """Scan one of the cartons that wait onto the vehicle, or hold it back."""
        expected = self.choose(waiting_cartons, number)
        if expected is None:
            return
        sscc = expected.scan_text.removeprefix("00")
        packet = self.desk.database.write(claim_manifest, self.holder, Need(ScanKind.SSCC, sscc))
        carton = next(one for one in packet.cartons if one.carton == sscc)
        fact: Fact = HandedOver(carton.order_no, sscc, packet.carrier, packet.manifest_no)
        if refused:
            fact = HandoverStopped(carton.order_no, sscc, packet.manifest_no, "held")
        self.report([fact, *([WorkFinished(packet.work)] if number % 2 else [])], packet.work)

    def count(self, location: str, off_by: int) -> None:
        """Count a planned location: each product so many units off what lies there."""
        packet = self.desk.database.write(claim_count_sheet, self.holder, Need(ScanKind.LOCATION, location))
        stop = next(one for one in packet.stops if one.location == location)
        table = tables.balance
        query = select(table).where(table.c.location == location, table.c.on_hand > 0)
        seen = [
            Counted(
                packet.sheet_no, stop.round_no, location, row["owner"], row["sku"], row["lot"],
                max(0, row["on_hand"] + off_by),
            )
            for row in self.desk.database.read(lambda tx: tx.rows(query))
        ]  # fmt: skip
        self.report(
            [*seen, LocationCounted(packet.sheet_no, stop.round_no, location), WorkFinished(packet.work)], packet.work
        )


def named_by(scan_text: str) -> str:
    """The name in one of the house's own codes."""
    code = split_own_code(scan_text)
    assert code is not None
    return code[1]
