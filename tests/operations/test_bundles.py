"""Bundles: orders for them are worked on by part, and their parts stay together."""

import io

import pytest
from sqlalchemy import select

from tests.order_desk import Buyer, OrderDesk
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.operations.bundle_lines import NotWholeBundles
from warehouse_app.operations.import_bundles import import_bundles
from warehouse_app.operations.import_products import import_products
from warehouse_app.operations.import_purchase_orders import import_purchase_orders
from warehouse_app.operations.import_stock import import_stock
from warehouse_app.operations.importing import ImportResult
from warehouse_app.operations.splitting import SplitRequest, split_order
from warehouse_app.store import tables
from warehouse_app.store.database import Database

PARTS = "bundle,part,quantity\nset-2,CUP,4\nSET-2,pot,1\n"


@pytest.fixture
def desk(database: Database) -> OrderDesk:
    desk = OrderDesk(database)
    products = "sku,name\nSET-2,Tea set\nSET-3,Other set\nPOST,Postage\n"
    import_products(database, io.BytesIO(products.encode()))
    return desk


def bundles(desk: OrderDesk, text: str) -> ImportResult:
    return import_bundles(desk.database, io.BytesIO(text.encode()))


def known(desk: OrderDesk) -> dict[tuple[str, str], int]:
    rows = desk.database.read(lambda tx: tx.rows(select(tables.bundle_part)))
    return {(row["bundle"], row["part"]): row["quantity"] for row in rows}


def test_order_for_a_bundle_has_a_line_for_each_part_and_other_lines_keep_their_numbers(desk: OrderDesk) -> None:
    bundles(desk, PARTS)

    desk.take("1", ("CUP", 1), ("SET-2", 2), ("POT", 1))
    desk.reserve()

    assert {number: (line.sku, line.ordered, line.bundle) for number, line in desk.lines("1").items()} == {
        1: ("CUP", 1, ""),
        2: ("CUP", 8, "SET-2"),
        3: ("POT", 1, ""),
        4: ("POT", 2, "SET-2"),
    }
    assert desk.promised() == (12, 0)
    assert desk.served() == {("1", "1"): 1, ("1", "2"): 10, ("1", "3"): 1}
    assert desk.differences() == ()


def test_changed_bundle_is_for_orders_to_come(desk: OrderDesk) -> None:
    bundles(desk, PARTS)
    desk.take("1", ("SET-2", 1))

    done = bundles(desk, "bundle,part,quantity\nSET-2,CUP,6\n")
    again = desk.take("1", ("SET-2", 1))
    desk.take("2", ("SET-2", 1))

    assert (done.rows, done.updated) == (1, 1)
    assert known(desk) == {("SET-2", "CUP"): 6}
    assert again.unchanged == 1
    assert [(line.sku, line.ordered) for line in desk.lines("1").values()] == [("CUP", 4), ("POT", 1)]
    assert [(line.sku, line.ordered) for line in desk.lines("2").values()] == [("CUP", 6)]


def test_importing_bundles_again_changes_nothing(desk: OrderDesk) -> None:
    first, again = bundles(desk, PARTS), bundles(desk, PARTS)

    assert (first.rows, first.added, first.unchanged) == (2, 2, 0)
    assert (again.rows, again.added, again.updated, again.unchanged) == (2, 0, 0, 2)


@pytest.mark.parametrize(
    ("rows", "field", "reason"),
    [
        ("SET-2,MUG,1\n", "part", "No product has the SKU MUG"),
        ("NOPE,CUP,1\n", "bundle", "No product has the SKU NOPE"),
        ("SET-2,SET-2,1\n", "part", "cannot be a part of itself"),
        ("SET-2,SET-3,1\nSET-3,CUP,1\n", "part", "SET-3 is a bundle itself"),
        ("CUP,POT,1\n", "bundle", "Units of CUP lie on the shelves"),
        ("SET-2,CUP,1\nset-2,cup,2\n", "part", "Row 2 of the file is about the same already"),
        ("SET-2,CUP,0\n", "quantity", "0 is too small"),
        ("SET-2,CUP,-1\n", "quantity", "-1 is too small"),
        ("SET-2,CUP,9223372036854775808\n", "quantity", "not a whole number"),
        (",CUP,1\n", "bundle", "must be filled in"),
        ("SET-2,CUP\n", "", "2 cells"),
    ],
)
def test_bundle_that_cannot_be_is_left_out_with_the_reason(desk: OrderDesk, rows: str, field: str, reason: str) -> None:
    done = bundles(desk, f"bundle,part,quantity\n{rows}")

    assert (field, True) in [(reject.field, reason in str(reject.reason)) for reject in done.rejects]
    assert not [part for part in known(desk) if part[0] == "SET-2"]
    assert done.rows == done.added + len(done.rejects)


def test_one_bad_row_leaves_its_whole_bundle_out_and_no_other(desk: OrderDesk) -> None:
    done = bundles(desk, "bundle,part,quantity\nSET-2,CUP,4\nSET-3,POT,2\nSET-2,MUG,1\n")

    assert [(reject.row, str(reject.reason)) for reject in done.rejects] == [
        (2, "Bundle SET-2 is left out because of row 4."),
        (4, "No product has the SKU MUG. Import the product first."),
    ]
    assert known(desk) == {("SET-3", "POT"): 2}


def test_parts_of_parts_are_no_bundles(desk: OrderDesk) -> None:
    bundles(desk, "bundle,part,quantity\nSET-2,SET-3,1\n")

    done = bundles(desk, "bundle,part,quantity\nSET-3,CUP,1\n")

    assert "SET-3 is a part of the bundle SET-2" in str(done.rejects[0].reason)


def test_bundle_is_neither_stocked_nor_bought(desk: OrderDesk) -> None:
    bundles(desk, PARTS)

    stock = import_stock(desk.database, io.BytesIO(b"sku,location,quantity\nSET-2,A01,5\n"))
    bought = import_purchase_orders(
        desk.database, io.BytesIO(b"po_no,line_no,supplier,sku,quantity\nPO-1,1,S,SET-2,5\n")
    )

    reasons = [str(result.rejects[0].reason) for result in (stock, bought)]
    assert reasons == ["SET-2 is a bundle: name its parts, for only they lie on shelves."] * 2


def test_order_with_too_many_bundles_is_left_out(desk: OrderDesk) -> None:
    bundles(desk, PARTS)

    done = desk.take("1", ("SET-2", 300_000_000))

    assert "more than 1000000000 units" in str(done.rejects[0].reason)


def test_whole_bundles_are_changed_and_split_with_all_their_parts(desk: OrderDesk) -> None:
    bundles(desk, PARTS)
    desk.take("1", ("SET-2", 3), ("POT", 1))
    desk.reserve()

    with pytest.raises(NotWholeBundles, match="makes no whole bundles"):
        desk.change("1", 1, 7)
    desk.change("1", 1, 8)
    desk.database.write(split_order, "1", SplitRequest((3,), 1), "W-02")

    assert {number: line.ordered - line.cancelled for number, line in desk.lines("1").items()} == {1: 4, 2: 1, 3: 1}
    assert {number: line.ordered for number, line in desk.lines("1-2").items()} == {1: 4, 3: 1}
    assert desk.served() == {("1", "1"): 15, ("1", "2"): 1}
    assert desk.promised() == (11, 0)
    assert desk.differences() == ()


def test_unknown_bundle_file_is_refused(desk: OrderDesk) -> None:
    with pytest.raises(WarehouseError, match="these columns are missing: part"):
        bundles(desk, "bundle,quantity\nSET-2,1\n")


def test_order_that_may_go_in_parts_gets_whole_bundles_only(desk: OrderDesk) -> None:
    bundles(desk, PARTS)
    desk.take("1", ("SET-2", 12), buyer=Buyer(policy="partial"))

    desk.reserve()

    assert {line.sku: line.reserved for line in desk.lines("1").values()} == {"CUP": 32, "POT": 8}
    assert desk.state("1") == "partial"
