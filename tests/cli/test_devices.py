"""Virtual devices as a training room starts them: a process of its own, worked by lines of text."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from queue import Queue

from warehouse_app.devices.printers import NetworkPrinter, Printable, PrinterStatus
from warehouse_app.devices.scales import Scale, protocols
from warehouse_app.devices.scanners import SerialScanner
from warehouse_app.devices.serial_line import LineState, LineStatus, Port
from warehouse_app.domain.scan_text import escape_scan_text
from warehouse_app.domain.scanner_check import SHEET_CODES
from warehouse_app.domain.weighing import ScaleReading


def test_virtual_devices_are_scanned_weighed_and_printed_with(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "warehouse_app", "devices", "simulate", "--json", "--out", str(tmp_path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        addresses = json.loads(process.stdout.readline())

        def order(line: str) -> None:
            assert process.stdin is not None
            process.stdin.write(f"{line}\n")
            process.stdin.flush()

        host, _, port = addresses["printer"].partition(":")
        printer = NetworkPrinter(host, int(port))
        printer.send(Printable("a", "zpl", b"^XA^FDa^FS^XZ"))
        assert [path.read_bytes() for path in tmp_path.iterdir()] == [b"^XA^FDa^FS^XZ\n"]

        scans, states, readings = Queue[str](), Queue[LineStatus](), Queue[ScaleReading]()
        with SerialScanner(Port(addresses["scanner"]), scans.put, states.put).line:
            assert states.get(timeout=5).state is LineState.CONNECTED
            order("]C10109501101530003\\x1d21A")
            assert scans.get(timeout=5) == "]C10109501101530003\x1d21A"
        protocol = protocols()["mettler-sics"]
        with Scale(protocol, protocol.port(addresses["scale"]), readings.put).line:
            order("@weight 1250")
            while readings.get(timeout=5).weight_g != 1250:
                pass
        order("@paper 0")
        order("@nonsense")
        while printer.status() != PrinterStatus(paper_out=True):
            pass

        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=10) == 0
    assert not os.path.lexists(addresses["scanner"])


def test_scans_of_the_sheet_are_judged_one_by_one(tmp_path: Path) -> None:
    scans = [code.content for code in SHEET_CODES]
    good = "".join(f"{escape_scan_text(scan)}\n" for scan in scans)
    command = [sys.executable, "-m", "warehouse_app", "--home", str(tmp_path), "devices", "check", "--json"]

    whole = subprocess.run(command, input=good, capture_output=True, text=True, check=False)
    wrong = subprocess.run(command, input=scans[0].swapcase() + "\n", capture_output=True, text=True, check=False)

    assert (whole.returncode, json.loads(whole.stdout.splitlines()[-1])["left"]) == (0, 0)
    told = json.loads(wrong.stdout)
    assert (wrong.returncode, told["code"], told["good"], told["left"]) == (1, "1", False, 10)
    assert "Caps Lock" in told["remedy"]
