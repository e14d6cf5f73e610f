"""Printers of the Windows spooler: documents for thermal printers go through as they are."""

import ctypes
from ctypes import wintypes
from dataclasses import dataclass
from typing import Any

from warehouse_app.devices.printers import OutcomeUnknown, Printable, PrinterStatus, PrinterTrouble
from warehouse_app.language import mark

_PAUSED, _PAPER_OUT, _DOOR_OPEN = 0x1, 0x10, 0x400000
_STATUS_LEVEL = 6


class _Document(ctypes.Structure):
    _fields_ = (("name", wintypes.LPWSTR), ("output", wintypes.LPWSTR), ("type", wintypes.LPWSTR))


@dataclass(frozen=True, slots=True)
class WindowsPrinter:
    """A printer by its name in Windows. `RAW` sends the bytes past the driver."""

    name: str

    def send(self, document: Printable) -> None:
        """One document of the spooler. Raises PrinterTrouble, and OutcomeUnknown when it broke off in the middle."""
        if document.language == "pdf":
            raise PrinterTrouble(printer=self.name, reason=mark("it takes ZPL or TSPL, not PDF"))
        spooler, handle = self._open()
        begun = False
        try:
            about = _Document(document.name, None, "RAW")
            begun = bool(spooler.StartDocPrinterW(handle, 1, ctypes.byref(about)))
            written = wintypes.DWORD()
            sent = begun and spooler.WritePrinter(
                handle, document.content, len(document.content), ctypes.byref(written)
            )
            if not sent or written.value != len(document.content) or not spooler.EndDocPrinter(handle):
                error = OutcomeUnknown if begun else PrinterTrouble
                raise error(printer=self.name, reason=mark("Windows did not take the whole document"))
        finally:
            spooler.ClosePrinter(handle)

    def status(self) -> PrinterStatus:
        """What the spooler knows of the printer."""
        spooler, handle = self._open()
        try:
            found, needed = wintypes.DWORD(), wintypes.DWORD()
            spooler.GetPrinterW(handle, _STATUS_LEVEL, ctypes.byref(found), 4, ctypes.byref(needed))
        finally:
            spooler.ClosePrinter(handle)
        bits = found.value
        return PrinterStatus(
            paper_out=bool(bits & _PAPER_OUT), paused=bool(bits & _PAUSED), head_open=bool(bits & _DOOR_OPEN)
        )

    def _open(self) -> tuple[Any, Any]:
        load: Any = getattr(ctypes, "WinDLL", None)
        if load is None:
            raise PrinterTrouble(printer=self.name, reason=mark("only Windows has such printers"))
        spooler = load("winspool.drv", use_last_error=True)
        handle = wintypes.HANDLE()
        if not spooler.OpenPrinterW(self.name, ctypes.byref(handle), None):
            raise PrinterTrouble(printer=self.name, reason=mark("Windows knows no such printer"))
        return spooler, handle
