"""Databases for tests: each gets its own file, copied from one that was migrated (and filled) once."""

import json
import os
import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.processes import Premises
from warehouse_app.channels.readers import READERS
from warehouse_app.cli.day import DemoStation, Tally
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
from warehouse_app.operations.reserving import reserve_open_orders
from warehouse_app.operations.sample import build_sample_warehouse, import_sample_orders, sample_today
from warehouse_app.operations.warehouses import set_up_warehouse
from warehouse_app.operations.waves import WaveRequest, release_waves
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


@pytest.fixture(scope="session")
def released_file(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample warehouse with four orders, reserved and released to the floor."""
    path = tmp_path_factory.mktemp("released") / "warehouse.db"
    shutil.copy(migrated_file, path)
    database = Database(open_database(str(path)))
    build_sample_warehouse(database, lambda _step: None)
    today = sample_today(datetime.now(UTC))
    import_sample_orders(database, READERS, today=today, limit=4, only_last_day=False)
    reserve_open_orders(database)
    release_waves(database, WaveRequest())
    database.close()
    return path


@pytest.fixture(scope="session")
def picked_file(released_file: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same with everything picked into totes by a station."""
    folder = tmp_path_factory.mktemp("picked")
    shutil.copy(released_file, folder / "warehouse.db")
    database = Database(open_database(str(folder / "warehouse.db")))
    station = DemoStation(folder, "PICKING", database, Tally())
    station.work("pick", "W-05")
    station.close()
    database.close()
    return folder / "warehouse.db"


@pytest.fixture
def sample_premises(released_file: Path, tmp_path: Path) -> Premises:
    """The released sample for processes of our own program, with an empty station's folder."""
    shutil.copy(released_file, tmp_path / "shared.db")
    return Premises(tmp_path / "shared.db", tmp_path / "home")


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
