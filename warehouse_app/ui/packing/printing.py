"""The bench's printing: what became of documents, and what to do when a printer does not print. Packing never waits."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from warehouse_app.domain.session import Feedback, FeedbackKind
from warehouse_app.language import mark, tr, tr_n
from warehouse_app.station.wording import error_text

if TYPE_CHECKING:
    from warehouse_app.domain.errors import WarehouseError
    from warehouse_app.station.print_jobs import PrintJob
    from warehouse_app.station.print_worker import PrintNews
    from warehouse_app.station.printing import PrintQueue
    from warehouse_app.ui.desk import Tools
    from warehouse_app.ui.station_side import StationSide

LABEL_FOLDER = "labels"
WARM_UP_AFTER_MS = 2_500
NEIGHBOUR_KEY = "F3"


@dataclass(frozen=True, slots=True)
class PrintTrouble:
    """A printer that does not print; `problem` is for people, `neighbour` empty when nobody can take over.

    The folder has no name.
    """

    printer: str
    problem: str
    neighbour: str = ""

    @property
    def way_out(self) -> str:
        """What the packer reads: which printer, what is wrong, what to do."""
        if not self.printer:
            return tr("The folder for labels: {reason}. Go on packing; it is tried again.", reason=self.problem)
        words = tr("{printer}: {reason}. Go on packing, the labels wait.", printer=self.printer, reason=self.problem)
        if self.neighbour:
            other = tr("{key} sends them to {neighbour}.", key=NEIGHBOUR_KEY, neighbour=self.neighbour)
            return f"{words} {other}"
        return words


@dataclass(frozen=True, slots=True)
class Printing:
    """What the packer should know of printing now; everything is empty while all is well."""

    troubles: tuple[PrintTrouble, ...] = ()
    refused: tuple[PrintJob, ...] = ()
    doubtful: tuple[PrintJob, ...] = ()

    @property
    def problem(self) -> str:
        """Why documents wait."""
        return self.troubles[0].problem if self.troubles else ""

    def says(self, carton: str, jobs: tuple[PrintJob, ...]) -> bool:
        """Whether the label of a carton is one of these."""
        return any(job.request.carton == carton and job.request.document == "label" for job in jobs)

    @property
    def notice(self) -> tuple[str, str]:
        """A title and what to do, the most urgent first; empty while all is well."""
        if self.refused:
            job, key = self.refused[-1], NEIGHBOUR_KEY
            told = tr("{document}: {reason}", document=_document(job), reason=job.error)
            again = tr_n("{key} tries it again.", "{key} tries all {n} again.", len(self.refused), key=key)
            return tr("NOT PRINTED"), f"{told} {again}"
        if self.troubles:
            return tr("Labels wait"), "  ".join(trouble.way_out for trouble in self.troubles)
        if self.doubtful:
            told = tr(
                "{document} says so. If two came out, stick one on and destroy the other.",
                document=_document(self.doubtful[-1]),
            )
            return tr("May be printed twice"), told
        return "", ""


ALL_WELL = Printing()


class BenchPrinting(QObject):
    """Lets the station's print queue work on its own threads, and turns its news into what the screen shows."""

    changed = Signal()
    """`now` is another."""

    came_out = Signal(object)
    """Of PrintNews: documents were printed."""

    told = Signal(object)
    """Of Feedback: what became of a key."""

    _news = Signal(object)

    def __init__(self, side: StationSide, tools: Tools) -> None:
        super().__init__()
        self._side, self._tools = side, tools
        self.now = ALL_WELL
        self.queue: PrintQueue | None = None
        self._warming = False
        self._news.connect(self._take_news)
        # The screens want their first figures first.
        self._warm = QTimer(self)
        self._warm.setSingleShot(True)
        self._warm.setInterval(WARM_UP_AFTER_MS)
        self._warm.timeout.connect(self._warm_up)
        self._warm.start()

    @property
    def folder(self) -> Path:
        """Where documents are laid for which there is no printer."""
        return self.queue.folder if self.queue is not None else self._side.file.home / LABEL_FOLDER

    @property
    def printers(self) -> tuple[str, ...]:
        """The printers that are set up."""
        return self.queue.printers if self.queue is not None else ()

    def wake(self) -> None:
        """A scan has asked for documents."""
        if self.queue is not None:
            self.queue.wake()
        else:
            self._warm_up()

    def close(self) -> None:
        """End the printing; what is not printed waits in the station's file."""
        self._warm.stop()
        if self.queue is not None:
            self.queue.stop()

    def help_out(self) -> None:
        """Send what waits to the neighbour, or try again what was refused; never on this thread."""
        if self.queue is not None:
            self._tools.tasks.read(self, self.queue.help_out, done=self._helped, failed=self._failed)

    def _helped(self, told: Feedback) -> None:
        self._show(replace(self.now, refused=()))
        self.told.emit(told)

    def _failed(self, error: WarehouseError) -> None:
        self.told.emit(Feedback(FeedbackKind.WRONG_STATE, mark("{reason}"), {"reason": error_text(error)}))

    def _warm_up(self) -> None:
        if not self._warming:
            self._warming = True
            self._tools.tasks.read(self, _load, done=self._begin, failed=_never)

    def _begin(self, _: None) -> None:
        from warehouse_app.station.printing import PrintQueue  # noqa: PLC0415 - imported by now, on another thread

        self.queue = PrintQueue(self._side.bench, self._side.file.home / LABEL_FOLDER, self._news.emit)
        self.queue.start()

    def _take_news(self, news: PrintNews) -> None:
        others = tuple(one for one in self.now.troubles if one.printer != news.printer)
        mine = (PrintTrouble(news.printer, tr(news.problem), news.neighbour),) if news.problem else ()
        out = {job.job_id for job in news.printed}
        # Whoever gets the label of another carton has seen what was said of the one before.
        seen = any(not job.doubts and job.request.document == "label" for job in news.printed)
        self._show(
            Printing(
                others + mine,
                tuple(job for job in self.now.refused if job.job_id not in out) + news.refused,
                news.doubtful if seen else self.now.doubtful + news.doubtful,
            )
        )
        if news.printed:
            self._side.sync.wake()
            self.came_out.emit(news)

    def _show(self, now: Printing) -> None:
        if now != self.now:
            self.now = now
            self.changed.emit()


def _document(job: PrintJob) -> str:
    """The document in words."""
    asked = job.request
    if asked.document == "packing_slip":
        return tr("The packing slip of order {order}", order=asked.order_no)
    if asked.order_no:
        return tr("The label of order {order}, carton {carton}", order=asked.order_no, carton=asked.carton)
    return tr("A label of a batch")


def _load() -> None:
    """Import what draws documents and load its fonts while nobody waits for a label."""
    from warehouse_app.station.printing import warm_up  # noqa: PLC0415 - reportlab takes its time

    warm_up()


def _never(error: WarehouseError) -> None:
    """This job raises no errors for people."""
    raise error
