"""The station's print queue: documents that scans ask for, batches of labels, and a worker for each printer.

How to print labels of one's own: `PrintQueue.ask("location", values, printer="zebra")` puts them into the station's
file as one batch, in one durable commit, and its worker prints them; nothing of it waits for a printer.
"""

import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from warehouse_app.documents.fonts import font_name
from warehouse_app.documents.labels.filling import Values
from warehouse_app.documents.labels.kinds import KINDS
from warehouse_app.domain.errors import NotFound, WarehouseError
from warehouse_app.domain.session import Feedback, FeedbackKind, feedback
from warehouse_app.language import mark
from warehouse_app.station.bench import Bench
from warehouse_app.station.disk import NotWritten
from warehouse_app.station.label_choice import StationLayouts
from warehouse_app.station.print_jobs import PrintJob
from warehouse_app.station.print_worker import FOLDER, PrinterWorker, PrintNews, Routes, Tell, Tools
from warehouse_app.station.printers import PrinterBook
from warehouse_app.station.printouts import SHIPPING, batch_contents, require_fit

OUTPUT_SETTING = "label_folder"
LOOK_AGAIN_S = 5.0
"""So often is looked for documents that waited for something else, such as an order on hold."""


class UnknownKind(WarehouseError):
    """There are no such labels."""

    message = mark("{kind} is no kind of label.")


@dataclass(frozen=True, slots=True)
class PrinterQueue:
    """How one printer stands: what waits for it, and why, empty when it prints. The folder has no name.

    `neighbour` is who could take over now, empty when nobody can.
    """

    printer: str
    waiting: int = 0
    problem: str = ""
    neighbour: str = ""


class PrintQueue:
    """Prints what waits, each printer's documents in the order in which they were asked for.

    `start` does so on threads of its own; `run_waiting` on the caller's, who then may wait for printers. Until one of
    them everything only waits in the station's file, where it survives any crash.
    """

    def __init__(self, bench: Bench, folder: Path, tell: Tell = lambda _: None) -> None:
        self._bench = bench
        self.folder = Path(bench.file.setting(OUTPUT_SETTING) or folder)
        self.jobs, self.book = bench.journal.prints, PrinterBook(bench.file)
        self._told = tell
        self._tools = Tools(bench, self.jobs, self.book, self.folder, self._tell, self.wake)
        self._workers: dict[str, PrinterWorker] = {}
        self._files: list[str] | None = None
        self._wake, self._stop = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._run, name="print queue", daemon=True)
        self._folder_too = True
        self.printers: tuple[str, ...] = ()
        """The names of those that are set up, as last seen by the threads."""

    def ask(
        self,
        kind: str,
        labels: Sequence[Values],
        printer: str = "",
        *,
        layout: str = "",
        copies: int = 1,
        title: str = "",
    ) -> str:
        """Put labels of a kind into the queue as one batch and give its key. From any thread; waits for the disk only.

        `kind` is one of documents.labels.kinds, `values` are what its layouts name; a batch with a `title` of more than
        one label is preceded by a separator slip. Without a printer the one that is set up for such labels prints them.
        Raises UnknownKind, NotFound for a printer or layout, StockDoesNotFit, OtherKind, NotWritten: then none waits.
        """
        document = "label" if kind == SHIPPING else kind
        if kind not in KINDS:
            raise UnknownKind(kind=kind)
        routes = Routes(self.book)
        if printer and printer not in routes.printers:
            raise NotFound(thing=mark("printer"), name=printer)
        target = routes.printers.get(routes.target(document, printer))
        StationLayouts(self._bench.file.home).choose(kind, layout, target)
        now = self._bench.now()
        contents = batch_contents(
            document, labels, layout, copies=copies, title=title, asked_at=f"{now:%Y-%m-%d %H:%M} UTC"
        )
        # A batch stays together, with its slip, whatever printers are set up meanwhile.
        batch = self.jobs.add_batch(list(contents), now, target.name if target else "")
        self.wake()
        return batch

    def start(self, *, folder_too: bool = True) -> None:
        """Print on threads of its own from now on; once only. Without `folder_too` somebody else sees to the folder."""
        self._folder_too = folder_too
        self._wake.set()
        self._thread.start()

    def wake(self) -> None:
        """There may be something to print. From any thread, and at once."""
        self._wake.set()

    def stop(self) -> None:
        """End the threads; what is not printed waits in the file. Printers can delay this by a few seconds."""
        self._stop.set()
        self._wake.set()
        if self._thread.ident is not None:
            self._thread.join()
        workers = list(self._workers.values())
        for worker in workers:
            worker.end_soon()
        for worker in workers:
            worker.join()
        self._workers.clear()

    def finish(self, within_s: float) -> None:
        """Wait until the threads have printed what can be printed, but not for long."""
        until = time.monotonic() + within_s
        while time.monotonic() < until and any(
            name not in self._tools.problems for name in self.targets() if name != FOLDER or self._folder_too
        ):
            time.sleep(0.02)

    def run_waiting(self, *, folder_only: bool = False) -> list[str]:
        """Print everything that waits, on this thread; gives the files laid into the folder.

        What a printer or the disk does not take goes on waiting, and `problems` says why.
        """
        files = self._files = list[str]()
        for name in [FOLDER] if folder_only else self.targets():
            self._worker(name).work()
        self._files = None
        return files

    def run(self, printer: str) -> bool:
        """Print what waits for one printer, on this thread; False when it cannot print. `stop` ends this, too."""
        return self._worker(printer).work()

    def targets(self) -> list[str]:
        """The printers for which something waits."""
        routes = Routes(self.book)
        left = self.jobs.printers_of_interrupted()
        for name in left:
            if name != FOLDER and name not in routes.printers:
                # Nobody will ever ask that printer; what it was being sent is printed by another.
                with suppress(NotWritten):
                    self.jobs.doubt([job.job_id for job in self.jobs.sending_to(name)], name)
        waiting = (routes.target(document, printer) for _, document, printer in self.jobs.waiting_places())
        return list(dict.fromkeys([*(name for name in left if name == FOLDER or name in routes.printers), *waiting]))

    @property
    def problems(self) -> dict[str, str]:
        """Why printers do not print, as translatable texts; empty when all do."""
        return dict(self._tools.problems)

    def queues(self) -> list[PrinterQueue]:
        """How every printer stands. Reads the station's file: a screen asks for it on another thread than its own."""
        routes, problems = Routes(self.book), self.problems
        counts: dict[str, int] = {}
        for _, document, printer in self.jobs.waiting_places():
            target = routes.target(document, printer)
            counts[target] = counts.get(target, 0) + 1
        names = dict.fromkeys([*routes.printers, *counts, *problems])
        return [
            PrinterQueue(name, counts.get(name, 0), problems.get(name, ""), self.neighbour_of(name)) for name in names
        ]

    def neighbour_of(self, printer: str) -> str:
        """The printer that can take over from this one: fitting stock, no trouble known; empty when there is none."""
        return self._tools.neighbour_of(Routes(self.book).printers.get(printer))

    def taking_over_from(self, printer: str) -> list[str]:
        """Printers that have taken over from this one, which does so by itself."""
        known = Routes(self.book).printers.get(printer)
        if known is None or not known.hands_over:
            return []
        waiting = self.targets()
        return [one.name for one in self.book.neighbours_of(known) if one.name in waiting]

    def reroute(self, jobs: Sequence[PrintJob], printer: str) -> int:
        """Give documents to another printer; what the first may have printed is marked so. Gives how many.

        Raises NotFound, StockDoesNotFit or NeedsPages for what cannot be printed there, NotWritten: then none is moved.
        """
        to, layouts = self.book.get(printer), StationLayouts(self._bench.file.home)
        for job in jobs:
            require_fit(job, to, layouts)
        moved = self.jobs.reroute([job.job_id for job in jobs], printer)
        self.wake()
        return moved

    def reroute_all(self, printer: str, to: str) -> int:
        """The same for everything that waits for a printer, or lies in its memory."""
        routes = Routes(self.book)
        moved = [
            job
            for job in self.jobs.open()
            if printer
            in (routes.target(job.request.document, job.printer), job.sent_to if job.state == "sending" else "")
        ]
        return self.reroute(moved, to)

    def help_out(self) -> Feedback:
        """Send what waits for printers in trouble to their neighbours, and try again what was refused.

        Gives what was done in words. Raises StockDoesNotFit, NeedsPages, NotWritten.
        """
        moved = 0
        for printer in self.problems:
            neighbour = self.neighbour_of(printer)
            moved += self.reroute_all(printer, neighbour) if neighbour else 0
        tried = self.retry(self.jobs.refused())
        if not moved + tried:
            return feedback(FeedbackKind.INFO, mark("No neighbour can take over, and nothing was refused."))
        message = mark("{moved} documents go to the neighbour, {tried} are tried again.")
        return feedback(FeedbackKind.INFO, message, moved=moved, tried=tried)

    def retry(self, jobs: Sequence[PrintJob]) -> int:
        """Try again what was refused; gives how many. Raises NotWritten."""
        tried = self.jobs.retry([job.job_id for job in jobs])
        self.wake()
        return tried

    def cancel(self, jobs: Sequence[PrintJob]) -> int:
        """Print these no more; gives how many. Raises NotWritten."""
        return self.jobs.cancel([job.job_id for job in jobs])

    def _run(self) -> None:
        """Wake those workers for which something waits."""
        with suppress(NotWritten):
            self.jobs.prune(self._bench.now())
        if refused := self.jobs.refused():
            self._tell(PrintNews(FOLDER, refused=tuple(refused)))
        while not self._stop.is_set():
            self._wake.wait(LOOK_AGAIN_S)
            self._wake.clear()
            self.printers = tuple(Routes(self.book).printers)
            for name in self.targets():
                if name != FOLDER or self._folder_too:
                    self._running(name).wake()

    def _running(self, name: str) -> PrinterWorker:
        worker = self._worker(name)
        if not worker.running:
            # A thread is started once only.
            worker = self._workers[name] = PrinterWorker(name, self._tools)
            worker.start()
        return worker

    def _worker(self, name: str) -> PrinterWorker:
        return self._workers.setdefault(name, PrinterWorker(name, self._tools))

    def _tell(self, news: PrintNews) -> None:
        if self._files is not None:
            self._files.extend(news.files)
        self._told(news)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever sees a part of it. Raises OSError."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f"{path.suffix}.part")
    part.write_bytes(content)
    part.replace(path)


def warm_up() -> None:
    """Read the fonts, which takes a moment, before the first document is wanted."""
    for bold in (False, True):
        font_name(bold=bold)
