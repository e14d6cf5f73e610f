"""The way of several documents to one printer: which of them came out for certain, and which may have."""

import socket
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

from warehouse_app.devices.printers import (
    FolderPrinter,
    NetworkPrinter,
    OutcomeUnknown,
    Printable,
    Printer,
    PrinterStatus,
    PrinterTrouble,
    reason_of,
)

FRESH_S = 1.0
"""So long what a printer said of itself still holds."""
SEND_TIMEOUT_S = 10.0
"""A printer whose memory is full takes the next bytes when it has printed something."""
FIRST_LOOK_S, LONGEST_LOOK_S = 0.01, 0.2

Pause = Callable[[float], bool]
"""Waits so many seconds and tells whether it is time to give up."""


@dataclass(frozen=True, slots=True)
class Sent:
    """How far documents are: the first `printed` of them came out for certain, the first `handed` may have.

    `problem` is what keeps the printer from going on, as a translatable text; `broken` ends it.
    """

    printed: int
    handed: int
    problem: str = ""
    broken: PrinterTrouble | None = None


class PrinterLine(Protocol):
    """A way to a printer that is kept open while there is something to print. It belongs to one thread."""

    most_at_once: int
    """So many documents go together: the fewer, the fewer are in doubt when the printer breaks off."""

    prints_once: bool
    """Whether a document that is sent again replaces the first one, as in a folder."""

    def look(self) -> None:
        """Raises PrinterTrouble when the printer cannot print now. Nothing was sent then."""

    def send(self, documents: Sequence[Printable], pause: Pause) -> Iterator[Sent]:
        """Hand documents over and say how far they are, until all are printed, it broke off, or `pause` gives up."""

    def close(self) -> None:
        """Let others have the printer."""

    def hang_up(self) -> None:
        """End what another thread waits for on this line; it is told that the printer broke off."""


class ZplLine:
    """A network printer that speaks ZPL: documents count as printed when it has answered behind them and holds none."""

    most_at_once = 8
    prints_once = False

    def __init__(self, printer: NetworkPrinter) -> None:
        self._printer = printer
        self._connection: socket.socket | None = None
        self._ready_at = float("-inf")

    def look(self) -> None:
        """Ask it, unless it has just said that it is ready."""
        if self._connection is not None and time.monotonic() - self._ready_at < FRESH_S:
            return
        kept_open = self._connection is not None
        try:
            status = self._ask()
        except PrinterTrouble:
            # Many printers close a connection on which nothing came for a while.
            if not kept_open:
                raise
            status = self._ask()
        if status.problem:
            raise PrinterTrouble(printer=self._printer.name, reason=status.problem)

    def send(self, documents: Sequence[Printable], pause: Pause) -> Iterator[Sent]:
        """Document after document, then ask until its memory is empty: what lies there would be lost with its power."""
        for place, document in enumerate(documents, 1):
            try:
                connection = self._connected()
                connection.settimeout(SEND_TIMEOUT_S)
                connection.sendall(document.content)
            except PrinterTrouble as trouble:
                yield Sent(0, place - 1, broken=trouble)
                return
            except OSError as error:
                self.close()
                yield Sent(0, place, broken=OutcomeUnknown(printer=self._printer.name, reason=reason_of(error)))
                return
        yield from self._confirmed(len(documents), pause)

    def close(self) -> None:
        """Hang up."""
        if self._connection is not None:
            with suppress(OSError):
                self._connection.close()
        self._connection = None

    def hang_up(self) -> None:
        """Break the connection in the middle."""
        connection = self._connection
        if connection is not None:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def _confirmed(self, sent: int, pause: Pause) -> Iterator[Sent]:
        printed, wait_s = 0, FIRST_LOOK_S
        while True:
            try:
                status = self._ask()
            except PrinterTrouble as trouble:
                yield Sent(printed, sent, broken=OutcomeUnknown(**trouble.values))
                return
            # Others may use this printer, too: then more waits there than is ours, and less counts as printed.
            printed = max(printed, sent - status.waiting)
            yield Sent(printed, sent, status.problem if printed < sent else "")
            if printed == sent or pause(wait_s):
                return
            wait_s = min(LONGEST_LOOK_S, wait_s * 1.5)

    def _ask(self) -> PrinterStatus:
        connection = self._connected()
        connection.settimeout(self._printer.timeout_s)
        try:
            status = self._printer.ask(connection)
        except PrinterTrouble:
            self.close()
            raise
        if not status.problem:
            self._ready_at = time.monotonic()
        return status

    def _connected(self) -> socket.socket:
        if self._connection is None:
            self._connection = self._printer.connect()
            self._connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return self._connection


class DirectLine:
    """Any other printer: what it, its spooler or the folder has taken counts as printed."""

    most_at_once = 8

    def __init__(self, printer: Printer) -> None:
        self._printer = printer
        self.prints_once = isinstance(printer, FolderPrinter)
        self._looks = not isinstance(printer, FolderPrinter | NetworkPrinter)
        self._ready_at = float("-inf")

    def look(self) -> None:
        """Ask the spooler, unless it has just said that it is ready."""
        if not self._looks or time.monotonic() - self._ready_at < FRESH_S:
            return
        status = self._printer.status()
        if status is not None and status.problem:
            raise PrinterTrouble(printer=getattr(self._printer, "name", ""), reason=status.problem)
        self._ready_at = time.monotonic()

    def send(self, documents: Sequence[Printable], pause: Pause) -> Iterator[Sent]:  # noqa: ARG002 - as lines have it
        """One document after the other."""
        for place, document in enumerate(documents):
            try:
                self._printer.send(document)
            except OutcomeUnknown as trouble:
                yield Sent(place, place + 1, broken=trouble)
                return
            except PrinterTrouble as trouble:
                yield Sent(place, place, broken=trouble)
                return
            yield Sent(place + 1, place + 1)

    def close(self) -> None:
        """Nothing is kept open."""

    def hang_up(self) -> None:
        """What a spooler was given cannot be taken back; it answers within seconds."""


def line_to(printer: Printer) -> PrinterLine:
    """The way to a printer; nothing is connected before something is sent or asked."""
    if isinstance(printer, NetworkPrinter) and printer.speaks_zpl:
        return ZplLine(printer)
    return DirectLine(printer)
