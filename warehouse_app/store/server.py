"""Opens a shared database on a PostgreSQL server, and says in words what a server refuses."""

from collections.abc import Callable, Sequence
from typing import Any, cast
from weakref import WeakKeyDictionary

import psycopg
from sqlalchemy import Connection, Dialect, Engine, create_engine, event, text
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError

from warehouse_app.domain.errors import (
    NoAuthority,
    NoSuchDatabase,
    ServerAway,
    ServerNotTrusted,
    ServerSpeaksPlainly,
    ServerTooOld,
    StoreUnavailable,
    TextsNotUnicode,
    WrongPassword,
)
from warehouse_app.language import mark
from warehouse_app.store.remote import Place, require_proof
from warehouse_app.store.watched import WatchedConnection

OLDEST = 15
"""The first release that has all that is used here, MERGE for the tests of the guards included."""

PATIENCE_MS = 5_000
"""How long a lock is waited for."""

LIMITS = {
    "lock_timeout": PATIENCE_MS,
    # No query of ours takes nearly as long; one that does would otherwise hang a screen for ever.
    "statement_timeout": 30_000,
    # A station that freezes in the middle of a decision must not stop all others.
    "idle_in_transaction_session_timeout": 30_000,
}
SETTINGS: dict[str, Any] = {
    "application_name": "warehouse-app",
    "client_encoding": "utf8",
    "connect_timeout": 3,
    # A server that is gone without a word is noticed within twenty seconds.
    "keepalives_idle": 10,
    "keepalives_interval": 3,
    "keepalives_count": 3,
    "tcp_user_timeout": 10_000,
    # Encryption by Kerberos would come first and make sslmode of no account.
    "gssencmode": "disable",
    "prepare_threshold": 1,
    "options": " ".join(f"-c {name}={value}" for name, value in {**LIMITS, "jit": "off", "timezone": "UTC"}.items()),
}
"""What every connection asks for, unless the URL says otherwise."""

STATEMENTS_MOST = 1_000
"""More than we have: a server that has to plan every statement anew takes twice as long for a small decision."""

POOL_WAIT_S = 5.0

_hung_up: "WeakKeyDictionary[Engine, bool]" = WeakKeyDictionary()


def open_server(url: URL) -> Engine:
    """An engine on this server's database. Nothing is connected yet.

    Connections are not tried out before they are used: whoever finds one lost tries again with a new one. Raises
    ServerUnproven for a URL that would send things to another computer without knowing which one it is.
    """
    try:
        places = require_proof(url.get_dialect()().create_connect_args(url)[1])
    except ArgumentError:
        raise StoreUnavailable(reason=mark("not a database URL")) from None
    # Of several servers one can be written; the others are its copies.
    wanted = SETTINGS if len(places) == 1 else {**SETTINGS, "target_session_attrs": "read-write"}
    settings = {name: value for name, value in wanted.items() if name not in url.query}
    engine = create_engine(url, pool_size=4, max_overflow=4, pool_timeout=POOL_WAIT_S, connect_args=settings)
    _hung_up[engine] = False
    event.listen(engine, "do_connect", _connector(places, lambda: _hung_up.get(engine, True)))
    event.listen(engine, "connect", _require_usable)
    event.listen(engine, "connect", _remember_statements)
    return engine


def hang_up(engine: Engine) -> None:
    """Let every question that waits for its answer fail within a moment, and ask no more."""
    if engine in _hung_up:
        _hung_up[engine] = True


def _remember_statements(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
    connection.prepared_max = STATEMENTS_MOST


def lift_limits(connection: Connection) -> None:
    """Let this transaction take its time: a copy or a migration works longer than a person would wait."""
    if connection.dialect.name == "postgresql":
        for name in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(text(f"SET LOCAL {name} = 0"))
        cast("WatchedConnection", connection.connection.driver_connection).takes_its_time = True


def shown(url: URL) -> str:
    """The URL as it may be shown and logged: without any password."""
    plain = url.set(drivername="postgresql").difference_update_query(["password", "sslpassword"])
    return plain.render_as_string(hide_password=True)


def _connector(places: Sequence[Place], hung_up: Callable[[], bool]) -> Callable[..., WatchedConnection]:
    """Makes connections of the driver. They raise StoreUnavailable, so that everyone who connects says it alike."""
    server = ", ".join(str(place) for place in places)

    def connect(dialect: Dialect, _record: object, args: Any, kwargs: Any) -> WatchedConnection:  # noqa: ANN401 - the driver's own
        del dialect
        if hung_up():
            raise ServerAway(server=server, reason=mark("this program is closing"))
        try:
            connection = WatchedConnection.connect(*args, **kwargs)
        except psycopg.Error as error:
            raise _refusal(error, kwargs, server) from error
        connection.hung_up = hung_up
        return connection

    return connect


def _refusal(error: psycopg.Error, asked: dict[str, Any], server: str) -> StoreUnavailable:
    """What the server said, with the remedy; the driver tells a refusal apart only by its words."""
    said = _words_of(str(error))
    user = asked.get("user") or "?"
    database = asked.get("dbname") or user
    if error.sqlstate == "3D000" or f'database "{database}" does not exist' in said:
        return NoSuchDatabase(database=database, server=server, user=user)
    if error.sqlstate in ("28P01", "28000") or any(
        words in said for words in ("authentication failed", "no password supplied", "no pg_hba.conf entry", 'role "')
    ):
        return WrongPassword(server=server, user=user, reason=said)
    if 'root certificate file "' in said:
        return NoAuthority(file=said.partition('root certificate file "')[2].partition('"')[0])
    if "certificate" in said:
        return ServerNotTrusted(server=server, reason=said)
    if "server does not support SSL" in said:
        return ServerSpeaksPlainly(server=server)
    return ServerAway(server=server, reason=said)


def _words_of(text: str) -> str:
    """What the driver tells, on one line; of several attempts what each came to, said once."""
    attempts = [line for line in text.splitlines() if line.startswith("- host: ")]
    told = [line.partition("connection failed: ")[2] or line.rpartition("': ")[2] for line in attempts]
    words = "; ".join(dict.fromkeys(told)) or text.removeprefix("connection failed: ")
    return " ".join(words.partition("Is the server running")[0].split())


def _require_usable(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
    release, encoding = connection.info.server_version // 10_000, connection.info.parameter_status("server_encoding")
    if release < OLDEST:
        connection.close()
        raise ServerTooOld(release=release, oldest=OLDEST)
    if encoding != "UTF8":
        database = connection.info.dbname
        connection.close()
        raise TextsNotUnicode(database=database, encoding=encoding)
