"""Customers whose orders come before others of the same promise."""

from collections.abc import Sequence

from sqlalchemy import select

from warehouse_app.domain.csv_table import CsvRow
from warehouse_app.operations.import_reference import store_reference
from warehouse_app.operations.importing import Entry, ImportResult, Kind, Progress, Source, import_rows
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction

HIGHEST_TIER = 1_000
_ENDED = ("shipped", "cancelled")


def import_customers(database: Database, source: Source, progress: Progress | None = None) -> ImportResult:
    """Add and update customers with their tiers; orders that have not ended take them over. Raises BadFile."""
    kind = Kind(("customer", "tier"), _customer, lambda values: values["customer"], "customer")
    return import_rows(database, source, kind, _store, progress)


def read_tiers(tx: Transaction) -> dict[str, int]:
    """The tiers of all customers that have another one than everybody."""
    table = tables.customer
    return {row["customer"]: row["tier"] for row in tx.rows(select(table).where(table.c.tier != 0))}


def _customer(row: CsvRow) -> dict[str, object]:
    return {
        "customer": row.code("customer"),
        "name": row.text("name", ""),
        "tier": row.whole("tier", most=HIGHEST_TIER),
    }


def _store(tx: Transaction, batch: Sequence[Entry[dict[str, object]]]) -> ImportResult:
    result = store_reference(tx, batch, tables.customer)
    tiers = {entry.values["customer"]: entry.values["tier"] for entry in batch}
    order = tables.fulfilment_order
    query = select(order.c.order_no, order.c.customer, order.c.tier).where(tx.mine(order), order.c.state.not_in(_ENDED))
    rows = tx.connection.execute(query.where(tx.one_of(order.c.customer, list(tiers)))).all()
    changed = [(order_no, tiers[customer]) for order_no, customer, tier in rows if tiers[customer] != tier]
    tx.change_tuples(order, ("order_no", "tier"), changed)
    return result
