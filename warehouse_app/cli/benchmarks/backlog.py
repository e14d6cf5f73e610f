"""A backlog of posted facts that are not in the books yet, made by real sessions on the sample's real orders."""

import io
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path

from warehouse_app.cli.context import Context, Database
from warehouse_app.cli.day import DemoStation, Tally
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.domain.scan import ScanKind, order_code, parse_scan
from warehouse_app.domain.session import Expected, Need
from warehouse_app.operations.claiming import Holder
from warehouse_app.operations.import_locations import import_locations
from warehouse_app.operations.keeping import waiting_for_books
from warehouse_app.operations.orders import list_orders
from warehouse_app.operations.packing import claim_order
from warehouse_app.operations.reserving import reserve_open_orders
from warehouse_app.operations.sample import build_sample_warehouse, import_sample_orders, sample_today
from warehouse_app.operations.waves import WaveRequest, release_waves
from warehouse_app.station.bench import Answer, Bench
from warehouse_app.station.file import StationFile
from warehouse_app.station.link import Link
from warehouse_app.station.replica import Replica

FACTS = 20_000
ORDERS = 140
"""Orders of the sample's week whose units, scanned one by one, are well above that many facts."""

MORE_TOTES = 1_000
"""All orders lie picked at the same time, which the sample's own totes are too few for."""

BENCHES = 6
PICKER, PACKER = "W-05", "W-07"
YEAR = 2011
"""Tells the century of dates in scans, of which the sample has none."""


class PackingBench:
    """A bench that packs order after order, every unit by its own scan, and never waits for the bookkeeper."""

    def __init__(self, folder: Path, database: Database) -> None:
        self.file = StationFile(folder, folder.name)
        replica = Replica(self.file)
        self.link = Link(self.file, database, replica)
        self.link.connect()
        self.bench = Bench(self.file, "pack", lambda: datetime.now(UTC), replica)
        self.bench.sign_on(PACKER)
        self._database = database

    def pack(self, order_no: str) -> Iterator[Answer]:
        """Claim an order and pack it; an answer a scan. Nothing happens for an order that cannot be claimed."""
        try:
            need = Need(ScanKind.ORDER, order_no)
            packet = self._database.write(claim_order, Holder(self.file.station, PACKER), need)
        except WarehouseError:
            return
        yield self.bench.begin(packet, order_code(order_no))
        while not self.bench.idle:
            # A typed quantity would make one fact of many units.
            scans = [one for one in self.bench.expected() if one.kind != "quantity"]
            yield self.bench.scan(self._unit_of(scans[0]))
        self.bench.finish()

    def _unit_of(self, expected: Expected) -> str:
        """The scan text; of a product its SKU, which stands for one unit where a case code stands for many."""
        found = self.bench.session.catalogue.find(parse_scan(expected.scan_text, year=YEAR))
        return found.card.sku if found else expected.scan_text

    def pack_all(self, orders: Iterator[str]) -> Iterator[Answer]:
        """Pack one order after the other; other benches may take from the same orders."""
        for order_no in orders:
            yield from self.pack(order_no)

    def close(self) -> None:
        """Close the station; what is not posted stays in its journal."""
        self.link.close()
        self.file.close()


def prepare_backlog(context: Context) -> int:
    """A fresh sample in which 20,000 packing facts wait for the bookkeeper; gives how many wait."""
    database = context.fresh_sample_database()
    build_sample_warehouse(database, lambda _what: None)
    totes = "".join(f"T-X{number:04},tote\n" for number in range(MORE_TOTES))
    import_locations(database, io.BytesIO(f"location,kind\n{totes}".encode()))
    today = sample_today(datetime.now(UTC))
    import_sample_orders(database, context.readers, today=today, limit=ORDERS, only_last_day=False)
    reserve_open_orders(database)
    release_waves(database, WaveRequest())
    picking = DemoStation(context.home / "stations", "PICK-01", database, Tally())
    _hurry(picking.file)
    picking.work("pick", PICKER)
    picking.close()
    _pack(context, database)
    return waiting_for_books(database)


def _pack(context: Context, database: Database) -> None:
    """Several benches side by side, so that neighbouring facts belong to different orders, as in the hall."""
    benches = [PackingBench(context.home / "stations" / f"PACK-{number:02}", database) for number in range(BENCHES)]
    for packing in benches:
        _hurry(packing.file)
    orders = iter(orders_to_pack(database))
    work = [packing.pack_all(orders) for packing in benches]
    for answers in zip_longest(*work):
        if not any(answers) or sum(packing.bench.journal.last_sequence for packing in benches) >= FACTS:
            break
    for packing in benches:
        packing.link.post()
        packing.close()


def orders_to_pack(database: Database) -> list[str]:
    """Orders that wait for a bench."""
    return [order.order for order in database.read(list_orders) if order.state == "picked"]


def _hurry(file: StationFile) -> None:
    """The backlog is only the measurement's material: it need not survive a power cut."""
    file.connection.execute("PRAGMA synchronous=OFF")
