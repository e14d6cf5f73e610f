"""A flash sale to measure on: many orders at once, and one product of which everybody wants some."""

import io
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from warehouse_app.cli.context import Database
from warehouse_app.operations.import_locations import import_locations
from warehouse_app.operations.import_orders import Readers, import_orders
from warehouse_app.operations.import_products import import_products
from warehouse_app.operations.import_stock import import_stock
from warehouse_app.operations.warehouses import ensure_warehouse, set_up_warehouse

HOT = "SKU-00000"
UNITS_A_BIN, HOT_UNITS_A_BIN, BINS_AN_AISLE = 20, 1_000, 100
ORDERS = "order_no,line_no,ordered_at,service,sku,quantity,name,address1,city,country,ship_policy"
BINS = "location,kind,zone,block,aisle,side,position,level,x_mm,y_mm"


@dataclass(frozen=True, slots=True)
class Sale:
    """How large it is: `hot_share` of the lines are for one product, `stock_share` of what is ordered is there."""

    orders: int = 10_000
    products: int = 2_000
    lines: int = 25_000
    hot_share: float = 0.2
    stock_share: float = 0.98
    seed: int = 20_101_201


def prepare_shelves(database: Database, sale: Sale) -> None:
    """Products, and a little less stock of them than the orders will ask for."""
    database.write(ensure_warehouse)
    set_up_warehouse(database, {"name": "Flash sale", "timezone": "UTC"})
    products = "".join(f"SKU-{number:05d},Product {number}\n" for number in range(sale.products))
    import_products(database, _file(f"sku,name\n{products}"))
    bins = list(_bins(sale))
    import_locations(database, _file("\n".join((BINS, *(_place(number) for number in range(len(bins))), ""))))
    stock = "".join(f"{sku},{_bin(number)},{units}\n" for number, (sku, units) in enumerate(bins))
    import_stock(database, _file(f"sku,location,quantity\n{stock}"))


def take_orders(database: Database, sale: Sale, readers: Readers) -> None:
    """All its orders at once, from one file."""
    now = datetime.now(UTC)
    rows = (
        f"{order_no},{line_no},{(now - timedelta(seconds=order_no % 86_400)).isoformat()},standard,{sku},1,"
        f"Ann,1 Lane,Leeds,GB,{'complete' if order_no % 2 else 'partial'}"
        for order_no, line_no, sku in _lines(sale)
    )
    import_orders(database, "csv", "sale", [_file("\n".join((ORDERS, *rows, "")))], readers=readers)


def _lines(sale: Sale) -> Iterator[tuple[int, int, str]]:
    """Order, line and product: every line is one unit."""
    chance = random.Random(sale.seed)  # noqa: S311 - chosen so that a run can be repeated
    for number in range(sale.orders):
        skus = {
            HOT if chance.random() < sale.hot_share else f"SKU-{chance.randrange(1, sale.products):05d}"
            for _ in range(max(1, round(chance.gauss(sale.lines / sale.orders, 1))))
        }
        for line_no, sku in enumerate(sorted(skus), 1):
            yield number, line_no, sku


def _bins(sale: Sale) -> Iterator[tuple[str, int]]:
    wanted = Counter(sku for _, _, sku in _lines(sale))
    for sku, quantity in sorted(wanted.items()):
        left = max(1, int(quantity * sale.stock_share))
        while left > 0:
            units = min(left, HOT_UNITS_A_BIN if sku == HOT else UNITS_A_BIN)
            yield sku, units
            left -= units


def _bin(number: int) -> str:
    return f"L{number:06d}"


def _place(number: int) -> str:
    aisle, position = divmod(number, BINS_AN_AISLE)
    side, along = "LR"[position % 2], position // 2 + 1
    return f"{_bin(number)},storage,A,1,{aisle + 1},{side},{along},1,{aisle * 4_000},{along * 1_000}"


def _file(text: str) -> io.BytesIO:
    return io.BytesIO(text.encode())
