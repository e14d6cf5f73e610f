"""The tables of the station's copy of the reference data, and how the first release's copy gets into them.

A row's `generation` counts the full copies: what a new one has not brought again is dropped at its end.
"""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from warehouse_app.domain.catalogue import Barcode, ProductCard, normal_code
from warehouse_app.operations.reference import REPLICATED, Worker
from warehouse_app.station.file import Connection

VERSIONS = "generation INTEGER NOT NULL, changed_no INTEGER NOT NULL"
SCHEMA = (
    f"""CREATE TABLE IF NOT EXISTS product (
        sku TEXT PRIMARY KEY, sku_folded TEXT NOT NULL, name TEXT NOT NULL, name_zh TEXT NOT NULL,
        weight_g INTEGER NOT NULL, length_mm INTEGER NOT NULL, width_mm INTEGER NOT NULL, height_mm INTEGER NOT NULL,
        scan_each INTEGER NOT NULL, quantity_entry_above INTEGER NOT NULL, fragile INTEGER NOT NULL,
        upright INTEGER NOT NULL, own_box INTEGER NOT NULL, lot_rule TEXT NOT NULL, serial_rule TEXT NOT NULL,
        shelf_life_days INTEGER, un_number TEXT NOT NULL, {VERSIONS}
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS product_sku_folded ON product (sku_folded)",
    f"""CREATE TABLE IF NOT EXISTS barcode (
        code TEXT PRIMARY KEY, normal_code TEXT NOT NULL, sku TEXT NOT NULL, quantity INTEGER NOT NULL, {VERSIONS}
    ) STRICT, WITHOUT ROWID""",
    "CREATE INDEX IF NOT EXISTS barcode_normal_code ON barcode (normal_code)",
    "CREATE INDEX IF NOT EXISTS barcode_sku ON barcode (sku)",
    f"""CREATE TABLE IF NOT EXISTS worker (
        worker TEXT PRIMARY KEY, name TEXT NOT NULL, badge TEXT NOT NULL, badge_folded TEXT NOT NULL,
        role TEXT NOT NULL, {VERSIONS}
    ) STRICT, WITHOUT ROWID""",
    f"""CREATE TABLE IF NOT EXISTS location (
        location TEXT PRIMARY KEY, kind TEXT NOT NULL, zone TEXT NOT NULL, pickable INTEGER NOT NULL, {VERSIONS}
    ) STRICT, WITHOUT ROWID""",
    f"""CREATE TABLE IF NOT EXISTS carton_type (
        carton_type TEXT PRIMARY KEY, name TEXT NOT NULL, name_zh TEXT NOT NULL, length_mm INTEGER NOT NULL,
        width_mm INTEGER NOT NULL, height_mm INTEGER NOT NULL, weight_g INTEGER NOT NULL,
        max_weight_g INTEGER NOT NULL, cost INTEGER NOT NULL, {VERSIONS}
    ) STRICT, WITHOUT ROWID""",
    """CREATE TABLE IF NOT EXISTS replica_progress (
        entity TEXT PRIMARY KEY, changed_no INTEGER NOT NULL, key TEXT NOT NULL, complete INTEGER NOT NULL
    ) STRICT""",
)

FIRST_FORM: Mapping[str, type[Any]] = {"product": ProductCard, "barcode": Barcode, "worker": Worker}

Values = Mapping[str, Any]

LOOKED_UP: Mapping[str, tuple[str, Callable[[Values], str]]] = {
    "product": ("sku_folded", lambda values: str(values["sku"]).casefold()),
    "barcode": ("normal_code", lambda values: normal_code(values["code"])),
    "worker": ("badge_folded", lambda values: str(values["badge"]).casefold()),
}
"""What rows are found by beside their key, and how it is made of them."""


def write_rows(connection: Connection, entity: str, generation: int, rows: Iterable[tuple[int, Sequence[Any]]]) -> None:
    """Write rows, each with the number of its change; one that is there in a higher version stays as it is."""
    columns = REPLICATED[entity].columns
    extra = LOOKED_UP.get(entity)
    names = (*columns, *((extra[0],) if extra else ()), "generation", "changed_no")
    changed = ", ".join(f"{name} = excluded.{name}" for name in names[1:])
    marks = ", ".join("?" * len(names))
    statement = (
        f"INSERT INTO {entity} ({', '.join(names)}) VALUES ({marks}) ON CONFLICT ({names[0]}) DO UPDATE SET {changed}"  # noqa: S608 - constants
        f" WHERE excluded.generation > {entity}.generation OR excluded.changed_no >= {entity}.changed_no"
    )
    for changed_no, values in rows:
        made = (extra[1](dict(zip(columns, values, strict=True))),) if extra else ()
        connection.execute(statement, (*values, *made, generation, changed_no))


def drop_rows(connection: Connection, entity: str, keys: Iterable[str]) -> None:
    """Forget rows by their keys."""
    key = REPLICATED[entity].columns[0]
    for one in keys:
        connection.execute(f"DELETE FROM {entity} WHERE {key} = ?", (one,))  # noqa: S608 - constants


def take_over_first_form(connection: Connection) -> None:
    """The first release kept all reference data as one text: it becomes rows, which the next full copy replaces."""
    row = connection.execute("SELECT content FROM reference WHERE name = 'rows'").fetchone()
    if row is None:
        return
    kept = json.loads(row[0])
    for entity, kind in FIRST_FORM.items():
        names, columns = kept["columns"][kind.__name__], REPLICATED[entity].columns
        rows = (kind(**dict(zip(names, values, strict=True))) for values in kept[f"{entity}s"])
        write_rows(connection, entity, 0, ((0, [getattr(row, column) for column in columns]) for row in rows))
    places = ((0, (place, "storage", "", 1)) for place in kept.get("storage", ()))
    write_rows(connection, "location", 0, places)
    connection.execute("DELETE FROM reference")
