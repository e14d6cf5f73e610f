"""What may be promised: on the shelves, not promised yet, not past its last day, and under no hold."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select
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
    """Units of each (owner, SKU) that can still be promised to orders: sellable, not promised, not stopped."""
    wanted = list(dict.fromkeys(skus))
    free = {
        (row["owner"], row["sku"]): row["sellable"] - row["reserved"] - row["set_aside"]
        for row in tx.rows_in(tables.product_stock, "sku", wanted)
    }
    stops = stops_now(tx, wanted)
    lot = tables.lot
    expired = select(lot.c.lot).where(tx.mine(lot), lot.c.expires_on < stops.today).limit(1)
    if not stops.held and tx.value(expired) is None:
        return free
    stopped: dict[tuple[str, str], int] = defaultdict(int)
    for row in _lying(tx, wanted, tables.location.c.sellable):
        # What is promised already, as in totes, is not free to be promised anyway.
        stopped[row["owner"], row["sku"]] += min(stops.stopped(row), row["on_hand"] - row["allocated"])
    return {key: quantity - stopped[key] for key, quantity in free.items()}


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
