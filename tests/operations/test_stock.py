import io
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select

from tests.warehouse import LOCATIONS, ORDER_HEADER, TinyWarehouse
from warehouse_app.channels.readers import READERS
from warehouse_app.domain.errors import BadFile, NotFound
from warehouse_app.domain.facts import PutAway
from warehouse_app.operations import stock
from warehouse_app.operations.holds import add_hold, remove_hold
from warehouse_app.operations.import_locations import import_locations
from warehouse_app.operations.import_orders import import_orders
from warehouse_app.operations.import_products import import_products
from warehouse_app.operations.import_stock import import_stock
from warehouse_app.operations.on_hand import on_hand, stock_of_file
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


def moved_to(moves: Sequence[Mapping[str, Any]], place: str) -> int:
    """What these moves leave at a place."""
    return sum(move["quantity"] * ((move["to_location"] == place) - (move["from_location"] == place)) for move in moves)


@pytest.mark.parametrize(("listed", "looked_at"), [(2, 100), (100, 3)])
def test_of_many_moves_the_newest_explain_a_number_and_the_rest_is_brought_forward(
    database: Database, monkeypatch: pytest.MonkeyPatch, listed: int, looked_at: int
) -> None:
    tiny = TinyWarehouse(database)
    tiny.happen("09:00", "W-03", [PutAway("", "CUP", "", 1, "A01", "A02")] * 5)
    everything = database.read(explain, "CUP", None)
    monkeypatch.setattr(stock, "MOVES_LISTED", listed)
    monkeypatch.setattr(stock, "MOVES_LOOKED_AT", looked_at)

    found = database.read(explain, "cup", None)
    here = database.read(explain, "cup", "A02")

    assert (everything.earlier, found.earlier, here.earlier) == (False, True, True)
    assert [move["cause_kind"] for move in found.moves if move["cause_kind"] != "put_away"] == ["brought_forward"] * 4
    assert found.moves[-1] == everything.moves[-1]
    for place in ("A01", "A02", "B01", "LOSS", "SUPPLIER"):
        assert moved_to(found.moves, place) == moved_to(everything.moves, place)
    assert moved_to(here.moves, "A02") == here.on_hand == 9
    assert database.read(explain, "cup", None, every_move=True) == everything


def test_many_cells_are_answered_at_once_in_the_order_of_the_question(database: Database) -> None:
    TinyWarehouse(database)
    question = io.BytesIO(b"sku,location\npot,C01\nCUP,A02\ncup,C01\nPOT,C01\nCUP,NOWHERE\n")

    found = stock_of_file(database, question)

    answered = [(cell.sku, cell.location, cell.on_hand) for cell in found]
    assert answered == [
        ("POT", "C01", 6),
        ("CUP", "A02", 4),
        ("CUP", "C01", 0),
        ("POT", "C01", 6),
        ("CUP", "NOWHERE", 0),
    ]
    assert database.read(on_hand, []) == []


def test_cell_of_an_unknown_product_is_refused_with_its_row(database: Database) -> None:
    TinyWarehouse(database)

    with pytest.raises(BadFile, match="row 3, sku: No product has the SKU PAN"):
        stock_of_file(database, io.BytesIO(b"sku,location\nCUP,A01\nPAN,A01\n"))
