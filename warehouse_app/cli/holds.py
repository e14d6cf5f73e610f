"""Commands about holds: stop stock wherever it lies, free it, and tell whom it reached."""

import csv
import io
from argparse import ArgumentParser, Namespace
from collections.abc import Iterable, Sequence
from dataclasses import astuple, fields
from pathlib import Path

from warehouse_app.cli.context import Context
from warehouse_app.cli.output import plain, table
from warehouse_app.cli.papers import save
from warehouse_app.cli.parsing import Commands
from warehouse_app.domain.spreadsheets import spreadsheet_text
from warehouse_app.domain.wording import reason_text
from warehouse_app.language import tr, tr_n
from warehouse_app.operations.holds import ActiveHold, StockNames, hold_stock, list_holds, remove_hold, stop_named
from warehouse_app.operations.keeping import drain
from warehouse_app.operations.recalls import Reached, ReachedCustomer, count_reached, reached
from warehouse_app.operations.reference import find_worker

NAMES = ("sku", "lot", "location", "owner", "receipt", "serial")


def add_commands(commands: Commands) -> None:
    """The holds group."""
    holds = commands.group("holds", tr("stop stock wherever it lies"))
    add_parser = holds.add("add", add, tr("stop stock that matches"))
    remove_parser = holds.add("remove", remove, tr("free stock that matches"))
    list_parser = holds.add("list", show_holds, tr("list the holds"))
    for parser in (add_parser, remove_parser, list_parser):
        _add_names(parser, NAMES)
        parser.add_argument("--reason", default="", metavar="R")
    for parser in (add_parser, remove_parser):
        parser.add_argument("--worker", default="", metavar="BADGE", help=tr("who decides"))
    reached_parser = holds.add("reached", show_reached, tr("the customers that such units reached"))
    _add_names(reached_parser, [name for name in NAMES if name != "location"])
    reached_parser.add_argument("--out", metavar="FILE.csv", help=tr("write the customers as a table"))


def add(context: Context, arguments: Namespace) -> int:
    """`holds add`."""
    drain(context.database)
    worker = _worker(context, arguments.worker)
    done = hold_stock(context.database, arguments.reason, worker, **_names(arguments))
    customers = context.database.read(count_reached, done.as_stop)
    lines = [tr("Stock that matches is stopped.")]
    if done.units_short:
        lines.append(
            tr_n("{n} promised unit cannot be replaced.", "{n} promised units cannot be replaced.", done.units_short)
        )
    if done.orders_stopped:
        lines.append(tr("Stopped in totes and cartons: {orders}", orders=", ".join(done.orders_stopped)))
    if customers:
        lines.append(
            tr_n(
                "Such units have reached {n} customer: see holds reached.",
                "Such units have reached {n} customers: see holds reached.",
                customers,
            )
        )
    context.output.result({**plain(done), "customers_reached": customers}, "\n".join(lines))
    return 0


def remove(context: Context, arguments: Namespace) -> int:
    """`holds remove`."""
    drain(context.database)
    worker = _worker(context, arguments.worker)
    done = context.database.write(remove_hold, worker, **_names(arguments))
    context.output.result(done, tr("Stock that matches is free."))
    return 0


def show_holds(context: Context, arguments: Namespace) -> int:
    """`holds list`; with names, those that are on these."""
    wanted = {name: value for name, value in _names(arguments).items() if value}
    found = [
        hold
        for hold in context.database.read(list_holds)
        if all(getattr(hold, name) == value for name, value in wanted.items()) and arguments.reason in ("", hold.reason)
    ]
    headings = ["SKU", tr("lot"), tr("serial"), tr("receipt"), tr("owner"), tr("location"), tr("reason")]
    text = table(headings, map(_shown, found)) if found else tr("No stock is on hold.")
    context.output.result(found, text)
    return 0


def show_reached(context: Context, arguments: Namespace) -> int:
    """`holds reached`."""
    drain(context.database)
    names = {name: getattr(arguments, name) for name in NAMES if name != "location"}
    stop = context.database.read(stop_named, **names)
    found: Reached = context.database.read(reached, stop)
    if arguments.out:
        save(Path(arguments.out), customers_csv(found.customers))
    context.output.result(found, _told(found))
    return 0


def customers_csv(customers: Sequence[ReachedCustomer]) -> bytes:
    """The customers as a table that a spreadsheet opens without taking any text for a formula."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(field.name for field in fields(ReachedCustomer))
    for customer in customers:
        writer.writerow(spreadsheet_text(cell) for cell in plain(astuple(customer)))
    return text.getvalue().encode("utf-8-sig", errors="backslashreplace")


def _told(found: Reached) -> str:
    customers = [
        (one.order, one.name, one.city, one.country, one.email, one.phone, one.carton, one.sku, one.lot, one.serial,
         one.quantity)
        for one in found.customers
    ]  # fmt: skip
    headings = [
        tr("order"), tr("name"), tr("city"), tr("country"), tr("e-mail"), tr("phone"), tr("carton"), "SKU", tr("lot"),
        tr("serial"), tr("units"),
    ]  # fmt: skip
    shipped = table(headings, customers) if customers else tr("No such unit has left the house.")
    lying = [(one.location, one.sku, one.lot, one.quantity) for one in found.in_the_house]
    where = table([tr("location"), "SKU", tr("lot"), tr("units")], lying) if lying else tr("None lies in the house.")
    return f"{shipped}\n\n{where}"


def _add_names(parser: ArgumentParser, names: Iterable[str]) -> None:
    letters = {"lot": "L", "sku": "S", "location": "C", "owner": "O", "receipt": "PO", "serial": "N"}
    for name in names:
        parser.add_argument(f"--{name}", default="", metavar=letters[name])


def _names(arguments: Namespace) -> StockNames:
    return StockNames(
        sku=arguments.sku, lot=arguments.lot, location=arguments.location, owner=arguments.owner,
        receipt=arguments.receipt, serial=arguments.serial,
    )  # fmt: skip


def _worker(context: Context, badge: str) -> str:
    return context.database.read(find_worker, badge).worker if badge else ""


def _shown(hold: ActiveHold) -> tuple[str, ...]:
    return hold.sku, hold.lot, hold.serial, hold.receipt, hold.owner, hold.location, reason_text(hold.reason)
