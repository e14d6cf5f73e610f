"""The door for decisions: whole or not at all, again when somebody is in the way, and never more than there is."""

import subprocess
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

import pytest
from sqlalchemy import Connection, func, select
from sqlalchemy.engine import make_url
from sqlalchemy.sql import ColumnElement

from tests.processes import PATIENCE_S, ROOT, Premises
from tests.warehouse import ORDER_HEADER, TinyWarehouse, at
from warehouse_app.channels.readers import READERS
from warehouse_app.domain.errors import StoreUnavailable
from warehouse_app.operations.import_orders import import_orders
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction
from warehouse_app.store.engine import open_database
from warehouse_app.store.held import Held

HALF_A_DECISION = """
import sys
from warehouse_app.store import tables
from warehouse_app.store.database import Database
from warehouse_app.store.engine import open_database
from warehouse_app.store.held import Held

def decide(tx):
    tx.lock_warehouse()
    tx.next_in_series("half", 7)
    tx.change(tables.fulfilment_order, [{"order_no": "1", "state": "cancelled"}])
    tx.announce("order", ["1"])
    print("half", flush=True)
    sys.stdin.read()

Database(open_database(sys.argv[1])).write(decide)
print("whole", flush=True)
"""


@pytest.fixture
def house(database: Database) -> TinyWarehouse:
    return TinyWarehouse(database)


def premises_of(house: TinyWarehouse, folder: Path) -> Premises:
    return Premises(house.url, folder / "home")


@contextmanager
def locked(house: TinyWarehouse) -> Iterator[Connection]:
    """Another one's open transaction, which has the warehouse."""
    engine = open_database(house.url)
    with engine.connect() as connection:
        Transaction(connection, house.database.warehouse_id, house.database.clock).lock_warehouse()
        yield connection
    engine.dispose()


def test_decision_killed_in_the_middle_leaves_nothing(house: TinyWarehouse) -> None:
    house.release("1", "CUP", 2)
    before = everything(house)
    for word in ("killed", "finished"):
        process = subprocess.Popen(
            (sys.executable, "-c", HALF_A_DECISION, house.url), stdin=subprocess.PIPE, stdout=subprocess.PIPE, cwd=ROOT
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"half\n"

        if word == "killed":
            process.kill()
        rest, _ = process.communicate(timeout=PATIENCE_S)

        if word == "killed":
            assert rest == b""
            assert everything(house) == before
            assert house.database.write(Transaction.next_in_series, "half") == 1
        else:
            assert rest == b"whole\n"
            assert everything(house) != before


def test_decision_that_fails_leaves_nothing(house: TinyWarehouse) -> None:
    before = everything(house)

    def decide(tx: Transaction) -> None:
        tx.next_in_series("half", 7)
        tx.announce("order", ["1"])
        raise RuntimeError

    with pytest.raises(RuntimeError):
        house.database.write(decide)

    assert everything(house) == before


def test_locked_database_is_tried_again(house: TinyWarehouse) -> None:
    impatient = impatient_database(house)

    with locked(house) as other, ThreadPoolExecutor(1) as pool:
        done = pool.submit(impatient.write, Transaction.next_in_series, "patience")
        wait_for_a_try(impatient)
        other.rollback()
        number = done.result(PATIENCE_S)

    assert number == 1
    impatient.close()


def test_database_that_stays_locked_is_said_to_be_so_after_some_tries(house: TinyWarehouse) -> None:
    impatient = impatient_database(house)

    with locked(house), pytest.raises(StoreUnavailable, match="locked"):
        impatient.write(Transaction.next_in_series, "patience")

    assert house.database.write(Transaction.next_in_series, "patience") == 1
    impatient.close()


def test_nobody_waits_longer_than_some_seconds_for_a_lock(house: TinyWarehouse) -> None:
    before = time.monotonic()

    with locked(house), pytest.raises(StoreUnavailable, match="locked"):
        house.database.write(Transaction.next_in_series, "patience")

    # Five tries would take 25 s; a busy machine may well take twice the 5 s.
    assert 4 < time.monotonic() - before < 20


def test_transaction_tells_how_long_others_had_to_wait_for_it(house: TinyWarehouse) -> None:
    seen: list[Held] = []
    house.database.watch = seen.append

    with locked(house) as other, ThreadPoolExecutor(1) as pool:
        done = pool.submit(house.database.write, Transaction.next_in_series, "patience")
        wait_for_a_try(house.database)
        started = time.perf_counter()
        other.rollback()
        done.result(PATIENCE_S)
        waited = time.perf_counter() - started

    assert [(held.job, held.rows) for held in seen] == [("next_in_series", 2)]
    assert 0 < seen[0].seconds <= waited


def test_reading_goes_on_while_somebody_writes(house: TinyWarehouse) -> None:
    with locked(house) as other:
        other.exec_driver_sql("UPDATE balance SET on_hand = on_hand + 100 WHERE location = 'A01'")

        assert house.on_hand()["A01", "CUP"] == 10


def test_processes_that_reserve_and_release_at_once_never_oversell(house: TinyWarehouse, tmp_path: Path) -> None:
    rows = "".join(
        f"{number},1,{at('07:00').isoformat()},next_day,CUP,2,Ann,1 Lane,Leeds,GB\n" for number in range(100, 140)
    )
    import_orders(house.database, "csv", "shop", [BytesIO((ORDER_HEADER + rows).encode())], readers=READERS)
    premises = premises_of(house, tmp_path)

    for words in (("reserve",), ("waves", "release")):
        processes = [premises.start(*words, "--json") for _ in range(2)]
        for process in processes:
            _, errors = process.communicate(timeout=PATIENCE_S)
            assert (process.returncode, errors) == (0, b"")

    reserved = total(house, tables.reservation.c.quantity)
    allocated = total(house, tables.allocation.c.quantity)
    stopped = total(house, tables.pick_stop.c.quantity)
    assert (reserved, allocated, stopped) == (34, 34, 34)
    assert house.differences() == ()


def impatient_database(house: TinyWarehouse) -> Database:
    """The same database for somebody who waits 20 ms for a lock."""
    if house.database.engine.dialect.name == "postgresql":
        url = make_url(house.url).update_query_dict({"options": "-c lock_timeout=20"})
        return Database(open_database(url.render_as_string(hide_password=False)), clock=house.database.clock)
    database = Database(open_database(house.url), clock=house.database.clock)
    with database.engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA busy_timeout = 20")
    return database


def wait_for_a_try(database: Database) -> None:
    """Until the writer has come up against the lock: its connection is out of the pool."""
    deadline = time.monotonic() + PATIENCE_S
    while database.engine.pool.status().find("Current Checked out connections: 1") < 0:
        assert time.monotonic() < deadline


def everything(house: TinyWarehouse) -> list[object]:
    names = ("fulfilment_order", "number_series", "feed", "warehouse")
    with house.database.engine.begin() as connection:
        return [
            tuple(row)
            for name in names
            for row in connection.exec_driver_sql(f"SELECT * FROM {name}")  # noqa: S608
        ]


def total(house: TinyWarehouse, column: ColumnElement[int]) -> int:
    return int(house.database.read(lambda tx: tx.value(select(func.sum(column)))) or 0)
