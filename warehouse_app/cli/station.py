"""`station scan`: one station's session, driven by lines of text."""

import sys
from argparse import Namespace
from collections.abc import Iterator
from contextlib import suppress
from functools import partial
from typing import Any

from warehouse_app.cli import ahead, disk, journal, simulate, station_sync
from warehouse_app.cli.context import Context
from warehouse_app.cli.parsing import Commands
from warehouse_app.domain.errors import DatabaseIsNewer, NotFound, StoreUnavailable, WarehouseError
from warehouse_app.domain.facts import Recorded, Undone
from warehouse_app.domain.scan import command_code, unescape_scan_text
from warehouse_app.domain.session import Expected, Feedback, FeedbackKind, feedback
from warehouse_app.domain.tasks import SESSIONS
from warehouse_app.language import mark, tr, tr_n
from warehouse_app.station.ahead import WorkAhead
from warehouse_app.station.bench import Answer, Bench, ConnectedBench
from warehouse_app.station.bounce import BounceGuard
from warehouse_app.station.disk import NotWritten, space_at
from warehouse_app.station.file import StationFile
from warehouse_app.station.link import Link
from warehouse_app.station.print_jobs import TO_NEIGHBOUR
from warehouse_app.station.printing import PrintQueue
from warehouse_app.station.replica import Replica
from warehouse_app.station.sync import StationSync
from warehouse_app.station.wording import error_text, feedback_text, low_space_text, waits_text

PRINTERS_MAY_TAKE_S = 5.0
"""At the end of input, for what printers still have in hand."""


def add_commands(commands: Commands) -> None:
    """The station group."""
    station = commands.group("station", tr("this station"))
    journal.add_commands(station)
    disk.add_commands(station)
    station_sync.add_commands(station)
    parser = station.add("scan", scan, tr("work a task from lines of scans on standard input"))
    parser.add_argument("--task", required=True, choices=list(SESSIONS))
    parser.add_argument("--worker", metavar="BADGE", help=tr("the badge of the worker"))
    parser.add_argument("--station", default="", metavar="NAME", help=tr("the name of a new station"))
    parser.add_argument("--ahead", type=int, default=0, metavar="N", help=tr("keep N works more at hand (0)"))
    parser.add_argument("--bounce-ms", type=int, default=0, metavar="N", help=tr("ignore the same code within N ms"))
    ahead.add_commands(station)
    simulate.add_command(station)


def scan(context: Context, arguments: Namespace) -> int:
    """Read scans until the end of input; every answer is printed before the next line is read."""
    file = StationFile(context.home, arguments.station)
    try:
        replica = Replica(file)
        link = Link(file, context.any_database, replica)
        _connect(context, link)
        bench = ConnectedBench(Bench(file, arguments.task, link.database.clock, replica), link)
        runner = _Runner(context, bench, BounceGuard(arguments.bounce_ms))
        if arguments.worker:
            runner.sign_on(arguments.worker)
        with StationSync(bench.bench, link, WorkAhead(bench.bench, link, arguments.ahead)) as sync:
            runner.run(sys.stdin.buffer)
        if arguments.ahead:
            _give_back(sync.ahead)
        _settle(link)
        link.close()
    finally:
        file.close()
    return 0


def _connect(context: Context, link: Link) -> None:
    """Without the shared database the station goes on with the work that it holds."""
    try:
        _require_ready(context, link)
        link.connect(progress=partial(station_sync.show_progress, context))
    except (StoreUnavailable, NotWritten) as error:
        print(f"warning: {error_text(error)}", file=sys.stderr)
    if link.cloned is not None:
        print(f"warning: {error_text(link.cloned)}", file=sys.stderr)


def _require_ready(context: Context, link: Link) -> None:
    """A station goes on with a database that was upgraded before it."""
    try:
        context.require_ready(link.database)
    except DatabaseIsNewer as error:
        print(f"warning: {error_text(error)}", file=sys.stderr)


def _give_back(ahead: WorkAhead) -> None:
    """What was kept at hand for the time of this command; without the shared database it stays with the station."""
    with suppress(StoreUnavailable):
        ahead.give_back_filled_up()


def _settle(link: Link) -> None:
    try:
        link.settle()
    except StoreUnavailable:
        waiting = tr_n("{n} scan waits to be posted.", "{n} scans wait to be posted.", link.waiting_facts())
        print(f"warning: {waiting}", file=sys.stderr)


class _Runner:
    """Prints one answer a line of input."""

    def __init__(self, context: Context, bench: ConnectedBench, guard: BounceGuard) -> None:
        self._context = context
        self._bench = bench
        self._guard = guard
        self._prints = PrintQueue(bench.bench, context.home / "labels")
        self._warned = False
        self._printers_told: dict[str, str] = {}

    def sign_on(self, badge: str) -> None:
        """Begin with this person. Raises NotFound."""
        replica = self._bench.bench.replica
        worker = replica.worker_of(badge.removeprefix("BADGE:")) or replica.worker(badge)
        if worker is None:
            raise NotFound(thing=mark("badge"), name=badge)
        self._bench.bench.sign_on(worker.worker)

    def run(self, lines: Any) -> None:  # noqa: ANN401 - a binary stream
        """Answer every line until the end of input."""
        self._warn_of_disk()
        # Printers have threads of their own, for none may keep a scan waiting; a folder does not.
        self._prints.start(folder_too=False)
        try:
            self._prints.run_waiting(folder_only=True)
            self._bench.look_for_work()
            self._show(None, self._bench.bench.prompt())
            for line in _scans(lines):
                self._warn_of_disk()
                self._line(line)
                self._print()
            self._prints.finish(PRINTERS_MAY_TAKE_S)
        finally:
            self._prints.stop()
        self._warn_of_printers()

    def _print(self) -> None:
        self._prints.wake()
        printed = self._prints.run_waiting(folder_only=True)
        if printed and not self._context.output.as_json:
            print(tr("Printed: {files}", files=", ".join(printed)))
        self._warn_of_printers()

    def _warn_of_printers(self) -> None:
        """Once, when a printer does not print; the work goes on."""
        problems = self._prints.problems
        for printer, reason in problems.items():
            if self._printers_told.get(printer) != reason:
                print(f"warning: {waits_text(printer, reason)}", file=sys.stderr)
        self._printers_told = problems

    def _warn_of_disk(self) -> None:
        """Once, when room becomes scarce."""
        with suppress(OSError):
            space = space_at(self._context.home)
            if space.is_low and not self._warned:
                print(f"warning: {low_space_text(space, self._context.home)}", file=sys.stderr)
            self._warned = space.is_low

    def _line(self, line: str) -> None:
        if line == "@wait":
            self._wait()
            return
        if line.startswith("@weight"):
            self._weight(line)
            return
        scan_text = unescape_scan_text(line)
        if self._guard.bounces(scan_text):
            self._say(line, feedback(FeedbackKind.BOUNCE, mark("The same scan again: not counted.")))
            return
        if scan_text == command_code(TO_NEIGHBOUR):
            self._help_printers(line)
            return
        answer = self._bench.scan(scan_text)
        if self._bench.wants_work:
            self._bench.look_for_work()
        self._show(line, answer)

    def _help_printers(self, line: str) -> None:
        try:
            self._say(line, self._prints.help_out())
        except WarehouseError as error:
            self._say(line, self._bench.bench.refuse(error))

    def _wait(self) -> None:
        try:
            stopped = self._bench.catch_up()
        except StoreUnavailable as error:
            self._say("@wait", self._bench.bench.refuse(error))
            return
        self._bench.look_for_work()
        booked = Answer(None, feedback(FeedbackKind.INFO, mark("Everything is booked.")))
        self._show("@wait", stopped or booked)

    def _weight(self, line: str) -> None:
        text = line.removeprefix("@weight").strip()
        if not text.isascii() or not text.isdigit():
            self._say(line, feedback(FeedbackKind.UNKNOWN, mark("{text} is no weight in grams."), text=text[:40]))
            return
        self._show(line, self._bench.bench.weigh(int(text)))

    def _say(self, line: str, told: Feedback) -> None:
        self._show(line, Answer(None, told))

    def _show(self, line: str | None, answer: Answer) -> None:
        expected = self._bench.bench.expected()
        told = answer.feedback
        text = feedback_text(told)
        value = {
            "scan": line,
            "feedback": {"kind": told.kind.value, "tone": told.tone, "text": text},
            "expected": [{"kind": one.kind, "scan_text": one.scan_text} for one in expected],
            "facts": [_fact(recorded) for recorded in answer.facts],
            "durable": answer.durable,
            "ms": round(answer.ms, 3),
        }
        self._context.output.line(value, _shown(told, text, expected))


def _scans(lines: Any) -> Iterator[str]:  # noqa: ANN401 - a binary stream
    """Lines without their ends; comments are left out."""
    for raw in lines:
        line = raw.removesuffix(b"\n").removesuffix(b"\r").decode(errors="surrogateescape")
        if not line.startswith("#"):
            yield line


def _fact(recorded: Recorded) -> dict[str, object]:
    fact = recorded.fact
    value: dict[str, object] = {"id": recorded.fact_id, "kind": fact.kind}
    source = fact.original if isinstance(fact, Undone) else fact
    for name in ("quantity", "order_no", "line_no", "sku", "lot", "location", "tote", "carton"):
        if getattr(source, name, ""):
            value[name] = getattr(source, name)
    if isinstance(fact, Undone):
        value["undoes"] = fact.fact_id
    return value


def _shown(told: Feedback, text: str, expected: tuple[Expected, ...]) -> str:
    then = f"   → {expected[0].scan_text}" if expected else ""
    return f"[{told.kind.value}] {text}{then}"
