"""Commands about orders: reserve, release, list, show, cancel, hold."""

import time
from argparse import ArgumentTypeError, Namespace
from collections.abc import Sequence
from datetime import UTC, datetime

from warehouse_app.cli import order_changes, order_serving
from warehouse_app.cli.context import Context
from warehouse_app.cli.order_values import order_value
from warehouse_app.cli.output import table
from warehouse_app.cli.parsing import Commands
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.domain.wording import cause_name, event_text, reason_text, state_name
from warehouse_app.language import mark, tr
from warehouse_app.operations.cancelling import cancel_order, hold_order, unhold_order
from warehouse_app.operations.keeping import drain
from warehouse_app.operations.orders import OrderDetail, OrderLine, list_facts, list_orders, show_order, show_orders
from warehouse_app.operations.reserving import reserve_open_orders
from warehouse_app.operations.waves import LeftOrder, WaveRequest, list_waves, release_waves

STATES = (
    "new", "reserved", "partial", "short", "released", "picking", "picked", "packing", "packed", "shipped", "cancelled",
    "held",
)  # fmt: skip


NAMED = 5
"""Orders that are named behind a reason; the JSON output names all."""


class BadTime(WarehouseError):
    """A time on the command line that cannot be read."""

    message = mark("{text} is no time. Write it like 2026-11-22T14:30 or 2026-11-22T14:30+00:00.")


def add_commands(commands: Commands) -> None:
    """reserve, waves, orders, facts."""
    commands.add("reserve", reserve, tr("reserve stock for open orders"))
    waves = commands.group("waves", tr("release orders to the floor"))
    release = waves.add("release", release_wave, tr("release what fits, by cut-off and priority"))
    release.add_argument("--max-orders", type=one_or_more, metavar="N", help=tr("at most so many orders"))
    release.add_argument("--until", metavar="TIME", help=tr("only orders that must leave by this time"))
    waves.add("list", show_waves, tr("list the waves"))
    orders = commands.group("orders", tr("look at orders and change them"))
    listed = orders.add("list", show_list, tr("list orders"))
    listed.add_argument("--state", choices=STATES)
    orders.add("show", show_one, tr("everything about one order")).add_argument("order", metavar="NO")
    for name, run, text in (
        ("cancel", cancel, tr("cancel an order")),
        ("hold", hold, tr("put an order on hold")),
        ("unhold", unhold, tr("take an order off hold")),
    ):
        parser = orders.add(name, run, text)
        parser.add_argument("order", metavar="NO")
        parser.add_argument("--reason", default="", metavar="R")
    order_serving.add_commands(orders)
    order_changes.add_commands(orders)
    facts = commands.group("facts", tr("what the stations reported")).add("list", show_facts, tr("list facts"))
    facts.add_argument("--order", metavar="NO")
    facts.add_argument("--station", metavar="S")
    facts.add_argument("--kind", metavar="K")


def reserve(context: Context, _arguments: Namespace) -> int:
    """`reserve`."""
    drain(context.database)
    started = time.perf_counter()
    done = reserve_open_orders(context.database)
    seconds = round(time.perf_counter() - started, 3)
    value = {
        "orders": done.orders,
        "reserved": done.reserved,
        "partial": done.partial,
        "short": done.short,
        "held": done.held,
        "seconds": seconds,
    }
    text = tr(
        "{orders} orders: {reserved} reserved, {partial} in part, {short} short, {held} on hold ({seconds} s).", **value
    )
    context.output.result(value, text)
    return 0


def release_wave(context: Context, arguments: Namespace) -> int:
    """`waves release`."""
    drain(context.database)
    until = parse_time(arguments.until) if arguments.until else None
    done = release_waves(context.database, WaveRequest(max_orders=arguments.max_orders, until=until))
    rows = [(wave.wave, wave.orders, wave.lines, wave.units, wave.pick_lists) for wave in done.waves]
    text = table([tr("wave"), tr("orders"), tr("lines"), tr("units"), tr("pick lists")], rows)
    if not rows:
        text = tr("No order is ready to be released.")
    if done.left:
        text += "\n\n" + _left_text(done.left)
    context.output.result({"waves": done.waves, "left": done.left}, text)
    return 0


def _left_text(left: Sequence[LeftOrder]) -> str:
    """Why orders stay behind; the same reason of many orders is told once."""
    by_reason: dict[str, list[str]] = {}
    for order in left:
        by_reason.setdefault(reason_text(order.reason), []).append(order.order)
    rows = [
        (len(orders), reason, ", ".join(orders[:NAMED]) + (" …" if len(orders) > NAMED else ""))
        for reason, orders in by_reason.items()
    ]
    return table([tr("left behind"), tr("reason"), tr("orders")], rows)


def show_waves(context: Context, _arguments: Namespace) -> int:
    """`waves list`."""
    waves = context.database.read(list_waves)
    rows = [(wave.wave, wave.orders, wave.lines, wave.units, wave.pick_lists) for wave in waves]
    text = table([tr("wave"), tr("orders"), tr("lines"), tr("units"), tr("pick lists")], rows)
    context.output.result({"waves": waves}, text if rows else tr("No wave has been released yet."))
    return 0


def show_list(context: Context, arguments: Namespace) -> int:
    """`orders list`."""
    drain(context.database)
    headings = [tr("order"), tr("state"), tr("service"), tr("ship by (UTC)"), tr("customer")]
    if context.output.as_json:
        context.output.result([order_value(one) for one in context.database.read(show_orders, arguments.state)])
        return 0
    found = context.database.read(list_orders, arguments.state)
    rows = [
        (row.order, state_name(row.state), row.service, f"{row.ship_by:%Y-%m-%d %H:%M}", row.customer) for row in found
    ]
    context.output.result(found, table(headings, rows) if rows else tr("No orders."))
    return 0


def show_one(context: Context, arguments: Namespace) -> int:
    """`orders show`."""
    drain(context.database)
    found = context.database.read(show_order, arguments.order)
    context.output.result(order_value(found), _order_text(found))
    return 0


def cancel(context: Context, arguments: Namespace) -> int:
    """`orders cancel`."""
    drain(context.database)
    done = context.database.write(cancel_order, arguments.order, arguments.reason, "")
    value = {
        **order_value(context.database.read(show_order, arguments.order)),
        "asked": done.asked,
        "units_cancelled": done.units_cancelled,
        "put_back": done.put_back,
    }
    text = tr("Order {order}: {state}.", order=arguments.order, state=state_name(done.state))
    if done.asked:
        text += " " + tr("A station still has to stop: {works}.", works=", ".join(done.asked))
    context.output.result(value, text)
    return 0


def hold(context: Context, arguments: Namespace) -> int:
    """`orders hold`."""
    drain(context.database)
    context.database.write(hold_order, arguments.order, arguments.reason, "")
    found = context.database.read(show_order, arguments.order)
    context.output.result(order_value(found), tr("Order {order} is on hold.", order=arguments.order))
    return 0


def unhold(context: Context, arguments: Namespace) -> int:
    """`orders unhold`."""
    drain(context.database)
    context.database.write(unhold_order, arguments.order, arguments.reason, "")
    found = context.database.read(show_order, arguments.order)
    context.output.result(order_value(found), tr("Order {order} is no longer on hold.", order=arguments.order))
    return 0


def show_facts(context: Context, arguments: Namespace) -> int:
    """`facts list`."""
    found = context.database.read(list_facts, order_no=arguments.order, station=arguments.station, kind=arguments.kind)
    rows = [
        (
            f"{fact.happened_at:%Y-%m-%d %H:%M:%S}", fact.station, fact.sequence, cause_name(fact.kind), fact.worker,
            state_name(fact.state), fact.note,
        )
        for fact in found
    ]  # fmt: skip
    headings = [tr("happened (UTC)"), tr("station"), tr("no."), tr("kind"), tr("worker"), tr("state"), tr("note")]
    context.output.result(found, table(headings, rows) if rows else tr("No facts."))
    return 0


def one_or_more(text: str) -> int:
    """A number of things to do, for argparse."""
    if not (text.isascii() and text.isdigit() and int(text)):
        raise ArgumentTypeError(tr("{text} is not 1 or more", text=text))
    return int(text)


def parse_time(text: str) -> datetime:
    """A time as people and programs write it; without a zone it is UTC. Raises BadTime."""
    try:
        moment = datetime.fromisoformat(text)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        # The second is for the first and last hours that can be written, when UTC is outside of them.
        raise BadTime(text=text) from None


def _sku(line: OrderLine) -> str:
    return f"{line.sku} ({tr('part of {bundle}', bundle=line.bundle)})" if line.bundle else line.sku


def _order_text(found: OrderDetail) -> str:
    headings = [tr("line"), "SKU", tr("ordered"), tr("reserved"), tr("allocated"), tr("picked"), tr("packed")]
    headings += [tr("shipped"), tr("cancelled"), tr("short")]
    rows = [
        (
            line.line_no, _sku(line), line.ordered, line.reserved, line.allocated, line.picked, line.packed,
            line.shipped, line.cancelled, line.short,
        )
        for line in found.lines
    ]  # fmt: skip
    state = state_name(found.summary.state)
    parts = [tr("Order {order}: {state}", order=found.summary.order, state=state), table(headings, rows)]
    parts += [reason_text(reason) for reason in found.reasons]
    if found.history:
        entries = [
            (f"{entry.at:%Y-%m-%d %H:%M:%S}", event_text(entry.what, entry.detail), entry.who)
            for entry in found.history
        ]
        parts.append(table([tr("when (UTC)"), tr("what"), tr("who")], entries))
    return "\n\n".join(parts)
