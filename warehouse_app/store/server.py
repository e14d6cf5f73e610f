"""Opens a shared database on a PostgreSQL server, and says in words what a server refuses."""

from typing import Any

from sqlalchemy import Connection, Dialect, Engine, create_engine, event, text
from sqlalchemy.engine import URL

from warehouse_app.domain.errors import (
    NoSuchDatabase,
    ServerAway,
    ServerTooOld,
    StoreUnavailable,
    TextsNotUnicode,
    WrongPassword,
)

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
    "prepare_threshold": 1,
    "options": " ".join(f"-c {name}={value}" for name, value in {**LIMITS, "jit": "off", "timezone": "UTC"}.items()),
}
"""What every connection asks for, unless the URL says otherwise."""


def open_server(url: URL) -> Engine:
    """An engine on this server's database. Nothing is connected yet.

    Connections are not tried out before they are used: whoever finds one lost tries again with a new one.
    """
    settings = {name: value for name, value in SETTINGS.items() if name not in url.query}
    engine = create_engine(url, pool_size=4, max_overflow=4, connect_args=settings)
    event.listen(engine, "do_connect", _connect)
    event.listen(engine, "connect", _require_usable)
    return engine


def lift_limits(connection: Connection) -> None:
    """Let this transaction take its time: a copy or a migration works longer than a person would wait."""
    if connection.dialect.name == "postgresql":
        for name in ("statement_timeout", "idle_in_transaction_session_timeout"):
            connection.execute(text(f"SET LOCAL {name} = 0"))


def shown(url: URL) -> str:
    """The URL as it may be shown and logged: without any password."""
    plain = url.set(drivername="postgresql").difference_update_query(["password", "sslpassword"])
    return plain.render_as_string(hide_password=True)


def _connect(dialect: Dialect, _record: object, args: Any, kwargs: Any) -> Any:  # noqa: ANN401 - the driver's own
    """A connection of the driver. Raises StoreUnavailable, so that everyone who connects says it alike."""
    try:
        return dialect.connect(*args, **kwargs)
    except dialect.loaded_dbapi.Error as error:
        raise _refusal(error, kwargs) from error


def _refusal(error: Any, asked: dict[str, Any]) -> StoreUnavailable:  # noqa: ANN401 - the driver's own
    """What the server said, with the remedy; the driver tells a refusal apart only by its words."""
    said = " ".join(str(error).removeprefix("connection failed: ").split())
    user = asked.get("user") or "?"
    database = asked.get("dbname") or user
    server = f"{asked.get('host') or 'localhost'}:{asked.get('port') or 5432}"
    if error.sqlstate == "3D000" or f'database "{database}" does not exist' in said:
        return NoSuchDatabase(database=database, server=server, user=user)
    if error.sqlstate in ("28P01", "28000") or any(
        words in said for words in ("authentication failed", "no password supplied", "no pg_hba.conf entry", 'role "')
    ):
        return WrongPassword(server=server, user=user, reason=said)
    return ServerAway(server=server, reason=said)


def _require_usable(connection: Any, _record: object) -> None:  # noqa: ANN401 - the driver's own
    release, encoding = connection.info.server_version // 10_000, connection.info.parameter_status("server_encoding")
    if release < OLDEST:
        connection.close()
        raise ServerTooOld(release=release, oldest=OLDEST)
    if encoding != "UTF8":
        database = connection.info.dbname
        connection.close()
        raise TextsNotUnicode(database=database, encoding=encoding)
