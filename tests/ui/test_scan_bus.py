from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent, QKeySequence, QShortcut, QWindow
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QMainWindow
from pytestqt.qtbot import QtBot

from warehouse_app.ui.scan_bus import ScanBus
from warehouse_app.ui.scanner_keys import KeyLayout, ScannerSettings


class Bench:
    """A window with a field, a bus, and a clock that the test sets."""

    def __init__(self, qtbot: QtBot, app: QApplication) -> None:
        self.now_ms = 0.0
        self.bus = ScanBus(key_time_ms=lambda _: self.now_ms)
        self.scans: list[str] = []
        self.bus.scanned.connect(self.scans.append)
        app.installEventFilter(self.bus)
        self.window = QMainWindow()
        self.field = QLineEdit()
        self.window.setCentralWidget(self.field)
        qtbot.addWidget(self.window)
        self.window.show()
        qtbot.waitExposed(self.window)
        self.window.activateWindow()
        self.field.setFocus()
        qtbot.waitUntil(self.field.hasFocus)

    def type(self, text: str, gap_ms: float, end: Qt.Key | None = Qt.Key.Key_Return) -> None:
        for character in text:
            self.now_ms += gap_ms
            if character == "\x1d":
                control = Qt.KeyboardModifier.ControlModifier
                QApplication.sendEvent(
                    self.handle, QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_BracketRight, control, character)
                )
            else:
                QTest.keyClick(self.handle, ord(character))
        self.now_ms += gap_ms
        if end is not None:
            QTest.keyClick(self.handle, end)

    @property
    def handle(self) -> QWindow:
        return self.window.windowHandle()


@pytest.fixture
def bench(qtbot: QtBot, desktop: QApplication) -> Iterator[Bench]:
    made = Bench(qtbot, desktop)
    yield made
    desktop.removeEventFilter(made.bus)


def test_fast_burst_is_one_scan_and_leaves_the_field_alone(bench: Bench) -> None:
    bench.type("4006381333931", gap_ms=2)

    assert bench.scans == ["4006381333931"]
    assert bench.field.text() == ""


def test_scans_after_each_other_stay_apart(bench: Bench) -> None:
    bench.type("TOTE:T-0031", gap_ms=1)
    bench.type("85123A", gap_ms=1, end=Qt.Key.Key_Tab)

    assert bench.scans == ["TOTE:T-0031", "85123A"]


def test_person_types_untouched(bench: Bench, qtbot: QtBot) -> None:
    bench.type("Tea for 2", gap_ms=90)

    qtbot.waitUntil(lambda: bench.field.text() == "Tea for 2")
    assert bench.scans == []


def test_last_key_of_a_person_is_not_kept_back_for_long(bench: Bench, qtbot: QtBot) -> None:
    bench.type("a", gap_ms=90, end=None)

    qtbot.waitUntil(lambda: bench.field.text() == "a", timeout=500)


def test_slow_machine_does_not_split_a_scan_once_it_is_surely_one(bench: Bench) -> None:
    bench.type("850991", gap_ms=5, end=None)
    bench.type("234567", gap_ms=120)

    assert bench.scans == ["850991234567"]


def test_pause_after_few_characters_gives_them_back(bench: Bench, qtbot: QtBot) -> None:
    bench.type("85", gap_ms=5, end=None)
    bench.type("123456", gap_ms=60, end=None)

    qtbot.waitUntil(lambda: bench.field.text() == "85123456")
    assert bench.scans == []


def test_group_separator_is_kept(bench: Bench) -> None:
    bench.type("]C10109506000134352\x1d10L7", gap_ms=2)

    assert bench.scans == ["]C10109506000134352\x1d10L7"]


def repeat(bench: Bench, character: str, gap_ms: float) -> None:
    bench.now_ms += gap_ms
    key = Qt.Key(ord(character))
    event = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, character, True)  # noqa: FBT003 -- Qt's own signature
    QApplication.sendEvent(bench.handle, event)


def test_two_like_characters_at_once_are_not_a_key_held_down(bench: Bench) -> None:
    bench.type("40068", gap_ms=1, end=None)
    repeat(bench, "8", gap_ms=1)
    bench.type("123", gap_ms=1)

    assert bench.scans == ["400688123"]


def test_key_held_down_repeats_in_the_field(bench: Bench, qtbot: QtBot) -> None:
    bench.type("a", gap_ms=90, end=None)
    repeat(bench, "a", gap_ms=400)
    repeat(bench, "a", gap_ms=30)

    qtbot.waitUntil(lambda: bench.field.text() == "aaa")


def test_no_shortcut_fires_from_a_scan(bench: Bench) -> None:
    fired: list[str] = []
    QShortcut(QKeySequence("P"), bench.window).activated.connect(lambda: fired.append("P"))
    QShortcut(QKeySequence("Return"), bench.window).activated.connect(lambda: fired.append("Return"))

    bench.type("PPP123", gap_ms=2)

    assert bench.scans == ["PPP123"]
    assert fired == []


def test_function_keys_still_work_at_once(bench: Bench) -> None:
    fired: list[str] = []
    QShortcut(QKeySequence("F8"), bench.window).activated.connect(lambda: fired.append("F8"))

    QTest.keyClick(bench.handle, Qt.Key.Key_F8)

    assert fired == ["F8"]


def test_late_timer_gives_queued_keys_a_second_chance(qtbot: QtBot, desktop: QApplication) -> None:
    bench = Bench(qtbot, desktop)
    bench.type("4006", gap_ms=2, end=None)
    bench.bus._clock_ms = lambda: 1e12  # noqa: SLF001 -- the program was busy: the timer comes far too late

    bench.bus._waited()  # noqa: SLF001 -- what the timer calls
    bench.type("381", gap_ms=2)
    desktop.removeEventFilter(bench.bus)

    assert bench.scans == ["4006381"]


def place(bench: Bench, number: int, text: str, *, shift: bool = False, control: bool = False) -> None:
    """A key by its place on the board, with the character that the system's own layout makes of it."""
    bench.now_ms += 2
    none = Qt.KeyboardModifier.NoModifier
    modifiers = (Qt.KeyboardModifier.ShiftModifier if shift else none) | (
        Qt.KeyboardModifier.ControlModifier if control else none
    )
    event = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_unknown, modifiers, number + 8, 0, 0, text)
    QApplication.sendEvent(bench.handle, event)


def test_a_us_scanner_is_read_right_on_a_german_keyboard_with_caps_lock(bench: Bench) -> None:
    bench.bus.settings = ScannerSettings(layout=KeyLayout.US)

    for number, text, shift in ((21, "Z", False), (44, "y", True), (12, "ß", False), (13, "´", True), (2, "1", False)):
        place(bench, number, text, shift=shift)
    place(bench, 27, "", control=True)
    place(bench, 57, " ")
    QTest.keyClick(bench.handle, Qt.Key.Key_Return)

    assert bench.scans == ["yZ-+1\x1d "]


def test_with_a_prefix_a_slow_scan_is_whole_and_a_fast_typist_is_none(bench: Bench, qtbot: QtBot) -> None:
    bench.bus.settings = ScannerSettings(prefix="~")

    bench.type("~LOC:A01", gap_ms=300)
    bench.type("FAST TYPIST", gap_ms=5)

    qtbot.waitUntil(lambda: bench.field.text() == "FAST TYPIST")
    assert bench.scans == ["LOC:A01"]


def test_the_first_key_of_a_prefix_typed_by_a_person_is_given_back(bench: Bench, qtbot: QtBot) -> None:
    bench.bus.settings = ScannerSettings(prefix="~~")

    bench.type("~a", gap_ms=5, end=None)

    qtbot.waitUntil(lambda: bench.field.text() == "~a")
    bench.type("~~X1", gap_ms=5)
    assert bench.scans == ["X1"]


def test_an_identifier_that_serves_as_prefix_stays(bench: Bench) -> None:
    bench.bus.settings = ScannerSettings(prefix="]")

    bench.type("]C10109506000134352", gap_ms=300)

    assert bench.scans == ["]C10109506000134352"]
