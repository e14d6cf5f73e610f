"""A PostgreSQL server to measure on, where there is one."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from secrets import token_hex
from urllib.parse import urlsplit

import psycopg
from psycopg import sql

from warehouse_app.domain.errors import StoreUnavailable

SERVER = "WAREHOUSE_BENCH_POSTGRES"
"""The environment variable that holds the URL of a server on which databases may be made and dropped."""


def server_url() -> str:
    """The URL of the server, empty when there is none to measure on."""
    return os.environ.get(SERVER, "")


@contextmanager
def fresh_database(server: str) -> Iterator[str]:
    """The URL of a new, empty database on this server, which is dropped afterwards. Raises StoreUnavailable."""
    name = f"warehouse_bench_{token_hex(6)}"
    _run(server, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield urlsplit(server)._replace(path=f"/{name}").geturl()
    finally:
        _run(server, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def _run(server: str, statement: sql.Composed) -> None:
    try:
        with psycopg.connect(server, autocommit=True) as connection:
            connection.execute(statement)
    except psycopg.Error as error:
        raise StoreUnavailable(reason=str(error).partition("\n")[0]) from error
