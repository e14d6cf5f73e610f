"""Opens the shared database: an embedded SQLite file or a PostgreSQL server."""

import random
import time
from pathlib import Path
from typing import Any

import pysqlite3
from sqlalchemy import Connection, Dialect, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError

from warehouse_app.domain.errors import StoreUnavailable
from warehouse_app.store.remote import url_of_several
from warehouse_app.store.server import PATIENCE_MS, open_server

SAFE_SQLITE = (3, 51, 3)
"""Earlier releases can corrupt a WAL file when two connections write and checkpoint at once."""

KNOCK_S = (0.001, 0.005)
PRIMARY_CODE = 0xFF
"""Extended result codes carry the primary one in their lowest byte."""


def database_url(text: str) -> URL:
    """The URL of a shared database; a bare path means an SQLite file. Raises StoreUnavailable when it is none."""
    if "://" not in text:
        text = f"sqlite:///{Path(text).expanduser().absolute()}"
    try:
        url = url_of_several(text) or make_url(text)
    except (ArgumentError, ValueError):
        raise StoreUnavailable(reason="not a database URL") from None
    if url.get_backend_name() == "sqlite":
        return url.set(drivername="sqlite")
    if url.get_backend_name() in ("postgresql", "postgres"):
        return url.set(drivername="postgresql+psycopg")
    raise StoreUnavailable(reason=f"{url.get_backend_name()} databases are not supported; use SQLite or PostgreSQL")


def open_database(text: str) -> Engine:
    """An engine on the database of this URL; nothing is connected yet. Raises StoreUnavailable."""
    url = database_url(text)
    if url.get_backend_name() == "sqlite":
        return _open_sqlite(url)
    return open_server(url)


def _open_sqlite(url: URL) -> Engine:
    if pysqlite3.sqlite_version_info < SAFE_SQLITE:
        raise StoreUnavailable(reason=f"SQLite {pysqlite3.sqlite_version} can corrupt files; 3.51.3 or later is needed")
    if url.database:
        _make_folder(Path(url.database).parent)
    engine = create_engine(url, module=pysqlite3.dbapi2, connect_args={"timeout": PATIENCE_MS / 1000})
    event.listen(engine, "do_connect", _connect)
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnavailable(reason=f"{folder}: {error.strerror}") from error


def _connect(dialect: Dialect, _record: object, args: Any, kwargs: Any) -> Any:  # noqa: ANN401 - the driver's own
    """A connection of the driver. Raises StoreUnavailable, so that everyone who connects says it alike."""
    try:
        return dialect.connect(*args, **kwargs)
    except dialect.loaded_dbapi.Error as error:
        raise StoreUnavailable(reason=str(error).partition("\n")[0]) from error


def _prepare_sqlite(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own connection
    """The driver must not open transactions of its own; ours begin explicitly."""
    connection.isolation_level = None
    cursor = connection.cursor()
    try:
        for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "cache_size=-65536"):
            cursor.execute(f"PRAGMA {pragma}")
    except pysqlite3.OperationalError:
        # Busy for the moment: whoever connects tries again.
        raise
    except pysqlite3.DatabaseError as error:
        raise StoreUnavailable(reason=str(error)) from error
    finally:
        cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    """A writer takes the lock at once: one that reads first and writes later can fail without waiting."""
    if connection.get_execution_options().get("writes", True):
        _begin_to_write(connection)
    else:
        connection.exec_driver_sql("BEGIN")


def _begin_to_write(connection: Connection) -> None:
    """Knock every few milliseconds for as long as the connection has patience.

    SQLite itself sleeps up to a tenth of a second between two looks; others who go on writing then come first for ever.
    """
    driver: Any = connection.connection.driver_connection
    patience_ms = driver.execute("PRAGMA busy_timeout").fetchone()[0]
    give_up = time.monotonic() + patience_ms / 1000
    driver.execute("PRAGMA busy_timeout = 0")
    try:
        while time.monotonic() < give_up:
            try:
                driver.execute("BEGIN IMMEDIATE")
            except pysqlite3.OperationalError as error:
                if error.sqlite_errorcode & PRIMARY_CODE != pysqlite3.SQLITE_BUSY:
                    break
                time.sleep(random.uniform(*KNOCK_S))  # noqa: S311 - jitter, no secret
            else:
                return
        connection.exec_driver_sql("BEGIN IMMEDIATE")
    finally:
        driver.execute(f"PRAGMA busy_timeout = {patience_ms}")
