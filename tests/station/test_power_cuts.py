"""The power goes at any instant: what was told to be on disk is there, whole, and nothing is half there."""

from pathlib import Path

import pytest

from tests.conftest import SoakFigure, SoakSize
from tests.station.power_cuts import cut_power

ROW = "simulated power cuts under the journal (unsynced writes dropped or torn)"


def test_nothing_that_was_told_is_lost_when_the_power_goes(tmp_path: Path) -> None:
    tally = cut_power(tmp_path, seed=1, cuts=300)

    assert tally.broken == []
    assert tally.acts > 1_000


def test_commits_that_are_not_synced_would_be_lost(tmp_path: Path) -> None:
    tally = cut_power(tmp_path, seed=1, cuts=30, careless=True)

    assert len(tally.broken) > 4


@pytest.mark.soak
def test_nothing_is_lost_in_thousands_of_power_cuts(
    tmp_path: Path, soak_figure: SoakFigure, soak_size: SoakSize
) -> None:
    cuts = soak_size(10_000)

    tally = cut_power(tmp_path, seed=2, cuts=cuts)

    assert tally.broken == []
    soak_figure(ROW, f"{tally.cuts:,} cuts, {tally.acts:,} commits before them", "0 lost, integrity ok")
