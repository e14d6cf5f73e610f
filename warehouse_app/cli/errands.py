"""Commands about the outside: the errands service, and what carriers report."""

import signal
from argparse import Namespace
from threading import Event

from warehouse_app.cli.context import Context
from warehouse_app.cli.parsing import Commands
from warehouse_app.language import tr


def add_commands(commands: Commands) -> None:
    """The errands command."""
    parser = commands.add("errands", errands, tr("follow parcels with their carriers"))
    parser.add_argument("--once", action="store_true", help=tr("do what is due and end"))


def errands(context: Context, arguments: Namespace) -> int:
    """`errands`: runs until it is told to stop; `--once` ends by itself."""
    stop = Event()
    if not arguments.once:
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
    done = context.run_errands(context.database, once=arguments.once, stop=stop, speed=1.0)
    text = tr(
        "{parcels} parcels asked for, {events} new events, {failed} failed.",
        parcels=done.parcels,
        events=done.events,
        failed=done.failed,
    )
    context.output.result({"parcels": done.parcels, "events": done.events, "failed": done.failed}, text)
    return 0
