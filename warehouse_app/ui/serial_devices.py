"""The serial scanners and scales in the desktop: their threads' news become signals, a few at a time."""

from dataclasses import dataclass, field
from threading import Lock

from PySide6.QtCore import QObject, QTimer, Signal

from warehouse_app.domain.errors import WarehouseError
from warehouse_app.domain.weighing import ScaleReading
from warehouse_app.station.file import StationFile
from warehouse_app.station.serial_devices import SerialDevice, SerialDeviceBook
from warehouse_app.station.serial_lines import LineState, LineStatus, SerialLines, SerialNews
from warehouse_app.ui.tasks import Tasks

MOST_AT_ONCE = 1
"""A scan's answer takes a commit; keys and painting have their turn after each."""


@dataclass(frozen=True, slots=True)
class DeviceNow:
    """A device with its state, and what came from it last."""

    device: SerialDevice
    status: LineStatus = field(default_factory=lambda: LineStatus(LineState.STARTING))
    last: str | ScaleReading | None = None


class SerialDevices(QObject):
    """Lives on the UI thread. `use` begins, also after the devices were changed in the book."""

    scanned = Signal(str, str)
    """A scan's text, and the name of the scanner it came from."""
    weighed = Signal(object, float)
    """A ScaleReading, and its time of `time.monotonic`."""
    changed = Signal(str)
    """The device of this name has another state, or sent something; empty when devices came or went."""
    _woken = Signal()

    def __init__(self, file: StationFile, tasks: Tasks) -> None:
        super().__init__()
        self._file, self._tasks = file, tasks
        self._now: dict[str, DeviceNow] = {}
        self._lines = SerialLines(self._woken.emit)
        self._following = Lock()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.timeout.connect(self._take)
        self._woken.connect(self._take)

    @property
    def now(self) -> tuple[DeviceNow, ...]:
        """All devices as they are."""
        return tuple(self._now.values())

    @property
    def book(self) -> SerialDeviceBook:
        """The descriptions; call `use` after a change."""
        return SerialDeviceBook(self._file)

    def use(self) -> None:
        """Work with the devices that are set up now; ports are closed off the UI thread."""
        devices = self.book.list()
        self._now = {
            device.name: known
            if (known := self._now.get(device.name)) is not None and known.device == device
            else DeviceNow(device)
            for device in devices
        }
        self._tasks.read(self, self._follow, done=self._used, failed=_never)
        self.changed.emit("")

    def close(self) -> None:
        """End the threads."""
        self._soon.stop()
        self._lines.stop()

    def _follow(self) -> None:
        """Not on the thread that writes: it may be busy for seconds while the database is opened."""
        with self._following:
            self._lines.use(self.book.list())

    def _used(self, _: None) -> None:
        self.changed.emit("")

    def _take(self) -> None:
        news = self._lines.take(MOST_AT_ONCE)
        for one in news:
            self._give(one)
        if len(news) == MOST_AT_ONCE:
            self._soon.start(0)

    def _give(self, news: SerialNews) -> None:
        known = self._now.get(news.device)
        if known is None:
            return
        what = news.what
        if isinstance(what, LineStatus):
            self._now[news.device] = DeviceNow(known.device, what, known.last)
            if known.device.protocol and what.state is not LineState.CONNECTED:
                self.weighed.emit(None, news.at_s)
        else:
            self._now[news.device] = DeviceNow(known.device, known.status, what)
        self.changed.emit(news.device)
        if isinstance(what, ScaleReading):
            self.weighed.emit(what, news.at_s)
        elif isinstance(what, str):
            self.scanned.emit(what, news.device)


def _never(error: WarehouseError) -> None:
    raise error
