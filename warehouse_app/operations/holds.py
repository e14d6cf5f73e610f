"""Decisions that stop stock wherever it lies: by product, lot, serial, owner, receipt or location."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import datetime
from typing import TypedDict, Unpack

from sqlalchemy import RowMapping, select

from warehouse_app.books.held_stock import Hold, held_by, hold_of
from warehouse_app.books.ledger import Books, Cause, new_books
from warehouse_app.books.loading import load, needs, write
from warehouse_app.books.replanning import Replanned, replan_for_hold
from warehouse_app.books.rows import CartonRow
from warehouse_app.books.stopping import stop_at_despatch
from warehouse_app.domain.errors import NotFound, WarehouseError
from warehouse_app.language import mark
from warehouse_app.operations.cancelling import release_cartons
from warehouse_app.operations.pace import ORDERS_AIM_S, Pace
from warehouse_app.operations.shipping import STOCK_HELD
from warehouse_app.operations.telling_holds import tell_of_hold, tell_of_release
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction
from warehouse_app.store.ids import new_key

ORDERS_FIRST, ORDERS_LEAST, ORDERS_MOST = 250, 50, 1_000
"""Orders that give back in one transaction what they were promised."""


class HoldOnNothing(WarehouseError):
    """A hold without any name would stop the whole warehouse."""

    message = mark("Say what is to be held: a product, a lot, a serial, a receipt, a location or an owner.")


class SerialHeldAlready(WarehouseError):
    """A serial has one active hold at the most."""

    message = mark("Serial {serial} of {sku} is on hold already ({reason}). Remove that hold first.")


class SerialOfSeveral(WarehouseError):
    """Two products have a unit of this serial."""

    message = mark("Several products have a unit with the serial {serial}: {skus}. Name the product too.")


class StockNames(TypedDict, total=False):
    """The names that stock can be held by; one that is left out or empty matches everything."""

    sku: str | None
    lot: str | None
    location: str | None
    owner: str | None
    receipt: str | None
    serial: str | None


@dataclass(frozen=True, slots=True)
class ActiveHold:
    """A hold that has not been removed; an empty name matches everything. `receipt` is a purchase order number."""

    hold_id: str
    sku: str
    lot: str
    location: str
    owner: str
    receipt: str
    serial: str
    reason: str
    worker: str
    since: datetime

    @property
    def names(self) -> tuple[str, ...]:
        """What the hold is on: SKU, lot, location, owner, receipt and serial."""
        return self.sku, self.lot, self.location, self.owner, self.receipt, self.serial

    @property
    def as_stop(self) -> Hold:
        """The hold as the books know it."""
        return Hold(self.hold_id, self.owner, self.sku, self.lot, self.location, self.reason, self.receipt, self.serial)


@dataclass(frozen=True, slots=True)
class AddedHold(ActiveHold):
    """A new hold and what it came to.

    Units that orders lost because nothing could replace them, orders that are stopped in totes or at a bench, and
    cartons that are stopped at despatch.
    """

    units_short: int = 0
    orders_stopped: tuple[str, ...] = ()
    cartons_stopped: tuple[str, ...] = ()


def hold_stock(database: Database, reason: str, worker: str, **names: Unpack[StockNames]) -> AddedHold:
    """Stop matching stock, in several transactions where thousands of orders were promised it.

    From the first one on nothing of it is promised or given to a picker any more. If this program ends in between, the
    bookkeeper or the next command goes on. Raises HoldOnNothing, NotFound, SerialHeldAlready, SerialOfSeveral.
    """
    added = database.write(add_hold, reason, worker, **names)
    return replace(added, units_short=added.units_short + _carry_out(database, added.hold_id))


def carry_out_holds(database: Database) -> None:
    """Go on with the holds for which orders still have to give back what they were promised."""
    for hold_id in database.read(_unfinished):
        _carry_out(database, hold_id)


def _carry_out(database: Database, hold_id: str) -> int:
    """Let the other orders give back, some in each transaction; gives the units that they lost."""
    pace, units_lost = Pace(ORDERS_FIRST, ORDERS_LEAST, ORDERS_MOST, ORDERS_AIM_S), 0
    while True:
        orders = pace.rows
        with pace.measured(orders):
            replanned = database.write(_go_on, hold_id, orders)
        units_lost += replanned.units_lost
        if replanned.finished:
            return units_lost


def _go_on(tx: Transaction, hold_id: str, most_orders: int) -> Replanned:
    tx.lock_warehouse()
    table = tables.hold
    mine = (tx.mine(table), table.c.hold_id == hold_id, table.c.unfinished, table.c.removed_at.is_(None))
    row = tx.row(select(table).where(*mine))
    if row is None:
        return Replanned(0, finished=True)
    replanned = replan_for_hold(tx, Cause("add_hold", hold_id, row["worker"], tx.now), hold_of(row), most_orders)
    if replanned.finished:
        tx.change(table, [{"hold_id": hold_id, "unfinished": False}])
    return replanned


def _unfinished(tx: Transaction) -> list[str]:
    table = tables.hold
    query = select(table.c.hold_id).where(tx.mine(table), table.c.unfinished, table.c.removed_at.is_(None))
    return [row["hold_id"] for row in tx.rows(query)]


def add_hold(tx: Transaction, reason: str, worker: str, **names: Unpack[StockNames]) -> AddedHold:
    """Stop matching stock from now on: its allocation, picking, packing and handover.

    Promises on shelves are replaced from other stock or become short, the least urgent orders first; stations that
    have such units in hand are told. Where very many orders were promised such stock, some give back here and the
    others when the hold is carried out. Raises HoldOnNothing, NotFound, SerialHeldAlready, SerialOfSeveral.
    """
    tx.lock_warehouse()
    cause = Cause("add_hold", new_key(), worker, tx.now)
    added = ActiveHold(cause.id, *_names(names), reason=reason, worker=worker, since=tx.recorded_at)
    if not any(added.names):
        raise HoldOnNothing
    _check_names(tx, added)
    added = _with_its_product(tx, added)
    tx.add(tables.hold, [asdict(added)])
    tx.announce("hold", [cause.id])
    stop = added.as_stop
    replanned = replan_for_hold(tx, cause, stop, ORDERS_FIRST)
    if not replanned.finished:
        tx.change(tables.hold, [{"hold_id": cause.id, "unfinished": True}])
    messages, cartons = _waiting_cartons(tx, cause, [stop])
    for carton in cartons:
        stop_at_despatch(carton, STOCK_HELD, messages)
    orders = tell_of_hold(tx, messages, stop)
    write(tx, messages)
    names_of_cartons = tuple(sorted(carton.carton for carton in cartons))
    return AddedHold(
        **asdict(added), units_short=replanned.units_lost, orders_stopped=orders, cartons_stopped=names_of_cartons
    )


def remove_hold(tx: Transaction, worker: str, **names: Unpack[StockNames]) -> tuple[ActiveHold, ...]:
    """Remove every hold on exactly this stock. Raises NotFound when there is none.

    What another hold stops too stays stopped. A serial's product may be left out.
    """
    tx.lock_warehouse()
    wanted = _names(names)
    removed = tuple(hold for hold in list_holds(tx) if _is_meant(hold, wanted))
    if not removed:
        raise NotFound(thing=mark("hold"), name=" / ".join(name for name in wanted if name))
    keys = [hold.hold_id for hold in removed]
    cause = Cause("remove_hold", new_key(), worker, tx.now)
    stops = [hold.as_stop for hold in removed]
    _, cartons = _waiting_cartons(tx, cause, stops)
    tx.change(tables.hold, ({"hold_id": key, "removed_at": tx.recorded_at} for key in keys))
    tx.announce("hold", keys)
    release_cartons(tx, cause, cartons)
    messages = new_books(tx.recorded_at, cause)
    tell_of_release(tx, messages, keys)
    write(tx, messages)
    return removed


def list_holds(tx: Transaction) -> tuple[ActiveHold, ...]:
    """All holds in force, the oldest first."""
    table = tables.hold
    query = select(table).where(tx.mine(table), table.c.removed_at.is_(None))
    return tuple(_active(row) for row in tx.rows(query.order_by(table.c.since, table.c.hold_id)))


def stop_named(tx: Transaction, **names: Unpack[StockNames]) -> Hold:
    """The names as a hold that is not in force, to ask what it would stop. Raises HoldOnNothing, NotFound."""
    asked = ActiveHold("", *_names(names), reason="", worker="", since=tx.now)
    if not any(asked.names):
        raise HoldOnNothing
    _check_names(tx, asked)
    return asked.as_stop


def _waiting_cartons(tx: Transaction, cause: Cause, stops: Sequence[Hold]) -> tuple[Books, list[CartonRow]]:
    """Cartons that wait to be handed over and hold units that these holds stop."""
    carton, content = tables.carton, tables.carton_content
    same = (carton.c.warehouse_id == content.c.warehouse_id) & (carton.c.carton == content.c.carton)
    rows = tx.rows(select(content).join(carton, same).where(tx.mine(carton), carton.c.state == "closed"))
    held = held_by(tx, stops)
    names = {row["carton"] for row in rows if held.units((row["owner"], row["sku"], row["lot"]), row["carton"], 1)}
    books = new_books(tx.recorded_at, cause)
    load(tx, books, needs(cartons=names))
    return books, [found for found in books.cartons if found.carton in names]


def _check_names(tx: Transaction, hold: ActiveHold) -> None:
    """A name that nothing has would hold nothing, and nobody would notice."""
    known = (
        (mark("product"), hold.sku, tables.product, "sku"),
        (mark("lot"), hold.lot, tables.balance, "lot"),
        (mark("location"), hold.location, tables.location, "location"),
        (mark("owner"), hold.owner, tables.balance, "owner"),
        (mark("purchase order"), hold.receipt, tables.purchase_order, "po_no"),
        (mark("serial"), hold.serial, tables.serial_unit, "serial"),
    )
    for thing, name, table, column in known:
        mine = [tx.mine(table)] if "warehouse_id" in table.c else []
        if name and tx.value(select(table.c[column]).where(*mine, table.c[column] == name).limit(1)) is None:
            raise NotFound(thing=thing, name=name)


def _with_its_product(tx: Transaction, hold: ActiveHold) -> ActiveHold:
    """A hold on a serial always names the product, so that the database can see two of the same unit."""
    if not hold.serial:
        return hold
    unit, table = tables.serial_unit, tables.hold
    of_product = [unit.c.sku == hold.sku] if hold.sku else []
    skus = [row["sku"] for row in tx.rows_in(unit, "serial", [hold.serial], *of_product)]
    if not skus:
        raise NotFound(thing=mark("serial"), name=f"{hold.sku} / {hold.serial}")
    if len(skus) > 1:
        raise SerialOfSeveral(serial=hold.serial, skus=", ".join(sorted(skus)))
    active = tx.rows_in(table, "serial", [hold.serial], table.c.sku == skus[0], table.c.removed_at.is_(None))
    if active:
        raise SerialHeldAlready(serial=hold.serial, sku=skus[0], reason=active[0]["reason"] or "-")
    return ActiveHold(**{**asdict(hold), "sku": skus[0]})


def _is_meant(hold: ActiveHold, wanted: Sequence[str]) -> bool:
    if hold.serial and not wanted[0]:
        return hold.names[1:] == tuple(wanted[1:])
    return hold.names == tuple(wanted)


def _names(names: StockNames) -> tuple[str, str, str, str, str, str]:
    return (
        names.get("sku") or "", names.get("lot") or "", names.get("location") or "", names.get("owner") or "",
        names.get("receipt") or "", names.get("serial") or "",
    )  # fmt: skip


def _active(row: RowMapping) -> ActiveHold:
    return ActiveHold(**{field.name: row[field.name] for field in fields(ActiveHold)})
