"""Scanners and scales that are none, on pseudo terminals: for tests, demonstrations and training."""

import os
import threading
import tty
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Self

from warehouse_app.domain.errors import WarehouseError
from warehouse_app.language import mark


class NoVirtualPorts(WarehouseError):
    """This system has no pseudo terminals."""

    message = mark("Virtual scanners and scales need Linux or macOS; a virtual printer works everywhere.")


class VirtualPort:
    """One end of a serial line. Raises NoVirtualPorts where the system has none.

    With `path` the port is found under that name, as long as it is plugged in.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path
        self._device = self._program = -1
        self.plug_in()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.pull_out()

    @property
    def name(self) -> str:
        """The port's name, as a program opens it."""
        return str(self._path) if self._path is not None else os.ttyname(self._program)

    def plug_in(self) -> None:
        """Connect the device."""
        if not hasattr(os, "openpty"):
            raise NoVirtualPorts
        self._device, self._program = os.openpty()
        tty.setraw(self._program)
        if self._path is not None:
            self._path.unlink(missing_ok=True)
            self._path.symlink_to(os.ttyname(self._program))

    def pull_out(self) -> None:
        """The cable is out: who reads gets an error, and the port is gone."""
        if self._path is not None:
            self._path.unlink(missing_ok=True)
        for end in (self._device, self._program):
            with suppress(OSError):
                os.close(end)

    def send(self, data: bytes) -> None:
        """The device sends; waits until all of it is taken."""
        while data:
            data = data[os.write(self._device, data) :]

    def receive(self, most: int = 100) -> bytes:
        """What the program sent to the device; waits for it. Raises OSError when the device is pulled out."""
        return os.read(self._device, most)


class VirtualScanner(VirtualPort):
    """A scanner that ends each scan with CR and LF, as most do."""

    def scan(self, text: str) -> None:
        """Send one scan."""
        self.send(f"{text}\r\n".encode(errors="surrogateescape"))


class VirtualScale(VirtualPort):
    """A scale that speaks Mettler-Toledo SICS: it answers each request with what lies on it."""

    def __init__(self, path: Path | None = None) -> None:
        super().__init__(path)
        self.weight_g = 0
        self.moving = False
        self._thread = threading.Thread(target=self._serve, name="virtual scale", daemon=True)
        self._thread.start()

    def put(self, weight_g: int, *, moving: bool = False) -> None:
        """Lay so much on it; what moves has no stable weight."""
        self.weight_g, self.moving = weight_g, moving

    def _serve(self) -> None:
        with suppress(OSError):
            while asked := self.receive():
                for _ in range(asked.count(b"\n")):
                    self.send(f"S {'D' if self.moving else 'S'} {self.weight_g:10d} g\r\n".encode())
