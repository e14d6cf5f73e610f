"""A packer prepares the bench for the time without the network, by keys or by printed codes, and packs without it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.desktops import Worked, copied, parts_at
from warehouse_app.language import use_language
from warehouse_app.operations.claims import list_claims

SOON = 10_000


@pytest.fixture
def worked(qtbot: QtBot, desktop: QApplication, picked_file: Path, tmp_path: Path) -> Iterator[Worked]:
    made = Worked(qtbot, desktop, parts_at(tmp_path / "home", copied(picked_file, tmp_path)))
    yield made
    made.close()
    use_language("en")


def test_prepared_orders_are_at_hand_and_given_back_by_keys(worked: Worked, qtbot: QtBot) -> None:
    worked.to_packing()
    worked.scan("BADGE:W-06")

    worked.press(Qt.Key.Key_F5)
    asked = worked.screen.choices.isVisible()
    worked.press(Qt.Key.Key_3)
    qtbot.waitUntil(lambda: worked.moment.preparation.at_hand is not None, timeout=SOON)
    prepared = worked.moment.preparation.at_hand
    worked.type("CMD:GIVE-BACK")
    qtbot.waitUntil(lambda: worked.moment.preparation.given_back is not None, timeout=SOON)

    assert asked
    assert prepared is not None
    assert (prepared.count, worked.moment.preparation.given_back) == (4, 4)
    assert prepared.last_due is not None


def test_order_at_hand_opens_at_once_and_its_number_is_shown(worked: Worked, qtbot: QtBot) -> None:
    worked.to_packing()
    worked.scan("BADGE:W-06")
    worked.press(Qt.Key.Key_F5)
    worked.press(Qt.Key.Key_1)
    qtbot.waitUntil(lambda: len(worked.moment.at_hand) == 4, timeout=SOON)

    worked.type(worked.bench.expected()[0].scan_text)

    side = worked.desktop.desk.side
    assert side is not None
    assert not worked.moment.fetching
    assert worked.screen.close_button.isVisible()
    assert worked.order.packet.order_no
    assert len(side.database.read(list_claims)) == 4
