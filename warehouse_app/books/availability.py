"""What may be promised: on the shelves, not promised yet, not past its last day, and under no hold."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy import BindParameter, Date, Select, and_, bindparam, exists, literal, or_, select, true
from sqlalchemy.sql import ColumnElement

from warehouse_app.books.held_stock import HeldStock, held_by, hold_of
from warehouse_app.books.ledger import Books
from warehouse_app.planning.allocation import LotBalance
from warehouse_app.planning.demand import StockKey
from warehouse_app.planning.tracing import Goods
from warehouse_app.store import tables
from warehouse_app.store.asking import Found, Question
from warehouse_app.store.database import LIST_CHUNK, Row, Transaction, is_listed

RESERVE_ZONE = "R"
"""Storage of this zone refills pick faces; it is picked from only when no pick face has enough."""


@dataclass(frozen=True, slots=True)
class Stops:
    """Why units may not be promised: the holds, and the day; a lot may be sold up to the last day of its life.

    `expired` tells whether any lot at all is past that day.
    """

    held: HeldStock
    today: date
    expired: bool

    def stopped(self, row: Row) -> int:
        """How many units of a balance (with the last day of its lot) may not be promised."""
        goods = (row["owner"], row["sku"], row["lot"])
        return self.stopped_of(goods, row["location"], row["on_hand"], row["expires_on"])

    def free(self, row: Row) -> int:
        """How many units of a balance may be promised."""
        return max(0, int(row["on_hand"]) - int(row["allocated"]) - self.stopped(row))

    def stopped_of(self, goods: Goods, location: str, on_hand: int, expires_on: date | None) -> int:
        """The same, told in words."""
        if expires_on is not None and expires_on < self.today:
            return on_hand
        return self.held.units(goods, location, on_hand) if self.held else 0


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What decides whether orders can be promised stock: what is stopped, and what lies on the shelves."""

    stops: Stops
    shelves: Sequence[LotBalance]


def look_around(tx: Transaction, books: Books, *, shelves: bool) -> Surroundings:
    """Load the totals of what the orders of these books want, and look at what is stopped, and at the shelves if asked.

    What lies there is loaded into the books as well, so that it need not be asked for again.
    """
    skus = sorted({line.sku for line in books.lines if line.stocked})
    totals = books.stock.questions(tx, books.stock.wanted("sku", skus))
    lying = _lying(tx, skus, _shelves(tx.connection.dialect.name)) if shelves else []
    found, (stopped, *lain) = _halves(tx.ask([*totals, _ask_for_stops(tx), *lying]), len(totals))
    books.stock.take_in(row for rows in found for row in rows)
    stops = _stops(tx, stopped, skus)
    return Surroundings(stops, _on_shelves([row for rows in lain for row in rows], stops, books))


def stops_now(tx: Transaction, skus: Collection[str] | None = None) -> Stops:
    """What may not be promised now, by the warehouse's own calendar; with `skus`, of these products only."""
    return _stops(tx, tx.ask([_ask_for_stops(tx)])[0], skus)


def _halves(answers: list[Found], first: int) -> tuple[list[Found], list[Found]]:
    return answers[:first], answers[first:]


def _today(tx: Transaction) -> date:
    return tx.now.astimezone(ZoneInfo(tx.house()["timezone"] or "UTC")).date()


def _ask_for_stops(tx: Transaction) -> Question:
    return Question(_stops_query(), {"warehouse_id": tx.warehouse_id, "today": _today(tx)})


def _stops(tx: Transaction, rows: Found, skus: Collection[str] | None) -> Stops:
    names = tables.hold.c.keys()
    holds = [dict(zip(names, row[1:], strict=True)) for row in rows]
    in_force = [hold_of(row) for row in holds if row["hold_id"] is not None]
    return Stops(held_by(tx, in_force, skus), _today(tx), expired=bool(rows[0][0]))


@cache
def _stops_query() -> Select[Any]:
    """Whether any lot is past its day, and the holds in force: in one query, for every promise asks both."""
    hold, lot = tables.hold, tables.lot
    here: BindParameter[str] = bindparam("warehouse_id")
    expired = exists().where(lot.c.warehouse_id == here, lot.c.expires_on < bindparam("today", type_=Date))
    one = select(literal(1).label("one")).subquery()
    in_force = and_(hold.c.warehouse_id == here, hold.c.removed_at.is_(None))
    # A row comes also where nothing is on hold.
    return select(expired.label("expired"), *hold.c).select_from(one.outerjoin(hold, in_force))


def shelf_balances(tx: Transaction, skus: Iterable[str]) -> list[LotBalance]:
    """What can be allocated of these products: pickable places, free units, nothing that is stopped."""
    wanted = list(dict.fromkeys(skus))
    questions = _lying(tx, wanted, _shelves(tx.connection.dialect.name))
    stopped, *lain = tx.ask([_ask_for_stops(tx), *questions])
    return _on_shelves([row for rows in lain for row in rows], _stops(tx, stopped, wanted), None)


def _on_shelves(rows: Found, stops: Stops, books: Books | None) -> list[LotBalance]:
    found = []
    for row in rows:
        name, sku, owner, lot, on_hand, allocated, _physical, expires_on, zone, block, aisle, position, level = row
        free = on_hand - allocated - stops.stopped_of((owner, sku, lot), name, on_hand, expires_on)
        if free > 0:
            walk = block * 1_000_000 + aisle * 10_000 + position * 10 + level
            found.append(LotBalance(owner, name, sku, lot, expires_on, free, walk, zone != RESERVE_ZONE))
    if books is not None:
        books.balances.take_in(row[:7] for row in rows)
    return found


def reservable(tx: Transaction, skus: Iterable[str]) -> dict[StockKey, int]:
    """Units of each (owner, SKU) that can still be promised to orders: sellable, not promised, not stopped.

    Below zero where holds or expiry stop more than is open: what campaigns keep is stopped then.
    """
    return _free(tx, skus, kept=0)


def unpromised(tx: Transaction, skus: Iterable[str]) -> dict[StockKey, int]:
    """The same, with what campaigns keep. Below zero where orders were promised what is stopped now."""
    return _free(tx, skus, kept=1)


def _free(tx: Transaction, skus: Iterable[str], *, kept: int) -> dict[StockKey, int]:
    wanted = list(dict.fromkeys(skus))
    stock = tables.product_stock
    columns = [stock.c[name] for name in ("owner", "sku", "sellable", "reserved", "set_aside")]
    stopped = stopped_units(tx, wanted)
    return {
        (owner, sku): sellable - reserved - set_aside + kept * set_aside - stopped.get((owner, sku), 0)
        for owner, sku, sellable, reserved, set_aside in tx.tuples_in(columns, stock.c.sku, wanted)
    }


def stopped_units(tx: Transaction, skus: Collection[str], stops: Stops | None = None) -> dict[StockKey, int]:
    """Units of each (owner, SKU) that nobody is promised, and that holds or expiry keep from being promised."""
    stops = stops or stops_now(tx, skus)
    if not stops.held and not stops.expired:
        return {}
    stopped: dict[StockKey, int] = defaultdict(int)
    where = and_(tables.location.c.sellable, _may_be_stopped(tx, stops))
    questions = _lying(tx, list(skus), _places(tx.connection.dialect.name).where(where))
    rows = tx.ask([replace(one, kept=False) for one in questions])
    for row in (row for found in rows for row in found):
        location, sku, owner, of_lot, on_hand, allocated, _physical, expires_on, *_ = row
        # What is promised already, as in totes, is not free to be promised anyway.
        held = stops.stopped_of((owner, sku, of_lot), location, on_hand, expires_on)
        stopped[owner, sku] += min(held, on_hand - allocated)
    return stopped


def _may_be_stopped(tx: Transaction, stops: Stops) -> ColumnElement[bool]:
    """What a hold may speak of, and lots past their day: so that nothing else is looked at."""
    balance, held = tables.balance, stops.held
    places = [place for trace in held.receipts.values() for place in trace]
    named: dict[str, set[str]] = defaultdict(set)
    named["sku"] = {sku for (_, sku, _), _ in places} | {one.sku for one in held.serials}
    for hold in held.holds:
        if not (hold.receipt or hold.serial):
            # One of its names is enough to find all it stops, the one that fewest units bear.
            column = next((name for name in ("location", "lot", "sku", "owner") if getattr(hold, name)), "")
            if not column:
                return true()
            named[column].add(getattr(hold, column))
    found = [tx.one_of(balance.c[column], sorted(names)) for column, names in named.items() if names]
    return or_(tables.lot.c.expires_on < stops.today, *found)


def _lying(tx: Transaction, wanted: Sequence[str], query: Select[Any]) -> list[Question]:
    """What lies of these products, as the query has it."""
    chunks = (wanted[start : start + LIST_CHUNK] for start in range(0, len(wanted), LIST_CHUNK))
    sku = tables.balance.c.sku
    return [Question(query, {"listed": tx.listed(sku, some), "warehouse_id": tx.warehouse_id}) for some in chunks]


@cache
def _shelves(engine: str) -> Select[Any]:
    return _places(engine).where(tables.location.c.pickable)


@cache
def _places(engine: str) -> Select[Any]:
    """Balances of listed products, each with the last day of its lot and where its place is."""
    balance, location, lot = tables.balance, tables.location, tables.lot
    places = (balance.c.warehouse_id == location.c.warehouse_id) & (balance.c.location == location.c.location)
    lots = (
        (balance.c.warehouse_id == lot.c.warehouse_id)
        & (balance.c.owner == lot.c.owner)
        & (balance.c.sku == lot.c.sku)
        & (balance.c.lot == lot.c.lot)
    )
    own = [balance.c[name] for name in ("location", "sku", "owner", "lot", "on_hand", "allocated", "physical")]
    place = [location.c[name] for name in ("zone", "block", "aisle", "position", "level")]
    mine = balance.c.warehouse_id == bindparam("warehouse_id")
    return (
        select(*own, lot.c.expires_on, *place)
        .join_from(balance, location, places)
        .outerjoin(lot, lots)
        .where(mine, balance.c.physical, balance.c.on_hand > 0, is_listed(balance.c.sku, bindparam("listed"), engine))
    )
