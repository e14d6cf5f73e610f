"""The scale at the bench: its live weight, and the one that counts, for the carton it was taken of and no other."""

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal

from warehouse_app.domain.weighing import ScaleProblem, ScaleReading, WeightKeeper

LAID_BEFORE_S = 0.5
"""What has settled so soon after a carton was begun was laid on the scale before."""


@dataclass(frozen=True, slots=True)
class LiveWeight:
    """What the scale shows: `held` once it has settled, `to_empty` while the carton before still lies there."""

    weight_g: int
    held: bool = False
    to_empty: bool = False
    problem: ScaleProblem | None = None


class Weighing(QObject):
    """Takes readings; gives each settled load to `use`, unless it belongs to the carton before."""

    changed = Signal()
    """There is another `live` to show; None while no scale speaks."""

    def __init__(self, use: Callable[[int], None]) -> None:
        super().__init__()
        self._use = use
        self._keeper = WeightKeeper()
        self._carton: object = None
        self._carton_since_s = float("-inf")
        self._last: ScaleReading | None = None
        self.live: LiveWeight | None = None

    def read(self, reading: ScaleReading | None, at_s: float) -> None:
        """Take what a scale said; None when it is away."""
        self._last = reading
        if reading is None:
            self._keeper.lose_sight()
            self._show(None)
            return
        settled_g = self._keeper.read(reading, at_s)
        same = self.live is not None and self.live.held and abs(self._keeper.seen_g - self.live.weight_g) <= 2  # noqa: PLR2004
        held = settled_g is not None or (same and reading.problem is None)
        self._show(LiveWeight(self._keeper.seen_g, held, self._keeper.must_be_emptied, reading.problem))
        if settled_g is not None and at_s - self._carton_since_s < LAID_BEFORE_S:
            self._keeper.next_carton()
            self._show(LiveWeight(settled_g, to_empty=True))
        elif settled_g is not None:
            self._use(settled_g)

    def carton_is(self, carton: object, at_s: float) -> None:
        """Which carton is packed; when it is another than before, what lies on the scale is not its weight."""
        if carton != self._carton:
            self._carton, self._carton_since_s = carton, at_s
            self._keeper.next_carton()
            if self.live is not None:
                self._show(LiveWeight(self.live.weight_g, to_empty=self._keeper.must_be_emptied))

    def tare(self) -> None:
        """What lies there counts as nothing from now on."""
        self._keeper.tare()
        if self._last is not None and self._last.problem is None:
            self._show(LiveWeight(0))

    def _show(self, live: LiveWeight | None) -> None:
        if live != self.live:
            self.live = live
            self.changed.emit()
