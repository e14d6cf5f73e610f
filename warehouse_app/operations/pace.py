"""How much long work writes at once, so that nobody who scans has to wait for it."""

import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TypeVar

Item = TypeVar("Item")

AIM_S = 0.1
"""Less than half of what a transaction may last: the next rows can be slower ones, and the machine busier."""

ORDERS_AIM_S = 0.15
"""The same for orders that share out stock: those of one transaction load what they want in common only once."""

ROWS_FIRST, ROWS_LEAST, ROWS_MOST = 500, 400, 2_000
"""Below the least, a transaction lasts as long as its commit, and fewer rows would not make it shorter."""


class Pace:
    """Tells how many rows the next transaction should take, from how long the last ones lasted."""

    def __init__(
        self, first: int = ROWS_FIRST, least: int = ROWS_LEAST, most: int = ROWS_MOST, aim_s: float = AIM_S
    ) -> None:
        self.rows = first
        self._aim_s = aim_s
        self._least, self._most = least, most

    @contextmanager
    def measured(self, rows: int) -> Iterator[None]:
        """Around a transaction that writes so many rows; one that fails teaches nothing."""
        started = time.perf_counter()
        yield
        self.learn(rows, time.perf_counter() - started)

    def learn(self, rows: int, seconds: float) -> None:
        """So many rows have taken so long. It slows down at once, though not to a crawl for one pause of the disk.

        A batch much smaller than it might have been says nothing of how long a full one would take.
        """
        if seconds > self._aim_s:
            self.rows = max(self._least, self.rows // 2, min(self.rows, int(rows * self._aim_s / seconds)))
        elif rows * 2 > self.rows:
            self.rows = min(self._most, int(self.rows * min(1.5, self._aim_s / max(seconds, 0.001))) + 1)


def paced(items: Sequence[Item], first: int, most: int) -> Iterator[Sequence[Item]]:
    """The items in parts, each to be worked off in a transaction of its own before the next one is asked for."""
    pace, done = Pace(first, first // 5 + 1, most, ORDERS_AIM_S), 0
    while done < len(items):
        part = items[done : done + pace.rows]
        with pace.measured(len(part)):
            yield part
        done += len(part)
