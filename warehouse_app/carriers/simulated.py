"""A carrier that exists in this program only: for the sample warehouse, for trying things out, and for tests.

It takes parcels along and reports on them as real ones do: some reports come late, some in the wrong order, and of a
hundred parcels about three are not delivered at the first attempt.
"""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random

from warehouse_app.domain.tracking import TrackingEvent

FAILED_PERCENT = 3
LATE_PERCENT = 10

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class _Report:
    reported_at: datetime
    event: TrackingEvent


class SimulatedCarrier:
    """Reports what its clock has reached; the same parcel always has the same events.

    With a `speed` above 1 everything happens so many times sooner, for a demonstration.
    """

    vocabulary = "upu_emsevt"

    def __init__(self, clock: Callable[[], datetime], speed: float = 1.0) -> None:
        self._clock = clock
        self._speed = speed

    def events(self, tracking_no: str, since: datetime) -> tuple[TrackingEvent, ...]:
        """Never fails."""
        now = self._clock()
        reports = [report for report in _reports(tracking_no, since, self._speed) if report.reported_at <= now]
        return tuple(report.event for report in sorted(reports, key=lambda report: report.reported_at))


def _reports(tracking_no: str, handed_over_at: datetime, speed: float) -> Iterator[_Report]:
    chance = Random(hashlib.sha256(tracking_no.encode()).digest())  # noqa: S311 - a parcel's fate is no secret
    for number, (code, text, after) in enumerate(_way(chance), start=1):
        happened_at = handed_over_at + after / speed
        late = chance.randrange(100) < LATE_PERCENT
        delay = timedelta(hours=chance.uniform(4, 20)) if late else timedelta(minutes=chance.uniform(1, 20))
        event = TrackingEvent(f"{tracking_no}-{number}", code, text, "", happened_at)
        yield _Report(happened_at + delay / speed, event)


def _way(chance: Random) -> Iterator[tuple[str, str, timedelta]]:
    """The parcel's events by the codes of the Universal Postal Union, with the time since it was handed over."""
    fails = chance.randrange(100) < FAILED_PERCENT
    nights = chance.randint(1, 3) * _DAY
    yield "EMA", "Accepted", timedelta(minutes=chance.uniform(20, 90))
    yield "EDD", "Arrived at the sorting centre", timedelta(hours=chance.uniform(2, 6))
    yield "EDE", "Left the sorting centre", timedelta(hours=chance.uniform(7, 10))
    out = nights - timedelta(hours=chance.uniform(8, 10))
    yield "EDG", "Out for delivery", out
    if fails:
        yield "EMH", "Nobody was at home", out + timedelta(hours=chance.uniform(1, 5))
        out += _DAY
        yield "EDG", "Out for delivery", out
    yield "EMI", "Delivered", out + timedelta(hours=chance.uniform(1, 6))
