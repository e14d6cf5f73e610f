from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.desktops import Worked, copied, parts_at
from warehouse_app.domain.packing_state import CartonProgress
from warehouse_app.domain.session import FeedbackKind
from warehouse_app.language import use_language
from warehouse_app.operations.cancelling import cancel_order, hold_order, unhold_order
from warehouse_app.operations.warehouses import change_setting
from warehouse_app.station.bounce import BounceGuard

SOON = 10_000


@pytest.fixture
def worked(qtbot: QtBot, desktop: QApplication, picked_file: Path, tmp_path: Path) -> Iterator[Worked]:
    made = Worked(qtbot, desktop, parts_at(tmp_path / "home", copied(picked_file, tmp_path)))
    yield made
    made.close()
    use_language("en")


def decide(worked: Worked, decision: object, *arguments: object) -> None:
    side = worked.desktop.desk.side
    assert side is not None
    side.database.write(decision, *arguments)


def test_nobody_packs_before_a_badge_is_scanned(worked: Worked) -> None:
    worked.to_packing()

    worked.scan("TOTE:T-0001")

    assert worked.moment.told.kind is FeedbackKind.WRONG_STATE
    assert worked.moment.state is None


def test_keys_of_a_scanner_sign_on_and_open_the_order_of_a_tote(worked: Worked, qtbot: QtBot) -> None:
    worked.to_packing()

    worked.scan("BADGE:W-06")
    qtbot.waitUntil(lambda: bool(worked.moment.waiting), timeout=SOON)
    first = worked.moment.waiting[0]
    worked.scan(f"TOTE:{first.tote}")

    assert worked.moment.worker is not None
    assert worked.order.packet.order_no == first.order_no
    assert worked.screen.lines.isVisible()


def test_order_is_packed_and_labelled_by_scans_and_keys_alone(worked: Worked, qtbot: QtBot) -> None:
    worked.open_first_order()
    order_no = worked.order.packet.order_no

    while not worked.order.complete:
        worked.scan_expected()
    worked.press(Qt.Key.Key_F12)

    assert worked.order.finished
    folder, wanted = worked.bench.label_folder, 1 + 2 * len(worked.order.cartons)
    qtbot.waitUntil(lambda: len(worked.moment.files) == wanted, timeout=SOON)
    assert {path.name for path in folder.iterdir()} == set(worked.moment.files)
    assert worked.order.packet.order_no == order_no


def test_wrong_item_stands_beside_the_expected_one(worked: Worked) -> None:
    worked.open_first_order()
    mine = {line.sku for line in worked.order.lines.values()}
    wrong = next(sku for sku in ("22386", "22423") if sku not in mine)

    worked.scan(wrong)

    assert worked.moment.told.kind is FeedbackKind.WRONG_ITEM
    assert worked.screen.product._stack.currentIndex() == 1  # noqa: SLF001 -- the page of the comparison
    assert worked.order.units_packed == 0


def test_what_a_scanner_had_stored_behind_a_bad_scan_does_not_count(worked: Worked) -> None:
    worked.open_first_order()
    preferences = worked.desktop.desk.tools.preferences
    preferences.scanner = replace(preferences.scanner, burst_ms=60_000)
    right = worked.bench.expected()[0].scan_text

    worked.scan(right)
    worked.scan("NO-SUCH-CODE")
    packed = worked.order.units_packed
    for code in (right, "ANOTHER", right):
        worked.scan(code)

    assert packed == worked.order.units_packed == 1
    assert worked.moment.told.values == {"count": 3, "scan": "NO-SUCH-CODE"}


def test_close_button_says_why_it_is_grey(worked: Worked) -> None:
    worked.open_first_order()

    button = worked.screen.close_button

    assert not button.isEnabled()
    assert button.reason.startswith(str(worked.order.units_total))


def test_undo_takes_back_the_last_scan(worked: Worked) -> None:
    worked.open_first_order()
    worked.scan_expected()
    packed = worked.order.units_packed

    worked.press(Qt.Key.Key_F8)

    assert packed > 0
    assert worked.order.units_packed == 0


def test_box_is_changed_by_a_number_key(worked: Worked, qtbot: QtBot) -> None:
    worked.open_first_order()

    worked.press(Qt.Key.Key_F6)
    assert worked.screen.choices.isVisible()
    worked.press(Qt.Key.Key_1)

    qtbot.waitUntil(lambda: bool(worked.order.cartons), timeout=SOON)
    assert worked.order.cartons[0].carton_type
    assert not worked.screen.choices.is_open


def test_bounced_scan_leaves_the_answer_before_it_standing(worked: Worked) -> None:
    worked.open_first_order()
    worked.bench._guard = BounceGuard(within_ms=60_000)  # noqa: SLF001 -- however slow the machine is just now
    code = worked.bench.expected()[0].scan_text
    worked.scan(code)
    before = worked.order.units_packed

    worked.scan(code)

    assert worked.moment.bounced
    assert worked.order.units_packed == before


def test_scans_made_while_an_order_is_fetched_are_answered_after_it(worked: Worked, qtbot: QtBot) -> None:
    worked.to_packing()
    worked.scan("BADGE:W-06")
    qtbot.waitUntil(lambda: bool(worked.moment.waiting), timeout=SOON)

    worked.type(f"TOTE:{worked.moment.waiting[0].tote}")
    assert worked.moment.fetching
    worked.type("22386")
    worked.type("4006381333931")

    qtbot.waitUntil(lambda: worked.moment.scan_text == "4006381333931", timeout=SOON)
    assert worked.moment.state is not None


def test_held_order_is_not_opened_and_says_so(worked: Worked, qtbot: QtBot) -> None:
    worked.to_packing()
    worked.scan("BADGE:W-06")
    qtbot.waitUntil(lambda: bool(worked.moment.waiting), timeout=SOON)
    first = worked.moment.waiting[0]
    decide(worked, hold_order, first.order_no, "address in doubt", "W-02")

    worked.scan(f"TOTE:{first.tote}")

    assert worked.moment.told.kind is FeedbackKind.HELD
    assert worked.moment.state is None


def test_stop_shows_at_once_without_a_scan(worked: Worked, qtbot: QtBot) -> None:
    worked.open_first_order()
    worked.scan_expected()
    order_no = worked.order.packet.order_no

    decide(worked, cancel_order, order_no, "the customer called", "W-02")

    qtbot.waitUntil(lambda: worked.moment.told.kind is FeedbackKind.STOPPED, timeout=SOON)
    assert worked.order.packet.order_no == order_no
    assert not worked.bench.in_hand


def test_hold_shows_at_once_and_the_order_goes_on_when_it_is_released(worked: Worked, qtbot: QtBot) -> None:
    worked.open_first_order()
    worked.scan_expected()
    order_no = worked.order.packet.order_no

    decide(worked, hold_order, order_no, "address in doubt", "W-02")
    qtbot.waitUntil(lambda: worked.moment.told.kind is FeedbackKind.HELD, timeout=SOON)
    assert worked.screen.close_button.isEnabled() is False
    packed = worked.order.units_packed
    decide(worked, unhold_order, order_no, "", "W-02")
    qtbot.waitUntil(lambda: worked.moment.told.kind is FeedbackKind.PROMPT, timeout=SOON)
    worked.scan_expected()

    assert worked.order.units_packed > packed


def test_new_language_leaves_the_order_in_hand(worked: Worked) -> None:
    worked.open_first_order()
    worked.scan_expected()
    before, packed = worked.screen, worked.order.units_packed

    worked.desktop.desk.tools.preferences.language = "zh"

    assert worked.screen is not before
    assert worked.order.units_packed == packed
    assert worked.screen.lines.isVisible()


def test_labels_that_cannot_be_written_wait_and_come_out_later(worked: Worked, qtbot: QtBot, tmp_path: Path) -> None:
    worked.open_first_order()
    in_the_way = tmp_path / "home" / "labels"
    in_the_way.write_text("a file where the folder should be")
    while not worked.order.complete:
        worked.scan_expected()

    worked.press(Qt.Key.Key_F12)
    qtbot.waitUntil(lambda: bool(worked.moment.print_problem), timeout=SOON)
    in_the_way.unlink()
    worked.bench.printing.wake()

    qtbot.waitUntil(lambda: len(worked.moment.files) >= 3, timeout=SOON)
    assert not worked.moment.print_problem


def test_interrupted_order_waits_at_the_same_unit(
    qtbot: QtBot, desktop: QApplication, picked_file: Path, tmp_path: Path
) -> None:
    start = partial(Worked, qtbot, desktop, parts_at(tmp_path / "home", copied(picked_file, tmp_path)))
    first = start()
    first.open_first_order()
    first.scan_expected()
    order_no, packed = first.order.packet.order_no, first.order.units_packed
    first.close()

    second = start()
    second.wait_for_station()

    assert second.screen.lines.isVisible()
    assert (second.order.packet.order_no, second.order.units_packed) == (order_no, packed)
    second.close()


def test_stuck_on_label_closes_its_carton_and_no_other_does(worked: Worked, qtbot: QtBot) -> None:
    worked.to_packing()
    side = worked.desktop.desk.side
    assert side is not None
    change_setting(side.database, "label_scan_back", "on")
    worked.open_first_order()
    while worked.order.awaiting_label is None:
        worked.scan_expected()
    carton, screen = worked.order.awaiting_label, worked.screen
    total = max(len(worked.order.packet.suggested), carton.number)

    asked, counted = screen.hero.accessibleName(), screen.hero._counter.accessibleName()  # noqa: SLF001 -- the count
    qtbot.waitUntil(lambda: carton_of(worked).labels == 1, timeout=SOON)
    worked.scan(f"00{worked.order.packet.ssccs[-1]}")
    wrong, told = screen.hero.accessibleName(), worked.moment.told
    worked.scan(f"00{carton.carton}")

    assert asked.startswith(f"Stick the label on, then scan it Only its own label closes carton {carton.number} of")
    assert counted == f"{carton.number} of {total} carton{'s' if total > 1 else ''}"
    assert screen.close_button.reason or worked.order.finished
    assert wrong.startswith("Wrong label, do not stick it on This label belongs to order")
    assert told.kind is FeedbackKind.WRONG_ITEM
    assert carton_of(worked).closed


def carton_of(worked: Worked) -> CartonProgress:
    return worked.order.cartons[0]
