"""Time as the simulation has it: it passes when the simulation says so, and every station's clock is a little wrong."""

from dataclasses import dataclass
from datetime import datetime, timedelta

TICK = timedelta(milliseconds=1)
"""Between two looks at a clock: so two scans never happen in one instant."""


@dataclass
class TrueTime:
    """The time that nobody in the house knows exactly."""

    now: datetime

    def pass_by(self, seconds: float) -> None:
        """So much later."""
        self.now += timedelta(seconds=seconds)


@dataclass
class WrongClock:
    """The clock of one computer: off by `offset`, and faster or slower by `drift`, a part of the time that passes."""

    true: TrueTime
    offset: timedelta
    drift: float

    def __post_init__(self) -> None:
        self._since = self.true.now

    def __call__(self) -> datetime:
        self.true.now += TICK
        return self.true.now + self.offset + (self.true.now - self._since) * self.drift

    def jump(self, seconds: float) -> None:
        """Somebody or something sets the clock."""
        self.offset += timedelta(seconds=seconds)
