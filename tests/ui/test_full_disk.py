"""The desktop on a disk that takes nothing: nobody can overlook it, and nobody packs on."""

from collections.abc import Iterator
from pathlib import Path

import apsw
import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.faulty_disk import FaultyDisk
from tests.ui.desktops import Worked, copied, parts_at
from warehouse_app.domain.session import FeedbackKind
from warehouse_app.station.disk import MB, Space
from warehouse_app.ui.status_words import disk_view
from warehouse_app.ui.theme import Tone

SOON = 10_000


@pytest.fixture
def disk() -> FaultyDisk:
    return FaultyDisk()


@pytest.fixture
def worked(
    qtbot: QtBot, desktop: QApplication, disk: FaultyDisk, picked_file: Path, tmp_path: Path
) -> Iterator[Worked]:
    parts = parts_at(tmp_path / "home", copied(picked_file, tmp_path))
    made = Worked(qtbot, desktop, parts, opens=disk.connect)
    yield made
    disk.refuses = None
    made.close()


def test_full_disk_stops_the_packer_and_the_bench_goes_on_by_itself_later(
    worked: Worked, disk: FaultyDisk, qtbot: QtBot
) -> None:
    worked.open_first_order()
    packed = worked.order.units_packed

    disk.refuses = lambda: apsw.FullError("database or disk is full")
    worked.scan_expected()
    stopped, hero = worked.moment, worked.screen.hero
    said = hero.accessibleName()
    status = disk_view(Space(1, 1), Path("/s"), worked.desktop.desk.file.trouble)
    disk.refuses = None
    qtbot.waitUntil(lambda: not worked.moment.halted, timeout=SOON)

    assert stopped.halted
    assert stopped.told.kind is FeedbackKind.STOPPED
    assert hero.property("tone") != "stop"
    assert "nothing is counted any more" in said
    assert "free space" in said
    assert (status.tone, status.text) == (Tone.ERROR, "Disk: nothing is counted")
    assert worked.order.units_packed == packed
    worked.scan_expected()
    assert worked.order.units_packed > packed


def test_order_that_cannot_be_kept_is_not_begun(worked: Worked, disk: FaultyDisk, qtbot: QtBot) -> None:
    worked.to_packing()
    worked.scan("BADGE:W-06")
    qtbot.waitUntil(lambda: bool(worked.moment.waiting), timeout=SOON)

    disk.refuses = lambda: apsw.FullError("database or disk is full")
    worked.scan_expected()
    refused = worked.moment
    disk.refuses = None
    qtbot.waitUntil(lambda: not worked.moment.halted, timeout=SOON)
    worked.scan_expected()

    assert refused.halted
    assert refused.state is None
    assert worked.order.units_packed == 0


def test_status_bar_warns_of_a_disk_that_fills_up() -> None:
    full = disk_view(Space(used=850_000 * MB, free=150_000 * MB), Path("/s"), None)
    fine = disk_view(Space(used=1_000 * MB, free=900_000 * MB), Path("/s"), None)

    assert (full.tone, full.text) == (Tone.WARN, "Disk 85 % full")
    assert "150 GB" in full.tip
    assert fine.tone is Tone.OK
