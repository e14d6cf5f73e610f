import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.ui.desktops import Worked, copied, parts_at
from warehouse_app.language import use_language
from warehouse_app.operations.cancelling import hold_order
from warehouse_app.operations.today import waiting_for_a_bench
from warehouse_app.ui.today.screen import TodayScreen
from warehouse_app.ui.widgets import ActionButton, Label

SOON = 10_000
Open = Callable[..., Worked]


@pytest.fixture
def open_on(qtbot: QtBot, desktop: QApplication, tmp_path: Path) -> Iterator[Open]:
    opened: list[Worked] = []

    def open_file(file: Path, **about: tuple[str, ...]) -> Worked:
        made = Worked(qtbot, desktop, parts_at(tmp_path / "home", copied(file, tmp_path), **about))
        opened.append(made)
        made.wait_for_station()
        return made

    yield open_file
    for made in opened:
        made.close()
    use_language("en")


def words(worked: Worked) -> str:
    """Every text of a label that can be seen."""
    labels = worked.desktop.window.screen_in_front.findChildren(Label)
    return "\n".join(label.text() for label in labels if label.isVisible())


def names_in(worked: Worked) -> str:
    """What the page tells a screen reader, which is what it paints."""
    shown = worked.desktop.window.screen_in_front.findChildren(QWidget)
    return "\n".join(widget.accessibleName() for widget in shown if widget.isVisible())


def test_page_shows_what_waits_and_the_next_pick_ups(open_on: Open, qtbot: QtBot, picked_file: Path) -> None:
    worked = open_on(picked_file)

    qtbot.waitUntil(lambda: "Citycycle" in names_in(worked) or "Same day" in names_in(worked), timeout=SOON)

    assert "to pack" in words(worked).lower()
    assert "Standard" in names_in(worked)


def test_held_order_is_named_with_its_reason(open_on: Open, qtbot: QtBot, picked_file: Path) -> None:
    worked = open_on(picked_file)
    side = worked.desktop.desk.side
    assert side is not None
    order_no = side.database.read(waiting_for_a_bench)[0].order_no

    side.database.write(hold_order, order_no, "address in doubt", "W-02")
    screen = worked.desktop.window.screen_in_front
    assert isinstance(screen, TodayScreen)
    screen.refresh()

    qtbot.waitUntil(lambda: "address in doubt" in names_in(worked), timeout=SOON)
    assert order_no in names_in(worked)


def test_empty_database_offers_the_sample_warehouse(open_on: Open, qtbot: QtBot, migrated_file: Path) -> None:
    worked = open_on(migrated_file)

    qtbot.waitUntil(lambda: "no warehouse here yet" in words(worked), timeout=SOON)

    assert set_up_button(worked) is not None


def test_set_up_that_fails_says_why_and_can_be_tried_again(open_on: Open, qtbot: QtBot, migrated_file: Path) -> None:
    script = "import sys\nif 'bookkeeper' in sys.argv: sys.stdin.read()\nsys.exit('the disk is full')"
    worked = open_on(migrated_file, program=(sys.executable, "-c", script))
    qtbot.waitUntil(lambda: set_up_button(worked) is not None, timeout=SOON)

    button = set_up_button(worked)
    assert button is not None
    button.click()

    qtbot.waitUntil(lambda: "the disk is full" in words(worked), timeout=SOON)
    assert set_up_button(worked) is not None


def test_page_speaks_the_language_in_use(open_on: Open, qtbot: QtBot, picked_file: Path) -> None:
    worked = open_on(picked_file)

    worked.desktop.desk.tools.preferences.language = "zh"

    qtbot.waitUntil(lambda: "当日达" in names_in(worked), timeout=SOON)


def set_up_button(worked: Worked) -> ActionButton | None:
    buttons = worked.desktop.window.screen_in_front.findChildren(ActionButton)
    return next((button for button in buttons if button.isVisible()), None)
