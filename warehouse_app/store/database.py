"""The two doors to the shared database: `write` and `read`."""

import gc
import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import Any, Concatenate, ParamSpec, TypeVar

from sqlalchemy import Engine
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError
from sqlalchemy.exc import TimeoutError as AllConnectionsInUse

from warehouse_app.domain.errors import StockChanged, StoreUnavailable
from warehouse_app.language import mark
from warehouse_app.store.held import Held, tell_of_long
from warehouse_app.store.server import PATIENCE_MS, hang_up, lift_limits
from warehouse_app.store.transaction import LIST_CHUNK, Clock, Row, Transaction, is_listed
from warehouse_app.store.trouble import (
    has_become_a_copy,
    is_trouble,
    reason_of,
    stood_still,
    values_in_words,
    worth_retrying,
)

__all__ = ["LIST_CHUNK", "TRIES", "Clock", "Database", "Row", "Transaction", "is_listed", "utc_now"]

P = ParamSpec("P")
R = TypeVar("R")

TRIES = 5
TOO_MANY = mark("all connections of this program are waiting for it")

FILLED_TABLES = """
    SELECT quote_ident(relname) FROM pg_class
    WHERE relkind = 'r' AND relnamespace = current_schema()::regnamespace AND pg_relation_size(oid) > 0
"""


def utc_now() -> datetime:
    """The time now, in UTC."""
    return datetime.now(UTC)


class Database:
    """The shared database as one warehouse sees it."""

    def __init__(self, engine: Engine, warehouse_id: str = "WH1", clock: Clock = utc_now) -> None:
        self.engine = engine
        self.warehouse_id = warehouse_id
        self.clock = clock
        self.watch: Callable[[Held], None] = tell_of_long
        """Is told of every transaction that wrote, once it is committed."""
        self.pause: Callable[[float], None] = time.sleep
        """Waits so many seconds before a job is tried again; where time is simulated nobody waits."""
        self._reading: dict[str, Any] = {"writes": False}
        if engine.dialect.name == "postgresql":
            # Else every query would see a state of its own.
            self._reading |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}

    def write(self, job: Callable[Concatenate[Transaction, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a job in one short transaction, again if somebody was in the way; it commits whole or leaves nothing.

        Raises StoreUnavailable when the database cannot be reached or stays locked, StockChanged when the tries are
        used up.
        """
        give_up = time.monotonic() + PATIENCE_MS / 1000
        for tried in range(1, TRIES + 1):
            try:
                return self._write_once(job, *args, **kwargs)
            except IntegrityError as error:
                # A new row met another station's new row of the same key: the second try finds it there.
                if tried == TRIES:
                    raise StockChanged(reason=reason_of(error)) from error
            except AllConnectionsInUse as error:
                raise StoreUnavailable(reason=TOO_MANY) from error
            except DBAPIError as error:
                if has_become_a_copy(error):
                    # New connections look for the server that can be written.
                    self.engine.dispose()
                elif not is_trouble(error):
                    raise
                if not worth_retrying(error) or tried == TRIES or time.monotonic() > give_up:
                    raise StoreUnavailable(reason=reason_of(error)) from error
            self.pause(random.uniform(0.01, 0.05) * tried)  # noqa: S311 - jitter, no secret
        raise AssertionError

    def _write_once(self, job: Callable[Concatenate[Transaction, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        with values_in_words(), _without_collecting(), self.engine.begin() as connection:
            transaction = Transaction(connection, self.warehouse_id, self.clock)
            result = job(transaction, *args, **kwargs)
            if transaction.abandoned:
                connection.rollback()
            else:
                transaction.finish()
        seconds = time.perf_counter() - transaction.others_wait_since
        self.watch(Held(getattr(job, "__name__", repr(job)), seconds, transaction.rows_written))
        return result

    def read(self, job: Callable[Concatenate[Transaction, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Run a query that changes nothing; it sees one consistent state. Raises StoreUnavailable."""
        for tried in range(1, TRIES + 1):
            try:
                return self._read_once(job, *args, **kwargs)
            except AllConnectionsInUse as error:
                raise StoreUnavailable(reason=TOO_MANY) from error
            except DBAPIError as error:
                if not is_trouble(error):
                    raise
                # A file is locked for an instant even to readers when its log is begun anew.
                may_pass = error.connection_invalidated or worth_retrying(error)
                if not may_pass or stood_still(error) or tried == TRIES:
                    raise StoreUnavailable(reason=reason_of(error)) from error
                self.pause(0.01 * tried)
        raise AssertionError

    def _read_once(self, job: Callable[Concatenate[Transaction, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        reading = self.engine.connect().execution_options(**self._reading)
        with values_in_words(), reading as connection, connection.begin():
            return job(Transaction(connection, self.warehouse_id, self.clock), *args, **kwargs)

    def gather_statistics(self) -> None:
        """Let PostgreSQL look at its tables after many rows came in: until it has, it may choose very slow plans.

        A table that it has seen empty it would take for one that stays so; those it does not look at. SQLite needs no
        such look. Raises StoreUnavailable.
        """
        if self.engine.dialect.name != "postgresql":
            return
        try:
            with self.engine.begin() as connection:
                lift_limits(connection)
                filled = connection.exec_driver_sql(FILLED_TABLES).scalars().all()
                if filled:
                    connection.exec_driver_sql(f"ANALYZE {', '.join(filled)}")
        except OperationalError as error:
            raise StoreUnavailable(reason=reason_of(error)) from error

    def hang_up(self) -> None:
        """Let whatever waits for a server's answer fail within a moment, and ask it nothing more; from any thread."""
        hang_up(self.engine)

    def close(self) -> None:
        """Give all connections back."""
        self.engine.dispose()


@contextmanager
def _without_collecting() -> Iterator[None]:
    """A transaction makes rows by the ten thousand and keeps them to its end: to look for garbage meanwhile is vain."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.enable()
