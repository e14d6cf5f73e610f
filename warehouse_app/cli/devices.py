"""`devices`: what hangs at this station, and virtual devices for demonstrations and training."""

import signal
import sys
from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

from warehouse_app.cli import serial_devices
from warehouse_app.cli.context import Context
from warehouse_app.cli.labels import write_labels
from warehouse_app.cli.papers import save
from warehouse_app.cli.parsing import Commands
from warehouse_app.cli.scan import lines_of
from warehouse_app.documents.labels.calibration import calibration_label
from warehouse_app.documents.labels.dots import Resolution
from warehouse_app.documents.page import Imprint
from warehouse_app.documents.scanner_sheet import scanner_sheet_pdf
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.domain.scan_text import unescape_scan_text
from warehouse_app.domain.scanner_check import SHEET_CODES, judge
from warehouse_app.language import tr
from warehouse_app.station.wording import error_text


def add_commands(commands: Commands) -> None:
    """Devices."""
    devices = commands.group("devices", tr("scanners, scales and printers"))
    serial_devices.add_commands(devices)
    parser = devices.add("simulate", simulate, tr("virtual devices, until Ctrl+C; all three when none is named"))
    parser.add_argument("--printer", action="store_true", help=tr("a label printer on a network port"))
    parser.add_argument("--scanner", action="store_true", help=tr("a scanner on a serial port"))
    parser.add_argument("--keys", action="store_true", help=tr("a scanner that types into the window in front"))
    parser.add_argument("--scale", action="store_true", help=tr("a scale on a serial port"))
    parser.add_argument("--port", type=_port, default=0, metavar="N", help=tr("the printer's port; any free one"))
    parser.add_argument("--out", metavar="DIR", help=tr("where printed labels are laid"))

    sheet = devices.add("sheet", print_sheet, tr("a page of codes that proves a scanner in a minute"))
    sheet.add_argument("--out", required=True, metavar="FILE.pdf")
    devices.add("check", check_scanner, tr("judge scans of that page, one a line on standard input"))
    ruler = devices.add("calibration", print_calibration, tr("a label with rulers to set a printer by"))
    ruler.add_argument("--size", type=_size, default=(101.6, 152.4), metavar="WxH", help=tr("of the label, in mm"))
    ruler.add_argument("--dpi", type=int, choices=[one.value for one in Resolution], default=203)
    ruler.add_argument("--out", required=True, metavar="FILE", help=tr(".pdf, .zpl, .tspl, or .png for a look at it"))


def print_sheet(context: Context, arguments: Namespace) -> int:
    """`devices sheet`."""
    save(Path(arguments.out), scanner_sheet_pdf(Imprint("Warehouse App", datetime.now(UTC), UTC)))
    context.output.result({"codes": len(SHEET_CODES), "file": arguments.out}, tr("Print it at its full size, 100 %."))
    return 0


def check_scanner(context: Context, _arguments: Namespace) -> int:
    """`devices check`: one verdict a scan; 1 at the end unless every code of the sheet arrived well."""
    missing = {code.name: code for code in SHEET_CODES}
    for line in lines_of(sys.stdin.buffer):
        wanted = next(iter(missing.values()), None)
        verdict = judge(unescape_scan_text(line), wanted.symbol if wanted else None)
        name = verdict.code.name if verdict.code else ""
        if verdict.good:
            missing.pop(name, None)
        remedy = tr(verdict.remedy) if verdict.remedy else ""
        value = {"scan": line, "code": name, "good": verdict.good, "remedy": remedy, "left": len(missing)}
        context.output.line(value, f"{name or '?':>2}  {remedy or tr('good')}")
    left = ", ".join(f"{code.name} {code.symbol}" for code in missing.values())
    if left and not context.output.as_json:
        print(tr("Not seen yet: {codes}", codes=left))
    return 1 if missing else 0


def print_calibration(context: Context, arguments: Namespace) -> int:
    """`devices calibration`."""
    label = calibration_label(arguments.size, Resolution(arguments.dpi))
    write_labels(context, Path(arguments.out), Resolution(arguments.dpi), [label])
    return 0


def simulate(context: Context, arguments: Namespace) -> int:
    """`devices simulate`: lines on standard input are scans, or orders such as `@weight 1250` and `@paper 0`."""
    asked = tuple(kind for kind in ("printer", "scanner", "scale", "keys") if getattr(arguments, kind))
    stop = Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    folder = Path(arguments.out) if arguments.out else None
    with context.virtual_devices(asked or ("printer", "scanner", "scale"), folder, arguments.port) as devices:
        addresses = devices.addresses
        context.output.line(addresses, "\n".join(f"{kind:8} {address}" for kind, address in addresses.items()))
        Thread(target=_obey, args=(devices,), daemon=True).start()
        stop.wait()
    return 0


def _obey(devices: Any) -> None:  # noqa: ANN401 - the devices that the program's entry made
    """Carry out line after line; the devices stay when there are no more."""
    for line in sys.stdin:
        try:
            if line.strip():
                devices.do(line.rstrip("\r\n"))
        except WarehouseError as error:
            print(f"error: {error_text(error)}", file=sys.stderr, flush=True)


def _size(text: str) -> tuple[float, float]:
    """Two lengths in millimetres with an x between them; argparse turns the error into wrong usage."""
    width, height = (float(part) for part in text.lower().replace("×", "x").split("x"))
    if not (20 <= width <= 300 and 15 <= height <= 600):  # noqa: PLR2004 - what thermal printers take
        raise ValueError(text)
    return width, height


def _port(text: str) -> int:
    """A port that a program may take; argparse turns the error into wrong usage."""
    number = int(text)
    if not 0 <= number <= 65_535:  # noqa: PLR2004 - the largest there is
        raise ValueError(text)
    return number
