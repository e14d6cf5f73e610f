"""Commands that move and adjust stock by decision."""

from argparse import ArgumentParser, Namespace

from warehouse_app.cli.context import Context
from warehouse_app.cli.parsing import Commands, positive
from warehouse_app.language import tr, tr_n
from warehouse_app.operations.keeping import drain
from warehouse_app.operations.moving import StockMoved, StockWanted, Why, adjust_stock, move_stock
from warehouse_app.operations.reference import find_worker


def add_commands(commands: Commands) -> None:
    """move, adjust."""
    moving = commands.add("move", move, tr("move stock from one place to another"))
    moving.add_argument("sku", metavar="SKU")
    moving.add_argument("quantity", type=positive, metavar="QUANTITY")
    moving.add_argument("source", metavar="FROM")
    moving.add_argument("target", metavar="TO")
    adjusting = commands.add("adjust", adjust, tr("book units that were found (3) or are lost (-3)"))
    adjusting.add_argument("sku", metavar="SKU")
    adjusting.add_argument("location", metavar="LOCATION")
    adjusting.add_argument("quantity", type=int, metavar="QUANTITY")
    for parser in (moving, adjusting):
        _add_options(parser)


def move(context: Context, arguments: Namespace) -> int:
    """`move`."""
    drain(context.database)
    why = _why(context, arguments)
    done = context.database.write(move_stock, _wanted(arguments), arguments.source, arguments.target, why)
    return _show(context, done)


def adjust(context: Context, arguments: Namespace) -> int:
    """`adjust`."""
    drain(context.database)
    done = context.database.write(adjust_stock, _wanted(arguments), arguments.location, _why(context, arguments))
    return _show(context, done)


def _add_options(parser: ArgumentParser) -> None:
    parser.add_argument("--lot", default="", metavar="L")
    parser.add_argument("--owner", default="", metavar="O")
    parser.add_argument("--serial", default="", metavar="N")
    parser.add_argument("--reason", default="", metavar="R", help=tr("why, kept with the move"))
    parser.add_argument("--worker", default="", metavar="BADGE", help=tr("who decides"))
    parser.add_argument("--force", action="store_true", help=tr("take promised units too; their orders are replanned"))


def _wanted(arguments: Namespace) -> StockWanted:
    return StockWanted(arguments.sku, arguments.quantity, arguments.lot, arguments.owner, arguments.serial)


def _why(context: Context, arguments: Namespace) -> Why:
    worker = context.database.read(find_worker, arguments.worker).worker if arguments.worker else ""
    return Why(arguments.reason, worker, arguments.force)


def _show(context: Context, done: StockMoved) -> int:
    text = tr(
        "{quantity} × {sku} from {source} to {target}.",
        quantity=done.quantity,
        sku=done.sku,
        source=done.from_location,
        target=done.to_location,
    )
    if done.units_short:
        text += " " + tr_n(
            "{n} promised unit cannot be replaced.", "{n} promised units cannot be replaced.", done.units_short
        )
    context.output.result(done, text)
    return 0
