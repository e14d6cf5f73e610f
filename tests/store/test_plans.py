"""What a PostgreSQL server plans, it keeps; and it plans with the size that tables really have."""

import pytest
from sqlalchemy import select

from warehouse_app.domain.errors import NoWarehouse
from warehouse_app.operations.warehouses import ensure_warehouse
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction

pytestmark = pytest.mark.on("postgresql")


def prepared(tx: Transaction) -> int:
    return int(tx.connection.exec_driver_sql("SELECT count(*) FROM pg_prepared_statements").scalar_one())


def look_and_refuse(tx: Transaction) -> None:
    for _ in range(3):
        tx.rows(select(tables.warehouse))
    raise NoWarehouse


def test_refused_decision_leaves_the_statements_prepared(database: Database) -> None:
    with pytest.raises(NoWarehouse):
        database.write(look_and_refuse)

    assert database.read(prepared) > 0


def test_empty_tables_are_not_taken_for_ones_that_stay_empty(database: Database) -> None:
    database.write(ensure_warehouse)

    database.gather_statistics()

    seen = "SELECT relname, reltuples FROM pg_class WHERE relname IN ('warehouse', 'fulfilment_order')"
    sizes = dict(database.read(lambda tx: [(name, rows) for name, rows in tx.connection.exec_driver_sql(seen)]))
    assert (sizes["warehouse"], sizes["fulfilment_order"]) == (1, -1)
