"""Rows of a batch are written as they stand, also when they are written more than once."""

import pytest
from sqlalchemy import select

from tests.warehouse import TinyWarehouse
from warehouse_app.books.rows import LocationRow
from warehouse_app.books.rowset import RowSet
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction


@pytest.fixture
def house(database: Database) -> Database:
    return TinyWarehouse(database).database


def place(name: str, *, sellable: bool = True) -> LocationRow:
    return LocationRow(name, "carton", physical=True, sellable=sellable, pickable=False)


def places_in(house: Database) -> dict[str, bool]:
    rows = house.read(lambda tx: tx.rows(select(tables.location).where(tables.location.c.kind == "carton")))
    return {row["location"]: row["sellable"] for row in rows}


def test_what_was_written_is_written_again_only_where_it_changed(house: Database) -> None:
    rows = RowSet(LocationRow, tables.location)

    def write(tx: Transaction) -> list[int]:
        rows.add(place("C-1"))
        rows.add(place("C-2"))
        rows.add(place("C-3"))
        counts = [len(rows.write(tx))]
        rows["C-2"].sellable = False
        rows.remove(rows["C-3"])
        rows.add(place("C-4"))
        return [*counts, len(rows.write(tx)), len(rows.write(tx))]

    counts = house.write(write)

    assert counts == [3, 3, 0]
    assert places_in(house) == {"C-1": True, "C-2": False, "C-4": True}


def test_row_that_was_removed_and_written_can_come_back(house: Database) -> None:
    house.write(write_one, "C-1")

    def come_back(tx: Transaction) -> None:
        rows = RowSet(LocationRow, tables.location)
        rows.load(tx, "location", ["C-1"])
        rows.remove(rows["C-1"])
        rows.write(tx)
        rows.add(place("C-1", sellable=False))
        rows.write(tx)

    house.write(come_back)

    assert places_in(house) == {"C-1": False}


def write_one(tx: Transaction, name: str) -> None:
    rows = RowSet(LocationRow, tables.location)
    rows.add(place(name))
    rows.write(tx)
