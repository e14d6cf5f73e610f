"""The database itself refuses what must never happen, whoever asks, in raw SQL."""

from contextlib import AbstractContextManager, nullcontext

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError

from tests.despatch import DespatchHouse
from warehouse_app.books.sealing import seal_now
from warehouse_app.domain.facts import PutAway
from warehouse_app.store.database import Database

APPEND_ONLY = ("move", "fact", "ledger_page")
KEYS = {"move": "warehouse_id, move_no", "fact": "warehouse_id, fact_id", "ledger_page": "warehouse_id, page_no"}
CHANGES = {"move": "quantity = 9", "fact": "payload = '{}'", "ledger_page": "hash = ''"}
ATTACKS = (
    "UPDATE {table} SET {change}",
    "UPDATE {table} SET {change} WHERE true",
    "DELETE FROM {table}",
    "DELETE FROM {table} WHERE true",
)
UPSERT = "INSERT INTO {table} SELECT * FROM {table} WHERE true ON CONFLICT ({key}) DO UPDATE SET {change}"
SQLITE_ATTACKS = ("UPDATE OR REPLACE {table} SET {change}",)
POSTGRES_ATTACKS = (
    "TRUNCATE {table}",
    "TRUNCATE {table} CASCADE",
    "WITH gone AS (DELETE FROM {table} RETURNING *) SELECT * FROM gone",
    "MERGE INTO {table} USING (SELECT 1 AS one) AS other ON true WHEN MATCHED THEN UPDATE SET {change}",
    "MERGE INTO {table} USING (SELECT 1 AS one) AS other ON true WHEN MATCHED THEN DELETE",
)


@pytest.fixture
def house(database: Database) -> DespatchHouse:
    house = DespatchHouse(database)
    house.packing("1")
    house.happen("09:00", "W-03", [PutAway("", "CUP", "", 1, "A01", "A02")])
    seal_now(database)
    return house


def run(house: DespatchHouse, statement: str) -> int:
    with house.database.engine.begin() as connection:
        return connection.exec_driver_sql(statement).rowcount


def rows(house: DespatchHouse, table: str) -> list[tuple[object, ...]]:
    with house.database.engine.begin() as connection:
        found = connection.exec_driver_sql(f"SELECT * FROM {table} ORDER BY 1, 2, 3")  # noqa: S608 - our own names
        return [tuple(row) for row in found]


def engine_of(house: DespatchHouse) -> str:
    return house.database.engine.dialect.name


def never(table: str) -> AbstractContextManager[object]:
    return pytest.raises(DBAPIError, match=f"{table} rows are never")


def is_refused(house: DespatchHouse, attack: str, table: str) -> None:
    before = [rows(house, name) for name in APPEND_ONLY]
    statement = attack.format(table=table, key=KEYS[table], change=CHANGES[table])

    # A fact that comes again is how a station makes sure: SQLite lets it pass without a word, and without a change.
    with nullcontext() if (attack, table, engine_of(house)) == (UPSERT, "fact", "sqlite") else never(table):
        run(house, statement)

    assert all(before)
    assert [rows(house, name) for name in APPEND_ONLY] == before


@pytest.mark.parametrize("table", APPEND_ONLY)
def test_append_only_rows_are_never_changed(house: DespatchHouse, table: str) -> None:
    for attack in (*ATTACKS, UPSERT, *(SQLITE_ATTACKS if engine_of(house) == "sqlite" else POSTGRES_ATTACKS)):
        is_refused(house, attack, table)


@pytest.mark.on("sqlite")
@pytest.mark.parametrize("table", ["move", "ledger_page"])
@pytest.mark.parametrize(
    "attack", ["INSERT OR REPLACE INTO {table} SELECT * FROM {table}", "REPLACE INTO {table} SELECT * FROM {table}"]
)
def test_replacing_does_not_slip_past_the_guards(house: DespatchHouse, attack: str, table: str) -> None:
    is_refused(house, attack, table)


@pytest.mark.on("sqlite")
def test_move_does_not_replace_another_by_taking_its_number(house: DespatchHouse) -> None:
    is_refused(house, "UPDATE OR REPLACE move SET move_no = 1 WHERE move_no = 2", "move")


@pytest.mark.on("postgresql")
@pytest.mark.parametrize("table", APPEND_ONLY)
def test_rows_that_are_copied_in_replace_nothing(house: DespatchHouse, table: str) -> None:
    before = rows(house, table)

    with pytest.raises(psycopg.errors.UniqueViolation):
        copy_in(house, table, copy_out(house, table))

    assert before
    assert rows(house, table) == before


def copy_out(house: DespatchHouse, table: str) -> bytes:
    with psycopg.connect(house.url.replace("+psycopg", "")) as connection:
        cursor = connection.cursor()
        with cursor.copy(f"COPY {table} TO STDOUT".encode()) as copied:
            return b"".join(copied)


def copy_in(house: DespatchHouse, table: str, text: bytes) -> None:
    with psycopg.connect(house.url.replace("+psycopg", "")) as connection:
        cursor = connection.cursor()
        with cursor.copy(f"COPY {table} FROM STDIN".encode()) as copying:
            copying.write(text)


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


@pytest.mark.on("sqlite")
def test_fact_that_comes_again_changes_nothing(house: DespatchHouse) -> None:
    before = rows(house, "fact")

    run(house, "INSERT OR REPLACE INTO fact SELECT * FROM fact")
    run(house, replacing("fact_id", "'thief', incarnation, sequence"))

    assert rows(house, "fact") == before


@pytest.mark.on("sqlite")
def test_fact_is_not_replaced_by_another_of_its_number(house: DespatchHouse) -> None:
    before = rows(house, "fact")

    with pytest.raises(IntegrityError, match="never replaced"):
        run(house, replacing("'new-' || fact_id", COPIED[1]))

    assert rows(house, "fact") == before


IMPOSSIBLE = [
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
]


def test_numbers_that_cannot_be_are_refused(house: DespatchHouse) -> None:
    for table, change in IMPOSSIBLE:
        before = rows(house, table)

        with pytest.raises(IntegrityError, match=r"CHECK|check"):
            run(house, f"UPDATE {table} SET {change}")  # noqa: S608 - our own words

        assert before, table
        assert rows(house, table) == before, change


def test_move_of_nothing_and_move_to_where_it_is_are_refused(house: DespatchHouse) -> None:
    names = "warehouse_id, move_no, owner, sku, lot, quantity, from_location, to_location, cause_kind, cause_id, worker"
    times = "happened_at, recorded_at"
    for quantity, place in ((0, "'A02'"), (-1, "'A02'"), (1, "'A01'")):
        values = (
            f"warehouse_id, move_no + 1000, owner, sku, lot, {quantity}, 'A01', {place}, cause_kind, cause_id, worker"
        )

        with pytest.raises(IntegrityError, match=r"CHECK|check"):
            run(house, f"INSERT INTO move ({names}, {times}) SELECT {values}, {times} FROM move LIMIT 1")  # noqa: S608
