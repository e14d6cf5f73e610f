"""`station sync`: this station's copy of products, codes, places and people, brought up to date now."""

from argparse import Namespace
from functools import partial

from warehouse_app.cli.context import Context
from warehouse_app.cli.parsing import Commands
from warehouse_app.language import tr
from warehouse_app.station.file import StationFile
from warehouse_app.station.link import Link
from warehouse_app.station.replica import Replica


def add_commands(station: Commands) -> None:
    """`sync` of the station group."""
    parser = station.add("sync", sync, tr("fetch the products, places and people that changed, so as to work offline"))
    parser.add_argument("--station", default="", metavar="NAME", help=tr("the name of a new station"))


def sync(context: Context, arguments: Namespace) -> int:
    """Copy what changed, and post what waits. Raises StoreUnavailable; what has come stays, and is gone on from."""
    file = StationFile(context.home, arguments.station)
    try:
        replica = Replica(file)
        link = Link(file, context.database, replica)
        came = [0]
        link.connect(progress=partial(_note, context, came))
        posted = link.post()
        counts = replica.counts()
        link.close()
    finally:
        file.close()
    value = {"fetched": came[-1], **counts, "waiting": posted.waiting}
    text = tr("{fetched} rows fetched; this station knows {product} products and {barcode} codes.", **value)
    context.output.result(value, text)
    return 0


def show_progress(context: Context, done: int, total: int) -> None:
    """Tell a person how far a first copy is."""
    context.output.progress(tr("Fetching products, places and people: {done} of {total}", done=done, total=total))


def _note(context: Context, came: list[int], done: int, total: int) -> None:
    came.append(done)
    show_progress(context, done, total)
