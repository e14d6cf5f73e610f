"""`bench`: measures what docs/performance.md promises, the machine's own commit rate first."""

import shutil
from argparse import SUPPRESS, Namespace
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory

from warehouse_app.cli.benchmarks import (
    backlog,
    booking,
    disk,
    engines,
    one_order,
    order_files,
    papers,
    past,
    printing,
    programs,
    promises,
    reference,
    rush,
    scanners,
    transactions,
)
from warehouse_app.cli.benchmarks.figures import Figure
from warehouse_app.cli.context import Context
from warehouse_app.cli.output import table
from warehouse_app.cli.parsing import Commands
from warehouse_app.language import tr

FAILED = "failed"
Benchmark = Callable[[Context, Path], list[Figure]]

BENCHMARKS: dict[str, Benchmark] = {
    "commits": lambda _context, folder: disk.commit_rates(folder),
    "scan": lambda context, folder: _on_backlog("scan", context, folder),
    "bookkeeper": lambda context, folder: _on_backlog("bookkeeper", context, folder),
    "window": programs.window,
    "wedge": scanners.wedge,
    "serial": scanners.serial,
    "labels": lambda _context, _folder: papers.labels(),
    printing.PART: lambda context, folder: programs.measured(list(context.program), printing.PART, folder),
    "pick-list": lambda _context, _folder: papers.pick_list(),
    "import-orders": order_files.order_files,
    "promises": partial(engines.on_each_engine, "promises"),
    "rush": partial(engines.on_server, "rush"),
    "one-order": partial(engines.on_each_engine, "one-order"),
    "contention": partial(engines.on_each_engine, "contention"),
    **{name: partial(past.on_each_engine, name) for name in past.PARTS},
    "transactions": partial(engines.on_each_engine, transactions.PART),
    reference.PART: partial(engines.on_each_engine, reference.PART),
    "demo": programs.demo,
}

ON_DISK = (
    printing.PART,
    "scan",
    "bookkeeper",
    "import-orders",
    "promises",
    "rush",
    "one-order",
    "contention",
    "reference",
    "demo",
)
"""These wait for the disk most of the time."""

PARTS: dict[str, Benchmark] = {
    "backlog": lambda context, _folder: [Figure("backlog", backlog.prepare_backlog(context), "facts")],
    "scan": lambda context, _folder: booking.scan(context),
    "bookkeeper": lambda context, _folder: booking.bookkeeper(context),
    "window-xcb": programs.window_xcb,
    printing.PART: printing.printing,
    scanners.WEDGE_PART: scanners.wedge_xcb,
    order_files.PART: order_files.import_file,
    transactions.PART: transactions.decide,
    "promises": promises.promises,
    "rush": rush.rush,
    rush.PART: rush.serve_own_share,
    "one-order": one_order.one_order,
    "contention": promises.contention,
    promises.PROMISE_PART: promises.promise_own_share,
    reference.PART: reference.reference,
    reference.START_PART: reference.start,
    past.MAKE: past.make,
    **past.PARTS,
}
"""What runs in a process of its own, in a folder that `--in` names."""


def add_commands(commands: Commands) -> None:
    """The bench command."""
    parser = commands.add("bench", bench, tr("measure the speed of the program on this machine"))
    parser.add_argument("name", nargs="?", choices=sorted({*BENCHMARKS, *PARTS}), metavar="NAME")
    parser.add_argument("--in", dest="folder", metavar="DIR", help=SUPPRESS)


def bench(context: Context, arguments: Namespace) -> int:
    """`bench`: all benchmarks, or one after the commit rate that it leans on."""
    if arguments.folder:
        figures = PARTS[arguments.name](context, Path(arguments.folder))
    else:
        figures = list(_measure(context, arguments.name))
    context.output.result([figure.row() for figure in figures], _text(figures))
    return 1 if any(figure.unit == FAILED for figure in figures) else 0


def _measure(context: Context, wanted: str | None) -> Iterator[Figure]:
    """Works on the disk of the station's own folder; nothing of it is left behind."""
    context.home.mkdir(parents=True, exist_ok=True)
    names = [name for name in BENCHMARKS if wanted in (None, name) or name == "commits"]
    with TemporaryDirectory(prefix="bench-", dir=context.home) as folder, past.kept_for(Path(folder)):
        for name in names:
            context.output.progress(tr("Measuring: {name}", name=name))
            own = Path(folder) / name
            own.mkdir()
            try:
                figures = BENCHMARKS[name](context, own)
                yield from _beside_the_disk(figures, own) if name in ON_DISK else figures
            except programs.ProgramFailed as error:
                # The others are measured all the same.
                yield Figure(name, 0, FAILED, note=str(error.values["reason"]))


def _beside_the_disk(figures: Sequence[Figure], folder: Path) -> Iterator[Figure]:
    """Shared machines change their pace from minute to minute, so the disk is asked again, by each figure's engine."""
    now = {rate.name: rate.figure for rate in disk.commit_rates(folder)} if figures else {}
    for figure in figures:
        rate = now[disk.ON_SERVER if figure.name.endswith("-postgresql") else disk.ON_FILE]
        yield replace(figure, note=f"{figure.note}; {rate:.0f} commits/s right after it")


def _on_backlog(name: str, context: Context, folder: Path) -> list[Figure]:
    """On a copy of the backlog, which is made once, each in a new process that is not warm from the one before."""
    made = folder.parent / "backlog"
    if not made.exists():
        made.mkdir()
        programs.measured(list(context.program), "backlog", made)
    shutil.copytree(made, folder, dirs_exist_ok=True)
    return programs.measured(list(context.program), name, folder)


def _text(figures: Iterable[Figure]) -> str:
    headings = [tr("name"), tr("figure"), tr("unit"), tr("limit"), tr("ratio"), ""]
    rows = [(one.name, one.figure, one.unit, one.limit, one.ratio, one.note) for one in figures]
    return table(headings, rows) + "\n" + tr("A ratio of 1 or more keeps the limit.")
