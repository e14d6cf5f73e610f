"""What several stations did to the same units may be told in any order: the books end alike, and owe nothing."""

from itertools import permutations

import pytest
from sqlalchemy import select

from tests.warehouse import TinyWarehouse, at
from warehouse_app.books.bookkeeping import book_everything
from warehouse_app.domain.facts import Fact, GoodsReceived, PutAway, Undone, encode
from warehouse_app.store import tables
from warehouse_app.store.database import Database

STEPS = 5
ORDERS = tuple(permutations(range(STEPS)))


@pytest.fixture
def house(database: Database) -> TinyWarehouse:
    return TinyWarehouse(database)


def story(lot: str) -> tuple[Fact, ...]:
    """Five units come in and go from place to place; each step is told by another station."""
    wrong = PutAway("", "CUP", lot, 1, "B01", "A02")
    return (
        GoodsReceived("PO-1", 0, "", "CUP", lot, "", "", 5, "RECV-01"),
        PutAway("", "CUP", lot, 5, "RECV-01", "A01"),
        PutAway("", "CUP", lot, 3, "A01", "B01"),
        PutAway("", "CUP", lot, 2, "B01", "C01"),
        Undone("any", wrong.kind, wrong.version, encode(wrong)),
    )


def test_every_order_of_telling_leads_to_the_same_books_without_a_debt(house: TinyWarehouse) -> None:
    lots = {f"L{number:03d}": order for number, order in enumerate(ORDERS)}
    moved_wrongly = [PutAway("", "CUP", lot, 1, "B01", "A02") for lot in lots]

    # In every turn each lot's next station tells its step, and all of that is booked before the next turn.
    for turn in range(STEPS):
        for step in range(STEPS):
            told = [story(lot)[step] for lot, order in lots.items() if order[turn] == step]
            house.database.write(house._post, at(f"09:{step:02d}"), "W-03", told, f"S{step}", "")  # noqa: SLF001
        book_everything(house.database)
    house.happen("09:03", "W-03", moved_wrongly, station="S9")

    balance, debt = tables.balance, tables.debt
    rows = house.database.read(lambda tx: tx.rows(select(balance).where(balance.c.on_hand != 0, balance.c.lot != "")))
    lying: dict[str, dict[str, int]] = {lot: {} for lot in lots}
    for row in rows:
        lying[row["lot"]][row["location"]] = row["on_hand"]
    assert lying == {lot: {"A01": 2, "B01": 1, "C01": 2, "SUPPLIER": -5} for lot in lots}
    assert house.database.read(lambda tx: tx.rows(select(debt))) == []
    assert house.database.read(lambda tx: tx.rows(select(tables.discrepancy))) == []
    assert house.differences() == ()
