"""Scans that `devices simulate --keys` types, through a real X server."""

import pytest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from tests.ui.x_keys import activate
from warehouse_app.devices.virtual_keys import VirtualKeys
from warehouse_app.ui.scan_bus import ScanBus

pytestmark = pytest.mark.xcb


@pytest.mark.usefixtures("window_manager")
def test_typed_scan_arrives_whole_with_its_separator(desktop: QApplication, qtbot: QtBot) -> None:
    field, bus, scans = QLineEdit(), ScanBus(), list[str]()
    qtbot.addWidget(field)
    activate(field, qtbot)
    bus.scanned.connect(scans.append)
    desktop.installEventFilter(bus)

    VirtualKeys().scan("]C10109501101530003\x1d21SER-42")
    VirtualKeys().scan("key --window 1")
    qtbot.waitUntil(lambda: len(scans) == 2, timeout=5_000)
    desktop.removeEventFilter(bus)

    assert scans == ["]C10109501101530003\x1d21SER-42", "key --window 1"]
    assert field.text() == ""
