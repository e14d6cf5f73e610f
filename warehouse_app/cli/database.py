"""Commands that keep the database: migrate, check, verify, the bookkeeper."""

import signal
import sys
from argparse import Namespace
from threading import Event, Thread

from warehouse_app.cli.context import Context
from warehouse_app.cli.output import table
from warehouse_app.cli.parsing import Commands
from warehouse_app.language import tr
from warehouse_app.operations.keeping import (
    book_once,
    book_parked_again,
    database_revision,
    drain,
    run_bookkeeper,
    upgrade_database,
    verify_books,
)
from warehouse_app.station.waiting import waiting_in


def add_commands(commands: Commands) -> None:
    """db, verify, bookkeeper."""
    group = commands.group("db", tr("migrate and check the database"))
    group.add("upgrade", upgrade, tr("bring the database to this release's tables"))
    group.add("check", check, tr("report the revision and health of the database"))
    commands.add("verify", verify, tr("prove every balance, total, reservation and allocation"))
    keeper = commands.add("bookkeeper", bookkeeper, tr("apply posted facts to the books"))
    keeper.add_argument("act", nargs="?", choices=["reapply"], help=tr("try parked facts again"))
    keeper.add_argument("--with-parent", action="store_true", help=tr("end when standard input ends"))
    keeper.add_argument("--once", action="store_true", help=tr("work off what is there and end"))


def upgrade(context: Context, _arguments: Namespace) -> int:
    """`db upgrade`."""
    found = upgrade_database(context.any_database)
    context.output.result(found, tr("The database is at {revision}.", revision=found.revision))
    return 0


def check(context: Context, _arguments: Namespace) -> int:
    """`db check`; exit status 1 when the tables are not this release's."""
    found = database_revision(context.any_database)
    remedy = "" if found.ok else " " + tr("Run: warehouse-app db upgrade")
    text = tr("{engine}: revision {revision}, this program needs {head}.", **_shown(found)) + remedy
    context.output.result(found, text)
    return 0 if found.ok else 1


def verify(context: Context, _arguments: Namespace) -> int:
    """`verify`; exit status 1 when any number differs."""
    drain(context.database)
    found = verify_books(context.database)
    value = {
        "moves": found.moves,
        "balances": found.balances,
        "reservations": found.reservations,
        "allocations": found.allocations,
        "unposted": waiting_in(context.home),
        "unapplied": found.unapplied,
        "parked": found.parked,
        "head": found.head,
        "differences": found.differences,
    }
    text = tr("{moves} moves, {balances} balances proved.", moves=found.moves, balances=found.balances)
    if found.differences:
        rows = [(item.what, item.key, item.booked, item.proven) for item in found.differences]
        text += "\n" + table([tr("what"), tr("where"), tr("booked"), tr("proven")], rows)
    else:
        text += " " + tr("No differences.")
    context.output.result(value, text)
    return 1 if found.differences else 0


def bookkeeper(context: Context, arguments: Namespace) -> int:
    """`bookkeeper`: runs until it is told to stop; `--once` and `reapply` end by themselves."""
    if arguments.act == "reapply":
        done = book_parked_again(context.database)
    elif arguments.once:
        done = book_once(context.database)
    else:
        stop = Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        if arguments.with_parent:
            Thread(target=_stop_with_parent, args=(stop,), daemon=True).start()
        done = run_bookkeeper(context.database, stop.is_set)
    text = tr("{applied} facts applied, {parked} parked.", applied=done.applied, parked=done.parked)
    context.output.result({"applied": done.applied, "parked": done.parked}, text)
    return 0


def _stop_with_parent(stop: Event) -> None:
    """The desktop's end of the pipe closes however it ends, also when it is killed."""
    while sys.stdin.buffer.read(1024):
        pass
    stop.set()


def _shown(found: object) -> dict[str, object]:
    return {name: getattr(found, name) or "-" for name in ("engine", "revision", "head")}
