"""Picker walks: in which order to visit storage locations so that the way there and back is short.

Millimetres throughout. People walk along aisles and cross-aisles only, and reach both sides of an aisle from its
middle: stepping sideways inside an aisle is not counted.
"""

from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise, product
from statistics import median_low

from warehouse_app.planning.aisle_tours import Column, shortest_tour

AISLE_HALF_WIDTH_MM = 1_000  # A standing point at most this far from an aisle's middle belongs to the aisle.
CROSS_AISLE_OFFSET_MM = 1_500  # From the last location to the cross-aisle, where one block gives no gap to measure.
EXACT_CROSS_AISLES = 5  # With more of them the exact tour takes too long.
TWO_OPT_STEPS = 400_000  # Bounds the improvement of a walk that does not fit the grid: about 0.3 s.


@dataclass(frozen=True, slots=True)
class Point:
    x_mm: int
    y_mm: int


@dataclass(frozen=True, slots=True)
class Stop:
    """A storage location, with the point where a person stands to reach it."""

    location: str
    aisle: int
    block: int
    x_mm: int
    y_mm: int


@dataclass(frozen=True, slots=True)
class Layout:
    """A rectangular warehouse: parallel aisles along y, crossed by two or more cross-aisles along x.

    Both ascend. `closed` names the stretches of an aisle that nobody can walk, as (index of the aisle, index of the
    block between two cross-aisles).
    """

    aisles_x_mm: tuple[int, ...]
    cross_aisles_y_mm: tuple[int, ...]
    closed: frozenset[tuple[int, int]] = frozenset()

    @classmethod
    def of_stops(cls, stops: Iterable[Stop]) -> "Layout":
        """Read the layout off all storage locations.

        An aisle lies where the standing points of its locations lie. A cross-aisle runs in the middle between blocks,
        and before the first and behind the last one at half the smallest gap between blocks, or 1.5 m where there is
        one block. A stretch of an aisle without a location is closed.
        """
        aisle_x: defaultdict[tuple[int, int], list[int]] = defaultdict(list)
        block_y: defaultdict[int, list[int]] = defaultdict(list)
        for stop in stops:
            aisle_x[stop.block, stop.aisle].append(stop.x_mm)
            block_y[stop.block].append(stop.y_mm)
        columns = _apart(sorted(median_low(x_mm) for x_mm in aisle_x.values()))
        cross = _cross_aisles(_joined(sorted((min(y_mm), max(y_mm)) for y_mm in block_y.values())))
        used = {
            (_nearest(columns, median_low(x_mm)), bisect_left(cross, median_low(block_y[block])) - 1)
            for (block, _), x_mm in aisle_x.items()
        }
        stretches = set(product(range(len(columns)), range(len(cross) - 1)))
        return cls(tuple(columns), tuple(cross), frozenset(stretches - used))

    def aisle_at(self, point: Point | Stop) -> int | None:
        """The index of the aisle in which the point lies, if it lies in one."""
        if not self.aisles_x_mm or not self.cross_aisles_y_mm[0] <= point.y_mm <= self.cross_aisles_y_mm[-1]:
            return None
        i = _nearest(self.aisles_x_mm, point.x_mm)
        return i if abs(self.aisles_x_mm[i] - point.x_mm) <= AISLE_HALF_WIDTH_MM else None


@dataclass(frozen=True, slots=True)
class Walk:
    """Stops in walking order. The length includes the way from the start and back to it.

    `shortest` says that no shorter walk exists on this layout.
    """

    stops: tuple[Stop, ...]
    length_mm: int
    shortest: bool


def plan_walk(stops: Iterable[Stop], layout: Layout, start: Point) -> Walk:
    """The shortest closed walk from the start past all stops (see aisle_tours for the algorithm and its source).

    The start may lie anywhere: from outside the aisles the walk goes straight to the nearest cross-aisle. Locations at
    the same place follow each other by their codes. Where a stop lies in no aisle, or the layout has too many
    cross-aisles for the exact tour, the walk is built by nearest neighbour and improved by 2-opt instead.
    """
    places: defaultdict[Point, list[Stop]] = defaultdict(list)
    fits = len(layout.cross_aisles_y_mm) <= EXACT_CROSS_AISLES
    for stop in stops:
        aisle = layout.aisle_at(stop)
        fits = fits and aisle is not None
        places[Point(stop.x_mm if aisle is None else layout.aisles_x_mm[aisle], stop.y_mm)].append(stop)
    if not places:
        return Walk((), 0, shortest=True)
    for here in places.values():
        here.sort(key=lambda stop: stop.location)
    found = _exact_walk(places.keys(), layout, start) if fits else None
    route, length_mm = found or _improved_walk(sorted(places, key=lambda p: (p.x_mm, p.y_mm)), layout, start)
    return Walk(tuple(stop for place in route for stop in places[place]), length_mm, shortest=found is not None)


def walking_distance_mm(layout: Layout, a: Point, b: Point) -> int:
    """The shortest way between two points: within one aisle, or by the best cross-aisle. Ignores closed stretches."""
    if a.x_mm == b.x_mm or not layout.cross_aisles_y_mm:
        return abs(a.x_mm - b.x_mm) + abs(a.y_mm - b.y_mm)
    along = min(abs(a.y_mm - cross) + abs(b.y_mm - cross) for cross in layout.cross_aisles_y_mm)
    return abs(a.x_mm - b.x_mm) + along


def _exact_walk(places: Iterable[Point], layout: Layout, start: Point) -> tuple[list[Point], int] | None:
    """Places in the order of the shortest tour, and its length; None where closed stretches leave no way."""
    gate, way_in_mm = _gate(layout, start)
    ys_at: defaultdict[int, set[int]] = defaultdict(set)
    for place in (*places, gate):
        ys_at[place.x_mm].add(place.y_mm)
    xs = _columns_to_sweep(layout, ys_at.keys(), gate.x_mm)
    index_of = {x_mm: i for i, x_mm in enumerate(layout.aisles_x_mm)}
    blocks = range(len(layout.cross_aisles_y_mm) - 1)
    columns = [
        Column(
            x, tuple(sorted(ys_at[x])), tuple(x in index_of and (index_of[x], b) not in layout.closed for b in blocks)
        )
        for x in xs
    ]
    tour = shortest_tour(columns, layout.cross_aisles_y_mm)
    if tour is None:
        return None
    route = [Point(xs[i], y_mm) for i, y_mm in tour.places]
    begin = route.index(gate)
    route = route[begin:] + route[:begin]
    return (route if gate in places else route[1:]), tour.length_mm + 2 * way_in_mm


def _gate(layout: Layout, start: Point) -> tuple[Point, int]:
    """Where the walk enters the grid, and how far that is from the start."""
    aisle = layout.aisle_at(start)
    if aisle is not None and layout.aisles_x_mm[aisle] == start.x_mm:
        return start, 0
    cross = min(layout.cross_aisles_y_mm, key=lambda y_mm: abs(y_mm - start.y_mm))
    return Point(start.x_mm, cross), abs(cross - start.y_mm)


def _columns_to_sweep(layout: Layout, needed: Iterable[int], gate_x_mm: int) -> list[int]:
    """The aisles that a shortest tour may use, ascending.

    Where every stretch is open, whatever a tour does in an aisle without places can be shifted sideways, at no cost in
    at least one direction, until it meets an aisle with places; only next to a gate between two aisles may it have
    to stay.
    """
    if layout.closed:
        return sorted({*layout.aisles_x_mm, *needed})
    at = bisect_left(layout.aisles_x_mm, gate_x_mm)
    beside = () if gate_x_mm in layout.aisles_x_mm else layout.aisles_x_mm[max(at - 1, 0) : at + 1]
    return sorted({*needed, *beside})


def _improved_walk(places: Sequence[Point], layout: Layout, start: Point) -> tuple[list[Point], int]:
    """Nearest neighbour, then 2-opt; for stops off the grid, whose distances are estimates anyway."""
    points = [start, *places]
    distance = [[walking_distance_mm(layout, a, b) for b in points] for a in points]
    left = set(range(1, len(points)))
    route = [0]
    while left:
        nearest = min(left, key=lambda n: (distance[route[-1]][n], n))
        left.remove(nearest)
        route.append(nearest)
    route.append(0)
    _two_opt(route, distance)
    return [points[n] for n in route[1:-1]], sum(distance[a][b] for a, b in pairwise(route))


def _two_opt(route: list[int], distance: Sequence[Sequence[int]]) -> None:
    """Turn stretches of the route round as long as that shortens it and the steps last."""
    steps, improved = TWO_OPT_STEPS, True
    while improved and steps > 0:
        improved = False
        for i in range(1, len(route) - 2):
            steps -= len(route) - 2 - i
            for j in range(i + 1, len(route) - 1):
                a, b, c, d = route[i - 1], route[i], route[j], route[j + 1]
                if distance[a][c] + distance[b][d] < distance[a][b] + distance[c][d]:
                    route[i : j + 1] = route[i : j + 1][::-1]
                    improved = True


def _nearest(values: Sequence[int], value: int) -> int:
    """The index of the nearest of ascending values."""
    at = bisect_left(values, value)
    return min((i for i in (at - 1, at) if 0 <= i < len(values)), key=lambda i: abs(values[i] - value))


def _apart(values: Iterable[int]) -> list[int]:
    """Ascending values without those that are the same aisle as the one before."""
    apart: list[int] = []
    for value in values:
        if not apart or value - apart[-1] > AISLE_HALF_WIDTH_MM:
            apart.append(value)
    return apart


def _cross_aisles(ranges: Sequence[tuple[int, int]]) -> list[int]:
    """The y of the cross-aisles before, between and behind ascending ranges of blocks."""
    if not ranges:
        return []
    gaps = [(before, behind) for (_, before), (behind, _) in pairwise(ranges)]
    offset = min(((behind - before) // 2 for before, behind in gaps), default=CROSS_AISLE_OFFSET_MM)
    return [ranges[0][0] - offset, *((before + behind) // 2 for before, behind in gaps), ranges[-1][1] + offset]


def _joined(ranges: Iterable[tuple[int, int]]) -> list[tuple[int, int]]:
    """Ascending ranges of y, those that touch or overlap (blocks side by side) made one."""
    joined: list[tuple[int, int]] = []
    for low, high in ranges:
        if joined and low <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(high, joined[-1][1]))
        else:
            joined.append((low, high))
    return joined
