"""Importing the small lists that the sample warehouse brings along: suppliers, workers, carton types, services."""

import re
from collections.abc import Sequence
from functools import partial

from sqlalchemy import Table

from warehouse_app.domain.csv_table import CsvRow
from warehouse_app.domain.rejects import BadCell
from warehouse_app.language import mark
from warehouse_app.operations.importing import (
    Entry,
    ImportResult,
    Kind,
    Progress,
    Source,
    default_currency,
    import_rows,
    numbered,
    reference_changed,
)
from warehouse_app.operations.warehouses import PEOPLE
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction

_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d", re.ASCII)
_Values = dict[str, object]


def import_suppliers(database: Database, source: Source, progress: Progress | None = None) -> ImportResult:
    """Add and update suppliers. Raises BadFile."""
    kind = Kind(("supplier", "name"), _supplier, lambda values: values["supplier"], "supplier")
    return import_rows(database, source, kind, partial(store_reference, table=tables.supplier), progress)


def import_workers(database: Database, source: Source, progress: Progress | None = None) -> ImportResult:
    """Add and update workers; the people of a new warehouse lose their badges to them. Raises BadFile."""
    kind = Kind(("worker", "name", "badge", "role"), _worker, lambda values: values["worker"], "worker")
    return import_rows(database, source, kind, _store_workers, progress)


def import_carton_types(database: Database, source: Source, progress: Progress | None = None) -> ImportResult:
    """Add and update kinds of box. Raises BadFile."""
    required = ("carton_type", "name", "length_mm", "width_mm", "height_mm", "weight_g", "max_weight_g")
    parse = partial(_carton_type, currency=default_currency(database))
    kind = Kind(required, parse, lambda values: values["carton_type"], "carton_type")
    return import_rows(database, source, kind, partial(store_reference, table=tables.carton_type), progress)


def import_services(database: Database, source: Source, progress: Progress | None = None) -> ImportResult:
    """Add and update services of carriers. Raises BadFile."""
    required = ("service", "name", "carrier", "cut_off")
    kind = Kind(required, _service, lambda values: values["service"], "service")
    return import_rows(database, source, kind, partial(store_reference, table=tables.service), progress)


def _supplier(row: CsvRow) -> _Values:
    return {"supplier": row.code("supplier"), "name": row.text("name"), "country": row.country("country", "")}


def _worker(row: CsvRow) -> _Values:
    return {
        "worker": row.code("worker"),
        "name": row.text("name"),
        "badge": row.code("badge"),
        "role": row.choice("role", ("worker", "supervisor", "manager")),
    }


def _carton_type(row: CsvRow, currency: str) -> _Values:
    return {
        "carton_type": row.code("carton_type"),
        "name": row.text("name"),
        "name_zh": row.text("name_zh", ""),
        **{name: row.whole(name, least=1) for name in ("length_mm", "width_mm", "height_mm", "max_weight_g")},
        "weight_g": row.whole("weight_g"),
        "cost": row.amount("cost", currency),
    }


def _service(row: CsvRow) -> _Values:
    row.text("cut_off")
    return {
        "service": row.code("service"),
        "name": row.text("name"),
        "name_zh": row.text("name_zh", ""),
        "carrier": row.code("carrier"),
        "carrier_name": row.text("carrier_name", row.code("carrier")),
        "cut_off": row.matching("cut_off", _CLOCK, "16:00"),
        "transit_days": row.whole("transit_days", 1),
        "priority": row.whole("priority", 0),
        "label_source": row.choice("label_source", ("station", "carrier", "platform"), "station"),
        "label_moment": row.choice("label_moment", ("release", "pack_start", "close"), "close"),
    }


def _store_workers(tx: Transaction, batch: Sequence[Entry[_Values]]) -> ImportResult:
    """Badges that are in the manual, and that nobody was given, would open the house to anybody."""
    known = tx.rows_in(tables.worker, "badge", (entry.values["badge"] for entry in batch))
    named = {entry.values["worker"] for entry in batch}
    holders = {row["badge"]: row["worker"] for row in known if row["active"] and row["worker"] not in named}
    good, rejects = [], []
    for entry in batch:
        badge, name = entry.values["badge"], entry.values["worker"]
        if holders.setdefault(badge, name) == name:
            good.append(entry)
        else:
            problem = BadCell("badge", mark("The badge {badge} is {worker}'s."), badge=badge, worker=holders[badge])
            rejects.append(entry.reject(problem))
    mine = {entry.values["worker"] for entry in good}
    result = store_reference(tx, good, tables.worker)
    if result.added:
        people = ({"worker": one["worker"], "active": one["worker"] in mine} for one in PEOPLE)
        tx.change(tables.worker, numbered(people, reference_changed(tx, "worker")))
    return result + ImportResult(rejects=tuple(rejects))


def store_reference(tx: Transaction, batch: Sequence[Entry[_Values]], table: Table) -> ImportResult:
    """Add what is new and update what differs; the key is the table's first column."""
    key = table.primary_key.columns[0].name
    known = {row[key]: row for row in tx.rows_in(table, key, (entry.values[key] for entry in batch))}
    added, updated = [], []
    for values in (entry.values for entry in batch):
        row = known.get(values[key])
        if row is None:
            added.append(values)
        elif any(row[name] != value for name, value in values.items()):
            updated.append(values)
    if added or updated:
        changed_no = reference_changed(tx, table.name)
        replicated = "changed_no" in table.c
        tx.add(table, numbered(added, changed_no) if replicated else added)
        tx.change(table, numbered(updated, changed_no) if replicated else updated)
    return ImportResult(0, len(added), len(updated), len(batch) - len(added) - len(updated))
