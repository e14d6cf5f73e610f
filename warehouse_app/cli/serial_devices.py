"""`devices list|add|change|remove|ports`: which scanners and scales hang at this station's serial ports."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from contextlib import closing
from dataclasses import replace
from typing import Any

from warehouse_app.cli.context import Context
from warehouse_app.cli.output import table
from warehouse_app.cli.parsing import Commands
from warehouse_app.language import tr
from warehouse_app.station.file import StationFile
from warehouse_app.station.serial_devices import (
    BAUDS,
    PARITIES,
    USUAL_PROTOCOL,
    SerialDevice,
    SerialDeviceBook,
    SerialKind,
    found_ports,
    scale_protocols,
)


def add_commands(devices: Commands) -> None:
    """The commands within the group of devices."""
    devices.add("list", list_devices, tr("list the scanners and scales on serial ports"))
    devices.add("ports", list_ports, tr("list the serial ports of this computer"))
    added = devices.add("add", add_device, tr("set up a scanner or scale on a serial port"))
    added.add_argument("kind", choices=[kind.value for kind in SerialKind])
    added.add_argument("name", metavar="NAME")
    added.add_argument("port", metavar="PORT", help=tr("such as /dev/ttyACM0 or COM3"))
    _add_fields(added)
    changed = devices.add("change", change_device, tr("change a scanner or scale"))
    changed.add_argument("name", metavar="NAME")
    changed.add_argument("--port", metavar="PORT")
    _add_fields(changed)
    removed = devices.add("remove", remove_device, tr("forget a scanner or scale"))
    removed.add_argument("name", metavar="NAME")


def list_devices(context: Context, _arguments: Namespace) -> int:
    """`devices list`."""
    with closing(StationFile(context.home)) as file:
        found = SerialDeviceBook(file).list()
    none = tr("No scanner or scale is set up on a serial port; scanners that type as keyboards need no setting up.")
    context.output.result(found, _table(found) if found else none)
    return 0


def list_ports(context: Context, _arguments: Namespace) -> int:
    """`devices ports`."""
    found = found_ports()
    rows = [(one.port, one.what) for one in found]
    none = tr("This computer has no serial port just now. Plug the device in and ask again.")
    context.output.result(found, table([tr("port"), tr("device")], rows) if found else none)
    return 0


def add_device(context: Context, arguments: Namespace) -> int:
    """`devices add`."""
    fields = _fields(arguments)
    kind = SerialKind(arguments.kind)
    if kind is SerialKind.SCALE:
        fields.setdefault("protocol", USUAL_PROTOCOL)
    device = SerialDevice(arguments.name, kind, arguments.port, **fields)
    with closing(StationFile(context.home)) as file:
        SerialDeviceBook(file).add(device)
    context.output.result(device, _table([device]))
    return 0


def change_device(context: Context, arguments: Namespace) -> int:
    """`devices change`: what is not named stays as it is."""
    with closing(StationFile(context.home)) as file:
        book = SerialDeviceBook(file)
        fields = _fields(arguments) | ({"port": arguments.port} if arguments.port is not None else {})
        device = replace(book.get(arguments.name), **fields)
        book.change(device)
    context.output.result(device, _table([device]))
    return 0


def remove_device(context: Context, arguments: Namespace) -> int:
    """`devices remove`."""
    with closing(StationFile(context.home)) as file:
        SerialDeviceBook(file).remove(arguments.name)
    context.output.result(
        {"removed": arguments.name}, tr("{device} is no device here any more.", device=arguments.name)
    )
    return 0


def _add_fields(parser: ArgumentParser) -> None:
    names = [name for name, _ in scale_protocols()]
    parser.add_argument("--protocol", choices=names, help=tr("how a scale speaks"))
    parser.add_argument("--baud", type=int, choices=BAUDS, metavar="N", help=", ".join(map(str, BAUDS)))
    parser.add_argument("--bits", type=int, choices=(7, 8))
    parser.add_argument("--parity", choices=PARITIES, help=tr("none, even or odd"))
    parser.add_argument("--stop-bits", type=int, choices=(1, 2))
    parser.add_argument(
        "--bounce-ms", type=int, metavar="N", help=tr("the same code from it within N ms does not count (250)")
    )


def _fields(arguments: Namespace) -> dict[str, Any]:
    """The fields of a description that were named."""
    names = ("protocol", "baud", "bits", "parity", "stop_bits", "bounce_ms")
    return {name: value for name in names if (value := getattr(arguments, name)) is not None}


def _table(devices: Sequence[SerialDevice]) -> str:
    headings = [tr("device"), tr("kind"), tr("port"), tr("settings"), tr("protocol"), tr("bounce, ms")]
    return table(
        headings,
        [
            (
                one.name, one.kind.value, one.port, one.settings_text, one.protocol,
                str(one.bounce_ms) if one.kind is SerialKind.SCANNER else "",
            )
            for one in devices
        ],
    )  # fmt: skip
