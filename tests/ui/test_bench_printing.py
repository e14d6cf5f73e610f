"""A printer that does not print is told on the bench in plain words with the way out, and packing goes on."""

import random
import socket
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.station.print_house import FlakyPrinter
from tests.ui.desktops import Worked, copied, parts_at
from warehouse_app.devices.virtual_printer import VirtualPrinter
from warehouse_app.station.printers import PrinterBook, PrinterDescription
from warehouse_app.ui.packing.label_words import label_chip

SOON = 15_000
READY = b"\x02030,0,0,1218,000,0,0,0,000,0,0,0\x03\r\n\x02000,0,0,0,0,2,4,0,00000000,1,000\x03\r\n\x021234,0\x03\r\n"


@pytest.fixture
def worked(qtbot: QtBot, desktop: QApplication, picked_file: Path, tmp_path: Path) -> Iterator[Worked]:
    made = Worked(qtbot, desktop, parts_at(tmp_path / "home", copied(picked_file, tmp_path)))
    yield made
    made.close()


@pytest.fixture
def printer() -> Iterator[FlakyPrinter]:
    device = FlakyPrinter(random.Random(1))
    yield device
    device.kill()


@pytest.fixture
def spare() -> Iterator[FlakyPrinter]:
    device = FlakyPrinter(random.Random(2))
    yield device
    device.kill()


def set_up(worked: Worked, *printers: PrinterDescription) -> None:
    book = PrinterBook(worked.desktop.desk.file)
    for printer in printers:
        book.add(printer)


def loaded(printer: FlakyPrinter, name: str) -> PrinterDescription:
    """A printer with shipping labels in it."""
    return PrinterDescription(name, f"tcp://{printer.device.address}")


def pack_one(worked: Worked) -> None:
    while not worked.order.complete:
        worked.scan_expected()
    worked.press(Qt.Key.Key_F12)


def test_labels_of_a_printer_without_paper_go_to_its_neighbour_by_one_key(
    worked: Worked, qtbot: QtBot, printer: FlakyPrinter, spare: FlakyPrinter
) -> None:
    printer.device.put_in_roll(0)
    worked.open_first_order()
    set_up(worked, replace(loaded(spare, "spare"), prints=("carton",)))
    set_up(worked, replace(loaded(printer, "zebra"), neighbours=("spare",)))

    pack_one(worked)
    qtbot.waitUntil(lambda: bool(worked.moment.print_problem), timeout=SOON)
    title, way_out = worked.moment.printing.notice

    assert worked.order.finished
    assert "Labels wait" in title
    assert "zebra" in way_out
    assert "put a roll in" in way_out
    assert "F3 sends them to spare" in way_out
    assert label_chip(worked.moment).text == "The label waits"

    worked.press(Qt.Key.Key_F3)
    qtbot.waitUntil(lambda: len(spare.papers) >= 1, timeout=SOON)
    qtbot.waitUntil(lambda: label_chip(worked.moment).text == "Label printed", timeout=SOON)
    assert printer.papers == []


def test_label_that_fits_no_stock_is_told_loudly_and_tried_again_by_the_same_key(
    worked: Worked, qtbot: QtBot, printer: FlakyPrinter
) -> None:
    worked.open_first_order()
    set_up(worked, replace(loaded(printer, "zebra"), width_mm=50, height_mm=30))

    pack_one(worked)
    qtbot.waitUntil(lambda: bool(worked.moment.printing.refused), timeout=SOON)
    title, way_out = worked.moment.printing.notice
    qtbot.waitUntil(lambda: label_chip(worked.moment).text == "Label NOT PRINTED", timeout=SOON)
    PrinterBook(worked.desktop.desk.file).change(loaded(printer, "zebra"))
    worked.press(Qt.Key.Key_F3)
    qtbot.waitUntil(lambda: len(printer.papers) >= 1, timeout=SOON)
    qtbot.waitUntil(lambda: not any(worked.moment.printing.notice), timeout=SOON)

    assert title.startswith("NOT PRINTED")
    assert "50 × 30" in way_out


def test_label_in_doubt_is_printed_again_and_both_the_paper_and_the_screen_say_so(worked: Worked, qtbot: QtBot) -> None:
    worked.open_first_order()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        broken = threading.Thread(target=take_a_label_and_break_off, args=(listener,))
        broken.start()
        set_up(worked, PrinterDescription("zebra", f"tcp://127.0.0.1:{port}"))

        pack_one(worked)
        qtbot.waitUntil(lambda: bool(worked.moment.printing.doubtful), timeout=SOON)
        notice = worked.moment.printing.notice
        broken.join()
    with VirtualPrinter(port=port) as mended:
        worked.bench.printing.wake()
        qtbot.waitUntil(lambda: len(mended.printed) >= 1, timeout=SOON)

        assert b"twice" in mended.printed[0]
        assert not any(b"twice" in label for label in mended.printed[1:])
    assert any("zebra" in words or "May be printed twice" in words for words in notice)


def take_a_label_and_break_off(listener: socket.socket) -> None:
    """A printer that says that it is ready, takes a label, and is never heard of again."""
    connection, _ = listener.accept()
    with connection:
        connection.recv(100)
        connection.sendall(READY)
        taken = b""
        while b"^XZ" not in taken:
            taken += connection.recv(65_536)
