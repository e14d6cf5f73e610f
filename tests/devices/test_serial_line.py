"""Scanners on real ports: pseudo terminals that send at full speed, vanish and come back."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from queue import Queue
from threading import Thread

from warehouse_app.devices.scanners import SerialScanner
from warehouse_app.devices.serial_line import LineState, LineStatus, Port
from warehouse_app.devices.virtual_ports import VirtualScanner


def codes(count: int) -> list[str]:
    return [f"]C1010950110153{number:04d}10LOT{number}\x1d21SER-{number:06d}" for number in range(count)]


@contextmanager
def connected(plug: VirtualScanner, scans: Queue[str]) -> Iterator[None]:
    """A scanner whose port is open: what is sent before that is dropped, as by any serial port."""
    states = Queue[LineStatus]()
    with SerialScanner(Port(plug.name), scans.put, states.put).line:
        assert states.get(timeout=5).state is LineState.CONNECTED
        yield


def test_a_thousand_scans_back_to_back_arrive_exactly(tmp_path: Path) -> None:
    plug, scans = VirtualScanner(tmp_path / "scanner"), Queue[str]()
    sent = codes(1000)

    with connected(plug, scans):
        sender = Thread(target=plug.send, args=("".join(f"{code}\r\n" for code in sent).encode(),))
        sender.start()
        received = [scans.get(timeout=10) for _ in sent]
        sender.join()

    assert received == sent


def test_a_scanner_that_was_pulled_out_comes_back(tmp_path: Path) -> None:
    plug, scans, states = VirtualScanner(tmp_path / "scanner"), Queue[str](), Queue[LineStatus]()

    with SerialScanner(Port(plug.name), scans.put, states.put).line:
        connected = states.get(timeout=5).state
        plug.pull_out()
        away = states.get(timeout=5)
        plug.plug_in()
        again = states.get(timeout=5).state
        plug.send(b"LOC:A01\r")
        scan = scans.get(timeout=5)

    assert (connected, away.state, again) == (LineState.CONNECTED, LineState.AWAY, LineState.CONNECTED)
    assert away.reason
    assert scan == "LOC:A01"
    assert states.get(timeout=5).state is LineState.STOPPED


def test_a_port_that_is_not_there_is_said_and_waited_for(tmp_path: Path) -> None:
    states = Queue[LineStatus]()

    with SerialScanner(Port(str(tmp_path / "nothing")), print, states.put).line:
        status = states.get(timeout=5)

    assert status.state is LineState.AWAY
    assert "nothing" in status.reason


def test_half_a_character_is_kept_as_it_came(tmp_path: Path) -> None:
    plug, scans = VirtualScanner(tmp_path / "scanner"), Queue[str]()

    with connected(plug, scans):
        plug.send("货架".encode()[:4] + b"\r")
        scan = scans.get(timeout=5)

    assert os.fsencode(scan) == "货架".encode()[:4]
