"""Commands that keep the database: migrate, check, verify, the bookkeeper."""

import signal
import sys
from argparse import Namespace
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from threading import Event, Thread

from warehouse_app.cli.context import Context
from warehouse_app.cli.output import table
from warehouse_app.cli.parsing import Commands
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.domain.wording import proved_name, stopped_text
from warehouse_app.language import mark, tr, tr_n
from warehouse_app.operations.backup import back_up
from warehouse_app.operations.backup import restore as restore_backup
from warehouse_app.operations.copying import copy_database
from warehouse_app.operations.keeping import (
    StoppedStream,
    book_once,
    book_parked_again,
    database_revision,
    drain,
    run_bookkeeper,
    stopped_streams,
    upgrade_database,
    verify_books,
)
from warehouse_app.station.kept_head import kept_head_in
from warehouse_app.station.waiting import waiting_in

KEPT = "kept"


class NoHeadKept(WarehouseError):
    """`verify --head` without a hash, where no station has seen one."""

    message = mark("This station has kept no head of the ledger yet. Give the one that was printed: --head HASH")


def add_commands(commands: Commands) -> None:
    """db, verify, bookkeeper."""
    group = commands.group("db", tr("migrate, check, copy, back up and restore the database"))
    group.add("upgrade", upgrade, tr("bring the database to this release's tables"))
    group.add("check", check, tr("report the revision and health of the database"))
    copying = group.add("copy", copy, tr("copy everything to another, empty database and prove it"))
    copying.add_argument("--to", required=True, metavar="URL", help=tr("the database to copy into"))
    keeping = group.add("backup", backup, tr("write a consistent copy of the database while it is in use"))
    keeping.add_argument("file", metavar="FILE", help=tr("the backup to write"))
    restoring = group.add("restore", restore, tr("put a backup in the place of the database"))
    restoring.add_argument("file", metavar="FILE", help=tr("the backup to restore"))
    restoring.add_argument("--force", action="store_true", help=tr("replace a warehouse that is in use"))
    proving = commands.add("verify", verify, tr("prove every balance, total, reservation, allocation and seal"))
    proving.add_argument(
        "--head",
        nargs="?",
        const=KEPT,
        default="",
        metavar="HASH",
        help=tr("a ledger head that was printed earlier; without HASH the one this station kept"),
    )
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


def copy(context: Context, arguments: Namespace) -> int:
    """`db copy`; exit status 1 when the copy is equal but its books do not tie, as the original's."""
    done = copy_database(context.database, arguments.to, partial(_say_copied, context))
    text = tr("{rows} rows in {tables} tables copied.", rows=sum(done.tables.values()), tables=len(done.tables))
    text += " " + tr("Both ledgers have the hash {hash}.", hash=done.ledger_hash)
    if not done.verified:
        text += "\n" + tr("The books do not tie, here as there. Run: warehouse-app verify")
    context.output.result(done, text)
    return 0 if done.verified else 1


def _say_copied(context: Context, name: str, rows: int) -> None:
    context.output.progress(tr("Copying {table}: {rows} rows", table=name, rows=rows))


def backup(context: Context, arguments: Namespace) -> int:
    """`db backup`."""
    done = back_up(context.database, Path(arguments.file), partial(_say_copied, context))
    context.output.result(done, tr("{file} written, {bytes} bytes.", file=done.file, bytes=done.bytes))
    return 0


def restore(context: Context, arguments: Namespace) -> int:
    """`db restore`; exit status 1 when what was restored does not tie."""
    say = partial(_say_copied, context)
    done = restore_backup(context.any_database, Path(arguments.file), force=arguments.force, say=say)
    text = tr("{file} restored to {database}.", file=done.file, database=done.database)
    if done.kept:
        text += " " + tr("What was there before is kept as {kept}.", kept=done.kept)
    if done.differences:
        text += "\n" + tr("Its books do not tie. Run: warehouse-app verify")
    context.output.result(done, text)
    return 1 if done.differences else 0


def verify(context: Context, arguments: Namespace) -> int:
    """`verify`; exit status 1 when any number differs."""
    drain(context.database)
    kept = kept_head_in(context.home)
    if arguments.head == KEPT and not kept:
        raise NoHeadKept
    found = verify_books(context.database, kept if arguments.head == KEPT else arguments.head)
    value = {
        "moves": found.moves,
        "balances": found.balances,
        "reservations": found.reservations,
        "allocations": found.allocations,
        "unposted": waiting_in(context.home),
        "unapplied": found.unapplied,
        "parked": found.parked,
        "head": found.head,
        "head_kept": kept,
        "unsealed": found.unsealed,
        "stopped": found.stopped,
        "differences": found.differences,
    }
    text = tr("{moves} moves, {balances} balances proved.", moves=found.moves, balances=found.balances)
    text += " " + tr("Head of the ledger: {head}", head=found.head or "-")
    if found.differences:
        rows = [(proved_name(item.what), item.key, item.booked, item.proven) for item in found.differences]
        text += "\n" + table([tr("what"), tr("where"), tr("booked"), tr("proven")], rows)
    else:
        text += "\n" + tr("No differences.")
    text += _not_booked(found.parked, found.stopped)
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
    stopped = context.database.read(stopped_streams)
    text = tr("{applied} facts applied, {parked} parked.", applied=done.applied, parked=done.parked)
    text += _not_booked(done.parked, stopped)
    context.output.result({"applied": done.applied, "parked": done.parked, "stopped": stopped}, text)
    return 0


def _not_booked(parked: int, stopped: Sequence[StoppedStream]) -> str:
    """What keeps facts out of the books, and the way out."""
    lines = [stopped_text(stream.station, stream.reason, stream.what) for stream in stopped]
    if parked:
        words = tr_n("{n:,} fact is parked.", "{n:,} facts are parked.", parked)
        lines.insert(0, f"{words} {tr('See facts list, mend the cause, then: warehouse-app bookkeeper reapply')}")
    return "".join(f"\n{line}" for line in lines)


def _stop_with_parent(stop: Event) -> None:
    """The desktop's end of the pipe closes however it ends, also when it is killed."""
    while sys.stdin.buffer.read(1024):
        pass
    stop.set()


def _shown(found: object) -> dict[str, object]:
    return {name: getattr(found, name) or "-" for name in ("engine", "revision", "head")}
