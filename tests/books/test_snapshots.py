"""Stock at past moments: with snapshots or without, it is the sum of the moves up to then; and verify proves them."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import RowMapping, select, text

from tests.warehouse import TinyWarehouse, at
from warehouse_app.books import replay, snapshots
from warehouse_app.books.snapshots import snapshot_pieces, take_due_snapshots, whole_snapshots
from warehouse_app.books.verify import Proof
from warehouse_app.domain.facts import PutAway
from warehouse_app.operations.keeping import book_once, verify_books
from warehouse_app.operations.stock import StockRow, stock_at, stock_now
from warehouse_app.store import tables
from warehouse_app.store.database import Database

VIRTUAL = ("SUPPLIER", "CUSTOMER", "LOSS", "IN-TRANSIT", "UNRECONCILED", "MISSING")
LONG_AGO, LONG_HENCE = at("00:00") - timedelta(days=900), at("00:00") + timedelta(days=900)


@pytest.fixture(autouse=True)
def _small_steps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snapshots, "SNAPSHOT_MOVES", 4)
    monkeypatch.setattr(snapshots, "ROWS_A_TRANSACTION", 2)
    monkeypatch.setattr(snapshots, "PAUSE_S", 0.0)
    monkeypatch.setattr(replay, "MOVES_A_STEP", 3)


@pytest.fixture
def house(database: Database) -> TinyWarehouse:
    return TinyWarehouse(database)


@pytest.fixture
def worked(house: TinyWarehouse) -> TinyWarehouse:
    """A morning of moves, one of them reported late, with its snapshots."""
    for minute, late in ((1, 0), (2, 0), (3, 90), (4, 0), (5, 0), (6, 0), (7, 0)):
        house.clock = f"10:{minute:02}"
        house.happen(f"{at(house.clock) - timedelta(minutes=late):%H:%M}", "W-03", [put_away("CUP", "A01", "A02")])
    take_due_snapshots(house.database)
    return house


def put_away(sku: str, source: str, target: str, quantity: int = 1) -> PutAway:
    return PutAway("", sku, "", quantity, source, target)


def tamper(house: TinyWarehouse, statement: str) -> None:
    with house.database.engine.begin() as connection:
        connection.execute(text(statement))


def moves_of(house: TinyWarehouse) -> Sequence[RowMapping]:
    return house.database.read(lambda tx: tx.rows(select(tables.move)))


def summed(moves: Sequence[RowMapping], clock: str, moment: datetime) -> dict[tuple[str, str], int]:
    """Units in the house by location and SKU after all moves whose time by this clock is not after the moment."""
    totals: dict[tuple[str, str], int] = defaultdict(int)
    for move in moves:
        if move[clock] <= moment:
            totals[move["to_location"], move["sku"]] += move["quantity"]
            totals[move["from_location"], move["sku"]] -= move["quantity"]
    return {key: units for key, units in totals.items() if units and key[0] not in VIRTUAL}


def told(house: TinyWarehouse, moment: datetime, sku: str | None = None, *, as_happened: bool = False) -> object:
    rows = house.database.read(stock_at, sku, moment, as_happened=as_happened)
    return {(row.location, row.sku): row.on_hand for row in rows}


def snapshot_differences(house: TinyWarehouse) -> list[tuple[str, int | str, int | str]]:
    found = verify_books(house.database).differences
    return [(one.key, one.booked, one.proven) for one in found if one.what == "snapshot"]


reports = st.lists(
    st.tuples(
        st.sampled_from(("CUP", "POT")),
        st.permutations(("A01", "A02", "B01", "C01")),
        st.sampled_from((1, 1, 2, 30)),
        st.integers(0, 23 * 60),
    ),
    min_size=1,
    max_size=8,
)


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(reported=reports, drawn=st.integers(0, 24 * 60), pieces=st.integers(0, 3))
def test_stock_at_any_moment_is_the_sum_of_the_moves_up_to_it(
    house: TinyWarehouse, reported: list[tuple[str, list[str], int, int]], drawn: int, pieces: int
) -> None:
    for sku, places, quantity, minute in reported:
        house.clock = f"{at(house.clock) + timedelta(minutes=7):%H:%M}"
        happened = at("00:00") + timedelta(minutes=minute)
        house.happen(f"{happened:%H:%M}", "W-03", [put_away(sku, places[0], places[1], quantity)])
    some_pieces(house, pieces)

    moves = moves_of(house)
    recorded = sorted({move["recorded_at"] for move in moves})
    moments = [at("00:00") + timedelta(minutes=drawn), LONG_AGO, LONG_HENCE, *recorded[-4:]]
    for moment in (*moments, *(one - timedelta(microseconds=1) for one in recorded[-4:])):
        assert told(house, moment) == summed(moves, "recorded_at", moment)
        assert told(house, moment, as_happened=True) == summed(moves, "happened_at", moment)
    cups = {key: units for key, units in summed(moves, "recorded_at", moments[0]).items() if key[1] == "CUP"}
    assert told(house, moments[0], "cup") == cups
    assert verify_books(house.database).differences == ()


def some_pieces(house: TinyWarehouse, count: int) -> None:
    """Begin to take what is due, and break off somewhere."""
    work: Iterator[bool] = snapshot_pieces(house.database)
    for _ in range(count):
        next(work, None)
    work.close()  # type: ignore[attr-defined]


def test_before_the_first_move_nothing_lay_anywhere_and_the_future_is_now(worked: TinyWarehouse) -> None:
    now = worked.database.read(stock_now, None)

    assert told(worked, LONG_AGO) == {}
    assert worked.database.read(stock_at, None, LONG_HENCE, as_happened=False) == tuple(
        StockRow(row.sku, row.owner, row.location, row.lot, row.on_hand, 0, row.on_hand) for row in now
    )


def test_snapshots_are_taken_by_whoever_works_off_the_facts(house: TinyWarehouse) -> None:
    house.happen("10:00", "W-03", [put_away("CUP", "A01", "A02")] * 4)

    book_once(house.database)
    taken = house.database.read(whole_snapshots)

    # Five cells lie in the house, more than the four moves that are the least between two.
    assert [(one.number, one.last_move_no) for one in taken] == [(1, 4), (2, 8)]


def test_snapshot_that_was_broken_off_answers_nothing_and_is_finished_as_it_was_begun(house: TinyWarehouse) -> None:
    some_pieces(house, 1)
    begun = house.database.read(whole_snapshots)
    house.happen("10:00", "W-03", [put_away("CUP", "A01", "A02")])

    take_due_snapshots(house.database)

    assert begun == []
    assert [one.last_move_no for one in house.database.read(whole_snapshots)] == [4]
    assert verify_books(house.database).differences == ()


@pytest.mark.parametrize(
    ("statement", "key"),
    [
        ("UPDATE snapshot_balance SET on_hand = 99 WHERE number = 1 AND location = 'A01'", "1 / A01 / CUP /  / "),
        ("DELETE FROM snapshot_balance WHERE number = 2 AND location = 'B01'", "2 / B01 / CUP /  / "),
        (
            "INSERT INTO snapshot_balance VALUES ('WH1', 2, 'POT', 'A01', '', '', 5)",
            "2 / A01 / POT /  / ",
        ),
        ("UPDATE snapshot SET last_move_no = 5 WHERE number = 1", "1 / C01 / POT /  / "),
        ("UPDATE snapshot SET last_move_no = 700 WHERE number = 2", "2"),
        ("UPDATE snapshot SET recorded_at = '2026-03-02T09:00:00.000000+00:00' WHERE number = 2", "2"),
        ("UPDATE snapshot SET happened_to = '2026-03-02T09:00:00.000000+00:00' WHERE number = 1", "1"),
        ("DELETE FROM snapshot WHERE number = 1", "2"),
    ],
)
def test_altered_snapshot_is_named(worked: TinyWarehouse, statement: str, key: str) -> None:
    before = snapshot_differences(worked)

    tamper(worked, statement)

    assert before == []
    assert key in [found[0] for found in snapshot_differences(worked)]


def test_altered_snapshot_is_named_once_and_with_what_the_moves_give(worked: TinyWarehouse) -> None:
    tamper(worked, "UPDATE snapshot_balance SET on_hand = 99 WHERE number = 1 AND location = 'C01'")

    assert snapshot_differences(worked) == []
    tamper(worked, "UPDATE snapshot_balance SET on_hand = 99 WHERE number = 1 AND location = 'B01'")
    assert snapshot_differences(worked) == [("1 / B01 / CUP /  / ", 99, 20)]


def test_books_are_proved_while_others_go_on_booking(worked: TinyWarehouse) -> None:
    proof = Proof()
    while worked.database.read(proof.step):
        worked.clock = f"{at(worked.clock) + timedelta(minutes=1):%H:%M}"
        if worked.clock < "10:20":
            worked.happen(worked.clock, "W-03", [put_away("CUP", "B01", "A02")])

    found = worked.database.read(proof.finish)

    assert found.differences == ()
    assert found.moves == len(moves_of(worked))
