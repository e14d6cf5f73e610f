"""What the status bar says of synchronisation, books and devices."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer

from warehouse_app.domain.errors import WarehouseError
from warehouse_app.domain.wording import stopped_text
from warehouse_app.language import mark, tr, tr_n
from warehouse_app.station.disk import Space, space_at
from warehouse_app.station.wording import error_text, low_space_text
from warehouse_app.ui.theme import Tone
from warehouse_app.ui.times import moment_text
from warehouse_app.ui.widgets.views import StatusView

if TYPE_CHECKING:
    from pathlib import Path

    from warehouse_app.operations.today import Upkeep
    from warehouse_app.station.feed import ReferenceState
    from warehouse_app.station.sync import SyncState
    from warehouse_app.ui.desk import Desk
    from warehouse_app.ui.serial_devices import DeviceNow
    from warehouse_app.ui.status_bar import StatusBar

EVERY_MS = 200
"""A number that falls is seen falling."""
LAG_SHOWN_S = 2.0
CATCHING_UP_ABOVE = 3
FETCHING_ABOVE = 2_000
"""Reference rows; fewer have come before anybody has read the words."""
UNSEEN = mark("How far the books are is seen again when the shared database answers.")
NOTHING_LOST = mark("Nothing is lost: what was reported waits in the shared database.")
TROUBLE = ("away", "flooded")


class StatusWords(QObject):
    """Looks at the desk five times a second and writes into the status bar what changed."""

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
        for view in (self._sync(), self._books(), self._labels(), self._scanner(), self._scale(), *self._disk()):
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
        state, fetching = side.sync.state, side.link.feed.state
        if state.live and fetching.total > FETCHING_ABOVE:
            return fetching_view(fetching)
        return sync_view(state, self._desk.zone, side.bench.now())

    def _books(self) -> StatusView:
        if self._desk.upkeep is None:
            return StatusView("books", "reports", tr("Books not seen now"), Tone.NEUTRAL, tr(UNSEEN))
        return books_view(self._desk.upkeep, embedded=self._desk.parts.embedded)

    def _labels(self) -> StatusView:
        bench = self._desk.bench
        if bench is None:
            return StatusView("labels", "printer", tr("Labels to a folder"))
        folder, problem = bench.label_folder, bench.moment.print_problem
        if problem:
            told = bench.moment.printing.notice[1] or str(folder)
            return StatusView("labels", "printer", tr("Labels wait: {reason}", reason=problem), Tone.ERROR, told)
        if bench.printing.printers:
            names = ", ".join(bench.printing.printers)
            return StatusView("labels", "printer", tr("Printers: {names}", names=names), Tone.OK)
        return StatusView("labels", "printer", tr("Labels to folder {name}", name=folder.name), Tone.OK, str(folder))

    def _scanner(self) -> StatusView:
        """Those on serial ports when there are any; the keyboard's is always there."""
        scanners = [one for one in self._serial() if not one.device.protocol]
        away = [one.device.name for one in scanners if one.status.state in TROUBLE]
        if away:
            return StatusView("scanner", "scan", tr("Scanner away: {names}", names=", ".join(away)), Tone.WARN)
        if names := ", ".join(one.device.name for one in scanners if one.status.state == "connected"):
            return StatusView("scanner", "scan", tr("Scanner ready: {names}", names=names), Tone.OK)
        return StatusView("scanner", "scan", tr("Scanner ready (keyboard)"), Tone.OK)

    def _scale(self) -> StatusView:
        scales = [one for one in self._serial() if one.device.protocol]
        if not scales:
            told = tr("Weights are calculated from the products.")
            return StatusView("scale", "weight", tr("No scale"), Tone.NEUTRAL, told)
        if scales[0].status.state in TROUBLE:
            return StatusView("scale", "weight", tr("Scale away"), Tone.WARN, scales[0].status.reason)
        return StatusView("scale", "weight", tr("Scale ready"), Tone.OK, scales[0].device.name)

    def _serial(self) -> tuple[DeviceNow, ...]:
        return self._desk.devices.now if self._desk.devices is not None else ()

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


def sync_view(state: SyncState, zone: str, now: datetime) -> StatusView:
    """Live, catching up, or offline since when with how many facts waiting."""
    if state.live and state.waiting <= CATCHING_UP_ABOVE:
        return StatusView(
            "sync", "cloud-ok", tr("Live"), Tone.OK, tr("Every scan reaches the shared database at once.")
        )
    if state.live:
        return StatusView("sync", "cloud-ok", tr("Catching up ({n})", n=state.waiting), Tone.PRIMARY)
    text = tr("Offline since {time} ({n} waiting)", time=moment_text(state.since, now, zone), n=state.waiting)
    return StatusView("sync", "cloud-off", text, Tone.WARN, _why(state.problem))


def fetching_view(state: ReferenceState) -> StatusView:
    """The first copy of very many products is on its way; one may scan meanwhile."""
    text = tr("Fetching products ({percent} %)", percent=100 * state.done // max(1, state.total))
    told = tr("{done} of {total} products, codes, places and people have come.", done=state.done, total=state.total)
    return StatusView("sync", "cloud-ok", text, Tone.PRIMARY, told)


def books_view(upkeep: Upkeep, *, embedded: bool = False) -> StatusView:
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
        return _without_keeper(upkeep, embedded=embedded)
    if lag_s > LAG_SHOWN_S:
        return StatusView("books", "reports", tr("Books lag {seconds} s", seconds=round(lag_s)), Tone.WARN)
    return StatusView("books", "reports", tr("Books up to date"), Tone.OK)


def _without_keeper(upkeep: Upkeep, *, embedded: bool) -> StatusView:
    """Who can help when nobody applies what the stations report."""
    seconds, host = round(upkeep.lag_s), upkeep.keeper_host
    if embedded:
        text, who = tr("Books lag {seconds} s: bookkeeper starts again", seconds=seconds), tr("This program starts it.")
    elif host:
        text = tr("Books lag {seconds} s: no bookkeeper, call who looks after {host}", seconds=seconds, host=host)
        who = tr("It ran on {host} last. There: sudo systemctl start warehouse-bookkeeper", host=host)
    else:
        text = tr("Books lag {seconds} s: no bookkeeper, call who looks after the database", seconds=seconds)
        who = tr("On the database's computer: sudo systemctl start warehouse-bookkeeper")
    return StatusView("books", "reports", text, Tone.WARN, f"{who}\n{tr(NOTHING_LOST)}")


def _why(problem: WarehouseError | None) -> str:
    return error_text(problem) if problem is not None else ""
