"""Numbers that carry a check digit: GTINs for products, SSCCs for cartons."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Self

GTIN_LENGTHS = (8, 12, 13, 14)
SSCC_LENGTH = 18
_UPC_E_LENGTHS = (6, 7, 8)
_GCP_LENGTH_MIN = 4
_GCP_LENGTH_MAX = 12
_SSCC_PREFIX_AND_SERIAL_LENGTH = 16


class ProblemKind(StrEnum):
    """What can be wrong with a code."""

    CHECK_DIGIT = "check_digit"
    LENGTH = "length"
    CHARSET = "charset"
    UNKNOWN_AI = "unknown_ai"
    DATE = "date"
    VALUE = "value"
    CODE_LIST = "code_list"
    ASSOCIATION = "association"
    SYNTAX = "syntax"
    SYMBOLOGY = "symbology"
    EMPTY = "empty"
    NUMBER_SYSTEM = "number_system"


class CodeError(ValueError):
    """A code that breaks a rule; `expected_digit` is what the check digits should have been, where that is it."""

    def __init__(self, kind: ProblemKind, detail: str, *, expected_digit: str | None = None) -> None:
        super().__init__(detail)
        self.kind = kind
        self.detail = detail
        self.expected_digit = expected_digit


def all_digits(text: str) -> bool:
    """Whether the text is one or more of the digits 0 to 9; other scripts' digits do not count."""
    return text.isascii() and text.isdigit()


def check_digit(digits: str) -> str:
    """The GS1 modulo 10 check digit that belongs behind these digits (GS1 General Specifications, 7.9.1)."""
    weighted = sum(int(digit) * (3 if place % 2 == 0 else 1) for place, digit in enumerate(reversed(digits)))
    return str(-weighted % 10)


def verify_check_digit(number: str) -> None:
    """Raise CodeError unless the last digit is the check digit of those before it. The text must be digits."""
    expected = check_digit(number[:-1])
    if number[-1] != expected:
        detail = f"The check digit of {number} is {number[-1]}, but should be {expected}."
        raise CodeError(ProblemKind.CHECK_DIGIT, detail, expected_digit=expected)


@dataclass(frozen=True, slots=True)
class GTIN:
    """A trade item number, always as 14 digits."""

    digits: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read 8, 12, 13 or 14 digits. Raises CodeError for another length, other characters or the check digit."""
        _verify_digits(text)
        if len(text) not in GTIN_LENGTHS:
            raise CodeError(ProblemKind.LENGTH, f"A GTIN has 8, 12, 13 or 14 digits, not {len(text)}.")
        verify_check_digit(text)
        return cls(text.zfill(14))

    def __str__(self) -> str:
        return self.digits


@dataclass(frozen=True, slots=True)
class SSCC:
    """A serial shipping container code: 18 digits that name one carton or pallet in the world."""

    digits: str

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read 18 digits. Raises CodeError for another length, other characters or the check digit."""
        _verify_digits(text)
        if len(text) != SSCC_LENGTH:
            raise CodeError(ProblemKind.LENGTH, f"An SSCC has 18 digits, not {len(text)}.")
        verify_check_digit(text)
        return cls(text)

    @classmethod
    def make(cls, extension_digit: int, company_prefix: str, serial: int) -> Self:
        """Compose a new one; the serial fills what the company prefix (4 to 12 digits) leaves of 16 digits.

        Raises CodeError when the parts do not fit: a serial must never be cut, or two cartons would share a number.
        """
        serial_length = _SSCC_PREFIX_AND_SERIAL_LENGTH - len(company_prefix)
        if not all_digits(company_prefix) or not _GCP_LENGTH_MIN <= len(company_prefix) <= _GCP_LENGTH_MAX:
            raise CodeError(ProblemKind.VALUE, f"A company prefix has 4 to 12 digits, unlike {company_prefix}.")
        if extension_digit not in range(10) or not 0 <= serial < 10**serial_length:
            raise CodeError(ProblemKind.VALUE, f"Extension digit {extension_digit} or serial {serial} is out of range.")
        body = f"{extension_digit}{company_prefix}{serial:0{serial_length}d}"
        return cls(body + check_digit(body))

    @property
    def extension_digit(self) -> str:
        """The first digit, which its owner assigns freely."""
        return self.digits[0]

    @property
    def bracketed(self) -> str:
        """As people read it on a label: `(00)` and the 18 digits."""
        return f"(00){self.digits}"

    def __str__(self) -> str:
        return self.digits


def expand_upc_e(text: str) -> str:
    """The 12 digits of the UPC-A that a UPC-E stands for (GS1 General Specifications, 5.2.2.4.2).

    Takes 6 digits, 7 with the number system before them or 8 with the check digit behind as well. Raises CodeError.
    """
    _verify_digits(text)
    if len(text) not in _UPC_E_LENGTHS:
        raise CodeError(ProblemKind.LENGTH, f"A UPC-E has 6, 7 or 8 digits, not {len(text)}.")
    full = text if len(text) > _UPC_E_LENGTHS[0] else "0" + text
    system, body = full[0], full[1:7]
    if system not in "01":
        raise CodeError(ProblemKind.NUMBER_SYSTEM, f"A UPC-E is of number system 0 or 1, not {system}.")
    payload = system + _without_suppression(body)
    number = payload + (full[7:] or check_digit(payload))
    verify_check_digit(number)
    return number


def _without_suppression(body: str) -> str:
    """Put the zeros back that UPC-E leaves out; its last digit tells where."""
    rule = body[5]
    if rule in "012":
        return body[:2] + rule + "0000" + body[2:5]
    if rule == "3":
        return body[:3] + "00000" + body[3:5]
    if rule == "4":
        return body[:4] + "00000" + body[4]
    return body[:5] + "0000" + rule


def _verify_digits(text: str) -> None:
    if not text:
        raise CodeError(ProblemKind.EMPTY, "There are no digits.")
    if not all_digits(text):
        raise CodeError(ProblemKind.CHARSET, "Only the digits 0 to 9 are allowed.")
