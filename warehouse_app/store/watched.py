"""A connection to PostgreSQL that is never waited for in vain.

A server that was frozen, or a network that drops everything without a word, looks like one that takes its time: the
operating system's own limits do not help, for it goes on confirming what is sent to a frozen process. So when a
question has had no answer for a while, the server is asked by another door whether it lives. One that takes its time
answers there; from one that does not, nothing more is expected.
"""

import socket
import struct
import time
from collections.abc import Callable
from typing import Any

import psycopg
from psycopg import generators, waiting
from psycopg.abc import RV, PQGen
from psycopg.errors import Diagnostic
from psycopg.pq import TransactionStatus

SILENT_S = 3.0
"""So long nobody wonders about an answer that does not come."""

ALIVE_WITHIN_S = 2.5
COMMIT_S = 10.0
"""The longest wait for a commit: its server may live and wait for a standby that is gone."""

LOOK_EVERY_S = 0.1
ENCRYPTION_REQUEST = struct.pack("!ii", 8, 80877103)
"""PostgreSQL's SSLRequest: a server answers it with one byte before anything else happens."""

WARNING = "01000"


class ServerSilent(psycopg.OperationalError):
    """The server does not answer, and does not live; the connection was given up."""


class CommitInDoubt(psycopg.OperationalError):
    """The server committed, and could not say that its standby has it too."""


class WatchedConnection(psycopg.Connection[Any]):
    """A connection whose round trips end: with an answer, or with ServerSilent a few seconds later."""

    hung_up: Callable[[], bool] = staticmethod(lambda: False)
    """Tells whether all waiting is to end now."""
    takes_its_time = False
    """Whether this transaction writes so much that its commit may take as long as it likes."""
    _committing = False
    _doubtful = False

    def commit(self) -> None:
        """Commit. Raises CommitInDoubt when a standby that should have confirmed it did not."""
        self._committing, self._doubtful = True, False
        self.add_notice_handler(self._note)
        try:
            super().commit()
        finally:
            self._committing = self.takes_its_time = False
            self.remove_notice_handler(self._note)
        if self._doubtful:
            raise CommitInDoubt("the standby did not confirm the commit")

    def rollback(self) -> None:
        """Roll back, and keep what the server has prepared.

        The driver would let all prepared statements go, in case tables were made in the transaction. Ours make none,
        but decisions are refused by the thousand, and each connection would have to have everything planned anew.
        """
        if self.pgconn.transaction_status in (TransactionStatus.INTRANS, TransactionStatus.INERROR):
            with self.lock:
                self.wait(self._send_rollback())
        super().rollback()

    def _send_rollback(self) -> PQGen[None]:
        self.pgconn.send_query(b"ROLLBACK")
        yield from generators.execute(self.pgconn)

    def wait(self, gen: PQGen[RV], interval: float = LOOK_EVERY_S, timeout: float | None = None) -> RV:
        """Wait as the driver does. A commit that is interrupted is not cancelled: a cancelled one reports success."""
        if not self._committing:
            return super().wait(self._watch(gen), interval, timeout)
        try:
            return waiting.wait(self._watch(gen), self.pgconn.socket, interval=interval, timeout=timeout)
        except (KeyboardInterrupt, SystemExit):
            self.close()
            raise

    def _watch(self, gen: PQGen[RV]) -> PQGen[RV]:
        """The driver's own steps, looked at while they wait."""
        asked_at = heard_at = time.monotonic()
        try:
            wanted = next(gen)
            while True:
                ready = yield wanted
                now = time.monotonic()
                if ready:
                    heard_at = now
                elif self.hung_up() or (self._committing and self._is_over(asked_at)):
                    raise self._given_up()
                elif now - heard_at > SILENT_S:
                    if not self._server_lives():
                        raise self._given_up()
                    heard_at = time.monotonic()
                wanted = gen.send(ready)
        except StopIteration as end:
            answer: RV = end.value
            return answer

    def _is_over(self, asked_at: float) -> bool:
        return not self.takes_its_time and time.monotonic() - asked_at > COMMIT_S

    def _given_up(self) -> ServerSilent:
        self.close()
        return ServerSilent("the server does not answer")

    def _server_lives(self) -> bool:
        mine = socket.socket(fileno=self.pgconn.socket)
        try:
            return answers(mine.family, mine.getpeername(), ALIVE_WITHIN_S)
        except OSError:
            return False
        finally:
            mine.detach()

    def _note(self, said: Diagnostic) -> None:
        if self._committing and said.sqlstate == WARNING:
            self._doubtful = True


def answers(family: int, address: Any, within_s: float) -> bool:  # noqa: ANN401 - as sockets have it
    """Whether a PostgreSQL server at this address says anything. Nothing but a question for encryption is sent."""
    give_up = time.monotonic() + within_s
    try:
        with socket.socket(family) as door:
            door.settimeout(within_s)
            door.connect(address)
            door.sendall(ENCRYPTION_REQUEST)
            door.settimeout(max(0.01, give_up - time.monotonic()))
            return bool(door.recv(1))
    except OSError:
        return False
