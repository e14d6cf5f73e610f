"""Importing products and their barcodes (docs/files.md, products)."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from warehouse_app.domain.catalogue import normal_code
from warehouse_app.domain.csv_table import CsvRow
from warehouse_app.domain.identifiers import GTIN_LENGTHS, CodeError, all_digits, verify_check_digit
from warehouse_app.domain.rejects import BadCell, Reject
from warehouse_app.language import mark
from warehouse_app.operations.importing import (
    Entry,
    ImportResult,
    Kind,
    Progress,
    Source,
    default_currency,
    find_products,
    import_rows,
    numbered,
    reference_changed,
)
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction

_HS_CODE = re.compile(r"\d{6,10}", re.ASCII)
_UN_NUMBER = re.compile(r"UN\d{4}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Printed:
    """A code printed on a unit or a case, and how many units it stands for."""

    code: str
    quantity: int
    column: str


@dataclass(frozen=True, slots=True)
class ProductRow:
    """A product as a file tells it: values for the columns that the file has, no others."""

    sku: str
    values: Mapping[str, object]
    codes: tuple[Printed, ...]


def import_products(database: Database, source: Source, progress: Progress | None = None) -> ImportResult:
    """Add and update products; the first spelling of a SKU stays. Raises BadFile.

    Columns that the file does not have keep what is known. Codes are only ever added: goods with the old code still
    lie on the shelf.
    """
    parse = partial(_parse, currency=default_currency(database))
    kind = Kind(("sku", "name"), parse, lambda product: product.sku.casefold(), "sku")
    return import_rows(database, source, kind, _store, progress)


_READ: Mapping[str, Callable[[CsvRow, str], object]] = {
    "name": lambda row, _: row.text("name"),
    "name_zh": lambda row, _: row.text("name_zh", ""),
    "stocked": lambda row, _: row.yes("stocked", default=True),
    "weight_g": lambda row, _: row.whole("weight_g", 0),
    "length_mm": lambda row, _: row.whole("length_mm", 0),
    "width_mm": lambda row, _: row.whole("width_mm", 0),
    "height_mm": lambda row, _: row.whole("height_mm", 0),
    "unit_cost": lambda row, currency: row.unit_cost("unit_cost", currency),
    "currency": lambda _, currency: currency,
    "scan_each": lambda row, _: row.yes("scan_each", default=False),
    "quantity_entry_above": lambda row, _: row.whole("quantity_entry_above", 0),
    "fragile": lambda row, _: row.yes("fragile", default=False),
    "upright": lambda row, _: row.yes("upright", default=False),
    "own_box": lambda row, _: row.yes("own_box", default=False),
    "lot_rule": lambda row, _: row.choice("lot_rule", ("none", "lot", "lot_expiry"), "none"),
    "serial_rule": lambda row, _: row.choice("serial_rule", ("none", "serial"), "none"),
    "shelf_life_days": lambda row, _: row.whole("shelf_life_days", least=1) if row.filled("shelf_life_days") else None,
    "hs_code": lambda row, _: row.matching("hs_code", _HS_CODE, "940550"),
    "origin_country": lambda row, _: row.country("origin_country", ""),
    "customs_text": lambda row, _: row.text("customs_text", row.text("name")),
    "customs_value": lambda row, currency: row.amount("customs_value", currency),
    "un_number": lambda row, _: row.matching("un_number", _UN_NUMBER, "UN1944"),
    "packing_instruction": lambda row, _: row.text("packing_instruction", ""),
}


def _parse(row: CsvRow, currency: str) -> ProductRow:
    sku = row.code("sku")
    currency = row.currency("currency", currency)
    values = {name: read(row, currency) for name, read in _READ.items() if row.has(name)}
    return ProductRow(sku, values, _codes(row))


def _codes(row: CsvRow) -> tuple[Printed, ...]:
    unit, case = row.code("barcode", ""), row.code("case_barcode", "")
    codes = [Printed(unit, 1, "barcode")] if unit else []
    if case:
        if normal_code(case) == normal_code(unit):
            raise BadCell("case_barcode", mark("The case has the same code as the unit: {code}."), code=case)
        codes.append(Printed(case, row.whole("case_quantity", least=2), "case_barcode"))
    for printed in codes:
        _check_digit(printed)
    return tuple(codes)


def _check_digit(printed: Printed) -> None:
    if not all_digits(printed.code) or len(printed.code) not in GTIN_LENGTHS:
        return
    try:
        verify_check_digit(printed.code)
    except CodeError as error:
        message = mark("The check digit of {code} should be {expected}.")
        raise BadCell(printed.column, message, code=printed.code, expected=error.expected_digit) from None


def _store(tx: Transaction, batch: Sequence[Entry[ProductRow]]) -> ImportResult:
    known = find_products(tx, (entry.values.sku for entry in batch))
    owners = _owners_of_codes(tx, batch)
    added, updated, codes, unchanged = [], [], [], 0
    rejects: list[Reject] = []
    for entry in batch:
        product = entry.values
        row = known.get(product.sku.casefold())
        sku = row["sku"] if row else product.sku
        try:
            new_codes = _claim_codes(product.codes, sku, owners)
        except BadCell as error:
            rejects.append(entry.reject(error))
            continue
        codes += new_codes
        values = {"sku": sku, **product.values}
        if row is None:
            added.append(_new(product))
        elif new_codes or any(row[name] != value for name, value in values.items()):
            updated.append(values)
        else:
            unchanged += 1
    if added or updated:
        changed_no = reference_changed(tx, "product")
        tx.add(tables.product, numbered(added, changed_no))
        tx.change(tables.product, numbered(updated, changed_no))
        tx.put(tables.barcode, numbered(codes, changed_no))
    return ImportResult(0, len(added), len(updated), unchanged, tuple(rejects))


def _new(product: ProductRow) -> dict[str, object]:
    defaults = {"lot_rule": "none", "serial_rule": "none", "customs_text": product.values["name"]}
    return {**defaults, "sku": product.sku, "sku_folded": product.sku.casefold(), **product.values}


def _owners_of_codes(tx: Transaction, batch: Sequence[Entry[ProductRow]]) -> dict[str, tuple[str, str, int]]:
    """The known codes that mean the same as those of the batch: normal form to printed form, SKU and quantity."""
    spellings = {form for entry in batch for printed in entry.values.codes for form in _spellings(printed.code)}
    found = tx.rows_in(tables.barcode, "code", spellings)
    return {normal_code(row["code"]): (row["code"], row["sku"], row["quantity"]) for row in found}


def _spellings(code: str) -> set[str]:
    """How the same code may have been printed: a GTIN with fewer or more zeros before it, letters in another case."""
    forms = {code, code.upper(), code.lower(), normal_code(code)}
    padded = normal_code(code)
    if all_digits(padded) and len(padded) == max(GTIN_LENGTHS):
        forms |= {padded[-length:] for length in GTIN_LENGTHS if not padded[:-length].strip("0")}
    return forms


def _claim_codes(
    codes: tuple[Printed, ...], sku: str, owners: dict[str, tuple[str, str, int]]
) -> list[dict[str, object]]:
    """The rows to write for the codes of a product. Raises BadCell when one of them is another product's."""
    for printed in codes:
        _, owner, _ = owners.get(normal_code(printed.code), ("", sku, 0))
        if owner != sku:
            message = mark("The code {code} belongs to the product {sku}.")
            raise BadCell(printed.column, message, code=printed.code, sku=owner)
    rows: list[dict[str, object]] = []
    for printed in codes:
        spelling, _, quantity = owners.get(normal_code(printed.code), (printed.code, sku, 0))
        if quantity != printed.quantity:
            rows.append({"code": spelling, "sku": sku, "quantity": printed.quantity})
            owners[normal_code(printed.code)] = (spelling, sku, printed.quantity)
    return rows
