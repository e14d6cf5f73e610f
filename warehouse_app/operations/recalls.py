"""Where units went: the customers they reached, and where those lie that are still in the house."""

import json
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select
from sqlalchemy.sql import ColumnElement

from warehouse_app.books.held_stock import HeldStock, Hold, held_by, trace_of
from warehouse_app.planning.tracing import Place
from warehouse_app.store import tables
from warehouse_app.store.database import Row, Transaction


@dataclass(frozen=True, slots=True)
class ReachedCustomer:
    """Units of one order line that left the house in one carton. `serial` is told where it is known."""

    order: str
    customer: str
    name: str
    city: str
    country: str
    email: str
    phone: str
    shipment: str
    carton: str
    tracking_no: str
    sku: str
    lot: str
    serial: str
    quantity: int
    shipped_at: datetime


@dataclass(frozen=True, slots=True)
class InTheHouse:
    """Units that have not left; `kind` is that of the location."""

    location: str
    kind: str
    sku: str
    lot: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Reached:
    """What a recall has to deal with. Units that cannot be told apart are listed wherever they may be."""

    customers: tuple[ReachedCustomer, ...]
    in_the_house: tuple[InTheHouse, ...]


def reached(tx: Transaction, recalled: Hold) -> Reached:
    """The customers that such units reached, and where the others lie. A location is not looked at."""
    held = held_by(
        tx, [Hold("", recalled.owner, recalled.sku, recalled.lot, "", "", recalled.receipt, recalled.serial)]
    )
    return Reached(tuple(_customers(tx, recalled, held)), tuple(_lying(tx, recalled, held)))


def count_reached(tx: Transaction, recalled: Hold) -> int:
    """How many orders units of this kind have left the house in."""
    if not (recalled.sku or recalled.lot or recalled.serial or recalled.receipt or recalled.owner):
        return 0
    return len({row.order for row in reached(tx, recalled).customers})


def _customers(tx: Transaction, recalled: Hold, held: HeldStock) -> list[ReachedCustomer]:
    cartons = trace_of(tx, recalled.receipt).ever if recalled.receipt else {}
    rows = [row for row in _shipped(tx, recalled, held) if _may_be(row, recalled, held, cartons)]
    serials = _serials_in(tx, {row["carton"] for row in rows})
    wanted = {one.serial for one in held.serials}
    found = []
    for row in rows:
        known = serials.get((row["carton"], row["order_no"], row["line_no"]), [])
        mine = [serial for serial in known if not wanted or serial in wanted]
        left = row["quantity"] - len(mine)
        found += [_customer(row, serial, 1) for serial in mine]
        if left > 0 and not wanted:
            found.append(_customer(row, "", left))
    return sorted(found, key=lambda one: (one.shipped_at, one.order, one.carton, one.sku, one.lot, one.serial))


def _shipped(tx: Transaction, recalled: Hold, held: HeldStock) -> Sequence[Row]:
    """What handed-over cartons hold of the named products, with their orders."""
    content, carton, order = tables.carton_content, tables.carton, tables.fulfilment_order
    in_carton = (content.c.warehouse_id == carton.c.warehouse_id) & (content.c.carton == carton.c.carton)
    of_order = (content.c.warehouse_id == order.c.warehouse_id) & (content.c.order_no == order.c.order_no)
    query = (
        select(
            content, carton.c.shipment_no, carton.c.tracking_no, carton.c.handed_over_at, order.c.customer,
            order.c.ship_to,
        )
        .join(carton, in_carton)
        .join(order, of_order)
        .where(tx.mine(content), carton.c.state == "handed_over", *_named(content.c, recalled))
    )  # fmt: skip
    if recalled.serial:
        query = query.where(content.c.carton.in_({one.carton for one in held.serials}))
    return tx.rows(query)


def _may_be(row: Row, recalled: Hold, held: HeldStock, cartons: Mapping[Place, int]) -> bool:
    """Whether units of a shipped carton are recalled, or cannot be told from those that are."""
    if recalled.serial:
        return any((one.carton, one.sku) == (row["carton"], row["sku"]) for one in held.serials)
    goods = (row["owner"], row["sku"], row["lot"])
    return not recalled.receipt or (goods, row["carton"]) in cartons


def _serials_in(tx: Transaction, cartons: Collection[str]) -> dict[tuple[str, str, int], list[str]]:
    found = defaultdict(list)
    for row in tx.rows_in(tables.serial_unit, "carton", cartons):
        found[row["carton"], row["order_no"], row["line_no"]].append(row["serial"])
    return found


def _customer(row: Row, serial: str, quantity: int) -> ReachedCustomer:
    to = json.loads(row["ship_to"]) if row["ship_to"] else {}
    return ReachedCustomer(
        row["order_no"], row["customer"], to.get("name") or to.get("company", ""), to.get("city", ""),
        to.get("country", ""), to.get("email", ""), to.get("phone", ""), row["shipment_no"], row["carton"],
        row["tracking_no"], row["sku"], row["lot"], serial, quantity, row["handed_over_at"],
    )  # fmt: skip


def _lying(tx: Transaction, recalled: Hold, held: HeldStock) -> list[InTheHouse]:
    balance, location = tables.balance, tables.location
    same = (balance.c.warehouse_id == location.c.warehouse_id) & (balance.c.location == location.c.location)
    query = select(balance, location.c.kind).join(location, same)
    query = query.where(tx.mine(balance), balance.c.physical, balance.c.on_hand > 0, *_named(balance.c, recalled))
    found: dict[tuple[str, str, str, str], int] = defaultdict(int)
    for row in tx.rows(query):
        stopped = _units_here(row, recalled, held)
        if stopped:
            found[row["location"], row["kind"], row["sku"], row["lot"]] += stopped
    return [InTheHouse(*key, quantity) for key, quantity in sorted(found.items())]


def _units_here(row: Row, recalled: Hold, held: HeldStock) -> int:
    goods = (row["owner"], row["sku"], row["lot"])
    if recalled.receipt and not recalled.serial:
        return min(int(row["on_hand"]), held.receipts[recalled.receipt].get((goods, row["location"]), 0))
    return held.units(goods, row["location"], row["on_hand"])


def _named(columns: object, recalled: Hold) -> list[ColumnElement[bool]]:
    names = {"owner": recalled.owner, "sku": recalled.sku, "lot": recalled.lot}
    return [columns[column] == name for column, name in names.items() if name]  # type: ignore[index]
