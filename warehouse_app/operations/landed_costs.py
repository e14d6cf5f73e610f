"""Decisions about costs: what else a delivery cost (freight, duty), and what units on hand are worth from now on."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from sqlalchemy import func, select

from warehouse_app.books.rowset import RowSet
from warehouse_app.books.valuing import CostEntry, add_entries, load_pools
from warehouse_app.domain.ageing import on_hand_by_arrival
from warehouse_app.domain.costing import CostPool
from warehouse_app.domain.errors import NotFound, WarehouseError
from warehouse_app.domain.money import UNIT_COST_SCALE, decimal_amount, to_minor, to_unit_cost
from warehouse_app.domain.shares import shares
from warehouse_app.language import mark
from warehouse_app.operations.stock import canonical_sku
from warehouse_app.operations.valuation import arrivals_of
from warehouse_app.store import tables
from warehouse_app.store.database import Row, Transaction
from warehouse_app.store.ids import new_key

Kind = Literal["freight", "duty", "other"]
Spread = Literal["value", "units", "weight"]
KINDS: tuple[Kind, ...] = ("freight", "duty", "other")
REASON_LENGTH_MOST = 200
SPREADS: tuple[Spread, ...] = ("value", "units", "weight")


class BadAmount(WarehouseError):
    """An amount that is none in this currency."""

    message = mark("{text} is not an amount of {currency} above 0, such as 120.50.")


class NothingReceived(WarehouseError):
    """A purchase order of which nothing came, or nothing that was kept."""

    message = mark("Nothing of {po} was received yet: there are no units that could bear the cost.")


class NothingToSpreadBy(WarehouseError):
    """All that came has no value, or no weight that is known."""

    message = mark("What {po} brought has no {spread} that is known. Spread the cost by units.")


class NothingOnHand(WarehouseError):
    """A product without units, which cannot become worth anything."""

    message = mark("There is nothing of {sku} on hand. A new cost is for units that lie in the house.")


@dataclass(frozen=True, slots=True)
class LandedCost:
    """A cost of a delivery in minor units: what of it stays with units in stock, and what with those that had left."""

    cost_id: str
    po: str
    kind: str
    spread: str
    amount: int
    stocked: int
    expensed: int
    recorded_at: datetime
    shares: tuple["CostShare", ...] = ()


@dataclass(frozen=True, slots=True)
class CostShare:
    """What units of a product bear of a cost, in 1/10,000 of a minor unit."""

    sku: str
    owner: str
    units: int
    units_here: int
    value: int
    expensed: int


@dataclass(frozen=True, slots=True)
class CostChange:
    """What units on hand were worth and are worth now, in 1/10,000 of a minor unit."""

    sku: str
    owner: str
    units: int
    value_before: int
    value: int


@dataclass(frozen=True, slots=True)
class _Brought:
    """What a purchase order brought of a product, and how much of that is still here."""

    sku: str
    owner: str
    units: int
    units_here: int
    weights: Mapping[str, int]


def add_landed_cost(tx: Transaction, po_no: str, amount: str, kind: Kind, spread: Spread) -> LandedCost:
    """Spread a cost over what a purchase order brought; units that have left since take their share with them.

    Raises NotFound, BadAmount, NothingReceived, NothingToSpreadBy.
    """
    currency = str(tx.lock_warehouse()["currency"])
    minor = _minor(amount, currency)
    brought, pools = _brought_by(tx, po_no)
    if not brought:
        raise NothingReceived(po=po_no)
    weights = [one.weights[spread] for one in brought]
    if not sum(weights):
        raise NothingToSpreadBy(po=po_no, spread=spread)
    cost_id = new_key()
    parts = shares(minor * UNIT_COST_SCALE, weights)
    found = [_bear(one, part, pools) for one, part in zip(brought, parts, strict=True)]
    pools.write(tx)
    add_entries(tx, [entry for share in found for entry in _entries(share, cost_id, po_no)])
    row = {"cost_id": cost_id, "po_no": po_no, "kind": kind, "spread": spread, "amount": minor}
    tx.add(tables.landed_cost, [{**row, "recorded_at": tx.recorded_at}])
    return _landed(row, sum(share.expensed for share in found), tx.recorded_at, found)


def list_landed_costs(tx: Transaction, po_no: str | None = None) -> tuple[LandedCost, ...]:
    """All costs of deliveries, or those of one purchase order, in the order they were added. Raises NotFound."""
    cost, entry = tables.landed_cost, tables.cost_entry
    query = select(cost).where(tx.mine(cost)).order_by(cost.c.recorded_at)
    if po_no is not None:
        _check_order(tx, po_no)
        query = query.where(cost.c.po_no == po_no)
    expensed = select(entry.c.cause_id, func.sum(-entry.c.value)).where(tx.mine(entry), entry.c.kind == "expensed")
    by_cost = {cost_id: int(value) for cost_id, value in tx.connection.execute(expensed.group_by(entry.c.cause_id))}
    return tuple(_landed(row, by_cost.get(row["cost_id"], 0), row["recorded_at"]) for row in tx.rows(query))


def change_unit_cost(tx: Transaction, sku: str, unit_cost: str, owner: str, reason: str) -> CostChange:
    """Let an owner's units on hand be worth this each from now on. Raises NotFound, BadAmount, NothingOnHand."""
    currency = str(tx.lock_warehouse()["currency"])
    name, why = canonical_sku(tx, sku), " ".join(reason.split())[:REASON_LENGTH_MOST]
    try:
        cost = to_unit_cost(decimal_amount(unit_cost), currency)
    except ValueError:
        raise BadAmount(text=unit_cost, currency=currency) from None
    pools = load_pools(tx, [name])
    pool = pools.get(name, owner)
    if pool is None or not pool.quantity:
        raise NothingOnHand(sku=name)
    before = pool.value
    change = pool.add(cost * pool.quantity - before)
    pools.write(tx)
    if change:
        add_entries(tx, [CostEntry(owner, name, "cost_change", 0, change, new_key(), reference=why)])
    return CostChange(name, owner, pool.quantity, before, pool.value)


def _minor(text: str, currency: str) -> int:
    try:
        minor = to_minor(decimal_amount(text), currency)
    except ValueError:
        minor = 0
    if not minor:
        raise BadAmount(text=text, currency=currency)
    return minor


def _check_order(tx: Transaction, po_no: str) -> None:
    order = tables.purchase_order
    if tx.value(select(order.c.po_no).where(tx.mine(order), order.c.po_no == po_no)) is None:
        raise NotFound(thing=mark("purchase order"), name=po_no)


def _brought_by(tx: Transaction, po_no: str) -> tuple[list[_Brought], RowSet[CostPool]]:
    """What the purchase order brought, product by product, and what these products are worth."""
    _check_order(tx, po_no)
    line, entry = tables.purchase_line, tables.cost_entry
    skus = {row["sku"] for row in tx.rows(select(line.c.sku).where(tx.mine(line), line.c.po_no == po_no))}
    mine = (entry.c.kind == "receipt", entry.c.reference == po_no)
    values: dict[tuple[str, str], int] = {}
    for sku, owner, value in tx.tuples_in((entry.c.sku, entry.c.owner, entry.c.value), entry.c.sku, skus, *mine):
        values[sku, owner] = values.get((sku, owner), 0) + value
    weights = {row["sku"]: row["weight_g"] for row in tx.rows_in(tables.product, "sku", skus)}
    pools, arrivals = load_pools(tx, sorted(skus)), arrivals_of(tx, skus)
    found = []
    for sku, owner in sorted(values):
        pool = pools.get(sku, owner)
        kept = arrivals.get((sku, owner), ())
        units = sum(one.units for one in kept if one.reference == po_no)
        layers = on_hand_by_arrival(pool.quantity if pool else 0, kept)
        here = sum(count for arrival, count in layers if arrival is not None and arrival.reference == po_no)
        by = {"value": max(0, values[sku, owner]), "units": units, "weight": units * weights.get(sku, 0)}
        if units:
            found.append(_Brought(sku, owner, units, here, by))
    return found, pools


def _bear(one: _Brought, value: int, pools: RowSet[CostPool]) -> CostShare:
    staying, _gone = shares(value, [one.units_here, one.units - one.units_here])
    pool = pools.get(one.sku, one.owner)
    stocked = pool.add(staying) if pool else 0
    return CostShare(one.sku, one.owner, one.units, one.units_here, value, value - stocked)


def _entries(share: CostShare, cost_id: str, po_no: str) -> Sequence[CostEntry]:
    """The whole share comes in, and what of it belongs to units that have left goes out again at once."""
    landed = CostEntry(share.owner, share.sku, "landed", 0, share.value, cost_id, reference=po_no)
    expensed = CostEntry(share.owner, share.sku, "expensed", 0, -share.expensed, cost_id, reference=po_no)
    return [entry for entry in (landed, expensed) if entry.value]


def _landed(row: Row, expensed: int, recorded_at: datetime, parts: Sequence[CostShare] = ()) -> LandedCost:
    amount = int(row["amount"])
    gone, stayed = shares(amount, [expensed, amount * UNIT_COST_SCALE - expensed])
    return LandedCost(
        row["cost_id"], row["po_no"], row["kind"], row["spread"], amount, stayed, gone, recorded_at, tuple(parts)
    )
