"""Questions about stock: what lies where, what it was at a past moment, and why."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select

from warehouse_app.books.availability import stops_now
from warehouse_app.books.held_stock import active_holds
from warehouse_app.books.snapshots import stock_as_happened, stock_by_books
from warehouse_app.domain.errors import NotFound
from warehouse_app.language import mark
from warehouse_app.store import tables
from warehouse_app.store.database import Row, Transaction


@dataclass(frozen=True, slots=True)
class StockRow:
    """What lies of a product at one place. `available` is what may be promised of it now."""

    sku: str
    owner: str
    location: str
    lot: str
    on_hand: int
    allocated: int
    available: int


@dataclass(frozen=True, slots=True)
class StockTotal:
    """What can be sold of a product, and what is promised of it."""

    sku: str
    owner: str
    reserved: int
    set_aside: int
    sellable: int


@dataclass(frozen=True, slots=True)
class Explained:
    """A number, and every row behind it."""

    on_hand: int
    allocated: int
    reserved: int
    moves: tuple[dict[str, Any], ...]
    allocations: tuple[dict[str, Any], ...]
    reservations: tuple[dict[str, Any], ...]
    holds: tuple[dict[str, Any], ...]


def canonical_sku(tx: Transaction, sku: str) -> str:
    """The product's own spelling. Raises NotFound."""
    product = tables.product
    found = tx.value(select(product.c.sku).where(product.c.sku_folded == sku.casefold()))
    if found is None:
        raise NotFound(thing=mark("product"), name=sku)
    return str(found)


def stock_now(tx: Transaction, sku: str | None) -> tuple[StockRow, ...]:
    """What lies in the house now, of one product or of all."""
    balance, location, lot = tables.balance, tables.location, tables.lot
    where = [tx.mine(balance), balance.c.physical, balance.c.on_hand != 0]
    if sku is not None:
        where.append(balance.c.sku == canonical_sku(tx, sku))
    here = (balance.c.warehouse_id == location.c.warehouse_id) & (balance.c.location == location.c.location)
    of_lot = [balance.c[name] == lot.c[name] for name in ("warehouse_id", "owner", "sku", "lot")]
    query = (
        select(balance, location.c.sellable, lot.c.expires_on)
        .join(location, here)
        .outerjoin(lot, and_(*of_lot))
        .where(*where)
        .order_by(balance.c.sku, balance.c.location, balance.c.lot)
    )
    stops = stops_now(tx)
    return tuple(
        StockRow(
            row["sku"], row["owner"], row["location"], row["lot"], row["on_hand"], row["allocated"],
            stops.free(row) if row["sellable"] else 0,
        )
        for row in tx.rows(query)
    )  # fmt: skip


def stock_totals(tx: Transaction, sku: str) -> tuple[StockTotal, ...]:
    """The totals of one product, for each owner."""
    stock = tables.product_stock
    query = select(stock).where(tx.mine(stock), stock.c.sku == canonical_sku(tx, sku))
    return tuple(
        StockTotal(row["sku"], row["owner"], row["reserved"], row["set_aside"], row["sellable"])
        for row in tx.rows(query)
    )


def stock_at(tx: Transaction, sku: str | None, at: datetime, *, as_happened: bool) -> tuple[StockRow, ...]:
    """What lay in the house at a moment: by the books' time, or by the time on the floor."""
    name = None if sku is None else canonical_sku(tx, sku)
    find = stock_as_happened if as_happened else stock_by_books
    cells = sorted(find(tx, at, name).items())
    return tuple(StockRow(sku, owner, place, lot, units, 0, units) for (sku, place, owner, lot), units in cells)


def explain(tx: Transaction, sku: str, place: str | None) -> Explained:
    """Every move, promise and hold behind what is said of a product, at one place or in the house. Raises NotFound."""
    name = canonical_sku(tx, sku)
    if place is not None:
        _check_place(tx, place)
    rows = [row for row in stock_now(tx, name) if place is None or row.location == place]
    promised = [] if place else _plain(tx, tables.reservation, tables.reservation.c.sku == name)
    allocations = _plain(tx, tables.allocation, tables.allocation.c.sku == name)
    holds = [
        {"hold": hold.hold_id, "sku": hold.sku, "lot": hold.lot, "location": hold.location, "reason": hold.reason}
        for hold in active_holds(tx)
        if hold.sku in ("", name) and (place is None or hold.location in ("", place))
    ]
    total = stock_totals(tx, name)
    return Explained(
        sum(row.on_hand for row in rows),
        sum(row.allocated for row in rows),
        sum(row.reserved for row in total),
        tuple(_moves(tx, name, place)),
        tuple(row for row in allocations if place is None or row["location"] == place),
        tuple(promised),
        tuple(holds),
    )


def _check_place(tx: Transaction, place: str) -> None:
    location = tables.location
    if tx.value(select(location.c.location).where(tx.mine(location), location.c.location == place)) is None:
        raise NotFound(thing=mark("location"), name=place)


def _moves(tx: Transaction, sku: str, place: str | None) -> Sequence[dict[str, Any]]:
    move = tables.move
    where = [tx.mine(move), move.c.sku == sku]
    if place is not None:
        where.append((move.c.from_location == place) | (move.c.to_location == place))
    rows = tx.rows(select(move).where(*where).order_by(move.c.move_no))
    return [_readable(row) for row in rows]


def _plain(tx: Transaction, table: Any, condition: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any table's rows
    return [_readable(row) for row in tx.rows(select(table).where(tx.mine(table), condition))]


def _readable(row: Row) -> dict[str, Any]:
    values = {key: value for key, value in row.items() if key != "warehouse_id"}
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in values.items()}


def facts_json(text: str) -> Any:  # noqa: ANN401 - whatever the payload holds
    """A fact's payload as values."""
    return json.loads(text)
