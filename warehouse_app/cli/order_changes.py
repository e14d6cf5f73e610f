"""Commands that change orders: change, split, merge, unrelease."""

import re
from argparse import Namespace
from collections.abc import Sequence
from typing import ClassVar

from warehouse_app.cli.context import Context
from warehouse_app.cli.order_values import order_value
from warehouse_app.cli.parsing import Commands
from warehouse_app.domain.csv_table import shown
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.domain.wording import state_name
from warehouse_app.language import mark, tr
from warehouse_app.operations.changing import LineChange, OrderChange, change_order
from warehouse_app.operations.keeping import drain
from warehouse_app.operations.merging import merge_orders
from warehouse_app.operations.order_headers import HeaderChange
from warehouse_app.operations.orders import show_order
from warehouse_app.operations.splitting import SplitRequest, split_order
from warehouse_app.operations.unreleasing import unrelease_order

_NUMBER = re.compile(r"-?[0-9]{1,30}", re.ASCII)


class BadNumber(WarehouseError):
    """A text that should be a number."""

    message: ClassVar[str] = mark("{text} is no number for {name}. Give a whole number.")


class LineWithoutQuantity(WarehouseError):
    """Half of a change of a line."""

    message: ClassVar[str] = mark("A line and its quantity go together: --line N --quantity Q.")


class BadPart(WarehouseError):
    """A part of an address that says not what it is."""

    message: ClassVar[str] = mark("{text} is no part of an address. Write it like city=Leeds.")


class LinesOrLine(WarehouseError):
    """A split that does not say what goes."""

    message: ClassVar[str] = mark("Say which lines go: --lines 2,3, or --line N --quantity Q for a part of one.")


def add_commands(orders: Commands) -> None:
    """change, split, merge, unrelease."""
    change = orders.add("change", run_change, tr("change an order"))
    change.add_argument("order", metavar="NO")
    change.add_argument("--line", metavar="N")
    change.add_argument("--quantity", metavar="Q", help=tr("units that the line is to have; 0 cancels it"))
    change.add_argument("--service", metavar="S")
    change.add_argument("--priority", metavar="P")
    change.add_argument("--ship-policy", metavar="complete|partial")
    change.add_argument("--address", nargs="+", metavar="FIELD=VALUE", default=[])
    split = orders.add("split", run_split, tr("make an order of a part of another one"))
    split.add_argument("order", metavar="NO")
    split.add_argument("--lines", metavar="N,N", help=tr("whole lines"))
    split.add_argument("--line", metavar="N", help=tr("one line, of which only a quantity goes"))
    split.add_argument("--quantity", metavar="Q")
    merge = orders.add("merge", run_merge, tr("merge orders of one recipient into the first of them"))
    merge.add_argument("orders", nargs="+", metavar="NO")
    unrelease = orders.add("unrelease", run_unrelease, tr("take an order back from the floor"))
    unrelease.add_argument("order", metavar="NO")
    unrelease.add_argument("--reason", default="", metavar="R")


def run_change(context: Context, arguments: Namespace) -> int:
    """`orders change`."""
    drain(context.database)
    done = context.database.write(change_order, arguments.order, _change(arguments), "")
    value = {**_order(context, arguments.order), "units_given_back": done.units_given_back, "told": done.told}
    text = tr("Order {order}: {state}.", order=done.order_no, state=state_name(done.state))
    context.output.result(value, text + _told(done.told))
    return 0


def run_split(context: Context, arguments: Namespace) -> int:
    """`orders split`."""
    drain(context.database)
    done = context.database.write(split_order, arguments.order, _split(arguments), "")
    value = {
        **_order(context, done.order_no),
        "new_order": _order(context, done.new_order_no),
        "units": done.units,
        "told": done.told,
    }
    text = tr(
        "{units} units of order {order} are order {new} now ({state}).",
        units=done.units,
        order=done.order_no,
        new=done.new_order_no,
        state=state_name(done.new_state),
    )
    context.output.result(value, text + _told(done.told))
    return 0


def run_merge(context: Context, arguments: Namespace) -> int:
    """`orders merge`."""
    drain(context.database)
    done = context.database.write(merge_orders, arguments.orders, "")
    value = {**_order(context, done.order_no), "merged": done.merged}
    text = tr(
        "Order {order} took over {merged}: {lines} lines, {state}.",
        order=done.order_no,
        merged=", ".join(done.merged),
        lines=done.lines,
        state=state_name(done.state),
    )
    context.output.result(value, text)
    return 0


def run_unrelease(context: Context, arguments: Namespace) -> int:
    """`orders unrelease`."""
    drain(context.database)
    done = context.database.write(unrelease_order, arguments.order, arguments.reason, "")
    value = {**_order(context, arguments.order), "units": done.units, "asked": done.asked}
    text = tr("Order {order}: {state}.", order=done.order_no, state=state_name(done.state))
    if done.asked:
        text += " " + tr("A station still has to put it aside: {works}.", works=", ".join(done.asked))
    context.output.result(value, text)
    return 0


def _order(context: Context, order_no: str) -> dict[str, object]:
    return order_value(context.database.read(show_order, order_no))


def _told(works: Sequence[str]) -> str:
    return " " + tr("Stations were told: {works}.", works=", ".join(works)) if works else ""


def _change(arguments: Namespace) -> OrderChange:
    if (arguments.line is None) != (arguments.quantity is None):
        raise LineWithoutQuantity
    line = None
    if arguments.line is not None:
        line = LineChange(_number("--line", arguments.line), _number("--quantity", arguments.quantity))
    priority = _number("--priority", arguments.priority) if arguments.priority is not None else None
    address = dict(_part(text) for text in arguments.address)
    return OrderChange(line, HeaderChange(arguments.service, priority, arguments.ship_policy, address))


def _split(arguments: Namespace) -> SplitRequest:
    whole, part = arguments.lines is not None, arguments.line is not None
    if whole == part:
        raise LinesOrLine
    if part != (arguments.quantity is not None):
        raise LineWithoutQuantity
    if whole:
        numbers = [_number("--lines", text.strip()) for text in arguments.lines.split(",")]
        return SplitRequest(tuple(numbers))
    return SplitRequest((_number("--line", arguments.line),), _number("--quantity", arguments.quantity))


def _number(name: str, text: str) -> int:
    if not _NUMBER.fullmatch(text):
        raise BadNumber(text=shown(text) or '""', name=name)
    return int(text)


def _part(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise BadPart(text=shown(text))
    return name.strip(), value
