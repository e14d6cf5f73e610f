"""The seal chain: an edited history is found, and the first row that is not as it was sealed is named."""

from collections.abc import Sequence
from pathlib import Path

import pytest
from sqlalchemy import select, text

from tests.station.benches import Station
from tests.warehouse import TinyWarehouse
from warehouse_app.books import sealing
from warehouse_app.books.sealing import chain_head, ledger_hash, seal_full_pages, seal_now
from warehouse_app.books.verify import Difference, verify
from warehouse_app.domain.facts import PutAway
from warehouse_app.operations import keeping
from warehouse_app.operations.keeping import book_once, run_bookkeeper
from warehouse_app.station.kept_head import kept_head_in
from warehouse_app.store import tables
from warehouse_app.store.database import Database

MORE_CUPS = [PutAway("", "CUP", "", 1, "A01", "A02")] * 4


@pytest.fixture
def house(database: Database, monkeypatch: pytest.MonkeyPatch) -> TinyWarehouse:
    """Five moves of the first stock; a page holds two."""
    monkeypatch.setattr(sealing, "PAGE_MOVES", 2)
    monkeypatch.setattr(sealing, "PAGES_A_TRANSACTION", 2)
    monkeypatch.setattr(sealing, "PAGES_A_QUERY", 2)
    return TinyWarehouse(database)


def pages(house: TinyWarehouse) -> list[tuple[int, int]]:
    """First and last move of every page."""
    page = tables.ledger_page
    rows = house.database.read(lambda tx: tx.rows(select(page).order_by(page.c.page_no)))
    return [(row["first_move_no"], row["last_move_no"]) for row in rows]


def tamper(house: TinyWarehouse, *statements: str) -> None:
    """What whoever owns the database can do: take the guards away, and change what they like."""
    with house.database.engine.begin() as connection:
        if connection.dialect.name == "sqlite":
            guards = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
            away = [f"DROP TRIGGER {name}" for name in guards]
        else:
            away = [f"ALTER TABLE {table} DISABLE TRIGGER ALL" for table in ("move", "ledger_page")]
        for statement in (*away, *statements):
            connection.execute(text(statement))


def broken(house: TinyWarehouse, head: str = "") -> list[tuple[str, str]]:
    """The broken seals: which, and what is found there."""
    differences: Sequence[Difference] = house.database.read(verify, head).differences
    return [(found.key, str(found.booked)) for found in differences if found.what == "seal"]


def test_full_pages_are_sealed_and_the_open_rest_when_it_is_asked_for(house: TinyWarehouse) -> None:
    first = seal_full_pages(house.database)
    unsealed = house.database.read(verify).unsealed

    head = seal_now(house.database)

    assert (first, unsealed) == (2, 1)
    assert pages(house) == [(1, 2), (3, 4), (5, 5)]
    proof = house.database.read(verify)
    assert (proof.head, proof.unsealed, proof.differences) == (head, 0, ())


def test_sealing_again_adds_nothing_and_an_earlier_head_stays_in_the_chain(house: TinyWarehouse) -> None:
    head = seal_now(house.database)
    again = seal_now(house.database)
    house.happen("09:00", "W-03", MORE_CUPS)

    later = seal_now(house.database)

    assert again == head != later
    assert pages(house)[3:] == [(6, 7), (8, 9)]
    assert broken(house, head.upper()) == []


@pytest.mark.parametrize(
    ("column", "value"),
    [("worker", "W-99"), ("happened_at", "2026-03-02T07:59:59.000000+00:00"), ("lot", "X"), ("quantity", "999")],
)
def test_verify_names_the_first_altered_move(house: TinyWarehouse, column: str, value: str) -> None:
    seal_now(house.database)
    tamper(house, f"UPDATE move SET {column} = '{value}' WHERE move_no IN (3, 4)")  # noqa: S608 - our own words

    ((key, _),) = broken(house)

    assert key == "move 3"


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        ("DELETE FROM move WHERE move_no = 4", ("move 4", "missing")),
        ("DELETE FROM move WHERE move_no = 5", ("move 5", "missing")),
        ("UPDATE move SET move_no = -4 WHERE move_no = 4", ("move -4", "added")),
        ("UPDATE move SET move_no = 6 WHERE move_no = 5", ("move 6", "added")),
        ("DELETE FROM ledger_page WHERE page_no = 1", ("page 1", "missing")),
    ],
)
def test_moves_and_pages_that_were_taken_away_or_put_in_are_named(
    house: TinyWarehouse, statement: str, said: tuple[str, str]
) -> None:
    seal_full_pages(house.database)
    tamper(house, statement)

    found = broken(house)

    assert said in found


def test_sealing_stops_at_a_move_that_was_taken_away_before_it(house: TinyWarehouse) -> None:
    tamper(house, "DELETE FROM move WHERE move_no = 4")

    seal_now(house.database)

    assert pages(house) == [(1, 2), (3, 3)]
    assert broken(house) == [("move 4", "missing")]


def test_page_that_was_sealed_anew_does_not_fit_the_next_one(house: TinyWarehouse) -> None:
    seal_full_pages(house.database)
    tamper(house, "UPDATE move SET worker = 'W-99' WHERE move_no = 1", "DELETE FROM ledger_page WHERE page_no = 1")
    second = house.database.read(lambda tx: dict(tx.rows(select(tables.ledger_page))[0]))
    tamper(house, "DELETE FROM ledger_page")
    seal_full_pages(house.database)
    tamper(house, "DELETE FROM ledger_page WHERE page_no = 2")
    house.database.write(lambda tx: tx.add(tables.ledger_page, [second]))

    found = broken(house)

    assert found == [("page 2, moves 3 to 4", "sealed anew")]


def test_history_that_was_altered_and_sealed_anew_is_found_by_a_head_from_before(house: TinyWarehouse) -> None:
    head = seal_now(house.database)
    tamper(house, "UPDATE move SET worker = 'W-99' WHERE move_no = 1", "DELETE FROM ledger_page")
    seal_now(house.database)

    unknowing, knowing = broken(house), broken(house, head)

    assert unknowing == []
    assert knowing == [(f"head {head}", "not in the chain")]


def test_everything_that_a_move_says_is_sealed() -> None:
    said = {column.name for column in tables.move.columns} - {"warehouse_id"}

    assert said == set(sealing.SEALED_COLUMNS)


def test_ledger_hash_tells_two_ledgers_apart_sealed_or_not(house: TinyWarehouse) -> None:
    before = house.database.read(ledger_hash)
    seal_now(house.database)
    sealed = house.database.read(ledger_hash)
    house.happen("09:00", "W-03", MORE_CUPS)

    later = house.database.read(ledger_hash)

    assert before == sealed != later


def test_idle_bookkeeper_seals_full_pages_and_the_rest_when_it_ends(
    house: TinyWarehouse, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(keeping, "IDLE_S", 0.0)
    seen = []

    def stop() -> bool:
        seen.append(len(pages(house)))
        return len(seen) > 3

    run_bookkeeper(house.database, stop)

    assert seen[-1] == 2
    assert pages(house) == [(1, 2), (3, 4), (5, 5)]


def test_station_keeps_the_head_and_one_that_the_chain_has_lost(house: TinyWarehouse, tmp_path: Path) -> None:
    first = seal_now(house.database)
    station = Station(tmp_path / "s1", house.database)
    house.happen("09:00", "W-03", MORE_CUPS)
    book_once(house.database)
    station.link.look_again()
    second = kept_head_in(tmp_path / "s1")

    tamper(house, "UPDATE move SET worker = 'W-99' WHERE move_no = 1", "DELETE FROM ledger_page")
    seal_now(house.database)
    station.link.look_again()

    assert first != second != house.database.read(chain_head)
    assert kept_head_in(tmp_path / "s1") == second
    station.close()
