"""Who gets which units: reservations when orders arrive, allocations by location and lot when a wave is released.

Orders are served by rank, the lowest first. A complete-only order takes all its units or none; any other order takes
what there is. Quantities are base units.
"""

from bisect import bisect_left, insort
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

Rank = tuple[int | str | datetime, ...]  # What may not be overtaken, most important first: cut-off, priority, age.
StockKey = tuple[str, str]  # owner, sku


@dataclass(frozen=True, slots=True)
class LineDemand:
    line_no: int
    owner: str
    sku: str
    quantity_open: int


@dataclass(frozen=True, slots=True)
class OrderDemand:
    """`rank` must be comparable with the ranks of the other orders; equal ranks go by order number."""

    order_no: str
    rank: Rank
    complete_only: bool
    lines: tuple[LineDemand, ...]


@dataclass(frozen=True, slots=True)
class ShortReason:
    """Why units are missing: so many were wanted, so many were there; `taken_by` got the last ones served before."""

    owner: str
    sku: str
    wanted: int
    available: int
    taken_by: str | None


@dataclass(frozen=True, slots=True)
class LineReservation:
    """`quantity` of `quantity_open` is reserved; where it is less, `short` says why.

    A line that a complete-only order gives up although it could be filled names the line the order waits for.
    """

    order_no: str
    line_no: int
    quantity: int
    quantity_open: int
    short: ShortReason | None


@dataclass(frozen=True, slots=True)
class LotBalance:
    """What is available of a lot at a location. `stop_rank` is the location's place in walking order."""

    owner: str
    location: str
    sku: str
    lot: str
    expires_on: date | None
    quantity_available: int
    stop_rank: int
    pick_face: bool


@dataclass(frozen=True, slots=True)
class Take:
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


def plan_reservations(orders: Iterable[OrderDemand], available: Mapping[StockKey, int]) -> tuple[LineReservation, ...]:
    """Share out what is available (owner and sku to quantity); one result a line, in the order of service."""
    pool = _Pool(available)
    reservations: list[LineReservation] = []
    for order in _by_rank(orders):
        waits_for = pool.shortage(order) if order.complete_only else None
        for line in order.lines:
            short = waits_for or pool.shortage_of(line)
            quantity = 0 if waits_for else pool.take(order, line)
            reservations.append(LineReservation(order.order_no, line.line_no, quantity, line.quantity_open, short))
    return tuple(reservations)


def plan_allocations(orders: Iterable[OrderDemand], balances: Iterable[LotBalance]) -> AllocationPlan:
    """Choose location and lot for every unit that can be had.

    What expires first goes first. Among equal dates one location that covers the whole quantity comes first, a pick
    face before others, then the one that leaves least behind, then the nearest. Where none covers it, the largest goes
    first, so that the picker stops as few times as possible.
    """
    shelves = _shelves(balances)
    pool = _Pool({key: shelf.quantity for key, shelf in shelves.items()})
    takes: list[Take] = []
    left_behind: list[LeftBehind] = []
    short: list[LineShort] = []
    for order in _by_rank(orders):
        shortage = pool.shortage(order)
        if shortage and (order.complete_only or not pool.has_any(order)):
            left_behind.append(LeftBehind(order.order_no, shortage))
            continue
        for line in order.lines:
            reason = pool.shortage_of(line) if shortage else None
            quantity = pool.take(order, line)
            if reason:
                short.append(LineShort(order.order_no, line.line_no, line.quantity_open - quantity, reason))
            if quantity:
                takes += (
                    Take(order.order_no, line.line_no, b.owner, b.location, b.sku, b.lot, taken)
                    for b, taken in shelves[line.owner, line.sku].take(quantity)
                )
    return AllocationPlan(tuple(takes), tuple(left_behind), tuple(short))


def _by_rank(orders: Iterable[OrderDemand]) -> list[OrderDemand]:
    return sorted(orders, key=lambda order: (order.rank, order.order_no))


class _Pool:
    """What is left of each owner's products while orders are served, and who was served last."""

    def __init__(self, available: Mapping[StockKey, int]) -> None:
        self._left = dict(available)
        self._last_served: dict[StockKey, str] = {}

    def shortage_of(self, line: LineDemand) -> ShortReason | None:
        key = (line.owner, line.sku)
        available = max(self._left.get(key, 0), 0)
        if available >= line.quantity_open:
            return None
        return ShortReason(line.owner, line.sku, line.quantity_open, available, self._last_served.get(key))

    def shortage(self, order: OrderDemand) -> ShortReason | None:
        """The first product of which the whole order wants more than is left."""
        wanted: dict[StockKey, int] = {}
        for line in order.lines:
            key = (line.owner, line.sku)
            wanted[key] = wanted.get(key, 0) + line.quantity_open
        for key, quantity in wanted.items():
            available = max(self._left.get(key, 0), 0)
            if available < quantity:
                return ShortReason(*key, quantity, available, self._last_served.get(key))
        return None

    def has_any(self, order: OrderDemand) -> bool:
        return any(line.quantity_open > 0 and self._left.get((line.owner, line.sku), 0) > 0 for line in order.lines)

    def take(self, order: OrderDemand, line: LineDemand) -> int:
        key = (line.owner, line.sku)
        quantity = max(min(line.quantity_open, self._left.get(key, 0)), 0)
        if quantity:
            self._left[key] -= quantity
            self._last_served[key] = order.order_no
        return quantity


def _shelves(balances: Iterable[LotBalance]) -> dict[StockKey, "_Shelf"]:
    by_key: defaultdict[StockKey, list[LotBalance]] = defaultdict(list)
    for balance in balances:
        if balance.quantity_available > 0:
            by_key[balance.owner, balance.sku].append(balance)
    return {key: _Shelf(of_key) for key, of_key in by_key.items()}


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
