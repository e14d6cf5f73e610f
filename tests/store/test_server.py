"""What only a server can do to a decision: fail it, deadlock it, drop it, go away; it is made once or not at all."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from threading import Barrier

import psycopg
import pytest
from sqlalchemy import select, text

from tests.processes import PATIENCE_S
from tests.warehouse import TinyWarehouse
from tools.postgres import PostgresServer
from warehouse_app.domain.errors import ServerTooOld, StockChanged, StoreUnavailable, TextsNotUnicode
from warehouse_app.store import server, tables
from warehouse_app.store.database import TRIES, Database, Transaction
from warehouse_app.store.engine import open_database

pytestmark = pytest.mark.on("postgresql")

Tell = Callable[[str], None]


@pytest.fixture
def house(database: Database) -> TinyWarehouse:
    house = TinyWarehouse(database)
    house.database.write(lambda tx: tx.put(tables.number_series, [series("A", 1), series("B", 1)]))
    return house


@pytest.fixture
def tell(house: TinyWarehouse) -> Tell:
    """Runs a statement as somebody else."""

    def run(statement: str) -> None:
        with psycopg.connect(house.url.replace("+psycopg", ""), autocommit=True) as connection:
            connection.execute(statement.encode())

    return run


def series(name: str, number: int) -> dict[str, object]:
    return {"series": name, "next_number": number}


def number_of(tx: Transaction, name: str) -> int:
    table = tables.number_series
    return int(tx.value(select(table.c.next_number).where(tx.mine(table), table.c.series == name)))


def process_of(tx: Transaction) -> int:
    return int(tx.value(text("SELECT pg_backend_pid()")))


def count_up_strictly(tx: Transaction, meanwhile: Callable[[], None]) -> None:
    """Set A to what it was and one, which PostgreSQL refuses when somebody changes it in between."""
    tx.connection.execute(text("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ"))
    number = number_of(tx, "A")
    meanwhile()
    tx.put(tables.number_series, [series("A", number + 1)])


def test_decision_that_could_not_be_serialized_is_made_again(house: TinyWarehouse, tell: Tell) -> None:
    tried: list[int] = []

    def meanwhile() -> None:
        if not tried:
            tell("UPDATE number_series SET next_number = 10 WHERE series = 'A'")
        tried.append(1)

    house.database.write(count_up_strictly, meanwhile)

    assert house.database.read(number_of, "A") == 11


def test_decision_that_can_never_be_serialized_is_given_up(house: TinyWarehouse, tell: Tell) -> None:
    tried: list[int] = []

    def meanwhile() -> None:
        tried.append(1)
        tell("UPDATE number_series SET next_number = next_number + 10 WHERE series = 'A'")

    with pytest.raises(StoreUnavailable, match="serialize"):
        house.database.write(count_up_strictly, meanwhile)

    assert len(tried) == TRIES
    assert house.database.read(number_of, "A") == 1 + 10 * TRIES


def test_two_decisions_that_lock_each_other_out_are_both_made(house: TinyWarehouse) -> None:
    both = Barrier(2, timeout=PATIENCE_S)
    tries: list[str] = []

    def decide(tx: Transaction, first: str, then: str) -> None:
        tx.connection.execute(text("SET LOCAL deadlock_timeout = 20"))
        tries.append(first)
        tx.change(tables.number_series, [series(first, number_of(tx, first) + 1)])
        if len(tries) <= 2:
            both.wait()
        tx.change(tables.number_series, [series(then, number_of(tx, then) + 1)])

    with ThreadPoolExecutor(2) as pool:
        made = [pool.submit(partial(house.database.write, decide, *names)) for names in (("A", "B"), ("B", "A"))]
        for one in made:
            one.result(PATIENCE_S)

    assert len(tries) == 3
    assert house.database.read(lambda tx: (number_of(tx, "A"), number_of(tx, "B"))) == (3, 3)


def test_decision_whose_connection_is_dropped_is_made_once(house: TinyWarehouse, tell: Tell) -> None:
    tried: list[int] = []

    def decide(tx: Transaction) -> int:
        tx.announce("order", ["1"])
        if not tried:
            tell(f"SELECT pg_terminate_backend({process_of(tx)}, 5000)")
        tried.append(1)
        return tx.next_in_series("A")

    number = house.database.write(decide)

    assert (number, len(tried)) == (1, 2)
    told = house.database.read(lambda tx: tx.rows(select(tables.feed).where(tables.feed.c.entity == "order")))
    assert len(told) == 1


def test_decision_whose_connection_is_dropped_under_its_last_statements_is_made_once(
    house: TinyWarehouse, tell: Tell
) -> None:
    tried: list[int] = []

    def decide(tx: Transaction) -> None:
        process = process_of(tx)
        number = number_of(tx, "A")
        if not tried:
            tell(f"SELECT pg_terminate_backend({process}, 5000)")
        tried.append(1)
        with tx.at_once(many=True):
            tx.put(tables.number_series, [series("A", number + 1)])

    house.database.write(decide)

    assert len(tried) == 2
    assert house.database.read(number_of, "A") == 2


def test_block_within_a_block_goes_along_in_the_same_trip(house: TinyWarehouse) -> None:
    def decide(tx: Transaction) -> None:
        with tx.at_once(many=True):
            tx.put(tables.number_series, [series("A", 2)])
            with tx.at_once(many=False):
                tx.put(tables.number_series, [series("B", 3)])
            tx.put(tables.number_series, [series("A", 4)])

    house.database.write(decide)

    assert house.database.read(lambda tx: (number_of(tx, "A"), number_of(tx, "B"))) == (4, 3)


def test_refusal_of_an_inner_block_undoes_the_whole_decision(house: TinyWarehouse) -> None:
    def decide(tx: Transaction) -> None:
        with tx.at_once(many=True):
            tx.put(tables.number_series, [series("B", 9)])
            with tx.at_once(many=True):
                tx.add(tables.number_series, [series("A", 9)])
            tx.put(tables.number_series, [series("B", 10)])

    with pytest.raises(StockChanged, match="pk_number_series"):
        house.database.write(decide)

    assert house.database.read(lambda tx: (number_of(tx, "A"), number_of(tx, "B"))) == (1, 1)


def test_connection_lost_at_the_commit_is_not_tried_again(house: TinyWarehouse, tell: Tell) -> None:
    tried: list[int] = []

    def decide(tx: Transaction) -> None:
        tried.append(1)
        tx.put(tables.number_series, [series("A", 7)])
        tell(f"SELECT pg_terminate_backend({process_of(tx)}, 5000)")

    with pytest.raises(StoreUnavailable, match="look whether it was done"):
        house.database.write(decide)

    assert len(tried) == 1
    assert house.database.read(number_of, "A") == 1


def test_reading_whose_connection_is_dropped_is_done_again(house: TinyWarehouse, tell: Tell) -> None:
    tried: list[int] = []

    def look(tx: Transaction) -> int:
        if not tried:
            tell(f"SELECT pg_terminate_backend({process_of(tx)}, 5000)")
        tried.append(1)
        return number_of(tx, "A")

    assert house.database.read(look) == 1
    assert len(tried) == 2


def test_server_that_restarts_between_two_decisions_is_found_again(
    house: TinyWarehouse, postgres: PostgresServer
) -> None:
    first = house.database.write(Transaction.next_in_series, "A")

    postgres.restart()
    second = house.database.write(Transaction.next_in_series, "A")
    postgres.restart()
    units = house.on_hand()

    assert (first, second) == (1, 2)
    assert units["A01", "CUP"] == 10


def test_query_that_takes_too_long_is_stopped_and_said(house: TinyWarehouse) -> None:
    def look(tx: Transaction) -> None:
        tx.connection.execute(text("SET LOCAL statement_timeout = 20"))
        tx.value(text("SELECT pg_sleep(60)"))

    with pytest.raises(StoreUnavailable, match="too long"):
        house.database.read(look)


def test_reading_a_table_that_somebody_rebuilds_does_not_hang(house: TinyWarehouse) -> None:
    def look(tx: Transaction) -> None:
        tx.connection.execute(text("SET LOCAL lock_timeout = 20"))
        number_of(tx, "A")

    with house.database.engine.begin() as connection:
        connection.execute(text("LOCK TABLE number_series IN ACCESS EXCLUSIVE MODE"))

        with pytest.raises(StoreUnavailable, match="locked"):
            house.database.read(look)


def test_every_connection_has_its_limits(house: TinyWarehouse) -> None:
    found = house.database.read(lambda tx: {name: tx.value(text(f"SHOW {name}")) for name in server.LIMITS})

    assert found == {"lock_timeout": "5s", "statement_timeout": "30s", "idle_in_transaction_session_timeout": "30s"}


def test_older_server_is_refused(house: TinyWarehouse, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "OLDEST", 99)
    database = Database(open_database(house.url))

    with pytest.raises(ServerTooOld, match="99 or newer is needed"):
        database.read(number_of, "A")


def test_database_that_cannot_hold_every_name_is_refused(postgres: PostgresServer) -> None:
    with psycopg.connect(postgres.url(), autocommit=True) as connection:
        connection.execute(
            "CREATE DATABASE narrow TEMPLATE template0 ENCODING 'SQL_ASCII' LOCALE_PROVIDER libc LOCALE 'C'"
        )
    database = Database(open_database(postgres.url("narrow")))

    with pytest.raises(TextsNotUnicode, match="SQL_ASCII"):
        database.read(number_of, "A")
