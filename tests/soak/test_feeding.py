"""The feed loses nothing and tells everything in the order of commits, whoever pauses or rolls back meanwhile."""

import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import SoakFigure
from tests.databases import Maker
from tests.soak.feeding import Outcome, feed_through

ROW = "feed, 8 writers, rolled-back and slow transactions"
SMALL = {"sqlite": 2_000, "postgresql": 20_000}
LARGE = {"sqlite": 100_000, "postgresql": 1_000_000}
DECISION_MS = 50
BUSY = 40
"""How many times slower a decision may be where other tests, and who knows what else, run beside it."""


def run(maker: Maker, folder: Path, rows: int) -> Outcome:
    outcome = feed_through(maker, maker.make("migrated", folder), rows)
    sys.stdout.write(f"\n{outcome}\n")
    return outcome


def test_reader_of_the_feed_sees_every_commit_once_and_in_order(maker: Maker, engine: str, tmp_path: Path) -> None:
    outcome = run(maker, tmp_path, SMALL[engine])

    assert (outcome.rows, outcome.lost, outcome.out_of_order) == (SMALL[engine], 0, 0)
    assert outcome.rolled_back > 0
    assert outcome.p95_ms <= BUSY * DECISION_MS


@pytest.mark.soak
def test_reader_of_a_million_rows_sees_every_commit_once_and_in_order(
    maker: Maker, engine: str, tmp_path: Path, soak_figure: SoakFigure, soak_size: Callable[[int], int]
) -> None:
    rows = soak_size(LARGE[engine])

    outcome = run(maker, tmp_path, rows - rows % 8)

    assert (outcome.lost, outcome.out_of_order) == (0, 0)
    # A file has no queue for those who wait: whoever is unlucky there waits for several others.
    assert outcome.p95_ms <= DECISION_MS or engine == "sqlite"
    soak_figure(ROW, f"{outcome.rows:,} rows on {engine}", str(outcome))
