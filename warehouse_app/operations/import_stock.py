"""Importing opening stock (docs/files.md, stock). The file says what lies there; the books move the difference."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import partial

from sqlalchemy import RowMapping

from warehouse_app.books.ledger import LOSS, SUPPLIER, Books, Cause, Goods, Paid, new_books
from warehouse_app.books.loading import load, needs, write
from warehouse_app.books.rows import LotRow
from warehouse_app.domain.csv_table import CsvRow, CsvTable
from warehouse_app.domain.money import to_unit_cost
from warehouse_app.domain.rejects import BadCell, Reject
from warehouse_app.language import mark
from warehouse_app.operations.importing import (
    Entry,
    ImportResult,
    Kind,
    Progress,
    Source,
    bundles_among,
    find_products,
    opened,
    product_named,
    read_entries,
    rewindable,
    store_entries,
)
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction
from warehouse_app.store.feed import MANY
from warehouse_app.store.ids import new_key

CAUSE = "stock_import"


@dataclass(frozen=True, slots=True)
class StockRow:
    """Units of a product that lie at a place. The cost is a decimal in the major unit."""

    sku: str
    location: str
    quantity: int
    lot: str
    expires_on: date | None
    owner: str
    unit_cost: Decimal | None

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What may stand in a file only once."""
        return (self.location, self.sku.casefold(), self.owner, self.lot)


def import_stock(database: Database, source: Source, progress: Progress | None = None) -> ImportResult:
    """Make the books hold what the file says; places that it does not name keep what they have. Raises BadFile.

    Units come in at the cost that their row says. A product gets the mean cost of its units in the file as its unit
    cost, which is also that of units in rows without one.
    """
    kind = Kind(("sku", "location", "quantity"), _parse, lambda row: row.key, "location")
    with opened(source) as (stream, name), rewindable(stream) as again:
        # The mean of a product's cost needs all of its rows, which may be too many to be kept.
        start = again.tell()
        costs = _mean_costs(read_entries(CsvTable(again, name, kind.required), kind))
        again.seek(start)
        entries = read_entries(CsvTable(again, name, kind.required), kind)
        return store_entries(database, entries, partial(_store, costs=costs), progress)


def _parse(row: CsvRow) -> StockRow:
    return StockRow(
        row.code("sku"),
        row.code("location"),
        row.whole("quantity", least=1),
        row.code("lot", ""),
        row.day("expires_on"),
        row.code("owner", ""),
        row.decimal("unit_cost"),
    )


def _mean_costs(entries: Iterable[Entry[StockRow] | Reject]) -> dict[str, Decimal]:
    values: dict[str, Decimal] = defaultdict(Decimal)
    units: dict[str, int] = defaultdict(int)
    for entry in entries:
        if isinstance(entry, Reject):
            continue
        row = entry.values
        if row.unit_cost is not None:
            values[row.sku.casefold()] += row.unit_cost * row.quantity
            units[row.sku.casefold()] += row.quantity
    return {sku: value / units[sku] for sku, value in values.items()}


def _store(tx: Transaction, batch: Sequence[Entry[StockRow]], costs: dict[str, Decimal]) -> ImportResult:
    products = find_products(tx, (entry.values.sku for entry in batch))
    bundles = bundles_among(tx, products)
    books = new_books(tx.recorded_at, Cause(CAUSE, new_key(), "", tx.now))
    currency = tx.lock_warehouse()["currency"]
    places = {entry.values.location for entry in batch}
    load(tx, books, needs(places=places, skus={product["sku"] for product in products.values()}))
    new_costs: dict[str, int] = {}
    counts = {"added": 0, "updated": 0, "unchanged": 0}
    rejects: list[Reject] = []
    for entry in batch:
        try:
            product = product_named(products, entry.values.sku, stocked=True, bundles=bundles)
            cost = costs.get(product["sku_folded"])
            what = _bring_in(entry.values, product, books, _paid(entry.values, product, cost, currency))
        except BadCell as error:
            rejects.append(entry.reject(error))
            continue
        if cost is not None and (unit_cost := to_unit_cost(cost, product["currency"])) != product["unit_cost"]:
            new_costs[product["sku"]] = unit_cost
            what = "updated" if what == "unchanged" else what
        counts[what] += 1
    write(tx, books)
    tx.change(tables.product, ({"sku": sku, "unit_cost": cost} for sku, cost in new_costs.items()))
    if books.moves:
        tx.announce("stock", [MANY])
    return ImportResult(rejects=tuple(rejects), **counts)


def _paid(row: StockRow, product: RowMapping, mean_cost: Decimal | None, currency: str) -> Paid:
    """What the units of a row have cost; unknown in another currency than the warehouse's."""
    cost = mean_cost if row.unit_cost is None else row.unit_cost
    return Paid(None if cost is None or product["currency"] not in (currency, "") else to_unit_cost(cost, currency))


def _bring_in(row: StockRow, product: RowMapping, books: Books, paid: Paid) -> str:
    """Move what is missing or too much; say what became of the row. Raises BadCell before anything is moved."""
    place = books.locations.get(row.location)
    if place is None or not place.physical:
        message = mark("There is no location {location}. Import the location first.")
        raise BadCell("location", message, location=row.location)
    _check_lot(row, product, books)
    goods = (row.owner, product["sku"], row.lot)
    before = books.balance(row.location, goods).on_hand
    if row.quantity < before:
        _check_promises(row, goods, before - row.quantity, books)
        books.move(goods, before - row.quantity, row.location, LOSS)
    elif row.quantity > before:
        books.move(goods, row.quantity - before, SUPPLIER, row.location, paid=paid)
    if row.quantity == before:
        return "unchanged"
    return "updated" if before else "added"


def _check_lot(row: StockRow, product: RowMapping, books: Books) -> None:
    """A lot is named exactly where the product asks for it, and expires on one day only."""
    rule, sku = product["lot_rule"], product["sku"]
    if rule == "none" and row.lot:
        raise BadCell("lot", mark("{sku} is not kept by lots."), sku=sku)
    if rule != "none" and not row.lot:
        raise BadCell("lot", mark("{sku} is kept by lots: name the lot."), sku=sku)
    if rule == "lot_expiry" and row.expires_on is None:
        raise BadCell("expires_on", mark("{sku} expires: name the day."), sku=sku)
    if not row.lot:
        return
    known = books.lots.get(row.owner, sku, row.lot)
    if known is None:
        books.lots.add(LotRow(row.owner, sku, row.lot, row.expires_on))
    elif row.expires_on is not None and known.expires_on != row.expires_on:
        message = mark("The lot {lot} is known to expire on {day}.")
        raise BadCell("expires_on", message, lot=row.lot, day=known.expires_on)


def _check_promises(row: StockRow, goods: Goods, loss: int, books: Books) -> None:
    """Units that were promised to orders cannot be taken away by a file."""
    balance = books.balance(row.location, goods)
    stock = books.stock_of(goods[0], goods[1])
    free = stock.sellable - stock.reserved - stock.set_aside if books.place(row.location).sellable else loss
    if row.quantity < balance.allocated or loss > free:
        message = mark("{location} holds {on_hand}, and the units are promised to orders. Count the location instead.")
        raise BadCell("quantity", message, location=row.location, on_hand=balance.on_hand)
