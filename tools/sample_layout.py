"""The sample warehouse's floor: two blocks of ten aisles, docks, packing stations and totes.

Millimetres; x runs along the front, y from the front to the back. The point of a location is where a person stands
for it: in the middle of the aisle, so both sides of a place share it. Cross-aisles lie at CROSS_AISLES_Y_MM.
"""

from collections.abc import Iterator
from dataclasses import dataclass

BLOCKS, AISLES, POSITIONS, PICK_LEVELS, LEVELS = 2, 10, 25, 3, 5
AISLE_PITCH_MM, CELL_MM, END_MM = 4000, 1000, 1500
BLOCK_DEPTH_MM = (POSITIONS - 1) * CELL_MM + 2 * END_MM
CROSS_AISLES_Y_MM = tuple(block * BLOCK_DEPTH_MM for block in range(BLOCKS + 1))
PICK_FACE_ML, RESERVE_ML, TOTE_ML = 200_000, 480_000, 60_000
TOTES = 3000
FAST_AISLES, MEDIUM_AISLES = 2, 8
LOCATION_COLUMNS = [
    "location",
    "kind",
    "zone",
    "block",
    "aisle",
    "side",
    "position",
    "level",
    "x_mm",
    "y_mm",
    "capacity_ml",
]
FRONT_MM = -4000


@dataclass(frozen=True, slots=True)
class Place:
    """A storage place: a pick face on levels 1 to 3, reserve places above them."""

    block: int
    aisle: int
    position: int
    side: str
    level: int

    @property
    def code(self) -> str:
        """Reads aisle, position and side, level; sorted as text it follows the aisle (A is the front block)."""
        return f"{'AB'[self.block - 1]}{self.aisle:02d}-{self.position:02d}{self.side}-{self.level}"

    @property
    def zone(self) -> str:
        if self.level > PICK_LEVELS:
            return "R"
        if self.block == 1 and self.aisle <= FAST_AISLES:
            return "A"
        return "B" if self.block == 1 and self.aisle <= MEDIUM_AISLES else "C"

    @property
    def x_mm(self) -> int:
        return (self.aisle - 1) * AISLE_PITCH_MM

    @property
    def y_mm(self) -> int:
        return (self.block - 1) * BLOCK_DEPTH_MM + END_MM + (self.position - 1) * CELL_MM


def storage_places() -> tuple[Place, ...]:
    """Every place, in the order of the codes."""
    return tuple(
        Place(block, aisle, position, side, level)
        for block in range(1, BLOCKS + 1)
        for aisle in range(1, AISLES + 1)
        for position in range(1, POSITIONS + 1)
        for side in "LR"
        for level in range(1, LEVELS + 1)
    )


def location_rows() -> Iterator[dict[str, object]]:
    for place in storage_places():
        yield {
            "location": place.code,
            "kind": "storage",
            "zone": place.zone,
            "block": place.block,
            "aisle": place.aisle,
            "side": place.side,
            "position": place.position,
            "level": place.level,
            "x_mm": place.x_mm,
            "y_mm": place.y_mm,
            "capacity_ml": RESERVE_ML if place.level > PICK_LEVELS else PICK_FACE_ML,
        }
    right_mm = (AISLES - 1) * AISLE_PITCH_MM
    yield from _row_of("RECV", "receiving", 2, right_mm - 2000, 3000)
    yield from _row_of("PACK", "packing", 8, 2000, 2500)
    yield from _row_of("SHIP", "despatch", 2, -6000, 3000)
    yield from _row_of("QUAR", "quarantine", 1, right_mm - 8000, 0)
    yield from _row_of("DAMG", "damaged", 1, right_mm - 6000, 0)
    for number in range(1, TOTES + 1):
        yield {"location": f"T-{number:04d}", "kind": "tote", "capacity_ml": TOTE_ML}


def _row_of(name: str, kind: str, count: int, first_x_mm: int, step_mm: int) -> Iterator[dict[str, object]]:
    for number in range(count):
        code = f"{name}-{number + 1:02d}"
        yield {"location": code, "kind": kind, "x_mm": first_x_mm + number * step_mm, "y_mm": FRONT_MM}
