import io
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from tests.warehouse import LOCATIONS, ORDER_HEADER
from warehouse_app.channels.readers import READERS
from warehouse_app.domain.errors import NotFound
from warehouse_app.operations.holds import add_hold, remove_hold
from warehouse_app.operations.import_locations import import_locations
from warehouse_app.operations.import_orders import import_orders
from warehouse_app.operations.import_products import import_products
from warehouse_app.operations.import_stock import import_stock
from warehouse_app.operations.reserving import reserve_open_orders
from warehouse_app.operations.sample import build_sample_warehouse
from warehouse_app.operations.stock import explain, stock_now
from warehouse_app.operations.warehouses import ensure_warehouse
from warehouse_app.operations.waves import WaveRequest, release_waves
from warehouse_app.store import tables
from warehouse_app.store.database import Database

STOCK = """sku,location,quantity,lot,expires_on
TEA,A01,5,OLD,2026-03-01
TEA,A02,5,LAST,2026-03-02
TEA,B01,5,NEW,2026-09-01
"""


@pytest.fixture
def house(database: Database) -> Database:
    """Tea of three lots: one expired yesterday, one has its last day today."""
    database.clock = lambda: datetime(2026, 3, 2, 12, tzinfo=UTC)
    database.write(ensure_warehouse)
    import_locations(database, io.BytesIO(LOCATIONS.encode()))
    import_products(database, io.BytesIO(b"sku,name,lot_rule\nTEA,Tea,lot_expiry\n"))
    import_stock(database, io.BytesIO(STOCK.encode()))
    return database


def order(house: Database, order_no: str, quantity: int) -> None:
    row = f"{order_no},1,2026-03-02T07:00:00Z,standard,TEA,{quantity},Ann,1 Lane,Leeds,GB\n"
    import_orders(house, "csv", "shop", [io.BytesIO((ORDER_HEADER + row).encode())], readers=READERS)


def available(house: Database) -> dict[str, int]:
    return {row.lot: row.available for row in house.read(stock_now, "tea")}


def test_lot_past_its_last_day_is_never_promised(house: Database) -> None:
    order(house, "1", 11)
    order(house, "2", 10)

    done = reserve_open_orders(house)
    release_waves(house, WaveRequest())

    taken = house.read(lambda tx: tx.rows(select(tables.allocation).order_by(tables.allocation.c.lot)))
    assert (done.reserved, done.short) == (1, 1)
    assert [(row["order_no"], row["lot"], row["quantity"]) for row in taken] == [("2", "LAST", 5), ("2", "NEW", 5)]


def test_stock_that_is_held_or_expired_is_not_available(house: Database) -> None:
    before = available(house)

    house.write(add_hold, lot="NEW", reason="recall", worker="")
    held = available(house)
    house.write(remove_hold, lot="NEW", worker="")

    assert before == {"OLD": 0, "LAST": 5, "NEW": 5}
    assert held == {"OLD": 0, "LAST": 5, "NEW": 0}
    assert available(house) == before


def test_place_that_does_not_exist_cannot_be_explained(house: Database) -> None:
    with pytest.raises(NotFound):
        house.read(explain, "TEA", "A99")


def test_no_lot_of_the_sample_has_expired(database: Database) -> None:
    build_sample_warehouse(database, lambda _step: None)

    first = database.read(lambda tx: tx.value(select(func.min(tables.lot.c.expires_on))))

    assert first > datetime.now(UTC).date()
