"""A house large enough for many hands: shelves full of products, one of which everybody wants, and totes for all."""

import io
import random

from tests.order_desk import OrderDesk
from warehouse_app.operations.import_locations import import_locations
from warehouse_app.operations.import_products import import_products
from warehouse_app.operations.import_purchase_orders import import_purchase_orders
from warehouse_app.operations.import_stock import import_stock
from warehouse_app.operations.warehouses import ensure_warehouse, set_up_warehouse
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction, utc_now

PRODUCTS, SHELVES, TOTES, FIRST_ORDERS = 100, 400, 1_000, 600
HOT = "P000"
COLUMNS = "location,kind,zone,block,aisle,side,position,level,x_mm,y_mm"
SERVICE = {
    "service": "next_day", "name": "Next day", "carrier": "POST", "carrier_name": "The Post", "cut_off": "16:00",
    "label_source": "station", "label_moment": "close",
}  # fmt: skip


def shelf(number: int) -> str:
    """The name of a shelf."""
    return f"S{number % SHELVES:04d}"


def product(dice: random.Random) -> str:
    """A product, every fifth time the one that everybody wants."""
    return HOT if dice.random() < 0.2 else f"P{dice.randrange(1, PRODUCTS):03d}"


def some_lines(dice: random.Random) -> list[tuple[str, int]]:
    """The lines of an order."""
    return [(product(dice), dice.randint(1, 3)) for _ in range(dice.randint(1, 3))]


def build_house(database: Database) -> None:
    """Stock on every shelf, and the first orders released."""
    database.write(ensure_warehouse)
    set_up_warehouse(database, {"timezone": "UTC", "currency": "GBP"})
    products = "".join(f"P{number:03d},Product {number},1.50,GBP\n" for number in range(PRODUCTS))
    import_products(database, io.BytesIO(f"sku,name,unit_cost,currency\n{products}".encode()))
    places = "".join(f"{shelf(number)},{_place(number)}\n" for number in range(SHELVES))
    places += "RECV-01,receiving,,,,,,,2000,-4000\nPACK-01,packing,,,,,,,0,-4000\nDAMAGED,damaged,,,,,,,0,-2000\n"
    places += "".join(f"T-{number:04d},tote,,,,,,,,\n" for number in range(TOTES))
    made = import_locations(database, io.BytesIO(f"{COLUMNS}\n{places}".encode()))
    assert not made.rejects
    stock = "".join(f"P{number % PRODUCTS:03d},{shelf(number)},20\n" for number in range(SHELVES))
    import_stock(database, io.BytesIO(f"sku,location,quantity\n{stock}".encode()))
    purchases = "po_no,line_no,supplier,sku,quantity,unit_cost\nPO-1,1,SUP,P000,100,1.99\n"
    import_purchase_orders(database, io.BytesIO(purchases.encode()))
    database.write(_furnish)
    dice = random.Random(0)
    desk = desk_in(database)
    desk.take_file({f"first-{number}": some_lines(dice) for number in range(FIRST_ORDERS)})
    desk.release_all()


def _place(number: int) -> str:
    aisle, position = divmod(number, 40)
    side = "LR"[position % 2]
    return f"storage,A,1,{aisle + 1},{side},{position // 2 + 1},1,{aisle * 4000},{position // 2 * 1000 + 1500}"


def _furnish(tx: Transaction) -> None:
    tx.put(tables.service, [SERVICE])


def desk_in(database: Database) -> OrderDesk:
    """A desk in this house, which is furnished already."""
    desk = OrderDesk.__new__(OrderDesk)
    desk.database, desk._sequences = database, {}  # noqa: SLF001
    database.clock = utc_now
    return desk
