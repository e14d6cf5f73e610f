"""What GS1 application identifiers (AIs) mean: the components of their values and the company they keep."""

import re
from dataclasses import dataclass

from warehouse_app.domain.gs1_table import APPLICATION_ROWS

_COMPONENT = re.compile(
    r"(?P<optional>\[)?(?P<charset>[NXYZ])(?P<variable>\.\.)?(?P<length>\d+)\]?(?P<rules>(?:,\w+)*)"
)


@dataclass(frozen=True, slots=True)
class Component:
    """One part of a value.

    `charset` is N digits, X GS1's set 82, Y set 39 or Z set 64; `rules` names further checks.
    """

    charset: str
    length_min: int
    length_max: int
    optional: bool
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Application:
    """One AI.

    `separated`: a separator must follow unless the data ends; otherwise the length is predefined.
    `excludes`: AIs that must not stand beside it; a pattern such as 310n stands for the whole range.
    `requires`: of every entry one alternative must be there, whole.
    `qualifiers`: None unless a Digital Link may start from it; then the sequences of AIs that may follow in the path.
    """

    ai: str
    separated: bool
    link_attribute: bool
    components: tuple[Component, ...]
    excludes: tuple[str, ...]
    requires: tuple[tuple[tuple[str, ...], ...], ...]
    qualifiers: tuple[tuple[str, ...], ...] | None

    @property
    def length_min(self) -> int:
        """The length of the shortest value."""
        return sum(component.length_min for component in self.components if not component.optional)

    @property
    def length_max(self) -> int:
        """The length of the longest value."""
        return sum(component.length_max for component in self.components)

    @property
    def date_rule(self) -> str | None:
        """The rule of the date that a value starts with, if it starts with one."""
        return next((rule for rule in self.components[0].rules if rule.startswith("yy")), None)


def application(ai: str) -> Application | None:
    """The meaning of an AI, or None when GS1 has not assigned it."""
    return _APPLICATIONS.get(ai)


def application_at_start(text: str) -> Application | None:
    """The AI that the text starts with; its first two digits tell how long the AI is."""
    length = _AI_LENGTH_BY_PREFIX.get(text[:2])
    return _APPLICATIONS.get(text[:length]) if length else None


def matches(pattern: str, ai: str) -> bool:
    """Whether an AI fits a pattern such as 01, 310n or 31nn."""
    return len(pattern) == len(ai) and ai.startswith(pattern.rstrip("n"))


def _component(specification: str) -> Component:
    match = _COMPONENT.fullmatch(specification)
    assert match, specification
    length = int(match["length"])
    return Component(
        charset=match["charset"],
        length_min=1 if match["variable"] else length,
        length_max=length,
        optional=bool(match["optional"]),
        rules=tuple(match["rules"].split(",")[1:]),
    )


def _qualifiers(attributes: list[str]) -> tuple[tuple[str, ...], ...] | None:
    for attribute in attributes:
        name, _, sequences = attribute.partition("=")
        if name == "dlpkey":
            return tuple(tuple(sequence.split(",")) for sequence in sequences.split("|") if sequence)
    return None


def _applications_of(row: str) -> list[Application]:
    first, last, separated, link_attribute, specification, associations = row.split(";")
    attributes = associations.split()
    excludes = [pattern for part in attributes if part.startswith("ex=") for pattern in part[3:].split(",")]
    requires = [part[4:].split(",") for part in attributes if part.startswith("req=")]
    return [
        Application(
            ai=f"{number:0{len(first)}d}",
            separated=separated == "yes",
            link_attribute=link_attribute == "yes",
            components=tuple(_component(part) for part in specification.split()),
            excludes=tuple(excludes),
            requires=tuple(tuple(tuple(option.split("+")) for option in options) for options in requires),
            qualifiers=_qualifiers(attributes),
        )
        for number in range(int(first), int(last) + 1)
    ]


_APPLICATIONS = {entry.ai: entry for row in APPLICATION_ROWS.splitlines() for entry in _applications_of(row)}
_AI_LENGTH_BY_PREFIX = {ai[:2]: len(ai) for ai in _APPLICATIONS}
