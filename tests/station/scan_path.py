"""A packing bench as a process of its own, which says how long each scan took: python -m tests.station.scan_path.

It claims all orders that wait, with its posting in a thread beside it as at any station. For each line of input, a
number, it packs so many of the orders in hand and prints a list of milliseconds from a scan's text to the answer with
its facts on disk.
"""

import json
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from warehouse_app.domain.packets import Packet
from warehouse_app.domain.scan import ScanKind, order_code, parse_scan
from warehouse_app.domain.session import Expected, Need
from warehouse_app.operations.claiming import Holder
from warehouse_app.operations.orders import list_orders
from warehouse_app.operations.packing import claim_order
from warehouse_app.station.bench import Bench
from warehouse_app.station.file import StationFile
from warehouse_app.station.link import Link
from warehouse_app.station.replica import Replica
from warehouse_app.station.sync import StationSync
from warehouse_app.store.database import Database
from warehouse_app.store.engine import open_database

PAUSE_S = 0.004
"""Between two scans: far faster than any hand, and time for the posting beside them."""

PACKER = "W-07"


def main() -> None:
    parser = ArgumentParser(description=__doc__)
    parser.add_argument("url")
    parser.add_argument("home", type=Path)
    asked = parser.parse_args()
    database = Database(open_database(asked.url))
    file = StationFile(asked.home, "PACK-99")
    replica = Replica(file)
    link = Link(file, database, replica)
    link.connect()
    bench = Bench(file, "pack", lambda: datetime.now(UTC), replica)
    bench.sign_on(PACKER)
    packets = _claim_all(database, file.station)
    with StationSync(bench, link) as sync:
        _say(len(packets))
        for line in sys.stdin:
            orders, packets = packets[: int(line)], packets[int(line) :]
            _say(list(_pack(bench, sync, orders)))
    link.close()
    file.close()


def _claim_all(database: Database, station: str) -> list[Packet]:
    picked = [order.order for order in database.read(list_orders) if order.state == "picked"]
    holder = Holder(station, PACKER)
    return [database.write(claim_order, holder, Need(ScanKind.ORDER, order_no)) for order_no in picked]


def _pack(bench: Bench, sync: StationSync, packets: list[Packet]) -> Iterator[float]:
    for packet in packets:
        bench.begin(packet, order_code(packet.work.partition(":")[2]))
        while not bench.idle:
            # A typed quantity would make one fact of many units.
            expected = next(one for one in bench.expected() if one.kind != "quantity")
            yield bench.scan(_unit_of(bench, expected)).ms
            sync.wake()
            time.sleep(PAUSE_S)
        bench.finish()


def _unit_of(bench: Bench, expected: Expected) -> str:
    """The scan text; of a product its SKU, which stands for one unit where a case code stands for many."""
    found = bench.session.catalogue.find(parse_scan(expected.scan_text, year=2011))
    return found.card.sku if found else expected.scan_text


def _say(value: object) -> None:
    sys.stdout.write(json.dumps(value) + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
