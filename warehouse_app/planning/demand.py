"""What orders want, in which order they are served, and what is left for the next one. Quantities are base units."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple

Rank = tuple[int | str | datetime, ...]
"""What may not be overtaken, the most important part first; the smaller of two ranks is served first."""

StockKey = tuple[str, str]
"""Owner and SKU."""


class LineDemand(NamedTuple):
    """Units that a line still wants. Lines are made by the hundred thousand, so they are tuples.

    The parts of one bundle share `bundle_line`; one bundle takes `bundle_units` of this part, and `quantity_held`
    units of it are promised or gone already. Other lines have zeros there.
    """

    line_no: int
    owner: str
    sku: str
    quantity_open: int
    bundle_line: int = 0
    bundle_units: int = 0
    quantity_held: int = 0


@dataclass(frozen=True, slots=True)
class OrderDemand:
    """`rank` must be comparable with the ranks of the other orders; equal ranks go by order number.

    `channel` is where the order came from, with its shop where it has one (`csv/web`): campaigns serve channels.
    """

    order_no: str
    rank: Rank
    complete_only: bool
    lines: tuple[LineDemand, ...]
    channel: str = ""


@dataclass(frozen=True, slots=True)
class ShortReason:
    """Why units are missing: so many were wanted, so many were there; `taken_by` got the last ones served before.

    `decided_by` is the first part of both ranks that differs: why that order came first. None when all are equal, and
    the order number decided. `kept` units more are there, but set aside for others, most of them for `kept_for`.
    """

    owner: str
    sku: str
    wanted: int
    available: int
    taken_by: str | None
    decided_by: int | None = None
    kept: int = 0
    kept_for: str = ""


def by_rank(orders: Iterable[OrderDemand]) -> list[OrderDemand]:
    """The orders as they are served."""
    return sorted(orders, key=lambda order: (order.rank, order.order_no))


def first_difference(rank: Rank, other: Rank) -> int | None:
    """The first part in which two ranks differ, None when they are equal."""
    return next((place for place, pair in enumerate(zip(rank, other, strict=True)) if pair[0] != pair[1]), None)


class Pool:
    """What is left of each owner's products while orders are served, and who was served last."""

    def __init__(self, available: Mapping[StockKey, int]) -> None:
        self._left = dict(available)
        self._last_served: dict[StockKey, OrderDemand] = {}

    def begin(self, order: OrderDemand) -> None:
        """The next order is served now; what it is given may depend on where it came from."""

    def left(self, key: StockKey) -> int:
        """Units that nobody has been given."""
        return max(self._left.get(key, 0), 0)

    def shortage_of(self, order: OrderDemand, line: LineDemand) -> ShortReason | None:
        """Why the line cannot have all it wants, None when it can."""
        key = (line.owner, line.sku)
        if self._left.get(key, 0) >= line.quantity_open:
            return None
        return self.reason(order, key, line.quantity_open)

    def shortage(self, order: OrderDemand) -> ShortReason | None:
        """The first product of which the whole order wants more than is left."""
        wanted: dict[StockKey, int] = {}
        for line in order.lines:
            key = (line.owner, line.sku)
            wanted[key] = wanted.get(key, 0) + line.quantity_open
        for key, quantity in wanted.items():
            if self._left.get(key, 0) < quantity:
                return self.reason(order, key, quantity)
        return None

    def has_any(self, order: OrderDemand) -> bool:
        """Whether anything that the order wants is there."""
        return any(line.quantity_open > 0 and self._left.get((line.owner, line.sku), 0) > 0 for line in order.lines)

    def take(self, order: OrderDemand, line: LineDemand, most: int) -> int:
        """Give the line up to so many units; gives how many it got."""
        key = (line.owner, line.sku)
        quantity = max(min(most, self._left.get(key, 0)), 0)
        if quantity:
            self._left[key] -= quantity
            self._last_served[key] = order
        return quantity

    def reason(self, order: OrderDemand, key: StockKey, wanted: int) -> ShortReason:
        """Why an order does not get so many units of a product."""
        other = self._last_served.get(key)
        if other is None:
            return ShortReason(*key, wanted, self.left(key), None)
        decided_by = first_difference(other.rank, order.rank)
        return ShortReason(*key, wanted, self.left(key), other.order_no, decided_by)
