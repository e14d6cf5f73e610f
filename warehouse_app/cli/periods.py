"""Commands about periods: close, list, show."""

from argparse import Namespace

from warehouse_app.cli.context import Context
from warehouse_app.cli.orders import parse_time
from warehouse_app.cli.output import table
from warehouse_app.cli.parsing import Commands
from warehouse_app.domain.money import money_text
from warehouse_app.language import tr
from warehouse_app.operations.keeping import drain
from warehouse_app.operations.periods import ClosedPeriod, close_period, list_periods, show_period
from warehouse_app.operations.reference import find_worker


def add_commands(commands: Commands) -> None:
    """The periods group."""
    group = commands.group("periods", tr("close periods for ever, and show their figures"))
    closing = group.add("close", close, tr("close everything that was recorded up to a time"))
    closing.add_argument("name", nargs="?", default="", metavar="NAME", help=tr("its last day unless given"))
    closing.add_argument("--until", required=True, metavar="TIME")
    closing.add_argument("--worker", default="", metavar="BADGE", help=tr("who closes it"))
    group.add("list", show_all, tr("list the closed periods"))
    shown = group.add("show", show, tr("the figures of a closed period"))
    shown.add_argument("name", metavar="NAME")


def close(context: Context, arguments: Namespace) -> int:
    """`periods close`."""
    until = parse_time(arguments.until)
    drain(context.database)
    worker = context.database.read(find_worker, arguments.worker).worker if arguments.worker else ""
    done = close_period(context.database, arguments.name, until, worker)
    context.output.result(done, tr("Closed for ever:") + "\n" + _text(done))
    return 0


def show_all(context: Context, _arguments: Namespace) -> int:
    """`periods list`."""
    found = context.database.read(list_periods)
    rows = [
        (one.name, _moment(one.starts_at), _moment(one.ends_at), one.units, money_text(one.value, one.currency))
        for one in found
    ]
    headings = [tr("period"), tr("after (UTC)"), tr("up to (UTC)"), tr("units"), tr("value")]
    context.output.result(found, table(headings, rows) if rows else tr("No period is closed."))
    return 0


def show(context: Context, arguments: Namespace) -> int:
    """`periods show`."""
    found = context.database.read(show_period, arguments.name)
    context.output.result(found, _text(found))
    return 0


def _text(one: ClosedPeriod) -> str:
    facts = [
        (tr("period"), one.name),
        (tr("after (UTC)"), _moment(one.starts_at)),
        (tr("up to (UTC)"), _moment(one.ends_at)),
        (tr("last move"), str(one.last_move_no)),
        (tr("last cost entry"), str(one.last_cost_no)),
        (tr("head of the ledger"), one.head or "-"),
        (tr("seal of the period"), one.seal),
        (tr("closed by"), one.worker or "-"),
    ]
    rows: list[tuple[object, ...]] = [
        (total.owner or "-", total.units, money_text(total.value, one.currency)) for total in one.owners
    ]
    rows.append((tr("total"), one.units, money_text(one.value, one.currency)))
    lines = "\n".join(f"{name}: {value}" for name, value in facts)
    return lines + "\n" + table([tr("owner"), tr("units"), tr("value")], rows)


def _moment(moment: object) -> str:
    return str(moment)[:19] if moment else "-"
