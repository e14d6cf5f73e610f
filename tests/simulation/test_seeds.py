"""Simulated runs of the whole house by their seeds: whatever goes wrong, everything that must hold does."""

import multiprocessing
import os
from concurrent.futures import ProcessPoolExecutor

import pytest

from tests.conftest import SoakFigure, SoakSize
from tests.simulation.faults import FAULTS, Sabotage
from tests.simulation.house import the_house
from tests.simulation.trace import Violation
from tests.simulation.world import run

SEEDS, BLOCKS = 500, 10
LONG, LONG_BLOCK = 50_000, 1_000
ROW = "deterministic seeds"


def run_all(seeds: range) -> int:
    """Run these; the first that fails tells how it came to it. Gives how many transactions met a fate."""
    return sum(run(seed).spoilt for seed in seeds)


def run_each(seeds: range) -> tuple[int, list[str]]:
    """Run all of these, whatever becomes of any; gives how many transactions met a fate, and what failed."""
    spoilt, failures = 0, []
    for seed in seeds:
        try:
            spoilt += run(seed).spoilt
        except Violation as violation:
            failures.append(str(violation))
    return spoilt, failures


@pytest.mark.parametrize("block", range(BLOCKS))
def test_everything_holds_in_seeded_runs(block: int) -> None:
    size = SEEDS // BLOCKS

    spoilt = run_all(range(block * size, (block + 1) * size))

    assert spoilt > size, "the runs were too calm to prove anything"


def test_run_comes_back_by_its_seed() -> None:
    first = run(77)

    second = run(77)

    assert list(first.trace.lines()) == list(second.trace.lines())


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_fault_in_the_product_is_found(fault: Sabotage, monkeypatch: pytest.MonkeyPatch) -> None:
    the_house()
    fault(monkeypatch)

    with pytest.raises(Violation, match=r"^seed \d+: Violation: "):
        run_all(range(SEEDS))


@pytest.mark.soak
def test_everything_holds_in_very_many_seeded_runs(soak_figure: SoakFigure, soak_size: SoakSize) -> None:
    count, failures, spoilt = soak_size(LONG), list[str](), 0
    blocks = [range(start, min(start + LONG_BLOCK, count)) for start in range(0, count, LONG_BLOCK)]
    with ProcessPoolExecutor(os.cpu_count(), multiprocessing.get_context("spawn")) as pool:
        for block, (fates, failed) in zip(blocks, pool.map(run_each, blocks), strict=True):
            spoilt += fates
            failures += failed
            print(f"{block.stop:,} of {count:,} seeds, {len(failures)} failed", flush=True)  # noqa: T201 - hours

    assert not failures, "\n\n".join(failures[:5])
    soak_figure(ROW, f"{count:,} seeds, {spoilt:,} transactions refused, lost or late", "all invariants hold")
