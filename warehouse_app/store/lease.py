"""Leases: who runs a service just now. They keep two from doing the same work; correctness never depends on them."""

import os
import secrets
import socket
import sys
import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import Engine, event, select, text

from warehouse_app.domain.errors import WarehouseError
from warehouse_app.language import mark
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction

LEASE_ENDS_AFTER = timedelta(seconds=60)
"""A holder that has not been seen for so long is gone."""

RENEW_S = 1.0
GONE_AFTER_S = 5.0
"""A holder whose lease has stood still for so long, while somebody looked on, is dead or frozen."""

Beat = tuple[str, datetime]
"""Who holds a lease, and what he wrote when he renewed it last."""


class ServiceRunsElsewhere(WarehouseError):
    """Another process runs this service."""

    message = mark("{service} runs already ({holder}).")


class Lease:
    """One process's part in a service that one process at a time should run: it does the work or stands by.

    Whether the holder is alive is told by his lease going on, measured by the clock of whoever stands by: the clocks of
    two computers need not agree. A new holder on PostgreSQL ends the old one's connections, for a process that froze
    in the middle of a transaction would keep everybody waiting.
    """

    def __init__(self, database: Database, service: str, clock: Callable[[], float] = time.monotonic) -> None:
        self.holder = f"{socket.gethostname()}:{os.getpid()}#{secrets.token_hex(3)}"
        self._database = database
        self._service = service
        self._clock = clock
        self._held = False
        self._look_at = 0.0
        self._seen: Beat | None = None
        self._seen_since = 0.0
        _sign(database.engine, self.holder)

    def is_ours(self) -> bool:
        """Whether the work is ours just now; renews the lease or looks at it once a second.

        Raises StoreUnavailable, NoWarehouse.
        """
        now = self._clock()
        if now >= self._look_at:
            self._held = self._held and self._database.write(_renew, self._service, self.holder)
            self._held = self._held or self._take_over(now)
            self._look_at = now + RENEW_S
        return self._held

    def give_back(self) -> None:
        """End the lease, if it is still ours. Raises StoreUnavailable."""
        if self._held:
            self._held = False
            self._database.write(give_lease_back, self._service, self.holder)

    def _take_over(self, now: float) -> bool:
        beat = self._database.read(_beat, self._service)
        if beat is not None and beat[0] == self.holder:
            # A backup came back in which the lease was ours. To end its holder's connections would be to end this one.
            return self._database.write(_renew, self._service, self.holder)
        if beat != self._seen:
            self._seen, self._seen_since = beat, now
        if beat is not None and now - self._seen_since < GONE_AFTER_S and not _has_ended(beat[0]):
            return False
        return self._database.write(_replace, self._service, beat, self.holder)


def take_lease(tx: Transaction, service: str, holder: str) -> None:
    """Take or renew the lease. Raises ServiceRunsElsewhere while another holder is alive."""
    table = tables.service_lease
    row = tx.row(select(table).where(tx.mine(table), table.c.service == service).with_for_update())
    if row is not None and row["holder"] != holder and tx.now - row["seen_at"] < LEASE_ENDS_AFTER:
        raise ServiceRunsElsewhere(service=service, holder=row["holder"])
    tx.put(table, [{"service": service, "holder": holder, "seen_at": tx.now}])


def give_lease_back(tx: Transaction, service: str, holder: str) -> None:
    """End the lease, if it is still ours."""
    table = tables.service_lease
    mine = (tx.mine(table), table.c.service == service, table.c.holder == holder)
    tx.connection.execute(table.delete().where(*mine))


def _beat(tx: Transaction, service: str) -> Beat | None:
    table = tables.service_lease
    row = tx.row(select(table).where(tx.mine(table), table.c.service == service))
    return (row["holder"], row["seen_at"]) if row else None


def _renew(tx: Transaction, service: str, holder: str) -> bool:
    table = tables.service_lease
    mine = (tx.mine(table), table.c.service == service, table.c.holder == holder)
    return tx.connection.execute(table.update().where(*mine).values(seen_at=tx.now)).rowcount == 1


def _replace(tx: Transaction, service: str, gone: Beat | None, holder: str) -> bool:
    """Take the lease over if it stands as it was seen; of two who stand by only one gets it.

    Raises NoWarehouse: into a database that is just being restored nothing may be written.
    """
    tx.house()
    table = tables.service_lease
    if gone is None:
        tx.put(table, [{"service": service, "holder": holder, "seen_at": tx.now}], keep=True)
        beat = _beat(tx, service)
        return beat is not None and beat[0] == holder
    as_seen = (tx.mine(table), table.c.service == service, table.c.holder == gone[0], table.c.seen_at == gone[1])
    values = {"holder": holder, "seen_at": tx.now}
    taken = tx.connection.execute(table.update().where(*as_seen).values(**values)).rowcount == 1
    if taken and tx.connection.dialect.name == "postgresql":
        query = (
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = :name AND datname = current_database() AND usename = current_user"
        )
        tx.connection.execute(text(query), {"name": _name_of(gone[0])})
    return taken


def _has_ended(holder: str) -> bool:
    """Whether the holder was a process of this computer that is no more: then nobody need wait for him."""
    host, _, rest = holder.rpartition(":")
    number = rest.partition("#")[0]
    if sys.platform == "win32" or host != socket.gethostname() or not number.isdigit():
        return False
    try:
        os.kill(int(number), 0)
    except ProcessLookupError:
        return True
    except OSError:
        return False
    return False


def _sign(engine: Engine, holder: str) -> None:
    """Let the server know this process's connections by their name; those made before are made anew."""
    if engine.dialect.name != "postgresql":
        return

    def name_it(connection: object, _record: object) -> None:
        cursor = connection.cursor()  # type: ignore[attr-defined]
        cursor.execute("SELECT set_config('application_name', %s, false)", (_name_of(holder),))
        connection.commit()  # type: ignore[attr-defined]

    engine.dispose()
    event.listen(engine, "connect", name_it)


def _name_of(holder: str) -> str:
    """A name of a connection: PostgreSQL keeps 63 plain characters."""
    plain = "".join(sign if " " < sign < "\x7f" else "?" for sign in holder)
    return f"warehouse-app {plain}"[-63:]
