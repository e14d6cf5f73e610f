"""Commands about who is served: rush, why."""

from argparse import Namespace
from dataclasses import asdict

from warehouse_app.cli.context import Context
from warehouse_app.cli.order_values import order_value
from warehouse_app.cli.output import table
from warehouse_app.cli.parsing import Commands
from warehouse_app.domain.wording import reason_text
from warehouse_app.language import tr
from warehouse_app.operations.keeping import drain
from warehouse_app.operations.orders import show_order
from warehouse_app.operations.reasons import BECAUSE, WaitingLine, why_waiting
from warehouse_app.operations.rushing import rush_order


def add_commands(orders: Commands) -> None:
    """rush, why."""
    rush = orders.add("rush", run_rush, tr("reserve, allocate and release one order at once"))
    rush.add_argument("order", metavar="NO")
    why = orders.add("why", run_why, tr("who has the units that an order lacks, and why"))
    why.add_argument("order", metavar="NO")


def run_rush(context: Context, arguments: Namespace) -> int:
    """`orders rush`; exit status 1 when nothing of the order is there."""
    drain(context.database)
    wave = rush_order(context.database, arguments.order, "")
    order = order_value(context.database.read(show_order, arguments.order))
    if wave is None:
        found = context.database.read(show_order, arguments.order)
        reasons = ", ".join(reason_text(str(reason)) for reason in found.reasons)
        text = tr("Nothing of order {order} is there: {reasons}", order=arguments.order, reasons=reasons)
    else:
        text = tr("Order {order} is on the floor in wave {wave}.", order=arguments.order, wave=wave.wave)
    context.output.result({**order, "wave": wave}, text)
    return 0 if wave else 1


def run_why(context: Context, arguments: Namespace) -> int:
    """`orders why`."""
    drain(context.database)
    lines = context.database.read(why_waiting, arguments.order)
    value = [_line_value(line) for line in lines]
    text = "\n\n".join(_line_text(line) for line in lines)
    context.output.result(value, text or tr("Order {order} lacks nothing.", order=arguments.order))
    return 0


def _line_value(line: WaitingLine) -> dict[str, object]:
    held_by = [{**asdict(one), "reason": tr(BECAUSE[one.because])} for one in line.held_by]
    return {**asdict(line), "held_by": held_by}


def _line_text(line: WaitingLine) -> str:
    head = tr(
        "Line {line}: {short} of {wanted} {sku} are missing; other orders hold {held}.",
        line=line.line,
        short=line.short,
        wanted=line.wanted,
        sku=line.sku,
        held=line.held_by_others,
    )
    if not line.held_by:
        return head
    rows = [(one.order, one.quantity, tr(BECAUSE[one.because])) for one in line.held_by]
    return head + "\n" + table([tr("order"), tr("units"), tr("why it has them")], rows)
