"""A way to a server that can be slow, silent or cut: a port on this machine that passes everything on, or does not."""

import socket
import time
from contextlib import suppress
from dataclasses import dataclass, field
from queue import SimpleQueue
from threading import Event, Thread
from types import TracebackType
from typing import Self

BLOCK = 65_536
LOOK_EVERY_S = 0.05


@dataclass(slots=True)
class SlowNetwork:
    """Leads to a port of this machine. A context manager.

    `delay_s` is how much later everything arrives, in either direction. While it is `silent` nothing arrives and nobody
    is told; what was sent meanwhile comes when it ends, as TCP would send it again.
    """

    target: int
    delay_s: float = 0.0
    _silent: Event = field(default_factory=Event)
    _open: list[socket.socket] = field(default_factory=list)
    _listener: socket.socket | None = None
    port: int = 0

    def __enter__(self) -> Self:
        self._listen()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.cut()

    def fall_silent(self) -> None:
        """Drop everything without a word, also new calls' first words."""
        self._silent.set()

    def cut(self) -> None:
        """End all calls and refuse new ones."""
        if self._listener is not None:
            # Closing alone would not wake the thread that waits for calls.
            with suppress(OSError):
                self._listener.shutdown(socket.SHUT_RDWR)
            self._listener.close()
            self._listener = None
        for one in self._open:
            with suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        self._open.clear()

    def heal(self) -> None:
        """Be as at first."""
        self._silent.clear()
        self.delay_s = 0.0
        if self._listener is None:
            self._listen()

    def _listen(self) -> None:
        self._listener = socket.create_server(("127.0.0.1", self.port))
        self.port = self._listener.getsockname()[1]
        Thread(target=self._take_calls, args=(self._listener,), daemon=True).start()

    def _take_calls(self, listener: socket.socket) -> None:
        with suppress(OSError):
            while True:
                caller, _ = listener.accept()
                server = socket.create_connection(("127.0.0.1", self.target))
                self._open += [caller, server]
                self._carry(caller, server)
                self._carry(server, caller)

    def _carry(self, source: socket.socket, target: socket.socket) -> None:
        carried: SimpleQueue[tuple[float, bytes]] = SimpleQueue()
        Thread(target=self._take_up, args=(source, carried), daemon=True).start()
        Thread(target=self._pass_on, args=(carried, target), daemon=True).start()

    def _take_up(self, source: socket.socket, carried: "SimpleQueue[tuple[float, bytes]]") -> None:
        block = b" "
        while block:
            try:
                block = source.recv(BLOCK)
            except OSError:
                block = b""
            carried.put((time.monotonic() + self.delay_s, block))

    def _pass_on(self, carried: "SimpleQueue[tuple[float, bytes]]", target: socket.socket) -> None:
        with suppress(OSError):
            while True:
                due, block = carried.get()
                while self._silent.is_set() or time.monotonic() < due:
                    time.sleep(LOOK_EVERY_S if self._silent.is_set() else max(0.0, min(0.01, due - time.monotonic())))
                if not block:
                    target.shutdown(socket.SHUT_WR)
                    return
                target.sendall(block)
