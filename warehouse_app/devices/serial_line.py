"""One serial port, read by a thread of its own; it comes back by itself when the device does."""

import logging
import os
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from types import TracebackType
from typing import Any, Self

import serial
from serial.tools.list_ports import comports

from warehouse_app.devices.framing import Framer

FIRST_WAIT_S, LONGEST_WAIT_S = 0.25, 5.0
READ_S = 0.2
MOST_AT_ONCE = 4_096

log = logging.getLogger(__name__)


class LineState(StrEnum):
    """How a device on a port is."""

    STARTING = "starting"
    CONNECTED = "connected"
    AWAY = "away"
    FLOODED = "flooded"
    STOPPED = "stopped"


@dataclass(frozen=True, slots=True)
class LineStatus:
    """The state and, when something is wrong, what the system said."""

    state: LineState
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Port:
    """A port and how it is set. `request` is sent every `every_s` to devices that only speak when asked."""

    name: str
    baudrate: int = 9600
    bytesize: int = 8
    parity: str = "N"
    stopbits: int = 1
    request: bytes = b""
    every_s: float = 0.15


@dataclass(frozen=True, slots=True)
class FoundPort:
    """A serial port of this computer, and what the system says hangs there."""

    port: str
    what: str


def found_ports() -> tuple[FoundPort, ...]:
    """The computer's serial ports; those with a device that says its name come first."""
    ports = [FoundPort(one.device, "" if one.description == "n/a" else one.description) for one in comports()]
    return tuple(sorted(ports, key=lambda one: (not one.what, one.port)))


class SerialLine:
    """Calls `take` for each frame and `tell` for each change of state, both on the line's own thread."""

    def __init__(self, port: Port, take: Callable[[bytes], None], tell: Callable[[LineStatus], None]) -> None:
        self._port, self._take, self._tell = port, take, tell
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"serial {port.name}", daemon=True)
        self.status = LineStatus(LineState.STARTING)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.stop()

    def start(self) -> None:
        """Begin to read; once only."""
        self._thread.start()

    def stop(self) -> None:
        """End the thread; within half a second, whatever the device does."""
        self._stop.set()
        self._thread.join()
        self._say(LineStatus(LineState.STOPPED))

    def _run(self) -> None:
        wait_s = FIRST_WAIT_S
        while not self._stop.is_set():
            try:
                with self._open() as connection:
                    self._say(LineStatus(LineState.CONNECTED))
                    wait_s = FIRST_WAIT_S
                    self._read(connection)
            except (serial.SerialException, OSError, ValueError) as error:
                self._say(LineStatus(LineState.AWAY, f"{self._port.name}: {_reason(error)}"))
                self._stop.wait(wait_s)
                wait_s = min(LONGEST_WAIT_S, wait_s * 2)

    def _open(self) -> Any:  # noqa: ANN401 - pyserial has no types
        port = self._port
        # Two programs that read one scanner would each get half of its scans.
        return serial.Serial(
            port.name, port.baudrate, port.bytesize, port.parity, port.stopbits, timeout=READ_S, write_timeout=READ_S,
            exclusive=True,
        )  # fmt: skip

    def _read(self, connection: Any) -> None:  # noqa: ANN401 - pyserial has no types
        framer, asked_at = Framer(), float("-inf")
        if self._port.request:
            connection.timeout = min(READ_S, self._port.every_s)
        while not self._stop.is_set():
            now = time.monotonic()
            if self._port.request and now - asked_at >= self._port.every_s:
                connection.write(self._port.request)
                asked_at = now
            data = connection.read(min(MOST_AT_ONCE, connection.in_waiting or 1))
            now = time.monotonic()
            for frame in framer.feed(data, now):
                self._take(frame)
            flooded = framer.flooded(now)
            self._say(LineStatus(LineState.FLOODED if flooded else LineState.CONNECTED))
            if flooded:
                # The device has the line, not the processor.
                self._stop.wait(0.01)

    def _say(self, status: LineStatus) -> None:
        if status != self.status:
            self.status = status
            log.info("%s: %s %s", self._port.name, status.state, status.reason)
            self._tell(status)


def _reason(error: Exception) -> str:
    """What the system says, without the driver's own wrapping of it."""
    number = getattr(error, "errno", None)
    return os.strerror(number) if number else str(error)
