"""What the status bar says of synchronisation, books and devices."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from warehouse_app.domain.errors import WarehouseError
from warehouse_app.domain.wording import stopped_text
from warehouse_app.language import tr, tr_n
from warehouse_app.station.disk import Space, space_at
from warehouse_app.station.wording import error_text, low_space_text
from warehouse_app.ui.theme import Tone
from warehouse_app.ui.widgets.views import StatusView

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse_app.operations.today import Upkeep
    from warehouse_app.station.sync import SyncState
    from warehouse_app.ui.desk import Desk
    from warehouse_app.ui.status_bar import StatusBar

EVERY_MS = 500
LAG_SHOWN_S = 2.0
CATCHING_UP_ABOVE = 3


class StatusWords(QObject):
    """Looks at the desk twice a second and writes into the status bar what changed."""

    def __init__(self, desk: Desk, bar: StatusBar) -> None:
        super().__init__()
        self._desk, self._bar = desk, bar
        self._shown: dict[str, StatusView] = {}
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY_MS)
        self._timer.timeout.connect(self.show_all)
        self._timer.start()
        desk.changed.connect(self.show_all)
        self.show_all()

    def show_all(self) -> None:
        """Write every item whose words have changed."""
        for view in (self._sync(), self._books(), self._labels(), _scanner(), _scale(), *self._disk()):
            if self._shown.get(view.key) != view:
                self._shown[view.key] = view
                self._bar.show_status(view)

    def close(self) -> None:
        """Look no more."""
        self._timer.stop()

    def _sync(self) -> StatusView:
        side = self._desk.side
        if self._desk.problem is not None:
            return StatusView("sync", "cloud-off", tr("Not connected"), Tone.ERROR, error_text(self._desk.problem))
        if side is None:
            return StatusView("sync", "hourglass", tr("Opening"))
        if not side.link.connected:
            return StatusView("sync", "cloud-off", tr("Offline, looking for the database"), Tone.WARN)
        return sync_view(side.sync.state)

    def _books(self) -> StatusView:
        upkeep, side = self._desk.upkeep, self._desk.side
        if upkeep is None or side is None:
            return StatusView("books", "reports", tr("Books not seen yet"))
        return books_view(upkeep)

    def _labels(self) -> StatusView:
        bench = self._desk.bench
        if bench is None:
            return StatusView("labels", "printer", tr("Labels to a folder"))
        folder, problem = bench.label_folder, bench.moment.print_problem
        if problem:
            return StatusView("labels", "printer", tr("Labels wait: {reason}", reason=problem), Tone.ERROR, str(folder))
        return StatusView("labels", "printer", tr("Labels to folder {name}", name=folder.name), Tone.OK, str(folder))

    def _disk(self) -> tuple[StatusView, ...]:
        """Nothing is said of a disk with room, unless something was said before."""
        try:
            view = disk_view(space_at(self._desk.file.home), self._desk.file.home, self._desk.file.trouble)
        except OSError:
            return ()
        return (view,) if view.tone is not Tone.OK or "disk" in self._shown else ()


def disk_view(space: Space, folder: Path, trouble: WarehouseError | None) -> StatusView:
    """How full the station's disk is, or that it takes nothing any more."""
    if trouble is not None:
        return StatusView("disk", "octagon-cross", tr("Disk: nothing is counted"), Tone.ERROR, error_text(trouble))
    words = tr("Disk {percent} % full", percent=space.used_percent)
    if space.is_low:
        return StatusView("disk", "triangle", words, Tone.WARN, low_space_text(space, folder))
    return StatusView("disk", "check", words, Tone.OK)


def sync_view(state: SyncState) -> StatusView:
    """Live, catching up, or offline since when with how many facts waiting."""
    if state.live and state.waiting <= CATCHING_UP_ABOVE:
        return StatusView(
            "sync", "cloud-ok", tr("Live"), Tone.OK, tr("Every scan reaches the shared database at once.")
        )
    if state.live:
        return StatusView("sync", "cloud-ok", tr("Catching up ({n})", n=state.waiting), Tone.PRIMARY)
    since = state.since.astimezone()
    text = tr("Offline since {time} ({n} waiting)", time=f"{since:%H:%M}", n=state.waiting)
    return StatusView("sync", "cloud-off", text, Tone.WARN, _why(state.problem))


def books_view(upkeep: Upkeep) -> StatusView:
    """How far the books are behind what the stations posted."""
    lag_s = upkeep.lag_s
    if upkeep.parked:
        text = tr("Books: {n} facts parked", n=upkeep.parked)
        return StatusView("books", "reports", text, Tone.ERROR, tr("Run: warehouse-app bookkeeper reapply"))
    if upkeep.stopped:
        text = tr_n("Books: {n} station waits", "Books: {n} stations wait", len(upkeep.stopped))
        why = "\n".join(stopped_text(one.station, one.reason, one.what) for one in upkeep.stopped)
        return StatusView("books", "reports", text, Tone.ERROR, why)
    if upkeep.unapplied and not upkeep.keeper_alive and lag_s > LAG_SHOWN_S:
        return StatusView("books", "reports", tr("Books wait: no bookkeeper runs"), Tone.WARN)
    if lag_s > LAG_SHOWN_S:
        return StatusView("books", "reports", tr("Books lag {seconds} s", seconds=round(lag_s)), Tone.WARN)
    return StatusView("books", "reports", tr("Books up to date"), Tone.OK)


def _scanner() -> StatusView:
    return StatusView("scanner", "scan", tr("Scanner ready (keyboard)"), Tone.OK)


def _scale() -> StatusView:
    return StatusView("scale", "weight", tr("No scale"), Tone.NEUTRAL, tr("Weights are calculated from the products."))


def _why(problem: WarehouseError | None) -> str:
    return error_text(problem) if problem is not None else ""
