"""The station's copy of the reference data follows the shared database, also where that was restored."""

import io
import json
from collections.abc import Callable
from dataclasses import asdict, fields
from datetime import timedelta
from pathlib import Path

import pytest

from tests.databases import Maker
from tests.station.benches import Station
from tests.warehouse import TinyWarehouse
from warehouse_app.domain.catalogue import Barcode, ProductCard
from warehouse_app.domain.facts.picking import ToteOpened
from warehouse_app.domain.scan import parse_scan
from warehouse_app.operations.import_products import import_products
from warehouse_app.operations.reference import Worker
from warehouse_app.station.feed import PAGE_ROWS, FeedReader
from warehouse_app.station.file import StationFile
from warehouse_app.station.replica import Replica
from warehouse_app.store.database import Database
from warehouse_app.store.engine import open_database
from warehouse_app.store.feed import prune_feed, rows_after
from warehouse_app.store.listening import Listener

HEADER = "sku,name,barcode,stocked\n"


def bring(database: Database, *rows: str) -> None:
    """Import products: SKU, name, barcode, whether it is stocked."""
    import_products(database, io.BytesIO((HEADER + "\n".join(rows) + "\n").encode()))


def named(station: Station, scan_text: str) -> str:
    """The name of the product that a scan means at the station, empty when it knows none."""
    return name_in(station.replica, scan_text)


def name_in(replica: Replica, scan_text: str) -> str:
    found = replica.catalogue.find(parse_scan(scan_text, year=2026))
    return found.card.name if found else ""


def follow(feed: FeedReader) -> int:
    """Bring the copy up to date; gives how many rows came."""
    came = [0]
    feed.look()
    while not feed.copy_reference(lambda done, _: came.append(done)):
        feed.look()
    return came[-1]


def test_only_what_changed_is_copied_again(database: Database, tmp_path: Path) -> None:
    TinyWarehouse(database)
    bring(database, *(f"P{number},Product {number},B{number},yes" for number in range(100)))
    station = Station(tmp_path / "S1", database)
    assert named(station, "b7") == "Product 7"

    bring(database, "P7,Lucky seven,B7,yes", "P8,Product 8,B8,no", "P200,New,B200,yes")

    assert follow(station.link.feed) == 4  # Three products and a code.
    assert [named(station, code) for code in ("B7", "p8", "B200", "p9")] == ["Lucky seven", "", "New", "Product 9"]
    assert follow(station.link.feed) == 0
    station.close()


def test_first_copy_goes_on_where_it_was_broken_off(database: Database, tmp_path: Path) -> None:
    TinyWarehouse(database)
    bring(database, *(f"P{number:05},Product {number},B{number},yes" for number in range(3 * PAGE_ROWS)))
    file = StationFile(tmp_path)
    replica = Replica(file)
    broken_off = FeedReader(file, database, replica)
    broken_off.look()
    assert not broken_off.copy_reference(pages=2)
    broken_off.copy_products(["P01499"])
    work_at_hand = name_in(replica, "B1499"), name_in(replica, "B1498")
    broken_off.close()

    feed = FeedReader(file, database, replica)
    came = follow(feed)

    everything = 3 * PAGE_ROWS * 2
    assert work_at_hand == ("Product 1499", "")
    assert everything - 2 * PAGE_ROWS <= came < everything - PAGE_ROWS
    assert feed.complete
    assert (name_in(replica, "B0"), name_in(replica, "B1499")) == ("Product 0", "Product 1499")
    feed.close()
    replica.close()
    file.close()


def test_database_that_went_back_in_time_is_copied_anew(
    maker: Maker, make_url: Callable[[str], str], tmp_path: Path
) -> None:
    """As after a restore of the server's own files, where nothing of ours runs to say that it happened."""
    url = make_url("migrated")
    database = Database(open_database(url))
    TinyWarehouse(database)
    kept = maker.copy(url, tmp_path)
    station = Station(tmp_path / "S1", database)
    bring(database, "LOST,Lost,B1,yes", "CUP,Mug,B2,yes")
    follow(station.link.feed)
    assert (named(station, "LOST"), named(station, "CUP")) == ("Lost", "Mug")

    database.close()
    maker.replace(url, kept)
    for number in range(5):
        # The new history gets as far as the old one was, and further.
        bring(database, f"NEW{number},New {number},C{number},yes")
    follow(station.link.feed)

    assert (named(station, "LOST"), named(station, "B1"), named(station, "CUP")) == ("", "", "Tea cup")
    assert named(station, "C4") == "New 4"
    station.close()
    database.close()
    maker.drop(kept)


def test_station_that_was_away_longer_than_the_feed_is_kept_begins_anew(database: Database, tmp_path: Path) -> None:
    house = TinyWarehouse(database)
    Station(tmp_path / "S1", database).close()
    bring(database, "P1,One,B1,yes")
    bring(database, "P2,Two,B2,yes")
    now = database.clock() + timedelta(days=8)
    database.clock = lambda: now

    while database.write(prune_feed):
        pass
    station = Station(tmp_path / "S1", house.database)

    assert (named(station, "B1"), named(station, "B2"), named(station, "CUP")) == ("One", "Two", "Tea cup")
    station.close()


@pytest.mark.on("postgresql")
def test_decisions_wake_the_stations_and_facts_do_not(database: Database) -> None:
    house = TinyWarehouse(database)
    listener = Listener(database)
    assert not listener.wait(0.0)

    bring(database, "P1,One,B1,yes")
    woken = listener.wait(5.0)
    list_no = house.release("1001", "CUP", 1)
    while listener.wait(0.2):
        pass
    house.happen("09:00", "W-03", [ToteOpened(list_no, "1001", "T-0001")], work=f"pick:{list_no}")

    assert woken
    assert database.read(rows_after, 0)[-1].entity == "order"
    assert not listener.wait(0.2)
    listener.close()


def test_copy_of_the_first_release_is_used_without_the_database(tmp_path: Path) -> None:
    file = StationFile(tmp_path, "S1")
    cup, code = ProductCard("CUP", "Cup", scan_each=True), Barcode("4006381333931", "CUP", 1)
    content = {
        "identity": "i", "version": 3, "storage": ["A01"],
        "products": [list(asdict(cup).values())],
        "barcodes": [list(asdict(code).values())],
        "workers": [["W-03", "Ana", "W-03", "worker"]],
        "columns": {kind.__name__: [one.name for one in fields(kind)] for kind in (ProductCard, Barcode, Worker)},
    }  # fmt: skip
    with file.transaction():
        file.connection.execute("INSERT INTO reference VALUES ('rows', 3, ?)", (json.dumps(content),))

    replica = Replica(file)

    found = replica.catalogue.find(parse_scan("4006381333931", year=2026))
    assert found is not None
    assert found.card == ProductCard("CUP", "Cup", scan_each=True)
    assert replica.worker_of("w-03") == Worker("W-03", "Ana", "W-03", "worker")
    assert ("A01" in replica.storage, "A02" in replica.storage) == (True, False)
    replica.close()
    file.close()
