"""Commands that print: pick lists of a wave, manifests of a day."""

from argparse import Namespace
from datetime import UTC, datetime
from pathlib import Path

from warehouse_app.cli.context import Context
from warehouse_app.cli.paper_makers import imprint_of, manifests_paper, pick_lists_paper
from warehouse_app.cli.parsing import Commands
from warehouse_app.domain.errors import NotFound, WarehouseError
from warehouse_app.language import mark, tr
from warehouse_app.operations.keeping import drain
from warehouse_app.operations.pick_lists import printed_lists
from warehouse_app.operations.shipping import manifest_paper, open_manifests
from warehouse_app.operations.warehouses import read_house
from warehouse_app.station.printing import write_whole


class CannotWrite(WarehouseError):
    """A file could not be written."""

    message = mark("{file} cannot be written: {reason}")


def add_commands(commands: Commands) -> None:
    """picks, manifests."""
    picks = commands.group("picks", tr("pick lists")).add("print", print_picks, tr("the pick lists of a wave"))
    picks.add_argument("wave", metavar="WAVE")
    picks.add_argument("--out", required=True, metavar="FILE.pdf")
    manifests = commands.group("manifests", tr("what carriers took"))
    manifests.add("list", list_manifests, tr("list open manifests"))
    printed = manifests.add("print", print_manifest, tr("a manifest as PDF"))
    printed.add_argument("manifest", metavar="NO")
    printed.add_argument("--out", required=True, metavar="FILE.pdf")


def print_picks(context: Context, arguments: Namespace) -> int:
    """`picks print`."""
    lists = context.database.read(printed_lists, arguments.wave)
    if not lists:
        raise NotFound(thing=mark("pick list in wave"), name=arguments.wave)
    imprint = imprint_of(context.database.read(read_house), datetime.now(UTC))
    content = pick_lists_paper(lists, imprint)
    save(Path(arguments.out), content)
    value = {"pick_lists": len(lists), "pages": page_count(content)}
    context.output.result(value, tr("{pick_lists} pick lists on {pages} pages.", **value))
    return 0


def list_manifests(context: Context, _arguments: Namespace) -> int:
    """`manifests list`."""
    drain(context.database)
    found = context.database.read(open_manifests)
    lines = [
        f"{one.manifest_no}  {one.carrier_name}  {one.cartons_handed_over} / {one.cartons_waiting}" for one in found
    ]
    context.output.result(found, "\n".join(lines) or tr("No manifest is open."))
    return 0


def print_manifest(context: Context, arguments: Namespace) -> int:
    """`manifests print`."""
    drain(context.database)
    paper = context.database.read(manifest_paper, arguments.manifest)
    content = manifests_paper([paper], imprint_of(context.database.read(read_house), datetime.now(UTC)))
    save(Path(arguments.out), content)
    value = {"cartons": len(paper.cartons), "pages": page_count(content)}
    context.output.result(value, tr("{cartons} cartons on {pages} pages.", **value))
    return 0


def save(path: Path, content: bytes) -> None:
    """Write a paper. Raises CannotWrite."""
    try:
        write_whole(path, content)
    except OSError as error:
        raise CannotWrite(file=str(path), reason=error.strerror or str(error)) from None


def page_count(pdf: bytes) -> int:
    """Pages of a PDF that our own papers made: each page object says its type in plain text."""
    return pdf.count(b"/Type /Page") - pdf.count(b"/Type /Pages")
