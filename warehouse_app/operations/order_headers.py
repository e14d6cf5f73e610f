"""What can be changed of an order beside its lines: service, priority, ship policy, address."""

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from zoneinfo import ZoneInfo

from sqlalchemy import select

from warehouse_app.books.giving_back import is_held
from warehouse_app.books.ledger import Books
from warehouse_app.books.rows import OrderRow
from warehouse_app.books.stopping import cartons_of
from warehouse_app.domain.csv_table import WHOLE_MOST, shown
from warehouse_app.domain.cut_off import ship_by
from warehouse_app.domain.errors import NotFound, WarehouseError, WrongState
from warehouse_app.domain.packets import Address
from warehouse_app.language import mark
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction

POLICIES = ("complete", "partial")
REQUIRED = ("name", "address1", "city", "country")
"""A parcel needs at least these."""

ADDRESS_LENGTH_MOST = 500
COUNTRY_LENGTH = 2


class BadValue(WarehouseError):
    """A value that an order cannot have there."""

    message = mark("{name} cannot be {value}. It can be: {allowed}.")


class BadAddress(WarehouseError):
    """A part of an address that cannot be printed on a label."""

    message = mark("{name} of the address cannot be {value}: {remedy}")


@dataclass(frozen=True, slots=True)
class HeaderChange:
    """What is to be different; None and an empty mapping leave as it is. `address` is by the names of Address."""

    service: str | None = None
    priority: int | None = None
    ship_policy: str | None = None
    address: Mapping[str, str] = field(default_factory=dict)


def change_header(tx: Transaction, order: OrderRow, change: HeaderChange, books: Books) -> None:
    """Change a loaded order. Raises NotFound, WrongState, BadValue, BadAddress."""
    before = {"service": order.service, "priority": order.priority, "ship_policy": order.ship_policy}
    if change.service is not None:
        _change_service(tx, order, change.service, books)
    if change.priority is not None:
        if not 0 <= change.priority <= WHOLE_MOST:
            raise BadValue(name="priority", value=change.priority, allowed=f"0-{WHOLE_MOST}")
        order.priority = change.priority
    if change.ship_policy is not None:
        if change.ship_policy not in POLICIES:
            raise BadValue(name="ship_policy", value=shown(change.ship_policy), allowed=", ".join(POLICIES))
        order.ship_policy = change.ship_policy
    for name, old in before.items():
        new = getattr(order, name)
        if new != old:
            books.note(order.order_no, f"{name}_changed", before=old, after=new)
    if change.address:
        _change_address(order, change.address, books)


def _change_service(tx: Transaction, order: OrderRow, service: str, books: Books) -> None:
    row = tx.row(select(tables.service).where(tables.service.c.service == service))
    if row is None:
        raise NotFound(thing=mark("service"), name=shown(service))
    if order.state in ("packing", "packed") or is_held(f"pack:{order.order_no}", books):
        remedy = mark("its label names the service already. Cancel it, or let it go as it is")
        raise WrongState(name=order.order_no, state=order.state, remedy=remedy)
    zone = ZoneInfo(tx.lock_warehouse()["timezone"])
    order.service = service
    order.ship_by = ship_by(order.ordered_at, service, row["cut_off"], zone)


def _change_address(order: OrderRow, parts: Mapping[str, str], books: Books) -> None:
    """The new address reaches the bench that packs the order; one that is on a label already is left alone."""
    if order.state == "packed" or any(carton.state == "closed" for carton in cartons_of(order.order_no, books)):
        remedy = mark("its label is printed. Have the bench open the carton again first, or cancel the order")
        raise WrongState(name=order.order_no, state=order.state, remedy=remedy)
    before = json.loads(order.ship_to or "{}")
    new = {**asdict(Address(**before)), **_checked(parts)}
    if new == asdict(Address(**before)):
        return
    order.ship_to = json.dumps(new)
    for shipment in books.shipments:
        if shipment.order_no == order.order_no and shipment.state == "packing":
            shipment.ship_to = order.ship_to
    books.note(order.order_no, "address_changed", parts=sorted(parts))
    books.amend(f"pack:{order.order_no}", what="change_address", order=order.order_no, ship_to=new)


def _checked(parts: Mapping[str, str]) -> dict[str, str]:
    known = [item.name for item in fields(Address)]
    checked = {}
    for name, text in parts.items():
        if name not in known:
            raise BadValue(name="address", value=shown(name), allowed=", ".join(known))
        value = text.strip()
        remedy = _objection(name, value)
        if remedy:
            raise BadAddress(name=name, value=shown(ascii(value)), remedy=remedy)
        checked[name] = value.upper() if name == "country" else value
    return checked


def _objection(name: str, value: str) -> str:
    if name in REQUIRED and not value:
        return mark("a parcel needs it.")
    if len(value) > ADDRESS_LENGTH_MOST:
        return mark("it is too long for a label.")
    if not value.isprintable():
        return mark("it holds an invisible character.")
    if name == "country" and not (len(value) == COUNTRY_LENGTH and value.isascii() and value.isalpha()):
        return mark("a country is written like GB.")
    return ""
