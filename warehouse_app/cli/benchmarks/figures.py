"""A measured figure beside the limit that was promised for it."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from typing import Any, Self


@dataclass(frozen=True, slots=True)
class Figure:
    """What was measured. Without a limit the figure only describes the machine.

    `more_is_better` tells on which side of the limit it should be.
    """

    name: str
    figure: float
    unit: str
    limit: float | None = None
    more_is_better: bool = False
    note: str = ""

    @property
    def ratio(self) -> float | None:
        """How many times better than its limit: 1 or more keeps the promise."""
        if self.limit is None or not self.figure:
            return None
        return round(self.figure / self.limit if self.more_is_better else self.limit / self.figure, 2)

    def row(self) -> dict[str, object]:
        """The figure as the command prints it."""
        return {**asdict(self), "ratio": self.ratio}

    @classmethod
    def of_row(cls, row: Mapping[str, Any]) -> Self:
        """The figure that another process has printed."""
        return cls(**{field.name: row[field.name] for field in fields(cls)})


def percentile(values: Sequence[float], part: float) -> float:
    """The value that this part (0 to 1) of all values does not exceed. There must be at least one."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(part * len(ordered)))]
