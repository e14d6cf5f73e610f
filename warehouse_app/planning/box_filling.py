"""Fills one box with cuboids: a greedy over empty maximal spaces, by several rules and then by chance.

The free room of a box is kept as the largest empty cuboids in it, which may overlap. Each step takes the first of them,
puts a block of equal pieces into its corner and cuts the block out of every space: the "difference process" of
K. K. Lai and J. W. M. Chan, "Developing a Simulated Annealing Algorithm for the Cutting Stock Problem", Computers and
Industrial Engineering 32(1), 1997. Lengths are whole millimetres.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import product
from random import Random

Size = tuple[int, int, int]
_Space = tuple[int, int, int, int, int, int]  # the corner nearest the origin, then the opposite one


@dataclass(frozen=True, slots=True)
class Piece:
    """A kind of cuboid: the extents it may have along x, y and z (z is up), and how many there are."""

    sizes: tuple[Size, ...]
    weight_g: int
    quantity: int

    @property
    def volume_mm3(self) -> int:
        x, y, z = self.sizes[0]
        return x * y * z

    def fits(self, box: "Box") -> bool:
        """Whether one of them fits into the empty box."""
        return self.weight_g <= box.max_contents_g and any(
            x <= box.size[0] and y <= box.size[1] and z <= box.size[2] for x, y, z in self.sizes
        )


@dataclass(frozen=True, slots=True)
class Box:
    """The inner size, and what the contents may weigh."""

    size: Size
    max_contents_g: int

    @property
    def volume_mm3(self) -> int:
        x, y, z = self.size
        return x * y * z


@dataclass(frozen=True, slots=True)
class Block:
    """Equal pieces side by side: `counts` of them along x, y and z, each of `size`, the first at `corner`."""

    piece: int  # index of the kind
    corner: Size
    size: Size
    counts: Size

    @property
    def quantity(self) -> int:
        x, y, z = self.counts
        return x * y * z

    def corners(self) -> Iterator[Size]:
        (x, y, z), (dx, dy, dz) = self.corner, self.size
        for i, j, k in product(*map(range, self.counts)):
            yield x + i * dx, y + j * dy, z + k * dz


@dataclass(frozen=True, slots=True)
class _Rule:
    """What goes next into a space.

    Pieces come by falling weight: either the first that fits is taken, or of all that fit the one that scores best,
    volume times the piece's factor deciding ties. The first space is the one nearest the origin, compared along `axes`.
    """

    weight: tuple[float, ...]
    any_piece: bool
    score: Callable[[Size, Size], int]
    axes: Size
    blocks: bool = True
    factor: tuple[float, ...] | None = None


def turned(size: Size, *, upright: bool) -> tuple[Size, ...]:
    """The different extents a cuboid may take; an upright one keeps its height."""
    x, y, z = size
    standing = ((x, y, z), (y, x, z))
    lying = () if upright else ((x, z, y), (z, x, y), (y, z, x), (z, y, x))
    return tuple(dict.fromkeys(standing + lying))


def fillings(box: Box, pieces: Sequence[Piece], tries: int) -> Iterator[list[Block]]:
    """One filling after another, each as full as its rule gets it; the same `tries` ones every time."""
    for rule in _rules(pieces, tries):
        yield _Filler(box, pieces, rule).fill()


def _flush(room: Size, used: Size) -> int:
    """Prefer blocks that end flush with the space, so that no slivers remain."""
    return (room[0] == used[0]) + (room[1] == used[1]) + (room[2] == used[2])


def _snug(room: Size, used: Size) -> int:
    """Prefer blocks that leave least room beside them in their tightest direction."""
    return -min(room[0] - used[0], room[1] - used[1], room[2] - used[2])


def _flat(_room: Size, used: Size) -> int:
    """Prefer blocks that lie low."""
    return -used[2]


def _large(_room: Size, _used: Size) -> int:
    """Leave it to the volume."""
    return 0


_UP, _BACK, _ALONG = (2, 1, 0), (1, 2, 0), (0, 1, 2)


def _rules(pieces: Sequence[Piece], tries: int) -> Iterator[_Rule]:
    volume = tuple(float(piece.volume_mm3) for piece in pieces)
    longest = tuple(float(max(piece.sizes[0])) for piece in pieces)
    proven = (
        _Rule(volume, any_piece=False, score=_flush, axes=_UP),
        _Rule(volume, any_piece=True, score=_flush, axes=_UP),
        _Rule(longest, any_piece=False, score=_snug, axes=_UP),
        _Rule(volume, any_piece=True, score=_large, axes=_UP),
        _Rule(volume, any_piece=True, score=_snug, axes=_ALONG),
        _Rule(longest, any_piece=True, score=_flush, axes=_BACK, blocks=False),
        _Rule(volume, any_piece=False, score=_flat, axes=_UP, blocks=False),
    )
    yield from proven[:tries]
    random = Random(len(pieces))  # noqa: S311 - nothing secret; seeded, so that a plan can be repeated.
    for _ in range(tries - len(proven)):
        spread = random.choice((0.3, 0.6, 0.9))
        factor = tuple(random.uniform(1 - spread, 1 + spread) for _ in pieces)
        basis = random.choice((volume, volume, longest))
        yield _Rule(
            tuple(size * f for size, f in zip(basis, factor, strict=True)),
            any_piece=random.choice((True, False)),
            score=random.choice((_flush, _flush, _snug, _flat)),
            axes=random.choice((_UP, _BACK, _ALONG)),
            blocks=random.choice((True, False)),
            factor=factor,
        )


class _Filler:
    """One run of the greedy."""

    def __init__(self, box: Box, pieces: Sequence[Piece], rule: _Rule) -> None:
        self.pieces = pieces
        self.rule = rule
        self.order = sorted(range(len(pieces)), key=lambda n: -rule.weight[n])
        self.factor = rule.factor or (1.0,) * len(pieces)
        self.left = [piece.quantity for piece in pieces]
        self.weight_left_g = box.max_contents_g
        self.spaces: list[_Space] = [(0, 0, 0, *box.size)]

    def fill(self) -> list[Block]:
        blocks: list[Block] = []
        a, b, c = self.rule.axes
        while self.spaces and self.order:
            space = min(self.spaces, key=lambda s: (s[a], s[b], s[c]))
            block = self._choose(space)
            if block is None:
                self.spaces.remove(space)
                continue
            blocks.append(block)
            self.left[block.piece] -= block.quantity
            self.weight_left_g -= block.quantity * self.pieces[block.piece].weight_g
            self.order = [n for n in self.order if self._most(n) > 0]
            self.spaces = _without(self.spaces, block)
        return blocks

    def _most(self, n: int) -> int:
        """How many of a kind there are left that are not too heavy."""
        weight_g = self.pieces[n].weight_g
        return min(self.left[n], self.weight_left_g // weight_g) if weight_g else self.left[n]

    def _choose(self, space: _Space) -> Block | None:
        x, y, z, x_end, y_end, z_end = space
        room = (x_end - x, y_end - y, z_end - z)
        best: Block | None = None
        best_score = (0, 0.0)
        for n in self.order:
            most = self._most(n) if self.rule.blocks else min(self._most(n), 1)
            for size in self.pieces[n].sizes if most else ():
                counts = _counts(room, size, most)
                if counts is None:
                    continue
                used = (counts[0] * size[0], counts[1] * size[1], counts[2] * size[2])
                score = (self.rule.score(room, used), used[0] * used[1] * used[2] * self.factor[n])
                if best is None or score > best_score:
                    best, best_score = Block(n, (x, y, z), size, counts), score
            if best and not self.rule.any_piece:
                break
        return best


def _counts(room: Size, size: Size, most: int) -> Size | None:
    """How many pieces stand side by side in a space along x, y and z."""
    along_x, along_y, along_z = room[0] // size[0], room[1] // size[1], room[2] // size[2]
    if not (along_x and along_y and along_z):
        return None
    along_x = min(along_x, most)
    along_y = min(along_y, most // along_x)
    return along_x, along_y, min(along_z, most // (along_x * along_y))


def _without(spaces: Sequence[_Space], block: Block) -> list[_Space]:
    """The largest empty spaces once the block is in place. What it leaves of a space is up to six smaller ones."""
    x, y, z = block.corner
    x_end, y_end, z_end = (c + n * s for c, n, s in zip(block.corner, block.counts, block.size, strict=True))
    kept: list[_Space] = []
    cut: dict[_Space, None] = {}
    for space in spaces:
        a, b, c, a_end, b_end, c_end = space
        if x >= a_end or x_end <= a or y >= b_end or y_end <= b or z >= c_end or z_end <= c:
            kept.append(space)
            continue
        rests: tuple[_Space, ...] = (
            (a, b, c, x, b_end, c_end),
            (x_end, b, c, a_end, b_end, c_end),
            (a, b, c, a_end, y, c_end),
            (a, y_end, c, a_end, b_end, c_end),
            (a, b, c, a_end, b_end, z),
            (a, b, z_end, a_end, b_end, c_end),
        )
        cut.update((rest, None) for rest in rests if rest[0] < rest[3] and rest[1] < rest[4] and rest[2] < rest[5])
    return kept + [space for space in cut if not _lies_in_another(space, (*kept, *cut))]


def _lies_in_another(space: _Space, spaces: Sequence[_Space]) -> bool:
    """Asked so often that a plain loop over unpacked numbers is worth its lines."""
    a, b, c, a_end, b_end, c_end = space
    for other in spaces:
        x, y, z, x_end, y_end, z_end = other
        if x <= a and x_end >= a_end and y <= b and y_end >= b_end and z <= c and z_end >= c_end and other != space:
            return True
    return False
