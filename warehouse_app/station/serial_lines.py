"""The serial devices of this station at work: a thread each, whose news wait here until somebody takes them."""

import time
from collections import deque
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from threading import Lock

from warehouse_app.devices.scales import Scale
from warehouse_app.devices.scanners import SerialScanner
from warehouse_app.devices.serial_line import LineState, LineStatus
from warehouse_app.domain.weighing import ScaleReading
from warehouse_app.station.serial_devices import SerialDevice, SerialKind

MOST_WAITING = 2_000
"""As many scans as a scanner's memory holds; a device that sends more while nobody looks is no scanner."""

__all__ = ["LineState", "LineStatus", "SerialLines", "SerialNews"]


@dataclass(frozen=True, slots=True)
class SerialNews:
    """What a device sent or became; `at_s` is of `time.monotonic`."""

    device: str
    what: str | ScaleReading | LineStatus
    at_s: float


class SerialLines:
    """`wake` is called on a device's thread when news begin to wait; `take` gives them in their order."""

    def __init__(self, wake: Callable[[], None]) -> None:
        self._wake = wake
        self._news: deque[SerialNews] = deque(maxlen=MOST_WAITING)
        self._lock = Lock()
        self._told = False
        self._open: dict[str, tuple[SerialDevice, SerialScanner | Scale]] = {}

    def use(self, devices: Iterable[SerialDevice]) -> None:
        """Work with exactly these from now on; those that are unchanged go on undisturbed."""
        wanted = {device.name: device for device in devices}
        # Those that leave end first: a port may pass from one name to another.
        for name, (device, reader) in list(self._open.items()):
            if wanted.get(name) != device:
                reader.line.stop()
                del self._open[name]
        for name, device in wanted.items():
            if name not in self._open:
                self._open[name] = device, self._reader(device)
                self._open[name][1].line.start()

    def take(self, most: int) -> tuple[SerialNews, ...]:
        """Up to so many news; when more wait, ask again, for `wake` comes only once none did."""
        with self._lock:
            taken = tuple(self._news.popleft() for _ in range(min(most, len(self._news))))
            if not self._news:
                self._told = False
            return taken

    def status(self, name: str) -> LineStatus:
        """How a device is now; stopped when it is none of those in use."""
        found = self._open.get(name)
        return found[1].line.status if found else LineStatus(LineState.STOPPED)

    def stop(self) -> None:
        """End all threads; within half a second each."""
        self.use(())

    def _reader(self, device: SerialDevice) -> SerialScanner | Scale:
        def take(what: str | ScaleReading | LineStatus) -> None:
            self._put(SerialNews(device.name, what, time.monotonic()))

        if device.kind is SerialKind.SCALE:
            return Scale(device.speaks, device.line, take, take)
        return SerialScanner(device.line, take, take)

    def _put(self, news: SerialNews) -> None:
        with self._lock:
            if isinstance(news.what, LineStatus) and news.what.state is LineState.FLOODED:
                # What a broken device sent so far is as worthless as what follows.
                kept = [one for one in self._news if one.device != news.device]
                self._news.clear()
                self._news.extend(kept)
            self._news.append(news)
            wake, self._told = not self._told, True
        if wake:
            self._wake()
