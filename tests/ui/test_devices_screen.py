"""The Devices screen with real events, real ports and a virtual printer."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.desktops import Worked, parts_at
from warehouse_app.devices.virtual_ports import VirtualScale, VirtualScanner
from warehouse_app.devices.virtual_printer import VirtualPrinter
from warehouse_app.domain.scanner_check import SHEET_CODES
from warehouse_app.station.serial_devices import SerialKind
from warehouse_app.ui.devices.dialogs import DeviceDialog, PrinterDialog, SerialDialog
from warehouse_app.ui.devices.screen import DevicesScreen
from warehouse_app.ui.devices.views import DeviceRow
from warehouse_app.ui.theme import Tone

SOON = 10_000


@pytest.fixture
def worked(qtbot: QtBot, desktop: QApplication, tmp_path: Path) -> Iterator[Worked]:
    made = Worked(qtbot, desktop, parts_at(tmp_path / "home", tmp_path / "w.db"))
    qtbot.waitUntil(lambda: made.desktop.desk.devices is not None, timeout=SOON)
    made.desktop.window.show_screen("devices")
    yield made
    made.close()


def screen_of(worked: Worked) -> DevicesScreen:
    screen = worked.desktop.window.screen_in_front
    assert isinstance(screen, DevicesScreen)
    return screen


def rows(worked: Worked) -> dict[str, DeviceRow]:
    devices = screen_of(worked).list
    found: list[DeviceRow] = [devices.item(n).data(Qt.ItemDataRole.UserRole) for n in range(devices.count())]
    return {row.name: row for row in found}


def dialog_of(worked: Worked, kind: type[DeviceDialog]) -> DeviceDialog:
    return [one for one in screen_of(worked).findChildren(kind) if one.isVisible()][-1]


def test_scanner_and_scale_are_added_by_keys_and_show_what_comes_from_them(
    worked: Worked, qtbot: QtBot, tmp_path: Path
) -> None:
    with VirtualScanner(tmp_path / "scanner") as scanner, VirtualScale(tmp_path / "scale") as scale:
        for key, name, port in (("F3", "hand", scanner.name), ("F4", "bench", scale.name)):
            QTest.keyClick(worked.desktop.window, getattr(Qt.Key, f"Key_{key}"))
            dialog = dialog_of(worked, SerialDialog)
            assert isinstance(dialog, SerialDialog)
            dialog.name.setText(name)
            dialog.port.setCurrentText(port)
            dialog.button.click()
        qtbot.waitUntil(lambda: rows(worked)["hand"].state.tone is Tone.OK, timeout=SOON)
        scale.put(1_240)
        scanner.scan("]C10109501101530003\x1d21A")
        qtbot.waitUntil(lambda: rows(worked)["hand"].last == "]C10109501101530003\\x1d21A", timeout=SOON)
        qtbot.waitUntil(lambda: rows(worked)["bench"].last == "1,240 g", timeout=SOON)
        scanner.pull_out()
        qtbot.waitUntil(lambda: rows(worked)["hand"].state.tone is Tone.ERROR, timeout=SOON)

    assert rows(worked)["hand"].key == (SerialKind.SCANNER.value, "hand")


def test_device_that_cannot_be_is_refused_in_its_dialog(worked: Worked) -> None:
    QTest.keyClick(worked.desktop.window, Qt.Key.Key_F3)
    dialog = dialog_of(worked, SerialDialog)

    dialog.button.click()

    assert dialog.isVisible()
    assert dialog.problem.isVisible()


def test_printer_shows_its_trouble_prints_its_rulers_and_is_removed_by_two_keys(worked: Worked, qtbot: QtBot) -> None:
    labels: list[bytes] = []
    with VirtualPrinter(on_label=labels.append) as printer:
        QTest.keyClick(worked.desktop.window, Qt.Key.Key_F5)
        dialog = dialog_of(worked, PrinterDialog)
        assert isinstance(dialog, PrinterDialog)
        dialog.name.setText("zebra")
        dialog.address.setText(f"tcp://{printer.address}")
        dialog.button.click()
        qtbot.waitUntil(lambda: "zebra" in rows(worked), timeout=SOON)
        worked.desktop.window.activateWindow()
        qtbot.waitUntil(worked.desktop.window.isActiveWindow, timeout=SOON)
        screen_of(worked).list.select(("printer", "zebra"))
        QTest.keyClick(worked.desktop.window, Qt.Key.Key_F7)
        qtbot.waitUntil(lambda: len(labels) == 1, timeout=SOON)
        printer.set(head_open=True)
        screen_of(worked).ask_printers()
        qtbot.waitUntil(lambda: rows(worked)["zebra"].state.tone is Tone.ERROR, timeout=SOON)

    QTest.keyClick(screen_of(worked).list, Qt.Key.Key_Delete)
    assert "zebra" in rows(worked)
    QTest.keyClick(screen_of(worked).list, Qt.Key.Key_Delete)
    qtbot.waitUntil(lambda: "zebra" not in rows(worked), timeout=SOON)


def test_scanner_is_checked_code_by_code_and_a_bad_one_says_what_to_change(worked: Worked) -> None:
    QTest.keyClick(worked.desktop.window, Qt.Key.Key_F9)
    check = screen_of(worked).check
    assert check.isVisible()

    worked.desktop.bus.feed(SHEET_CODES[6].content.replace("\x1d", ""))
    assert check.bad == {"7"}
    for code in SHEET_CODES:
        worked.desktop.bus.feed(code.content)

    assert check.good == {code.name for code in SHEET_CODES}
    assert check.bad == set()


def test_input_methods_are_off_where_scans_are_taken_and_on_where_people_write(worked: Worked) -> None:
    def takes_input_methods() -> bool:
        focus = QApplication.focusWidget()
        return focus is not None and focus.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)

    for key in ("today", "packing", "devices"):
        worked.desktop.window.show_screen(key)
        assert not takes_input_methods()
    QTest.keyClick(worked.desktop.window, Qt.Key.Key_F3)
    dialog = dialog_of(worked, SerialDialog)
    assert isinstance(dialog, SerialDialog)

    assert dialog.name.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)


def test_scan_while_a_dialog_is_open_reaches_the_screen_and_no_field(worked: Worked, qtbot: QtBot) -> None:
    QTest.keyClick(worked.desktop.window, Qt.Key.Key_F3)
    dialog = dialog_of(worked, SerialDialog)
    assert isinstance(dialog, SerialDialog)
    qtbot.waitExposed(dialog)

    for digit in "4006381333931":
        QTest.keyClick(dialog.windowHandle(), ord(digit))
    QTest.keyClick(dialog.windowHandle(), Qt.Key.Key_Return)

    assert dialog.isVisible()
    assert dialog.name.text() == ""
    assert rows(worked)["Keyboard scanner"].last == "4006381333931"
