"""How long a decision keeps everybody else waiting."""

import logging
from dataclasses import dataclass

LIMIT_S = 0.25
"""No transaction that writes stock lasts longer: scans of others are booked in between."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Held:
    """One transaction that wrote: its job's name, how long nobody else could write, and how many rows it sent."""

    job: str
    seconds: float
    rows: int


def tell_of_long(held: Held) -> None:
    """Write down what took too long; on a busy machine that can be any job, so it is no warning."""
    if held.seconds > LIMIT_S:
        log.info("%s kept others waiting for %.0f ms, %d rows", held.job, held.seconds * 1000, held.rows)
