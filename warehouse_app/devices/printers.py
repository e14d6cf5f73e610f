"""Label printers: where a finished document goes, and what a printer says of itself.

A document is handed over once. When the outcome is not known it is said so, for a second try may print it twice.
"""

import re
import shutil
import socket
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from uuid import uuid4

from warehouse_app.domain.errors import WarehouseError
from warehouse_app.language import mark

TIMEOUT_S = 2.0
HOST_STATUS = b"~HS"
_LINES = re.compile(rb"\x02([^\x03]*)\x03")


class PrinterTrouble(WarehouseError):
    """The document was not printed. It can be sent again."""

    message = mark("The printer {printer} cannot print: {reason}.")


class OutcomeUnknown(PrinterTrouble):
    """The document was sent, but the printer never confirmed it: it may have been printed."""

    message = mark("The printer {printer} did not confirm the last document ({reason}); it may have been printed.")


@dataclass(frozen=True, slots=True)
class PrinterStatus:
    """What a printer says of itself; `waiting` documents lie in its memory."""

    paper_out: bool = False
    paused: bool = False
    head_open: bool = False
    ribbon_out: bool = False
    buffer_full: bool = False
    waiting: int = 0

    @property
    def problem(self) -> str:
        """What somebody must do first, empty when it prints."""
        if self.head_open:
            return mark("its head is open; close it")
        if self.paper_out:
            return mark("it has no labels; put a roll in")
        if self.ribbon_out:
            return mark("it has no ribbon; put one in")
        if self.paused:
            return mark("it is paused; press its pause key")
        return mark("its memory is full") if self.buffer_full else ""


@dataclass(frozen=True, slots=True)
class Printable:
    """A finished document: its name, what it is written in (zpl, tspl or pdf), and its bytes."""

    name: str
    language: str
    content: bytes


class Printer(Protocol):
    """Where documents go."""

    def send(self, document: Printable) -> None:
        """Hand a document over. Raises PrinterTrouble, and OutcomeUnknown when it may have been printed."""

    def status(self) -> PrinterStatus | None:
        """What the printer says of itself; None for those that say nothing. Raises PrinterTrouble."""


@dataclass(frozen=True, slots=True)
class NetworkPrinter:
    """A printer that takes documents on a TCP port, 9100 as a rule. Those that speak ZPL confirm each document."""

    host: str
    port: int = 9100
    timeout_s: float = TIMEOUT_S
    speaks_zpl: bool = True

    @property
    def name(self) -> str:
        """Its address."""
        return f"{self.host}:{self.port}"

    def send(self, document: Printable) -> None:
        """Send and, in ZPL, wait for the printer to answer behind it: what came before has then arrived as well."""
        with self.connect() as connection:
            try:
                connection.sendall(document.content)
            except OSError as error:
                # A format is printed at its end, which is the last thing that is sent; how much arrived is not known.
                raise OutcomeUnknown(printer=self.name, reason=reason_of(error)) from error
            if document.language != "zpl":
                return
            try:
                self.ask(connection)
            except PrinterTrouble as trouble:
                raise OutcomeUnknown(**trouble.values) from trouble

    def status(self) -> PrinterStatus:
        """Ask by ~HS; of those that do not speak ZPL only whether they can be reached is known."""
        with self.connect() as connection:
            return self.ask(connection) if self.speaks_zpl else PrinterStatus()

    def connect(self) -> socket.socket:
        """A connection of one's own: most printers serve one at a time. Raises PrinterTrouble."""
        try:
            return socket.create_connection((self.host, self.port), timeout=self.timeout_s)
        except OSError as error:
            raise PrinterTrouble(printer=self.name, reason=reason_of(error)) from error

    def ask(self, connection: socket.socket) -> PrinterStatus:
        """How it is; what was sent before has arrived when this is answered. Raises PrinterTrouble."""
        try:
            connection.sendall(HOST_STATUS)
            return _read_status(connection)
        except (OSError, ValueError) as error:
            raise PrinterTrouble(printer=self.name, reason=reason_of(error)) from error


@dataclass(frozen=True, slots=True)
class CupsPrinter:
    """A queue of CUPS, by its own commands: documents for thermal printers go through it unchanged."""

    queue: str
    timeout_s: float = 10.0

    def send(self, document: Printable) -> None:
        """Hand it to `lp`; from then on CUPS keeps it."""
        raw = ["-o", "raw"] if document.language != "pdf" else []
        self._run(["lp", "-d", self.queue, "-t", document.name, *raw, "-"], document.content)

    def status(self) -> PrinterStatus:
        """Whether the queue takes and prints documents."""
        said = self._run(["lpstat", "-p", self.queue], b"").decode(errors="replace")
        waiting = self._run(["lpstat", "-o", self.queue], b"").count(b"\n")
        return PrinterStatus(paused="disabled" in said or "paused" in said, waiting=waiting)

    def _run(self, command: list[str], content: bytes) -> bytes:
        program = shutil.which(command[0])
        if program is None:
            raise PrinterTrouble(printer=self.queue, reason=mark("CUPS is not installed"))
        try:
            done = subprocess.run(  # noqa: S603 - no shell; the queue's name is one argument
                [program, *command[1:]], input=content, capture_output=True, timeout=self.timeout_s, check=False,
                env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"},
            )  # fmt: skip
        except subprocess.TimeoutExpired as error:
            raise OutcomeUnknown(printer=self.queue, reason=mark("CUPS does not answer")) from error
        if done.returncode:
            raise PrinterTrouble(printer=self.queue, reason=done.stderr.decode(errors="replace").strip())
        return done.stdout


@dataclass(frozen=True, slots=True)
class FolderPrinter:
    """A folder into which documents are laid, whole; whatever watches it prints them."""

    folder: Path

    def send(self, document: Printable) -> None:
        """Write under another name first, so that nobody ever sees a part."""
        part = self.folder / f".{uuid4().hex}.part"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            part.write_bytes(document.content)
            part.replace(self.folder / f"{document.name}.{document.language}")
        except OSError as error:
            raise PrinterTrouble(printer=str(self.folder), reason=reason_of(error)) from error

    def status(self) -> None:
        """A folder says nothing."""


def _read_status(connection: socket.socket) -> PrinterStatus:
    """The three lines that a printer answers to ~HS. Raises OSError, and ValueError for an answer that is none."""
    said = b""
    while len(found := _LINES.findall(said)) < 3:  # noqa: PLR2004 - as many as there are
        data = connection.recv(1_024)
        if not data or len(said) > 10_000:  # noqa: PLR2004 - an answer has a hundred bytes
            raise ValueError(mark("it does not answer as a label printer does"))
        said += data
    first, second = (line.decode("ascii", errors="replace").split(",") for line in found[:2])
    try:
        return PrinterStatus(
            paper_out=first[1] == "1",
            paused=first[2] == "1",
            waiting=max(int(first[4]), int(second[8])),
            buffer_full=first[5] == "1",
            head_open=second[2] == "1",
            ribbon_out=second[3] == "1",
        )
    except (IndexError, ValueError) as error:
        raise ValueError(mark("it does not answer as a label printer does")) from error


def reason_of(error: Exception) -> str:
    """Why a printer could not be reached, as a translatable text where we know better than the system."""
    if isinstance(error, TimeoutError):
        return mark("it does not answer")
    if isinstance(error, ConnectionRefusedError):
        return mark("it is switched off, or another device has its address")
    if isinstance(error, ConnectionResetError | BrokenPipeError):
        return mark("the connection to it broke off")
    if isinstance(error, socket.gaierror):
        return mark("nobody in this network has that name")
    return getattr(error, "strerror", None) or str(error)
