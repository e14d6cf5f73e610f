"""`station journal`: a station's unposted scans by file, where no network leads any more."""

import sys
from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path

from warehouse_app.cli.context import Context
from warehouse_app.cli.parsing import Commands
from warehouse_app.language import tr, tr_n
from warehouse_app.operations.keeping import drain
from warehouse_app.station.carrying import Exported, Imported, Order, export_journal, import_journal


def add_commands(station: Commands) -> None:
    """The journal's group within that of the station."""
    journal = station.group("journal", tr("carry scans that were not posted by file"))
    exporting = journal.add("export", export, tr("write what the shared database does not have of this folder's scans"))
    exporting.add_argument("file", metavar="FILE", help=tr("the file to write"))
    exporting.add_argument("--all", action="store_true", help=tr("write the whole journal, posted scans too"))
    importing = journal.add("import", bring, tr("bring a station's exported scans into the shared database"))
    importing.add_argument("file", metavar="FILE", help=tr("the file that was exported"))
    importing.add_argument(
        "--by", "--worker", default="", metavar="BADGE", dest="by", help=tr("the supervisor who imports it")
    )
    importing.add_argument("--seal", default="", metavar="HASH", help=tr("the seal that the export printed"))
    importing.add_argument(
        "--accept-lost", action="store_true", help=tr("declare missing scans lost, so that later ones are booked")
    )


def export(context: Context, arguments: Namespace) -> int:
    """`station journal export`."""
    done = export_journal(context.home, Path(arguments.file), whole=arguments.all)
    context.output.result(done, _exported_text(done))
    _warn(_lost_text(done.lost), damaged=done.damaged)
    _warn(_newer_text(done.newer))
    return 0


def bring(context: Context, arguments: Namespace) -> int:
    """`station journal import`; the scans are booked at once where no bookkeeper runs."""
    order = Order(arguments.by, arguments.seal, accept_lost=arguments.accept_lost)
    done = import_journal(context.database, Path(arguments.file), order)
    drain(context.database)
    context.output.result(done, _imported_text(done))
    _warn(_missing_text(done))
    _warn(_newer_text(done.newer))
    return 0


def _exported_text(done: Exported) -> str:
    count = tr_n(
        "{n:,} scan of station {station}", "{n:,} scans of station {station}", done.facts, station=done.station
    )
    span = f" ({done.first}–{done.last})" if done.facts else ""
    text = tr("{count} written to {file}.", count=count + span, file=done.file)
    return text + "\n" + tr("Seal, to be compared at the import: {seal}", seal=done.seal)


def _imported_text(done: Imported) -> str:
    text = tr(
        "{imported} of {facts} scans of station {station} imported by {by}; {already} were there already.",
        imported=f"{done.imported:,}", facts=f"{done.facts:,}", station=done.station, by=done.by or "-",
        already=f"{done.already:,}",
    )  # fmt: skip
    if done.declared_lost:
        text += " " + tr_n("{n} scan was declared lost.", "{n} scans were declared lost.", done.declared_lost)
    return text + "\n" + tr("Seal of the file: {seal}", seal=done.seal)


def _warn(text: str, *, damaged: bool = False) -> None:
    if damaged:
        told = tr("The station's file is damaged; what could be read was written. What came after it nobody can tell.")
        print(f"warning: {told}", file=sys.stderr)
    if text:
        print(f"warning: {text}", file=sys.stderr)


def _lost_text(lost: Sequence[tuple[int, int]]) -> str:
    return tr("These scans could not be read: {numbers}.", numbers=_spans(lost)) if lost else ""


def _missing_text(done: Imported) -> str:
    if not done.missing:
        return ""
    return tr(
        "Scans {numbers} of station {station} are missing; {waiting} after them are kept and wait. Export again with"
        " --all; if nobody has them any more, import with --accept-lost.",
        numbers=_spans(done.missing),
        station=done.station,
        waiting=done.waiting,
    )


def _newer_text(newer: Sequence[Mapping[str, object]]) -> str:
    if not newer:
        return ""
    first = newer[0]
    return tr(
        "Scan {sequence} is of a newer release ({kind} {version}): it and all after it wait for a newer bookkeeper."
        " Update this program.",
        **first,
    )


def _spans(stretches: Sequence[tuple[int, int]]) -> str:
    return ", ".join(str(first) if first == last else f"{first}–{last}" for first, last in stretches)
