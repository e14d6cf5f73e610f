"""What a person prints to try a device out: the sheet of codes for scanners, the label with rulers for a printer."""

from datetime import UTC, datetime
from pathlib import Path

from warehouse_app.devices.printers import FolderPrinter, Printable
from warehouse_app.documents.labels.calibration import calibration_label
from warehouse_app.documents.labels.writing import WRITERS
from warehouse_app.documents.page import Imprint
from warehouse_app.documents.scanner_sheet import scanner_sheet_pdf
from warehouse_app.station.printers import PrinterBook, PrinterDescription

SHEET = "scanner-sheet"


def print_calibration(printer: PrinterDescription) -> str:
    """Print the label with rulers in the size that is loaded, at once; gives the printer's name.

    Raises PrinterTrouble, and OutcomeUnknown when it may have been printed.
    """
    label = calibration_label(printer.stock_mm, printer.resolution)
    content = WRITERS[f".{printer.language}"]([label], printer.resolution)
    printer.open().send(Printable("calibration", printer.language, content))
    return printer.name


def print_scanner_sheet(book: PrinterBook, folder: Path) -> str:
    """Print the sheet of codes on the printer for pages, or lay it into the folder where there is none; gives where.

    Raises PrinterTrouble, and OutcomeUnknown when it may have been printed.
    """
    sheet = Printable(SHEET, "pdf", scanner_sheet_pdf(Imprint("Warehouse App", datetime.now(UTC), UTC)))
    printer = book.printer_for("sheet")
    if printer is not None:
        printer.open().send(sheet)
        return printer.name
    FolderPrinter(folder).send(sheet)
    return str(folder / f"{SHEET}.pdf")
