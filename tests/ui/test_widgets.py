import sys
import time
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication, QPixmap
from PySide6.QtWidgets import QApplication, QPushButton
from pytestqt.qtbot import QtBot

from warehouse_app.resources import resource_path
from warehouse_app.ui.crash import CrashDialog, CrashHook
from warehouse_app.ui.icons import picture_kind
from warehouse_app.ui.sounds import Sound, Sounds
from warehouse_app.ui.theme import Tone
from warehouse_app.ui.widgets import ActionButton, FitLabel, HeroPanel, HeroView, LineList, LinesView, LineView
from warehouse_app.ui.widgets.line_list import LineModel, in_working_order
from warehouse_app.ui.widgets.picture import differing_words
from warehouse_app.ui.widgets.weight import weight_text


def line(line_no: int, done: int, total: int, *, current: bool = False) -> LineView:
    return LineView(line_no, f"Product {line_no}", f"SKU-{line_no}", done, total, place="T-0031", current=current)


def test_done_lines_sink_and_the_current_one_stays() -> None:
    lines = (line(1, 2, 2), line(2, 0, 1), line(3, 3, 3, current=True), line(4, 1, 2))

    assert [shown.line_no for shown in in_working_order(lines)] == [2, 3, 4, 1]


def test_progress_of_one_line_draws_that_row_only(qtbot: QtBot) -> None:
    model, changed = LineModel(), list[int]()
    model.set_lines((line(1, 0, 2), line(2, 0, 2)))
    model.dataChanged.connect(lambda first, _: changed.append(first.row()))

    with qtbot.assertNotEmitted(model.modelReset):
        model.set_lines((line(1, 0, 2), line(2, 1, 2)))

    assert changed == [1]


def test_order_of_700_lines_is_shown_within_one_frame_or_few(qtbot: QtBot, desktop: QApplication) -> None:
    del desktop
    widget = LineList()
    qtbot.addWidget(widget)
    widget.resize(860, 450)
    lines = tuple(line(number, 0, 9, current=number == 1) for number in range(700))
    widget.show_lines(LinesView("Order lines", "", lines))
    widget.show()
    widget.grab()
    moved = (line(0, 1, 9), line(1, 1, 9), *lines[2:650], line(650, 1, 9, current=True), *lines[651:])

    begun = time.perf_counter()
    widget.show_lines(LinesView("Order lines", "", moved))
    picture: QPixmap = widget.grab()
    took_s = time.perf_counter() - begun

    assert not picture.isNull()
    assert took_s < 0.5, took_s  # It takes a tenth of this; the rest is for a busy machine.
    assert widget.list.indexAt(widget.list.viewport().rect().center()).row() > 600


@pytest.mark.parametrize(
    ("name", "other", "words"),
    [
        ("Alarm clock Bakelike green", "Alarm clock Bakelike red", "green"),
        ("Bag large spotted", "Bag spotted", "large"),
        ("Mug", "Mug", "Mug"),
        ("Tea tin", "Coffee mill", "Tea tin"),
    ],
)
def test_words_that_differ_are_found(name: str, other: str, words: str) -> None:
    assert differing_words(name, other) == words


def test_long_prompt_keeps_every_word(qtbot: QtBot, desktop: QApplication) -> None:
    del desktop
    label = FitLabel(34, 700)
    qtbot.addWidget(label)
    label.resize(520, 48)

    label.set_text("Put the wrong item back into its tote, then scan the right one")

    assert label.toolTip() == ""


def test_hero_says_its_state_to_the_style_sheet_and_to_screen_readers(qtbot: QtBot, desktop: QApplication) -> None:
    del desktop
    hero = HeroPanel()
    qtbot.addWidget(hero)

    hero.show_hero(HeroView("Wrong item, put it back", "Expected red", Tone.ERROR, "octagon-cross"))

    assert hero.property("tone") == "error"
    assert "Wrong item" in hero.accessibleName()


def test_blocked_button_says_why(qtbot: QtBot, desktop: QApplication) -> None:
    del desktop
    button = ActionButton("Close box", key="F9", primary=True)
    qtbot.addWidget(button)

    button.block("2 units are still to be packed")
    assert not button.isEnabled()
    assert button.accessibleDescription() == "2 units are still to be packed"

    button.allow()
    assert button.isEnabled()


def test_weights_read_as_people_say_them() -> None:
    assert weight_text(310) == ("310", "g")
    assert weight_text(2_020) == ("2.02", "kg")


def test_product_name_finds_its_picture_and_every_picture_exists() -> None:
    assert picture_kind("JUMBO BAG RED RETROSPOT") == "bag"
    assert picture_kind("SET OF 3 CAKE TINS") == "bowl"
    assert picture_kind("MYSTERY") == "generic"
    assert resource_path("icons/product-generic.svg").exists()


def test_tone_is_played_without_waiting(qtbot: QtBot) -> None:
    played: list[str] = []
    sounds = Sounds(played.append)

    sounds.play(Sound.ERROR)
    qtbot.waitUntil(lambda: len(played) == 1)

    assert Path(played[0]).name == "error.wav"
    assert all(resource_path(f"sounds/{sound}.wav").exists() for sound in Sound)


def test_bug_is_shown_and_can_be_copied(qtbot: QtBot, desktop: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "excepthook", sys.excepthook)
    hook = CrashHook("1.0")
    error = ValueError("the scale sent nonsense")

    hook.report(ValueError, error, None)
    qtbot.waitUntil(lambda: any(isinstance(window, CrashDialog) for window in desktop.topLevelWidgets()))
    dialog = next(window for window in desktop.topLevelWidgets() if isinstance(window, CrashDialog))
    qtbot.addWidget(dialog)
    dialog.findChildren(QPushButton)[0].click()

    assert "the scale sent nonsense" in QGuiApplication.clipboard().text()
