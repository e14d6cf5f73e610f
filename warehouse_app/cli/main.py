"""The command line as a whole: its parser, and how a command is run."""

import sys
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Sequence
from contextlib import closing

from warehouse_app import __version__
from warehouse_app.cli import (
    bench,
    campaigns,
    claims,
    counts,
    database,
    demo,
    devices,
    errands,
    holds,
    imports,
    labels,
    moving,
    orders,
    papers,
    periods,
    printers,
    prints,
    sample,
    scan,
    settings,
    station,
    stock,
    value,
)
from warehouse_app.cli.context import Context
from warehouse_app.cli.parsing import Commands, common_options, translate_argparse
from warehouse_app.domain.errors import Interrupted, WarehouseError
from warehouse_app.language import tr
from warehouse_app.station.wording import error_text

GROUPS = (
    sample, demo, database, settings, imports, orders, papers, labels, counts, station, claims, stock, campaigns, holds,
    moving, value, periods, errands, devices, printers, prints, bench,
)  # fmt: skip

STOPPED_BY_A_PERSON = 130
"""What shells report of a program that Ctrl+C has ended."""


def build_parser() -> ArgumentParser:
    """The parser of every command. `run` in the parsed arguments is the command's function, absent for the desktop."""
    translate_argparse()
    parser = ArgumentParser(prog="warehouse-app", parents=[common_options(suppress=False)])
    parser.add_argument(
        "--version", action="version", version=f"Warehouse App {__version__}", help=tr("show the version and end")
    )
    options = common_options(suppress=True)
    commands = Commands(parser.add_subparsers(metavar=tr("command")), options)
    commands.add("desktop", _desktop_marker, tr("open the desktop"))
    for group in GROUPS:
        group.add_commands(commands)
    scans = commands.group("scan", tr("what a scan means"))
    scan.configure(scans.add("parse", _parse_scan, tr("what a scan means, field by field")))
    return parser


def run_command(make_context: Callable[[], Context], arguments: Namespace) -> int:
    """Run the command that was asked for; what a person can act on ends in one line on standard error."""
    try:
        with closing(make_context()) as context:
            return int(arguments.run(context, arguments))
    except Interrupted as error:
        print(error_text(error), file=sys.stderr)
        return STOPPED_BY_A_PERSON
    except WarehouseError as error:
        print(f"error: {error_text(error)}", file=sys.stderr)
        return 1
    except UnicodeEncodeError as error:
        # Bytes on the command line that are no UTF-8 arrive as lone surrogates, which no database takes.
        told = tr("{text} is no text.", text=ascii(error.object))
        print(f"error: {told}", file=sys.stderr)
        return 1
    except BrokenPipeError:
        # Whoever read our output has gone; that is their right.
        sys.stderr.close()
        return 1
    except KeyboardInterrupt:
        return STOPPED_BY_A_PERSON


def wants_desktop(arguments: Namespace) -> bool:
    """Whether no command was given, or the desktop by name."""
    return getattr(arguments, "run", None) in (None, _desktop_marker)


def parse(arguments: Sequence[str] | None) -> Namespace:
    """The parsed command line; wrong usage ends the program with status 2."""
    return build_parser().parse_args(arguments)


def _desktop_marker(_context: Context, _arguments: Namespace) -> int:
    raise AssertionError


def _parse_scan(_context: Context, arguments: Namespace) -> int:
    return scan.run(arguments)
