"""What stock is worth, now or at a past moment in the books: by product, owner, zone or age.

Money is in minor units of the warehouse's currency. An owner's stock is worth its exact value, rounded; every row of it
is a part of that, so that rows always add up to the total to the last minor unit.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal, TypeVar

from sqlalchemy import func, select

from warehouse_app.books.periods import last_numbers
from warehouse_app.domain.ageing import AGE_NAMES, Arrival, age_of, kept, on_hand_by_arrival
from warehouse_app.domain.costing import half_up
from warehouse_app.domain.errors import NoWarehouse
from warehouse_app.domain.money import UNIT_COST_SCALE
from warehouse_app.domain.shares import rounded_together, shares
from warehouse_app.operations.stock import canonical_sku, stock_at
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction

By = Literal["owner", "zone", "age"]
Key = TypeVar("Key", bound=Hashable)
NOWHERE = "unknown"


@dataclass(frozen=True, slots=True)
class Worth:
    """Units of a product and their exact value, in 1/10,000 of a minor unit."""

    sku: str
    owner: str
    units: int
    value: int


@dataclass(frozen=True, slots=True)
class Part:
    """Some units of an owner that belong to a row, and their exact value."""

    owner: str
    units: int
    value: int


@dataclass(frozen=True, slots=True)
class ProductValue:
    """What an owner's units of a product are worth; the unit cost is in 1/10,000 of a minor unit."""

    sku: str
    owner: str
    units: int
    value: int
    unit_cost: int


@dataclass(frozen=True, slots=True)
class GroupValue:
    """What the units of an owner, in a zone or of an age (days) are worth."""

    name: str
    units: int
    value: int


@dataclass(frozen=True, slots=True)
class HistoryEntry:
    """A cost entry, and what its owner's units were worth after it; values in 1/10,000 of a minor unit."""

    cost_no: int
    recorded_at: datetime
    owner: str
    kind: str
    reference: str
    move_no: int
    units: int
    value: int
    units_then: int
    value_then: int


@dataclass(frozen=True, slots=True)
class StockValue:
    """The rows and their total. `without_cost` are products whose units are worth nothing: nobody said their cost."""

    currency: str
    at: datetime
    rows: tuple[ProductValue, ...] | tuple[GroupValue, ...]
    units: int
    value: int
    without_cost: tuple[Worth, ...]


def stock_value(tx: Transaction, by: By | None, sku: str | None = None, at: datetime | None = None) -> StockValue:
    """What all stock is worth, or one product; a moment in the future is now. Raises NotFound, NoWarehouse."""
    at = None if at is None or at >= tx.now else at
    name = canonical_sku(tx, sku) if sku is not None else None
    found = worth_now(tx, name) if at is None else worth_at(tx, name, at)
    rows: tuple[ProductValue, ...] | tuple[GroupValue, ...]
    if by is None:
        parts = [((one.sku, one.owner), Part(one.owner, one.units, one.value)) for one in found]
        values = rounded(parts)
        rows = tuple(
            ProductValue(one.sku, one.owner, one.units, values[one.sku, one.owner], half_up(one.value, one.units))
            for one in found
        )
    else:
        rows = _grouped(tx, by, found, at)
    return StockValue(
        house_currency(tx),
        at or tx.now,
        rows,
        sum(row.units for row in rows),
        sum(row.value for row in rows),
        tuple(one for one in found if not one.value),
    )


def value_history(tx: Transaction, sku: str) -> tuple[HistoryEntry, ...]:
    """Every cost entry of a product, and what an owner's units were worth after it. Raises NotFound."""
    entry = tables.cost_entry
    query = select(entry).where(tx.mine(entry), entry.c.sku == canonical_sku(tx, sku)).order_by(entry.c.cost_no)
    units: dict[str, int] = defaultdict(int)
    values: dict[str, int] = defaultdict(int)
    found = []
    for row in tx.rows(query):
        owner = row["owner"]
        units[owner] += row["quantity"]
        values[owner] += row["value"]
        found.append(
            HistoryEntry(
                row["cost_no"], row["recorded_at"], owner, row["kind"], row["reference"], row["move_no"],
                row["quantity"], row["value"], units[owner], values[owner],
            )
        )  # fmt: skip
    return tuple(found)


def rounded(parts: Iterable[tuple[Key, Part]]) -> dict[Key, int]:
    """The value of each row in minor units: every owner's rounded value is parted among the rows it is in."""
    exact: dict[str, dict[Key, int]] = defaultdict(lambda: defaultdict(int))
    for key, part in parts:
        exact[part.owner][key] += part.value
    found: dict[Key, int] = defaultdict(int)
    for values in exact.values():
        total = half_up(sum(values.values()), UNIT_COST_SCALE)
        together = rounded_together(list(values.values()), UNIT_COST_SCALE, total)
        for key, minor in zip(values, together, strict=True):
            found[key] += minor
    return found


def house_currency(tx: Transaction) -> str:
    """The currency in which the warehouse counts. Raises NoWarehouse."""
    warehouse = tables.warehouse
    currency = tx.value(select(warehouse.c.currency).where(tx.mine(warehouse)))
    if currency is None:
        raise NoWarehouse
    return str(currency)


def worth_now(tx: Transaction, sku: str | None = None) -> list[Worth]:
    """Every product that lies in the house."""
    pool = tables.product_cost
    where = [tx.mine(pool), pool.c.quantity != 0]
    if sku is not None:
        where.append(pool.c.sku == sku)
    query = select(pool.c.sku, pool.c.owner, pool.c.quantity, pool.c.value).where(*where)
    rows = tx.connection.execute(query.order_by(pool.c.sku, pool.c.owner))
    return [Worth(*row) for row in rows]


def worth_at(tx: Transaction, sku: str | None, at: datetime) -> list[Worth]:
    """Every product that lay in the house when the books had this time."""
    entry = tables.cost_entry
    where = [tx.mine(entry), entry.c.cost_no <= last_numbers(tx, at)[1]]
    if sku is not None:
        where.append(entry.c.sku == sku)
    names = (entry.c.sku, entry.c.owner)
    query = select(*names, func.sum(entry.c.quantity), func.sum(entry.c.value)).where(*where)
    rows = tx.connection.execute(query.group_by(*names).order_by(*names))
    found = [Worth(name, owner, int(units), int(value)) for name, owner, units, value in rows]
    return [one for one in found if one.units or one.value]


def arrivals_of(
    tx: Transaction, skus: Iterable[str], at: datetime | None = None
) -> Mapping[tuple[str, str], Sequence[Arrival]]:
    """What came in of these products from suppliers and was kept, the oldest first, by SKU and owner."""
    entry = tables.cost_entry
    where = [entry.c.kind == "receipt"]
    if at is not None:
        where.append(entry.c.cost_no <= last_numbers(tx, at)[1])
    names = (entry.c.cost_no, entry.c.sku, entry.c.owner, entry.c.quantity, entry.c.recorded_at, entry.c.reference)
    found: dict[tuple[str, str], list[Arrival]] = defaultdict(list)
    for _no, sku, owner, units, recorded_at, reference in sorted(tx.tuples_in(names, entry.c.sku, skus, *where)):
        found[sku, owner].append(Arrival(units, recorded_at, reference))
    return {key: kept(arrivals) for key, arrivals in found.items()}


def _grouped(tx: Transaction, by: By, found: Sequence[Worth], at: datetime | None) -> tuple[GroupValue, ...]:
    if by == "owner":
        parts = [(one.owner, Part(one.owner, one.units, one.value)) for one in found]
        names = sorted({one.owner for one in found})
    elif by == "zone":
        parts = list(_by_zone(tx, found, at))
        names = sorted({zone for zone, _ in parts})
    else:
        parts = list(_by_age(tx, found, at))
        names = list(AGE_NAMES)
    values = rounded(parts)
    units: dict[str, int] = defaultdict(int)
    for name, part in parts:
        units[name] += part.units
    return tuple(GroupValue(name, units[name], values.get(name, 0)) for name in names)


def _by_zone(tx: Transaction, found: Sequence[Worth], at: datetime | None) -> Iterable[tuple[str, Part]]:
    """Parts by the zone where units lie; places without one, such as totes and docks, are named by their kind."""
    lying = _units_by_zone_now(tx) if at is None else _units_by_zone_at(tx, at)
    for one in found:
        zones = lying.get((one.sku, one.owner)) or {NOWHERE: max(1, one.units)}
        names = sorted(zones)
        for zone, value in zip(names, shares(one.value, [zones[name] for name in names]), strict=True):
            yield zone, Part(one.owner, zones[zone], value)


_ZonesOf = dict[tuple[str, str], dict[str, int]]


def _units_by_zone_now(tx: Transaction) -> _ZonesOf:
    balance, location = tables.balance, tables.location
    here = (balance.c.warehouse_id == location.c.warehouse_id) & (balance.c.location == location.c.location)
    names = (balance.c.sku, balance.c.owner, location.c.zone, location.c.kind)
    query = select(*names, func.sum(balance.c.on_hand)).join(location, here)
    query = query.where(tx.mine(balance), balance.c.physical, balance.c.on_hand != 0).group_by(*names)
    found: _ZonesOf = defaultdict(lambda: defaultdict(int))
    for sku, owner, zone, kind, units in tx.connection.execute(query):
        found[sku, owner][zone or kind] += int(units)
    return found


def _units_by_zone_at(tx: Transaction, at: datetime) -> _ZonesOf:
    location = tables.location
    places = tx.rows(select(location.c.location, location.c.zone, location.c.kind).where(tx.mine(location)))
    zones = {row["location"]: row["zone"] or row["kind"] for row in places}
    found: _ZonesOf = defaultdict(lambda: defaultdict(int))
    for row in stock_at(tx, None, at, as_happened=False):
        found[row.sku, row.owner][zones.get(row.location, NOWHERE)] += row.on_hand
    return found


def _by_age(tx: Transaction, found: Sequence[Worth], at: datetime | None) -> Iterable[tuple[str, Part]]:
    arrivals = arrivals_of(tx, {one.sku for one in found}, at)
    for one in found:
        layers = on_hand_by_arrival(one.units, arrivals.get((one.sku, one.owner), ()))
        values = shares(one.value, [units for _, units in layers])
        for (arrival, units), value in zip(layers, values, strict=True):
            yield age_of(arrival, at or tx.now), Part(one.owner, units, value)
