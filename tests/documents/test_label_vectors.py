"""What leaves for a printer is read by readers, and drawn by a renderer, that are not ours."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import SoakFigure, SoakSize
from tests.documents.label_vectors import RESOLUTIONS, Tally, read_all, vectors
from tests.documents.zpl_renderer import ZplRenderer

LABELS = 2
ROW = "Labels read by two readers"


@pytest.fixture(scope="module")
def renderer() -> Iterator[ZplRenderer]:
    made = ZplRenderer()
    yield made
    made.close()


def test_two_readers_read_every_code_from_the_page(tmp_path: Path) -> None:
    tally = read_all(list(vectors(LABELS, seed=1)), tmp_path, None)

    assert_all_read(tally)
    assert tally.drawn == LABELS * len(RESOLUTIONS) * 5


def test_two_readers_read_every_code_as_another_renderer_draws_its_zpl(tmp_path: Path, renderer: ZplRenderer) -> None:
    tally = read_all(list(vectors(LABELS, seed=2)), tmp_path, renderer)

    assert_all_read(tally)
    assert tally.drawn == LABELS * len(RESOLUTIONS) * 5 * 2


@pytest.mark.soak
def test_two_readers_read_every_code_of_hundreds_of_labels(
    tmp_path: Path, renderer: ZplRenderer, soak_figure: SoakFigure, soak_size: SoakSize
) -> None:
    labels = soak_size(400)

    tally = read_all(list(vectors(labels, seed=3)), tmp_path, renderer)

    assert_all_read(tally)
    did = f"{tally.drawn:,} codes on {labels:,} labels, as PDF and ZPL at 203 and 300 dpi"
    soak_figure(ROW, did, f"{tally.drawn:,} read by zxing-cpp, {tally.drawn:,} by zbar and libdmtx")


def assert_all_read(tally: Tally) -> None:
    assert tally.missed == []
    assert set(tally.read.values()) == {tally.drawn}
