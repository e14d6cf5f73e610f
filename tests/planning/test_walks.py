import json
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise, permutations, product
from pathlib import Path
from random import Random
from typing import Any

import pytest

from warehouse_app.planning.walks import Layout, Point, Stop, Walk, plan_walk

DATA = Path(__file__).parents[1] / "data" / "picking"
TWO_BLOCKS = Layout(aisles_x_mm=(0, 5_000, 10_000), cross_aisles_y_mm=(0, 20_000, 40_000))


def instances(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (DATA / name).read_text().splitlines()]


def stop_at(x_mm: int, y_mm: int, location: str = "") -> Stop:
    return Stop(location or f"{x_mm}/{y_mm}", 0, 0, x_mm, y_mm)


class Ways:
    """The shortest ways on foot between all points, through every crossing (Floyd and Warshall)."""

    def __init__(self, layout: Layout, points: Iterable[Point]) -> None:
        cross = layout.cross_aisles_y_mm
        self.nodes = {*points, *(Point(x, y) for x, y in product(layout.aisles_x_mm, cross))}
        self.mm: dict[tuple[Point, Point], float] = {
            (a, b): self._direct(layout, a, b) for a, b in product(self.nodes, repeat=2)
        }
        for via, a, b in product(self.nodes, repeat=3):
            self.mm[a, b] = min(self.mm[a, b], self.mm[a, via] + self.mm[via, b])

    @staticmethod
    def _direct(layout: Layout, a: Point, b: Point) -> float:
        cross = layout.cross_aisles_y_mm
        if a == b or (a.y_mm == b.y_mm and a.y_mm in cross):
            return abs(a.x_mm - b.x_mm)
        if a.x_mm != b.x_mm or a.x_mm not in layout.aisles_x_mm:
            return float("inf")
        low, high = sorted((a.y_mm, b.y_mm))
        if any(low < y < high for y in cross):
            return float("inf")
        block = max(k for k, y in enumerate(cross) if y <= low)
        return float("inf") if (layout.aisles_x_mm.index(a.x_mm), block) in layout.closed else high - low

    def length_mm(self, route: Sequence[Point]) -> float:
        return sum(self.mm[a, b] for a, b in pairwise(route))


def walked_mm(walk: Walk, layout: Layout, start: Point) -> float:
    points = [start, *(Point(stop.x_mm, stop.y_mm) for stop in walk.stops), start]
    return Ways(layout, points).length_mm(points)


def published_case(row: Mapping[str, Any], blocks: int) -> tuple[list[Stop], Layout, Point]:
    cells = row["cells"]
    middle = 1 + (cells - 1 - cells // 2) + 1
    cross = (0, cells + 1) if blocks == 1 else (0, middle, cells + 2)
    layout = Layout(tuple(3 * aisle for aisle in range(row["aisles"])), cross)
    start = Point(3 * row["depot_aisle"], 0 if row["depot_side"] == "bottom" else cross[-1])
    stops = [
        stop_at(3 * aisle, cells - cell + (1 if blocks == 2 and cell < cells / 2 else 0))
        for aisle, cell in row["picks"]
    ]
    return [in_mm(stop) for stop in stops], scaled(layout), Point(1_000 * start.x_mm, 1_000 * start.y_mm)


def in_mm(stop: Stop) -> Stop:
    return Stop(stop.location, stop.aisle, stop.block, 1_000 * stop.x_mm, 1_000 * stop.y_mm)


def scaled(layout: Layout) -> Layout:
    return Layout(tuple(1_000 * x for x in layout.aisles_x_mm), tuple(1_000 * y for y in layout.cross_aisles_y_mm))


@pytest.mark.parametrize("blocks", [1, 2])
@pytest.mark.parametrize("row", instances("sprp.jsonl"), ids=lambda row: row["name"])
def test_walk_is_as_short_as_the_published_optimum(row: Mapping[str, Any], blocks: int) -> None:
    stops, layout, start = published_case(row, blocks)

    walk = plan_walk(stops, layout, start)

    assert walk.length_mm == 1_000 * row[f"opt_{blocks}block"]
    assert sorted(walk.stops, key=repr) == sorted(stops, key=repr)
    if row["aisles"] <= 10:  # The independent measure takes cubic time.
        assert walked_mm(walk, layout, start) == walk.length_mm


@pytest.mark.parametrize("row", instances("gen_routes.jsonl"), ids=lambda row: f"{row['blocks']}-{row['id']}")
def test_walk_in_up_to_three_blocks_is_as_short_as_the_known_optimum(row: Mapping[str, Any]) -> None:
    aisle_x, cross_y, cell_y = ([round(1_000 * v) for v in row["layout"][k]] for k in ("aisle_x", "cross_y", "cell_y"))
    layout = Layout(tuple(aisle_x), tuple(cross_y))
    stops = [stop_at(aisle_x[aisle], cell_y[cell], f"{aisle}-{cell}-{side}") for aisle, cell, side in row["picks"]]
    start = Point(aisle_x[row["depot"][0]], round(1_000 * row["depot"][1]))

    walk = plan_walk(stops, layout, start)

    assert walk.length_mm == 1_000 * row["optimum"]
    assert walk.shortest


@pytest.mark.parametrize("seed", range(60))
def test_no_order_of_the_stops_is_shorter_wherever_the_start_and_closed_stretches_lie(seed: int) -> None:
    random = Random(seed)
    stretches = list(product(range(3), range(2)))
    closed = frozenset(random.sample(stretches, random.choice([0, 0, 1, 2])))
    layout = Layout(TWO_BLOCKS.aisles_x_mm, TWO_BLOCKS.cross_aisles_y_mm, closed)
    start = Point(random.choice([0, 2_000, 5_000, 9_000, 14_000]), random.choice([0, 20_000, 40_000]))
    open_stretches = [stretch for stretch in stretches if stretch not in closed]
    places = {
        (layout.aisles_x_mm[aisle], 20_000 * block + 1_000 * random.randint(0, 20))
        for aisle, block in random.choices(open_stretches, k=5)
    }
    stops = [stop_at(x, y) for x, y in places]

    walk = plan_walk(stops, layout, start)

    points = [Point(x, y) for x, y in places]
    ways = Ways(layout, [start, *points])
    shortest = min(ways.length_mm([start, *order, start]) for order in permutations(points))
    assert walk.length_mm == shortest
    assert ways.length_mm([start, *(Point(s.x_mm, s.y_mm) for s in walk.stops), start]) == shortest


def test_start_in_front_of_the_aisles_adds_the_way_to_the_cross_aisle_and_back() -> None:
    start = Point(2_000, -3_000)

    walk = plan_walk([stop_at(0, 4_000)], TWO_BLOCKS, start)

    assert walk.length_mm == 2 * (3_000 + 2_000 + 4_000)


def test_locations_at_one_place_follow_each_other_by_their_codes() -> None:
    levels = [stop_at(5_000, 4_000, code) for code in ("A02-04-3", "A02-04-1", "A02-04-2")]

    walk = plan_walk([*levels, stop_at(5_000, 9_000, "A02-09-1")], TWO_BLOCKS, Point(5_000, 0))

    assert [stop.location for stop in walk.stops] == ["A02-04-1", "A02-04-2", "A02-04-3", "A02-09-1"]


def test_stop_off_the_grid_is_still_visited_and_the_walk_not_called_shortest() -> None:
    stops = [stop_at(0, 4_000), stop_at(2_500, 9_000), stop_at(10_000, 31_000)]

    walk = plan_walk(stops, TWO_BLOCKS, Point(0, 0))

    assert sorted(walk.stops, key=repr) == sorted(stops, key=repr)
    assert not walk.shortest


def test_walk_without_stops_has_no_length() -> None:
    assert plan_walk([], TWO_BLOCKS, Point(0, 0)) == Walk((), 0, shortest=True)


def test_layout_is_read_off_the_locations() -> None:
    ys_of_block = {1: (2_000, 12_000), 2: (16_000, 26_000)}
    everywhere = [
        Stop("", aisle, block, 4_000 * aisle + side, y)
        for aisle, (block, ys), side in product((1, 2, 3), ys_of_block.items(), (-300, 300))
        for y in ys
    ]
    stops = [stop for stop in everywhere if (stop.aisle, stop.block) != (3, 2)]

    layout = Layout.of_stops(stops)

    assert layout.aisles_x_mm == (3_700, 7_700, 11_700)
    assert layout.cross_aisles_y_mm == (0, 14_000, 28_000)
    assert layout.closed == {(2, 1)}


def test_layout_of_one_block_has_a_cross_aisle_a_metre_and_a_half_from_either_end() -> None:
    layout = Layout.of_stops([Stop("A", 1, 1, 0, 2_000), Stop("B", 1, 1, 0, 9_000)])

    assert layout.cross_aisles_y_mm == (500, 10_500)
