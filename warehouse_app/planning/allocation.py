"""Which units are taken for which order line: allocations by location and lot, when orders go to the floor.

Orders are served by rank. A complete-only order takes all its units or none; any other order takes what there is.
Quantities are base units.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from warehouse_app.planning.demand import OrderDemand, Pool, ShortReason, StockKey, by_rank


class LotBalance(NamedTuple):
    """What is available of a lot at a location. `stop_rank` is the location's place in walking order."""

    owner: str
    location: str
    sku: str
    lot: str
    expires_on: date | None
    quantity_available: int
    stop_rank: int
    pick_face: bool


class Take(NamedTuple):
    """Units of one place and lot for an order line."""

    order_no: str
    line_no: int
    owner: str
    location: str
    sku: str
    lot: str
    quantity: int


@dataclass(frozen=True, slots=True)
class LineShort:
    """A line of an order that goes ahead with fewer units than it wants."""

    order_no: str
    line_no: int
    quantity_short: int
    reason: ShortReason


@dataclass(frozen=True, slots=True)
class LeftBehind:
    """An order that gets nothing: complete-only and short, or nothing of it is there."""

    order_no: str
    reason: ShortReason


@dataclass(frozen=True, slots=True)
class AllocationPlan:
    takes: tuple[Take, ...]
    left_behind: tuple[LeftBehind, ...]
    short: tuple[LineShort, ...]


def plan_allocations(orders: Iterable[OrderDemand], balances: Iterable[LotBalance]) -> AllocationPlan:
    """Choose location and lot for every unit that can be had.

    What expires first goes first. Among equal dates one location that covers the whole quantity comes first, a pick
    face before others, then the one that leaves least behind, then the nearest. Where none covers it, the largest goes
    first, so that the picker stops as few times as possible.
    """
    shelves = _shelves(balances)
    pool = Pool({key: shelf.quantity for key, shelf in shelves.items()})
    takes: list[Take] = []
    left_behind: list[LeftBehind] = []
    short: list[LineShort] = []
    for order in by_rank(orders):
        shortage = pool.shortage(order)
        if shortage and (order.complete_only or not pool.has_any(order)):
            left_behind.append(LeftBehind(order.order_no, shortage))
            continue
        for line in order.lines:
            reason = pool.shortage_of(order, line) if shortage else None
            quantity = pool.take(order, line, line.quantity_open)
            if reason:
                short.append(LineShort(order.order_no, line.line_no, line.quantity_open - quantity, reason))
            if quantity:
                takes += (
                    Take(order.order_no, line.line_no, b.owner, b.location, b.sku, b.lot, taken)
                    for b, taken in shelves[line.owner, line.sku].take(quantity)
                )
    return AllocationPlan(tuple(takes), tuple(left_behind), tuple(short))


def _shelves(balances: Iterable[LotBalance]) -> dict[StockKey, "_Shelf | _OneBalance"]:
    by_key: defaultdict[StockKey, list[LotBalance]] = defaultdict(list)
    for balance in balances:
        if balance.quantity_available > 0:
            by_key[balance.owner, balance.sku].append(balance)
    return {key: _Shelf(of_key) if len(of_key) > 1 else _OneBalance(of_key[0]) for key, of_key in by_key.items()}


class _OneBalance:
    """The shelf of a product that lies in one place, as most do: there is nothing to choose."""

    def __init__(self, balance: LotBalance) -> None:
        self.quantity = balance.quantity_available
        self._balance = balance

    def take(self, quantity: int) -> tuple[tuple[LotBalance, int]]:
        """The balance and how much to take of it; the quantity must be there."""
        return ((self._balance, quantity),)


class _Shelf:
    """All balances of one owner's product, the first to expire first."""

    def __init__(self, balances: Sequence[LotBalance]) -> None:
        self.quantity = sum(balance.quantity_available for balance in balances)
        by_date: defaultdict[date, list[LotBalance]] = defaultdict(list)
        for balance in balances:
            by_date[balance.expires_on or date.max].append(balance)
        self._dates = [_SameDate(by_date[day]) for day in sorted(by_date, reverse=True)]

    def take(self, quantity: int) -> Iterator[tuple[LotBalance, int]]:
        """Balances and how much to take of each; the quantity must be there."""
        while quantity > 0:
            for balance, taken in self._dates[-1].take(quantity):
                quantity -= taken
                yield balance, taken
            if quantity > 0:
                self._dates.pop()


class _SameDate:
    """Balances with one expiry date. Each list ascends by quantity; among equal ones the nearest stop comes first."""

    def __init__(self, balances: Sequence[LotBalance]) -> None:
        self._balances = sorted(balances, key=lambda b: (b.stop_rank, b.location, b.lot))
        entries = sorted((b.quantity_available, n) for n, b in enumerate(self._balances))
        self._faces = [entry for entry in entries if self._balances[entry[1]].pick_face]
        self._others = [entry for entry in entries if not self._balances[entry[1]].pick_face]

    def take(self, quantity: int) -> Iterator[tuple[LotBalance, int]]:
        """Take up to the quantity; less where there is no more."""
        while quantity > 0 and (self._faces or self._others):
            entries, at = self._choose(quantity)
            held, n = entries.pop(at)
            taken = min(held, quantity)
            quantity -= taken
            if held > taken:
                insort(entries, (held - taken, n))
            yield self._balances[n], taken

    def _choose(self, quantity: int) -> tuple[list[tuple[int, int]], int]:
        for entries in (self._faces, self._others):
            at = bisect_left(entries, (quantity, -1))
            if at < len(entries):
                return entries, at
        entries = self._faces or self._others
        return entries, bisect_left(entries, (entries[-1][0], -1))
