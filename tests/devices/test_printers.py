"""Documents reach a printer whole, and what the printer says of itself is understood."""

import shutil
import socket
import threading
from pathlib import Path

import pytest

from warehouse_app.devices.printers import (
    CupsPrinter,
    FolderPrinter,
    NetworkPrinter,
    OutcomeUnknown,
    Printable,
    PrinterStatus,
    PrinterTrouble,
)
from warehouse_app.devices.virtual_printer import VirtualPrinter
from warehouse_app.devices.windows_printer import WindowsPrinter


def document(number: int = 1) -> Printable:
    return Printable(f"label-{number}", "zpl", f"^XA^FO0,0^FD{number}^FS^XZ\n".encode())


def test_a_hundred_labels_come_out_once_each_and_in_order() -> None:
    with VirtualPrinter() as device:
        printer = NetworkPrinter(device.host, device.port)
        for number in range(100):
            printer.send(document(number))

        printed = list(device.printed)

    assert printed == [document(number).content.strip() for number in range(100)]


def test_a_printer_says_what_keeps_it_from_printing() -> None:
    with VirtualPrinter(labels_left=1) as device:
        printer = NetworkPrinter(device.host, device.port)
        printer.send(document(1))
        printer.send(document(2))
        empty = printer.status()
        device.set(head_open=True)
        open_head = printer.status()
        device.set(paused=True)
        device.put_in_roll(None)
        paused = printer.status()
        device.set()
        ready = printer.status()

    assert empty == PrinterStatus(paper_out=True, waiting=1)
    assert (open_head.head_open, "head" in open_head.problem) == (True, True)
    assert (paused.paused, "paused" in paused.problem) == (True, True)
    assert (ready, ready.problem, len(device.printed)) == (PrinterStatus(), "", 2)


def test_a_printer_that_is_off_prints_nothing_and_can_be_tried_again() -> None:
    with VirtualPrinter() as device:
        printer = NetworkPrinter(device.host, device.port)

    with pytest.raises(PrinterTrouble) as trouble:
        printer.send(document())

    assert not isinstance(trouble.value, OutcomeUnknown)


def test_a_printer_that_falls_silent_may_have_printed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        printer = NetworkPrinter("127.0.0.1", listener.getsockname()[1], timeout_s=0.2)

        with pytest.raises(OutcomeUnknown):
            printer.send(document())


def test_a_printer_that_breaks_off_may_have_printed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        printer = NetworkPrinter("127.0.0.1", listener.getsockname()[1])

        def hang_up() -> None:
            connection, _ = listener.accept()
            connection.close()

        answering = threading.Thread(target=hang_up)
        answering.start()
        with pytest.raises(OutcomeUnknown):
            printer.send(document())
        answering.join()


def test_something_else_on_the_port_is_no_printer() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        printer = NetworkPrinter("127.0.0.1", listener.getsockname()[1])

        def answer() -> None:
            connection, _ = listener.accept()
            connection.sendall(b"\x02a\x03\x02b\x03\x02c\x03")
            connection.close()

        answering = threading.Thread(target=answer)
        answering.start()
        with pytest.raises(PrinterTrouble):
            printer.status()
        answering.join()


def test_a_folder_gets_whole_files(tmp_path: Path) -> None:
    FolderPrinter(tmp_path / "labels").send(document())

    assert [path.name for path in (tmp_path / "labels").iterdir()] == ["label-1.zpl"]


def test_a_folder_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")

    with pytest.raises(PrinterTrouble):
        FolderPrinter(tmp_path / "file" / "labels").send(document())


@pytest.mark.skipif(shutil.which("lp") is None, reason="CUPS is not installed")
def test_a_queue_that_does_not_exist_is_said() -> None:
    with pytest.raises(PrinterTrouble):
        CupsPrinter("no-such-queue").send(document())


def test_a_missing_cups_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)

    with pytest.raises(PrinterTrouble):
        CupsPrinter("any").status()


def test_other_systems_have_no_windows_printers() -> None:
    with pytest.raises(PrinterTrouble):
        WindowsPrinter("Zebra").send(document())
