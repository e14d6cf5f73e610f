"""Importing the places of a warehouse (docs/files.md, locations)."""

from collections.abc import Mapping, Sequence

from sqlalchemy import RowMapping

from warehouse_app.books.ledger import VIRTUAL
from warehouse_app.domain.csv_table import CsvRow
from warehouse_app.domain.rejects import BadCell, Reject
from warehouse_app.language import mark
from warehouse_app.operations.importing import (
    Entry,
    ImportResult,
    Kind,
    Progress,
    Source,
    import_rows,
    numbered,
    reference_changed,
)
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction

FLAGS: Mapping[str, tuple[bool, bool]] = {
    "storage": (True, True),
    "receiving": (False, False),
    "packing": (False, False),
    "despatch": (False, False),
    "tote": (True, False),
    "quarantine": (False, False),
    "damaged": (False, False),
}
"""May what lies there be sold, may it be picked from there? What is in a tote is sold already, and still counts."""

_FURTHEST_MM = 10_000_000


def import_locations(database: Database, source: Source, progress: Progress | None = None) -> ImportResult:
    """Add and update locations; a database without a warehouse gets one. Raises BadFile."""
    kind = Kind(("location", "kind"), _parse, lambda values: values["location"], "location")
    return import_rows(database, source, kind, _store, progress)


def _parse(row: CsvRow) -> dict[str, object]:
    name = row.code("location")
    if name in VIRTUAL:
        raise BadCell("location", mark("{name} is a place outside the warehouse."), name=name)
    kind = row.choice("kind", tuple(FLAGS))
    default = None if kind == "storage" else 0
    sellable, pickable = FLAGS[kind]
    return {
        "location": name,
        "kind": kind,
        "zone": row.code("zone", ""),
        **{column: row.whole(column, default) for column in ("block", "aisle", "position", "level")},
        "side": _side(row, kind),
        "x_mm": _point(row, "x_mm", kind),
        "y_mm": _point(row, "y_mm", kind),
        "capacity_ml": row.whole("capacity_ml", 0),
        "physical": True,
        "sellable": sellable,
        "pickable": pickable,
    }


def _side(row: CsvRow, kind: str) -> str:
    if kind != "storage" and not row.filled("side"):
        return ""
    return row.choice("side", ("l", "r")).upper()


def _point(row: CsvRow, column: str, kind: str) -> int | None:
    if kind != "storage" and not row.filled(column):
        return None
    return row.whole(column, least=-_FURTHEST_MM, most=_FURTHEST_MM)


def _store(tx: Transaction, batch: Sequence[Entry[dict[str, object]]]) -> ImportResult:
    table = tables.location
    known = {row["location"]: row for row in tx.rows_in(table, "location", (e.values["location"] for e in batch))}
    in_use = _in_use(tx, batch, known)
    added, updated, unchanged = [], [], 0
    rejects: list[Reject] = []
    for entry in batch:
        row = known.get(entry.values["location"])
        if row is None:
            added.append(entry.values)
        elif all(row[name] == value for name, value in entry.values.items()):
            unchanged += 1
        elif row["location"] in in_use:
            message = mark("Goods lie at {location}, which is of the kind {kind}. Move them away first.")
            rejects.append(entry.reject(BadCell("kind", message, location=row["location"], kind=row["kind"])))
        else:
            updated.append(entry.values)
    if added or updated:
        changed_no = reference_changed(tx, "location")
        tx.add(table, numbered(added, changed_no))
        tx.change(table, numbered(updated, changed_no))
    return ImportResult(0, len(added), len(updated), unchanged, tuple(rejects))


def _in_use(
    tx: Transaction, batch: Sequence[Entry[dict[str, object]]], known: Mapping[object, RowMapping]
) -> set[object]:
    """Places whose kind would change while goods lie there: what is sellable would change without a move."""
    changing = [
        entry.values["location"]
        for entry in batch
        if (row := known.get(entry.values["location"])) is not None and row["kind"] != entry.values["kind"]
    ]
    table = tables.balance
    return {row["location"] for row in tx.rows_in(table, "location", changing, table.c.on_hand != 0)}
