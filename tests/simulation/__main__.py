"""Replays seeds: `python -m tests.simulation 4711` tells all that happens in one, `0-999` runs many and counts.

A failure ends with the seed by which it comes back.
"""

import sys
import time

from tests.simulation.trace import Violation
from tests.simulation.world import World, run, told_of


def main() -> int:
    """Run what the arguments name; 1 when something did not hold."""
    failed = 0
    for text in sys.argv[1:]:
        first, _, last = text.partition("-")
        failed += _run_many(int(first), int(last)) if last else _tell(int(first))
    return int(failed > 0)


def _tell(seed: int) -> int:
    world = World(seed)
    try:
        world.run()
    except Exception as error:  # noqa: BLE001 - whatever went wrong is what the reader looks for
        sys.stdout.write(told_of(world, error, last=None) + "\n")
        return 1
    sys.stdout.write("\n".join([str(world.weather), *world.trace.lines(), "all holds", ""]))
    return 0


def _run_many(first: int, last: int) -> int:
    failed, started = 0, time.perf_counter()
    for seed in range(first, last + 1):
        try:
            run(seed)
        except Violation as violation:
            failed += 1
            sys.stdout.write(f"{violation}\n\n")
    seconds = time.perf_counter() - started
    count = last - first + 1
    sys.stdout.write(f"{count:,} seeds in {seconds:.1f} s, {count / seconds:.0f} a second: {failed} failed\n")
    return failed


if __name__ == "__main__":
    sys.exit(main())
