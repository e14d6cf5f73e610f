"""Databases for tests: each gets its own file, copied from one that was migrated (and filled) once."""

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from warehouse_app.channels.readers import READERS
from warehouse_app.operations.import_locations import import_locations
from warehouse_app.operations.import_orders import import_orders
from warehouse_app.operations.import_products import import_products
from warehouse_app.operations.import_purchase_orders import import_purchase_orders
from warehouse_app.operations.import_reference import (
    import_carton_types,
    import_services,
    import_suppliers,
    import_workers,
)
from warehouse_app.operations.import_stock import import_stock
from warehouse_app.operations.warehouses import set_up_warehouse
from warehouse_app.resources import resource_path
from warehouse_app.store.database import Database
from warehouse_app.store.engine import open_database
from warehouse_app.store.migrate import upgrade

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("migrated") / "warehouse.db"
    engine = open_database(str(path))
    upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def sample_file(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("sample") / "warehouse.db"
    shutil.copy(migrated_file, path)
    database = Database(open_database(str(path)))
    folder = resource_path("sample")
    set_up_warehouse(database, json.loads((folder / "warehouse.json").read_text(encoding="utf-8")))
    import_products(database, folder / "products.csv")
    import_locations(database, folder / "locations.csv")
    import_suppliers(database, folder / "suppliers.csv")
    import_workers(database, folder / "workers.csv")
    import_carton_types(database, folder / "cartons.csv")
    import_services(database, folder / "services.csv")
    import_stock(database, folder / "stock.csv")
    import_purchase_orders(database, folder / "purchase_orders.csv")
    import_orders(database, "csv", "shop", [folder / "orders.csv.gz"], readers=READERS)
    database.close()
    return path


@pytest.fixture
def database(migrated_file: Path, tmp_path: Path) -> Iterator[Database]:
    """An empty database with all tables and no warehouse yet."""
    yield from _copy(migrated_file, tmp_path)


@pytest.fixture
def sample_database(sample_file: Path, tmp_path: Path) -> Iterator[Database]:
    """The sample warehouse with stock on its shelves and the week's orders imported, nothing reserved yet."""
    yield from _copy(sample_file, tmp_path)


def _copy(template: Path, folder: Path) -> Iterator[Database]:
    path = folder / "warehouse.db"
    shutil.copy(template, path)
    database = Database(open_database(str(path)))
    yield database
    database.close()
