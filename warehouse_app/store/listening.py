"""Waits for a PostgreSQL server to say that a warehouse's feed has news. It only wakes: nobody depends on it."""

import select
import socket
import time
from contextlib import suppress
from typing import Any, cast

import psycopg
from sqlalchemy.exc import DBAPIError

from warehouse_app.domain.errors import StoreUnavailable
from warehouse_app.store.database import Database
from warehouse_app.store.transaction import WAKING

TRY_AGAIN_S = 30.0
"""A server that does not let us listen, or a pooler that swallows it, is asked again so often."""


class Listener:
    """Waits for news on a connection of its own where the server sends any, else for the time to pass."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: psycopg.Connection[Any] | None = None
        self._try_at = 0.0
        self._ear, self._mouth = socket.socketpair()
        self._ear.settimeout(0)

    @property
    def hears(self) -> bool:
        """Whether a server is listened to just now."""
        return self._connection is not None

    def wait(self, seconds: float) -> bool:
        """Wait until there is news, somebody interrupts, or the time is over; tells whether there was news."""
        self._listen()
        sources: list[Any] = [self._ear]
        if self._connection is not None:
            sources.append(self._connection)
        try:
            readable = select.select(sources, [], [], seconds)[0]
        except (OSError, ValueError):
            # The connection was closed beneath us.
            self._lose()
            return False
        if self._ear in readable:
            with suppress(BlockingIOError):
                self._ear.recv(64)
        return len(readable) > (self._ear in readable) and self._is_told()

    def interrupt(self) -> None:
        """Have whoever waits go on; from any thread."""
        with suppress(OSError):
            self._mouth.send(b"!")

    def close(self) -> None:
        """Listen no more. Nobody may be waiting."""
        self._lose()
        self._ear.close()
        self._mouth.close()

    def _listen(self) -> None:
        if self._connection is not None or time.monotonic() < self._try_at:
            return
        if self._database.engine.dialect.name != "postgresql":
            self._try_at = float("inf")
            return
        self._try_at = time.monotonic() + TRY_AGAIN_S
        try:
            lent = self._database.engine.raw_connection()
            self._connection = connection = cast("psycopg.Connection[Any]", lent.driver_connection)
            # Others must not have to wait for this one in the pool.
            lent.detach()
            connection.autocommit = True
            connection.execute(f"LISTEN {WAKING}".encode())
        except (StoreUnavailable, DBAPIError, psycopg.Error):
            self._lose()

    def _is_told(self) -> bool:
        """Whether what came in is about our warehouse."""
        assert self._connection is not None
        try:
            told = [one.payload for one in self._connection.notifies(timeout=0)]
        except psycopg.Error:
            self._lose()
            return False
        return self._database.warehouse_id in told

    def _lose(self) -> None:
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.close()
