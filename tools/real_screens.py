"""The desktop on the sample's busy day, moment by moment, worked by scans through the window's own scan bus."""

import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import product
from pathlib import Path
from threading import Event, Thread

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tools.sample_work import build_sample, count, pack, pick, release
from warehouse_app.domain.session import FeedbackKind
from warehouse_app.operations.cancelling import cancel_order, hold_order
from warehouse_app.operations.keeping import run_bookkeeper
from warehouse_app.station.file import StationFile
from warehouse_app.store.database import Database
from warehouse_app.store.engine import open_database
from warehouse_app.store.migrate import upgrade
from warehouse_app.ui.desktop import Desktop, DesktopParts
from warehouse_app.ui.packing.bench import PackingBench
from warehouse_app.ui.preferences import Preferences
from warehouse_app.ui.theme import DARK, LIGHT, Look, scale_for, use_look

NOON = datetime(2026, 5, 12, 11, 0, tzinfo=UTC)
"""Noon at the sample warehouse, half an hour before its first pick-up, on a Tuesday as in the real week."""

ORDERS_BY_NOON, RELEASED, LISTS_PICKED, ORDERS_PACKED = 33, 24, 16, 7
SIZES = ((1366, 768), (1920, 1080))
THEMES = {"light": LIGHT, "dark": DARK}
LANGUAGES = ("en", "zh")
BOUNCE_S = 0.3


@dataclass(frozen=True, slots=True)
class Format:
    """How one picture is taken."""

    size: tuple[int, int]
    theme: str
    language: str

    @property
    def name(self) -> str:
        """The end of its file's name."""
        width, height = self.size
        return f"{width}x{height}-{self.theme}-{self.language}"


ALL_FORMATS = tuple(Format(size, theme, language) for language, size, theme in product(LANGUAGES, SIZES, THEMES))
"""By language, for a new language builds the screens afresh."""


class Photographer:
    """Takes every moment in every format."""

    def __init__(self, app: QApplication, folder: Path, formats: tuple[Format, ...]) -> None:
        self._app, self._folder, self._formats = app, folder, formats

    def take(self, desktop: Desktop, name: str, again: Callable[[], None] | None = None) -> Iterator[Path]:
        """Take the window as it is now; `again` is done each time, for a new language builds the screens afresh."""
        preferences = desktop.desk.tools.preferences
        for chosen in self._formats:
            preferences.language = chosen.language
            desktop.window.resize(*chosen.size)
            use_look(self._app, Look(THEMES[chosen.theme], scale_for(*chosen.size)))
            if again is not None:
                again()
            wait(self._app, 0.25)
            path = self._folder / f"{name}-{chosen.name}.png"
            desktop.window.grab().save(str(path))
            yield path


class Scene:
    """One desktop over one database; scans go in as from a scanner."""

    def __init__(self, app: QApplication, folder: Path, database_file: Path) -> None:
        self._started = time.monotonic()
        self._app, self._file = app, database_file
        use_look(app, Look(LIGHT))
        preferences = Preferences(folder / "desktop.ini")
        parts = DesktopParts(
            folder,
            str(database_file),
            open_database=self.new_database,
            prepare=lambda database: upgrade(database.engine),
            program=("true",),
            version="0.1.0",
        )
        self.desktop = Desktop(app, parts, preferences, StationFile(folder, "P-03"))
        self.desktop.keeper.stop()
        self.desktop.open()
        wait_until(app, lambda: self.desktop.desk.bench is not None)
        wait(app, 0.6)
        # Keys reach an active window only.
        self.desktop.window.activateWindow()
        wait(app, 0.1)

    def new_database(self) -> Database:
        """The database by the scene's clock."""
        return Database(open_database(str(self._file)), clock=self.clock)

    def clock(self) -> datetime:
        """Noon, and on from there."""
        return NOON + timedelta(seconds=time.monotonic() - self._started)

    @property
    def bench(self) -> PackingBench:
        """The bench."""
        assert self.desktop.desk.bench is not None
        return self.desktop.desk.bench

    @property
    def database(self) -> Database:
        """The shared database."""
        assert self.desktop.desk.side is not None
        database: Database = self.desktop.desk.side.database
        return database

    def scan(self, *texts: str) -> None:
        """Scan, and let everything come to rest."""
        for text in texts:
            wait(self._app, BOUNCE_S)
            self.desktop.bus.feed(text)
            wait_until(self._app, lambda: not self.bench.moment.fetching)
        wait(self._app, 0.2)

    def follow(self, until: str = "", scans: int = 400) -> None:
        """Scan what is expected, so many times or until a code that begins like this would be next."""
        for _ in range(scans):
            code = self.bench.expected()[0].scan_text
            if until and code.startswith(until):
                return
            self.scan(code)

    def wait_until(self, done: Callable[[], bool]) -> None:
        """Let the window live until something is so."""
        wait_until(self._app, done)

    def press(self, key: Qt.Key) -> None:
        """Press a key in the window."""
        QTest.keyClick(self.desktop.window.windowHandle(), key)
        wait(self._app, 0.2)

    def show(self, screen: str) -> None:
        """Bring a screen to the front."""
        self.desktop.window.show_screen(screen)
        wait(self._app, 0.6)

    def close(self) -> None:
        """Close the window and everything behind it."""
        self.desktop.close()


def take_all(app: QApplication, folder: Path, formats: tuple[Format, ...]) -> Iterator[Path]:
    """Take every moment of the two screens; yields the files."""
    camera = Photographer(app, folder, formats)
    with tempfile.TemporaryDirectory() as temporary:
        yield from _empty_warehouse(app, Path(temporary), camera)
        yield from _busy_day(app, Path(temporary), camera)


def _empty_warehouse(app: QApplication, folder: Path, camera: Photographer) -> Iterator[Path]:
    scene = Scene(app, folder / "empty", folder / "empty.db")
    yield from camera.take(scene.desktop, "today-no-warehouse")
    scene.close()


def _busy_day(app: QApplication, folder: Path, camera: Photographer) -> Iterator[Path]:
    _work_until_noon(folder)
    scene = Scene(app, folder / "P-03", folder / "day.db")
    stop = Event()
    keeper = Thread(target=run_bookkeeper, args=(scene.new_database(), stop.is_set))
    keeper.start()
    yield from camera.take(scene.desktop, "today")
    scene.show("packing")
    for name, act in _MOMENTS:
        act(scene)
        yield from camera.take(scene.desktop, f"packing-{name}", partial(act, scene) if name in _ASKED else None)
    scene.close()
    stop.set()
    keeper.join()


def _work_until_noon(folder: Path) -> None:
    ahead = iter(range(10**9))

    def clock() -> datetime:
        return NOON - timedelta(minutes=55) + timedelta(milliseconds=400 * next(ahead))

    database = build_sample(folder / "day.db", clock, orders=ORDERS_BY_NOON)
    release(database, RELEASED)
    pick(database, folder / "PICK-1", LISTS_PICKED, clock)
    pack(database, folder / "P-01", ORDERS_PACKED, clock)
    count(database, folder / "COUNT-1", clock)
    database.close()


def _type_of_wrong_item(scene: Scene) -> str:
    state = scene.bench.moment.state
    assert state is not None
    mine = {line.sku for line in state.lines.values()}
    return next(sku for sku in ("22386", "85099B", "22423", "20725") if sku not in mine)


def _stop(scene: Scene) -> None:
    scene.bench.label_folder.unlink()
    scene.wait_until(lambda: not scene.bench.moment.print_problem)
    scene.follow(scans=3)
    state = scene.bench.moment.state
    assert state is not None
    scene.database.write(cancel_order, state.packet.order_no, "the customer called", "W-02")
    scene.scan()
    scene.wait_until(lambda: scene.bench.moment.told.kind is FeedbackKind.STOPPED)


def _hold_in_hand(scene: Scene) -> None:
    scene.follow(scans=4)
    state = scene.bench.moment.state
    assert state is not None
    scene.database.write(hold_order, state.packet.order_no, "address in doubt", "W-02")
    scene.wait_until(lambda: (found := scene.bench.moment.state) is not None and found.paused)


def _hold(scene: Scene) -> None:
    # One that the bench has at hand would hear of it a moment later.
    moment = scene.bench.moment
    waiting = next((order for order in moment.waiting if order.order_no not in moment.at_hand), moment.waiting[0])
    scene.database.write(hold_order, waiting.order_no, "address in doubt", "W-02")
    scene.scan(f"TOTE:{waiting.tote}")


def _jam(scene: Scene) -> None:
    """A file where the folder for labels should be."""
    folder = scene.bench.label_folder
    folder.rename(folder.with_name("labels-before"))
    folder.write_text("in the way")
    scene.scan("CMD:REPRINT")


def _too_many(scene: Scene) -> None:
    state = scene.bench.moment.state
    assert state is not None
    done = next((line for line in state.lines.values() if not line.open_quantity), None)
    scene.scan(done.sku if done is not None else "22423")


_MOMENTS: tuple[tuple[str, Callable[[Scene], None]], ...] = (
    ("signed-off", lambda scene: scene.scan()),
    ("idle", lambda scene: scene.scan("BADGE:W-06")),
    ("opened", lambda scene: scene.follow(scans=1)),
    ("working", lambda scene: scene.follow(scans=5)),
    ("wrong-item", lambda scene: scene.scan(_type_of_wrong_item(scene))),
    ("unknown", lambda scene: scene.scan("4006381333931")),
    ("choose-box", lambda scene: scene.press(Qt.Key.Key_F6)),
    ("problem", lambda scene: scene.press(Qt.Key.Key_F4)),
    ("too-many", _too_many),
    ("complete", lambda scene: scene.follow("CMD:CLOSE")),
    ("closed", lambda scene: scene.scan("CMD:CLOSE")),
    ("labels-wait", _jam),
    ("stopped", _stop),
    ("held-in-hand", _hold_in_hand),
    ("held", _hold),
)


_ASKED = ("choose-box", "problem")
"""Moments in which the screen itself asks something."""


def wait(app: QApplication, seconds: float) -> None:
    """Let the window live for a while; the sleeps let the other threads have their turn."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        app.processEvents()
        time.sleep(0.002)


def wait_until(app: QApplication, done: Callable[[], bool], seconds: float = 20.0) -> None:
    """Let the window live until something is so."""
    ends = time.monotonic() + seconds
    while not done():
        if time.monotonic() > ends:
            raise TimeoutError
        wait(app, 0.01)
