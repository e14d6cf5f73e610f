"""`sample`: builds the sample warehouse with its week of orders, ready to be worked."""

from argparse import Namespace
from datetime import UTC, datetime
from functools import partial

from warehouse_app.cli.context import Context
from warehouse_app.cli.parsing import Commands
from warehouse_app.language import tr
from warehouse_app.operations.keeping import seal_books
from warehouse_app.operations.sample import (
    build_sample_warehouse,
    describe_sample,
    import_sample_orders,
    sample_today,
)


def add_commands(commands: Commands) -> None:
    """The sample command."""
    parser = commands.add("sample", sample, tr("build the sample warehouse with a week of real orders"))
    parser.add_argument("--orders", type=int, metavar="N", help=tr("at most so many orders"))


def sample(context: Context, arguments: Namespace) -> int:
    """`sample`: replaces an earlier sample, never a warehouse that is in use."""
    database = context.fresh_sample_database()
    build_sample_warehouse(database, partial(_say, context))
    _say(context, tr("orders"))
    today = sample_today(datetime.now(UTC))
    import_sample_orders(database, context.readers, today=today, limit=arguments.orders, only_last_day=False)
    seal_books(database)
    built = database.read(describe_sample)
    text = tr(
        "{products} products, {locations} locations, {units} units on the shelves, {orders} orders with {lines} lines.",
        products=built.products,
        locations=built.locations,
        units=built.units,
        orders=built.orders,
        lines=built.lines,
    )
    context.output.result(built, text + "\n" + tr("Next: warehouse-app reserve, then warehouse-app waves release."))
    return 0


def _say(context: Context, what: str) -> None:
    context.output.progress(tr("Building the sample warehouse: {what}", what=tr(what)))
