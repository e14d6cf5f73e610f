"""A benchmark is worth its figure only if what it measures was done, and done right."""

from warehouse_app.cli.benchmarks.promises import promise_sale
from warehouse_app.cli.benchmarks.sale import Sale, require_nothing_oversold
from warehouse_app.operations.orders import list_orders
from warehouse_app.store.database import Database

SALE = Sale(orders=60, products=8, units=150, stock_share=0.5)


def test_a_sale_is_measured_with_every_order_looked_at_and_nothing_oversold(database: Database) -> None:
    (figure,) = promise_sale(database, SALE)

    assert figure.figure > 0
    assert f"of {SALE.orders} orders reserved" in figure.note
    assert all(order.state != "new" for order in database.read(list_orders))
    assert require_nothing_oversold(database) > 0
