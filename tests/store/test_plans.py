"""What a PostgreSQL server plans, it keeps; and it plans with the size that tables really have."""

import io

import pytest
from sqlalchemy import select

from tests.warehouse import ORDER_HEADER, TinyWarehouse
from warehouse_app.channels.readers import READERS
from warehouse_app.domain.errors import NoWarehouse
from warehouse_app.operations.import_orders import LOOK_AFTER_LINES, import_orders
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

    assert (size_seen(database, "warehouse"), size_seen(database, "fulfilment_order")) == (1, -1)


def size_seen(database: Database, table: str) -> int:
    """How many rows the server takes this table to have; -1 when it has never looked."""
    query = "SELECT reltuples FROM pg_class WHERE oid = CAST(%s AS regclass)"
    return int(database.read(lambda tx: tx.connection.exec_driver_sql(query, (table,)).scalar_one()))


def test_tables_are_looked_at_while_a_large_file_of_orders_comes_in(database: Database) -> None:
    TinyWarehouse(database)
    lines = range(LOOK_AFTER_LINES + 1_000)
    rows = (f"L{one // 20},{one % 20 + 1},2026-03-02T07:00:00Z,standard,CUP,1,Ann,1 Lane,Leeds,GB\n" for one in lines)
    file = io.BytesIO((ORDER_HEADER + "".join(rows)).encode())

    done = import_orders(database, "csv", "shop", [file], readers=READERS)

    assert done.lines == len(lines)
    assert size_seen(database, "channel_order_line") > LOOK_AFTER_LINES // 2
