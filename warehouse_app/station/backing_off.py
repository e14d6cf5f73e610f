"""How long to wait before a database that did not answer is tried again."""

import random
from collections.abc import Callable

SPREAD = (0.7, 1.3)
"""Stations that lost the same server must not all come back in the same instant."""


class BackOff:
    """Waits that double from `first_s` up to `longest_s`, each shortened or lengthened by chance."""

    def __init__(
        self, first_s: float, longest_s: float, chance: Callable[[float, float], float] = random.uniform
    ) -> None:
        self._first_s, self._longest_s, self._chance = first_s, longest_s, chance
        self._wait_s = first_s

    def next_wait_s(self) -> float:
        """Seconds to wait after one more failure; never more than `longest_s` and its spread."""
        self._wait_s = min(self._longest_s, self._wait_s * 2)
        return self._wait_s * self._chance(*SPREAD)

    def answered(self) -> None:
        """The database is back: the next failure begins with a short wait."""
        self._wait_s = self._first_s
