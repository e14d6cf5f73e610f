"""When a weight counts: it has settled, it is fresh, and it is this carton's."""

from dataclasses import dataclass
from enum import StrEnum


class ScaleProblem(StrEnum):
    """Why a scale shows no weight."""

    TOO_HEAVY = "too_heavy"
    TOO_LIGHT = "too_light"
    NOT_READY = "not_ready"


@dataclass(frozen=True, slots=True)
class ScaleReading:
    """What a scale said once. `stable` is None when the scale does not tell; with a problem there is no weight."""

    weight_g: int
    stable: bool | None = None
    problem: ScaleProblem | None = None


class WeightKeeper:
    """Turns readings into weights that may be used, each load once.

    A load's weight counts when the scale calls it stable twice running, or, where it does not tell, when it has stayed
    within the tolerance for `settle_s`. The weight of a load that was used is never given again: the platform must have
    been empty, or the load must have changed. After `next_carton` whatever still lies there must first be taken off.
    """

    def __init__(self, *, empty_below_g: int = 10, tolerance_g: int = 2, settle_s: float = 0.3) -> None:
        self._empty_below_g, self._tolerance_g, self._settle_s = empty_below_g, tolerance_g, settle_s
        self._tare_g = 0
        self._since: tuple[int, float] | None = None
        self._stable_before = False
        self._given_g: int | None = None
        self._must_empty = False
        self._seen_g = 0
        self._out_of_sight = True

    def read(self, reading: ScaleReading, at_s: float) -> int | None:
        """The weight in grams when this reading settles a new load; `at_s` is of any steady clock."""
        self._out_of_sight = reading.problem is not None
        if reading.problem is not None:
            self._forget()
            return None
        weight_g = self._seen_g = reading.weight_g - self._tare_g
        if weight_g < self._empty_below_g:
            self._forget()
            self._given_g, self._must_empty = None, False
            return None
        if not self._settled(weight_g, reading.stable, at_s) or self._must_empty:
            return None
        if self._given_g is not None and abs(weight_g - self._given_g) <= self._tolerance_g:
            return None
        self._given_g = weight_g
        return weight_g

    def tare(self) -> None:
        """From now on what lies there counts as nothing; on an empty platform it takes an earlier tare back."""
        gross_g = self._seen_g + self._tare_g
        self._tare_g = gross_g if self._seen_g >= self._empty_below_g else 0
        self._forget()

    def next_carton(self) -> None:
        """Another carton begins: what lies on the scale now is not it, and what cannot be seen may be anything."""
        self._must_empty = self._out_of_sight or self._seen_g >= self._empty_below_g
        self._forget()

    def lose_sight(self) -> None:
        """The scale is away: whatever lies there when it is back must first be taken off."""
        self._out_of_sight = True
        self.next_carton()

    @property
    def seen_g(self) -> int:
        """What lay there at last, less the tare."""
        return self._seen_g

    @property
    def must_be_emptied(self) -> bool:
        """Whether the carton before still lies on the scale."""
        return self._must_empty

    def _settled(self, weight_g: int, stable: bool | None, at_s: float) -> bool:  # noqa: FBT001 - as the scale says
        if self._since is None or abs(weight_g - self._since[0]) > self._tolerance_g:
            self._since, self._stable_before = (weight_g, at_s), bool(stable)
            return False
        if stable is None:
            return at_s - self._since[1] >= self._settle_s
        settled = stable and self._stable_before
        self._stable_before = stable
        return settled

    def _forget(self) -> None:
        self._since, self._stable_before = None, False
