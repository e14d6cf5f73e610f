"""What may be promised: on the shelves, not promised yet, not past its last day, and under no hold."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import and_, or_, select, true
from sqlalchemy.sql import ColumnElement

from warehouse_app.books.held_stock import HeldStock, held_stock
from warehouse_app.planning.allocation import LotBalance
from warehouse_app.store import tables
from warehouse_app.store.database import LIST_CHUNK, Row, Transaction

RESERVE_ZONE = "R"
"""Storage of this zone refills pick faces; it is picked from only when no pick face has enough."""


@dataclass(frozen=True, slots=True)
class Stops:
    """Why units may not be promised: the holds, and the day; a lot may be sold up to the last day of its life."""

    held: HeldStock
    today: date

    def stopped(self, row: Row) -> int:
        """How many units of a balance (with the last day of its lot) may not be promised."""
        on_hand: int = row["on_hand"]
        if row["expires_on"] is not None and row["expires_on"] < self.today:
            return on_hand
        return self.held.units((row["owner"], row["sku"], row["lot"]), row["location"], on_hand) if self.held else 0

    def free(self, row: Row) -> int:
        """How many units of a balance may be promised."""
        return max(0, int(row["on_hand"]) - int(row["allocated"]) - self.stopped(row))


def stops_now(tx: Transaction, skus: Collection[str] | None = None) -> Stops:
    """What may not be promised now, by the warehouse's own calendar; with `skus`, of these products only."""
    table = tables.warehouse
    zone = tx.value(select(table.c.timezone).where(tx.mine(table))) or "UTC"
    return Stops(held_stock(tx, skus), tx.now.astimezone(ZoneInfo(zone)).date())


def shelf_balances(tx: Transaction, skus: Iterable[str]) -> list[LotBalance]:
    """What can be allocated of these products: pickable places, free units, nothing that is stopped."""
    wanted = list(dict.fromkeys(skus))
    stops = stops_now(tx, wanted)
    balances = []
    for row in _lying(tx, wanted, tables.location.c.pickable):
        free = stops.free(row)
        if free > 0:
            balances.append(
                LotBalance(
                    row["owner"],
                    row["location"],
                    row["sku"],
                    row["lot"],
                    row["expires_on"],
                    free,
                    row["block"] * 1_000_000 + row["aisle"] * 10_000 + row["position"] * 10 + row["level"],
                    row["zone"] != RESERVE_ZONE,
                )
            )
    return balances


def reservable(tx: Transaction, skus: Iterable[str]) -> dict[tuple[str, str], int]:
    """Units of each (owner, SKU) that can still be promised to orders: sellable, not promised, not stopped.

    Below zero where holds or expiry stop more than is open: what campaigns keep is stopped then.
    """
    return _free(tx, skus, kept=0)


def unpromised(tx: Transaction, skus: Iterable[str]) -> dict[tuple[str, str], int]:
    """The same, with what campaigns keep. Below zero where orders were promised what is stopped now."""
    return _free(tx, skus, kept=1)


def _free(tx: Transaction, skus: Iterable[str], *, kept: int) -> dict[tuple[str, str], int]:
    wanted = list(dict.fromkeys(skus))
    stock = tables.product_stock
    columns = [stock.c[name] for name in ("owner", "sku", "sellable", "reserved", "set_aside")]
    stopped = stopped_units(tx, wanted)
    return {
        (owner, sku): sellable - reserved - set_aside + kept * set_aside - stopped.get((owner, sku), 0)
        for owner, sku, sellable, reserved, set_aside in tx.tuples_in(columns, stock.c.sku, wanted)
    }


def stopped_units(tx: Transaction, skus: Collection[str]) -> dict[tuple[str, str], int]:
    """Units of each (owner, SKU) that nobody is promised, and that holds or expiry keep from being promised."""
    stops = stops_now(tx, skus)
    lot = tables.lot
    expired = select(lot.c.lot).where(tx.mine(lot), lot.c.expires_on < stops.today).limit(1)
    if not stops.held and tx.value(expired) is None:
        return {}
    stopped: dict[tuple[str, str], int] = defaultdict(int)
    where = and_(tables.location.c.sellable, _may_be_stopped(tx, stops))
    for row in _lying(tx, list(skus), where):
        # What is promised already, as in totes, is not free to be promised anyway.
        stopped[row["owner"], row["sku"]] += min(stops.stopped(row), row["on_hand"] - row["allocated"])
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


def _lying(tx: Transaction, wanted: Sequence[str], where: ColumnElement[bool]) -> Iterable[Row]:
    """What lies of these products at the places of this kind, with the last day of its lot."""
    balance, location, lot = tables.balance, tables.location, tables.lot
    places = (balance.c.warehouse_id == location.c.warehouse_id) & (balance.c.location == location.c.location)
    lots = (
        (balance.c.warehouse_id == lot.c.warehouse_id)
        & (balance.c.owner == lot.c.owner)
        & (balance.c.sku == lot.c.sku)
        & (balance.c.lot == lot.c.lot)
    )
    query = (
        select(
            balance,
            location.c.zone,
            location.c.block,
            location.c.aisle,
            location.c.position,
            location.c.level,
            lot.c.expires_on,
        )
        .join(location, places)
        .outerjoin(lot, lots)
        .where(tx.mine(balance), balance.c.physical, where, balance.c.on_hand > 0)
    )
    for start in range(0, len(wanted), LIST_CHUNK):
        yield from tx.rows(query.where(balance.c.sku.in_(wanted[start : start + LIST_CHUNK])))
