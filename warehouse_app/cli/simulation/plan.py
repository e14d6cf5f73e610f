"""What a run is asked for, and the faults that its seed means: the same seed, the same plan."""

import random
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any

KINDS = ("kill", "partition", "reset", "slow", "disk-full", "clock")
"""Kinds of faults as a person names them."""

NETWORK = ("cut", "held", "no-answer", "unheard", "refused", "reset", "slow-network", "locked")
"""Faults of the way to the database: when they have healed, what waits must be posted within seconds."""

_ACTS = {
    "kill": ("kill-station", "kill-station", "kill-bookkeeper"),
    "partition": ("cut", "held", "no-answer", "unheard", "refused"),
    "reset": ("reset",),
    "slow": ("slow-network", "slow-disk"),
    "disk-full": ("disk-full",),
    "clock": ("clock",),
}
_ON_A_FILE = {"partition": ("locked",), "reset": ("locked",), "slow": ("slow-disk", "locked")}
"""An embedded database has no network; what stations see instead is a file that somebody keeps locked."""

SHORTEST_S, LONG_PARTITION = 0.05, 5
"""Of the partitions one in ten lasts up to so many times as long as other faults."""
JUMP_S = 7_200
MAY_LAST = ("cut", "held", "no-answer", "unheard", "refused")


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for. `pace_s` is how long a person takes between two scans at the most, `longest_s` a fault."""

    stations: int
    orders: int
    seed: int
    kinds: tuple[str, ...] = KINDS
    faults: int = 0
    pace_s: float = 0.03
    longest_s: float = 0.6
    limit_s: float = 600.0
    counts: bool = True


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing to be done to the run: after how long, to whom, for how long, and how much of it."""

    act: str
    target: str
    after_s: float
    lasts_s: float
    amount: float = 0.0

    def as_row(self) -> dict[str, Any]:
        """For the fault log."""
        return asdict(self)


def chance(*names: object) -> random.Random:
    """Luck that depends on these names and on nothing else, so that it comes back with the seed."""
    return random.Random("/".join(map(str, names)))  # noqa: S311 - decisions that come back, no secret


def plan_faults(wish: Wish, stations: Sequence[str], *, on_file: bool, own_server: bool) -> tuple[Fault, ...]:
    """As many faults as are wished for, of every kind in turn."""
    luck = chance(wish.seed, "faults")
    found = []
    for number in range(wish.faults if wish.kinds else 0):
        kind = wish.kinds[number % len(wish.kinds)]
        acts = _ON_A_FILE.get(kind, _ACTS[kind]) if on_file else _ACTS[kind]
        if kind == "kill" and own_server:
            acts = (*acts, "kill-server")
        found.append(_fault(luck, luck.choice(acts), stations, wish.longest_s))
    return tuple(found)


def _fault(luck: random.Random, act: str, stations: Sequence[str], longest_s: float) -> Fault:
    someone = luck.choice(stations)
    target = {"kill-bookkeeper": "bookkeeper", "kill-server": "server", "locked": "server"}.get(act, someone)
    if act in MAY_LAST and luck.randrange(10) == 0:
        longest_s *= LONG_PARTITION
    amount = {
        "slow-network": luck.uniform(0.02, 0.3),
        "slow-disk": luck.uniform(0.02, 0.2),
        "clock": luck.uniform(-JUMP_S, JUMP_S),
    }.get(act, 0.0)
    return Fault(act, target, luck.uniform(0.02, 0.2), luck.uniform(SHORTEST_S, longest_s), amount)
