import csv
import gzip
import json
import re
from collections import Counter
from functools import cache, lru_cache

import pytest

from warehouse_app.resources import resource_path

BUSY_DAY = "2011-05-10"
MOVED_ORDER = "541431"
Rows = list[dict[str, str]]


@cache
def sample(name: str) -> Rows:
    data = resource_path(f"sample/{name}").read_bytes()
    text = (gzip.decompress(data) if name.endswith(".gz") else data).decode("utf-8")
    return list(csv.DictReader(text.splitlines()))


@lru_cache(maxsize=1)
def products() -> dict[str, dict[str, str]]:
    return {row["sku"].upper(): row for row in sample("products.csv")}


def units_ordered(day: str = "") -> Counter[str]:
    units: Counter[str] = Counter()
    for row in sample("orders.csv.gz"):
        if row["order_no"] != MOVED_ORDER and row["ordered_at"].startswith(day):
            units[row["sku"].upper()] += int(row["quantity"])
    return units


def units_in_stock() -> Counter[str]:
    units: Counter[str] = Counter()
    for row in sample("stock.csv"):
        units[row["sku"]] += int(row["quantity"])
    return units


def has_valid_check_digit(gtin: str) -> bool:
    weights = [3 if place % 2 else 1 for place in range(13)]
    return sum(weight * int(digit) for weight, digit in zip(weights, gtin, strict=True)) % 10 == 0


def test_every_barcode_is_a_unique_gtin_from_a_restricted_range() -> None:
    rows = products().values()

    codes = [row[name] for row in rows for name in ("barcode", "case_barcode") if row[name]]

    assert len(codes) > 4000
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"2\d{12}", code) and has_valid_check_digit(code) for code in codes)


def test_every_product_on_a_shelf_has_a_barcode_a_size_a_weight_and_a_cost() -> None:
    stocked = [row for row in products().values() if row["stocked"] == "yes"]

    wanted = ("barcode", "weight_g", "length_mm", "width_mm", "height_mm", "unit_cost", "hs_code", "origin_country")

    assert len(stocked) > 2700
    assert [row["sku"] for row in stocked if not all(row[name] for name in wanted)] == []


def test_many_products_have_a_name_that_is_really_chinese() -> None:
    names = [row["name_zh"] for row in products().values() if row["name_zh"]]

    latin = [name for name in names if re.search(r"[A-Za-z]", name.replace("LED", "").replace("Suki", ""))]

    assert len(names) >= 400
    assert latin == []


def test_postage_fees_and_vouchers_are_not_stocked_but_the_shops_odd_codes_are() -> None:
    for sku in ("POST", "DOT", "M", "C2", "BANK CHARGES", "GIFT_0001_50"):
        assert products()[sku]["stocked"] == "no"
    assert products()["DCGSSGIRL"]["stocked"] == "yes"


def test_every_ordered_code_is_a_product_whatever_its_case() -> None:
    codes = {row["sku"] for row in sample("orders.csv.gz")}

    assert {code for code in codes if code.upper() not in products()} == set()
    assert any(code not in {row["sku"] for row in products().values()} for code in codes)


def test_the_busy_day_has_its_96_real_orders_and_the_one_that_was_moved() -> None:
    day = [row for row in sample("orders.csv.gz") if row["ordered_at"].startswith(BUSY_DAY)]

    own = [row for row in day if row["order_no"] != MOVED_ORDER]

    assert len({row["order_no"] for row in own}) == 96
    assert len(own) == 2532
    assert sum(int(row["quantity"]) for row in own) == 19802
    assert [row["quantity"] for row in day if row["order_no"] == MOVED_ORDER] == ["74215"]


def test_lines_are_numbered_from_one_and_share_their_orders_head() -> None:
    heads: dict[str, set[tuple[str, ...]]] = {}
    numbers: dict[str, list[int]] = {}
    of_line = {"line_no", "sku", "quantity", "unit_price"}

    for row in sample("orders.csv.gz"):
        heads.setdefault(row["order_no"], set()).add(tuple(row[name] for name in row if name not in of_line))
        numbers.setdefault(row["order_no"], []).append(int(row["line_no"]))

    assert all(len(head) == 1 for head in heads.values())
    assert all(lines == list(range(1, len(lines) + 1)) for lines in numbers.values())


def test_opening_stock_covers_the_week_but_for_the_deliberate_shortages() -> None:
    stock, week, day = units_in_stock(), units_ordered(), units_ordered(BUSY_DAY)
    short = {row["sku"]: row for row in sample("shortages.csv")}

    missing = {sku for sku, units in week.items() if products()[sku]["stocked"] == "yes" and stock[sku] < units}

    assert missing == set(short)
    assert all(stock[sku] == int(row["opening_stock"]) < day[sku] for sku, row in short.items())


def test_goods_lie_in_storage_places_that_hold_one_product_each() -> None:
    kinds = {row["location"]: row["kind"] for row in sample("locations.csv")}
    skus_at: dict[str, set[str]] = {}

    for row in sample("stock.csv"):
        skus_at.setdefault(row["location"], set()).add(row["sku"])

    assert {kinds[location] for location in skus_at} == {"storage"}
    assert all(len(skus) == 1 for skus in skus_at.values())


def test_lot_and_expiry_are_there_exactly_where_the_product_asks_for_them() -> None:
    for row in sample("stock.csv"):
        keeps_lots = products()[row["sku"].upper()]["lot_rule"] == "lot_expiry"

        assert bool(row["lot"]) == bool(row["expires_on"]) == keeps_lots


def test_every_place_is_unique_and_a_storage_place_says_where_it_is() -> None:
    rows = sample("locations.csv")
    storage = [row for row in rows if row["kind"] == "storage"]

    points = {tuple(row[name] for name in ("block", "aisle", "side", "position", "level")) for row in storage}

    assert len({row["location"] for row in rows}) == len(rows)
    assert len(points) == len(storage)
    assert all(row["x_mm"] and row["y_mm"] for row in rows if row["kind"] != "tote")
    assert {row["block"] for row in storage} == {"1", "2"}
    assert len({row["aisle"] for row in storage}) == 10


def test_purchase_orders_name_known_products_and_suppliers_and_help_the_short_ones() -> None:
    rows = sample("purchase_orders.csv")
    suppliers = {row["supplier"] for row in sample("suppliers.csv")}
    on_order = {row["sku"] for row in sample("shortages.csv") if row["on_purchase_order"] != "0"}

    assert 60 <= len(rows) <= 80
    assert len({(row["po_no"], row["line_no"]) for row in rows}) == len(rows)
    assert {row["supplier"] for row in rows} == suppliers
    assert all(products()[row["sku"].upper()]["stocked"] == "yes" for row in rows)
    assert on_order <= {row["sku"] for row in rows}


def test_demand_is_of_the_eight_weeks_before_the_week() -> None:
    days = {row["date"] for row in sample("demand.csv.gz")}

    assert min(days) >= "2011-03-09"
    assert max(days) <= "2011-05-03"
    assert {row["sku"].upper() for row in sample("demand.csv.gz")} <= set(products())


def test_the_warehouse_holds_the_moved_order_for_review() -> None:
    warehouse = json.loads(resource_path("sample/warehouse.json").read_text(encoding="utf-8"))
    units = Counter[str]()

    for row in sample("orders.csv.gz"):
        units[row["order_no"]] += int(row["quantity"])

    assert [order for order, total in units.items() if total > warehouse["review_limit_units"]] == [MOVED_ORDER]


@pytest.mark.parametrize("kind", ["products", "locations", "stock", "purchase-orders", "orders"])
def test_the_examples_on_the_page_about_files_name_every_column_of_the_sample(kind: str) -> None:
    page = (resource_path(".").parents[1] / "docs" / "files.md").read_text(encoding="utf-8")
    name = {"orders": "orders.csv.gz", "purchase-orders": "purchase_orders.csv"}.get(kind, f"{kind}.csv")

    section = page.split(f"\n## {kind}\n")[1].split("\n## ")[0]
    rows = list(csv.DictReader(section.split("```csv\n")[1].split("```")[0].splitlines()))

    assert list(rows[0])[: len(sample(name)[0])] == list(sample(name)[0])
    assert len(rows) >= 2
    assert all(None not in row and None not in row.values() for row in rows)
