"""Which GS1 elements may stand together in one message, and which need others."""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from warehouse_app.domain.gs1_applications import Application, application, matches
from warehouse_app.domain.gs1_elements import Element
from warehouse_app.domain.identifiers import CodeError, ProblemKind

_SIGNATURE_AI = "8030"
_SERIAL_OPTIONAL_AIS = ("253", "255", "8003")


class AssociationRule(StrEnum):
    """Which rule between elements was broken."""

    MUTEX = "mutex"
    REQUISITES = "requisites"
    REPEATS = "repeats"


class AssociationError(CodeError):
    """Elements that must not stand together, or one that lacks another."""

    def __init__(self, rule: AssociationRule, detail: str) -> None:
        super().__init__(ProblemKind.ASSOCIATION, detail)
        self.rule = rule


def verify_associations(elements: Sequence[Element], *, required: bool) -> None:
    """Raise AssociationError when elements contradict each other; with `required` also when one is missing.

    Labels often carry less than the rules require, so only a strict reading sets `required`.
    """
    entries = [entry for element in elements if (entry := application(element.ai)) is not None]
    ais = {entry.ai for entry in entries}
    for entry in entries:
        _verify_mutex(entry, ais)
    if required:
        for entry in entries:
            _verify_requisites(entry, ais)
    _verify_repeats(elements)
    _verify_signed_serial(elements)


def _present(pattern: str, ais: Iterable[str], besides: str) -> str | None:
    return next((ai for ai in sorted(ais) if ai != besides and matches(pattern, ai)), None)


def _verify_mutex(entry: Application, ais: set[str]) -> None:
    for pattern in entry.excludes:
        other = _present(pattern, ais, entry.ai)
        if other is not None:
            raise AssociationError(AssociationRule.MUTEX, f"AI ({entry.ai}) must not stand beside AI ({other}).")


def _verify_requisites(entry: Application, ais: set[str]) -> None:
    for options in entry.requires:
        if not any(all(_present(pattern, ais, entry.ai) for pattern in option) for option in options):
            needed = ", ".join("+".join(option) for option in options)
            raise AssociationError(AssociationRule.REQUISITES, f"AI ({entry.ai}) needs another AI beside it: {needed}.")


def _verify_repeats(elements: Sequence[Element]) -> None:
    values: dict[str, str] = {}
    for element in elements:
        if values.setdefault(element.ai, element.value) != element.value:
            raise AssociationError(AssociationRule.REPEATS, f"AI ({element.ai}) stands there twice with two values.")


def _verify_signed_serial(elements: Sequence[Element]) -> None:
    """A digital signature (8030) is for one single thing, so keys whose serial is optional must have it."""
    if not any(element.ai == _SIGNATURE_AI for element in elements):
        return
    for element in elements:
        entry = application(element.ai)
        if element.ai in _SERIAL_OPTIONAL_AIS and entry is not None and len(element.value) == entry.length_min:
            detail = f"AI ({element.ai}) must have its serial when AI (8030) signs it."
            raise AssociationError(AssociationRule.REQUISITES, detail)
