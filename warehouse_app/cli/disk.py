"""`station disk`: how full the disk of the station's folder is, and the room that is kept back on it."""

from argparse import Namespace
from contextlib import closing

from warehouse_app.cli.context import Context
from warehouse_app.cli.parsing import Commands
from warehouse_app.domain.errors import NotFound
from warehouse_app.language import mark, tr
from warehouse_app.station.disk import MB, Reserve, space_at
from warehouse_app.station.file import StationFile
from warehouse_app.station.wording import low_space_text

LARGEST_MB = 10_000


def add_commands(station: Commands) -> None:
    """The command within the station's group."""
    parser = station.add("disk", show, tr("room on the disk of this station's folder, and how much is kept back"))
    parser.add_argument(
        "--reserve", type=_megabytes, metavar="MB", help=tr("keep so many megabytes back for a full disk; 0: none")
    )


def show(context: Context, arguments: Namespace) -> int:
    """`station disk`; the reserve is changed while no other program works with the folder."""
    if arguments.reserve is not None:
        with closing(StationFile(context.home)) as file:
            file.set_reserve(arguments.reserve)
    try:
        space = space_at(context.home)
    except OSError:
        raise NotFound(thing=mark("folder"), name=context.home) from None
    held = Reserve(context.home).held
    value = {
        "folder": str(context.home), "used_percent": space.used_percent, "free": space.free, "low": space.is_low,
        "reserve": held,
    }  # fmt: skip
    text = tr(
        "{folder}: the disk is {percent} % full, {free} MB are free; {reserve} MB are kept back.",
        folder=context.home,
        percent=space.used_percent,
        free=f"{space.free // MB:,}",
        reserve=f"{held // MB:,}",
    )
    context.output.result(value, f"{text}\n{low_space_text(space, context.home)}" if space.is_low else text)
    return 0


def _megabytes(text: str) -> int:
    """A whole number of megabytes; argparse turns the error into wrong usage."""
    number = int(text)
    if not 0 <= number <= LARGEST_MB:
        raise ValueError(text)
    return number
