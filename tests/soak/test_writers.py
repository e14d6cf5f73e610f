"""Many writers at once sell nothing twice, leave no difference in the books, and see no error."""

import sys
from pathlib import Path

import pytest

from tests.conftest import SoakFigure, SoakSize
from tests.databases import Maker
from tests.soak.report import Report
from tests.soak.writers import Load, make_house, run

SMALL = {"sqlite": (8_000, 8, 2), "postgresql": (20_000, 64, 4)}
"""Operations, writers and processes for every day."""
LARGE = {"sqlite": (200_000, 32, 4), "postgresql": (1_000_000, 64, 8)}
"""One file has one writer at a time, and those who wait for it do not queue: fewer are enough to prove it."""
ROW = "64 parallel writers, 1,000,000 mixed operations"


def many_write(maker: Maker, engine: str, folder: Path, size: tuple[int, int, int]) -> Report:
    url = make_house(maker, folder)
    report = run(Load(url, *size))
    maker.drop(url)
    sys.stdout.write("\n".join(("", engine, *report.lines(), "")))
    return report


def test_many_writers_leave_books_that_tie(maker: Maker, engine: str, tmp_path: Path) -> None:
    size = SMALL[engine]

    report = many_write(maker, engine, tmp_path, size)

    assert (report.oversold, report.differences, report.errors) == (0, 0, {})
    assert report.whole.operations >= size[0]


@pytest.mark.soak
def test_a_million_operations_leave_books_that_tie(
    maker: Maker,
    engine: str,
    tmp_path: Path,
    soak_size: SoakSize,
    soak_figure: SoakFigure,
    capsys: pytest.CaptureFixture[str],
) -> None:
    operations, writers, processes = LARGE[engine]
    size = (soak_size(operations), writers, processes)

    with capsys.disabled():
        report = many_write(maker, engine, tmp_path, size)

    assert (report.oversold, report.differences, report.errors) == (0, 0, {})
    assert report.whole.operations >= size[0]
    soak_figure(ROW, f"{engine}: {report.did}", report.outcome)
