"""A database from before values were kept: what lies in its house is worth what its products cost."""

from collections.abc import Callable

from alembic import command
from sqlalchemy import Engine, text

from warehouse_app.books.verify import verify
from warehouse_app.store.database import Database
from warehouse_app.store.engine import open_database
from warehouse_app.store.migrate import alembic_config, upgrade

BEFORE = """
INSERT INTO warehouse (warehouse_id, currency, move_no, last_recorded_at) VALUES ('WH1', 'GBP', 3, :now);
INSERT INTO location (warehouse_id, location, kind, physical, sellable) VALUES
  ('WH1', 'A01', 'storage', true, true), ('WH1', 'A02', 'storage', true, true),
  ('WH1', 'SUPPLIER', 'virtual', false, false);
INSERT INTO product (sku, unit_cost, currency, lot_rule, serial_rule) VALUES
  ('CUP', 1500000, 'GBP', 'none', 'none'), ('POT', 1500000, 'USD', 'none', 'none');
INSERT INTO move (warehouse_id, move_no, sku, quantity, from_location, to_location, happened_at, recorded_at) VALUES
  ('WH1', 1, 'CUP', 4, 'SUPPLIER', 'A01', :now, :now), ('WH1', 2, 'CUP', 6, 'SUPPLIER', 'A02', :now, :now),
  ('WH1', 3, 'POT', 2, 'SUPPLIER', 'A01', :now, :now);
INSERT INTO balance (warehouse_id, location, sku, owner, lot, on_hand, physical) VALUES
  ('WH1', 'A01', 'CUP', '', '', 4, true), ('WH1', 'A02', 'CUP', '', '', 6, true),
  ('WH1', 'SUPPLIER', 'CUP', '', '', -10, false),
  ('WH1', 'A01', 'POT', '', '', 2, true), ('WH1', 'SUPPLIER', 'POT', '', '', -2, false);
INSERT INTO product_stock (warehouse_id, sku, owner, sellable) VALUES ('WH1', 'CUP', '', 10), ('WH1', 'POT', '', 2);
INSERT INTO purchase_line (warehouse_id, po_no, line_no, ordered, unit_cost, currency) VALUES
  ('WH1', 'PO-1', 1, 5, 70, 'GBP'), ('WH1', 'PO-1', 2, 5, 70, 'USD'), ('WH1', 'PO-1', 3, 5, 0, 'GBP');
"""
NOW = "2026-03-02T08:00:00.000000+00:00"


def before_values_were_kept(url: str) -> Engine:
    engine = open_database(url)
    with engine.begin() as connection:
        config = alembic_config()
        config.attributes["connection"] = connection
        command.upgrade(config, "2026_11_22_stock_snapshots")
        for statement in BEFORE.strip().split(";\n"):
            connection.execute(text(statement.rstrip(";").replace(":now", f"'{NOW}'")))
    return engine


def test_what_lies_in_the_house_is_worth_what_its_products_cost(make_url: Callable[[str], str]) -> None:
    engine = before_values_were_kept(make_url("empty"))

    upgrade(engine)

    with engine.begin() as connection:
        worth = connection.execute(text("SELECT sku, quantity, value FROM product_cost ORDER BY sku")).all()
        entered = connection.execute(text("SELECT cost_no, kind, sku, value FROM cost_entry ORDER BY cost_no")).all()
        costs = connection.execute(text("SELECT house_unit_cost FROM purchase_line ORDER BY line_no")).scalars().all()
    assert worth == [("CUP", 10, 15_000_000), ("POT", 2, 0)]
    assert entered == [(1, "opening", "CUP", 15_000_000), (2, "opening", "POT", 0)]
    assert costs == [70, None, None]
    assert Database(engine).read(verify).differences == ()
    engine.dispose()
