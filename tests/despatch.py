"""The tiny warehouse with a carrier, and orders brought as far along as a test needs them."""

from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import Table, select

from tests.warehouse import TinyWarehouse, at
from warehouse_app.domain.facts import (
    CartonClosed,
    Fact,
    HandedOver,
    ListFinished,
    PackingOpened,
    Picked,
    ToteClosed,
    ToteOpened,
    UnitPacked,
    WorkFinished,
)
from warehouse_app.domain.packets import PackPacket, PickPacket, ShipPacket
from warehouse_app.domain.scan import ScanKind
from warehouse_app.domain.session import Need
from warehouse_app.operations.claiming import Amendment, Holder, amendments_above
from warehouse_app.operations.packing import claim_order
from warehouse_app.operations.picking import claim_pick_list
from warehouse_app.operations.shipping import claim_manifest
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Row, Transaction

PICKER, PACKER, DOCK, OTHER_DOCK = (Holder(name, "W-03") for name in ("PICK-1", "PACK-1", "DOCK-1", "DOCK-2"))
NEXT_DAY = {
    "service": "next_day",
    "name": "Next day",
    "carrier": "POST",
    "carrier_name": "The Post",
    "cut_off": "16:00",
    "label_source": "station",
    "label_moment": "close",
}

F = TypeVar("F", bound=Fact)


class DespatchHouse(TinyWarehouse):
    """Orders of tea cups go through it; every step claims its work and posts its facts as a station would."""

    def __init__(self, database: Database) -> None:
        super().__init__(database)
        database.write(_furnish)

    def picking(self, order_no: str, quantity: int = 2) -> PickPacket:
        """A released order whose pick list a picker holds, with nothing taken yet."""
        list_no = self.release(order_no, "CUP", quantity)
        return self.database.write(claim_pick_list, PICKER, Need(ScanKind.PICK_LIST, list_no))

    def pick(self, packet: PickPacket, *, finish: bool = True) -> str:
        """Take everything on the list into the first free tote; give the tote."""
        tote, order_no = packet.free_totes[0], packet.stops[0].order_no
        facts: list[Fact] = [ToteOpened(packet.list_no, order_no, tote)]
        facts += [
            Picked(
                packet.list_no, stop.stop_no, stop.order_no, stop.line_no, stop.owner, stop.sku, stop.lot,
                stop.quantity, stop.location, tote,
            )
            for stop in packet.stops
        ]  # fmt: skip
        if finish:
            facts += [ToteClosed(packet.list_no, order_no, tote), ListFinished(packet.list_no)]
            facts.append(WorkFinished(packet.work))
        self.post(PICKER, facts, packet.work)
        return tote

    def packing(self, order_no: str, quantity: int = 2) -> PackPacket:
        """A picked order that a packer holds, with nothing packed yet."""
        self.pick(self.picking(order_no, quantity))
        packet = self.database.write(claim_order, PACKER, Need(ScanKind.ORDER, order_no))
        self.post(PACKER, [PackingOpened(order_no, "")], packet.work)
        return packet

    def pack(self, packet: PackPacket, *, finish: bool = True) -> str:
        """Everything into one carton, closed; give the carton."""
        carton = packet.ssccs[0]
        facts: list[Fact] = [
            UnitPacked(
                packet.order_no, units.line_no, units.owner, units.sku, units.lot, units.quantity, units.tote, carton
            )
            for units in packet.units
        ]
        facts.append(CartonClosed(packet.order_no, carton, 1, "", 400, "scale", last=True))
        facts += [WorkFinished(packet.work)] if finish else []
        self.post(PACKER, facts, packet.work)
        return carton

    def packed(self, order_no: str, quantity: int = 2) -> str:
        """An order in one closed carton; gives the carton."""
        return self.pack(self.packing(order_no, quantity))

    def claim(self, carton: str, holder: Holder = DOCK) -> ShipPacket:
        """The manifest that a station gets for this carton."""
        return self.database.write(claim_manifest, holder, Need(ScanKind.SSCC, carton))

    def hand_over(self, packet: ShipPacket, carton: str) -> None:
        """One carton of a manifest goes onto the vehicle."""
        order_no = next(listed.order_no for listed in packet.cartons if listed.carton == carton)
        self.post(DOCK, [HandedOver(order_no, carton, packet.carrier, packet.manifest_no)], packet.work)

    def post(self, holder: Holder, facts: Sequence[Fact], work: str) -> None:
        """Facts of a station's work, posted and booked."""
        self.happen(self.clock, holder.worker, facts, station=holder.station, work=work)

    def row(self, table: Table, **names: object) -> Row:
        """The one row of these names."""
        query = select(table).where(*(table.c[name] == value for name, value in names.items()))
        found = self.database.read(lambda tx: tx.rows(query))
        assert len(found) == 1
        return dict(found[0])

    def order(self, order_no: str) -> Row:
        """An order's row."""
        return self.row(tables.fulfilment_order, order_no=order_no)

    def line(self, order_no: str) -> Row:
        """An order's only line."""
        return self.row(tables.fulfilment_line, order_no=order_no)

    def carton(self, carton: str) -> Row:
        """A carton's row."""
        return self.row(tables.carton, carton=carton)

    def told(self, work: str) -> list[str]:
        """The changes that a station with this work was sent, as text."""
        found: Sequence[Amendment] = self.database.read(amendments_above, [(work, 0)])
        return [amendment.content for amendment in found]


def _furnish(tx: Transaction) -> None:
    tx.put(tables.service, [NEXT_DAY])
    totes = [{"location": f"T-000{number}", "kind": "tote", "pickable": False} for number in (2, 3, 4)]
    tx.put(tables.location, totes)


__all__ = ["DOCK", "OTHER_DOCK", "PACKER", "PICKER", "DespatchHouse", "at"]
