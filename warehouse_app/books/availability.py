"""What may be promised: on the shelves, not promised yet, not past its last day, and under no hold."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select

from warehouse_app.planning.allocation import LotBalance
from warehouse_app.store import tables
from warehouse_app.store.database import LIST_CHUNK, Row, Transaction

RESERVE_ZONE = "R"
"""Storage of this zone refills pick faces; it is picked from only when no pick face has enough."""


@dataclass(frozen=True, slots=True)
class Hold:
    """A stop on stock; an empty part matches everything."""

    hold_id: str
    owner: str
    sku: str
    lot: str
    location: str
    reason: str

    def matches(self, owner: str, sku: str, lot: str, location: str) -> bool:
        """Whether units with these names are stopped."""
        pairs = ((self.owner, owner), (self.sku, sku), (self.lot, lot), (self.location, location))
        return all(not named or named == given for named, given in pairs)


def active_holds(tx: Transaction) -> list[Hold]:
    """All holds that have not been removed."""
    table = tables.hold
    found = tx.rows(select(table).where(tx.mine(table), table.c.removed_at.is_(None)))
    return [Hold(row["hold_id"], row["owner"], row["sku"], row["lot"], row["location"], row["reason"]) for row in found]


@dataclass(frozen=True, slots=True)
class Stops:
    """Why units may not be promised: the holds, and the day; a lot may be sold up to the last day of its life."""

    holds: tuple[Hold, ...]
    today: date

    def stop(self, row: Row) -> bool:
        """Whether these units (a balance with the last day of its lot) may not be promised."""
        if row["expires_on"] is not None and row["expires_on"] < self.today:
            return True
        names = (row["owner"], row["sku"], row["lot"], row["location"])
        return any(hold.matches(*names) for hold in self.holds)


def stops_now(tx: Transaction) -> Stops:
    """What may not be promised now, by the warehouse's own calendar."""
    table = tables.warehouse
    zone = tx.value(select(table.c.timezone).where(tx.mine(table))) or "UTC"
    return Stops(tuple(active_holds(tx)), tx.now.astimezone(ZoneInfo(zone)).date())


def shelf_balances(tx: Transaction, skus: Iterable[str]) -> list[LotBalance]:
    """What can be allocated of these products: pickable places, free units, nothing that is stopped."""
    stops = stops_now(tx)
    balances = []
    for row in _pickable(tx, skus):
        free = row["on_hand"] - row["allocated"]
        if free > 0 and not stops.stop(row):
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
    """Units of each (owner, SKU) that can still be promised to orders: sellable, not promised, not stopped."""
    wanted = list(dict.fromkeys(skus))
    free = {
        (row["owner"], row["sku"]): row["sellable"] - row["reserved"] - row["set_aside"]
        for row in tx.rows_in(tables.product_stock, "sku", wanted)
    }
    stops = stops_now(tx)
    lot = tables.lot
    expired = select(lot.c.lot).where(tx.mine(lot), lot.c.expires_on < stops.today).limit(1)
    if not stops.holds and tx.value(expired) is None:
        return free
    stopped: dict[tuple[str, str], int] = defaultdict(int)
    for row in _pickable(tx, wanted):
        if stops.stop(row):
            stopped[row["owner"], row["sku"]] += row["on_hand"] - row["allocated"]
    return {key: quantity - stopped[key] for key, quantity in free.items()}


def _pickable(tx: Transaction, skus: Iterable[str]) -> Iterable[Row]:
    balance, location, lot = tables.balance, tables.location, tables.lot
    wanted = list(dict.fromkeys(skus))
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
        .where(tx.mine(balance), location.c.pickable, balance.c.on_hand > 0)
    )
    for start in range(0, len(wanted), LIST_CHUNK):
        yield from tx.rows(query.where(balance.c.sku.in_(wanted[start : start + LIST_CHUNK])))
