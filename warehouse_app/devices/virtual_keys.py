"""A keyboard-wedge scanner that is none: it types into whatever window of an X display has the keyboard."""

import os
import shutil
import subprocess

from warehouse_app.domain.errors import WarehouseError
from warehouse_app.language import mark

GROUP_SEPARATOR = "\x1d"
TYPES_WITHIN_S = 30


class NoVirtualKeys(WarehouseError):
    """Nothing here can type."""

    message = mark("Typed scans need an X display (DISPLAY) and the program xdotool: apt install xdotool.")


class VirtualKeys:
    """Types each scan as fast as the display takes it, with Enter behind. Raises NoVirtualKeys."""

    def __init__(self) -> None:
        self.name = os.environ.get("DISPLAY", "")
        self._program = shutil.which("xdotool") or ""
        if not self.name or not self._program:
            raise NoVirtualKeys

    def scan(self, text: str) -> None:
        """Type one scan; a separator is typed as scanners do, as Ctrl and ]. Raises NoVirtualKeys."""
        orders: list[str] = []
        for place, part in enumerate(text.split(GROUP_SEPARATOR)):
            if place:
                orders += ["key", "--delay", "0", "ctrl+bracketright"]
            if part:
                # What `type` is given ends at its count: a scan may look like an order to xdotool.
                orders += ["type", "--delay", "0", "--args", "1", part]
        command = [self._program, *orders, "key", "--delay", "0", "Return"]
        try:
            subprocess.run(command, check=True, capture_output=True, timeout=TYPES_WITHIN_S)  # noqa: S603 - no shell
        except (OSError, subprocess.SubprocessError) as error:
            raise NoVirtualKeys from error
