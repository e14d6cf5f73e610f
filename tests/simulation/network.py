"""Everybody's way to the shared database, on which the simulation decides what becomes of each transaction."""

from collections.abc import Callable
from enum import Enum
from functools import partial
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import OperationalError

from warehouse_app.domain.errors import ServerAway, StoreUnavailable
from warehouse_app.store.database import Clock, Database, Transaction

P = ParamSpec("P")
R = TypeVar("R")


class Fate(Enum):
    """What becomes of one transaction that writes."""

    THROUGH = "goes through"
    REFUSED = "is refused"
    BROKEN = "breaks off and is tried again"
    LOST_BEFORE = "is lost before its commit"
    LOST_AFTER = "is committed, and nobody is told"
    LATE = "is given up, and committed some time later"


class Decider(Protocol):
    """Who decides: the simulation."""

    def before(self, actor: str, *, writes: bool, posts: bool) -> Fate:
        """What becomes of the actor's next transaction. Others may act first, and the actor may die instead."""

    def later(self, job: Callable[[], object]) -> None:
        """Do this at some later time, without anybody who waits for it."""

    def written(self) -> None:
        """A transaction was committed or not, whatever its actor will hear of it."""

    def after(self, actor: str) -> None:
        """The transaction is committed; the actor may die before it hears of it."""


class Network:
    """Carries out the fates, where an engine begins and commits."""

    def __init__(self, engine: Engine) -> None:
        self.fate = Fate.THROUGH
        self.restarted: set[str] = set()
        """Those whose connection was to a server that is gone since."""
        event.listen(engine, "begin", self._begin)
        event.listen(engine, "commit", self._commit)

    def _begin(self, _connection: Connection) -> None:
        if self.fate is Fate.BROKEN:
            # Found lost at the first statement: nothing of it was done, and the product may try again.
            self.fate = Fate.THROUGH
            raise OperationalError("SELECT", {}, _lost(), connection_invalidated=True)

    def _commit(self, connection: Connection) -> None:
        fate, self.fate = self.fate, Fate.THROUGH
        if fate is Fate.LOST_AFTER:
            driver: Any = connection.connection.driver_connection
            driver.execute("COMMIT")
        if fate in (Fate.LOST_BEFORE, Fate.LOST_AFTER):
            # Only a COMMIT comes without a statement; nobody knows whether it was carried out.
            raise OperationalError(None, None, _lost(), connection_invalidated=True)


def _lost() -> Exception:
    return ConnectionError("server closed the connection unexpectedly")


class Wire(Database):
    """One actor's way to the shared database."""

    def __init__(self, network: Network, engine: Engine, actor: str, clock: Clock, decider: Decider) -> None:
        super().__init__(engine, clock=clock)
        self.actor = actor
        self.pause = lambda _seconds: None
        self.posting = False
        """Facts are being posted: that waits for no lock, so only here can a commit come late."""
        self._network = network
        self._decider = decider

    def write(self, job: Callable[Concatenate[Transaction, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        if self._decide(writes=True) is Fate.LATE:
            self._decider.later(partial(super().write, job, *args, **kwargs))
            raise StoreUnavailable(reason="it took too long to answer")
        try:
            result = super().write(job, *args, **kwargs)
        finally:
            self._decider.written()
        self._decider.after(self.actor)
        return result

    def read(self, job: Callable[Concatenate[Transaction, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
        self._decide(writes=False)
        return super().read(job, *args, **kwargs)

    def _decide(self, *, writes: bool) -> Fate:
        fate = self._decider.before(self.actor, writes=writes, posts=writes and self.posting)
        if fate is Fate.REFUSED:
            raise ServerAway(server="the simulated server", reason="no route to host")
        if self.actor in self._network.restarted:
            self._network.restarted.discard(self.actor)
            fate = Fate.BROKEN
        self._network.fate = fate
        return fate
