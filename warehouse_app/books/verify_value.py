"""Proves what stock is worth: from its cost entries, and by the units that lie in the house."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, func, select

from warehouse_app.store import tables
from warehouse_app.store.database import Transaction

Sums = dict[tuple[str, str], int]
Found = tuple[str, str, int, int]
"""What differs, where, what is booked and what is proven."""


def value_differences(tx: Transaction, in_house: Sums) -> Iterator[Found]:
    """Every product whose units or value are not those of its cost entries, or whose units do not lie in the house.

    `in_house` has the units that do, by SKU and owner.
    """
    pool, entry = tables.product_cost, tables.cost_entry
    units, values = _sums(tx, select(pool.c.sku, pool.c.owner, pool.c.quantity, pool.c.value).where(tx.mine(pool)))
    # Grouped by an expression, for else SQLite would follow the index of products through the whole table.
    product = func.coalesce(entry.c.sku, "")
    totals = select(product, entry.c.owner, func.sum(entry.c.quantity), func.sum(entry.c.value))
    entered, worth = _sums(tx, totals.where(tx.mine(entry)).group_by(product, entry.c.owner))
    yield from _compared("units valued", units, in_house)
    yield from _compared("units of cost entries", entered, units)
    yield from _compared("value", values, worth)
    yield from _missing_entries(tx)


def _sums(tx: Transaction, query: Select[Any]) -> tuple[Sums, Sums]:
    units: Sums = {}
    values: Sums = {}
    for sku, owner, quantity, value in tx.connection.execute(query):
        units[sku, owner], values[sku, owner] = int(quantity), int(value)
    return units, values


def _compared(what: str, booked: Sums, proven: Sums) -> Iterator[Found]:
    for key in sorted(booked.keys() | proven.keys()):
        if booked.get(key, 0) != proven.get(key, 0):
            yield what, " / ".join(key), booked.get(key, 0), proven.get(key, 0)


def _missing_entries(tx: Transaction) -> Iterator[Found]:
    """Cost entries are numbered without gaps, from 1 to the last number that the books gave."""
    entry, counter = tables.cost_entry, tables.warehouse
    given = int(tx.value(select(counter.c.cost_no).where(tx.mine(counter))) or 0)
    count, last = func.count(), func.coalesce(func.max(entry.c.cost_no), 0)
    found = tx.connection.execute(select(count, last).select_from(entry).where(tx.mine(entry))).one()
    if (int(found[0]), int(found[1])) != (given, given):
        yield "cost entries", f"1 - {int(found[1])}", int(found[0]), given
