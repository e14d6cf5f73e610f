"""Scanners on serial and USB-CDC ports: each frame is a scan, with GS1's separators kept."""

from collections.abc import Callable

from warehouse_app.devices.serial_line import LineStatus, Port, SerialLine


class SerialScanner:
    """Gives the text of each scan to `take`, on its own thread; what is no UTF-8 is kept as it came."""

    def __init__(
        self, port: Port, take: Callable[[str], None], tell: Callable[[LineStatus], None] = lambda _: None
    ) -> None:
        self._take_text = take
        self.line = SerialLine(port, self._take, tell)

    def _take(self, frame: bytes) -> None:
        self._take_text(frame.decode(errors="surrogateescape"))
