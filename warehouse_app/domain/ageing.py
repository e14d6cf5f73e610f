"""How long units have lain: the newest receipts cover what is on hand, for what came first has left first."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

UNKNOWN = "unknown"
AGES = ((30, "0-30"), (60, "31-60"), (90, "61-90"), (180, "91-180"))
"""The last day of each age and its name."""
OLDEST = "over 180"
AGE_NAMES = (*(name for _, name in AGES), OLDEST, UNKNOWN)


@dataclass(frozen=True, slots=True)
class Arrival:
    """Units that came in from a supplier, or went back there (below 0); the reference is their purchase order."""

    units: int
    recorded_at: datetime
    reference: str = ""


def kept(arrivals: Iterable[Arrival]) -> list[Arrival]:
    """The arrivals, the oldest first as given, less what was sent back: from the newest of its order, then from any."""
    found: list[Arrival] = []
    for arrival in arrivals:
        if arrival.units > 0:
            found.append(arrival)
            continue
        back = -arrival.units
        for same_order in (True, False):
            for place in reversed(range(len(found))):
                one = found[place]
                if same_order and one.reference != arrival.reference:
                    continue
                taken = min(back, one.units)
                back -= taken
                found[place] = Arrival(one.units - taken, one.recorded_at, one.reference)
    return [one for one in found if one.units]


def on_hand_by_arrival(on_hand: int, arrivals: Sequence[Arrival]) -> list[tuple[Arrival | None, int]]:
    """Which arrivals the units on hand are from, the newest first; those that no arrival explains come last."""
    found: list[tuple[Arrival | None, int]] = []
    for arrival in reversed(arrivals):
        units = min(on_hand, arrival.units)
        if units:
            found.append((arrival, units))
            on_hand -= units
    return [*found, (None, on_hand)] if on_hand else found


def age_of(arrival: Arrival | None, now: datetime) -> str:
    """The name of an age, in whole days since the arrival."""
    if arrival is None:
        return UNKNOWN
    days = (now - arrival.recorded_at).days
    return next((name for last, name in AGES if days <= last), OLDEST)
