"""Commands about what stock is worth: value, costs."""

from argparse import Namespace
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from warehouse_app.cli.context import Context
from warehouse_app.cli.orders import parse_time
from warehouse_app.cli.output import table
from warehouse_app.cli.parsing import Commands
from warehouse_app.domain.money import money_text, unit_cost_text
from warehouse_app.domain.wording import age_name, cost_name, value_line_name, zone_name
from warehouse_app.language import tr, tr_n
from warehouse_app.operations.keeping import drain
from warehouse_app.operations.landed_costs import (
    KINDS,
    SPREADS,
    LandedCost,
    add_landed_cost,
    change_unit_cost,
    list_landed_costs,
)
from warehouse_app.operations.roll_forward import Amount, roll_forward
from warehouse_app.operations.valuation import (
    GroupValue,
    ProductValue,
    StockValue,
    house_currency,
    stock_value,
    value_history,
)


def add_commands(commands: Commands) -> None:
    """value, costs."""
    shown = commands.add("value", show, tr("what stock is worth"))
    shown.add_argument("--by", choices=["owner", "zone", "age"], help=tr("rows by owner, zone or age, not by product"))
    shown.add_argument("--sku", metavar="SKU")
    shown.add_argument("--at", metavar="TIME", help=tr("as the books had it then"))
    more = commands.within(shown)
    rolled = more.add("roll-forward", show_roll_forward, tr("how the value went from one moment to another"))
    rolled.add_argument("--from", dest="start", required=True, metavar="TIME")
    rolled.add_argument("--to", dest="end", required=True, metavar="TIME")
    rolled.add_argument("--by", choices=["owner"], help=tr("also for every owner"))
    told = more.add("history", show_history, tr("every change of what a product is worth"))
    told.add_argument("sku", metavar="SKU")
    costs = commands.group("costs", tr("what deliveries cost besides, and what a unit costs"))
    added = costs.add("add", add, tr("spread freight, duty or another cost over a delivery"))
    added.add_argument("po", metavar="PO", help=tr("the purchase order that was delivered"))
    added.add_argument("--amount", required=True, metavar="MONEY", help=tr("such as 120.50"))
    added.add_argument("--kind", required=True, choices=KINDS)
    added.add_argument("--spread", choices=SPREADS, default="value", help=tr("what the shares go by"))
    listed = costs.add("list", show_costs, tr("list the costs of deliveries"))
    listed.add_argument("po", nargs="?", metavar="PO")
    changed = costs.add("set", change, tr("say what the units of a product on hand are worth each"))
    changed.add_argument("sku", metavar="SKU")
    changed.add_argument("--unit-cost", required=True, metavar="MONEY", help=tr("such as 1.3570"))
    changed.add_argument("--owner", default="", metavar="O")
    changed.add_argument("--reason", default="", metavar="R")


def show(context: Context, arguments: Namespace) -> int:
    """`value`."""
    drain(context.database)
    at = parse_time(arguments.at) if arguments.at else None
    found = context.database.read(stock_value, arguments.by, arguments.sku, at)
    value = {
        "currency": found.currency,
        "at": found.at,
        "by": arguments.by or "product",
        "rows": [_row(row, arguments.by) for row in found.rows],
        "total": {"units": found.units, "value": found.value},
        "without_cost": [{"sku": one.sku, "owner": one.owner, "units": one.units} for one in found.without_cost],
    }
    context.output.result(value, _value_text(found, arguments.by))
    return 0


def show_roll_forward(context: Context, arguments: Namespace) -> int:
    """`value roll-forward`; exit status 1 when the lines do not tie."""
    drain(context.database)
    found = context.database.read(roll_forward, parse_time(arguments.start), parse_time(arguments.end))
    owners = found.owners if arguments.by == "owner" else ()
    value = {
        "currency": found.currency,
        "from": found.start,
        "to": found.end,
        "rows": [{"owner": roll.owner, **roll.lines} for roll in owners],
        "total": found.total,
    }
    parts = [
        tr("Owner {owner}:", owner=roll.owner or "-") + "\n" + _lines_text(roll.lines, found.currency)
        for roll in owners
    ]
    parts.append(tr("All stock:") + "\n" + _lines_text(found.total, found.currency))
    context.output.result(value, "\n\n".join(parts))
    return 0 if found.total["check"] == Amount(0, 0) else 1


def show_history(context: Context, arguments: Namespace) -> int:
    """`value history`."""
    drain(context.database)
    found = context.database.read(value_history, arguments.sku)
    currency = context.database.read(house_currency)
    rows = [
        (
            entry.cost_no, _time(entry.recorded_at), entry.owner, value_line_name(entry.kind), entry.reference,
            entry.units, unit_cost_text(entry.value, currency), entry.units_then,
            unit_cost_text(entry.value_then, currency),
        )
        for entry in found
    ]  # fmt: skip
    headings = [
        tr("entry"),
        tr("recorded (UTC)"),
        tr("owner"),
        tr("kind"),
        tr("order or reason"),
        tr("units"),
        tr("value"),
    ]
    headings += [tr("units then"), tr("value then")]
    context.output.result(found, table(headings, rows) if rows else tr("Nothing in stock."))
    return 0


def add(context: Context, arguments: Namespace) -> int:
    """`costs add`."""
    drain(context.database)
    done = context.database.write(add_landed_cost, arguments.po, arguments.amount, arguments.kind, arguments.spread)
    currency = context.database.read(house_currency)
    text = tr(
        "{amount} spread over {po}: {stocked} on units in stock, {expensed} on units that have left.",
        amount=money_text(done.amount, currency),
        po=done.po,
        stocked=money_text(done.stocked, currency),
        expensed=money_text(done.expensed, currency),
    )
    context.output.result({"currency": currency, **_cost(done), "shares": done.shares}, text)
    return 0


def show_costs(context: Context, arguments: Namespace) -> int:
    """`costs list`."""
    found = context.database.read(list_landed_costs, arguments.po)
    currency = context.database.read(house_currency)
    rows = [
        (
            one.po, cost_name(one.kind), cost_name(one.spread), money_text(one.amount, currency),
            money_text(one.stocked, currency), money_text(one.expensed, currency), _time(one.recorded_at),
        )
        for one in found
    ]  # fmt: skip
    headings = [tr("order"), tr("kind"), tr("spread"), tr("amount"), tr("in stock"), tr("expensed")]
    headings.append(tr("recorded (UTC)"))
    text = table(headings, rows) if rows else tr("No costs of deliveries.")
    context.output.result([{"currency": currency, **_cost(one)} for one in found], text)
    return 0


def change(context: Context, arguments: Namespace) -> int:
    """`costs set`."""
    drain(context.database)
    done = context.database.write(
        change_unit_cost, arguments.sku, arguments.unit_cost, arguments.owner, arguments.reason
    )
    currency = context.database.read(house_currency)
    text = tr(
        "{units} units of {sku} were worth {before} and are worth {after} now.",
        units=done.units,
        sku=done.sku,
        before=unit_cost_text(done.value_before, currency),
        after=unit_cost_text(done.value, currency),
    )
    context.output.result(done, text)
    return 0


def _row(row: ProductValue | GroupValue, by: str) -> object:
    if isinstance(row, ProductValue):
        return row
    return {by: row.name, "units": row.units, "value": row.value}


def _value_text(found: StockValue, by: str | None) -> str:
    total = [tr("total"), *([""] if by is None else []), found.units, money_text(found.value, found.currency)]
    if by is None:
        headings = ["SKU", tr("owner"), tr("units"), tr("value"), tr("unit cost")]
        total.append("")
    else:
        headings = [{"owner": tr("owner"), "zone": tr("zone"), "age": tr("days")}[by], tr("units"), tr("value")]
    text = table(headings, [*(_cells(row, by, found.currency) for row in found.rows), total])
    if found.without_cost:
        count = len(found.without_cost)
        named = ", ".join(one.sku for one in found.without_cost[:10])
        text += "\n" + tr_n(
            "{n} product without a cost is worth nothing here: {skus}",
            "{n} products without a cost are worth nothing here: {skus}",
            count,
            skus=named if count <= 10 else f"{named}, …",  # noqa: PLR2004 - as many as were named
        )
    return text


def _cells(row: ProductValue | GroupValue, by: str | None, currency: str) -> Sequence[object]:
    value = money_text(row.value, currency)
    if isinstance(row, ProductValue):
        return row.sku, row.owner, row.units, value, unit_cost_text(row.unit_cost, currency)
    name = {"age": age_name, "zone": zone_name}[by](row.name) if by in ("age", "zone") else row.name or "-"
    return name, row.units, value


def _lines_text(lines: Mapping[str, Amount], currency: str) -> str:
    rows = _worth_showing(lines)
    return table(
        ["", tr("units"), tr("value")],
        [(value_line_name(name), amount.units, money_text(amount.value, currency)) for name, amount in rows],
    )


def _worth_showing(lines: Mapping[str, Amount]) -> Iterable[tuple[str, Amount]]:
    """Lines that are always there, and rare ones where something happened."""
    rare = ("first_valued", "expensed", "cost_changes")
    return [(name, amount) for name, amount in lines.items() if name not in rare or amount != Amount(0, 0)]


def _cost(one: LandedCost) -> dict[str, object]:
    names = ("cost_id", "po", "kind", "spread", "amount", "stocked", "expensed", "recorded_at")
    return {name: getattr(one, name) for name in names}


def _time(moment: datetime) -> str:
    return moment.isoformat()[:19]
