"""Decisions that stop stock wherever it lies: by lot, product, location or owner."""

from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass
from datetime import datetime

from sqlalchemy import RowMapping, select

from warehouse_app.books.availability import Hold
from warehouse_app.books.ledger import Books, Cause, new_books
from warehouse_app.books.loading import load, needs, write
from warehouse_app.books.rows import CartonRow
from warehouse_app.books.stopping import stop_at_despatch
from warehouse_app.domain.errors import NotFound, WarehouseError
from warehouse_app.language import mark
from warehouse_app.operations.cancelling import release_cartons
from warehouse_app.operations.shipping import STOCK_HELD
from warehouse_app.store import tables
from warehouse_app.store.database import Row, Transaction
from warehouse_app.store.ids import new_key


class HoldOnNothing(WarehouseError):
    """A hold without any name would stop the whole warehouse."""

    message = mark("Say what is to be held: a product, a lot, a location or an owner.")


@dataclass(frozen=True, slots=True)
class HeldStock:
    """What a hold is on; an empty part matches everything."""

    sku: str = ""
    lot: str = ""
    location: str = ""
    owner: str = ""


@dataclass(frozen=True, slots=True)
class ActiveHold:
    """A hold that has not been removed."""

    hold_id: str
    stock: HeldStock
    reason: str
    worker: str
    since: datetime


def add_hold(tx: Transaction, stock: HeldStock, reason: str, worker: str) -> ActiveHold:
    """Stop allocation and handover of matching stock from now on. Raises HoldOnNothing, NotFound."""
    if not any(astuple(stock)):
        raise HoldOnNothing
    _check_names(tx, stock)
    cause = Cause("add_hold", new_key(), worker, tx.now)
    row = {
        "hold_id": cause.id,
        "sku": stock.sku,
        "lot": stock.lot,
        "location": stock.location,
        "owner": stock.owner,
        "reason": reason,
        "worker": worker,
        "since": tx.recorded_at,
    }
    tx.add(tables.hold, [row])
    tx.announce("hold", [cause.id])
    books, cartons = _listed_cartons(tx, cause, [_hold_of(row)])
    for carton in cartons:
        stop_at_despatch(carton, STOCK_HELD, books)
    write(tx, books)
    return _active(row)


def remove_hold(tx: Transaction, hold_id: str, worker: str) -> ActiveHold:
    """Free what a hold stopped, unless another one stops it too. Raises NotFound."""
    removed = [hold for hold in list_holds(tx) if hold.hold_id == hold_id]
    if not removed:
        raise NotFound(thing="hold", name=hold_id)
    _remove(tx, removed, worker)
    return removed[0]


def remove_holds_on(tx: Transaction, stock: HeldStock, worker: str) -> tuple[ActiveHold, ...]:
    """Remove every hold on exactly this stock. Raises NotFound when there is none."""
    removed = [hold for hold in list_holds(tx) if hold.stock == stock]
    if not removed:
        raise NotFound(thing="hold", name=" / ".join(part for part in astuple(stock) if part))
    _remove(tx, removed, worker)
    return tuple(removed)


def list_holds(tx: Transaction) -> tuple[ActiveHold, ...]:
    """All holds in force, the oldest first."""
    table = tables.hold
    query = select(table).where(tx.mine(table), table.c.removed_at.is_(None))
    return tuple(_active(row) for row in tx.rows(query.order_by(table.c.since, table.c.hold_id)))


def _remove(tx: Transaction, holds: Iterable[ActiveHold], worker: str) -> None:
    names = [hold.hold_id for hold in holds]
    cause = Cause("remove_hold", new_key(), worker, tx.now)
    rows = tx.rows_in(tables.hold, "hold_id", names)
    tx.change(tables.hold, ({"hold_id": name, "removed_at": tx.recorded_at} for name in names))
    tx.announce("hold", names)
    _, cartons = _listed_cartons(tx, cause, [_hold_of(row) for row in rows])
    release_cartons(tx, cause, cartons)


def _listed_cartons(tx: Transaction, cause: Cause, holds: Sequence[Hold]) -> tuple[Books, list[CartonRow]]:
    """Cartons on manifests that wait to be handed over and hold matching units."""
    carton, content = tables.carton, tables.carton_content
    same = (carton.c.warehouse_id == content.c.warehouse_id) & (carton.c.carton == content.c.carton)
    waiting = (tx.mine(carton), carton.c.state == "closed", carton.c.manifest_no != "")
    rows = tx.rows(select(content).join(carton, same).where(*waiting))
    names = {
        row["carton"]
        for row in rows
        if any(hold.matches(row["owner"], row["sku"], row["lot"], row["carton"]) for hold in holds)
    }
    books = new_books(tx.recorded_at, cause)
    load(tx, books, needs(cartons=names))
    return books, [found for found in books.cartons if found.carton in names]


def _check_names(tx: Transaction, stock: HeldStock) -> None:
    """A name that nothing has would hold nothing, and nobody would notice."""
    known = (
        ("product", stock.sku, tables.product, "sku"),
        ("location", stock.location, tables.location, "location"),
        ("lot", stock.lot, tables.balance, "lot"),
        ("owner", stock.owner, tables.balance, "owner"),
    )
    for thing, name, table, column in known:
        mine = [tx.mine(table)] if "warehouse_id" in table.c else []
        if name and tx.value(select(table.c[column]).where(*mine, table.c[column] == name).limit(1)) is None:
            raise NotFound(thing=thing, name=name)


def _hold_of(row: Row | RowMapping) -> Hold:
    return Hold(row["hold_id"], row["owner"], row["sku"], row["lot"], row["location"], row["reason"])


def _active(row: Row | RowMapping) -> ActiveHold:
    stock = HeldStock(row["sku"], row["lot"], row["location"], row["owner"])
    return ActiveHold(row["hold_id"], stock, row["reason"], row["worker"], row["since"])
