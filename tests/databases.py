"""Databases for tests on either engine: each a copy of a template that is migrated (and filled) once."""

import json
import shutil
import tempfile
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Protocol

import psycopg
import pysqlite3
from sqlalchemy import select

from tools.postgres import PostgresServer
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
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction
from warehouse_app.store.engine import database_url, open_database
from warehouse_app.store.migrate import upgrade

ENGINES = ("sqlite", "postgresql")


def migrate(database: Database) -> None:
    """All tables and no warehouse yet."""
    upgrade(database.engine)


def fill_sample(database: Database) -> None:
    """The sample warehouse with stock on its shelves and the week's orders imported, nothing reserved yet."""
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


def stock_sample(database: Database) -> None:
    """The sample warehouse with stock on its shelves, no orders, and no delivery still to come."""
    build_sample_warehouse(database, lambda _step: None)
    database.write(_close_purchase_orders)


def _close_purchase_orders(tx: Transaction) -> None:
    order = tables.purchase_order
    names = [row["po_no"] for row in tx.rows(select(order).where(tx.mine(order)))]
    tx.change(order, [{"po_no": name, "state": "closed"} for name in names])


def release_four_orders(database: Database) -> None:
    """The sample warehouse with four orders, reserved and released to the floor."""
    release_orders(database, 4)


def release_orders(database: Database, count: int) -> None:
    """The sample warehouse with so many orders, reserved and released to the floor."""
    build_sample_warehouse(database, lambda _step: None)
    today = sample_today(datetime.now(UTC))
    import_sample_orders(database, READERS, today=today, limit=count, only_last_day=False)
    reserve_open_orders(database)
    release_waves(database, WaveRequest())


def pick_everything(database: Database) -> None:
    """What was released is picked into totes by a station."""
    with tempfile.TemporaryDirectory() as folder:
        station = DemoStation(Path(folder), "PICKING", database, Tally())
        station.work("pick", "W-05")
        station.close()


EMPTY = "empty"
TEMPLATES: dict[str, tuple[str, Callable[[Database], None]]] = {
    "migrated": (EMPTY, migrate),
    "sample": ("migrated", fill_sample),
    "stocked": ("migrated", stock_sample),
    "released": ("migrated", release_four_orders),
    "picked": ("released", pick_everything),
}
"""What each is built from, and how; `empty` has not even tables."""


class Maker(Protocol):
    """Makes databases of one engine."""

    def make(self, template: str, folder: Path) -> str:
        """A fresh copy of this template, by its URL; a file lies in this folder."""

    def copy(self, url: str, folder: Path) -> str:
        """A database with all that this one holds now, as a backup brings it back."""

    def replace(self, url: str, by: str) -> None:
        """Put a copy of another database in the place of this one, whoever is using it."""

    def drop(self, url: str) -> None:
        """Nobody needs this database any more."""


class FileMaker:
    """SQLite files, copied from files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def template(self, name: str) -> Path:
        """The file of a template, which is built when it is first asked for."""
        path = self._folder / name / "warehouse.db"
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            base, build = TEMPLATES[name]
            building = path.with_name("building.db")
            if base != EMPTY:
                shutil.copy(self.template(base), building)
            _build(str(building), build)
            building.rename(path)
        return path

    def make(self, template: str, folder: Path) -> str:
        path = _free(folder)
        if template != EMPTY:
            shutil.copy(self.template(template), path)
        return str(path)

    def copy(self, url: str, folder: Path) -> str:
        path = _free(folder)
        with closing(pysqlite3.connect(_file(url))) as connection:
            connection.execute("VACUUM INTO ?", (str(path),))
        return str(path)

    def replace(self, url: str, by: str) -> None:
        for suffix in ("-wal", "-shm"):
            Path(_file(url) + suffix).unlink(missing_ok=True)
        shutil.copy(_file(by), _file(url))

    def drop(self, url: str) -> None:
        """The test's folder goes as a whole."""


class ServerMaker:
    """Databases on a PostgreSQL server, which copies them itself."""

    def __init__(self, server: PostgresServer) -> None:
        self.server = server
        self._numbers = count(1)
        self._built: set[str] = set()

    def make(self, template: str, folder: Path) -> str:
        del folder
        return self._make_from(self._template(template))

    def copy(self, url: str, folder: Path) -> str:
        del folder
        self._disconnect_all(url)
        return self._make_from(_name(url))

    def replace(self, url: str, by: str) -> None:
        self.drop(url)
        self._disconnect_all(by)
        self._create(_name(url), _name(by))

    def drop(self, url: str) -> None:
        self._run(f'DROP DATABASE IF EXISTS "{_name(url)}" WITH (FORCE)')

    def _make_from(self, template: str) -> str:
        name = f"test_{next(self._numbers)}"
        self._create(name, template)
        return self.server.url(name)

    def _disconnect_all(self, url: str) -> None:
        self._run("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = %s", _name(url))

    def _template(self, name: str) -> str:
        if name == EMPTY:
            return "template0"
        if name not in self._built:
            base, build = TEMPLATES[name]
            self._create(name, self._template(base))
            _build(self.server.url(name), build)
            self._built.add(name)
        return name

    def _create(self, name: str, template: str) -> None:
        # Copying files is three times as fast here as the default, which writes every page to the log.
        self._run(f'CREATE DATABASE "{name}" TEMPLATE "{template}" STRATEGY file_copy')

    def _run(self, statement: str, *values: str) -> None:
        with psycopg.connect(self.server.url(), autocommit=True) as connection:
            connection.execute(statement.encode(), values or None)


def _file(url: str) -> str:
    return str(database_url(url).database)


def _name(url: str) -> str:
    return str(database_url(url).database)


def _free(folder: Path) -> Path:
    numbered = (folder / f"warehouse{number or ''}.db" for number in count())
    return next(path for path in numbered if not path.exists())


def _build(url: str, build: Callable[[Database], None]) -> None:
    database = Database(open_database(url))
    build(database)
    database.close()
