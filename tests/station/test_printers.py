"""A station knows its printers: what is loaded decides what goes where, and nothing impossible is set up."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from warehouse_app.devices.printers import CupsPrinter, FolderPrinter, NetworkPrinter
from warehouse_app.devices.virtual_printer import VirtualPrinter
from warehouse_app.devices.windows_printer import WindowsPrinter
from warehouse_app.domain.errors import NotFound, WarehouseError
from warehouse_app.station.file import StationFile
from warehouse_app.station.printers import (
    PrinterBook,
    PrinterDescription,
    PrinterExists,
    PrinterNotValid,
    StockDoesNotFit,
    state_of,
)

FOUR_BY_SIX = (101.6, 152.4)
WAYBILL = (76.0, 130.0)
ZEBRA = PrinterDescription("zebra", "tcp://192.0.2.7:9100", neighbours=())
WAYBILLS = PrinterDescription("waybills", "cups:Waybills", width_mm=76, height_mm=130, prints=("label", "tote"))


@pytest.fixture
def book(tmp_path: Path) -> Iterator[PrinterBook]:
    with closing(StationFile(tmp_path)) as file:
        yield PrinterBook(file)


def test_printers_are_there_again_after_a_restart(tmp_path: Path) -> None:
    with closing(StationFile(tmp_path)) as file:
        book = PrinterBook(file)
        book.add(ZEBRA)
        book.add(replace(WAYBILLS, neighbours=("zebra",)))
        book.change(replace(ZEBRA, dpi=300))

    with closing(StationFile(tmp_path)) as file:
        found = PrinterBook(file).list()

    assert found == (replace(ZEBRA, dpi=300), replace(WAYBILLS, neighbours=("zebra",)))


def test_document_goes_to_the_printer_whose_stock_it_fits(book: PrinterBook) -> None:
    book.add(ZEBRA)
    book.add(WAYBILLS)

    assert book.printer_for("label", WAYBILL) == WAYBILLS
    assert book.printer_for("label", FOUR_BY_SIX) == ZEBRA
    assert book.printer_for("label", (100, 150)) == ZEBRA
    assert book.printer_for("tote") == WAYBILLS
    assert book.printer_for("badge") is None


def test_four_by_six_never_goes_to_a_printer_with_waybills(book: PrinterBook) -> None:
    book.add(WAYBILLS)

    with pytest.raises(StockDoesNotFit) as refused:
        book.printer_for("label", FOUR_BY_SIX)

    told = str(refused.value)
    assert all(part in told for part in ("101.6 × 152.4", "76 × 130", "waybills", "printers change"))


def test_only_neighbours_with_fitting_stock_take_over(book: PrinterBook) -> None:
    book.add(WAYBILLS)
    book.add(replace(ZEBRA, name="spare"))
    book.add(replace(ZEBRA, neighbours=("waybills", "spare")))

    assert [one.name for one in book.neighbours_of(book.get("zebra"))] == ["spare"]


def test_removed_printer_is_no_neighbour_either(book: PrinterBook) -> None:
    book.add(ZEBRA)
    book.add(replace(WAYBILLS, neighbours=("zebra",)))

    book.remove("zebra")

    assert book.list() == (WAYBILLS,)


@pytest.mark.parametrize(
    "fields",
    [
        {"name": ""},
        {"name": "a,b"},
        {"address": "192.0.2.7"},
        {"address": "tcp://host:70000"},
        {"address": "tcp://:9100"},
        {"address": "cups:-oraw"},
        {"language": "epl"},
        {"dpi": 204},
        {"width_mm": 5},
        {"height_mm": float("nan")},
        {"prints": ()},
        {"prints": ("labels",)},
        {"address": "windows:Zebra", "language": "pdf"},
    ],
)
def test_no_impossible_printer_is_set_up(fields: dict[str, object]) -> None:
    with pytest.raises(PrinterNotValid):
        replace(ZEBRA, **fields)  # type: ignore[arg-type]


def test_names_are_taken_once_and_neighbours_exist(book: PrinterBook) -> None:
    book.add(ZEBRA)
    wrong: list[tuple[PrinterDescription, type[WarehouseError]]] = [
        (ZEBRA, PrinterExists),
        (replace(WAYBILLS, neighbours=("nobody",)), NotFound),
        (replace(WAYBILLS, neighbours=("waybills",)), PrinterNotValid),
    ]

    for printer, error in wrong:
        with pytest.raises(error):
            book.add(printer)

    assert book.list() == (ZEBRA,)


def test_addresses_lead_to_their_kind_of_printer() -> None:
    opened = {
        "tcp://zebra": NetworkPrinter("zebra", 9100),
        "tcp://[fe80::1]:6101": NetworkPrinter("fe80::1", 6101),
        "cups:Zebra": CupsPrinter("Zebra"),
        "windows:ZDesigner ZD421": WindowsPrinter("ZDesigner ZD421"),
        "folder:/srv/labels": FolderPrinter(Path("/srv/labels")),
    }

    assert {address: replace(ZEBRA, address=address).open() for address in opened} == opened


def test_printer_is_asked_how_it_is_and_the_answer_is_for_people() -> None:
    with VirtualPrinter(labels_left=0) as device:
        printer = replace(ZEBRA, address=f"tcp://{device.address}")
        empty = state_of(printer)
        device.put_in_roll(None)
        ready = state_of(printer)
    off = state_of(printer)

    assert (empty.ready, empty.text) == (False, "It cannot print: it has no labels; put a roll in.")
    assert (ready.ready, ready.text) == (True, "Ready.")
    assert (off.ready, "switched off" in off.text) == (False, True)
