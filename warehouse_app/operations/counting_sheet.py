"""What a printed count sheet shows: where to go and what may lie there, never how much."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import RowMapping

from warehouse_app.domain.scan import pick_list_code
from warehouse_app.operations.counting_status import task_rows
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A product that may lie at a location; without a SKU the books have nothing there."""

    location: str
    sku: str = ""
    name: str = ""
    name_zh: str = ""
    lot: str = ""
    expires_on: date | None = None


@dataclass(frozen=True, slots=True)
class SheetToPrint:
    """A count sheet in walking order. `code` opens it at a station; `counter` is who holds it now."""

    sheet_no: str
    business_day: date
    lines: tuple[SheetLine, ...]
    zone: str
    counter: str
    code: str


def count_sheets(tx: Transaction, name: str) -> tuple[SheetToPrint, ...]:
    """The sheets of a plan, or the one of this name. Raises NotFound."""
    tasks: dict[str, list[RowMapping]] = defaultdict(list)
    for row in task_rows(tx, name):
        tasks[row["sheet_no"]].append(row)
    places = {row["location"] for rows in tasks.values() for row in rows}
    lines, zones = _lines(tx, places), _zones(tx, places)
    plans = tx.rows_in(tables.count_plan, "plan_no", (rows[0]["plan_no"] for rows in tasks.values()))
    days = {row["plan_no"]: row["business_day"] for row in plans}
    counters = _counters(tx, tasks)
    return tuple(
        SheetToPrint(
            sheet_no,
            days[rows[0]["plan_no"]],
            tuple(line for row in rows for line in lines.get(row["location"], (SheetLine(row["location"]),))),
            " ".join(sorted({zones[row["location"]] for row in rows} - {""})),
            counters.get(sheet_no, ""),
            pick_list_code(sheet_no),
        )
        for sheet_no, rows in tasks.items()
    )


def _lines(tx: Transaction, places: set[str]) -> Mapping[str, Sequence[SheetLine]]:
    balance = tables.balance
    rows = tx.rows_in(balance, "location", places, balance.c.on_hand > 0)
    products = {row["sku"]: row for row in tx.rows_in(tables.product, "sku", {row["sku"] for row in rows})}
    lots = tx.rows_in(tables.lot, "sku", {row["sku"] for row in rows if row["lot"]})
    expiry = {(row["owner"], row["sku"], row["lot"]): row["expires_on"] for row in lots}
    lines: dict[str, list[SheetLine]] = defaultdict(list)
    for row in sorted(rows, key=lambda row: (row["sku"], row["lot"], row["owner"])):
        product = products[row["sku"]]
        expires_on = expiry.get((row["owner"], row["sku"], row["lot"]))
        line = SheetLine(row["location"], row["sku"], product["name"], product["name_zh"], row["lot"], expires_on)
        lines[row["location"]].append(line)
    return lines


def _zones(tx: Transaction, places: set[str]) -> dict[str, str]:
    return {row["location"]: row["zone"] for row in tx.rows_in(tables.location, "location", places)}


def _counters(tx: Transaction, sheets: Mapping[str, object]) -> dict[str, str]:
    claim = tables.claim
    held = tx.rows_in(claim, "work", (f"count:{sheet_no}" for sheet_no in sheets), claim.c.state == "held")
    names = {row["worker"]: row["name"] for row in tx.rows_in(tables.worker, "worker", {row["worker"] for row in held})}
    return {row["work"].partition(":")[2]: names.get(row["worker"], row["worker"]) for row in held}
