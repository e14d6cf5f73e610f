"""What the screens share: the shared database and the station, opened behind the first window and kept together."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from threading import Timer
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, QTimer, Signal

from warehouse_app.domain.errors import StoreUnavailable, WarehouseError
from warehouse_app.language import mark
from warehouse_app.station.disk import NotWritten
from warehouse_app.ui.children import Steps

if TYPE_CHECKING:
    from warehouse_app.domain.weighing import ScaleReading
    from warehouse_app.operations.today import Today, Upkeep
    from warehouse_app.station.file import StationFile
    from warehouse_app.ui.packing.bench import PackingBench
    from warehouse_app.ui.preferences import Preferences
    from warehouse_app.ui.serial_devices import SerialDevices
    from warehouse_app.ui.sounds import Sounds
    from warehouse_app.ui.station_side import StationSide
    from warehouse_app.ui.tasks import Tasks

Answer = TypeVar("Answer")
Database = Any
AGAIN_MS = 5_000
FRESHEN_MS = 30_000
UPKEEP_MS = 3_000
NEWS_MS = 1_000
CLOSES_WITHIN_S = 2.0
"""What waits for the shared database when the window closes gets so long to end in its own way."""
SAMPLE_COMMANDS = (("sample",), ("reserve",), ("waves", "release", "--max-orders", "60"))
"""The sample with orders on the floor; without a limit a picker's first lists would be those of a whole week."""


@dataclass(frozen=True, slots=True)
class DesktopParts:
    """What the program's entry hands to the desktop.

    `prepare` makes an embedded database ready or raises DatabaseNotReady; `program` starts this very program again on
    the same database and folder.
    """

    home: Path
    database_url: str
    open_database: Callable[[], Database]
    prepare: Callable[[Database], None]
    program: tuple[str, ...]
    version: str

    @property
    def embedded(self) -> bool:
        """Whether the database is a file of this machine, whose books this desktop keeps itself."""
        return not self.database_url.startswith(("postgres:", "postgresql:", "postgresql+"))


@dataclass(frozen=True, slots=True)
class Tools:
    """What the desktop made before anything was opened."""

    tasks: Tasks
    preferences: Preferences
    sounds: Sounds


class Desk(QObject):
    """Opens database and station in the background, again and again until it succeeds, and keeps them fresh."""

    changed = Signal()
    """Something was opened, failed, or came back; screens look again."""
    news = Signal()
    """The feed told of changes in the shared database; screens in front ask again."""
    setting_up = Signal(int, str)
    """The step of the sample's set-up that begins now, from 0, or one past the last; and why it failed, if it did."""

    def __init__(self, parts: DesktopParts, tools: Tools, file: StationFile) -> None:
        super().__init__()
        self.parts, self.tools, self.file = parts, tools, file
        self.side: StationSide | None = None
        self.bench: PackingBench | None = None
        self.problem: WarehouseError | None = None
        self.upkeep: Upkeep | None = None
        self.devices: SerialDevices | None = None
        """The serial scanners and scales; None until the first window is there."""
        self.zone = ""
        """The warehouse's time zone; empty while it is not known."""
        self._database: Database | None = None
        self._steps: Steps | None = None
        self._again = self._timer(AGAIN_MS, self.open)
        self._again.setSingleShot(True)
        self._freshen = self._timer(FRESHEN_MS, self.freshen)
        self._look = self._timer(UPKEEP_MS, self._read_upkeep)
        self._heard: Mapping[str, int] = {}
        self._hear = self._timer(NEWS_MS, self._hear_news)

    def open(self) -> None:
        """Open the database and the station off the UI thread."""
        self.tools.tasks.write(self, self._open, done=self._opened, failed=self._not_opened)

    def open_devices(self) -> SerialDevices:
        """Begin to read scanners and scales; they need neither the database nor the bench."""
        from warehouse_app.ui.serial_devices import SerialDevices  # noqa: PLC0415 - the first window does without

        self.devices = SerialDevices(self.file, self.tools.tasks)
        self.devices.changed.connect(self._use_devices)
        self.devices.weighed.connect(self._use_weight)
        self.devices.use()
        return self.devices

    def read(
        self,
        owner: QObject,
        job: Callable[..., Answer],
        *arguments: object,
        done: Callable[[Answer], None],
        failed: Callable[[WarehouseError], None],
    ) -> None:
        """Run a question to the shared database; of an owner's same questions only the newest is answered."""
        if self.side is None:
            failed(self.problem or StoreUnavailable(reason=mark("it is being opened")))
            return
        ask = partial(self.side.database.read, job, *arguments)
        self.tools.tasks.read(owner, ask, done=done, failed=failed, latest=getattr(job, "__name__", ""))

    def read_today(
        self, owner: QObject, *, done: Callable[[Today], None], failed: Callable[[WarehouseError], None]
    ) -> None:
        """Ask what is late, stuck and next."""
        from warehouse_app.operations.today import read_today  # noqa: PLC0415 - comes with SQLAlchemy

        self.read(owner, read_today, done=done, failed=failed)

    def words_of(self, error: WarehouseError) -> str:
        """An error in the language in use."""
        from warehouse_app.station.wording import error_text  # noqa: PLC0415 - the first window does without

        return error_text(error)

    @property
    def sets_up(self) -> bool:
        """Whether the sample warehouse is being set up just now."""
        return self._steps is not None

    def set_up_sample(self) -> None:
        """Build the sample warehouse by programs of its own, so that the window goes on answering."""
        if self._steps is None:
            self._steps = Steps(self.parts.program, SAMPLE_COMMANDS, self)
            self._steps.begun.connect(lambda step: self.setting_up.emit(step, ""))
            self._steps.ended.connect(self._set_up)
            self._steps.start()

    def freshen(self) -> None:
        """Find the database again after it was away, and take over new products, codes and people."""
        if self.side is not None:
            self.tools.tasks.write(self, self._connect, done=self._connected, failed=self._not_connected)

    def close(self) -> None:
        """Stop the posting; what is not posted yet stays in the journal. A frozen database holds up nobody."""
        given_time = Timer(CLOSES_WITHIN_S, self._hang_up)
        given_time.daemon = True
        given_time.start()
        for timer in (self._again, self._freshen, self._look, self._hear):
            timer.stop()
        if self._steps is not None:
            self._steps.stop()
        if self.bench is not None:
            self.bench.close()
        self.tools.tasks.close()
        if self.devices is not None:
            self.devices.close()
        if self.side is not None:
            if self.side.sync.running:
                self.side.sync.stop()
            self.side.link.close()
        if self._database is not None:
            self._database.close()
        given_time.cancel()
        self.file.close()

    def _hang_up(self) -> None:
        if self._database is not None:
            self._database.hang_up()

    def _open(self) -> StationSide:
        """The one place that imports SQLAlchemy: on a thread of its own, behind a window that is already painted."""
        from warehouse_app.ui.station_side import open_side  # noqa: PLC0415 - see above

        if self._database is None:
            self._database = self.parts.open_database()
        # Without it the bench goes on with what it holds; `freshen` prepares and connects when it is back.
        with suppress(StoreUnavailable):
            self.parts.prepare(self._database)
        side = open_side(self.file, self._database)
        self._keep_zone(side)
        return side

    def _opened(self, side: StationSide) -> None:
        from warehouse_app.ui.packing.bench import PackingBench  # noqa: PLC0415 - comes with SQLAlchemy

        self.side, self.problem = side, None
        self.bench = PackingBench(side, self.tools)
        self._use_devices("")
        self._start_posting()
        self._freshen.setInterval(FRESHEN_MS if side.link.connected else AGAIN_MS)
        self._freshen.start()
        self._look.start()
        self._hear.start()
        self.changed.emit()
        self._read_upkeep()

    def _not_opened(self, error: WarehouseError) -> None:
        self.problem = error
        self.changed.emit()
        self._again.start()

    def _use_devices(self, name: str) -> None:
        """Devices came, went or were changed: the bench follows."""
        if not name and self.devices is not None and self.bench is not None:
            self.bench.use_scanners({one.device.name: one.device.bounce_ms for one in self.devices.now})

    def _use_weight(self, reading: ScaleReading | None, at_s: float) -> None:
        if self.bench is not None:
            self.bench.weighing.read(reading, at_s)

    def _set_up(self, failure: str) -> None:
        self._steps = None
        self.setting_up.emit(len(SAMPLE_COMMANDS), failure)
        self.freshen()

    def _connect(self) -> None:
        assert self.side is not None
        if not self.side.link.connected:
            self.parts.prepare(self.side.database)
        self.side.link.connect(may_begin_again=False, in_full=False)
        self._keep_zone(self.side)

    def _keep_zone(self, side: StationSide) -> None:
        from warehouse_app.station.zone import keep_zone, zone_of  # noqa: PLC0415 - comes with SQLAlchemy

        if side.link.connected:
            with suppress(StoreUnavailable, NotWritten):
                keep_zone(self.file, side.database)
        self.zone = zone_of(self.file)

    def _connected(self, _: None) -> None:
        assert self.bench is not None
        self._start_posting()
        self._freshen.setInterval(FRESHEN_MS)
        self.bench.use_catalogue()
        if self.problem is not None:
            self.problem = None
            self.changed.emit()

    def _not_connected(self, error: WarehouseError) -> None:
        """A database that is away shows in the status bar; anything else wants a person."""
        self._freshen.setInterval(AGAIN_MS)
        problem = None if isinstance(error, StoreUnavailable) else error
        if (problem is None) != (self.problem is None):
            self.problem = problem
            self.changed.emit()

    def _start_posting(self) -> None:
        """Facts are posted only to a database that was found to be this station's."""
        if self.side is not None and self.side.link.connected and not self.side.sync.running:
            self.side.sync.start()

    def _read_upkeep(self) -> None:
        from warehouse_app.operations.today import read_upkeep  # noqa: PLC0415 - comes with SQLAlchemy

        self.read(self, read_upkeep, done=self._use_upkeep, failed=self._use_no_upkeep)

    def _use_upkeep(self, upkeep: Upkeep) -> None:
        self.upkeep = upkeep

    def _use_no_upkeep(self, _: WarehouseError) -> None:
        self.upkeep = None

    def _hear_news(self) -> None:
        """What the feed's thread has heard lies in memory: nothing is asked here."""
        if self.side is None or (told := self.side.sync.follower.changes) == self._heard:
            return
        self._heard = told
        if self.bench is not None:
            self.bench.hear_news()
        self.news.emit()

    def _timer(self, interval_ms: int, run: Callable[[], None]) -> QTimer:
        timer = QTimer(self)
        timer.setInterval(interval_ms)
        timer.timeout.connect(run)
        return timer
