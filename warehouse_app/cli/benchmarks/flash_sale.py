"""A flash sale to measure on: many orders at once, and one product of which everybody wants some."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from warehouse_app.books.ledger import SUPPLIER, Cause, new_books
from warehouse_app.books.loading import write
from warehouse_app.books.verify import verify
from warehouse_app.operations.warehouses import ensure_warehouse, set_up_warehouse
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction
from warehouse_app.store.ids import new_key

HOT = "SKU-00000"
UNITS_A_BIN = 20


@dataclass(frozen=True, slots=True)
class Sale:
    """How large it is: `hot_share` of the units are of one product, `stock_share` of what is ordered is there."""

    orders: int = 40_000
    products: int = 5_000
    units: int = 100_000
    hot_share: float = 0.2
    stock_share: float = 0.98
    seed: int = 20_101_201


def prepare_sale(database: Database, sale: Sale) -> list[str]:
    """Products, stock on its shelves and orders that nobody has looked at yet; gives the orders' numbers."""
    database.write(ensure_warehouse)
    set_up_warehouse(database, {"name": "Flash sale"})
    chance = random.Random(sale.seed)  # noqa: S311 - chosen so that a run can be repeated
    lines = list(_order_lines(sale, chance))
    wanted: dict[str, int] = {}
    for _, _, sku, quantity in lines:
        wanted[sku] = wanted.get(sku, 0) + quantity
    database.write(_add_products, sale.products)
    bins = list(_bins(wanted, sale.stock_share))
    for start in range(0, len(bins), 2_000):
        database.write(_fill_bins, bins[start : start + 2_000])
    names = [_order_no(number) for number in range(sale.orders)]
    now = datetime.now(UTC)
    for start in range(0, sale.orders, 5_000):
        database.write(_add_orders, names[start : start + 5_000], now, chance)
    for start in range(0, len(lines), 10_000):
        database.write(_add_lines, lines[start : start + 10_000])
    database.gather_statistics()
    return names


def oversold(database: Database) -> tuple[int, int, int]:
    """Units reserved, units allocated, and how many numbers in the books do not tie: 0 when nothing was oversold."""

    def count(tx: Transaction) -> tuple[int, int, int]:
        reserved = tx.value(select(func.coalesce(func.sum(tables.reservation.c.quantity), 0)))
        allocated = tx.value(select(func.coalesce(func.sum(tables.allocation.c.quantity), 0)))
        return int(reserved), int(allocated), len(verify(tx).differences)

    return database.read(count)


def _order_no(number: int) -> str:
    return f"F{number:06d}"


def _order_lines(sale: Sale, chance: random.Random) -> Iterator[tuple[str, int, str, int]]:
    """Order, line, SKU, quantity: nearly every line one unit, so that lines and units are about as many."""
    per_order = sale.units / sale.orders
    for number in range(sale.orders):
        count = max(1, round(chance.gauss(per_order, 1)))
        skus = {
            HOT if chance.random() < sale.hot_share else f"SKU-{chance.randrange(1, sale.products):05d}"
            for _ in range(count)
        }
        for line_no, sku in enumerate(sorted(skus), 1):
            yield _order_no(number), line_no, sku, 1


def _bins(wanted: dict[str, int], share: float) -> Iterator[tuple[str, str, int]]:
    """Location, SKU and quantity, a little less than is wanted in all."""
    number = 0
    for sku, quantity in sorted(wanted.items()):
        left = max(1, int(quantity * share))
        while left > 0:
            taken = min(left, 1_000 if sku == HOT else UNITS_A_BIN)
            yield f"L{number:06d}", sku, taken
            left -= taken
            number += 1


def _add_products(tx: Transaction, count: int) -> None:
    rows = [(f"SKU-{n:05d}", f"sku-{n:05d}", f"Product {n}", "none", "none", True) for n in range(count)]
    tx.add_tuples(tables.product, ("sku", "sku_folded", "name", "lot_rule", "serial_rule", "stocked"), rows)


def _fill_bins(tx: Transaction, bins: Sequence[tuple[str, str, int]]) -> None:
    places = [(name, "storage", "A", 1, int(name[1:]) // 100, int(name[1:]) % 100) for name, _, _ in bins]
    tx.add_tuples(tables.location, ("location", "kind", "zone", "block", "aisle", "position"), places)
    books = new_books(tx.recorded_at, Cause("stock_import", new_key(), "", tx.now))
    books.locations.load(tx, "location", [name for name, _, _ in bins] + [SUPPLIER])
    skus = {sku for _, sku, _ in bins}
    books.stock.load(tx, "sku", skus)
    books.balances.load(tx, "sku", skus, tables.balance.c.location == SUPPLIER)
    for name, sku, quantity in bins:
        books.move(("", sku, ""), quantity, SUPPLIER, name)
    write(tx, books)


def _add_orders(tx: Transaction, names: Sequence[str], now: datetime, chance: random.Random) -> None:
    rows = [
        {
            "order_no": name,
            "state": "new",
            "service": "standard",
            "ship_policy": chance.choice(("complete", "partial")),
            "tier": chance.randrange(3),
            "ordered_at": now - timedelta(seconds=chance.randrange(86_400)),
            "ship_by": now + timedelta(hours=chance.randrange(1, 48)),
            "state_since": now,
        }
        for name in names
    ]
    tx.add(tables.fulfilment_order, rows)


def _add_lines(tx: Transaction, lines: Sequence[tuple[str, int, str, int]]) -> None:
    tx.add_tuples(tables.fulfilment_line, ("order_no", "line_no", "sku", "ordered"), lines)
