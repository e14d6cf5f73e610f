"""`prints`: what waits for this station's printers, and what can be done about it."""

import signal
from argparse import ArgumentParser, Namespace
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from types import FrameType

from warehouse_app.cli.context import Context
from warehouse_app.cli.output import table
from warehouse_app.cli.parsing import Commands
from warehouse_app.domain.errors import Interrupted, WarehouseError
from warehouse_app.language import mark, tr, tr_n
from warehouse_app.station.bench import Bench
from warehouse_app.station.file import StationFile
from warehouse_app.station.print_jobs import CANCELLED, DONE, MAYBE, REFUSED, SENDING, WAITING, PrintJob
from warehouse_app.station.print_worker import PrintNews, Routes
from warehouse_app.station.printing import PrintQueue
from warehouse_app.station.wording import waits_text

STATES = {
    WAITING: mark("waits"),
    SENDING: mark("is being sent"),
    MAYBE: mark("may have been printed; is printed again, marked"),
    DONE: mark("printed"),
    REFUSED: mark("NOT PRINTED"),
    CANCELLED: mark("cancelled"),
}
KEY_SHOWN = 8
"""The end of a job's key is what differs; so many signs of it name it."""


class NamedNothing(WarehouseError):
    """Neither documents nor all of them were named."""

    message = mark("Name the documents as prints list shows them, or say --all.")


class PrintingInterrupted(Interrupted):
    """Ctrl+C; nothing is lost."""

    message = mark("Stopped: {printed} printed, {waiting} wait. They go on at the exact label with: prints run")


def add_commands(commands: Commands) -> None:
    """Prints."""
    prints = commands.group("prints", tr("documents that wait for printers"))
    listed = prints.add("list", list_prints, tr("list what waits, is in doubt, or was refused"))
    listed.add_argument("--all", action="store_true", help=tr("with what was printed in the last 30 days"))
    run = prints.add("run", run_prints, tr("print everything that waits"))
    run.add_argument("printers", metavar="PRINTER", nargs="*", help=tr("for these printers only"))
    _add_jobs(prints.add("retry", retry_prints, tr("try again what was refused")))
    _add_jobs(prints.add("cancel", cancel_prints, tr("print these no more")))
    reroute = prints.add("reroute", reroute_prints, tr("give documents to another printer"))
    _add_jobs(reroute)
    reroute.add_argument("--from", dest="source", metavar="PRINTER", help=tr("only what waits for this printer"))
    reroute.add_argument("printer", metavar="PRINTER")


def list_prints(context: Context, arguments: Namespace) -> int:
    """`prints list`."""
    with open_queue(context) as queue:
        routes = Routes(queue.book)
        rows = [_row(job, routes) for job in (queue.jobs.all() if arguments.all else queue.jobs.open())]
    headings = [tr("job"), tr("document"), tr("of"), tr("printer"), tr("state"), tr("asked")]
    shown = [(row["job"], row["document"], row["of"], row["printer"], row["text"], row["asked_at"]) for row in rows]
    context.output.result(rows, table(headings, shown) if rows else tr("Nothing waits."))
    return 0


def run_prints(context: Context, arguments: Namespace) -> int:
    """`prints run`: 1 at the end while something still waits or was refused."""
    with open_queue(context) as queue:
        for name in arguments.printers:
            queue.book.get(name)
        return print_and_tell(context, queue, arguments.printers or queue.targets())


def retry_prints(context: Context, arguments: Namespace) -> int:
    """`prints retry`."""
    with open_queue(context) as queue:
        jobs = _jobs(queue, arguments, queue.jobs.refused())
        done = queue.retry(jobs)
    context.output.result({"jobs": done}, tr_n("{n} document waits again.", "{n} documents wait again.", done))
    return 0


def cancel_prints(context: Context, arguments: Namespace) -> int:
    """`prints cancel`."""
    with open_queue(context) as queue:
        done = queue.cancel(_jobs(queue, arguments, queue.jobs.open()))
    text = tr_n("{n} document is not printed any more.", "{n} documents are not printed any more.", done)
    context.output.result({"jobs": done}, text)
    return 0


def reroute_prints(context: Context, arguments: Namespace) -> int:
    """`prints reroute`."""
    with open_queue(context) as queue:
        if arguments.source is not None and not arguments.jobs:
            done = queue.reroute_all(queue.book.get(arguments.source).name, arguments.printer)
        else:
            done = queue.reroute(_jobs(queue, arguments, queue.jobs.open()), arguments.printer)
    text = tr_n("{n} document goes to {printer}.", "{n} documents go to {printer}.", done, printer=arguments.printer)
    context.output.result({"jobs": done, "printer": arguments.printer}, text)
    return 0


@contextmanager
def open_queue(context: Context) -> Iterator[PrintQueue]:
    """This station's queue, for a command that prints by itself. Raises StationBusy while the desktop runs."""
    with closing(StationFile(context.home)) as file:
        bench = Bench(file, "pack", lambda: datetime.now(UTC))
        yield PrintQueue(bench, context.home / "labels", _Progress(context).tell)


def print_and_tell(context: Context, queue: PrintQueue, printers: Sequence[str], *, batch: str = "") -> int:
    """Print what waits for these printers and tell what became of it; 1 when not all of it was printed.

    Ctrl+C lets the printer confirm what it has, and everything else waits. Raises PrintingInterrupted.
    """
    before = _left(queue, batch)
    with _stopped_by_hand(queue) as stopped:
        left_to_try = list(printers)
        for printer in left_to_try:
            if not stopped and not queue.run(printer):
                # What was handed over to a neighbour is printed by this command, too.
                left_to_try += [name for name in queue.taking_over_from(printer) if name not in left_to_try]
    left, refused = _left(queue, batch), len(queue.jobs.refused())
    if stopped:
        raise PrintingInterrupted(printed=before - left, waiting=left)
    problems = {name: tr(reason) for name, reason in queue.problems.items()}
    value = {"printed": before - left, "waiting": left - refused, "refused": refused, "problems": problems}
    lines = [tr_n("{n} document was printed.", "{n} documents were printed.", before - left)]
    lines += [waits_text(name, reason) for name, reason in queue.problems.items()]
    lines += [f"{tr('NOT PRINTED')}: {job.error}" for job in queue.jobs.refused()]
    context.output.result({"batch": batch, **value} if batch else value, "\n".join(lines))
    return 1 if left else 0


class _Progress:
    """Shows how many documents have come out."""

    def __init__(self, context: Context) -> None:
        self._context, self._printed = context, 0

    def tell(self, news: PrintNews) -> None:
        """Count what was printed."""
        self._printed += len(news.printed)
        self._context.output.progress(tr("{done} printed", done=self._printed))


@contextmanager
def _stopped_by_hand(queue: PrintQueue) -> Iterator[list[int]]:
    """Ctrl+C ends the printing behind the documents that the printer already has; the list tells that it came."""
    stopped: list[int] = []

    def stop(number: int, _frame: FrameType | None) -> None:
        stopped.append(number)
        queue.stop()

    before = signal.signal(signal.SIGINT, stop)
    try:
        yield stopped
    finally:
        signal.signal(signal.SIGINT, before)


def _left(queue: PrintQueue, batch: str) -> int:
    return queue.jobs.count_open(batch) if batch else len(queue.jobs.open())


def _row(job: PrintJob, routes: Routes) -> dict[str, object]:
    asked = job.request
    printer = job.sent_to if job.state in (SENDING, DONE) else routes.target(asked.document, job.printer)
    text = tr(STATES[job.state])
    if job.state == DONE and job.doubts:
        text = tr("printed, maybe twice (so it says)")
    return {
        "job": job.job_id[-KEY_SHOWN:],
        "document": asked.document,
        "of": " ".join(part for part in (asked.order_no, asked.carton) if part),
        "batch": job.batch[-KEY_SHOWN:],
        "printer": printer or tr("folder"),
        "state": job.state,
        "reprint": asked.reprint,
        "doubts": job.doubts,
        "error": job.error,
        "text": f"{text}: {job.error}" if job.error else text,
        "asked_at": job.asked_at,
    }


def _jobs(queue: PrintQueue, arguments: Namespace, every: Sequence[PrintJob]) -> Sequence[PrintJob]:
    """Those that were named, or all."""
    if arguments.all:
        return every
    if not arguments.jobs:
        raise NamedNothing
    return [queue.jobs.find(name) for name in arguments.jobs]


def _add_jobs(parser: ArgumentParser) -> None:
    parser.add_argument("jobs", metavar="JOB", nargs="*", help=tr("as prints list shows them"))
    parser.add_argument("--all", action="store_true", help=tr("all of them"))
