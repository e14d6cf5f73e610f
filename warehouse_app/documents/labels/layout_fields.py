"""The fields of a layout file, each of the type it must have; whatever is wrong is told with its place."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NoReturn

from warehouse_app.domain.errors import WarehouseError
from warehouse_app.language import mark

LARGEST = 1_000.0
"""No label is a metre wide, and no letter a metre high."""

MOST_TEXT = 500
MOST_ITEMS = 200


class LayoutNotValid(WarehouseError, ValueError):
    """A layout that cannot be used, with the place in its file and what to change."""

    message = mark("The layout {file} cannot be used. {place}: {reason}.")


class Fields:
    """One table of a layout file; fields that nobody asked for are wrong too, for they were meant to do something."""

    def __init__(self, file: str, place: str, values: Mapping[str, Any], *, inner: bool = False) -> None:
        self._file, self._place, self._values, self._inner = file, place, dict(values), inner

    def text(self, name: str, default: str | None = None) -> str:
        """A text. Raises LayoutNotValid."""
        value = self._take(name, default)
        if not isinstance(value, str):
            self.refuse(name, mark("it must be a text in quotation marks"))
        if len(value) > MOST_TEXT:
            self.refuse(name, mark("it is longer than 500 characters"))
        return value

    def one_of(self, name: str, known: Sequence[str], default: str | None = None) -> str:
        """One of the known words. Raises LayoutNotValid."""
        value = self.text(name, default)
        if value not in known:
            self.refuse(name, f"{value}: {', '.join(known)}")
        return value

    def number(self, name: str, default: float | None, *, smallest: float) -> float:
        """A number of at least this size. Raises LayoutNotValid."""
        return self._number(name, self._take(name, default), smallest)

    def numbers(self, name: str, count: int, *, smallest: float) -> tuple[float, ...]:
        """So many numbers in square brackets. Raises LayoutNotValid."""
        values = self._take(name, None)
        if not isinstance(values, list) or len(values) != count:
            self.refuse(name, f"[{', '.join(['mm'] * count)}]")
        return tuple(self._number(name, value, smallest) for value in values)

    def flag(self, name: str) -> bool:
        """True or false, false when it is not there. Raises LayoutNotValid."""
        value = self._take(name, default=False)
        if not isinstance(value, bool):
            self.refuse(name, mark("it must be true or false"))
        return value

    def tables(self, name: str) -> Iterator["Fields"]:
        """The tables of a list. Raises LayoutNotValid."""
        values = self._take(name, None)
        if not isinstance(values, list) or not all(isinstance(value, dict) for value in values):
            self.refuse(name, mark("it must be a list of tables"))
        if not 0 < len(values) <= MOST_ITEMS:
            self.refuse(name, mark("there must be 1 to 200 of them"))
        for number, value in enumerate(values, 1):
            within = f"{self._place}, " if self._inner else ""
            yield Fields(self._file, f"{within}{name} {number}", value, inner=True)

    def end(self) -> None:
        """Everything was asked for. Raises LayoutNotValid when there is more."""
        for name in self._values:
            self.refuse(name, mark("nobody knows this field"))

    def refuse(self, name: str, reason: str) -> NoReturn:
        """Say what is wrong with a field. Raises LayoutNotValid."""
        raise LayoutNotValid(file=self._file, place=f"{self._place}, {name}", reason=reason)

    def _number(self, name: str, value: object, smallest: float) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not smallest <= value <= LARGEST:
            self.refuse(name, f"{value}: {smallest:g} ... {LARGEST:g}")
        return float(value)

    def _take(self, name: str, default: object) -> Any:  # noqa: ANN401 - whatever the file has
        value = self._values.pop(name, default)
        if value is None:
            self.refuse(name, mark("it is missing"))
        return value
