"""However much is decided or happens at once, no transaction grows with it: others are let in between."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

import pytest

from tests.station.backlog import Backlog
from tests.warehouse import TinyWarehouse
from warehouse_app.books import campaigns, snapshots
from warehouse_app.channels.readers import READERS
from warehouse_app.cli.benchmarks.sale import Sale, prepare_shelves, take_orders
from warehouse_app.operations.campaigns import CampaignRequest, add_campaign, keep_campaigns
from warehouse_app.operations.keeping import book_once, seal_books
from warehouse_app.operations.periods import close_period
from warehouse_app.operations.reserving import reserve_open_orders
from warehouse_app.operations.waves import WaveRequest, release_waves
from warehouse_app.store.database import Database
from warehouse_app.store.held import Held

MOST_ROWS = 20_000
"""What can be written in 250 ms; much less is aimed at, but a fast machine may try more and more."""
SALE = Sale(orders=5_000, products=150, units=10_000)


def watched(database: Database) -> dict[str, list[Held]]:
    """By their job, the transactions from here on."""
    seen: dict[str, list[Held]] = defaultdict(list)
    database.watch = lambda held: seen[held.job].append(held)
    return seen


def test_many_orders_are_taken_reserved_and_released_in_many_transactions(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare_shelves(database, SALE)
    monkeypatch.setattr(campaigns, "AT_ONCE", 100)
    now = datetime.now(UTC)
    seen = watched(database)

    take_orders(database, SALE, READERS)
    reserve_open_orders(database)
    release_waves(database, WaveRequest())
    for number in range(SALE.products):
        asked = CampaignRequest("SALE", f"SKU-{number:05d}", 1, now + timedelta(hours=1), partly=True)
        database.write(add_campaign, asked, "")
    database.clock = lambda: now + timedelta(hours=2)
    keep_campaigns(database)

    assert max(held.rows for found in seen.values() for held in found) <= MOST_ROWS
    often = {name: len(found) for name, found in seen.items()}
    assert min(often["store_batch"], often["_reserve"], often["_allocate"]) >= 3
    assert often["start_and_end_due"] >= 2


def test_long_ledger_is_booked_sealed_and_kept_in_many_transactions(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    house = TinyWarehouse(database)
    Backlog(house, 3_000)
    monkeypatch.setattr(snapshots, "SNAPSHOT_MOVES", 500)
    seen = watched(database)

    book_once(database)
    seal_books(database)
    house.clock = "12:00"
    close_period(database, "morning", database.clock() - timedelta(hours=1), "W-01")

    assert max(held.rows for found in seen.values() for held in found) <= MOST_ROWS
    assert len(seen["_apply_batch"]) >= 3
    assert len(seen["_finish"]) >= 1
