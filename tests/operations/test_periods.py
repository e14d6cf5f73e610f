"""Closed periods stay as they are: nothing comes into them, late facts are in the open one, and tampering is found."""

from itertools import pairwise
from threading import Thread

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from tests.despatch import DespatchHouse, at
from warehouse_app.domain.errors import NotFound
from warehouse_app.domain.facts import GoodsReceived, PutAway
from warehouse_app.operations.periods import (
    BadName,
    ClosedAlready,
    ClosedPeriod,
    NameTaken,
    NotOverYet,
    close_period,
    list_periods,
    show_period,
)
from warehouse_app.operations.valuation import stock_value
from warehouse_app.store.database import Database, utc_now

UNITS, ENTERED = "morning / : units", "morning / : units of cost entries"
VALUE, SEAL = "morning / : value", "morning: seal"
RECEIVED = GoodsReceived("PO-1", 0, "", "CUP", "", "", "", 4, "RECV-01")


@pytest.fixture
def house(database: Database) -> DespatchHouse:
    """43 units worth 161.25 from eight o'clock on."""
    return DespatchHouse(database)


def close(house: DespatchHouse, clock: str, name: str = "") -> ClosedPeriod:
    house.clock = clock
    return close_period(house.database, name, at(clock), "W-01")


def tamper(house: DespatchHouse, *statements: str) -> None:
    """What whoever owns the database can do: take the guards away, and change what they like."""
    with house.database.engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = replica"))
        else:
            names = connection.execute(text("SELECT name FROM sqlite_master WHERE type = 'trigger'")).scalars().all()
            for name in names:
                connection.execute(text(f"DROP TRIGGER {name}"))
        for statement in statements:
            connection.execute(text(statement))
        if connection.dialect.name == "postgresql":
            connection.execute(text("SET session_replication_role = DEFAULT"))


def run(house: DespatchHouse, statement: str) -> None:
    with house.database.engine.begin() as connection:
        connection.execute(text(statement))


def found_in(house: DespatchHouse) -> set[str]:
    return {one.key for one in house.differences() if one.what == "period"}


def test_closing_keeps_units_value_and_head_under_the_name_of_the_last_day(house: DespatchHouse) -> None:
    done = close(house, "09:00")

    assert (done.name, done.starts_at, done.ends_at, done.worker) == ("2026-03-02", None, at("09:00"), "W-01")
    assert (done.units, done.value, done.currency) == (43, 16_125, "GBP")
    assert (done.last_move_no, done.last_cost_no, len(done.head)) == (5, 5, 64)
    assert house.database.read(show_period, "2026-03-02") == done
    assert house.differences() == ()


def test_late_fact_books_into_the_open_period(house: DespatchHouse) -> None:
    first = close(house, "09:00", "morning")
    house.clock = "10:00"

    house.happen("08:30", "W-03", [RECEIVED])
    second = close(house, "11:00", "noon")

    assert house.database.read(show_period, "morning") == first
    assert (second.starts_at, second.units, second.last_cost_no) == (at("09:00"), 47, 6)
    assert house.database.read(stock_value, None, None, at("09:00")).units == 43
    assert house.differences() == ()


def test_books_go_on_after_a_period_that_ends_this_very_instant(house: DespatchHouse) -> None:
    house.clock = "09:00"
    house.happen("09:00", "W-03", [RECEIVED])
    close(house, "09:00", "morning")
    house.clock = "08:00"

    house.happen("09:00", "W-03", [RECEIVED])

    assert house.database.read(show_period, "morning").units == 47
    assert house.database.read(stock_value, "owner").units == 51
    assert house.differences() == ()


def test_periods_that_cannot_be_are_refused(house: DespatchHouse) -> None:
    close(house, "09:00", "morning")
    house.clock = "10:00"
    for name, clock, error in (
        ("next", "10:01", NotOverYet),
        ("next", "09:00", ClosedAlready),
        ("next", "08:00", ClosedAlready),
        ("morning", "10:00", NameTaken),
        ("two\nlines", "10:00", BadName),
        ("x" * 101, "10:00", BadName),
    ):
        with pytest.raises(error):
            close_period(house.database, name, at(clock), "")

    with pytest.raises(NotFound):
        house.database.read(show_period, "next")

    assert [one.name for one in house.database.read(list_periods)] == ["morning"]


@pytest.mark.parametrize("table", ["move", "cost_entry"])
def test_database_itself_refuses_what_would_come_into_a_closed_period(house: DespatchHouse, table: str) -> None:
    columns = {
        "move": "owner, sku, lot, quantity, from_location, to_location, cause_kind, cause_id, worker, happened_at",
        "cost_entry": "owner, sku, kind, move_no, cause_id, reference, quantity, value",
    }[table]
    number = "move_no" if table == "move" else "cost_no"
    names = f"warehouse_id, {number}, {columns}, recorded_at"
    copied = f"SELECT warehouse_id, {number} + 1000, {columns}, recorded_at FROM {table} WHERE {number} = 1"  # noqa: S608
    close(house, "09:00")

    with pytest.raises(DBAPIError, match="never come into a closed period"):
        run(house, f"INSERT INTO {table} ({names}) {copied}")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE {table} SET warehouse_id = 'WH2'",
        "DELETE FROM {table}",
    ],
)
@pytest.mark.parametrize("table", ["cost_entry", "period", "period_total"])
def test_append_only_rows_are_never_changed(house: DespatchHouse, table: str, statement: str) -> None:
    close(house, "09:00")

    with pytest.raises(DBAPIError, match="never"):
        run(house, statement.format(table=table))


def test_rows_are_never_replaced(house: DespatchHouse) -> None:
    close(house, "09:00")
    replacing = "INSERT OR REPLACE INTO"
    if house.database.engine.dialect.name == "postgresql":
        replacing = "INSERT INTO"

    for table in ("cost_entry", "period", "period_total"):
        with pytest.raises(DBAPIError, match=r"never|duplicate"):
            run(house, f"{replacing} {table} SELECT * FROM {table}")  # noqa: S608 - our own names


@pytest.mark.parametrize(
    ("statement", "keys"),
    [
        ("UPDATE period_total SET value = value + 1", {VALUE, SEAL}),
        ("UPDATE period_total SET quantity = 1", {UNITS, ENTERED, SEAL}),
        ("UPDATE period SET head = 'abc' WHERE name = 'morning'", {"morning: head", SEAL}),
        ("UPDATE period SET name = 'evening'", {"evening: seal"}),
        ("UPDATE period SET last_cost_no = 4", {"morning: last cost entry", ENTERED, VALUE, SEAL}),
        ("DELETE FROM period_total", {UNITS, ENTERED, VALUE, SEAL}),
        ("UPDATE cost_entry SET reference = 'PO-7' WHERE cost_no = 2", {SEAL}),
    ],
)
def test_verify_finds_a_period_that_was_altered(house: DespatchHouse, statement: str, keys: set[str]) -> None:
    close(house, "09:00", "morning")
    tamper(house, statement)

    assert found_in(house) == keys


def test_verify_finds_value_that_was_moved_between_entries_of_a_closed_period(house: DespatchHouse) -> None:
    close(house, "09:00", "morning")
    tamper(
        house,
        "UPDATE cost_entry SET value = value + 100 WHERE cost_no = 1",
        "UPDATE cost_entry SET value = value - 100 WHERE cost_no = 2",
    )

    assert found_in(house) == {"morning: seal"}


def test_verify_finds_a_period_that_was_taken_away(house: DespatchHouse) -> None:
    close(house, "09:00", "morning")
    close(house, "10:00", "noon")
    tamper(house, "DELETE FROM period WHERE name = 'morning'", "DELETE FROM period_total WHERE period_no = 1")

    assert {"noon: start", "noon: seal"} <= found_in(house)


def test_day_of_many_periods_still_ties(house: DespatchHouse) -> None:
    for number in range(1, 6):
        house.clock = f"{9 + number:02}:00"
        house.happen("09:00", "W-03", [RECEIVED, PutAway("", "CUP", "", 5, "RECV-01", "A01")])
        close(house, f"{9 + number:02}:30", f"p{number}")

    periods = house.database.read(list_periods)

    for one in periods:
        then = house.database.read(stock_value, None, None, one.ends_at)
        assert (one.units, one.value) == (then.units, then.value)
    assert all(later.starts_at == one.ends_at for one, later in pairwise(periods))
    assert house.differences() == ()


def test_facts_that_are_booked_while_periods_are_closed_are_in_one_of_them_or_after(house: DespatchHouse) -> None:
    def book() -> None:
        for _ in range(12):
            house.happen("09:00", "W-03", [RECEIVED])

    house.database.clock = utc_now
    booked = Thread(target=book)
    booked.start()
    closed: list[ClosedPeriod] = []
    while booked.is_alive():
        closed.append(close_period(house.database, f"p{len(closed)}", utc_now(), ""))
    booked.join()

    last = close_period(house.database, "last", utc_now(), "")

    assert last.units == 43 + 12 * 4
    assert [one.units for one in closed] == sorted(one.units for one in closed)
    assert house.differences() == ()
