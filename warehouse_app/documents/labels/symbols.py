"""The codes that labels carry: how each is made of its content, and what a reader says of it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache

from warehouse_app.documents import codes
from warehouse_app.documents.codes import CodeNotValid, LinearCode, SquareCode
from warehouse_app.domain.gs1_applications import application
from warehouse_app.domain.gs1_elements import SEPARATOR, Element, read_element_string
from warehouse_app.domain.identifiers import CodeError

ANY_YEAR = 2000
"""Whether a value keeps its AI's rules does not depend on the century of its dates."""


class Symbol(StrEnum):
    """The symbologies of labels, by the names that layouts use."""

    CODE_128 = "code-128"
    GS1_128 = "gs1-128"
    EAN_13 = "ean-13"
    ITF_14 = "itf-14"
    QR = "qr"
    GS1_DATA_MATRIX = "gs1-data-matrix"

    @property
    def takes_elements(self) -> bool:
        """Whether the content is GS1 elements, not text."""
        return self in (Symbol.GS1_128, Symbol.GS1_DATA_MATRIX)

    @property
    def identifier(self) -> str:
        """The AIM identifier with which a reader reports it."""
        return _IDENTIFIERS[self]


@dataclass(frozen=True, slots=True)
class Made:
    """A code and what a reader must say of it, separators included."""

    code: LinearCode | SquareCode
    reads: str


@lru_cache(maxsize=4096)
def text_code(symbol: Symbol, text: str) -> Made:
    """A code of a text or a number. Raises CodeNotValid."""
    code = _OF_TEXT[symbol](text)
    return Made(code, code.text)


@lru_cache(maxsize=4096)
def elements_code(symbol: Symbol, elements: tuple[Element, ...]) -> Made:
    """A code of GS1 elements, each of which keeps its AI's rules. Raises CodeNotValid."""
    string = element_string(elements)
    try:
        read = read_element_string(string, year=ANY_YEAR)
    except CodeError as error:
        raise CodeNotValid(text=bracketed(elements)) from error
    if read != elements:
        raise CodeNotValid(text=bracketed(elements))
    return Made(_OF_ELEMENTS[symbol](elements, string), string)


def element_string(elements: Sequence[Element]) -> str:
    """As a scanner sends it: a separator after each value whose length its AI leaves open, but not after the last."""
    parts = []
    for place, element in enumerate(elements, 1):
        known = application(element.ai)
        ends = SEPARATOR if place < len(elements) and (known is None or known.separated) else ""
        parts.append(f"{element.ai}{element.value}{ends}")
    return "".join(parts)


def bracketed(elements: Sequence[Element]) -> str:
    """As people read it below the bars."""
    return "".join(f"({element.ai}){element.value}" for element in elements)


def _gs1_128(elements: Sequence[Element], string: str) -> LinearCode:
    return codes.gs1_128(bracketed(elements), string)


def _data_matrix(elements: Sequence[Element], string: str) -> SquareCode:
    # The writer takes brackets for those of an AI wherever they stand, so a value that has one cannot be said.
    if any(bracket in string for bracket in "()[]"):
        raise CodeNotValid(text=bracketed(elements))
    return codes.gs1_data_matrix(bracketed(elements))


_IDENTIFIERS: Mapping[Symbol, str] = {
    Symbol.CODE_128: "]C0",
    Symbol.GS1_128: "]C1",
    Symbol.EAN_13: "]E0",
    Symbol.ITF_14: "]I1",
    Symbol.QR: "]Q1",
    Symbol.GS1_DATA_MATRIX: "]d2",
}
_OF_TEXT: Mapping[Symbol, Callable[[str], LinearCode | SquareCode]] = {
    Symbol.CODE_128: codes.code_128,
    Symbol.EAN_13: codes.ean_13,
    Symbol.ITF_14: codes.itf_14,
    Symbol.QR: codes.qr_code,
}
_OF_ELEMENTS: Mapping[Symbol, Callable[[Sequence[Element], str], LinearCode | SquareCode]] = {
    Symbol.GS1_128: _gs1_128,
    Symbol.GS1_DATA_MATRIX: _data_matrix,
}
