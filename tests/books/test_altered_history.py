"""Whoever owns the database can take its guards away and rewrite history; the seals, or a printed head, still tell."""

import re
from datetime import UTC, date
from pathlib import Path

import pytest
from sqlalchemy import Table, text

from tests.documents.readers import text_of
from tests.station.benches import Station
from tests.warehouse import TinyWarehouse, at
from warehouse_app.books import sealing, snapshots
from warehouse_app.books.sealing import seal_full_pages, seal_now
from warehouse_app.books.snapshots import take_due_snapshots
from warehouse_app.documents.count_report import CountReport, count_report_pdf
from warehouse_app.documents.page import Imprint
from warehouse_app.domain.facts import PutAway
from warehouse_app.operations.keeping import book_once, seal_books, verify_books
from warehouse_app.station.kept_head import kept_head_in
from warehouse_app.store import tables
from warehouse_app.store.database import Database

HEAD = re.compile(r"\b[0-9a-f]{64}\b")


@pytest.fixture
def house(database: Database, monkeypatch: pytest.MonkeyPatch) -> TinyWarehouse:
    """Nine moves; a page holds two, a snapshot follows every five."""
    monkeypatch.setattr(sealing, "PAGE_MOVES", 2)
    monkeypatch.setattr(snapshots, "SNAPSHOT_MOVES", 5)
    house = TinyWarehouse(database)
    house.happen("09:00", "W-03", [PutAway("", "CUP", "", 1, "A01", "A02")] * 4)
    return house


def alter(house: TinyWarehouse, *statements: str) -> None:
    """Rewrite what the database itself would refuse to change."""
    with house.database.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            guards = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
            away = [f"DROP TRIGGER {name}" for name in guards]
        else:
            away = [f"ALTER TABLE {name} DISABLE TRIGGER USER" for name in ("move", "ledger_page")]
        for statement in (*away, *statements):
            connection.execute(text(statement))


def doubled(table: Table, key: str, number: int, new_number: int) -> str:
    """A row once more, under another number."""
    names = [column.name for column in table.columns]
    values = [str(new_number) if name == key else name for name in names]
    columns, taken = ", ".join(names), ", ".join(values)
    return f"INSERT INTO {table.name} ({columns}) SELECT {taken} FROM {table.name} WHERE {key} = {number}"  # noqa: S608


def swapped(table: str, key: str, one: int, other: int) -> list[str]:
    """Two rows that change their numbers."""
    steps = ((one, -one), (other, one), (-one, other))
    return [f"UPDATE {table} SET {key} = {new} WHERE {key} = {old}" for old, new in steps]  # noqa: S608 - our own words


def broken(house: TinyWarehouse, head: str = "") -> list[tuple[str, str]]:
    found = verify_books(house.database, head).differences
    return [(one.key, str(one.booked)) for one in found if one.what == "seal"]


def test_moves_that_were_reordered_are_named(house: TinyWarehouse) -> None:
    seal_full_pages(house.database)
    alter(house, *swapped("move", "move_no", 4, 7))

    assert [key for key, _ in broken(house)] == ["move 4", "move 7"]


def test_move_that_was_booked_twice_is_named(house: TinyWarehouse) -> None:
    seal_full_pages(house.database)
    alter(house, doubled(tables.move, "move_no", 3, 10))

    assert broken(house) == [("move 10", "added")]


def test_pages_that_were_reordered_or_doubled_are_named(house: TinyWarehouse) -> None:
    seal_full_pages(house.database)
    alter(house, doubled(tables.ledger_page, "page_no", 1, 5))
    twice = broken(house)
    alter(house, "DELETE FROM ledger_page WHERE page_no = 5", *swapped("ledger_page", "page_no", 2, 3))

    assert twice[0] == ("page 5", "moves 1 to 2")
    assert broken(house)[0] == ("page 2", "moves 5 to 6")


def test_history_rewritten_with_everything_that_hangs_on_it_is_found_by_the_head_on_paper_and_at_a_station(
    house: TinyWarehouse, tmp_path: Path
) -> None:
    book_once(house.database)
    paper = count_report_pdf(report_with(seal_books(house.database)), Imprint("Tiny", at("17:00"), UTC))
    station = Station(tmp_path / "s1", house.database)
    station.close()

    # One move was of three units and went elsewhere, and all that totals it says so too.
    alter(
        house,
        "UPDATE move SET quantity = 3, to_location = 'B01', worker = 'W-04' WHERE move_no = 7",
        "UPDATE balance SET on_hand = on_hand - 2 WHERE location = 'A01' AND sku = 'CUP'",
        "UPDATE balance SET on_hand = on_hand - 1 WHERE location = 'A02' AND sku = 'CUP'",
        "UPDATE balance SET on_hand = on_hand + 3 WHERE location = 'B01' AND sku = 'CUP'",
        "DELETE FROM ledger_page",
        "DELETE FROM snapshot_balance",
        "DELETE FROM snapshot",
    )
    seal_now(house.database)
    take_due_snapshots(house.database)

    (printed,) = HEAD.findall(text_of(paper))
    kept = kept_head_in(tmp_path / "s1")
    assert verify_books(house.database).differences == ()
    assert printed == kept
    assert broken(house, printed) == [(f"head {printed}", "not in the chain")]


def report_with(head: str) -> CountReport:
    return CountReport(date(2026, 3, 2), "GBP", 4, 4, 4, (), head)
