"""The reference data that every station keeps a copy of: products, their codes, and people."""

from dataclasses import dataclass, fields

from sqlalchemy import select

from warehouse_app.domain.catalogue import Barcode, ProductCard
from warehouse_app.domain.errors import NotFound
from warehouse_app.language import mark
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction


@dataclass(frozen=True, slots=True)
class Worker:
    """A person with a badge. Roles are worker, supervisor and manager."""

    worker: str
    name: str
    badge: str
    role: str


@dataclass(frozen=True, slots=True)
class Reference:
    """All reference data of one version. `identity` names the database it came from, `storage` the shelves."""

    identity: str
    version: int
    products: tuple[ProductCard, ...]
    barcodes: tuple[Barcode, ...]
    workers: tuple[Worker, ...]
    storage: tuple[str, ...] = ()


def reference_version(tx: Transaction) -> tuple[str, int]:
    """Which database this is and the version of its reference data; an empty identity when nothing is set up."""
    table = tables.warehouse
    row = tx.row(select(table.c.identity, table.c.reference_version).where(tx.mine(table)))
    return (row["identity"], row["reference_version"]) if row else ("", 0)


def read_reference(tx: Transaction) -> Reference:
    """All reference data as it is now."""
    identity, version = reference_version(tx)
    product, barcode, worker, location = tables.product, tables.barcode, tables.worker, tables.location
    names = [field.name for field in fields(ProductCard)]
    cards = tx.rows(select(*(product.c[name] for name in names)).where(product.c.stocked).order_by(product.c.sku))
    codes = tx.rows(select(barcode).order_by(barcode.c.code))
    people = tx.rows(select(worker).where(worker.c.active).order_by(worker.c.worker))
    places = tx.rows(select(location.c.location).where(tx.mine(location), location.c.pickable).order_by("location"))
    return Reference(
        identity,
        version,
        tuple(ProductCard(**row) for row in cards),
        tuple(Barcode(row["code"], row["sku"], row["quantity"]) for row in codes),
        tuple(Worker(row["worker"], row["name"], row["badge"], row["role"]) for row in people),
        tuple(row["location"] for row in places),
    )


def find_worker(tx: Transaction, badge: str) -> Worker:
    """The person with this badge or name in the books. Raises NotFound."""
    table = tables.worker
    wanted = badge.removeprefix("BADGE:")
    row = tx.row(select(table).where((table.c.badge == wanted) | (table.c.worker == wanted), table.c.active))
    if row is None:
        raise NotFound(thing=mark("badge"), name=badge)
    return Worker(row["worker"], row["name"], row["badge"], row["role"])
