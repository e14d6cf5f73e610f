"""Suggests the cartons for an order: the cheapest single one that holds it, otherwise as few large ones as come out.

Up to a certain effort every suggestion is a real arrangement in space. Above it, where the search would keep a packer
waiting, cartons are filled by volume and weight only, with room for the gaps that real packing leaves.
"""

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from warehouse_app.planning.box_filling import Block, Box, Piece, fillings, turned

TRIES = 30  # Arrangements tried in one carton before the next larger one is; fewer where there is much to arrange.
EFFORT_TO_ARRANGE = 12_000  # Different products squared, times cartons: about 40 ms.
SHARE_FILLED_BY_VOLUME = 70  # Percent of a carton's room that mixed goods may take without an arrangement.
HANDLING_MINOR = 100  # What every further carton costs beside itself: a label, a scan, a place on the vehicle.


@dataclass(frozen=True, slots=True)
class Item:
    """Units of one product, with the size and weight of one unit; a size that is not known is 0.

    `upright` units keep their height vertical. `own_box` units ship in the box they come in.
    """

    sku: str
    quantity: int
    length_mm: int
    width_mm: int
    height_mm: int
    weight_g: int
    upright: bool = False
    own_box: bool = False


@dataclass(frozen=True, slots=True)
class CartonType:
    """Inner sizes; the weight of the empty carton; the most it may weigh when closed; what it costs."""

    code: str
    length_mm: int
    width_mm: int
    height_mm: int
    weight_g: int
    max_weight_g: int
    cost_minor: int

    @property
    def box(self) -> Box:
        return Box((self.length_mm, self.width_mm, self.height_mm), self.max_weight_g - self.weight_g)


@dataclass(frozen=True, slots=True)
class PackedItem:
    """Where one unit lies: its corner nearest the origin, and its extents along the carton's length, width, height."""

    sku: str
    x_mm: int
    y_mm: int
    z_mm: int
    length_mm: int
    width_mm: int
    height_mm: int


@dataclass(frozen=True, slots=True)
class PlannedCarton:
    """One carton; `code` is None for a unit that ships in its own box.

    `contents` are SKUs with quantities, `fill` the share of the room they take, `weight_g` includes the carton.
    `packed` is empty where the carton was filled by volume.
    """

    code: str | None
    contents: tuple[tuple[str, int], ...]
    fill: float
    weight_g: int
    packed: tuple[PackedItem, ...] = ()


@dataclass(frozen=True, slots=True)
class _Goods:
    sku: str
    piece: Piece


@dataclass(frozen=True, slots=True)
class _Load:
    """What one carton takes of the goods: a quantity for each, and where it was arranged, the blocks."""

    type: CartonType
    quantities: tuple[int, ...]
    blocks: tuple[Block, ...] = ()


def suggest_cartons(
    items: Iterable[Item], types: Sequence[CartonType], tries: int = TRIES
) -> tuple[PlannedCarton, ...]:
    """The cartons to pack the items in; units that fit no carton ship alone, in their own box (code None).

    One carton is taken where it fits, unless several cheaper ones cost less, their handling included. A higher
    `tries` finds more of the tight fits and takes longer in proportion.
    """
    items = tuple(items)
    plan = _fill_cartons(items, types, tries)
    cost = {kind.code: kind.cost_minor for kind in types}
    dearest = max((cost[carton.code] for carton in plan if carton.code), default=0)
    cheaper = [kind for kind in types if kind.cost_minor < dearest]
    if not cheaper or _cost(plan, cost) <= _least_cost(plan, types, cheaper):
        return plan
    other = _fill_cartons(items, cheaper, tries)
    return min(plan, other, key=lambda cartons: _cost(cartons, cost))


def _least_cost(
    plan: Sequence[PlannedCarton], types: Sequence[CartonType], cheaper: Sequence[CartonType]
) -> tuple[int, int]:
    """What cheaper cartons would cost at the very least: without any air, and never in one, which was tried."""
    room = {kind.code: kind.length_mm * kind.width_mm * kind.height_mm for kind in types}
    volume = sum(carton.fill * room[carton.code] for carton in plan if carton.code)
    count = max(2, math.ceil(volume / max(room[kind.code] for kind in cheaper)))
    alone = sum(1 for carton in plan if carton.code is None)
    return alone, count * (HANDLING_MINOR + min(kind.cost_minor for kind in cheaper))


def _cost(cartons: Sequence[PlannedCarton], cost: Mapping[str, int]) -> tuple[int, int]:
    """Units alone without need come first: what fits a carton is packed into one, whatever it costs."""
    alone = sum(1 for carton in cartons if carton.code is None)
    return alone, sum(cost[carton.code] + HANDLING_MINOR for carton in cartons if carton.code)


def _fill_cartons(items: Iterable[Item], types: Sequence[CartonType], tries: int) -> tuple[PlannedCarton, ...]:
    cartons: list[PlannedCarton] = []
    alone: list[PlannedCarton] = []
    shared: list[_Goods] = []
    for item in items:
        size = (max(item.length_mm, 1), max(item.width_mm, 1), max(item.height_mm, 1))
        piece = Piece(turned(size, upright=item.upright), item.weight_g, item.quantity)
        if item.own_box or not any(piece.fits(kind.box) for kind in types):
            alone += [PlannedCarton(None, ((item.sku, 1),), 1.0, item.weight_g)] * item.quantity
        elif item.quantity > 0:
            shared.append(_Goods(item.sku, piece))
    shared.sort(key=lambda goods: -goods.piece.volume_mm3)
    tries = tries if _effort(shared, types) <= EFFORT_TO_ARRANGE else 0
    while shared:
        load = _cheapest_for_all(shared, types, tries) or _fullest(shared, types, tries)
        # What one carton takes is taken again as often as there is enough: thousands of one product cost no more.
        times = min(g.piece.quantity // n for g, n in zip(shared, load.quantities, strict=True) if n)
        cartons += [_planned(shared, load)] * times
        left = (g.piece.quantity - n * times for g, n in zip(shared, load.quantities, strict=True))
        shared = [_of_quantity(goods, quantity) for goods, quantity in zip(shared, left, strict=True) if quantity]
    return (*cartons, *alone)


def _effort(goods: Sequence[_Goods], types: Iterable[CartonType]) -> int:
    """Grows with the time that arranging takes: the different products squared, times the cartons at least needed."""
    if not goods:
        return 0
    largest = max((kind.box for kind in types), key=lambda box: box.volume_mm3)
    by_volume = sum(g.piece.volume_mm3 * g.piece.quantity for g in goods) // largest.volume_mm3
    by_weight = sum(g.piece.weight_g * g.piece.quantity for g in goods) // max(largest.max_contents_g, 1)
    return (max(by_volume, by_weight) + 1) * len(goods) ** 2


def _of_quantity(goods: _Goods, quantity: int) -> _Goods:
    if quantity == goods.piece.quantity:
        return goods
    return _Goods(goods.sku, replace(goods.piece, quantity=quantity))


def _cheapest_for_all(goods: Sequence[_Goods], types: Iterable[CartonType], tries: int) -> _Load | None:
    volume_mm3 = sum(g.piece.volume_mm3 * g.piece.quantity for g in goods)
    weight_g = sum(g.piece.weight_g * g.piece.quantity for g in goods)
    everything = tuple(g.piece.quantity for g in goods)
    for kind in sorted(types, key=lambda kind: (kind.cost_minor, kind.box.volume_mm3, kind.code)):
        box = kind.box
        if volume_mm3 > box.volume_mm3 or weight_g > box.max_contents_g or not all(g.piece.fits(box) for g in goods):
            continue
        for load in _loads(goods, kind, tries):
            if load.quantities == everything:
                return load
    return None


def _fullest(goods: Sequence[_Goods], types: Iterable[CartonType], tries: int) -> _Load:
    """The largest carton that takes any of the goods, as full as it gets; then a cheaper one if that holds as much."""
    by_size = sorted(types, key=lambda kind: (-kind.box.volume_mm3, kind.cost_minor, kind.code))
    kind = next(kind for kind in by_size if any(g.piece.fits(kind.box) for g in goods))
    load = max(_loads(goods, kind, tries), key=lambda load: _volume_mm3(goods, load))
    taken = [_of_quantity(g, n) for g, n in zip(goods, load.quantities, strict=True) if n]
    cheaper = _cheapest_for_all(taken, [k for k in types if k.cost_minor < kind.cost_minor], tries)
    if cheaper is None:
        return load
    index_of = [n for n, quantity in enumerate(load.quantities) if quantity]
    return _Load(cheaper.type, load.quantities, tuple(replace(b, piece=index_of[b.piece]) for b in cheaper.blocks))


def _loads(goods: Sequence[_Goods], kind: CartonType, tries: int) -> Iterator[_Load]:
    """Ways to fill one carton with as much of the goods as goes in."""
    if not tries:
        yield _by_volume(goods, kind)
        return
    units = sum(g.piece.quantity for g in goods)
    share = len(goods) ** 2 / 400 if units <= TRIES else (len(goods) ** 2 + units) / TRIES
    fewer = max(1, int(tries / max(share, 1)))
    for blocks in fillings(kind.box, [g.piece for g in goods], fewer):
        taken: Counter[int] = Counter()
        for block in blocks:
            taken[block.piece] += block.quantity
        yield _Load(kind, tuple(taken[n] for n in range(len(goods))), tuple(blocks))


def _by_volume(goods: Sequence[_Goods], kind: CartonType) -> _Load:
    """Fill by volume and weight alone, the goods in their order; a unit that fits is always taken into an empty box."""
    box = kind.box
    room_mm3 = box.volume_mm3 * SHARE_FILLED_BY_VOLUME // 100
    weight_left_g = box.max_contents_g
    quantities = [0] * len(goods)
    is_empty = True
    for n, piece in enumerate(g.piece for g in goods):
        fitting = room_mm3 // piece.volume_mm3 or int(is_empty)
        if fitting <= 0 or piece.weight_g > weight_left_g or not piece.fits(box):
            continue
        liftable = weight_left_g // piece.weight_g if piece.weight_g else piece.quantity
        quantities[n] = min(piece.quantity, fitting, liftable, _in_rows(piece, box))
        is_empty = False
        room_mm3 -= quantities[n] * piece.volume_mm3
        weight_left_g -= quantities[n] * piece.weight_g
    return _Load(kind, tuple(quantities))


def _in_rows(piece: Piece, box: Box) -> int:
    """How many fit when all lie the same way: volume alone would put two half-and-a-bit units into one carton."""
    return max((box.size[0] // x) * (box.size[1] // y) * (box.size[2] // z) for x, y, z in piece.sizes)


def _volume_mm3(goods: Sequence[_Goods], load: _Load) -> int:
    return sum(g.piece.volume_mm3 * n for g, n in zip(goods, load.quantities, strict=True))


def _planned(goods: Sequence[_Goods], load: _Load) -> PlannedCarton:
    contents: Counter[str] = Counter()
    for g, n in zip(goods, load.quantities, strict=True):
        contents[g.sku] += n
    weight_g = sum(g.piece.weight_g * n for g, n in zip(goods, load.quantities, strict=True))
    return PlannedCarton(
        load.type.code,
        tuple((sku, n) for sku, n in contents.items() if n),
        _volume_mm3(goods, load) / load.type.box.volume_mm3,
        load.type.weight_g + weight_g,
        tuple(PackedItem(goods[b.piece].sku, *corner, *b.size) for b in load.blocks for corner in b.corners()),
    )
