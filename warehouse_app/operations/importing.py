"""What every import shares: opening the file, storing its rows in short transactions, counting what came of them."""

import gzip
import shutil
import zlib
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO, ClassVar, Generic, TypeVar, cast

from sqlalchemy import RowMapping, update

from warehouse_app.domain.csv_table import CsvRow, CsvTable
from warehouse_app.domain.errors import BadFile, Interrupted
from warehouse_app.domain.rejects import BadCell, Reject
from warehouse_app.language import mark
from warehouse_app.operations.pace import Pace
from warehouse_app.operations.reject_list import RejectList
from warehouse_app.operations.warehouses import ensure_warehouse
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction
from warehouse_app.store.feed import MANY

Source = Path | str | BinaryIO
"""A file to import: its path (what ends in .gz is unpacked) or an open binary stream."""

Progress = Callable[[int, int | None], None]
"""Told how many rows are done, and of how many where that is known."""

Parsed = TypeVar("Parsed")


class RowsInterrupted(Interrupted):
    """A person ended the import between two batches of rows."""

    message: ClassVar[str] = mark("Stopped after {done} rows, which are stored. Start the same import again to go on.")


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What came of a file's rows: each was added, updated, unchanged or rejected."""

    rows: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    rejects: Sequence[Reject] = ()

    def __add__(self, other: "ImportResult") -> "ImportResult":
        return ImportResult(
            self.rows + other.rows,
            self.added + other.added,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            (*self.rejects, *other.rejects),
        )


@dataclass(frozen=True, slots=True)
class Entry(Generic[Parsed]):
    """A row that could be read. Numbers count the header as 1."""

    row: int
    file: str
    values: Parsed

    def reject(self, error: BadCell) -> Reject:
        """The reject of this row."""
        return Reject(self.row, error.field, error.reason, self.file)


Store = Callable[[Transaction, Sequence[Entry[Parsed]]], ImportResult]
"""Stores a batch in one transaction. It may be called again with the same batch, so it keeps nothing."""


@dataclass(frozen=True, slots=True)
class Kind(Generic[Parsed]):
    """How a kind of file is read: its required columns, a row's meaning, and what may stand in a file only once."""

    required: tuple[str, ...]
    parse: Callable[[CsvRow], Parsed]
    key: Callable[[Parsed], object]
    key_field: str


def import_rows(
    database: Database, source: Source, kind: Kind[Parsed], store: Store[Parsed], progress: Progress | None = None
) -> ImportResult:
    """Read and store a file row by row, in batches. Raises BadFile."""
    with opened(source) as (stream, name):
        return store_entries(database, read_entries(CsvTable(stream, name, kind.required), kind), store, progress)


def read_entries(table: CsvTable, kind: Kind[Parsed]) -> Iterator[Entry[Parsed] | Reject]:
    """The rows, those that make no sense as rejects. Of rows with the same key the first one counts."""
    rows_by_key: dict[object, int] = {}
    for row in table:
        try:
            row.check()
            values = kind.parse(row)
            _check_new(rows_by_key.setdefault(kind.key(values), row.number), row, kind.key_field)
        except BadCell as error:
            yield table.reject(row, error)
        else:
            yield Entry(row.number, table.file, values)


def _check_new(first: int, row: CsvRow, field: str) -> None:
    if first != row.number:
        raise BadCell(field, mark("Row {row} of the file is about the same already."), row=first)


def store_entries(
    database: Database,
    entries: Iterable[Entry[Parsed] | Reject],
    store: Store[Parsed],
    progress: Progress | None = None,
) -> ImportResult:
    """Store entries batch by batch; what was stored stays when a later batch fails. Raises RowsInterrupted."""
    result, rejects, pace = ImportResult(), RejectList(), Pace()
    coming = iter(entries)
    try:
        while batch := list(islice(coming, pace.rows)):
            good = [entry for entry in batch if isinstance(entry, Entry)]
            rejects.add(entry for entry in batch if isinstance(entry, Reject))
            with pace.measured(len(good)):
                done = database.write(_store_batch, good, store)
            rejects.add(done.rejects)
            result += replace(done, rows=len(batch), rejects=())
            if progress is not None:
                progress(result.rows, None)
    except KeyboardInterrupt as error:
        raise RowsInterrupted(done=result.rows) from error
    return replace(result, rejects=rejects.in_order())


def _store_batch(tx: Transaction, batch: Sequence[Entry[Parsed]], store: Store[Parsed]) -> ImportResult:
    ensure_warehouse(tx)
    return store(tx, batch)


def reference_changed(tx: Transaction, entity: str) -> int:
    """Tell the stations that such things change here, in one row of the feed; gives its number.

    What is written carries that number as its `changed_no`, by which the stations ask for it. Stations of an earlier
    release load everything anew when the version has changed.
    """
    tx.lock_warehouse()
    table = tables.warehouse
    tx.connection.execute(update(table).where(tx.mine(table)).values(reference_version=table.c.reference_version + 1))
    return tx.announce(entity, [MANY])


def numbered(rows: Iterable[Mapping[str, object]], changed_no: int) -> list[dict[str, object]]:
    """The rows with the number under which they are written."""
    return [{**row, "changed_no": changed_no} for row in rows]


def default_currency(database: Database) -> str:
    """The warehouse's currency; sets the warehouse up when there is none."""
    return cast("str", database.write(ensure_warehouse)["currency"])


def find_products(tx: Transaction, skus: Iterable[str]) -> dict[str, RowMapping]:
    """Products by their folded SKU."""
    found = tx.rows_in(tables.product, "sku_folded", (sku.casefold() for sku in skus))
    return {row["sku_folded"]: row for row in found}


def bundles_among(tx: Transaction, products: Mapping[str, RowMapping]) -> frozenset[str]:
    """Those of these products that are bundles: their parts lie on shelves, they themselves never do."""
    table = tables.bundle_part
    skus = [product["sku"] for product in products.values()]
    return frozenset(row["bundle"] for row in tx.rows_in(table, "bundle", skus))


def product_named(
    products: Mapping[str, RowMapping], sku: str, *, stocked: bool = False, bundles: Container[str] = ()
) -> RowMapping:
    """The product of this SKU in any case. Raises BadCell, also when it is never on a shelf but should be."""
    product = products.get(sku.casefold())
    if product is None:
        raise BadCell("sku", mark("No product has the SKU {sku}. Import the product first."), sku=sku)
    if stocked and not product["stocked"]:
        raise BadCell("sku", mark("{sku} is never on a shelf: its product is not stocked."), sku=sku)
    if product["sku"] in bundles:
        raise BadCell("sku", mark("{sku} is a bundle: name its parts, for only they lie on shelves."), sku=sku)
    return product


@contextmanager
def opened(source: Source) -> Iterator[tuple[BinaryIO, str]]:
    """The stream of a source and its name for people. Raises BadFile when it cannot be read."""
    name = str(source) if isinstance(source, (Path, str)) else str(getattr(source, "name", "-"))
    try:
        if not isinstance(source, (Path, str)):
            yield source, name
        elif name.endswith(".gz"):
            with gzip.open(name, "rb") as unpacked:
                yield cast("BinaryIO", unpacked), name
        else:
            with Path(name).open("rb") as stream:
                yield stream, name
    except (OSError, EOFError, zlib.error) as error:
        raise BadFile(file=name, reason=getattr(error, "strerror", None) or str(error)) from error


@contextmanager
def rewindable(stream: BinaryIO) -> Iterator[BinaryIO]:
    """The same bytes as a stream that can be read again; what comes through a pipe is kept in a temporary file."""
    if stream.seekable():
        yield stream
        return
    with TemporaryFile() as kept:
        shutil.copyfileobj(stream, kept)
        kept.seek(0)
        yield cast("BinaryIO", kept)
