"""GS1 element strings: what a scanner sends, and the bracketed form that people read and type."""

from collections.abc import Sequence
from dataclasses import dataclass

from warehouse_app.domain.gs1_applications import Application, application, application_at_start
from warehouse_app.domain.gs1_rules import verify_component
from warehouse_app.domain.identifiers import CodeError, ProblemKind

SEPARATOR = "\x1d"
# FNC1 is written as a caret in other tools' data, so a caret never belongs to a value.
_CARET = "^"
_AI_LENGTH_MAX = 4


@dataclass(frozen=True, slots=True)
class Element:
    """One AI with its value, as it was scanned."""

    ai: str
    value: str


def read_element_string(text: str, *, year: int) -> tuple[Element, ...]:
    """Take a scanned message apart and verify every value. Raises CodeError at the first thing wrong.

    `year` is the year of the scan. Neither rules between AIs nor a message's first separator are looked at here.
    """
    if not text:
        raise CodeError(ProblemKind.EMPTY, "There is no data.")
    if _CARET in text:
        raise CodeError(ProblemKind.CHARSET, "The data contains a caret, which no value may have.")
    elements = []
    rest = text
    while rest:
        entry = application_at_start(rest)
        if entry is None:
            shown = rest[:_AI_LENGTH_MAX].replace(SEPARATOR, "<GS>")
            raise CodeError(ProblemKind.UNKNOWN_AI, f"No known AI starts with {shown}")
        value = _take_value(entry, rest[len(entry.ai) :], year)
        elements.append(Element(entry.ai, value))
        rest = rest[len(entry.ai) + len(value) :].removeprefix(SEPARATOR)
    return tuple(elements)


def read_bracketed(text: str, *, year: int) -> tuple[Element, ...]:
    r"""Read `(01)...(10)...`; a bracket within a value is written `\(`. Raises CodeError at the first thing wrong."""
    if not text:
        raise CodeError(ProblemKind.EMPTY, "There is no data.")
    elements = _split_bracketed(text)
    for element in elements:
        verify_value(element, year=year)
    return elements


def verify_value(element: Element, *, year: int) -> None:
    """Raise CodeError unless the value of a known AI is whole and keeps the AI's rules."""
    entry = application(element.ai)
    assert entry
    if _verified_length(entry, element.value, year) < len(element.value):
        raise _wrong_length(entry, "too long")


def verify_extent(element: Element) -> None:
    """Raise CodeError when the value of a known AI is too short, too long or contains a caret."""
    entry = application(element.ai)
    assert entry
    if len(element.value) < entry.length_min:
        raise _wrong_length(entry, "too short")
    if len(element.value) > entry.length_max:
        raise _wrong_length(entry, "too long")
    if _CARET in element.value:
        raise CodeError(ProblemKind.CHARSET, f"AI ({entry.ai}): The value contains a caret.")


def element_string(elements: Sequence[Element]) -> str:
    """The message that a symbol must carry for these elements: separators only where the table demands them."""
    parts = []
    for place, element in enumerate(elements):
        parts.append(element.ai + element.value)
        entry = application(element.ai)
        if entry is not None and entry.separated and place < len(elements) - 1:
            parts.append(SEPARATOR)
    return "".join(parts)


def bracketed(elements: Sequence[Element]) -> str:
    """The form that people read, brackets within values escaped."""
    return "".join(f"({element.ai})" + element.value.replace("(", r"\(") for element in elements)


def _take_value(entry: Application, rest: str, year: int) -> str:
    value = rest.partition(SEPARATOR)[0]
    if not entry.separated:
        value = value[: entry.length_max]
    if not value:
        raise CodeError(ProblemKind.EMPTY, f"AI ({entry.ai}): There is no value.")
    if _verified_length(entry, value, year) < len(value):
        raise _wrong_length(entry, "too long")
    return value


def _verified_length(entry: Application, value: str, year: int) -> int:
    """Verify component by component; the answer is how much of the value they took."""
    start = 0
    for component in entry.components:
        part = value[start : start + component.length_max]
        if component.optional and not part:
            continue
        if len(part) < component.length_min:
            raise _wrong_length(entry, "too short")
        try:
            verify_component(component, part, year=year)
        except CodeError as error:
            detail = f"AI ({entry.ai}): {error.detail}"
            raise CodeError(error.kind, detail, expected_digit=error.expected_digit) from None
        start += len(part)
    return start


def _wrong_length(entry: Application, how: str) -> CodeError:
    return CodeError(ProblemKind.LENGTH, f"AI ({entry.ai}): The value is {how}.")


def _split_bracketed(text: str) -> tuple[Element, ...]:
    elements: list[Element] = []
    rest = text
    while rest:
        ai, closed, behind = rest[1:].partition(")")
        if not rest.startswith("(") or not closed:
            raise CodeError(ProblemKind.SYNTAX, "Every element must be an AI in brackets and its value.")
        if application(ai) is None:
            raise CodeError(ProblemKind.SYNTAX, f"({ai}) is no known AI.")
        if not behind:
            raise CodeError(ProblemKind.SYNTAX, f"AI ({ai}) has no value.")
        value, rest = _take_bracketed_value(behind)
        elements.append(Element(ai, value))
        verify_extent(elements[-1])
    return tuple(elements)


def _take_bracketed_value(text: str) -> tuple[str, str]:
    end = text.find("(")
    while end > 0 and text[end - 1] == "\\":
        end = text.find("(", end + 1)
    value = text if end < 0 else text[:end]
    return value.replace(r"\(", "("), text[len(value) :]
