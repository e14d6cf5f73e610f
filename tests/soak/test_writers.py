"""Many writers at once sell nothing twice, leave no difference in the books, and see no error."""

import sys
from pathlib import Path

import pytest

from tests.databases import Maker
from tests.soak.writers import Load, Report, make_house, run

SMALL = {"sqlite": (1_600, 8, 2), "postgresql": (1_920, 64, 4)}
"""Operations, writers and processes for every day: twenty thousand would take minutes on two busy cores."""
LARGE = {"sqlite": (200_000, 32, 4), "postgresql": (1_000_000, 64, 8)}
"""One file has one writer at a time, and those who wait for it do not queue: fewer are enough to prove it."""


def many_write(maker: Maker, engine: str, folder: Path, size: tuple[int, int, int]) -> Report:
    url = make_house(maker, folder)
    report = run(Load(url, *size))
    maker.drop(url)
    sys.stdout.write("\n".join(("", engine, *report.lines(), "")))
    return report


def test_many_writers_leave_books_that_tie(maker: Maker, engine: str, tmp_path: Path) -> None:
    size = SMALL[engine]

    report = many_write(maker, engine, tmp_path, size)

    assert (report.operations, report.oversold, report.differences, report.errors) == (size[0], 0, 0, {})


@pytest.mark.soak
def test_a_million_operations_leave_books_that_tie(
    maker: Maker, engine: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    size = LARGE[engine]

    with capsys.disabled():
        report = many_write(maker, engine, tmp_path, size)

    assert (report.operations, report.oversold, report.differences, report.errors) == (size[0], 0, 0, {})
