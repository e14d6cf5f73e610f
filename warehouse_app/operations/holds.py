"""Decisions that stop stock wherever it lies: by lot, product, location or owner."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import TypedDict, Unpack

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
from warehouse_app.store.database import Transaction
from warehouse_app.store.ids import new_key


class HoldOnNothing(WarehouseError):
    """A hold without any name would stop the whole warehouse."""

    message = mark("Say what is to be held: a product, a lot, a location or an owner.")


class StockNames(TypedDict, total=False):
    """The names that stock can be held by; one that is left out or empty matches everything."""

    sku: str | None
    lot: str | None
    location: str | None
    owner: str | None


@dataclass(frozen=True, slots=True)
class ActiveHold:
    """A hold that has not been removed; an empty name matches everything."""

    hold_id: str
    sku: str
    lot: str
    location: str
    owner: str
    reason: str
    worker: str
    since: datetime

    @property
    def names(self) -> tuple[str, str, str, str]:
        """What the hold is on: SKU, lot, location and owner."""
        return self.sku, self.lot, self.location, self.owner


def add_hold(tx: Transaction, reason: str, worker: str, **names: Unpack[StockNames]) -> ActiveHold:
    """Stop allocation and handover of matching stock from now on. Raises HoldOnNothing, NotFound."""
    cause = Cause("add_hold", new_key(), worker, tx.now)
    added = ActiveHold(cause.id, *_names(names), reason, worker, tx.recorded_at)
    if not any(added.names):
        raise HoldOnNothing
    _check_names(tx, added)
    tx.add(tables.hold, [asdict(added)])
    tx.announce("hold", [cause.id])
    books, cartons = _listed_cartons(tx, cause, [added])
    for carton in cartons:
        stop_at_despatch(carton, STOCK_HELD, books)
    write(tx, books)
    return added


def remove_hold(tx: Transaction, worker: str, **names: Unpack[StockNames]) -> tuple[ActiveHold, ...]:
    """Remove every hold on exactly this stock. Raises NotFound when there is none.

    What another hold stops too stays stopped.
    """
    wanted = _names(names)
    removed = tuple(hold for hold in list_holds(tx) if hold.names == wanted)
    if not removed:
        raise NotFound(thing=mark("hold"), name=" / ".join(name for name in wanted if name))
    keys = [hold.hold_id for hold in removed]
    cause = Cause("remove_hold", new_key(), worker, tx.now)
    tx.change(tables.hold, ({"hold_id": key, "removed_at": tx.recorded_at} for key in keys))
    tx.announce("hold", keys)
    _, cartons = _listed_cartons(tx, cause, removed)
    release_cartons(tx, cause, cartons)
    return removed


def list_holds(tx: Transaction) -> tuple[ActiveHold, ...]:
    """All holds in force, the oldest first."""
    table = tables.hold
    query = select(table).where(tx.mine(table), table.c.removed_at.is_(None))
    return tuple(_active(row) for row in tx.rows(query.order_by(table.c.since, table.c.hold_id)))


def _listed_cartons(tx: Transaction, cause: Cause, holds: Sequence[ActiveHold]) -> tuple[Books, list[CartonRow]]:
    """Cartons on manifests that wait to be handed over and hold matching units."""
    carton, content = tables.carton, tables.carton_content
    same = (carton.c.warehouse_id == content.c.warehouse_id) & (carton.c.carton == content.c.carton)
    waiting = (tx.mine(carton), carton.c.state == "closed", carton.c.manifest_no != "")
    rows = tx.rows(select(content).join(carton, same).where(*waiting))
    stops = [Hold(hold.hold_id, hold.owner, hold.sku, hold.lot, hold.location, hold.reason) for hold in holds]
    names = {
        row["carton"]
        for row in rows
        if any(hold.matches(row["owner"], row["sku"], row["lot"], row["carton"]) for hold in stops)
    }
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
    )
    for thing, name, table, column in known:
        mine = [tx.mine(table)] if "warehouse_id" in table.c else []
        if name and tx.value(select(table.c[column]).where(*mine, table.c[column] == name).limit(1)) is None:
            raise NotFound(thing=thing, name=name)


def _names(names: StockNames) -> tuple[str, str, str, str]:
    return names.get("sku") or "", names.get("lot") or "", names.get("location") or "", names.get("owner") or ""


def _active(row: RowMapping) -> ActiveHold:
    return ActiveHold(**{field.name: row[field.name] for field in fields(ActiveHold)})
