"""Importing purchase orders (docs/files.md, purchase-orders)."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from fractions import Fraction

from sqlalchemy import RowMapping

from warehouse_app.books.receiving import UNORDERED
from warehouse_app.domain.csv_table import CsvRow
from warehouse_app.domain.money import converted_unit_cost, from_unit_cost, to_unit_cost
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
    import_rows,
    product_named,
)
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Row, Transaction

HOUSE_UNIT_COST_MOST = 10**16
"""As much as a unit may cost in any currency."""

_RATE = re.compile(r"\d{1,10}(\.\d{1,10})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class PurchaseRow:
    """A line of a purchase order. The cost is a decimal in the major unit; `blind` is None when the file is silent.

    The rate says how much of the warehouse's currency one unit of the line's is.
    """

    po_no: str
    line_no: int
    supplier: str
    sku: str
    quantity: int
    unit_cost: Decimal | None
    currency: str
    rate: Decimal | None
    due_on: date | None
    blind: bool | None


@dataclass(slots=True)
class _Batch:
    """What is known of the orders of a batch, and what the batch adds to it."""

    orders: dict[str, Row]
    lines: dict[tuple[str, int], Row]
    being_received: set[str]
    added: list[Row] = field(default_factory=list)
    updated: list[Row] = field(default_factory=list)
    changed_orders: dict[str, Row] = field(default_factory=dict)
    unchanged: int = 0


def import_purchase_orders(database: Database, source: Source, progress: Progress | None = None) -> ImportResult:
    """Add and update lines of purchase orders that nobody receives yet; unknown suppliers are added. Raises BadFile."""
    required = ("po_no", "line_no", "supplier", "sku", "quantity")
    kind = Kind(required, _parse, lambda row: (row.po_no, row.line_no), "line_no")
    return import_rows(database, source, kind, _store, progress)


def _parse(row: CsvRow) -> PurchaseRow:
    return PurchaseRow(
        row.code("po_no"),
        row.whole("line_no", least=1, most=UNORDERED - 1),
        row.code("supplier"),
        row.code("sku"),
        row.whole("quantity", least=1),
        row.decimal("unit_cost"),
        row.currency("currency", ""),
        _rate(row),
        row.day("due_on"),
        row.yes("blind", default=False) if row.has("blind") else None,
    )


def _rate(row: CsvRow) -> Decimal | None:
    text = row.matching("rate", _RATE, "0.7912")
    rate = Decimal(text) if text else None
    if rate is not None and not rate:
        raise BadCell("rate", mark("A rate of 0 would make everything free."))
    return rate


def _store(tx: Transaction, batch: Sequence[Entry[PurchaseRow]]) -> ImportResult:
    products = find_products(tx, (entry.values.sku for entry in batch))
    bundles = bundles_among(tx, products)
    currency = tx.lock_warehouse()["currency"]
    state = _load(tx, {entry.values.po_no for entry in batch})
    rejects: list[Reject] = []
    for entry in batch:
        try:
            product = product_named(products, entry.values.sku, stocked=True, bundles=bundles)
            known = state.lines.get((entry.values.po_no, entry.values.line_no))
            _take(entry.values, _line(entry.values, product, currency, known), state)
        except BadCell as error:
            rejects.append(entry.reject(error))
    suppliers = {order["supplier"] for order in state.changed_orders.values()}
    tx.put(tables.supplier, ({"supplier": code, "name": code} for code in sorted(suppliers)), keep=True)
    tx.put(tables.purchase_order, state.changed_orders.values())
    tx.add(tables.purchase_line, state.added)
    tx.change(tables.purchase_line, state.updated)
    if state.changed_orders:
        tx.announce("purchase_order", sorted(state.changed_orders))
    return ImportResult(0, len(state.added), len(state.updated), state.unchanged, tuple(rejects))


def _load(tx: Transaction, po_nos: set[str]) -> _Batch:
    orders = {row["po_no"]: row for row in tx.rows_in(tables.purchase_order, "po_no", po_nos)}
    lines = {(row["po_no"], row["line_no"]): row for row in tx.rows_in(tables.purchase_line, "po_no", po_nos)}
    works = [f"receive:{po_no}" for po_no in po_nos]
    claims = tx.rows_in(tables.claim, "work", works, tables.claim.c.state == "held")
    begun = {po_no for po_no, order in orders.items() if order["state"] != "open"}
    return _Batch(dict(orders), dict(lines), begun | {row["work"].partition(":")[2] for row in claims})


def _line(row: PurchaseRow, product: RowMapping, house: str, known: Row | None) -> dict[str, object]:
    """The line as a row. Without a cost it has the product's of the day it was first imported. Raises BadCell."""
    return {
        "po_no": row.po_no,
        "line_no": row.line_no,
        "owner": "",
        "sku": product["sku"],
        "ordered": row.quantity,
        **_cost(row, product, house, known),
    }


def _cost(row: PurchaseRow, product: RowMapping, house: str, known: Row | None) -> dict[str, object]:
    """The columns that say what a unit costs, in the line's currency and in the warehouse's. Raises BadCell."""
    if row.unit_cost is None and known is not None and known["sku"] == product["sku"] and row.rate is None:
        return {name: known[name] for name in ("unit_cost", "currency", "rate", "house_unit_cost")}
    said = row.unit_cost is not None
    currency = (row.currency if said else product["currency"]) or house
    unit_cost = to_unit_cost(row.unit_cost, currency) if row.unit_cost is not None else int(product["unit_cost"])
    amount = from_unit_cost(unit_cost, currency)
    return {
        "unit_cost": unit_cost,
        "currency": currency,
        "rate": "" if row.rate is None or currency == house else f"{row.rate.normalize():f}",
        "house_unit_cost": _house_cost(row, amount, currency, house) if said or unit_cost else None,
    }


def _house_cost(row: PurchaseRow, amount: Fraction, currency: str, house: str) -> int | None:
    """What a unit costs in the warehouse's currency; unknown for a product's cost in another one without a rate."""
    rate = row.rate
    if currency == house:
        if rate not in (None, 1):
            raise BadCell(
                "rate", mark("{currency} is the warehouse's own currency: leave the rate out."), currency=house
            )
        rate = Decimal(1)
    if rate is None:
        if row.unit_cost is None:
            return None
        message = mark("The cost is in {currency}: say how much {house} one {currency} is.")
        raise BadCell("rate", message, currency=currency, house=house)
    cost = converted_unit_cost(amount, rate, house)
    if cost > HOUSE_UNIT_COST_MOST:
        raise BadCell("rate", mark("With this rate a unit costs more than can be."))
    return cost


def _take(row: PurchaseRow, line: Row, state: _Batch) -> None:
    """Put a line where it belongs. Raises BadCell when it contradicts its order or comes too late."""
    order = state.orders.get(row.po_no)
    known = state.lines.get((row.po_no, row.line_no))
    same_line = known is not None and _same(known, line)
    if order is not None and row.supplier != order["supplier"]:
        message = mark("The purchase order {po} is from the supplier {supplier}.")
        raise BadCell("supplier", message, po=row.po_no, supplier=order["supplier"])
    blind = row.blind if row.blind is not None else bool(order and order["blind"])
    other = "" if order is None else _differs(row, order, blind=blind)
    if same_line and not other:
        state.unchanged += 1
        return
    if row.po_no in state.being_received:
        raise BadCell("po_no", mark("{po} is being received or closed: it cannot be changed any more."), po=row.po_no)
    if other and row.po_no in state.changed_orders:
        raise BadCell(other, mark("Another row of {po} says something else here."), po=row.po_no)
    changed = {
        "po_no": row.po_no, "supplier": row.supplier, "due_on": row.due_on, "blind": blind, "state": "open",
    }  # fmt: skip
    state.orders[row.po_no] = state.changed_orders[row.po_no] = changed
    (state.updated if known is not None else state.added).append(line)


def _differs(row: PurchaseRow, order: Row, *, blind: bool) -> str:
    """The first column that says something else of the whole order than what is known of it; empty when none does."""
    if row.due_on != order["due_on"]:
        return "due_on"
    return "blind" if blind != order["blind"] else ""


def _same(known: Row, line: Mapping[str, object]) -> bool:
    return all(known[name] == value for name, value in line.items())
