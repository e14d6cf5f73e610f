"""A flash sale to measure on: many orders at once, and one product of which everybody wants some."""

import io
import random
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from warehouse_app.cli.benchmarks.programs import ProgramFailed
from warehouse_app.cli.context import Database
from warehouse_app.language import mark
from warehouse_app.operations.copying import fill_table
from warehouse_app.operations.import_locations import import_locations
from warehouse_app.operations.import_orders import Readers, import_orders
from warehouse_app.operations.import_products import import_products
from warehouse_app.operations.import_stock import import_stock
from warehouse_app.operations.keeping import verify_books
from warehouse_app.operations.stock import stock_now
from warehouse_app.operations.warehouses import ensure_warehouse, set_up_warehouse

HOT = "SKU-00000"
UNITS_A_BIN, HOT_UNITS_A_BIN, BINS_AN_AISLE = 20, 1_000, 100
ORDERS = "order_no,line_no,ordered_at,service,sku,quantity,name,address1,city,country,ship_policy"
ORDER_COLUMNS = (
    "warehouse_id", "order_no", "state", "service", "ship_policy", "tier", "ordered_at", "ship_by", "state_since",
)  # fmt: skip
LINE_COLUMNS = ("warehouse_id", "order_no", "line_no", "sku", "ordered")
LATEST_SHIP_H, TIERS = 48, 3
BINS = "location,kind,zone,block,aisle,side,position,level,x_mm,y_mm"


@dataclass(frozen=True, slots=True)
class Sale:
    """How large it is: `hot_share` of the units are of one product, `stock_share` of what is ordered is there.

    Orders have `units / orders` units on average, and differ by `spread`.
    """

    orders: int = 10_000
    products: int = 2_000
    units: int = 25_000
    hot_share: float = 0.2
    stock_share: float = 0.98
    spread: float = 1.0
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
    database.gather_statistics()


def take_orders(database: Database, sale: Sale, readers: Readers) -> None:
    """All its orders at once, from one file."""
    now = datetime.now(UTC)
    rows = (
        f"{order_no},{line_no},{(now - timedelta(seconds=order_no % 86_400)).isoformat()},standard,{sku},{quantity},"
        f"Ann,1 Lane,Leeds,GB,{'complete' if order_no % 2 else 'partial'}"
        for order_no, line_no, sku, quantity in _lines(sale)
    )
    import_orders(database, "csv", "sale", [_file("\n".join((ORDERS, *rows, "")))], readers=readers)


def fill_orders(database: Database, sale: Sale) -> int:
    """The same orders, new and promised nothing yet, loaded in bulk; gives how many units they ask for."""
    house, now = database.warehouse_id, datetime.now(UTC)
    fill_table(database, "fulfilment_order", ORDER_COLUMNS, _order_rows(house, sale, now))
    lines = [(house, f"F{number:06d}", line_no, sku, quantity) for number, line_no, sku, quantity in _lines(sale)]
    fill_table(database, "fulfilment_line", LINE_COLUMNS, lines)
    database.gather_statistics()
    return sum(line[-1] for line in lines)


def require_nothing_oversold(database: Database) -> int:
    """The units that are allocated. Raises ProgramFailed unless the books tie and no place has promised too much."""
    if verify_books(database).differences:
        raise ProgramFailed(program="sale", reason=mark("the books do not tie"))
    stock = database.read(stock_now, None)
    if any(row.allocated > row.on_hand for row in stock):
        raise ProgramFailed(program="sale", reason=mark("more is promised than there is"))
    return sum(row.allocated for row in stock)


def _order_rows(house: str, sale: Sale, now: datetime) -> Iterator[Sequence[object]]:
    chance = random.Random(sale.seed)  # noqa: S311 - as below
    for number in range(sale.orders):
        ordered_at = now - timedelta(seconds=number % 86_400)
        ship_by = now + timedelta(hours=chance.randrange(1, LATEST_SHIP_H))
        moments = (moment.isoformat(timespec="microseconds") for moment in (ordered_at, ship_by, now))
        policy = "complete" if number % 2 else "partial"
        yield house, f"F{number:06d}", "new", "standard", policy, chance.randrange(TIERS), *moments


def _lines(sale: Sale) -> Iterator[tuple[int, int, str, int]]:
    """Order, line, product and units: nearly every line is one unit."""
    chance = random.Random(sale.seed)  # noqa: S311 - chosen so that a run can be repeated
    for number in range(sale.orders):
        units = max(1, round(chance.gauss(sale.units / sale.orders, sale.spread)))
        wanted = Counter(any_product(sale, chance) for _ in range(units))
        for line_no, (sku, quantity) in enumerate(sorted(wanted.items()), 1):
            yield number, line_no, sku, quantity


def any_product(sale: Sale, chance: random.Random) -> str:
    """What one more unit is of."""
    return HOT if chance.random() < sale.hot_share else f"SKU-{chance.randrange(1, sale.products):05d}"


def _bins(sale: Sale) -> Iterator[tuple[str, int]]:
    wanted: Counter[str] = Counter()
    for _, _, sku, units in _lines(sale):
        wanted[sku] += units
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
