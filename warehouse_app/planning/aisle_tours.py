"""The shortest closed tour through the aisles of a rectangular warehouse.

A dynamic programme that sweeps the aisles from left to right, after H. D. Ratliff and A. S. Rosenthal, "Order-Picking
in a Rectangular Warehouse: A Solvable Case of the Traveling Salesman Problem", Operations Research 31(3), 1983. They
treat two cross-aisles; the same idea holds for any number of them. What is left of the sweep matters only through its
frontier: for every cross-aisle whether the tour has reached it there, with an even or an odd number of edges, and
which of the reached ones hang together. So of all ways to the same frontier only the shortest is kept. At the end
every degree is even and all hangs together: an Euler tour of the chosen edges is the walk.

Two edges along a cross-aisle between neighbouring aisles and two edges along an aisle are both allowed; more than two
never help, because two of three can be left out.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import pairwise, product
from typing import NamedTuple

Crossing = tuple[int, int]  # index of the column, index of the cross-aisle
Place = tuple[int, int]  # index of the column, y in mm
Frontier = tuple[int, ...]  # for each cross-aisle 0 (not reached) or 2 * part, + 1 when its degree is odd


@dataclass(frozen=True, slots=True)
class Column:
    """One aisle of the sweep: the y of the places to visit, ascending, and for each block if it can be walked."""

    x_mm: int
    places_y_mm: tuple[int, ...]
    open_blocks: tuple[bool, ...]


@dataclass(frozen=True, slots=True)
class Tour:
    """A closed tour: every place once, in walking order, beginning anywhere."""

    length_mm: int
    places: tuple[Place, ...]


class _Way(NamedTuple):
    """How the tour uses one block of an aisle: edges walked through, and whether it returns from either end."""

    through: int = 0
    from_front: bool = False
    from_back: bool = False


_SKIP, _ONCE, _TWICE = _Way(), _Way(through=1), _Way(through=2)
_FRONT, _BACK = _Way(from_front=True), _Way(from_back=True)
_BOTH_ENDS = _Way(from_front=True, from_back=True)


class _Step(NamedTuple):
    """The shortest way to a frontier: its length, the frontier before it, and what was chosen."""

    length_mm: int
    before: Frontier
    choice: _Way | Frontier


class _Edge(NamedTuple):
    """A stretch of the tour between two crossings, with the y of the places on it in the order from start to end."""

    start: Crossing
    end: Crossing
    places_y_mm: tuple[int, ...]


_Layer = dict[Frontier, _Step]


def shortest_tour(columns: Sequence[Column], cross_aisles_y_mm: Sequence[int]) -> Tour | None:
    """The shortest closed tour of all places, or None where closed blocks leave no way.

    Columns ascend in x, cross-aisles in y (two or more); no place lies outside them. Time and memory grow linearly
    with the columns, steeply with the cross-aisles: up to four are quick.
    """
    sweep = _Sweep(columns, cross_aisles_y_mm)
    if sweep.last_needed < 0:
        return Tour(0, ())
    best = sweep.run()
    if best is None:
        return None
    length_mm, edges = best
    return Tour(length_mm, tuple(_walk_edges(edges, sweep.crossing_places)))


class _Sweep:
    """One run of the programme. Layers and choices alternate: blocks of a column, then the step to the next one."""

    def __init__(self, columns: Sequence[Column], cross_aisles_y_mm: Sequence[int]) -> None:
        self.columns = columns
        self.cross = tuple(cross_aisles_y_mm)
        self.layers: list[_Layer] = []
        self.last_needed = max((i for i, column in enumerate(columns) if column.places_y_mm), default=-1)
        index_of = {y: k for k, y in enumerate(self.cross)}
        self.crossing_places = {
            (i, index_of[y]): y for i, column in enumerate(columns) for y in column.places_y_mm if y in index_of
        }

    def run(self) -> tuple[int, list[_Edge]] | None:
        """The length and the edges of the shortest tour."""
        begin = _touching((0,) * len(self.cross), self._crossings_needed(0))
        layer: _Layer = {begin: _Step(0, begin, _SKIP)}
        best: tuple[int, int, Frontier] | None = None
        for i, column in enumerate(self.columns):
            if i:
                layer = _across(layer, column.x_mm - self.columns[i - 1].x_mm, self._crossings_needed(i))
                self.layers.append(layer)
            for block in range(len(self.cross) - 1):
                layer = _along(layer, block, self._ways(column, block))
                self.layers.append(layer)
            if i >= self.last_needed:
                ends = [(step.length_mm, len(self.layers), f) for f, step in layer.items() if _is_closed(f)]
                best = min([*ends, best] if best else ends, default=None)
        return (best[0], self._edges(best[1], best[2])) if best else None

    def _crossings_needed(self, i: int) -> tuple[int, ...]:
        return tuple(k for k in range(len(self.cross)) if (i, k) in self.crossing_places)

    def _segment(self, column: Column, block: int) -> tuple[int, ...]:
        front, back = self.cross[block], self.cross[block + 1]
        return tuple(y for y in column.places_y_mm if front < y < back)

    def _ways(self, column: Column, block: int) -> list[tuple[_Way, int]]:
        """The ways that visit all places of a block, with their lengths."""
        front, back = self.cross[block], self.cross[block + 1]
        places = self._segment(column, block)
        through = [(_ONCE, back - front), (_TWICE, 2 * (back - front))] if column.open_blocks[block] else []
        if not places:
            return [(_SKIP, 0), *through]
        ways = [*through, (_FRONT, 2 * (places[-1] - front)), (_BACK, 2 * (back - places[0]))]
        if len(places) > 1:
            largest_gap = max(b - a for a, b in pairwise(places))
            ways.append((_BOTH_ENDS, 2 * (back - front - largest_gap)))
        return ways

    def _edges(self, depth: int, frontier: Frontier) -> list[_Edge]:
        """Walk the choices back from the last layer and lay down their edges."""
        edges: list[_Edge] = []
        blocks = len(self.cross) - 1
        for number in reversed(range(depth)):
            step = self.layers[number][frontier]
            i, block = divmod(number + 1, blocks + 1)
            if isinstance(step.choice, _Way):
                edges += self._edges_along(i, block - 1, step.choice)
            else:
                for k, count in enumerate(step.choice):
                    edges += [_Edge((i - 1, k), (i, k), ())] * count
            frontier = step.before
        return edges

    def _edges_along(self, i: int, block: int, way: _Way) -> list[_Edge]:
        front, back = (i, block), (i, block + 1)
        places = self._segment(self.columns[i], block)
        if way.through:
            return [_Edge(front, back, places), _Edge(front, back, ())][: way.through]
        split = len(places) if way.from_front else 0
        if way == _BOTH_ENDS:
            split = max(range(1, len(places)), key=lambda n: places[n] - places[n - 1])
        edges = [_Edge(front, front, places[:split])] if way.from_front else []
        if way.from_back:
            edges.append(_Edge(back, back, places[split:][::-1]))
        return edges


def _along(layer: _Layer, block: int, ways: Iterable[tuple[_Way, int]]) -> _Layer:
    after: _Layer = {}
    for frontier, step in layer.items():
        for way, length_mm in ways:
            reached = _reached_along(frontier, block, way)
            total = step.length_mm + length_mm
            known = after.get(reached)
            if known is None or total < known.length_mm:
                after[reached] = _Step(total, frontier, way)
    return after


def _across(layer: _Layer, distance_mm: int, needed: tuple[int, ...]) -> _Layer:
    after: _Layer = {}
    for frontier, step in layer.items():
        for counts, edges, reached in _reached_across(frontier, needed):
            total = step.length_mm + edges * distance_mm
            known = after.get(reached)
            if known is None or total < known.length_mm:
                after[reached] = _Step(total, frontier, counts)
    return after


@cache
def _reached_along(frontier: Frontier, block: int, way: _Way) -> Frontier:
    """The frontier after one block of an aisle has been used in a way."""
    part = [label // 2 for label in frontier]
    odd = [label % 2 for label in frontier]
    unused = max(part) + 1
    for k, touched in ((block, way.through or way.from_front), (block + 1, way.through or way.from_back)):
        if touched and not part[k]:
            part[k] = unused
            unused += 1
    if way.through:
        merged, gone = part[block], part[block + 1]
        part = [merged if p == gone else p for p in part]
        odd[block] ^= way.through % 2
        odd[block + 1] ^= way.through % 2
    return _numbered(part, odd)


@cache
def _reached_across(frontier: Frontier, needed: tuple[int, ...]) -> tuple[tuple[Frontier, int, Frontier], ...]:
    """All steps to the next aisle: edges on each cross-aisle, their number, and the frontier there.

    Degrees left behind must be even, so an odd crossing sends one edge, an even one none or two; no part of the tour
    may be left behind.
    """
    part = [label // 2 for label in frontier]
    steps = []
    for counts in product(*((1,) if label % 2 else (0, 2) if label else (0,) for label in frontier)):
        kept = [p if count else 0 for p, count in zip(part, counts, strict=True)]
        if set(kept) - {0} == set(part) - {0}:
            reached = _numbered(kept, [count % 2 for count in counts])
            steps.append((counts, sum(counts), _touching(reached, needed)))
    return tuple(steps)


def _touching(frontier: Frontier, needed: Iterable[int]) -> Frontier:
    """The frontier with the crossings that have to be visited in it, each a part of its own if it was not reached."""
    part = [label // 2 for label in frontier]
    for k in needed:
        part[k] = part[k] or max(part) + 1
    return _numbered(part, [label % 2 for label in frontier])


def _numbered(part: Iterable[int], odd: Iterable[int]) -> Frontier:
    """The frontier with its parts numbered in the order of the cross-aisles, so that equal ones compare equal."""
    numbers: dict[int, int] = {}
    return tuple(2 * numbers.setdefault(p, len(numbers) + 1) + o if p else 0 for p, o in zip(part, odd, strict=True))


def _is_closed(frontier: Frontier) -> bool:
    """All degrees even and one part only."""
    return set(frontier) <= {0, 2} and any(frontier)


def _walk_edges(edges: Sequence[_Edge], crossing_places: dict[Crossing, int]) -> Iterable[Place]:
    """An Euler tour of the edges (Hierholzer's algorithm), as the places it visits."""
    at: defaultdict[Crossing, list[int]] = defaultdict(list)
    for number, edge in enumerate(edges):
        at[edge.start].append(number)
        at[edge.end].append(number)
    unseen = dict(crossing_places)
    first = edges[0].start if edges else next(iter(unseen))
    trail: list[tuple[Crossing, int]] = [(first, -1)]
    used = [False] * len(edges)
    while trail:
        crossing, arrived_by = trail[-1]
        onward = _next_unused(at[crossing], used)
        if onward is not None:
            used[onward] = True
            edge = edges[onward]
            trail.append((edge.end if crossing == edge.start else edge.start, onward))
            continue
        trail.pop()
        if crossing in unseen:
            yield crossing[0], unseen.pop(crossing)
        if arrived_by >= 0:
            # Trails come off the stack from their far end, so an edge is walked away from the crossing it led to.
            edge = edges[arrived_by]
            places = edge.places_y_mm if crossing == edge.start else edge.places_y_mm[::-1]
            for y_mm in places:
                yield crossing[0], y_mm


def _next_unused(numbers: list[int], used: Sequence[bool]) -> int | None:
    while numbers:
        number = numbers.pop()
        if not used[number]:
            return number
    return None
