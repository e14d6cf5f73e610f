"""One label as a list of things at places in millimetres, from which everything that prints it is drawn."""

from dataclasses import dataclass
from math import ceil, floor

from warehouse_app.documents.codes import CodeTooWide, LinearCode, SquareCode, code_width_mm
from warehouse_app.documents.fonts import Style
from warehouse_app.documents.labels.symbols import Symbol
from warehouse_app.documents.pen import Align, Area

TOLERANCE_MM = 0.01
"""A dot is never exactly a round part of a millimetre; so little more or less reads the same."""


@dataclass(frozen=True, slots=True)
class LabelText:
    """One line that fits its area; `light` is white on a dark box."""

    area: Area
    baseline: float
    text: str
    style: Style
    align: Align = "left"
    light: bool = False


@dataclass(frozen=True, slots=True)
class LabelBox:
    """A filled rectangle; a line is a thin one."""

    area: Area


@dataclass(frozen=True, slots=True)
class LabelFrame:
    """The outline of a rectangle, drawn inwards."""

    area: Area
    line_mm: float


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of black and white dots: its rows from the top, each in whole bytes, a set bit being black."""

    width: int
    height: int
    rows: bytes

    @property
    def row_bytes(self) -> int:
        """Bytes a row."""
        return (self.width + 7) // 8


@dataclass(frozen=True, slots=True)
class LabelPicture:
    """A picture in the upper left corner of its area, as large as the area allows."""

    area: Area
    picture: Picture


@dataclass(frozen=True, slots=True)
class LabelCode:
    """A code in the middle of its area, with all that must stay free around it.

    `reads` is what a reader must say of it. Its modules are between the smallest and the largest size in millimetres.
    """

    area: Area
    symbol: Symbol
    code: LinearCode | SquareCode
    reads: str
    smallest_mm: float
    largest_mm: float

    def module_mm(self) -> float:
        """The width of a module where any width can be drawn. Raises CodeTooWide."""
        module_mm = min(self.largest_mm, self._room_mm / self.code.modules_with_quiet_zones)
        if module_mm < self.smallest_mm - TOLERANCE_MM:
            raise self._too_wide(self.smallest_mm)
        return module_mm

    def module_dots(self, dots_per_mm: float) -> int:
        """The width of a module in whole dots: a printer cannot draw a half. Raises CodeTooWide."""
        room = floor((self._room_mm + TOLERANCE_MM) * dots_per_mm) // self.code.modules_with_quiet_zones
        least = ceil((self.smallest_mm - TOLERANCE_MM) * dots_per_mm)
        if room < least:
            raise self._too_wide(least / dots_per_mm)
        return max(least, min(room, floor((self.largest_mm + TOLERANCE_MM) * dots_per_mm)))

    @property
    def _room_mm(self) -> float:
        if isinstance(self.code, LinearCode):
            return self.area.width
        return min(self.area.width, self.area.height)

    def _too_wide(self, module_mm: float) -> CodeTooWide:
        width_mm = code_width_mm(self.code, module_mm)
        return CodeTooWide(text=self.code.text, width_mm=width_mm, room_mm=self._room_mm)


LabelItem = LabelText | LabelBox | LabelFrame | LabelPicture | LabelCode


@dataclass(frozen=True, slots=True)
class Label:
    """What is on one label of this width and height in millimetres."""

    title: str
    size_mm: tuple[float, float]
    items: tuple[LabelItem, ...]

    @property
    def codes(self) -> tuple[LabelCode, ...]:
        """The codes on it."""
        return tuple(item for item in self.items if isinstance(item, LabelCode))
