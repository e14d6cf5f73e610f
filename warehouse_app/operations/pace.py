"""How much an import writes at once, so that nobody who scans has to wait for it."""

import time
from collections.abc import Iterator
from contextlib import contextmanager

AIM_S = 0.1
"""Less than half of what a transaction may last: the next rows can be slower ones, and the machine busier."""

ROWS_FIRST, ROWS_LEAST, ROWS_MOST = 500, 400, 2_000
"""Below the least, a transaction lasts as long as its commit, and fewer rows would not make it shorter."""


class Pace:
    """Tells how many rows the next transaction should take, from how long the last ones lasted."""

    def __init__(self) -> None:
        self.rows = ROWS_FIRST

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
        if seconds > AIM_S:
            self.rows = max(ROWS_LEAST, self.rows // 2, min(self.rows, int(rows * AIM_S / seconds)))
        elif rows * 2 > self.rows:
            self.rows = min(ROWS_MOST, int(self.rows * min(1.5, AIM_S / max(seconds, 0.001))) + 1)
