"""Serial scanners and scales, on pseudo terminals, in a whole desktop."""

import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.ui.desktops import Worked, copied, parts_at
from warehouse_app.devices.virtual_ports import VirtualScale, VirtualScanner
from warehouse_app.domain.weighing import ScaleProblem, ScaleReading
from warehouse_app.station.serial_devices import SerialDevice, SerialKind
from warehouse_app.station.serial_lines import LineState
from warehouse_app.ui.packing.weighing import LAID_BEFORE_S, LiveWeight, Weighing
from warehouse_app.ui.serial_devices import SerialDevices

SOON = 10_000


@pytest.fixture
def worked(qtbot: QtBot, desktop: QApplication, picked_file: Path, tmp_path: Path) -> Iterator[Worked]:
    made = Worked(qtbot, desktop, parts_at(tmp_path / "home", copied(picked_file, tmp_path)))
    yield made
    made.close()


def set_up(worked: Worked, qtbot: QtBot, device: SerialDevice) -> SerialDevices:
    """Set a device up and wait until it is read."""
    qtbot.waitUntil(lambda: worked.desktop.desk.devices is not None, timeout=SOON)
    devices = worked.desktop.desk.devices
    assert devices is not None
    devices.book.add(device)
    devices.use()
    qtbot.waitUntil(lambda: state_of(devices, device.name) is LineState.CONNECTED, timeout=SOON)
    return devices


def scan_all(worked: Worked) -> None:
    while not worked.order.complete:
        worked.scan_expected()


def must_be_emptied(worked: Worked) -> bool:
    live = worked.bench.weighing.live
    return live is not None and live.to_empty


def state_of(devices: SerialDevices, name: str) -> LineState | None:
    return next((one.status.state for one in devices.now if one.device.name == name), None)


def test_serial_scan_counts_once_and_again_after_the_cable_was_out(
    worked: Worked, qtbot: QtBot, tmp_path: Path
) -> None:
    worked.open_first_order()
    with VirtualScanner(tmp_path / "scanner") as scanner:
        devices = set_up(worked, qtbot, SerialDevice("hand", SerialKind.SCANNER, scanner.name))

        scanner.scan(worked.bench.expected()[0].scan_text)
        qtbot.waitUntil(lambda: worked.order.units_packed == 1, timeout=SOON)
        scanner.pull_out()
        qtbot.waitUntil(lambda: state_of(devices, "hand") is LineState.AWAY, timeout=SOON)
        scanner.plug_in()
        qtbot.waitUntil(lambda: state_of(devices, "hand") is LineState.CONNECTED, timeout=SOON)
        scanner.scan("no such code")
        qtbot.waitUntil(lambda: worked.moment.scan_text == "no such code", timeout=SOON)

    assert worked.order.units_packed == 1


def test_same_code_from_one_scanner_bounces_by_its_own_time_and_not_from_another(worked: Worked) -> None:
    worked.open_first_order()
    worked.bench.use_scanners({"left": 60_000, "right": 60_000})

    bounced = []
    for scanner in ("left", "left", "right"):
        worked.bench.scan("no such code", scanner)
        bounced.append(worked.moment.bounced)

    assert bounced == [False, True, False]


def test_settled_weight_closes_a_complete_order_which_must_then_be_taken_off(
    worked: Worked, qtbot: QtBot, tmp_path: Path
) -> None:
    worked.open_first_order()
    scan_all(worked)
    with VirtualScale(tmp_path / "scale") as scale:
        set_up(worked, qtbot, SerialDevice("scale", SerialKind.SCALE, scale.name, protocol="mettler-sics"))
        qtbot.waitUntil(lambda: worked.bench.weighing.live == LiveWeight(0), timeout=SOON)
        # No person lays a carton on the scale as soon as this after its first scan.
        packed_s = time.monotonic()
        qtbot.waitUntil(lambda: time.monotonic() > packed_s + LAID_BEFORE_S, timeout=SOON)
        scale.put(1_240)
        qtbot.waitUntil(lambda: worked.order.finished, timeout=SOON)
        qtbot.waitUntil(lambda: must_be_emptied(worked), timeout=SOON)

    assert worked.order.cartons[-1].closed_weight_g == 1_240


def test_weight_of_one_carton_is_never_the_next_one_s() -> None:
    used: list[int] = []
    weighing = Weighing(used.append)

    def lies(weight_g: int, at_s: float) -> None:
        for number in range(3):
            weighing.read(ScaleReading(weight_g, stable=True), at_s + number / 10)

    lies(0, 0)
    weighing.carton_is("A", 0.5)
    lies(1_240, 1.5)
    weighing.carton_is("B", 2)
    lies(1_240, 3)
    lies(1_900, 4)
    assert used == [1_240]

    lies(0, 5)
    lies(800, 6)
    assert used == [1_240, 800]


def test_carton_that_was_not_seen_yet_when_the_next_one_began_is_not_taken_for_it() -> None:
    used: list[int] = []
    weighing = Weighing(used.append)
    weighing.read(ScaleReading(0, stable=True), 1)
    weighing.carton_is("A", 1)
    weighing.read(ScaleReading(0, stable=False, problem=ScaleProblem.NOT_READY), 2)

    weighing.carton_is("B", 2.1)
    for at_s in (2.2, 3.0, 4.0):
        weighing.read(ScaleReading(1_240, stable=True), at_s)

    assert used == []
    assert weighing.live is not None
    assert weighing.live.to_empty


def test_load_that_settles_as_soon_as_a_carton_begins_was_there_before() -> None:
    used: list[int] = []
    weighing = Weighing(used.append)
    weighing.read(ScaleReading(0, stable=True), 1)

    weighing.carton_is("B", 1.1)
    for at_s in (1.2, 1.3, 2.0, 3.0):
        weighing.read(ScaleReading(1_240, stable=True), at_s)

    assert used == []


def test_weight_seen_after_the_scale_was_away_must_first_be_taken_off() -> None:
    used: list[int] = []
    weighing = Weighing(used.append)
    weighing.carton_is("A", 0)
    weighing.read(ScaleReading(500, stable=True), 1)
    weighing.read(None, 2)

    weighing.read(ScaleReading(500, stable=True), 3)
    weighing.read(ScaleReading(500, stable=True), 4)

    assert used == []
    assert weighing.live is not None
    assert weighing.live.to_empty
