"""A label printer that is none: for tests, demonstrations and training. It speaks ZPL on a TCP port."""

import re
import socket
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from types import TracebackType
from typing import Self

from warehouse_app.devices.printers import HOST_STATUS

MEMORY = 16
"""Formats that wait in the printer's memory when it cannot print."""

_FORMAT = re.compile(rb"\^XA.*?\^XZ", re.DOTALL)


@dataclass
class VirtualPrinter:
    """Prints each format it is sent, in order, into `printed`; out of paper, paused or open it keeps them.

    `labels_left` is the roll: None never ends. `on_label` is told of each label, on the printer's own thread.
    """

    host: str = "127.0.0.1"
    port: int = 0
    labels_left: int | None = None
    on_label: Callable[[bytes], None] = lambda _: None
    printed: list[bytes] = field(default_factory=list)
    waiting: list[bytes] = field(default_factory=list)
    paused: bool = False
    head_open: bool = False

    def __post_init__(self) -> None:
        self._lock = threading.Lock()
        self._listener = socket.create_server((self.host, self.port))
        self.port = self._listener.getsockname()[1]
        self._connections: set[socket.socket] = set()
        self._thread = threading.Thread(target=self._accept, name="virtual printer", daemon=True)
        self._thread.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def address(self) -> str:
        """Where documents are sent to."""
        return f"{self.host}:{self.port}"

    @property
    def is_on(self) -> bool:
        """Whether it can be connected to."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Switch it off as by its plug: connections break, what waits in its memory is lost."""
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()
        self._thread.join()

    def cut_off(self) -> None:
        """Break every connection, as a cable does; what it was told already it prints."""
        with self._lock:
            connections = list(self._connections)
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def put_in_roll(self, labels: int | None) -> None:
        """A new roll; what waited is printed at once."""
        with self._lock:
            self.labels_left = labels
            self._print_waiting()

    def set(self, *, paused: bool = False, head_open: bool = False) -> None:
        """Press its pause key, open its head, or neither."""
        with self._lock:
            self.paused, self.head_open = paused, head_open
            self._print_waiting()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            with self._lock:
                self._connections.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        rest = b""
        with suppress(OSError), connection:
            while data := connection.recv(65_536):
                rest = self._take(rest + data, connection)
        with self._lock:
            self._connections.discard(connection)

    def _take(self, data: bytes, connection: socket.socket) -> bytes:
        """Carry out what is complete, in its order; give what is left."""
        while True:
            complete = _FORMAT.search(data)
            asked = data.find(HOST_STATUS)
            if asked >= 0 and (complete is None or asked < complete.start()):
                connection.sendall(self._status())
                data = data[:asked] + data[asked + len(HOST_STATUS) :]
            elif complete is not None:
                with self._lock:
                    self.waiting.append(complete[0])
                    self._print_waiting()
                data = data[complete.end() :]
            else:
                return data

    def _print_waiting(self) -> None:
        while self.waiting and not self.paused and not self.head_open and self.labels_left != 0:
            label = self.waiting.pop(0)
            if self.labels_left is not None:
                self.labels_left -= 1
            self.printed.append(label)
            self.on_label(label)

    def _status(self) -> bytes:
        with self._lock:
            paper_out, full = int(self.labels_left == 0), int(len(self.waiting) >= MEMORY)
            first = f"030,{paper_out},{int(self.paused)},1218,{len(self.waiting):03},{full},0,0,000,0,0,0"
            second = f"000,0,{int(self.head_open)},0,0,2,4,0,{len(self.waiting):08},1,000"
        return "".join(f"\x02{line}\x03\r\n" for line in (first, second, "1234,0")).encode()
