"""The sample warehouse: real orders of one trading week, moved so that the week ends yesterday.

All other days are moved with them: those on which lots expire, and those on which purchase orders are due.
"""

import csv
import gzip
import io
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import func, select

from warehouse_app.domain.errors import WarehouseError
from warehouse_app.language import mark
from warehouse_app.operations.import_locations import import_locations
from warehouse_app.operations.import_orders import OrderImport, Readers, import_orders
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
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction

Say = Callable[[str], None]


class NotEmpty(WarehouseError):
    """The database holds a warehouse that is not the sample's."""

    message = mark(
        "This database already holds a warehouse that is in use. Choose another one with --database, for example"
        " --database sample.db"
    )


@dataclass(frozen=True, slots=True)
class SampleBuilt:
    """What the sample warehouse holds."""

    products: int
    locations: int
    units: int
    orders: int
    lines: int


def purpose_of(tx: Transaction) -> str:
    """What the database is for: live, sample, or empty when nothing is set up."""
    table = tables.warehouse
    return str(tx.value(select(table.c.purpose).where(tx.mine(table))) or "")


def build_sample_warehouse(database: Database, say: Say) -> None:
    """Products, locations, stock, suppliers and people. Raises NotEmpty when somebody's warehouse is there."""
    if database.read(purpose_of):
        raise NotEmpty
    settings = sample_settings()
    set_up_warehouse(database, {**settings, "purpose": "sample"})
    steps: tuple[tuple[str, Callable[..., Any], str], ...] = (
        (mark("suppliers"), import_suppliers, "suppliers.csv"),
        (mark("people"), import_workers, "workers.csv"),
        (mark("cartons"), import_carton_types, "cartons.csv"),
        (mark("services"), import_services, "services.csv"),
        (mark("products"), import_products, "products.csv"),
        (mark("locations"), import_locations, "locations.csv"),
    )
    for name, step, file in steps:
        say(name)
        step(database, _sample(file))
    shift = _shift(sample_today(database.clock()))
    say(mark("stock"))
    import_stock(database, _moved_days("stock.csv", "expires_on", shift))
    say(mark("purchase orders"))
    import_purchase_orders(database, _moved_days("purchase_orders.csv", "due_on", shift))


def import_sample_orders(
    database: Database, readers: Readers, *, today: date, limit: int | None, only_last_day: bool
) -> OrderImport:
    """The week's orders (or its busy last day's), moved so that the last day was yesterday; at most `limit` orders."""
    text = _moved_orders(today, limit, only_last_day=only_last_day)
    return import_orders(database, "csv", "sample", [io.BytesIO(text.encode())], readers=readers)


def describe_sample(tx: Transaction) -> SampleBuilt:
    """What is in the database."""
    location, balance, line = tables.location, tables.balance, tables.fulfilment_line
    units = select(func.sum(balance.c.on_hand)).where(tx.mine(balance), balance.c.physical)
    places = select(func.count()).select_from(location).where(tx.mine(location), location.c.kind != "virtual")
    order = tables.fulfilment_order
    return SampleBuilt(
        int(tx.value(select(func.count()).select_from(tables.product))),
        int(tx.value(places)),
        int(tx.value(units) or 0),
        int(tx.value(select(func.count()).select_from(order).where(tx.mine(order)))),
        int(tx.value(select(func.count()).select_from(line).where(tx.mine(line)))),
    )


def sample_settings() -> dict[str, Any]:
    """The sample warehouse's settings."""
    return dict(json.loads(_sample("warehouse.json").read_text(encoding="utf-8")))


def sample_today(now: datetime) -> date:
    """The calendar day at the sample warehouse."""
    return now.astimezone(ZoneInfo(sample_settings()["timezone"])).date()


def _sample(name: str) -> Path:
    return resource_path(f"sample/{name}")


def _shift(today: date) -> timedelta:
    """From the week of the data to the one that ends yesterday."""
    return today - timedelta(days=1) - date.fromisoformat(sample_settings()["trading_day"])


def _moved_days(name: str, column: str, shift: timedelta) -> io.BytesIO:
    out = io.StringIO()
    with _sample(name).open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file)
        writer = csv.DictWriter(out, fieldnames=rows.fieldnames or ())
        writer.writeheader()
        for row in rows:
            day = row[column]
            writer.writerow({**row, column: (date.fromisoformat(day) + shift).isoformat() if day else ""})
    return io.BytesIO(out.getvalue().encode())


def _moved_orders(today: date, limit: int | None, *, only_last_day: bool) -> str:
    trading_day = date.fromisoformat(sample_settings()["trading_day"])
    shift = _shift(today)
    out = io.StringIO()
    writer: csv.DictWriter[str] | None = None
    taken: set[str] = set()
    for row in _order_rows():
        moment = datetime.fromisoformat(row["ordered_at"])
        if only_last_day and moment.date() != trading_day:
            continue
        if row["order_no"] not in taken and limit is not None and len(taken) >= limit:
            continue
        taken.add(row["order_no"])
        if writer is None:
            writer = csv.DictWriter(out, fieldnames=list(row))
            writer.writeheader()
        writer.writerow({**row, "ordered_at": (moment + shift).isoformat()})
    return out.getvalue()


def _order_rows() -> Iterator[dict[str, str]]:
    with gzip.open(_sample("orders.csv.gz"), "rt", encoding="utf-8", newline="") as file:
        yield from csv.DictReader(file)
