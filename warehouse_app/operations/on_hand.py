"""What lies in thousands of cells, asked for at once: the answer to a program that keeps its own list of them."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import text

from warehouse_app.domain.csv_table import CsvTable
from warehouse_app.domain.errors import BadFile
from warehouse_app.domain.rejects import BadCell
from warehouse_app.operations.importing import Source, find_products, opened, product_named
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction

# Thousands of rows cost more on their way through the driver than they cost to find: two lists come instead.
# The order of the join is given: each cell is one look into the primary key, whatever the planner thinks of the list.
ON_SQLITE = text("""
    SELECT json_group_array(asked.key), json_group_array(balance.on_hand)
    FROM json_each(:cells) AS asked CROSS JOIN balance
    WHERE balance.warehouse_id = :warehouse_id AND balance.location = asked.value ->> 1
    AND balance.sku = asked.value ->> 0 AND balance.on_hand <> 0
""")
# OFFSET 0 keeps the planner from reading the whole table instead.
ON_POSTGRESQL = text("""
    SELECT array_agg(asked.place - 1), array_agg(found.on_hand)
    FROM unnest(CAST(:skus AS text[]), CAST(:locations AS text[])) WITH ORDINALITY AS asked (sku, location, place)
    CROSS JOIN LATERAL (
        SELECT on_hand FROM balance
        WHERE warehouse_id = :warehouse_id AND balance.location = asked.location AND balance.sku = asked.sku OFFSET 0
    ) AS found
    WHERE found.on_hand <> 0
""")

BALANCE = tables.balance.c

Cell = tuple[str, str]
"""SKU and location, spelled as the books do."""


@dataclass(frozen=True, slots=True)
class CellStock:
    """What lies in a cell."""

    sku: str
    location: str
    on_hand: int


def stock_of_file(database: Database, source: Source) -> tuple[CellStock, ...]:
    """What lies in each cell of a CSV file (sku, location), in its order. Raises BadFile, also for a bad row."""
    with opened(source) as (stream, name):
        table = CsvTable(stream, name, ("sku", "location"))
        rows = []
        for row in table:
            try:
                row.check()
                rows.append((row.number, row.code("sku"), row.code("location")))
            except BadCell as error:
                raise _bad(name, row.number, error) from error
    return database.read(_stock_of, name, rows)


def _stock_of(tx: Transaction, name: str, rows: Sequence[tuple[int, str, str]]) -> tuple[CellStock, ...]:
    products = find_products(tx, (sku for _, sku, _ in rows))
    cells = []
    for number, sku, location in rows:
        try:
            cells.append((str(product_named(products, sku)["sku"]), location))
        except BadCell as error:
            raise _bad(name, number, error) from error
    return tuple(CellStock(*cell, units) for cell, units in zip(cells, on_hand(tx, cells), strict=True))


def _bad(name: str, row: int, error: BadCell) -> BadFile:
    return BadFile(file=name, reason=f"row {row}, {error.field}: {error.reason}")


def on_hand(tx: Transaction, cells: Sequence[Cell]) -> list[int]:
    """The units that lie in each of these cells, lots and owners together; none where the books know of nothing."""
    # In the order of the primary key neighbours are read together. One text a cell is sorted faster than a pair.
    keys = [f"{location}\0{sku}" for sku, location in cells]
    order = sorted(range(len(cells)), key=keys.__getitem__)
    found = [0] * len(cells)
    for place, units in _found(tx, [cells[place] for place in order]):
        found[order[place]] += units
    return found


def _found(tx: Transaction, cells: Sequence[Cell]) -> Iterable[tuple[int, int]]:
    """The cell's place in the list, and what a row of the books has there; a cell may have several rows, or none."""
    mine = {"warehouse_id": tx.warehouse_id}
    if tx.connection.dialect.name == "sqlite":
        found = tx.connection.execute(ON_SQLITE, mine | {"cells": json.dumps(cells)}).one()
        places, units = map(json.loads, found)
    else:
        skus, locations = [sku for sku, _ in cells], [location for _, location in cells]
        asked = {"skus": tx.listed(BALANCE.sku, skus), "locations": tx.listed(BALANCE.location, locations)}
        places, units = tx.connection.execute(ON_POSTGRESQL, mine | asked).one()
    return zip(places or (), units or (), strict=True)
