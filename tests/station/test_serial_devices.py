from contextlib import closing
from dataclasses import replace
from pathlib import Path
from queue import Queue
from typing import Any

import pytest

from warehouse_app.devices.virtual_ports import VirtualScale, VirtualScanner
from warehouse_app.domain.weighing import ScaleReading
from warehouse_app.station.file import StationFile
from warehouse_app.station.serial_devices import (
    PortTaken,
    SerialDevice,
    SerialDeviceBook,
    SerialDeviceExists,
    SerialDeviceNotValid,
    SerialKind,
)
from warehouse_app.station.serial_lines import LineState, LineStatus, SerialLines

SCANNER = SerialDevice("hand", SerialKind.SCANNER, "/dev/ttyACM0")
SCALE = SerialDevice("bench scale", SerialKind.SCALE, "/dev/ttyUSB0", protocol="toledo-8217")


def test_devices_are_kept_changed_and_forgotten(tmp_path: Path) -> None:
    with closing(StationFile(tmp_path)) as file:
        book = SerialDeviceBook(file)
        book.add(SCANNER)
        book.add(SCALE)
        book.change(replace(SCANNER, bounce_ms=400))

    with closing(StationFile(tmp_path)) as file:
        book = SerialDeviceBook(file)
        assert book.list() == (replace(SCANNER, bounce_ms=400), SCALE)
        assert SCALE.settings_text == "9600 7E1"
        book.remove("hand")
        assert book.list(SerialKind.SCANNER) == ()


def test_name_and_port_belong_to_one_device(tmp_path: Path) -> None:
    with closing(StationFile(tmp_path)) as file:
        book = SerialDeviceBook(file)
        book.add(SCANNER)

        with pytest.raises(SerialDeviceExists):
            book.add(SCANNER)
        with pytest.raises(PortTaken):
            book.add(replace(SCANNER, name="other"))


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": " "}, "name"),
        ({"port": ""}, "port"),
        ({"baud": 123}, "baud"),
        ({"bits": 5}, "bits"),
        ({"parity": "X"}, "parity"),
        ({"stop_bits": 3}, "stop bits"),
        ({"bounce_ms": -1}, "bounce"),
        ({"protocol": "toledo-8217"}, "protocol"),
        ({"kind": SerialKind.SCALE}, "protocol"),
    ],
)
def test_description_that_no_device_can_have_is_refused(fields: dict[str, Any], field: str) -> None:
    with pytest.raises(SerialDeviceNotValid) as refused:
        replace(SCANNER, **fields)

    assert refused.value.values["field"] == field


def test_news_of_all_devices_wait_in_their_order_until_they_are_taken(tmp_path: Path) -> None:
    woken = Queue[None]()
    lines = SerialLines(lambda: woken.put(None))
    with VirtualScanner(tmp_path / "scanner") as scanner, VirtualScale(tmp_path / "scale") as scale:
        scale.put(1_250)
        lines.use(
            (
                SerialDevice("hand", SerialKind.SCANNER, scanner.name),
                SerialDevice("scale", SerialKind.SCALE, scale.name, protocol="mettler-sics"),
            )
        )
        scanner.scan("]d20109501101530003\x1d21A")
        scanner.scan("second")
        got: dict[str, list[object]] = {"hand": [], "scale": []}
        while len(got["hand"]) < 3 or len(got["scale"]) < 2:
            woken.get(timeout=5)
            while news := lines.take(1):
                got[news[0].device].append(news[0].what)
        lines.stop()

    assert got["hand"] == [LineStatus(LineState.CONNECTED), "]d20109501101530003\x1d21A", "second"]
    assert got["scale"][:2] == [LineStatus(LineState.CONNECTED), ScaleReading(1_250, stable=True)]
