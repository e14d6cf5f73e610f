"""This station's scanners and scales on serial and USB-CDC ports: what each is, where it hangs, how its port is set."""

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path

from warehouse_app.devices.scales import Protocol, protocols
from warehouse_app.devices.serial_line import FoundPort, Port, found_ports
from warehouse_app.domain.errors import NotFound, WarehouseError
from warehouse_app.language import mark
from warehouse_app.station.file import StationFile

BAUDS = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)
USUAL_BAUD = 9600
PARITIES = ("N", "E", "O")
USUAL_PROTOCOL = "mettler-sics"
BOUNCE_MS, LONGEST_BOUNCE_MS = 250, 2_000
LONGEST_NAME = 40

__all__ = [
    "FoundPort", "PortTaken", "SerialDevice", "SerialDeviceBook", "SerialDeviceExists", "SerialDeviceNotValid",
    "SerialKind", "found_ports", "scale_protocols",
]  # fmt: skip


class SerialKind(StrEnum):
    """What hangs at a port."""

    SCANNER = "scanner"
    SCALE = "scale"


class SerialDeviceNotValid(WarehouseError, ValueError):
    """A description that no scanner or scale can have."""

    message = mark("{device} cannot be set up: {field}: {reason}")


class SerialDeviceExists(WarehouseError):
    """The name is taken."""

    message = mark("There is a device {device} already. Choose another name, or change that one.")


class PortTaken(WarehouseError):
    """Two devices cannot hang at one port."""

    message = mark("The port {port} belongs to {device} already. Choose another port, or remove that one first.")


@dataclass(frozen=True, slots=True)
class SerialDevice:
    """A scanner or scale of this station, checked when it is made. Raises SerialDeviceNotValid.

    `protocol` is a scale's, empty for scanners; with `baud`, `bits` or `parity` of 0 or empty a scale's port is set as
    its protocol says, and a scanner's to 9600 baud, 8 bits, no parity. The same code again within `bounce_ms` from this
    scanner is a bounce.
    """

    name: str
    kind: SerialKind
    port: str
    baud: int = 0
    bits: int = 0
    parity: str = ""
    stop_bits: int = 1
    bounce_ms: int = BOUNCE_MS
    protocol: str = ""

    def __post_init__(self) -> None:
        for field, reason in _faults(self):
            raise SerialDeviceNotValid(device=self.name or "?", field=field, reason=reason)

    @property
    def speaks(self) -> Protocol:
        """The protocol of a scale."""
        return protocols()[self.protocol]

    @property
    def line(self) -> Port:
        """The port with all its settings."""
        usual = self.speaks.port(self.port) if self.protocol else Port(self.port, USUAL_BAUD)
        return replace(
            usual, baudrate=self.baud or usual.baudrate, bytesize=self.bits or usual.bytesize,
            parity=self.parity or usual.parity, stopbits=self.stop_bits,
        )  # fmt: skip

    @property
    def settings_text(self) -> str:
        """The port's settings as people write them, such as 9600 8N1."""
        line = self.line
        return f"{line.baudrate} {line.bytesize}{line.parity}{line.stopbits}"


def scale_protocols() -> tuple[tuple[str, str], ...]:
    """The names of the protocols that scales speak, each with its title."""
    return tuple((one.name, one.title) for one in protocols().values())


class SerialDeviceBook:
    """The scanners and scales of this station, kept in its file. May be used from any thread."""

    def __init__(self, file: StationFile) -> None:
        self._file = file

    def list(self, kind: SerialKind | None = None) -> tuple[SerialDevice, ...]:
        """All of them, or those of a kind, in the order in which they were added."""
        with self._file.turn():
            rows = self._file.connection.execute("SELECT content FROM serial_device ORDER BY place").fetchall()
        devices = tuple(_device(json.loads(text)) for (text,) in rows)
        return tuple(one for one in devices if kind in (None, one.kind))

    def get(self, name: str) -> SerialDevice:
        """A device by its name. Raises NotFound."""
        found = next((one for one in self.list() if one.name == name), None)
        if found is None:
            raise NotFound(thing=mark("scanner or scale"), name=name)
        return found

    def add(self, device: SerialDevice) -> None:
        """Set a device up. Raises SerialDeviceExists, PortTaken, NotWritten."""
        if any(one.name == device.name for one in self.list()):
            raise SerialDeviceExists(device=device.name)
        self._require_free_port(device)
        with self._file.transaction():
            self._file.connection.execute(
                "INSERT INTO serial_device (name, place, content)"
                " SELECT ?, coalesce(max(place), 0) + 1, ? FROM serial_device",
                (device.name, json.dumps(asdict(device))),
            )

    def change(self, device: SerialDevice) -> None:
        """Replace the device of this name. Raises NotFound, PortTaken, NotWritten."""
        self.get(device.name)
        self._require_free_port(device)
        with self._file.transaction():
            self._file.connection.execute(
                "UPDATE serial_device SET content = ? WHERE name = ?", (json.dumps(asdict(device)), device.name)
            )

    def remove(self, name: str) -> None:
        """Forget a device. Raises NotFound, NotWritten."""
        self.get(name)
        with self._file.transaction():
            self._file.connection.execute("DELETE FROM serial_device WHERE name = ?", (name,))

    def _require_free_port(self, device: SerialDevice) -> None:
        for other in self.list():
            if other.name != device.name and _same_port(other.port, device.port):
                raise PortTaken(port=device.port, device=other.name)


def _same_port(one: str, other: str) -> bool:
    """Windows writes COM3 and com3; elsewhere two names may lead to one port."""
    return (
        one.upper() == other.upper() if one.upper().startswith("COM") else Path(one).resolve() == Path(other).resolve()
    )


def _faults(device: SerialDevice) -> Iterable[tuple[str, str]]:
    """The fields that are wrong, each with what it should be; the reasons are translatable."""
    name, port = device.name, device.port
    if not name or name != name.strip() or len(name) > LONGEST_NAME or not name.isprintable():
        yield "name", mark("it has 1 to 40 characters")
    if not port or port != port.strip() or not port.isprintable() or port.startswith("-"):
        yield "port", mark("it is a port of this computer, such as /dev/ttyACM0 or COM3")
    if device.baud and device.baud not in BAUDS:
        yield "baud", ", ".join(map(str, BAUDS))
    if device.bits not in (0, 7, 8):
        yield "bits", mark("they are 7 or 8")
    if device.parity and device.parity not in PARITIES:
        yield "parity", mark("it is N (none), E (even) or O (odd)")
    if device.stop_bits not in (1, 2):
        yield "stop bits", mark("they are 1 or 2")
    if not 0 <= device.bounce_ms <= LONGEST_BOUNCE_MS:
        yield "bounce", mark("it is 0 to 2000 ms")
    if device.kind is SerialKind.SCALE and device.protocol not in protocols():
        yield "protocol", ", ".join(protocols())
    if device.kind is SerialKind.SCANNER and device.protocol:
        yield "protocol", mark("only scales have one")


def _device(content: dict[str, object]) -> SerialDevice:
    """What was kept; fields that a newer release added are left out."""
    known = {name: value for name, value in content.items() if name in SerialDevice.__dataclass_fields__}
    return SerialDevice(**known | {"kind": SerialKind(str(known["kind"]))})  # type: ignore[arg-type]
