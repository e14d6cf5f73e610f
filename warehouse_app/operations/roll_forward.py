"""How the value of stock went from one moment to another: opening, everything that came between, closing.

Units and minor units of the warehouse's currency; what leaves is below 0, so that all lines add up to the closing.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import func, select

from warehouse_app.books.periods import last_numbers, units_lying
from warehouse_app.domain.costing import half_up
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.domain.money import UNIT_COST_SCALE
from warehouse_app.domain.shares import rounded_together
from warehouse_app.language import mark
from warehouse_app.operations.valuation import house_currency
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction

FLOWS = {
    "opening": "first_valued",
    "receipt": "receipts",
    "landed": "landed",
    "expensed": "expensed",
    "shipment": "shipments",
    "return": "returns",
    "adjustment": "adjustments",
    "cost_change": "cost_changes",
}
"""The line of each kind of cost entry."""


class BadSpan(WarehouseError):
    """A span of time that ends before it begins."""

    message = mark("{end} is not after {start}. Give a later --to.")


@dataclass(frozen=True, slots=True)
class Amount:
    """Units and what they are worth."""

    units: int
    value: int

    def __add__(self, other: "Amount") -> "Amount":
        return Amount(self.units + other.units, self.value + other.value)


NOTHING = Amount(0, 0)


@dataclass(frozen=True, slots=True)
class OwnerRoll:
    """The lines of an owner, by name; `check` is the opening and all flows less the closing: 0 when the books tie."""

    owner: str
    lines: Mapping[str, Amount]


@dataclass(frozen=True, slots=True)
class RollForward:
    """The lines of every owner, and of all together."""

    currency: str
    start: datetime
    end: datetime
    owners: tuple[OwnerRoll, ...]
    total: Mapping[str, Amount]


def roll_forward(tx: Transaction, start: datetime, end: datetime) -> RollForward:
    """What was recorded after the start and up to the end, and the stock at both. Raises BadSpan, NoWarehouse."""
    if end <= start:
        raise BadSpan(start=start.isoformat(), end=end.isoformat())
    first, last = last_numbers(tx, start)[1], last_numbers(tx, end)[1]
    opening, flows, closing = _sums(tx, 0, first), _sums(tx, first, last), _totals(tx, last)
    lying = units_lying(tx, end)
    owners = sorted({owner for owner, _ in (*opening, *flows)} | set(closing) | set(lying))
    rolls = []
    for owner in owners:
        before = sum((amount for (whose, _), amount in opening.items() if whose == owner), NOTHING)
        between = {kind: flows.get((owner, kind), NOTHING) for kind in FLOWS}
        rolls.append(OwnerRoll(owner, _lines(before, between, closing.get(owner, NOTHING), lying.get(owner, 0))))
    names = ("opening", *FLOWS.values(), "closing", "check")
    total = {name: sum((roll.lines[name] for roll in rolls), NOTHING) for name in names}
    return RollForward(house_currency(tx), start, end, tuple(rolls), total)


def _sums(tx: Transaction, after: int, last: int) -> dict[tuple[str, str], Amount]:
    entry = tables.cost_entry
    names = (entry.c.owner, entry.c.kind)
    query = select(*names, func.sum(entry.c.quantity), func.sum(entry.c.value))
    query = query.where(tx.mine(entry), entry.c.cost_no > after, entry.c.cost_no <= last).group_by(*names)
    rows = tx.connection.execute(query)
    return {(owner, kind): Amount(int(units), int(value)) for owner, kind, units, value in rows}


def _totals(tx: Transaction, last: int) -> dict[str, Amount]:
    found: dict[str, Amount] = defaultdict(lambda: NOTHING)
    for (owner, _), amount in _sums(tx, 0, last).items():
        found[owner] += amount
    return found


def _lines(before: Amount, flows: Mapping[str, Amount], after: Amount, lying: int) -> dict[str, Amount]:
    """Opening and closing are rounded by themselves, the flows so that they lead from one to the other.

    The closing's units are those that the ledger of moves has.
    """
    opened = half_up(before.value, UNIT_COST_SCALE)
    closed = half_up(after.value, UNIT_COST_SCALE)
    exact = [amount.value for amount in flows.values()]
    between = half_up(before.value + sum(exact), UNIT_COST_SCALE) - opened
    values = rounded_together(exact, UNIT_COST_SCALE, between)
    lines = {"opening": Amount(before.units, opened)}
    for (kind, amount), value in zip(flows.items(), values, strict=True):
        lines[FLOWS[kind]] = Amount(amount.units, value)
    come_to = sum(lines.values(), NOTHING)
    lines["closing"] = Amount(lying, closed)
    lines["check"] = Amount(come_to.units - lying, come_to.value - closed)
    return lines
