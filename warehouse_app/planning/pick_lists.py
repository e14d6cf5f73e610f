"""Groups the orders of a wave into pick lists: which orders share a cart, and in which order it passes the shelves."""

from collections import defaultdict, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from string import ascii_uppercase

from warehouse_app.planning.demand import Rank
from warehouse_app.planning.walks import Layout, Point, Stop, plan_walk


@dataclass(frozen=True, slots=True)
class PickLine:
    """Units of an order line to take from one location. Volume and weight are those of all its units together.

    A line that is taken from several locations or lots is given once for each.
    """

    line_no: int
    sku: str
    location: str
    quantity: int
    volume_ml: int
    weight_g: int
    lot: str = ""


@dataclass(frozen=True, slots=True)
class OrderToPick:
    """`rank` holds only what may not be overtaken (cut-off, priority): orders of equal rank are freely combined."""

    order_no: str
    rank: Rank
    lines: tuple[PickLine, ...]


@dataclass(frozen=True, slots=True)
class ListPolicy:
    """What a cart holds: orders (one a slot), places to stop at, volume of each slot, weight of everything."""

    max_orders: int = 8
    max_stops: int = 80
    slot_volume_ml: int = 40_000
    max_weight_g: int = 200_000


@dataclass(frozen=True, slots=True)
class SlotOrder:
    slot: str
    order_no: str


@dataclass(frozen=True, slots=True)
class Pick:
    """What goes into which slot at a stop."""

    slot: str
    order_no: str
    line: PickLine


@dataclass(frozen=True, slots=True)
class PlannedStop:
    stop: Stop
    picks: tuple[Pick, ...]


@dataclass(frozen=True, slots=True)
class PlannedList:
    """A pick list, its stops in walking order. An order that no slot can hold has a list of its own, in slot A."""

    orders: tuple[SlotOrder, ...]
    stops: tuple[PlannedStop, ...]
    length_mm: int


@dataclass(frozen=True, slots=True)
class Floor:
    """Where things are: every storage location by its code, the layout, and where a walk starts and ends."""

    stops: Mapping[str, Stop]
    layout: Layout
    start: Point


@dataclass(frozen=True, slots=True)
class _Load:
    """An order as the cart feels it. `aisles` is a bit set of the aisles (one for each block) it leads to."""

    order: OrderToPick
    locations: frozenset[str]
    aisles: int
    volume_ml: int
    weight_g: int


class _Cart:
    """The orders of one list while it is filled."""

    def __init__(self, policy: ListPolicy) -> None:
        self.policy = policy
        self.loads: list[_Load] = []
        self.closed = False
        self._locations: set[str] = set()
        self._aisles = 0
        self._weight_g = 0

    def add(self, load: _Load) -> None:
        self.loads.append(load)
        self._locations |= load.locations
        self._aisles |= load.aisles
        self._weight_g += load.weight_g
        self.closed = len(self.loads) >= self.policy.max_orders or self._needs_own_list(load)

    def best_of(self, group: Sequence[_Load]) -> int | None:
        """The index of the order that adds least walking, or None when none fits. An empty cart takes the first."""
        if not self.loads:
            return 0
        fitting = (n for n, load in enumerate(group) if self._has_room_for(load))
        return min(fitting, key=lambda n: self._extra_walking(group[n]), default=None)

    def _has_room_for(self, load: _Load) -> bool:
        return (
            not self._needs_own_list(load)
            and self._weight_g + load.weight_g <= self.policy.max_weight_g
            and len(self._locations | load.locations) <= self.policy.max_stops
        )

    def _needs_own_list(self, load: _Load) -> bool:
        return (
            len(load.locations) > self.policy.max_stops
            or load.volume_ml > self.policy.slot_volume_ml
            or load.weight_g > self.policy.max_weight_g
        )

    def _extra_walking(self, load: _Load) -> int:
        """Aisles that the order adds to the walk, less some for those it shares: a proxy in no unit.

        Additions alone would prefer short orders, and leave the long ones to share lists that fit them badly.
        """
        added = (load.aisles & ~self._aisles).bit_count()
        shared = (load.aisles & self._aisles).bit_count()
        return 2 * added - shared


def plan_pick_lists(orders: Iterable[OrderToPick], floor: Floor, policy: ListPolicy) -> tuple[PlannedList, ...]:
    """Fill lists from the head of the queue; the first list is the most urgent one.

    Each list begins with the most urgent order left and takes on, among the orders of the best rank left, the one that
    shares most of its way. A lower rank is reached only when no order of a better one is left, so that nothing urgent
    is picked after something less urgent. Orders without lines are left out. Raises KeyError for a location that the
    floor does not know.
    """
    ranked = sorted((order for order in orders if order.lines), key=lambda order: (order.rank, order.order_no))
    loads = _loads(ranked, floor)
    groups = deque(list(group) for _, group in groupby(loads, key=lambda load: load.order.rank))
    lists = []
    while groups:
        lists.append(_planned([load.order for load in _fill(groups, policy)], floor))
        while groups and not groups[0]:
            groups.popleft()
    return tuple(lists)


def _loads(orders: Iterable[OrderToPick], floor: Floor) -> list[_Load]:
    bit_of: dict[tuple[int, int], int] = {}
    loads = []
    for order in orders:
        aisles = 0
        for line in order.lines:
            stop = floor.stops[line.location]
            aisles |= 1 << bit_of.setdefault((stop.block, stop.aisle), len(bit_of))
        locations = frozenset(line.location for line in order.lines)
        volume_ml = sum(line.volume_ml for line in order.lines)
        loads.append(_Load(order, locations, aisles, volume_ml, sum(line.weight_g for line in order.lines)))
    return loads


def _fill(groups: Iterable[list[_Load]], policy: ListPolicy) -> list[_Load]:
    """Take the orders of the next list out of the groups (one a rank, the best first)."""
    cart = _Cart(policy)
    for group in groups:
        while group and not cart.closed:
            best = cart.best_of(group)
            if best is None:
                return cart.loads
            cart.add(group.pop(best))
    return cart.loads


def _planned(orders: Sequence[OrderToPick], floor: Floor) -> PlannedList:
    slots = [SlotOrder(_slot(n), order.order_no) for n, order in enumerate(orders)]
    picks_at: defaultdict[str, list[Pick]] = defaultdict(list)
    for slot, order in zip(slots, orders, strict=True):
        for line in order.lines:
            picks_at[line.location].append(Pick(slot.slot, order.order_no, line))
    walk = plan_walk((floor.stops[location] for location in picks_at), floor.layout, floor.start)
    stops = tuple(PlannedStop(stop, tuple(picks_at[stop.location])) for stop in walk.stops)
    return PlannedList(tuple(slots), stops, walk.length_mm)


def _slot(n: int) -> str:
    """A, B, ... Z, AA, AB, ..."""
    rounds, letter = divmod(n, len(ascii_uppercase))
    return (_slot(rounds - 1) if rounds else "") + ascii_uppercase[letter]
