"""Splits long work into transactions that hold nobody up."""

import time
from collections.abc import Iterator, Sequence
from typing import TypeVar

Item = TypeVar("Item")

TARGET_S = 0.12
"""How long a transaction should take; none may take a quarter of a second, also when the machine is busy."""

GROWTH = 2.0


def paced(items: Sequence[Item], first: int, most: int) -> Iterator[Sequence[Item]]:
    """The items in parts, each to be worked off in a transaction of its own before the next one is asked for.

    The first part has `first` items; how long the parts take decides the size of the later ones, up to `most`.
    """
    size, done = first, 0
    while done < len(items):
        started = time.perf_counter()
        yield items[done : done + size]
        done += size
        factor = TARGET_S / max(time.perf_counter() - started, 0.001)
        size = max(1, min(most, int(size * min(factor, GROWTH))))
