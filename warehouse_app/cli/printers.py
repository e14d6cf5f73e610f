"""`printers`: which printers this station has, what is loaded in each, and how they are."""

from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from typing import Any

from warehouse_app.cli.context import Context
from warehouse_app.cli.output import table
from warehouse_app.cli.parsing import Commands
from warehouse_app.language import tr
from warehouse_app.station.file import StationFile
from warehouse_app.station.printers import (
    DOCUMENTS,
    LANGUAGES,
    PrinterBook,
    PrinterDescription,
    parse_size,
    size_text,
    state_of,
)


def add_commands(commands: Commands) -> None:
    """Printers."""
    printers = commands.group("printers", tr("this station's printers"))
    printers.add("list", list_printers, tr("list the printers"))
    added = printers.add("add", add_printer, tr("set up a printer"))
    added.add_argument("name", metavar="NAME")
    added.add_argument("address", metavar="ADDRESS", help="tcp://HOST:9100, cups:QUEUE, windows:NAME, folder:PATH")
    _add_fields(added)
    changed = printers.add("change", change_printer, tr("change a printer, for example when another roll is loaded"))
    changed.add_argument("name", metavar="NAME")
    changed.add_argument("--address", metavar="ADDRESS")
    _add_fields(changed)
    removed = printers.add("remove", remove_printer, tr("forget a printer"))
    removed.add_argument("name", metavar="NAME")
    status = printers.add("status", show_status, tr("ask printers how they are; 1 at the end unless all can print"))
    status.add_argument("names", metavar="NAME", nargs="*")


def list_printers(context: Context, _arguments: Namespace) -> int:
    """`printers list`."""
    with closing(StationFile(context.home)) as file:
        found = PrinterBook(file).list()
    text = (
        _table(found)
        if found
        else tr("No printer is set up: documents are laid into {folder}.", folder=_folder(context))
    )
    context.output.result(found, text)
    return 0


def add_printer(context: Context, arguments: Namespace) -> int:
    """`printers add`."""
    printer = PrinterDescription(arguments.name, arguments.address, **_fields(arguments))
    with closing(StationFile(context.home)) as file:
        PrinterBook(file).add(printer)
    context.output.result(printer, _table([printer]))
    return 0


def change_printer(context: Context, arguments: Namespace) -> int:
    """`printers change`: what is not named stays as it is."""
    with closing(StationFile(context.home)) as file:
        book = PrinterBook(file)
        fields = _fields(arguments) | ({"address": arguments.address} if arguments.address is not None else {})
        printer = replace(book.get(arguments.name), **fields)
        book.change(printer)
    context.output.result(printer, _table([printer]))
    return 0


def remove_printer(context: Context, arguments: Namespace) -> int:
    """`printers remove`."""
    with closing(StationFile(context.home)) as file:
        PrinterBook(file).remove(arguments.name)
    context.output.result(
        {"removed": arguments.name}, tr("{printer} is no printer here any more.", printer=arguments.name)
    )
    return 0


def show_status(context: Context, arguments: Namespace) -> int:
    """`printers status`."""
    with closing(StationFile(context.home)) as file:
        book = PrinterBook(file)
        asked = [book.get(name) for name in arguments.names] or list(book.list())
    with ThreadPoolExecutor(8) as pool:
        states = list(pool.map(state_of, asked))
    rows = [
        {"printer": one.printer, "ready": one.ready, "answers": one.answers, "waiting": one.waiting, "text": one.text}
        for one in states
    ]
    context.output.result(rows, table([tr("printer"), ""], [(one.printer, one.text) for one in states]))
    return 0 if all(one.ready for one in states) else 1


def _add_fields(parser: ArgumentParser) -> None:
    parser.add_argument("--speaks", choices=LANGUAGES, help=tr("what it is sent (zpl)"))
    parser.add_argument("--dpi", type=int, metavar="N", help=tr("its dots an inch: 203, 300 or 600"))
    parser.add_argument("--stock", type=parse_size, metavar="WxH", help=tr("what is loaded, in mm (101.6x152.4)"))
    parser.add_argument("--prints", type=_names, metavar="A,B", help=", ".join(DOCUMENTS))
    parser.add_argument("--neighbours", type=_names, metavar="A,B", help=tr("printers that take over, the best first"))
    parser.add_argument(
        "--hands-over", choices=["yes", "no"], help=tr("whether the neighbour takes over by itself (no)")
    )


def _fields(arguments: Namespace) -> dict[str, Any]:
    """The fields of a description that were named."""
    fields: dict[str, Any] = {"language": arguments.speaks, "dpi": arguments.dpi}
    fields |= {"prints": arguments.prints, "neighbours": arguments.neighbours}
    if arguments.stock is not None:
        fields["width_mm"], fields["height_mm"] = arguments.stock
    if arguments.hands_over is not None:
        fields["hands_over"] = arguments.hands_over == "yes"
    return {name: value for name, value in fields.items() if value is not None}


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for part in text.split(",") if (name := part.strip()))


def _table(printers: Sequence[PrinterDescription]) -> str:
    headings = [tr("printer"), tr("address"), tr("speaks"), "dpi", tr("loaded, mm"), tr("prints"), tr("neighbours")]
    return table(
        headings,
        [
            (
                one.name, one.address, one.language, str(one.dpi), size_text(one.stock_mm), ", ".join(one.prints),
                ", ".join(one.neighbours) + (" " + tr("(by itself)") if one.hands_over else ""),
            )
            for one in printers
        ],
    )  # fmt: skip


def _folder(context: Context) -> str:
    return str(context.home / "labels")
