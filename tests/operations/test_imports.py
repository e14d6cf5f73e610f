import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Table, func, select

import warehouse_app
from warehouse_app.books.ledger import Cause, new_books
from warehouse_app.books.loading import load, needs, write
from warehouse_app.channels.readers import READERS
from warehouse_app.cli.imports import IMPORTS
from warehouse_app.domain.errors import BadFile
from warehouse_app.operations.import_bundles import import_bundles
from warehouse_app.operations.import_locations import import_locations
from warehouse_app.operations.import_orders import OrderImport, UnknownChannel, import_orders
from warehouse_app.operations.import_products import import_products
from warehouse_app.operations.import_purchase_orders import import_purchase_orders
from warehouse_app.operations.import_reference import import_suppliers, import_workers
from warehouse_app.operations.import_stock import import_stock
from warehouse_app.operations.importing import ImportResult
from warehouse_app.operations.warehouses import BadSetting, set_up_warehouse
from warehouse_app.resources import resource_path
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction, utc_now

Importer = Callable[[Database, io.BytesIO], ImportResult]
IMPORTERS: dict[str, Importer] = {
    "products": import_products,
    "locations": import_locations,
    "stock": import_stock,
    "purchase-orders": import_purchase_orders,
    "bundles": import_bundles,
}
DOCS = Path(warehouse_app.__file__).parent.parent / "docs" / "files.md"
WRITTEN = (
    tables.product,
    tables.barcode,
    tables.supplier,
    tables.service,
    tables.location,
    tables.lot,
    tables.balance,
    tables.product_stock,
    tables.move,
    tables.bundle_part,
    tables.purchase_order,
    tables.purchase_line,
    tables.channel_order,
    tables.channel_order_line,
    tables.fulfilment_order,
    tables.fulfilment_line,
    tables.fulfilment_source,
    tables.order_history,
    tables.feed,
)
ORDER_HEADER = "order_no,line_no,ordered_at,service,sku,quantity,name,address1,city,country,note\n"


def example(kind: str) -> bytes:
    found = re.search(rf"^## {kind}$.*?^```csv\n(.*?)^```$", DOCS.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE)
    assert found is not None
    return found[1].encode()


def take(database: Database, kind: str, text: str | bytes) -> ImportResult:
    data = text.encode() if isinstance(text, str) else text
    return IMPORTERS[kind](database, io.BytesIO(data))


def take_orders(database: Database, text: str | bytes, shop: str = "shop") -> OrderImport:
    data = text.encode() if isinstance(text, str) else text
    return import_orders(database, "csv", shop, [io.BytesIO(data)], readers=READERS)


def order_rows(*rows: str) -> str:
    """Rows of order number, line, SKU and quantity, and a note after these where it matters."""
    filled = []
    for text in rows:
        order_no, line_no, sku, quantity, *note = text.split()
        words = " ".join(note)
        filled.append(f"{order_no},{line_no},2011-05-10T09:15:00Z,,{sku},{quantity},Ann,1 Lane,Leeds,GB,{words}\n")
    return ORDER_HEADER + "".join(filled)


def rows_of(database: Database, table: Table) -> list[dict[str, Any]]:
    return [dict(row) for row in database.read(lambda tx: tx.rows(select(table)))]


def only_row(database: Database, table: Table, **where: object) -> dict[str, Any]:
    (row,) = [row for row in rows_of(database, table) if all(row[name] == value for name, value in where.items())]
    return row


def on_hand(database: Database) -> dict[tuple[str, str, str], int]:
    found = rows_of(database, tables.balance)
    return {(row["location"], row["sku"], row["lot"]): row["on_hand"] for row in found if row["physical"]}


def reasons(result: ImportResult | OrderImport) -> list[tuple[int, str, str]]:
    return [(reject.row, reject.field, str(reject.reason)) for reject in result.rejects]


def change(database: Database, table: Table, **values: object) -> None:
    database.write(lambda tx: tx.change(table, [values]))


@pytest.fixture
def stocked(database: Database) -> Database:
    """The examples of the page about files, without the orders."""
    for kind in IMPORTERS:
        assert take(database, kind, example(kind)).rejects == ()
    return database


def test_the_examples_of_the_page_about_files_import_into_an_empty_database_without_a_reject(stocked: Database) -> None:
    result = take_orders(stocked, example("orders"))

    assert (result.orders, result.lines, result.added, result.rejects) == (2, 4, 2, ())
    assert sum(on_hand(stocked).values()) == 40 + 120 + 36 + 12 + 24
    assert only_row(stocked, tables.product, sku="85123A")["unit_cost"] == 1_357_000
    assert {row["supplier"] for row in rows_of(stocked, tables.supplier)} == {"SUP-01", "SUP-05"}
    line = only_row(stocked, tables.channel_order_line, channel_order_id="552600", channel_line_id="1")
    assert (line["channel_sku"], line["sku"], line["unit_price"]) == ("85123a", "85123A", 295)
    postage = only_row(stocked, tables.fulfilment_line, order_no="552601", line_no=2)
    assert (postage["sku"], postage["stocked"]) == ("POST", False)
    assert only_row(stocked, tables.fulfilment_order, order_no="552601")["note"] == "=No plastic, please"
    assert [row["what"] for row in rows_of(stocked, tables.order_history)] == ["imported", "imported"]


def test_importing_everything_again_changes_nothing(stocked: Database) -> None:
    take_orders(stocked, example("orders"))
    before = {table.name: rows_of(stocked, table) for table in WRITTEN}

    results = [take(stocked, kind, example(kind)) for kind in IMPORTERS]
    orders = take_orders(stocked, example("orders"))

    assert [(result.added, result.updated, result.unchanged == result.rows) for result in results] == [(0, 0, True)] * 5
    assert (orders.added, orders.updated, orders.unchanged) == (0, 0, 2)
    after = {table.name: rows_of(stocked, table) for table in WRITTEN}
    assert after == before


def test_the_sample_warehouse_holds_what_its_page_says(sample_database: Database) -> None:
    def totals(tx: Transaction) -> dict[str, Any]:
        line, order, balance = tables.fulfilment_line, tables.fulfilment_order, tables.balance
        return {
            "products": tx.value(select(func.count()).select_from(tables.product)),
            "barcodes": tx.value(select(func.count()).select_from(tables.barcode)),
            "orders": tx.value(select(func.count()).select_from(order)),
            "lines": tx.value(select(func.count()).select_from(line)),
            "units": tx.value(select(func.sum(line.c.ordered))),
            "goods": tx.value(select(func.sum(line.c.ordered)).where(line.c.stocked)),
            "everywhere": tx.value(select(func.sum(balance.c.on_hand))),
            "held": [
                tuple(row.values())
                for row in tx.rows(select(order.c.order_no, order.c.hold_reason).where(order.c.held))
            ],
        }

    found = sample_database.read(totals)

    assert found == {
        "products": 2807,
        "barcodes": 2794 + 1754,
        "orders": 468,
        "lines": 10_737,
        "units": 98_678 + 74_215,
        "goods": 98_589 + 74_215,
        "everywhere": 0,
        "held": [("541431", "review_quantity")],
    }


def test_importing_the_sample_again_changes_nothing(sample_database: Database) -> None:
    folder = resource_path("sample")

    results = [
        import_products(sample_database, folder / "products.csv"),
        import_locations(sample_database, folder / "locations.csv"),
        import_stock(sample_database, folder / "stock.csv"),
        import_purchase_orders(sample_database, folder / "purchase_orders.csv"),
    ]
    orders = import_orders(sample_database, "csv", "shop", [folder / "orders.csv.gz"], readers=READERS)

    assert all(result.unchanged == result.rows > 0 for result in results)
    assert orders.unchanged == orders.orders == 468


def test_a_product_keeps_its_first_spelling_and_is_found_in_any_case(stocked: Database) -> None:
    result = take(stocked, "products", "sku,name,weight_g\n85123a,White Heart,300\n")

    assert (result.added, result.updated) == (0, 1)
    product = only_row(stocked, tables.product, sku_folded="85123a")
    assert (product["sku"], product["name"], product["weight_g"]) == ("85123A", "White Heart", 300)
    assert product["hs_code"] == "940550"


@pytest.mark.parametrize(
    ("cells", "field", "words"),
    [
        (",Nameless", "sku", "filled in"),
        ("85123a,Again", "sku", "Row 2 of the file"),
        ("NEW,New,2000851230013", "barcode", "should be 2"),
        ("NEW,New,85123A-CODE", "barcode", "belongs to the product 85123A"),
        ("NEW,New,,02000851230012,6", "case_barcode", "belongs to the product 85123A"),
        ("NEW,New,A1,a1,6", "case_barcode", "same code as the unit"),
        ("NEW,New,A1,A6,1", "case_quantity", "the least is 2"),
        ("NEW,New,,,,perhaps", "stocked", "yes, no"),
        ("NEW,New,,,,,1.5", "weight_g", "not a whole number"),
        ("NEW,New,,,,,,1.00001", "unit_cost", "not an amount"),
        ('NEW,"New', "", "quotation mark"),
        ("NEW", "", "cells"),
    ],
)
def test_a_bad_product_is_left_out_alone(database: Database, cells: str, field: str, words: str) -> None:
    header = "sku,name,barcode,case_barcode,case_quantity,stocked,weight_g,unit_cost\n"
    bad = cells if cells == "NEW" else cells + "," * (7 - cells.count(","))
    first, last = "85123A,Heart,85123A-Code,2000851230012,6,,,\n", "22960,Jam,,,,,,2.125\n"

    result = take(database, "products", header + first + bad + "\n" + last)

    assert (result.rows, result.added, result.rejects[0].row, result.rejects[0].field) == (3, 2, 3, field)
    assert re.search(words, str(result.rejects[0].reason))


def test_goods_keep_a_place_from_changing_its_kind(stocked: Database) -> None:
    rows = (
        "location,kind,block,aisle,side,position,level,x_mm,y_mm\nA01-01L-1,quarantine,,,,,,,\nQUAR-01,damaged,,,,,,,\n"
    )

    result = take(stocked, "locations", rows)

    assert result.updated == 1
    assert [(row, field) for row, field, _ in reasons(result)] == [(2, "kind")]


def test_stock_is_made_what_the_file_says_and_never_less_than_what_is_promised(stocked: Database) -> None:
    def promise(tx: Transaction) -> None:
        books = new_books(tx.recorded_at, Cause("test", "1", "", utc_now()))
        load(tx, books, needs(places=["A01-01R-2"], skus=["22960"]))
        books.balance("A01-01R-2", ("", "22960", "")).allocated = 30
        write(tx, books)

    stocked.write(promise)
    rows = (
        "85123a,A01-01L-1,50,,",
        "85123A,A01-02L-4,100,,",
        "22960,A01-01R-2,20,,",
        "21714,B10-25R-3,12,L100801,2013-07-31",
    )

    result = take(stocked, "stock", "\n".join(["sku,location,quantity,lot,expires_on", *rows]))

    assert (result.updated, result.unchanged) == (2, 1)
    assert reasons(result)[0][:2] == (4, "quantity")
    assert {place: units for (place, _, lot), units in on_hand(stocked).items() if not lot} == {
        "A01-01L-1": 50,
        "A01-02L-4": 100,
        "A01-01R-2": 36,
    }
    assert only_row(stocked, tables.product_stock, sku="85123A")["sellable"] == 150


@pytest.mark.parametrize(
    ("cells", "field"),
    [
        ("NONE,A01-01L-1,1,,", "sku"),
        ("POST,A01-01L-1,1,,", "sku"),
        ("85123A,NOWHERE,1,,", "location"),
        ("85123A,SUPPLIER,1,,", "location"),
        ("85123A,A01-01L-1,0,,", "quantity"),
        ("85123A,A01-01L-1,1,L1,", "lot"),
        ("21714,A01-01L-1,1,,", "lot"),
        ("21714,A01-01L-1,1,L9,", "expires_on"),
        ("21714,A01-01L-1,1,L100801,2020-01-01", "expires_on"),
    ],
)
def test_stock_that_cannot_be_is_left_out(stocked: Database, cells: str, field: str) -> None:
    before = on_hand(stocked)

    result = take(stocked, "stock", f"sku,location,quantity,lot,expires_on\n{cells}\n")

    assert [(reject.row, reject.field) for reject in result.rejects] == [(2, field)]
    assert on_hand(stocked) == before


def test_a_purchase_order_that_is_being_received_is_not_changed(stocked: Database) -> None:
    change(stocked, tables.purchase_order, po_no="PO-1001", state="receiving")
    rows = (
        "PO-1001,1,SUP-01,85123A,99,2011-05-10",
        "PO-1002,1,SUP-05,21714,50,2011-05-12",
        "PO-1002,2,SUP-01,21714,1,2011-05-12",
    )

    result = take(stocked, "purchase-orders", "\n".join(["po_no,line_no,supplier,sku,quantity,due_on", *rows]))

    assert result.updated == 1
    assert [(row, field) for row, field, _ in reasons(result)] == [(2, "po_no"), (4, "supplier")]
    assert only_row(stocked, tables.purchase_line, po_no="PO-1002")["ordered"] == 50


def test_a_purchase_order_may_ask_to_be_received_blind(stocked: Database) -> None:
    header = "po_no,line_no,supplier,sku,quantity,blind\n"
    take(stocked, "purchase-orders", f"{header}PO-9,1,SUP-01,85123A,5,yes\nPO-9,2,SUP-01,22960,5,yes\n")

    silent = take(stocked, "purchase-orders", "po_no,line_no,supplier,sku,quantity\nPO-9,1,SUP-01,85123A,5\n")
    mixed = take(stocked, "purchase-orders", f"{header}PO-9,1,SUP-01,85123A,6,yes\nPO-9,2,SUP-01,22960,5,no\n")

    assert silent.unchanged == 1
    assert [(row, field) for row, field, _ in reasons(mixed)] == [(3, "blind")]
    assert only_row(stocked, tables.purchase_order, po_no="PO-9")["blind"] is True


def test_a_new_warehouse_has_people_until_it_brings_its_own(database: Database) -> None:
    take(database, "products", "sku,name\nA,Apple\n")
    before = {row["badge"] for row in rows_of(database, tables.worker) if row["active"]}

    import_workers(database, io.BytesIO(b"worker,name,badge,role\nW-1,Ann,B-1,worker\n"))

    assert before == {"PERSON-1", "PERSON-2", "SUPERVISOR-1", "MANAGER-1"}
    assert [row["badge"] for row in rows_of(database, tables.worker) if row["active"]] == ["B-1"]


def test_a_badge_is_one_person_s(database: Database) -> None:
    header = "worker,name,badge,role\n"
    import_workers(database, io.BytesIO(f"{header}W-1,Ann,B-1,worker\nW-2,Bob,B-2,worker\n".encode()))

    taken = import_workers(database, io.BytesIO(f"{header}W-3,Cid,B-2,worker\n".encode()))
    swapped = import_workers(database, io.BytesIO(f"{header}W-1,Ann,B-2,worker\nW-2,Bob,B-1,worker\n".encode()))

    assert reasons(taken) == [(2, "badge", "The badge B-2 is W-2's.")]
    assert (swapped.updated, swapped.rejects) == (2, ())


@pytest.mark.parametrize("kind", ["workers", "services", "cartons", "suppliers"])
def test_the_example_of_each_small_list_is_taken_whole_and_only_once(kind: str, database: Database) -> None:
    first = IMPORTS[kind](database, io.BytesIO(example(kind)))
    again = IMPORTS[kind](database, io.BytesIO(example(kind)))

    assert (first.rejects, again.rejects, again.unchanged) == ((), (), first.rows)


def test_an_unknown_product_leaves_out_its_order_and_no_other(stocked: Database) -> None:
    result = take_orders(stocked, order_rows("1 1 85123A 2", "2 1 22960 1", "1 2 NOPE 1"))

    assert (result.orders, result.lines, result.added) == (1, 1, 1)
    assert reasons(result) == [
        (2, "order_no", "Order 1 is left out because of row 4."),
        (4, "sku", "No product has the SKU NOPE. Import the product first."),
    ]


def test_an_order_number_that_another_shop_has_used_gets_a_number_of_its_own(stocked: Database) -> None:
    take_orders(stocked, order_rows("1 1 85123A 2"), shop="north")

    again = take_orders(stocked, order_rows("1 1 22960 1"), shop="south")

    assert again.added == 1
    assert [row["order_no"] for row in rows_of(stocked, tables.fulfilment_order)] == ["1", "1-2"]


def test_an_order_too_large_to_be_true_is_held_for_review(stocked: Database) -> None:
    take_orders(stocked, order_rows("1 1 85123A 9999", "1 2 22960 2", "2 1 85123A 10000", "3 1 POST 10001"))

    held = {row["order_no"]: (row["held"], row["hold_reason"]) for row in rows_of(stocked, tables.fulfilment_order)}

    assert held == {"1": (True, "review_quantity"), "2": (False, ""), "3": (False, "")}


def test_an_order_that_changed_is_updated_as_long_as_nobody_works_on_it(stocked: Database) -> None:
    take_orders(stocked, order_rows("1 1 85123A 2", "1 2 22960 1"))
    change(stocked, tables.fulfilment_order, order_no="1", state="short")

    result = take_orders(stocked, order_rows("1 1 85123A 3 ring twice"))

    assert (result.updated, result.conflicts) == (1, ())
    order = only_row(stocked, tables.fulfilment_order, order_no="1")
    assert (order["note"], order["state"]) == ("ring twice", "new")
    assert only_row(stocked, tables.fulfilment_line, order_no="1")["ordered"] == 3
    assert only_row(stocked, tables.channel_order_line, channel_order_id="1")["quantity"] == 3
    assert take_orders(stocked, order_rows("1 1 85123A 3 ring twice")).unchanged == 1


def test_lines_that_were_worked_on_are_not_changed_but_the_rest_of_the_order_is(stocked: Database) -> None:
    take_orders(stocked, order_rows("1 1 85123A 2"))
    change(stocked, tables.fulfilment_line, order_no="1", line_no=1, reserved=2, allocated=2)
    change(stocked, tables.fulfilment_order, order_no="1", state="reserved")

    lines = take_orders(stocked, order_rows("1 1 85123A 3"))
    note = take_orders(stocked, order_rows("1 1 85123A 2 ring twice"))

    assert [conflict.order for conflict in lines.conflicts] == ["1"]
    assert (note.updated, note.conflicts) == (1, ())
    order = only_row(stocked, tables.fulfilment_order, order_no="1")
    assert (order["note"], order["state"]) == ("ring twice", "reserved")
    assert only_row(stocked, tables.fulfilment_line, order_no="1")["reserved"] == 2


def test_an_order_that_is_being_worked_on_is_a_conflict_and_stays_as_it_is(stocked: Database) -> None:
    take_orders(stocked, order_rows("1 1 85123A 2"))
    change(stocked, tables.fulfilment_order, order_no="1", state="picking")

    result = take_orders(stocked, order_rows("1 1 85123A 2 ring twice"))

    assert [(conflict.order, conflict.reason.values) for conflict in result.conflicts] == [("1", {"state": "picking"})]
    assert only_row(stocked, tables.fulfilment_order, order_no="1")["note"] == ""


def test_a_channel_without_a_reader_and_a_file_that_is_not_there_are_refused_in_words(stocked: Database) -> None:
    with pytest.raises(UnknownChannel, match=r"channel ebay cannot be read\. There are: csv\."):
        import_orders(stocked, "ebay", "shop", [], readers=READERS)
    with pytest.raises(BadFile, match=r"missing\.csv cannot be read: No such file"):
        import_products(stocked, "missing.csv")


def test_stations_are_told_of_reference_data_once_an_import_and_only_when_it_changed(database: Database) -> None:
    rows = "supplier,name,country\nS1,Lantern,cn\nS2,Fish,\n"

    results = [import_suppliers(database, io.BytesIO(rows.encode())) for _ in range(2)]

    assert [(result.added, result.unchanged) for result in results] == [(2, 0), (0, 2)]
    assert [row["key"] for row in rows_of(database, tables.feed) if row["entity"] == "supplier"] == ["*"]
    assert only_row(database, tables.warehouse)["reference_version"] == 2


def test_a_worker_with_a_role_that_does_not_exist_is_left_out(database: Database) -> None:
    rows = "worker,name,badge,role\nW1,Ann,W1,Manager\nW2,Ben,W2,king\n"

    result = import_workers(database, io.BytesIO(rows.encode()))

    assert (result.added, [(reject.row, reject.field) for reject in result.rejects]) == (1, [(3, "role")])


def test_settings_that_cannot_be_are_refused_and_those_not_given_stay(database: Database) -> None:
    set_up_warehouse(database, {"name": "Wharf", "timezone": "Europe/London", "sender": {"city": "Leeds"}})

    set_up_warehouse(database, {"review_limit_units": 50})
    with pytest.raises(BadSetting, match="timezone cannot be Moon/Base"):
        set_up_warehouse(database, {"timezone": "Moon/Base"})

    warehouse = only_row(database, tables.warehouse)
    assert (warehouse["name"], warehouse["timezone"], warehouse["sender"]) == (
        "Wharf",
        "Europe/London",
        '{"city": "Leeds"}',
    )
    assert warehouse["review_limit_units"] == 50
