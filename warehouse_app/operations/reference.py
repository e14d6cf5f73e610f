"""The reference data that every station keeps a copy of: people, boxes, places, products and their codes, in pages."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any

from sqlalchemy import ColumnElement, Select, Table, func, literal, select, true, tuple_

from warehouse_app.domain.catalogue import ProductCard
from warehouse_app.domain.errors import NotFound
from warehouse_app.language import mark
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction
from warehouse_app.store.feed import Head, Place, read_head
from warehouse_app.store.tables.warehouse import LASTING

BEFORE_ALL = -1
"""The number before that of any change: rows that were there before changes had numbers have 0."""


@dataclass(frozen=True, slots=True)
class Worker:
    """A person with a badge. Roles are worker, supervisor and manager."""

    worker: str
    name: str
    badge: str
    role: str


@dataclass(frozen=True, slots=True)
class Replicated:
    """A table whose rows stations keep: its columns, the key first, and which rows a station has a use for."""

    table: Table
    columns: tuple[str, ...]
    kept: ColumnElement[bool]


BOX_COLUMNS = (
    "carton_type", "name", "name_zh", "length_mm", "width_mm", "height_mm", "weight_g", "max_weight_g", "cost",
)  # fmt: skip

REPLICATED: Mapping[str, Replicated] = {
    "worker": Replicated(tables.worker, tuple(field.name for field in fields(Worker)), tables.worker.c.active),
    "carton_type": Replicated(tables.carton_type, BOX_COLUMNS, true()),
    "location": Replicated(tables.location, ("location", "kind", "zone", "pickable"), true()),
    "product": Replicated(tables.product, tuple(field.name for field in fields(ProductCard)), tables.product.c.stocked),
    "barcode": Replicated(tables.barcode, ("code", "sku", "quantity"), true()),
}
"""What is replicated, by the names that the feed has for it, in the order in which a new station needs it."""


@dataclass(frozen=True, slots=True)
class Reached:
    """How far a copy of one table is: the number of the last change in it, and the key of the last row of that."""

    changed_no: int = BEFORE_ALL
    key: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A row as it is now; `values` are those of Replicated.columns. One that is not kept is to be forgotten."""

    changed_no: int
    kept: bool
    values: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """The next rows that changed, in the order of their changes, and the feed's head at that same moment."""

    head: Head
    rows: Sequence[Row]


def read_page(tx: Transaction, entity: str, reached: Reached, seen: Place, most: int) -> Page:
    """The next rows of a table above what a copy has reached; none when it has everything, or its place is lost."""
    head = read_head(tx, seen)
    if not head.continues:
        return Page(head, ())
    found = tx.connection.execute(_changed(tx, entity, reached).limit(most))
    return Page(head, [_row(row) for row in found])


def read_products(tx: Transaction, skus: Sequence[str]) -> Mapping[str, Sequence[Row]]:
    """Some products and their codes, for a station whose copy has not got to them yet."""
    found = {}
    for entity in ("product", "barcode"):
        replicated = REPLICATED[entity]
        query = select(*_columns(replicated)).where(tx.one_of(replicated.table.c.sku, skus))
        found[entity] = [_row(row) for row in tx.connection.execute(query)]
    return found


def count_changed(tx: Transaction, reached: Mapping[str, Reached]) -> int:
    """How many rows copies that have reached so far are still to be given."""
    queries = (_changed(tx, entity, far).order_by(None).subquery() for entity, far in reached.items())
    return sum(int(tx.value(select(func.count()).select_from(query))) for query in queries)


def reference_identity(tx: Transaction) -> str:
    """Which database this is; empty when nothing is set up."""
    return str(tx.value(select(tables.warehouse.c.identity).where(tx.mine(tables.warehouse))) or "")


def _changed(tx: Transaction, entity: str, reached: Reached) -> Select[Any]:
    replicated = REPLICATED[entity]
    table = replicated.table
    key = table.c[replicated.columns[0]]
    above = tuple_(table.c.changed_no, key) > tuple_(literal(reached.changed_no), literal(reached.key))
    query = select(*_columns(replicated)).where(above).order_by(table.c.changed_no, key)
    return query.where(tx.mine(table), LASTING) if table is tables.location else query


def _columns(replicated: Replicated) -> tuple[ColumnElement[Any], ...]:
    table = replicated.table
    return (table.c.changed_no, replicated.kept.label("kept"), *(table.c[name] for name in replicated.columns))


def _row(values: Sequence[Any]) -> Row:
    return Row(values[0], bool(values[1]), tuple(values[2:]))


def find_worker(tx: Transaction, badge: str) -> Worker:
    """The person with this badge or name in the books. Raises NotFound."""
    table = tables.worker
    wanted = badge.removeprefix("BADGE:")
    row = tx.row(select(table).where((table.c.badge == wanted) | (table.c.worker == wanted), table.c.active))
    if row is None:
        raise NotFound(thing=mark("badge"), name=badge)
    return Worker(row["worker"], row["name"], row["badge"], row["role"])
