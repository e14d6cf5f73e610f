"""Commands that read files: import products, locations, stock, purchase orders, orders and the small lists."""

import sys
from argparse import Namespace
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from warehouse_app.cli.context import Context
from warehouse_app.cli.output import table
from warehouse_app.cli.parsing import Commands
from warehouse_app.domain.rejects import Reject
from warehouse_app.language import tr
from warehouse_app.operations.import_bundles import import_bundles
from warehouse_app.operations.import_customers import import_customers
from warehouse_app.operations.import_locations import import_locations
from warehouse_app.operations.import_orders import import_orders
from warehouse_app.operations.import_products import import_products
from warehouse_app.operations.import_purchase_orders import import_purchase_orders
from warehouse_app.operations.import_reference import (
    import_carton_types,
    import_services,
    import_suppliers,
    import_workers,
)
from warehouse_app.operations.import_stock import import_stock
from warehouse_app.operations.importing import Source
from warehouse_app.operations.keeping import drain

IMPORTS = {
    "products": import_products,
    "locations": import_locations,
    "stock": import_stock,
    "purchase-orders": import_purchase_orders,
    "bundles": import_bundles,
    "workers": import_workers,
    "services": import_services,
    "cartons": import_carton_types,
    "suppliers": import_suppliers,
    "customers": import_customers,
}

REJECTS_SHOWN_MOST = 1_000
MANY_ROWS = 1_000
"""From so many on a server looks at its tables again at once: until it has, it may choose very slow plans."""


def add_commands(commands: Commands) -> None:
    """The import group."""
    group = commands.group("import", tr("read files"))
    for kind in IMPORTS:
        parser = group.add(kind, partial(run_import, kind), tr("read {kind} from a CSV file", kind=kind))
        parser.add_argument("file", metavar="FILE")
    orders = group.add("orders", run_orders, tr("read orders of a sales channel"))
    orders.add_argument("--channel", required=True, metavar="C")
    orders.add_argument("--shop", default="", metavar="S")
    orders.add_argument("files", nargs="+", metavar="FILE")


def run_import(kind: str, context: Context, arguments: Namespace) -> int:
    """`import` of anything but orders."""
    drain(context.database)
    done = IMPORTS[kind](context.database, source_named(arguments.file), partial(_progress, context))
    if done.rows > MANY_ROWS:
        context.database.gather_statistics()
    value = {
        "rows": done.rows,
        "added": done.added,
        "updated": done.updated,
        "unchanged": done.unchanged,
        "rejects": rejects_json(done.rejects),
    }
    text = tr(
        "{rows} rows: {added} added, {updated} updated, {unchanged} unchanged.",
        rows=done.rows,
        added=done.added,
        updated=done.updated,
        unchanged=done.unchanged,
    )
    context.output.result(value, text + rejects_text(done.rejects))
    return 0


def run_orders(context: Context, arguments: Namespace) -> int:
    """`import orders`."""
    drain(context.database)
    done = import_orders(
        context.database,
        arguments.channel,
        arguments.shop,
        [source_named(name) for name in arguments.files],
        readers=context.readers,
        progress=partial(_progress, context),
    )
    if done.added > MANY_ROWS:
        context.database.gather_statistics()
    conflicts = [{"order": conflict.order, "reason": str(conflict.reason)} for conflict in done.conflicts]
    value = {
        "orders": done.orders,
        "lines": done.lines,
        "added": done.added,
        "updated": done.updated,
        "unchanged": done.unchanged,
        "conflicts": conflicts,
        "rejects": rejects_json(done.rejects),
    }
    text = tr(
        "{orders} orders with {lines} lines: {added} added, {updated} updated, {unchanged} unchanged.",
        orders=done.orders,
        lines=done.lines,
        added=done.added,
        updated=done.updated,
        unchanged=done.unchanged,
    )
    for conflict in done.conflicts:
        text += "\n" + f"{conflict.order}: {tr(conflict.reason.message, **conflict.reason.values)}"
    context.output.result(value, text + rejects_text(done.rejects))
    return 0


def rejects_json(rejects: Sequence[Reject]) -> Iterator[dict[str, object]]:
    """Rejects with their reasons in the language in use."""
    for reject in rejects:
        yield {
            "row": reject.row,
            "field": reject.field,
            "reason": tr(reject.reason.message, **reject.reason.values),
            **({"file": reject.file} if reject.file else {}),
        }


def rejects_text(rejects: Sequence[Reject]) -> str:
    """Rejects as a table, empty when there are none; the first of very many."""
    if not rejects:
        return ""
    shown = rejects[:REJECTS_SHOWN_MOST]
    rows = [(reject.row, reject.field, tr(reject.reason.message, **reject.reason.values)) for reject in shown]
    text = "\n\n" + table([tr("row"), tr("field"), tr("not taken because")], rows)
    if len(rejects) > len(shown):
        text += "\n" + tr("{count} more rows were not taken: --json names them all.", count=len(rejects) - len(shown))
    return text


def source_named(name: str) -> Source:
    """A file by the name that a person gave; `-` is standard input."""
    return sys.stdin.buffer if name == "-" else Path(name)


def _progress(context: Context, done: int, total: int | None) -> None:
    text = tr("{done} of {total} rows", done=done, total=total) if total else tr("{done} rows", done=done)
    context.output.progress(text)
