"""Importing what bundles are made of (docs/files.md, bundles). A bundle is taken whole or not at all."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import chain

from sqlalchemy import RowMapping, select

from warehouse_app.domain.csv_table import CsvRow, CsvTable
from warehouse_app.domain.rejects import BadCell, Reason, Reject
from warehouse_app.language import mark
from warehouse_app.operations.importing import (
    Entry,
    ImportResult,
    Progress,
    Source,
    find_products,
    opened,
    product_named,
    reference_changed,
)
from warehouse_app.operations.warehouses import ensure_warehouse
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction

ROWS_A_TRANSACTION = 500

UNITS_MOST = 10_000
"""Units of one part in a bundle; more is a slip of the hand."""


@dataclass(frozen=True, slots=True)
class PartRow:
    """So many units of a part in a bundle."""

    bundle: str
    part: str
    quantity: int


@dataclass(slots=True)
class Bundle:
    """The rows of one bundle in a file: those that could be read, and what is wrong with the others."""

    name: str
    rows: list[Entry[PartRow]] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)

    def left_out(self, file: str) -> list[Reject]:
        """The rejects of all its rows, when one of them is bad."""
        bad = {reject.row for reject in self.rejects}
        reason = Reason(
            mark("Bundle {bundle} is left out because of row {row}."), {"bundle": self.name, "row": min(bad)}
        )
        return self.rejects + [Reject(row.row, "bundle", reason, file) for row in self.rows if row.row not in bad]


@dataclass(frozen=True, slots=True)
class _Known:
    """What is known of the products of a batch."""

    products: Mapping[str, RowMapping]
    parts: Mapping[str, dict[str, int]]
    """By bundle."""
    bundles_of: Mapping[str, str]
    """A bundle that a product is a part of."""
    with_stock: frozenset[str]


def import_bundles(database: Database, source: Source, progress: Progress | None = None) -> ImportResult:
    """Say what bundles are made of, replacing what was said of them before. Raises BadFile.

    Orders that have come in already keep the parts that they came in with.
    """
    with opened(source) as (stream, name):
        bundles = _read(CsvTable(stream, name, ("bundle", "part", "quantity")))
        file = name
    database.write(ensure_warehouse)
    result = ImportResult()
    for batch in _batches(bundles):
        result += database.write(_store, batch, file, frozenset(bundles))
        if progress is not None:
            progress(result.rows, None)
    return replace(result, rejects=tuple(sorted(result.rejects, key=lambda reject: reject.row)))


def _read(table: CsvTable) -> dict[str, Bundle]:
    """The bundles of a file by folded SKU; a row that names none stands alone."""
    bundles: dict[str, Bundle] = {}
    rows_by_part: dict[tuple[str, str], int] = {}
    for row in table:
        name = row.cells.get("bundle", "")
        bundle = bundles.setdefault(name.casefold(), Bundle(name))
        try:
            row.check()
            part = PartRow(row.code("bundle"), row.code("part"), row.whole("quantity", least=1, most=UNITS_MOST))
            _check_new(rows_by_part, part, row)
        except BadCell as error:
            bundle.rejects.append(table.reject(row, error))
        else:
            bundle.rows.append(Entry(row.number, table.file, part))
    return bundles


def _check_new(rows_by_part: dict[tuple[str, str], int], part: PartRow, row: CsvRow) -> None:
    first = rows_by_part.setdefault((part.bundle.casefold(), part.part.casefold()), row.number)
    if first != row.number:
        raise BadCell("part", mark("Row {row} of the file is about the same already."), row=first)


def _batches(bundles: Mapping[str, Bundle]) -> Iterator[list[Bundle]]:
    batch: list[Bundle] = []
    rows = 0
    for bundle in bundles.values():
        batch.append(bundle)
        rows += len(bundle.rows)
        if rows >= ROWS_A_TRANSACTION:
            yield batch
            batch, rows = [], 0
    if batch:
        yield batch


def _store(tx: Transaction, batch: Sequence[Bundle], file: str, names: frozenset[str]) -> ImportResult:
    tx.lock_warehouse()
    known = _load(tx, batch)
    result = ImportResult()
    for given in batch:
        bundle = Bundle(given.name, given.rows, [*given.rejects, *_problems(given, known, names)])
        if bundle.rejects:
            rejects = tuple(sorted(bundle.left_out(file), key=lambda reject: reject.row))
            result += ImportResult(rows=len(rejects), rejects=rejects)
        else:
            result += _put(tx, bundle, known)
    if result.added or result.updated:
        reference_changed(tx, "bundle")
    return result


def _load(tx: Transaction, batch: Sequence[Bundle]) -> _Known:
    rows = list(chain.from_iterable(bundle.rows for bundle in batch))
    products = find_products(tx, (sku for row in rows for sku in (row.values.bundle, row.values.part)))
    skus = [product["sku"] for product in products.values()]
    table = tables.bundle_part
    parts: dict[str, dict[str, int]] = defaultdict(dict)
    for row in tx.rows_in(table, "bundle", skus):
        parts[row["bundle"]][row["part"]] = row["quantity"]
    bundles_of = {row["part"]: row["bundle"] for row in tx.rows_in(table, "part", skus)}
    return _Known(products, parts, bundles_of, _with_stock(tx, skus))


def _with_stock(tx: Transaction, skus: Sequence[str]) -> frozenset[str]:
    """Those of which units lie anywhere: products are the same in every warehouse."""
    balance = tables.balance
    query = select(balance.c.sku).where(balance.c.physical, balance.c.on_hand > 0, tx.one_of(balance.c.sku, skus))
    return frozenset(row["sku"] for row in tx.rows(query.distinct())) if skus else frozenset()


def _problems(bundle: Bundle, known: _Known, names: frozenset[str]) -> Iterator[Reject]:
    for entry in bundle.rows:
        try:
            _check(entry.values, known, names)
        except BadCell as error:
            yield entry.reject(error)


def _check(row: PartRow, known: _Known, names: frozenset[str]) -> None:
    bundle, part = _product(known, "bundle", row.bundle), _product(known, "part", row.part)
    if bundle["sku"] == part["sku"]:
        raise BadCell("part", mark("{sku} cannot be a part of itself."), sku=part["sku"])
    if part["sku"] in known.parts or part["sku_folded"] in names:
        raise BadCell("part", mark("{sku} is a bundle itself: name its parts instead."), sku=part["sku"])
    if bundle["sku"] in known.bundles_of:
        other = known.bundles_of[bundle["sku"]]
        raise BadCell("bundle", mark("{sku} is a part of the bundle {bundle}."), sku=bundle["sku"], bundle=other)
    if bundle["sku"] in known.with_stock:
        message = mark("Units of {sku} lie on the shelves. A bundle is made of its parts and never stocked itself.")
        raise BadCell("bundle", message, sku=bundle["sku"])


def _product(known: _Known, column: str, sku: str) -> RowMapping:
    try:
        return product_named(known.products, sku)
    except BadCell as error:
        raise BadCell(column, error.reason.message, **error.reason.values) from None


def _put(tx: Transaction, bundle: Bundle, known: _Known) -> ImportResult:
    """Write one bundle as the file has it; a part that is gone makes one of its rows an updated one."""
    sku = known.products[bundle.name.casefold()]["sku"]
    before = known.parts.get(sku, {})
    now = {known.products[entry.values.part.casefold()]["sku"]: entry.values.quantity for entry in bundle.rows}
    gone = before.keys() - now.keys()
    added = now.keys() - before.keys()
    updated = {part for part in now.keys() & before.keys() if now[part] != before[part]}
    tx.remove(tables.bundle_part, ({"bundle": sku, "part": part} for part in gone))
    written = [{"bundle": sku, "part": part, "quantity": now[part]} for part in sorted(added | updated)]
    tx.put(tables.bundle_part, written)
    count = len(updated) + (1 if gone and len(now) > len(added) + len(updated) else 0)
    return ImportResult(len(now), len(added), count, len(now) - len(added) - count)
