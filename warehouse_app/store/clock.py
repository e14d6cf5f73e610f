"""The shared database's time on a computer whose own clock may be wrong, or be put right while people work."""

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from sqlalchemy import func, select

from warehouse_app.store.database import Database, Transaction, utc_now
from warehouse_app.store.transaction import Clock

NEAR_ENOUGH_S = 1.0
"""An answer that took longer says too little to replace what is known already."""


def ticks_s() -> float:
    """Seconds that nobody can put forward or back, and that go on while the computer sleeps, where it can tell."""
    boot = getattr(time, "CLOCK_BOOTTIME", None)
    return time.monotonic() if boot is None else time.clock_gettime(boot)


class ServerClock:
    """Says the server's time once that was measured; before, what this computer's own clock makes of it.

    After a measurement the own clock is not asked any more, so that it may jump; only its ticks are counted.
    """

    def __init__(self, own: Clock = utc_now, ticks: Callable[[], float] = ticks_s) -> None:
        self.ticks = ticks
        self.own = own
        self._assumed_s = 0.0
        self._known: tuple[datetime, float] | None = None

    def __call__(self) -> datetime:
        known = self._known
        if known is None:
            return self.own() + timedelta(seconds=self._assumed_s)
        at, ticks = known
        return at + timedelta(seconds=self.ticks() - ticks)

    @property
    def offset_s(self) -> float:
        """How far the own clock is behind the server's; less than nothing when it is ahead."""
        return (self() - self.own()).total_seconds()

    def assume(self, offset_s: float) -> None:
        """What was measured when this computer was last connected: good until it is measured again."""
        self._assumed_s = offset_s

    def learn(self, server_at: datetime, asked: float, answered: float) -> None:
        """The server said this between two counts of ticks: half-way, as far as anybody can know."""
        if self._known is None or answered - asked <= NEAR_ENOUGH_S:
            self._known = (server_at, (asked + answered) / 2)


def measure_clock(database: Database) -> float | None:
    """Ask the server for its time; gives how far the own clock is behind it.

    None where the database has no clock of its own, being a file of this computer. Raises StoreUnavailable.
    """
    clock = database.clock
    if not isinstance(clock, ServerClock) or database.engine.dialect.name != "postgresql":
        return None
    database.read(_ask, clock)
    return clock.offset_s


def _ask(tx: Transaction, clock: ServerClock) -> None:
    asked = clock.ticks()
    said = tx.value(select(func.clock_timestamp()))
    clock.learn(said.astimezone(UTC), asked, clock.ticks())
