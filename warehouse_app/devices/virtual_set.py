"""The virtual devices of one bench, worked by lines of text."""

import shutil
import tempfile
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from itertools import count
from pathlib import Path
from types import TracebackType
from typing import Self

from warehouse_app.devices.virtual_keys import VirtualKeys
from warehouse_app.devices.virtual_ports import VirtualScale, VirtualScanner
from warehouse_app.devices.virtual_printer import VirtualPrinter
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.domain.scan_text import unescape_scan_text
from warehouse_app.language import mark

PRINTER, SCANNER, SCALE, KEYS = "printer", "scanner", "scale", "keys"


class NotUnderstood(WarehouseError, ValueError):
    """A line that no virtual device understands."""

    message = mark("{line} is not understood. Known are: a scan, {known}.")


class VirtualSet:
    """The devices of these kinds; scans are typed where there are keys; labels are laid into `folder`, if given."""

    def __init__(self, kinds: tuple[str, ...], folder: Path | None = None, port: int = 0) -> None:
        self._open = ExitStack()
        self._folder, self._numbers = folder, count(1)
        ports = Path(tempfile.mkdtemp(prefix="warehouse-devices-"))
        self._open.callback(shutil.rmtree, ports, ignore_errors=True)
        self.printer = self.scanner = self.scale = None
        self.keys = VirtualKeys() if KEYS in kinds else None
        if PRINTER in kinds:
            self.printer = self._open.enter_context(VirtualPrinter(port=port, on_label=self._keep))
        if SCANNER in kinds:
            self.scanner = self._open.enter_context(VirtualScanner(ports / SCANNER))
        if SCALE in kinds:
            self.scale = self._open.enter_context(VirtualScale(ports / SCALE))

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _at: TracebackType | None
    ) -> None:
        self._open.close()

    @property
    def addresses(self) -> dict[str, str]:
        """Where a program finds each device."""
        found = {}
        if self.printer is not None:
            found[PRINTER] = self.printer.address
        if self.scanner is not None:
            found[SCANNER] = self.scanner.name
        if self.scale is not None:
            found[SCALE] = self.scale.name
        if self.keys is not None:
            found[KEYS] = self.keys.name
        return found

    def do(self, line: str) -> None:
        """A line beginning with @ is an order to a device, any other a scan. Raises NotUnderstood."""
        word, _, value = line.partition(" ")
        if not word.startswith("@"):
            scanner = self.keys or self.scanner
            if scanner is None:
                raise NotUnderstood(line=line, known=", ".join(self._orders()))
            scanner.scan(unescape_scan_text(line))
            return
        order = self._orders().get(word)
        if order is None or (value and not value.isascii()) or (value and not value.isdigit()):
            raise NotUnderstood(line=line, known=", ".join(self._orders()))
        order(int(value) if value else None)

    def _orders(self) -> Mapping[str, Callable[[int | None], None]]:
        orders: dict[str, Callable[[int | None], None]] = {}
        if self.scale is not None:
            scale = self.scale
            orders["@weight"] = lambda grams: scale.put(grams or 0)
            orders["@moving"] = lambda grams: scale.put(grams or 0, moving=True)
        if self.printer is not None:
            printer = self.printer
            orders["@paper"] = printer.put_in_roll
            orders["@pause"] = lambda _: printer.set(paused=True)
            orders["@open"] = lambda _: printer.set(head_open=True)
            orders["@ready"] = lambda _: printer.set()
        return orders

    def _keep(self, label: bytes) -> None:
        if self._folder is not None:
            self._folder.mkdir(parents=True, exist_ok=True)
            (self._folder / f"printed-{next(self._numbers):05}.zpl").write_bytes(label + b"\n")
