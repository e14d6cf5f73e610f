"""Writes the sample warehouse from the public Online Retail data: `python -m tools.build_sample ONLINE_RETAIL_CSV_GZ`.

The same input gives the same bytes: nothing depends on the time, and everything invented comes from hashes of codes.
"""

import csv
import gzip
import io
import json
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

from tools.sample_goods import PRODUCT_COLUMNS, make_products, product_row
from tools.sample_layout import AISLE_PITCH_MM, CELL_MM, CROSS_AISLES_Y_MM, END_MM, LOCATION_COLUMNS, location_rows
from tools.sample_people import is_wholesale, note_of, priority_of, recipient_of, service_of
from tools.sample_readme import readme
from tools.sample_source import TRADING_DAY, Order, SourceRow, cut, is_goods, read_rows
from tools.sample_stock import (
    PURCHASE_COLUMNS,
    SHORTAGE_COLUMNS,
    STOCK_COLUMNS,
    SUPPLIER_COLUMNS,
    SUPPLIERS,
    needs_of,
    plan_shortages,
    purchase_order_rows,
    stock_rows,
)

TARGET = Path(__file__).parents[1] / "warehouse_app" / "resources" / "sample"
# British Summer Time: the whole sample lies in May.
LOCAL_OFFSET = "+01:00"
ORDER_COLUMNS = [
    "order_no",
    "line_no",
    "ordered_at",
    "service",
    "sku",
    "quantity",
    "unit_price",
    "currency",
    "customer",
    "name",
    "company",
    "address1",
    "address2",
    "city",
    "region",
    "postcode",
    "country",
    "phone",
    "email",
    "ship_policy",
    "priority",
    "note",
]
CARTONS = """\
carton_type,name,name_zh,length_mm,width_mm,height_mm,weight_g,max_weight_g,cost
E1,Card mailer,卡纸信封,240,165,10,25,500,0.12
E2,Padded mailer,气泡信封,340,240,50,45,2000,0.21
S1,Small box,小纸箱,200,150,100,90,5000,0.28
M1,Medium box,中纸箱,310,220,150,180,10000,0.45
M2,Flat medium box,扁平中纸箱,420,320,100,260,10000,0.58
M3,Cube box,方形纸箱,300,300,300,320,15000,0.72
L1,Large box,大纸箱,450,350,300,480,20000,0.98
F1,Long flat box,长扁纸箱,820,450,140,560,15000,1.20
L2,Extra large box,特大纸箱,600,400,400,820,25000,1.45
P1,Pallet box,托盘箱,1200,800,800,9500,300000,14.50
"""
SERVICES = """\
service,name,name_zh,carrier,carrier_name,cut_off,transit_days,label_source,label_moment,priority
same_day,Same day,当日达,CITYCYCLE,Citycycle Couriers,12:30,0,station,close,1
next_day,Next day,次日达,SWIFTWAY,Swiftway Parcels,16:00,1,station,close,2
standard,Standard,标准配送,NORTHPOST,Northpost,17:30,3,station,close,3
"""
WORKERS = """\
worker,name,badge,role
W-01,Grace Adeyemi,W-01,manager
W-02,周晓棠,W-02,supervisor
W-03,Tom Hargreave,W-03,supervisor
W-04,Lucía Ferrán,W-04,worker
W-05,陈堃,W-05,worker
W-06,Piotr Zieliński,W-06,worker
W-07,Aoife Brennan,W-07,worker
W-08,王淼,W-08,worker
W-09,Sanjay Patel,W-09,worker
W-10,Hannah Whitlock,W-10,worker
"""
WAREHOUSE = {
    "code": "WH1",
    "name": "Marlpit Wharf",
    "name_zh": "泥灰码头仓库",
    "timezone": "Europe/London",
    "business_day_starts": "04:00",
    "currency": "GBP",
    # GS1 keeps this prefix for examples.
    "gs1_company_prefix": "9521234",
    "review_limit_units": 10000,
    "trading_day": TRADING_DAY.isoformat(),
    "sender": {
        "name": "Marlpit Wharf Gifts",
        "address1": "Unit 4, Marlpit Wharf",
        "address2": "Old Tannery Row",
        "city": "Leeds",
        "region": "West Yorkshire",
        "postcode": "LS99 1WH",
        "country": "GB",
        "phone": "+44 1632 960100",
        "email": "despatch@example.com",
    },
    "layout": {
        "aisle_pitch_mm": AISLE_PITCH_MM,
        "cell_mm": CELL_MM,
        "end_cell_to_cross_aisle_mm": END_MM,
        "cross_aisles_y_mm": list(CROSS_AISLES_Y_MM),
    },
}
Rows = Iterable[dict[str, object]]


def main(arguments: Sequence[str]) -> None:
    """Write every file of the sample into the package."""
    (source,) = arguments
    sample = cut(read_rows(Path(source)))
    products = make_products(sample)
    needs = needs_of(sample)
    shortages = plan_shortages(products, needs)
    tables: dict[str, tuple[Sequence[str], Rows]] = {
        "products.csv": (PRODUCT_COLUMNS, map(product_row, products)),
        "locations.csv": (LOCATION_COLUMNS, location_rows()),
        "stock.csv": (STOCK_COLUMNS, stock_rows(products, needs, shortages)),
        "purchase_orders.csv": (PURCHASE_COLUMNS, _sorted_lines(purchase_order_rows(products, needs, shortages))),
        "shortages.csv": (SHORTAGE_COLUMNS, map(asdict, shortages.values())),
        "orders.csv.gz": (ORDER_COLUMNS, _order_rows(sample.orders)),
        "demand.csv.gz": (("sku", "date", "quantity"), _demand_rows(sample.history)),
        "cancellations.csv": (("invoice", "sku", "quantity", "time"), map(_cancellation_row, sample.cancellations)),
        "suppliers.csv": (SUPPLIER_COLUMNS, (dict(zip(SUPPLIER_COLUMNS, one, strict=True)) for one in SUPPLIERS)),
    }
    TARGET.mkdir(parents=True, exist_ok=True)
    for name, (columns, rows) in tables.items():
        _write(TARGET / name, _as_csv(columns, rows))
    for name, text in (("cartons.csv", CARTONS), ("services.csv", SERVICES), ("workers.csv", WORKERS)):
        _write(TARGET / name, text)
    _write(TARGET / "warehouse.json", json.dumps(WAREHOUSE, ensure_ascii=False, indent=2) + "\n")
    _write(TARGET / "README.md", readme(sample, products, needs, shortages))


def _as_csv(columns: Sequence[str], rows: Rows) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _write(path: Path, text: str) -> None:
    data = text.encode("utf-8")
    # A packed file without name and time, so that the same rows give the same bytes.
    path.write_bytes(gzip.compress(data, 9, mtime=0) if path.suffix == ".gz" else data)


def _sorted_lines(rows: Rows) -> Rows:
    return sorted(rows, key=lambda row: (str(row["po_no"]), int(str(row["line_no"]))))


def _order_rows(orders: Iterable[Order]) -> Iterator[dict[str, object]]:
    for order in orders:
        head = {
            "order_no": order.order_no,
            "ordered_at": f"{order.time.isoformat()}{LOCAL_OFFSET}",
            "service": service_of(order),
            "currency": "GBP",
            "customer": order.lines[0].customer,
            "ship_policy": "partial" if is_wholesale(order) else "complete",
            "priority": priority_of(order),
            "note": note_of(order),
        }
        head |= asdict(recipient_of(order))
        for line_no, line in enumerate(order.lines, start=1):
            yield head | {
                "line_no": line_no,
                "sku": line.sku_as_written,
                "quantity": line.quantity,
                "unit_price": line.unit_price,
            }


def _demand_rows(history: Iterable[SourceRow]) -> Iterator[dict[str, object]]:
    sold: Counter[tuple[str, str]] = Counter()
    for row in history:
        if is_goods(row.sku):
            sold[row.sku, row.time.date().isoformat()] += row.quantity
    for (sku, day), quantity in sorted(sold.items()):
        yield {"sku": sku, "date": day, "quantity": quantity}


def _cancellation_row(row: SourceRow) -> dict[str, object]:
    return {
        "invoice": row.invoice,
        "sku": row.sku_as_written,
        "quantity": row.quantity,
        "time": f"{row.time.isoformat()}{LOCAL_OFFSET}",
    }


if __name__ == "__main__":
    main(sys.argv[1:])
