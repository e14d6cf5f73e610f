"""A server that is frozen, waits for its standby or became a copy: all get an answer, and nothing counts twice."""

import os
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from threading import Thread, Timer

import psycopg
import pytest
from sqlalchemy import Connection, text
from sqlalchemy.exc import DBAPIError

from tests.databases import ServerMaker
from tests.station.benches import NOON, Station, fact_count, put_away
from tests.warehouse import TinyWarehouse
from tools.postgres import PostgresServer
from warehouse_app.domain.errors import StoreUnavailable
from warehouse_app.station.journal import Journal
from warehouse_app.store import watched
from warehouse_app.store.asking import one_trip
from warehouse_app.store.database import Database, Transaction
from warehouse_app.store.engine import open_database

pytestmark = pytest.mark.on("postgresql")

SILENT_S = 0.3
WITHIN_S = 3.0


@pytest.fixture(scope="module")
def own_server() -> Iterator[PostgresServer]:
    """A server that may be frozen and waits for standbys when it is told to."""
    with PostgresServer(durable=True, settings=("fsync=off",)) as server:
        yield server


@pytest.fixture(scope="module")
def url(own_server: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> str:
    return ServerMaker(own_server).make("migrated", tmp_path_factory.mktemp("unused"))


@pytest.fixture
def database(url: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Database]:
    monkeypatch.setattr(watched, "SILENT_S", SILENT_S)
    monkeypatch.setattr(watched, "ALIVE_WITHIN_S", SILENT_S)
    database = Database(open_database(url))
    yield database
    database.close()


@pytest.fixture
def frozen(own_server: PostgresServer) -> Iterator[PostgresServer]:
    yield own_server
    own_server.thaw()


def sleep(tx: Transaction, seconds: float) -> None:
    tx.value(text(f"SELECT pg_sleep({seconds})"))


def tell(server: PostgresServer, *statements: str) -> None:
    with psycopg.connect(server.url(), autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())


def test_frozen_server_is_noticed_by_whoever_asks(database: Database, frozen: PostgresServer) -> None:
    database.read(sleep, 0)
    frozen.freeze()

    started = time.monotonic()
    with pytest.raises(StoreUnavailable, match="stands still"):
        database.read(sleep, 0)

    assert time.monotonic() - started < WITHIN_S
    frozen.thaw()
    database.read(sleep, 0)


def test_server_that_freezes_at_the_commit_leaves_it_open(database: Database, frozen: PostgresServer) -> None:
    def decide(tx: Transaction) -> None:
        sleep(tx, 0)
        frozen.freeze()

    with pytest.raises(StoreUnavailable, match="look whether it was done"):
        database.write(decide)


def test_server_that_takes_its_time_is_waited_for(database: Database) -> None:
    started = time.monotonic()

    database.read(sleep, 6 * SILENT_S)

    assert time.monotonic() - started > 5 * SILENT_S


def test_waiting_ends_at_once_when_the_program_closes(database: Database, frozen: PostgresServer) -> None:
    database.read(sleep, 0)
    frozen.freeze()
    Timer(0.05, database.hang_up).start()

    started = time.monotonic()
    with pytest.raises(StoreUnavailable):
        database.read(sleep, 0)
    assert time.monotonic() - started < 1.0
    with pytest.raises(StoreUnavailable, match="closing"):
        database.read(sleep, 0)


def test_server_that_became_a_copy_is_left_for_the_one_that_can_be_written(
    database: Database, own_server: PostgresServer
) -> None:
    name = database.engine.url.database
    tell(own_server, f'ALTER DATABASE "{name}" SET default_transaction_read_only = on')
    with pytest.raises(StoreUnavailable, match="only a copy"):
        database.write(lambda tx: tx.connection.execute(text("CREATE TABLE never (n int)")))
    tell(own_server, f'ALTER DATABASE "{name}" RESET default_transaction_read_only')

    database.write(lambda tx: tx.connection.execute(text("CREATE TABLE once (n int)")))


@pytest.fixture
def standby_gone(own_server: PostgresServer, url: str, tmp_path: Path) -> Iterator[Station]:
    """A station of a server whose commits wait for a standby that is away; it has three facts to post."""
    database = Database(open_database(url))
    TinyWarehouse(database)
    station = Station(tmp_path / "home", database)
    for _ in range(3):
        Journal(station.file).append([put_away()], "W-03", "", NOON)
    tell(own_server, "ALTER SYSTEM SET synchronous_standby_names = 'gone'", "SELECT pg_reload_conf()")
    yield station
    station.close()
    database.close()


def standby_returns(server: PostgresServer) -> None:
    tell(server, "ALTER SYSTEM RESET synchronous_standby_names", "SELECT pg_reload_conf()")


def test_facts_whose_commit_no_standby_confirms_wait_and_count_once(
    standby_gone: Station, own_server: PostgresServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watched, "SILENT_S", SILENT_S)
    monkeypatch.setattr(watched, "COMMIT_S", 1.0)

    with pytest.raises(StoreUnavailable, match="look whether"):
        standby_gone.link.post()
    standby_returns(own_server)
    posted = standby_gone.link.post()

    assert (posted.high_water, posted.waiting) == (3, 0)
    assert fact_count(standby_gone.database) == 3


def test_commit_that_somebody_cancelled_is_not_taken_for_done(
    standby_gone: Station, own_server: PostgresServer
) -> None:
    def cancel() -> None:
        query = "SELECT pg_cancel_backend(pid) FROM pg_stat_activity WHERE wait_event = 'SyncRep'"
        with psycopg.connect(own_server.url(), autocommit=True) as connection:
            while not connection.execute(query.encode()).fetchall():
                time.sleep(0.01)

    canceller = Thread(target=cancel)
    canceller.start()
    with pytest.raises(StoreUnavailable, match="look whether"):
        standby_gone.link.post()
    canceller.join()
    standby_returns(own_server)
    standby_gone.link.post()

    assert fact_count(standby_gone.database) >= 3


def break_in_one_trip(connection: Connection) -> None:
    with one_trip(connection) as driver:
        with closing(socket.socket(fileno=os.dup(driver.fileno()))) as line:
            line.shutdown(socket.SHUT_RDWR)
        driver.execute("SELECT 1").fetchone()


def fail_twice_in_one_trip(connection: Connection) -> None:
    with one_trip(connection) as driver:
        driver.execute("SELECT 1/0")
        driver.execute("SELECT 'x'::int").fetchone()


def test_connection_that_breaks_in_one_trip_tells_its_first_error_and_nothing_beside_it(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with database.engine.connect() as connection, pytest.raises(DBAPIError) as told:
        break_in_one_trip(connection)

    assert told.value.connection_invalidated
    assert "server closed the connection" in str(told.value.orig)
    assert caplog.messages == []


def test_first_of_several_errors_in_one_trip_is_told_and_the_connection_lives_on(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    with database.engine.connect() as connection:
        with pytest.raises(DBAPIError) as told:
            fail_twice_in_one_trip(connection)
        connection.rollback()
        alive = connection.execute(text("SELECT 7")).scalar()

    assert isinstance(told.value.orig, psycopg.errors.DivisionByZero)
    assert (told.value.connection_invalidated, alive, caplog.messages) == (False, 7, [])
