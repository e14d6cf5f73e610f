"""`claims`: which station holds which work, and taking work over from a station."""

from argparse import Namespace

from warehouse_app.cli.context import Context
from warehouse_app.cli.output import table
from warehouse_app.cli.parsing import Commands
from warehouse_app.language import tr
from warehouse_app.operations.claims import list_claims, take_work_over
from warehouse_app.operations.keeping import drain


def add_commands(commands: Commands) -> None:
    """The claims group."""
    claims = commands.group("claims", tr("which station holds which work"))
    parser = claims.add("list", show, tr("what stations hold"))
    parser.add_argument("--station", default="", metavar="NAME", help=tr("only of this station"))
    parser.add_argument("--task", default="", metavar="TASK", help=tr("only of this task, such as pack"))
    parser = claims.add("take-over", take_over, tr("take work over from a station that does not go on with it"))
    parser.add_argument("work", metavar="WORK", help=tr("such as pack:1001; claims list shows it"))
    parser.add_argument("--by", required=True, metavar="BADGE", help=tr("the badge of a supervisor"))
    parser.add_argument("--reason", default="", metavar="R", help=tr("why"))


def show(context: Context, arguments: Namespace) -> int:
    """List the claims that are held."""
    drain(context.database)
    rows = context.database.read(list_claims, arguments.station, arguments.task)
    headings = (tr("work"), tr("station"), tr("worker"), tr("epoch"), tr("begun"), tr("claimed"), tr("heard of"))
    cells = (
        (
            row.work, row.station, row.worker, row.epoch, "" if row.ahead else tr("yes"),
            f"{row.claimed_at:%Y-%m-%d %H:%M}", f"{row.seen_at:%Y-%m-%d %H:%M}" if row.seen_at else "-",
        )
        for row in rows
    )  # fmt: skip
    context.output.result(rows, table(headings, cells))
    return 0


def take_over(context: Context, arguments: Namespace) -> int:
    """End a station's claim; any other station may have the work then."""
    taken = take_work_over(context.database, arguments.work, arguments.by, arguments.reason)
    text = tr(
        "{work} was taken over from {station}. Any station may have it now; what {station} still posts of it is kept"
        " and shown as worked twice.",
        work=taken.work,
        station=taken.station,
    )
    context.output.result(taken, text)
    return 0
