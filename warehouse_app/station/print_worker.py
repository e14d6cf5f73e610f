"""Prints what waits for one printer, beside the scanning and beside all other printers."""

import logging
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate
from pathlib import Path
from typing import Any

from warehouse_app.devices.printer_lines import LONGEST_LOOK_S, PrinterLine, Sent, line_to
from warehouse_app.devices.printers import FolderPrinter, Printable, PrinterTrouble
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.station.backing_off import BackOff
from warehouse_app.station.bench import Bench
from warehouse_app.station.disk import NotWritten
from warehouse_app.station.label_choice import StationLayouts
from warehouse_app.station.print_jobs import REFUSED, PrintJob, PrintJobs
from warehouse_app.station.printers import PrinterBook, PrinterDescription
from warehouse_app.station.printouts import NotNow, Printout, Printouts
from warehouse_app.station.wording import error_text

log = logging.getLogger(__name__)

FOLDER = ""
"""The name under which jobs go into the station's folder, because no printer is set up for them."""

FIRST_WAIT_S, LONGEST_WAIT_S = 0.25, 10.0
GRACE_S = 1.0
"""So long a printer may still confirm what it was sent when the program ends."""
KEEP_LAYOUTS_S = 5.0
TELL_EVERY_S = 0.1


@dataclass(frozen=True, slots=True)
class PrintNews:
    """Something became of documents. `printer` is empty for the folder, whose `files` are the names laid there.

    `problem` is a translatable text: why the printer does not print now, empty when it does; then `neighbour` is who
    could take over, empty when nobody can.
    """

    printer: str
    printed: tuple[PrintJob, ...] = ()
    files: tuple[str, ...] = ()
    refused: tuple[PrintJob, ...] = ()
    doubtful: tuple[PrintJob, ...] = ()
    problem: str = ""
    neighbour: str = ""


Tell = Callable[[PrintNews], None]


class Routes:
    """Which printer each waiting document goes to, by the printers as they are set up now."""

    def __init__(self, book: PrinterBook) -> None:
        printers = book.list()
        self.printers = {one.name: one for one in printers}
        self._usual: dict[str, str] = {}
        for one in printers:
            for document in one.prints:
                self._usual.setdefault(document, one.name)

    def target(self, document: str, printer: str) -> str:
        """The printer's name, FOLDER when there is none. One that was removed does not keep its documents."""
        return printer if printer in self.printers else self._usual.get(document, FOLDER)


@dataclass(frozen=True, slots=True)
class Tools:
    """What all workers share. `tell` is called on their threads, `wake` when there is work for another of them."""

    bench: Bench
    jobs: PrintJobs
    book: PrinterBook
    folder: Path
    tell: Tell
    wake: Callable[[], None]
    problems: dict[str, str] = field(default_factory=dict)
    """By printer, for those that cannot print."""

    def neighbour_of(self, printer: PrinterDescription | None) -> str:
        """Who can take over from a printer: fitting stock, no trouble known; empty when nobody can."""
        able = self.book.neighbours_of(printer) if printer is not None else ()
        return next((one.name for one in able if one.name not in self.problems), "")


@dataclass(frozen=True, slots=True)
class _Ready:
    """A job with its document as it will be sent."""

    job: PrintJob
    printout: Printout
    documents: tuple[Printable, ...]


class PrinterWorker:
    """One printer's worker. `work` prints what waits; as a thread it does so whenever it is woken."""

    def __init__(self, name: str, tools: Tools) -> None:
        self.name = name
        self._tools, self._printouts = tools, Printouts(tools.bench)
        self._line: PrinterLine | None = None
        self._printer: PrinterDescription | None = None
        self._read_layouts()
        self._unrecorded: list[_Ready] = []
        self._wake, self._stop = threading.Event(), threading.Event()
        self._stopped_at = float("inf")
        self._thread = threading.Thread(target=self._run, name=f"printer {name or 'folder'}", daemon=True)

    @property
    def running(self) -> bool:
        """Whether its thread was started and has not ended."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin as a thread; once only."""
        self._thread.start()

    def wake(self) -> None:
        """There may be something to print."""
        self._wake.set()

    def end_soon(self) -> None:
        """Print no more; what the printer has may still be confirmed for a moment. Does not wait for that."""
        self._stopped_at = time.monotonic()
        self._stop.set()
        self._wake.set()

    def join(self) -> None:
        """Wait until the thread has ended; a printer that takes nothing any more is hung up on."""
        if self._thread.ident is not None:
            self._thread.join(GRACE_S + LONGEST_LOOK_S)
            if self._thread.is_alive() and self._line is not None:
                self._line.hang_up()
            self._thread.join()

    def work(self) -> bool:
        """Print what waits for this printer now; False when it cannot, which the news say."""
        try:
            if not self._open():
                return True
            self._settle()
            while not self._stop.is_set() and (group := self._next()):
                self._print(group)
        except PrinterTrouble as trouble:
            self._troubled(str(trouble.values["reason"]))
            return False
        except NotWritten as trouble:
            self._troubled(error_text(trouble))
            return False
        finally:
            if self._line is not None:
                self._line.close()
        self._say_problem("")
        return True

    def _run(self) -> None:
        back_off, wait_s = BackOff(FIRST_WAIT_S, LONGEST_WAIT_S), None
        while not self._stop.is_set():
            self._wake.wait(wait_s)
            self._wake.clear()
            if self.work():
                back_off.answered()
                wait_s = None
            else:
                wait_s = back_off.next_wait_s()

    def _open(self) -> bool:
        """Take the printer as it is set up now; False when it is no more."""
        printer = Routes(self._tools.book).printers.get(self.name)
        if printer is None and self.name != FOLDER:
            return False
        if self._line is None or printer != self._printer:
            self._line = line_to(printer.open() if printer else FolderPrinter(self._tools.folder))
            self._printer = printer
        self._read_layouts()
        return True

    def _read_layouts(self) -> None:
        """See what a supervisor has changed in layouts meanwhile."""
        self._layouts, self._layouts_read = StationLayouts(self._tools.bench.file.home), time.monotonic()

    def _settle(self) -> None:
        """Write down what the disk did not take before. What this printer had without an answer is in doubt."""
        if self._unrecorded:
            self._record(self._unrecorded)
            self._unrecorded = []
        left = self._tools.jobs.sending_to(self.name)
        if left:
            self._doubt(left)

    def _next(self) -> list[_Ready]:
        """The documents that go next, built and checked; what cannot be printed is put aside."""
        ready: list[_Ready] = []
        if time.monotonic() - self._layouts_read > KEEP_LAYOUTS_S:
            self._read_layouts()
        assert self._line is not None
        for job in self._mine():
            try:
                made = self._made(job)
            except NotWritten:
                raise
            except WarehouseError as error:
                self._refuse(job, error)
                continue
            if made is not None:
                ready.append(made)
            if len(ready) == self._line.most_at_once:
                break
        return ready

    def _made(self, job: PrintJob) -> _Ready | None:
        """The job with its documents; None while it must wait, or when nobody wants it any more."""
        printout = self._printouts.of(job)
        if printout is NotNow.NEVER:
            self._tools.jobs.done([job.job_id])
        if isinstance(printout, NotNow):
            return None
        return _Ready(job, printout, tuple(printout.documents(self._printer, self._layouts)))

    def _mine(self) -> Iterator[PrintJob]:
        routes = Routes(self._tools.book)
        for job_id, document, printer in self._tools.jobs.waiting_places():
            if routes.target(document, printer) == self.name:
                job = self._tools.jobs.get(job_id)
                if job is not None:
                    yield job

    def _print(self, group: Sequence[_Ready]) -> None:
        """Raises PrinterTrouble and NotWritten; then nothing is said to be printed that is not known to be."""
        assert self._line is not None
        if not self._line.prints_once:
            self._line.look()
        begun = self._tools.jobs.begin([one.job.job_id for one in group], self.name)
        group = [one for one in group if one.job.job_id in begun]
        if not group:
            return
        ends = list(accumulate(len(one.documents) for one in group))
        recorded, told_at = 0, time.monotonic()
        sent = Sent(0, 0)
        for sent in self._line.send([document for one in group for document in one.documents], self._pause):
            printed = sum(end <= sent.printed for end in ends)
            at_once = printed == len(group) or sent.broken is not None or bool(sent.problem)
            if printed > recorded and (at_once or time.monotonic() - told_at > TELL_EVERY_S):
                self._record(group[recorded:printed])
                recorded, told_at = printed, time.monotonic()
            self._say_problem(sent.problem)
        if sent.broken is not None:
            self._broke_off(group[recorded:], sent.handed - (ends[recorded - 1] if recorded else 0))
            raise sent.broken
        if recorded < len(group) and sent.printed == ends[-1]:
            self._record(group[recorded:])

    def _broke_off(self, left: Sequence[_Ready], handed: int) -> None:
        """What was handed over may have been printed, the rest was not. Of a folder's files nothing is in doubt."""
        assert self._line is not None
        doubtful, unsent = list[PrintJob](), list[str]()
        for one in left:
            if handed > 0 and not self._line.prints_once:
                doubtful.append(one.job)
            else:
                unsent.append(one.job.job_id)
            handed -= len(one.documents)
        self._tools.jobs.put_back(unsent, self.name)
        if doubtful:
            self._doubt(doubtful)

    def _doubt(self, jobs: Sequence[PrintJob]) -> None:
        """A folder's file is simply written again, whole; a label that is printed again says so."""
        assert self._line is not None
        if self._line.prints_once:
            self._tools.jobs.put_back([job.job_id for job in jobs], self.name)
            return
        self._tools.jobs.doubt([job.job_id for job in jobs], self.name)
        log.warning("%d documents may have been printed by %s; they are printed again, marked", len(jobs), self.name)
        self._tell(doubtful=tuple(jobs))

    def _record(self, group: Sequence[_Ready]) -> None:
        """The printer has confirmed these: that is a fact. Raises NotWritten, and then tries again later."""
        try:
            self._tools.bench.printed([(one.job, one.printout.fact) for one in group], self.name)
        except NotWritten:
            self._unrecorded.extend(group)
            raise
        files = tuple(f"{made.name}.{made.language}" for one in group for made in one.documents)
        self._tell(printed=tuple(one.job for one in group), files=files if self.name == FOLDER else ())

    def _refuse(self, job: PrintJob, error: WarehouseError) -> None:
        log.error("%s %s was not printed: %s", job.request.document, job.request.carton or job.job_id, error)
        told = error_text(error)
        self._tools.jobs.refuse(job.job_id, told)
        self._tell(refused=(replace(job, state=REFUSED, error=told),))

    def _say_problem(self, problem: str) -> None:
        """A printer in trouble is told of once, and once more when it is over."""
        if problem != self._tools.problems.get(self.name, ""):
            if problem:
                self._tools.problems[self.name] = problem
            else:
                self._tools.problems.pop(self.name, None)
            self._tell()

    def _troubled(self, problem: str) -> None:
        self._say_problem(problem)
        printer = self._printer
        if printer is not None and printer.hands_over:
            self._hand_over(printer)

    def _hand_over(self, printer: PrinterDescription) -> None:
        """Give what waits to the first neighbour that has fitting stock and no trouble of its own."""
        neighbour = self._tools.neighbour_of(printer)
        waiting = [job.job_id for job in self._mine()]
        if neighbour and waiting:
            try:
                self._tools.jobs.reroute(waiting, neighbour)
            except NotWritten:
                return
            log.warning("%d documents go to %s instead of %s", len(waiting), neighbour, self.name)
            self._tools.wake()
            self._tell()

    def _tell(self, **became: Any) -> None:  # noqa: ANN401 - fields of the news
        problem = self._tools.problems.get(self.name, "")
        neighbour = self._tools.neighbour_of(self._printer) if problem else ""
        self._tools.tell(PrintNews(self.name, problem=problem, neighbour=neighbour, **became))

    def _pause(self, seconds: float) -> bool:
        """Wait for the printer; True when the program ends and has waited long enough."""
        if self._stop.is_set():
            time.sleep(seconds)
            return time.monotonic() - self._stopped_at > GRACE_S
        self._stop.wait(seconds)
        return False
