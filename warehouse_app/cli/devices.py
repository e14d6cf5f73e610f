"""`devices`: what hangs at this station, and virtual devices for demonstrations and training."""

import signal
import sys
from argparse import Namespace
from pathlib import Path
from threading import Event, Thread
from typing import Any

from warehouse_app.cli.context import Context
from warehouse_app.cli.parsing import Commands
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.language import tr
from warehouse_app.station.wording import error_text


def add_commands(commands: Commands) -> None:
    """Devices."""
    devices = commands.group("devices", tr("scanners, scales and printers"))
    parser = devices.add("simulate", simulate, tr("virtual devices, until Ctrl+C; all three when none is named"))
    parser.add_argument("--printer", action="store_true", help=tr("a label printer on a network port"))
    parser.add_argument("--scanner", action="store_true", help=tr("a scanner on a serial port"))
    parser.add_argument("--scale", action="store_true", help=tr("a scale on a serial port"))
    parser.add_argument("--port", type=_port, default=0, metavar="N", help=tr("the printer's port; any free one"))
    parser.add_argument("--out", metavar="DIR", help=tr("where printed labels are laid"))


def simulate(context: Context, arguments: Namespace) -> int:
    """`devices simulate`: lines on standard input are scans, or orders such as `@weight 1250` and `@paper 0`."""
    asked = tuple(kind for kind in ("printer", "scanner", "scale") if getattr(arguments, kind))
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


def _port(text: str) -> int:
    """A port that a program may take; argparse turns the error into wrong usage."""
    number = int(text)
    if not 0 <= number <= 65_535:  # noqa: PLR2004 - the largest there is
        raise ValueError(text)
    return number
