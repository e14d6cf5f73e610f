"""GS1 Digital Link: web addresses that carry element strings, such as https://id.gs1.org/01/09506000134352?17=261231."""

import re
from dataclasses import dataclass
from itertools import combinations

from warehouse_app.domain.gs1_applications import Application, application
from warehouse_app.domain.gs1_elements import Element, verify_extent, verify_value
from warehouse_app.domain.identifiers import CodeError, ProblemKind, all_digits

# Only whole capitals or small letters count as a scheme; anything between is left alone as plain text.
_SCHEMES = ("https://", "HTTPS://", "http://", "HTTP://")
_ADDRESS = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]*")
_DOMAIN = re.compile(r"[A-Za-z0-9\-.:\[\]]+")


@dataclass(frozen=True, slots=True)
class _Parts:
    path: tuple[Element, ...]
    attributes: tuple[Element, ...]


def is_link(text: str) -> bool:
    """Whether the text is a web address, which should then be read as a Digital Link."""
    return text.startswith(_SCHEMES)


def read_link(text: str, *, year: int) -> tuple[Element, ...]:
    """The elements of a Digital Link, those in the path first. Raises CodeError at the first thing wrong."""
    if not _ADDRESS.fullmatch(text):
        raise CodeError(ProblemKind.CHARSET, "The address contains characters that no web address may have.")
    parts = _split(text.partition("://")[2])
    _verify_structure(parts)
    elements = parts.path + parts.attributes
    for element in elements:
        verify_value(element, year=year)
    return elements


def _split(address: str) -> _Parts:
    domain, slash, rest = address.partition("/")
    if domain and not _DOMAIN.fullmatch(domain):
        raise CodeError(ProblemKind.CHARSET, "The domain contains characters that no domain may have.")
    if not domain or not slash:
        raise CodeError(ProblemKind.SYNTAX, "The address must have a domain and a path.")
    path, _, query = rest.partition("#")[0].partition("?")
    return _Parts(_path_elements(path), _query_elements(query))


def _path_elements(path: str) -> tuple[Element, ...]:
    """The pairs of AI and value at the end of the path, from the last AI on that a link may start from."""
    segments = path.split("/")
    pairs = list(zip(segments[-2::-2], segments[::-2], strict=False))
    for count, (ai, _) in enumerate(pairs, start=1):
        entry = application(ai)
        if entry is None:
            break
        if entry.qualifiers is not None:
            return tuple(_path_element(ai, value) for ai, value in reversed(pairs[:count]))
    raise CodeError(ProblemKind.SYNTAX, "The path holds no AI that a Digital Link may start from.")


def _path_element(ai: str, value: str) -> Element:
    if not value:
        raise CodeError(ProblemKind.EMPTY, f"AI ({ai}): There is no value in the path.")
    element = Element(ai, _decoded(value, ai))
    verify_extent(element)
    return element


def _query_elements(query: str) -> tuple[Element, ...]:
    elements = []
    for parameter in query.split("&"):
        ai, equals, value = parameter.partition("=")
        if not equals or not all_digits(ai):
            continue
        if application(ai) is None:
            raise CodeError(ProblemKind.UNKNOWN_AI, f"({ai}) is no known AI.")
        if not value:
            raise CodeError(ProblemKind.EMPTY, f"AI ({ai}): There is no value in the query.")
        element = Element(ai, _decoded(value.replace("+", " "), ai))
        verify_extent(element)
        elements.append(element)
    return tuple(elements)


def _decoded(text: str, ai: str) -> str:
    decoded = re.sub(r"%([0-9A-Fa-f]{2})", lambda match: chr(int(match[1], 16)), text)
    if "\0" in decoded:
        raise CodeError(ProblemKind.CHARSET, f"AI ({ai}): The value contains a null character.")
    return decoded


def _verify_structure(parts: _Parts) -> None:
    path_ais = tuple(element.ai for element in parts.path)
    key = application(path_ais[0])
    assert key is not None
    sequences = _allowed_sequences(key)
    if path_ais[1:] not in sequences:
        raise CodeError(ProblemKind.SYNTAX, f"The path has AIs that do not belong behind ({key.ai}) in this order.")
    seen = set(path_ais)
    for element in parts.attributes:
        if element.ai in seen:
            raise CodeError(ProblemKind.SYNTAX, f"AI ({element.ai}) is there twice.")
        seen.add(element.ai)
        _verify_attribute(element.ai, path_ais, sequences)


def _verify_attribute(ai: str, path_ais: tuple[str, ...], sequences: set[tuple[str, ...]]) -> None:
    entry = application(ai)
    if entry is None or not entry.link_attribute:
        raise CodeError(ProblemKind.SYNTAX, f"AI ({ai}) must not be in the query of a Digital Link.")
    behind_key = path_ais[1:]
    if any((*behind_key[:place], ai, *behind_key[place:]) in sequences for place in range(len(path_ais))):
        raise CodeError(ProblemKind.SYNTAX, f"AI ({ai}) belongs into the path.")


def _allowed_sequences(key: Application) -> set[tuple[str, ...]]:
    """All qualifiers are optional, but keep their order."""
    return {
        chosen
        for qualifiers in key.qualifiers or ()
        for count in range(len(qualifiers) + 1)
        for chosen in combinations(qualifiers, count)
    } | {()}
