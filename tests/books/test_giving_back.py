"""What an order line can give back when its promise no longer covers all that is allocated to it."""

from datetime import UTC, datetime

import pytest

from warehouse_app.books.giving_back import Holding, give_back, holding
from warehouse_app.books.ledger import Books, new_books
from warehouse_app.books.rows import LineRow, LocationRow


@pytest.fixture
def books() -> Books:
    books = new_books(datetime(2026, 3, 2, tzinfo=UTC))
    for name, kind in (("A01", "storage"), ("T-1", "tote")):
        books.locations.add(LocationRow(name, kind, physical=True, sellable=True, pickable=kind == "storage"))
    return books


def line(books: Books, reserved: int, **allocated: int) -> LineRow:
    row = LineRow("1", 1, "", "CUP", True, 10, 0, 0, 0, 0, 0, 0, 0, "", 0, 0)  # noqa: FBT003 - the row's columns
    books.lines.add(row)
    books.reserve(row, reserved)
    for place, quantity in allocated.items():
        books.allocate(row, place.replace("_", "-"), "", quantity)
    return row


def test_units_go_back_the_least_bound_first(books: Books) -> None:
    row = line(books, 7, A01=3, T_1=2)

    taken = give_back(row, 6, books)

    assert taken == Holding(3, 2, 1)
    assert (row.reserved, row.allocated) == (4, 4)


def test_promise_covers_units_in_totes_before_those_on_shelves(books: Books) -> None:
    row = line(books, 3, A01=3, T_1=2)

    held = holding(row, books)
    give_back(row, held.units, books)

    assert held == Holding(7, 0, 1)
    assert (row.reserved, row.allocated) == (2, 4)
