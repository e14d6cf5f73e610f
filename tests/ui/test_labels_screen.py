"""The Labels screen as a supervisor works it: look, try with real things, copy, change, save."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.desktops import Worked, copied, parts_at
from warehouse_app.documents.labels.dots import Resolution
from warehouse_app.documents.labels.layouts import LayoutLibrary
from warehouse_app.language import use_language
from warehouse_app.ui.labels.copying import CopyDialog
from warehouse_app.ui.labels.print_dialog import PrintDialog
from warehouse_app.ui.labels.screen import LabelsScreen

SOON = 10_000
TOO_LONG = 'content = "{code}-WITH-AN-END-THAT-DOES-NOT-FIT-AT-ALL"'


class Labels:
    """The screen, and what a person does on it."""

    def __init__(self, worked: Worked, qtbot: QtBot) -> None:
        self.worked, self._qtbot = worked, qtbot
        worked.wait_for_station()
        worked.desktop.window.show_screen("labels")
        self.until(lambda: self.screen.look is not None)

    @property
    def screen(self) -> LabelsScreen:
        screen = self.worked.desktop.window.screen_in_front
        assert isinstance(screen, LabelsScreen)
        return screen

    def until(self, holds: Callable[[], bool]) -> None:
        self._qtbot.waitUntil(holds, timeout=SOON)

    def choose(self, name: str) -> None:
        self.screen.list.select(name)
        self.until(lambda: self.in_sight == name)

    def copy(self, name: str, new_name: str) -> None:
        self.choose(name)
        self.screen.ask_copy()
        dialog = self.worked.desktop.window.findChildren(CopyDialog)[-1]
        dialog.line.setText(new_name)
        dialog.button.click()
        self.until(lambda: self.in_sight == new_name)

    @property
    def in_sight(self) -> str:
        look = self.screen.look
        return look.asked.path.stem if look is not None else ""

    @property
    def text(self) -> str:
        return self.screen.text.editor.toPlainText()

    def write(self, text: str) -> None:
        self.screen.text.editor.replace_text(text)
        self.until(lambda: self.screen.look is not None and self.screen.look.asked.text == text)

    def reads(self) -> list[str]:
        look = self.screen.look
        return [code.reads for code in look.proof.codes] if look is not None and look.proof is not None else []

    def until_it_reads(self, code: str) -> None:
        self.until(lambda: self.reads() == [code])

    def settle(self) -> None:
        self.screen.draft.flush()
        self.until(lambda: self.worked.desktop.tasks.waiting == 0)


Open = Callable[[], Labels]


@pytest.fixture
def open_labels(qtbot: QtBot, desktop: QApplication, picked_file: Path, tmp_path: Path) -> Iterator[Open]:
    file = copied(picked_file, tmp_path)
    opened: list[Worked] = []

    def open_it() -> Labels:
        for before in opened:
            before.close()
        opened.append(Worked(qtbot, desktop, parts_at(tmp_path / "home", file)))
        return Labels(opened[-1], qtbot)

    yield open_it
    opened[-1].close()
    use_language("en")


def test_every_layout_is_shown_with_its_codes_read_back(open_labels: Open) -> None:
    labels = open_labels()

    for name in ("tote-100x50", "pallet-105x148", "shipping-76x130"):
        labels.choose(name)

        assert labels.screen.look is not None
        assert labels.screen.look.may_print
        assert labels.reads()
        assert labels.screen.text.editor.isReadOnly()


def test_a_real_location_is_found_by_typing(open_labels: Open) -> None:
    labels = open_labels()
    labels.choose("location-70x35")

    line = labels.screen.things.line
    line.setFocus()
    QTest.keyClicks(line, "a01-02")
    popup = line.completer().popup()
    assert popup is not None
    labels.until(popup.isVisible)
    found = popup.model().index(0, 0).data().split()[0]
    QTest.keyClick(popup, Qt.Key.Key_Down)
    QTest.keyClick(popup, Qt.Key.Key_Return)

    labels.until_it_reads(f"LOC:{found}")


def test_whatever_is_scanned_is_shown_on_its_usual_label(open_labels: Open) -> None:
    labels = open_labels()
    labels.choose("location-70x35")

    for code, layout in (("LOC:A01-01L-1", "location-70x35"), ("BADGE:W-06", "badge-86x54")):
        labels.screen.take_scan(code)
        labels.until_it_reads(code)
        assert labels.in_sight == layout

    labels.screen.take_scan("2000100020005")
    labels.until_it_reads("2000100020005")
    assert labels.in_sight == "product-50x30"


def test_a_copy_is_changed_and_a_code_that_does_not_fit_is_refused(open_labels: Open, tmp_path: Path) -> None:
    labels = open_labels()
    labels.copy("location-100x30", "our-places")
    file = tmp_path / "home/layouts/our-places.toml"
    before = file.read_text()

    labels.write(before.replace('content = "{code}"', TOO_LONG))
    labels.screen.save()
    labels.settle()
    assert file.read_text() == before

    labels.write(before.replace("size = 32", "size = 28"))
    labels.screen.save()
    labels.until(lambda: not labels.screen.draft.unsaved)
    assert "size = 28" in file.read_text()


def test_unsaved_text_outlives_other_layouts_languages_and_the_program(open_labels: Open, tmp_path: Path) -> None:
    labels = open_labels()
    labels.copy("tote-100x50", "mine")
    changed = labels.text.replace("size = 44", "size = 33")

    labels.write(changed)
    labels.until((tmp_path / "home/layouts/.drafts/mine.toml").is_file)
    labels.choose("badge-86x54")
    labels.choose("mine")
    assert labels.text == changed

    labels.worked.desktop.desk.tools.preferences.language = "zh"
    labels.until(lambda: labels.in_sight == "mine")
    assert labels.text == changed

    labels.write(changed + "# more\n")
    labels = open_labels()
    labels.until(lambda: labels.in_sight == "mine")
    assert labels.text == changed + "# more\n"
    assert labels.screen.draft.unsaved

    labels.screen.text.revert()
    labels.until(lambda: not labels.screen.draft.unsaved)
    assert "size = 44" in labels.text


def test_a_file_that_is_changed_elsewhere_is_noticed(open_labels: Open, tmp_path: Path) -> None:
    labels = open_labels()
    labels.copy("tote-100x50", "mine")
    file = tmp_path / "home/layouts/mine.toml"
    original = labels.text

    file.write_text(original + "# by hand\n")
    labels.until(lambda: labels.text.endswith("# by hand\n"))

    labels.write(original + "# mine\n")
    file.write_text(original + "# theirs\n")
    labels.until(lambda: labels.screen.draft.changed_outside)
    assert labels.text.endswith("# mine\n")

    labels.screen.text.theirs_button.click()
    labels.until(lambda: labels.text.endswith("# theirs\n"))


@pytest.mark.parametrize(
    ("ending", "begins"), [("pdf", b"%PDF"), ("zpl", b"^XA"), ("tspl", b"SIZE"), ("png", b"\x89PNG")]
)
def test_the_label_in_sight_is_written_as_a_file(open_labels: Open, tmp_path: Path, ending: str, begins: bytes) -> None:
    labels = open_labels()
    labels.choose("tote-100x50")

    labels.screen.write(tmp_path / f"label.{ending}")
    labels.settle()

    assert (tmp_path / f"label.{ending}").read_bytes().startswith(begins)


def test_the_label_in_sight_goes_into_the_print_queue(open_labels: Open, tmp_path: Path) -> None:
    labels = open_labels()
    labels.copy("tote-100x50", "mine")
    bench = labels.worked.bench
    labels.until(lambda: bench.printing.queue is not None)

    labels.screen.ask_print()
    dialog = labels.worked.desktop.window.findChildren(PrintDialog)[-1]
    dialog.copies.setValue(2)
    dialog.button.click()

    labels.until(lambda: len(list((tmp_path / "home/labels").glob("*.zpl"))) == 2)


def test_a_layout_is_made_the_usual_one(open_labels: Open, tmp_path: Path) -> None:
    labels = open_labels()
    labels.choose("location-70x35")

    labels.screen.use()
    labels.settle()

    assert LayoutLibrary(tmp_path / "home/layouts").usual("location") == "location-70x35"


def test_keys_of_the_screen_work_in_its_text_too(open_labels: Open) -> None:
    labels = open_labels()
    labels.copy("tote-100x50", "mine")
    text, editor = labels.text, labels.screen.text.editor
    editor.setFocus()

    for key in (Qt.Key.Key_D, Qt.Key.Key_U):
        QTest.keyClick(editor, key, Qt.KeyboardModifier.ControlModifier)

    assert labels.worked.desktop.window.findChildren(CopyDialog)
    assert labels.text == text


def test_the_preview_shows_each_dot_of_the_chosen_printer(open_labels: Open) -> None:
    labels = open_labels()
    labels.choose("tote-100x50")
    assert labels.screen.look is not None

    assert [(size.width, size.height) for size in labels.screen.look.dots] == [(800, 400), (400, 200), (200, 100)]
    assert labels.screen.look.asked.resolution is Resolution.DPI_203
