"""Commands about stock and codes: stock, explain, codes."""

from argparse import Namespace
from collections.abc import Iterable, Mapping
from typing import Any

from warehouse_app.cli.context import Context
from warehouse_app.cli.imports import source_named
from warehouse_app.cli.orders import parse_time
from warehouse_app.cli.output import table
from warehouse_app.cli.parsing import Commands
from warehouse_app.domain.wording import cause_name, thing_name
from warehouse_app.language import tr
from warehouse_app.operations.codes import KINDS, list_codes
from warehouse_app.operations.debts import open_debts
from warehouse_app.operations.keeping import drain
from warehouse_app.operations.on_hand import stock_of_file
from warehouse_app.operations.stock import explain, stock_at, stock_now, stock_totals


def add_commands(commands: Commands) -> None:
    """stock, explain, codes."""
    stock = commands.add("stock", show_stock, tr("stock now or at a past moment"))
    stock.add_argument("sku", nargs="?", metavar="SKU")
    stock.add_argument("--at", metavar="TIME", help=tr("as the books had it then"))
    stock.add_argument("--as-happened", action="store_true", help=tr("by the time on the floor instead"))
    stock.add_argument("--cells", metavar="FILE", help=tr("what lies in each cell of a CSV file: sku, location"))
    stock.add_argument("--owed", action="store_true", help=tr("units that were taken and are not booked there"))
    why = commands.add("explain", show_why, tr("the moves and holds behind a number"))
    why.add_argument("sku", metavar="SKU")
    why.add_argument("location", nargs="?", metavar="LOCATION")
    why.add_argument("--all", action="store_true", help=tr("every move, not only the newest"))
    codes = commands.group("codes", tr("the scan text of every code")).add("list", show_codes, tr("list codes"))
    codes.add_argument("--kind", choices=KINDS)


def show_stock(context: Context, arguments: Namespace) -> int:
    """`stock`."""
    drain(context.database)
    if arguments.cells:
        return _show_cells(context, arguments.cells)
    if arguments.owed:
        return _show_owed(context, arguments.sku)
    if arguments.at:
        at = parse_time(arguments.at)
        rows = list(context.database.read(stock_at, arguments.sku, at, as_happened=arguments.as_happened))
    else:
        rows = list(context.database.read(stock_now, arguments.sku))
    totals = context.database.read(stock_totals, arguments.sku) if arguments.sku and not arguments.at else ()
    shown = [(row.sku, row.owner, row.location, row.lot, row.on_hand, row.allocated, row.available) for row in rows]
    headings = ["SKU", tr("owner"), tr("location"), tr("lot"), tr("on hand"), tr("allocated"), tr("available")]
    text = table(headings, shown) if shown else tr("Nothing in stock.")
    for total in totals:
        text += "\n" + tr(
            "{sku}: {sellable} sellable, {reserved} reserved, {set_aside} set aside.",
            sku=total.sku,
            sellable=total.sellable,
            reserved=total.reserved,
            set_aside=total.set_aside,
        )
    context.output.result([*rows, *totals], text)
    return 0


def _show_cells(context: Context, name: str) -> int:
    found = stock_of_file(context.database, source_named(name))
    rows = [(cell.sku, cell.location, cell.on_hand) for cell in found]
    context.output.result(found, table(["SKU", tr("location"), tr("on hand")], rows))
    return 0


def _show_owed(context: Context, sku: str | None) -> int:
    """What facts took where the books had nothing, and which stations may still say how it came there."""
    debts = [debt for debt in context.database.read(open_debts) if sku in (None, debt.sku)]
    headings = [tr("location"), "SKU", tr("lot"), tr("owed"), tr("since"), tr("waits for")]
    rows = [
        (debt.location, debt.sku, debt.lot, debt.quantity, f"{debt.since:%Y-%m-%d %H:%M:%S}", ", ".join(debt.waits_for))
        for debt in debts
    ]
    context.output.result(debts, table(headings, rows) if rows else tr("Nothing is owed."))
    return 0


def show_why(context: Context, arguments: Namespace) -> int:
    """`explain`."""
    drain(context.database)
    found = context.database.read(explain, arguments.sku, arguments.location, every_move=arguments.all)
    moves = [
        (move["move_no"], move["quantity"], move["from_location"], move["to_location"],
         _cause(move), move["happened_at"][:19], move["worker"])
        for move in found.moves
    ]  # fmt: skip
    text = tr(
        "{on_hand} on hand, {allocated} allocated, {reserved} reserved.",
        on_hand=found.on_hand,
        allocated=found.allocated,
        reserved=found.reserved,
    )
    headings = [tr("move"), tr("units"), tr("from"), tr("to"), tr("cause"), tr("happened (UTC)"), tr("who")]
    text += "\n" + table(headings, moves)
    if found.earlier:
        text += "\n" + tr("Moves before these are brought forward in one line a place; --all lists them too.")
    if found.serials:
        text += f"\n\n{_serials(found.serials)}"
    context.output.result(found, text)
    return 0


def _cause(move: Mapping[str, Any]) -> str:
    reason = move.get("reason")
    return f"{cause_name(move['cause_kind'])}: {reason}" if reason else cause_name(move["cause_kind"])


def _serials(found: Iterable[Mapping[str, Any]]) -> str:
    """Where each unit with a serial is; a place that is not certain has a question mark."""
    rows = [
        (unit["serial"], unit["lot"], unit["location"] + ("" if unit["place_known"] else " ?"), unit["order_no"],
         unit["receipt"], unit["seen_at"][:19])
        for unit in found
    ]  # fmt: skip
    headings = [tr("serial"), tr("lot"), tr("location"), tr("order"), tr("receipt"), tr("seen (UTC)")]
    return table(headings, rows)


def show_codes(context: Context, arguments: Namespace) -> int:
    """`codes list`."""
    found = context.database.read(list_codes, arguments.kind)
    rows = [(thing_name(code.kind), code.name, code.scan_text) for code in found]
    context.output.result(found, table([tr("kind"), tr("name"), tr("scan text")], rows))
    return 0
