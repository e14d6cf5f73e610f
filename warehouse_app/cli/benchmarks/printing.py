"""How many labels a second one station prints: through its durable queue to a printer on the network, and as PDF."""

import json
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path

from warehouse_app.cli.benchmarks.figures import Figure
from warehouse_app.cli.benchmarks.programs import PAINT_TIMEOUT_S, ProgramFailed
from warehouse_app.cli.context import Context
from warehouse_app.documents.labels.checking import check_label
from warehouse_app.documents.labels.dots import Resolution
from warehouse_app.documents.labels.filling import Values, filled
from warehouse_app.documents.labels.kinds import KINDS
from warehouse_app.documents.labels.layouts import DEFAULTS, built_in
from warehouse_app.documents.labels.pdf import labels_as_pdf
from warehouse_app.domain.identifiers import SSCC
from warehouse_app.language import mark
from warehouse_app.station.bench import Bench
from warehouse_app.station.file import StationFile
from warehouse_app.station.printers import PrinterBook, PrinterDescription
from warehouse_app.station.printing import PrintQueue, warm_up

PART = "printing"
LABELS = 1_000
PRINTED_LIMIT, PDF_LIMIT = 200, 1_000
PRINTER = "bench"
RECIPIENTS = ("Amélie Beauchêne", "王喆", "J. Okafor")


def printing(context: Context, folder: Path) -> list[Figure]:
    """A batch on a virtual printer in a process of its own, and the same labels as one PDF. Every code is read."""
    warm_up()
    return [_printed(context, folder), _as_pdf()]


def _printed(context: Context, folder: Path) -> Figure:
    with _virtual_printer(context) as address, closing(StationFile(folder / "station")) as file:
        PrinterBook(file).add(PrinterDescription(PRINTER, f"tcp://{address}"))
        queue = PrintQueue(Bench(file, "pack", lambda: datetime.now(UTC)), folder / "labels")
        rate = _rate(lambda first, count: _print(queue, first, count))
    return Figure(
        "labels-printed", rate, "labels/s", PRINTED_LIMIT, more_is_better=True,
        note=f"{LABELS} different shipping labels, each checked and confirmed by the printer",
    )  # fmt: skip


def _as_pdf() -> Figure:
    layout = built_in(DEFAULTS["shipping"])

    def make(first: int, count: int) -> None:
        labels = [filled(layout, values) for values in _cartons(first, count)]
        for label in labels:
            check_label(label, Resolution.DPI_203)
        labels_as_pdf(labels)

    return Figure(
        "labels-pdf", _rate(make), "labels/s", PDF_LIMIT, more_is_better=True,
        note=f"{LABELS} different shipping labels, each checked, in one file",
    )  # fmt: skip


def _print(queue: PrintQueue, first: int, count: int) -> None:
    batch = queue.ask("shipping", _cartons(first, count), PRINTER)
    queue.run(PRINTER)
    if queue.jobs.count_open(batch):
        raise ProgramFailed(program="prints", reason=mark("not every label was printed"))


def _rate(work: Callable[[int, int], None]) -> float:
    """Labels a second. The first few only warm what is kept for the next."""
    work(0, 10)
    started = time.perf_counter()
    work(10, LABELS)
    return round(LABELS / (time.perf_counter() - started))


def _cartons(first: int, count: int) -> list[Values]:
    return [
        {
            **KINDS["shipping"].example,
            "sscc": str(SSCC.make(0, "9521234", number + 1)),
            "order_no": str(553_000 + number),
            "ship_to_name": RECIPIENTS[number % len(RECIPIENTS)],
        }
        for number in range(first, first + count)
    ]


@contextmanager
def _virtual_printer(context: Context) -> Iterator[str]:
    """The address of a printer that runs beside this process, as another machine does."""
    command = [*context.program, "devices", "simulate", "--printer", "--json"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:  # noqa: S603 - ourselves
        try:
            assert process.stdout is not None
            yield str(json.loads(process.stdout.readline())["printer"])
        finally:
            process.terminate()
            process.wait(PAINT_TIMEOUT_S)
