"""The database itself refuses what must never happen, whoever asks, in raw SQL."""

import pytest
from sqlalchemy.exc import IntegrityError

from tests.despatch import DespatchHouse
from warehouse_app.domain.facts import PutAway
from warehouse_app.store.database import Database


@pytest.fixture
def house(database: Database) -> DespatchHouse:
    house = DespatchHouse(database)
    house.packing("1")
    house.happen("09:00", "W-03", [PutAway("", "CUP", "", 1, "A01", "A02")])
    return house


def run(house: DespatchHouse, statement: str) -> int:
    with house.database.engine.begin() as connection:
        return connection.exec_driver_sql(statement).rowcount


def rows(house: DespatchHouse, table: str) -> list[tuple[object, ...]]:
    with house.database.engine.begin() as connection:
        found = connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1, 2, 3")  # noqa: S608 - our own names
        return [tuple(row) for row in found]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE move SET quantity = quantity + 1",
        "UPDATE move SET worker = '' WHERE move_no = 1",
        "DELETE FROM move",
        "DELETE FROM move WHERE move_no = 1",
        "INSERT OR REPLACE INTO move SELECT * FROM move WHERE move_no = 1",
        "REPLACE INTO move SELECT * FROM move",
        "UPDATE OR REPLACE move SET move_no = 1 WHERE move_no = 2",
        "INSERT INTO move SELECT * FROM move WHERE true ON CONFLICT (warehouse_id, move_no) DO UPDATE SET quantity = 9",
        "UPDATE fact SET payload = '{}'",
        "UPDATE OR REPLACE fact SET fact_id = 'x'",
        "DELETE FROM fact",
        "DELETE FROM fact WHERE sequence = 1",
    ],
)
def test_append_only_rows_are_never_changed(statement: str, house: DespatchHouse) -> None:
    before = rows(house, "move"), rows(house, "fact")

    with pytest.raises(IntegrityError, match="never"):
        run(house, statement)

    assert (rows(house, "move"), rows(house, "fact")) == before


COPIED = (
    "worker, work, epoch, kind, version, '{}', content_hash, happened_at, recorded_at",
    "station, incarnation, sequence",
)
NAMES = "warehouse_id, fact_id, station, incarnation, sequence, worker, work, epoch, kind, version, payload,"
NAMES += " content_hash, happened_at, recorded_at"


def replacing(fact_id: str, number: str) -> str:
    """A statement that would replace every fact by one without contents."""
    values = f"warehouse_id, {fact_id}, {number}, {COPIED[0]}"
    return f"REPLACE INTO fact ({NAMES}) SELECT {values} FROM fact"  # noqa: S608 - our own names


def test_fact_that_comes_again_changes_nothing(house: DespatchHouse) -> None:
    before = rows(house, "fact")

    run(house, "INSERT OR REPLACE INTO fact SELECT * FROM fact")
    run(house, replacing("fact_id", "'thief', incarnation, sequence"))

    assert rows(house, "fact") == before


def test_fact_is_not_replaced_by_another_of_its_number(house: DespatchHouse) -> None:
    before = rows(house, "fact")

    with pytest.raises(IntegrityError, match="never replaced"):
        run(house, replacing("'new-' || fact_id", COPIED[1]))

    assert rows(house, "fact") == before


@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("balance", "on_hand = -1 WHERE physical"),
        ("balance", "allocated = on_hand + 1 WHERE physical"),
        ("balance", "allocated = -1 WHERE physical"),
        ("product_stock", "reserved = sellable + 1"),
        ("product_stock", "reserved = -1"),
        ("product_stock", "set_aside = sellable - reserved + 1"),
        ("fulfilment_line", "reserved = ordered + 1"),
        ("fulfilment_line", "short = ordered"),
        ("fulfilment_line", "shipped = -1"),
        ("fulfilment_line", "ordered = 0"),
        ("fulfilment_order", "state = 'lost'"),
        ("pick_stop", "quantity = 0"),
        ("reservation", "quantity = 0"),
        ("allocation", "quantity = -1"),
        ("claim", "state = 'stolen'"),
        ("pick_list", "state = 'gone'"),
    ],
)
def test_numbers_that_cannot_be_are_refused(table: str, change: str, house: DespatchHouse) -> None:
    before = rows(house, table)

    with pytest.raises(IntegrityError, match="CHECK"):
        run(house, f"UPDATE {table} SET {change}")  # noqa: S608 - our own words

    assert before
    assert rows(house, table) == before


def test_move_of_nothing_and_move_to_where_it_is_are_refused(house: DespatchHouse) -> None:
    names = "warehouse_id, move_no, owner, sku, lot, quantity, from_location, to_location, cause_kind, cause_id, worker"
    times = "happened_at, recorded_at"
    for quantity, place in ((0, "'A02'"), (-1, "'A02'"), (1, "'A01'")):
        values = (
            f"warehouse_id, move_no + 1000, owner, sku, lot, {quantity}, 'A01', {place}, cause_kind, cause_id, worker"
        )

        with pytest.raises(IntegrityError, match="CHECK"):
            run(house, f"INSERT INTO move ({names}, {times}) SELECT {values}, {times} FROM move LIMIT 1")  # noqa: S608
