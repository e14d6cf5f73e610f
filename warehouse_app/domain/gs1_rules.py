"""What the components of a GS1 value must look like, rule by rule, named as in the table of AIs."""

import re
from collections.abc import Callable, Mapping

from warehouse_app.domain.gs1_applications import Component
from warehouse_app.domain.gs1_codes import (
    COUNTRY_LETTERS,
    COUNTRY_NUMBERS,
    CURRENCY_NUMBERS,
    MEDIA_TYPES,
    PACKAGE_TYPES,
)
from warehouse_app.domain.gs1_coupons import verify_coupon, verify_positive_offer
from warehouse_app.domain.gs1_dates import read_date, verify_time
from warehouse_app.domain.identifiers import CodeError, ProblemKind, all_digits, verify_check_digit

_Rule = Callable[[str, int], None]

_SET_82 = "!\"%&'()*+,-./0123456789:;<=>?ABCDEFGHIJKLMNOPQRSTUVWXYZ_abcdefghijklmnopqrstuvwxyz"
_CHARSETS = {
    "N": re.compile(r"[0-9]*"),
    "X": re.compile(f"[{re.escape(_SET_82)}]*"),
    "Y": re.compile(r"[#\-/0-9A-Z]*"),
    "Z": re.compile(r"[\-0-9A-Z_a-z]*={0,2}"),
}
_CHECK_CHARACTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ"
_CHECK_PAIR_MODULUS = 1021
_IBAN_LENGTH_MIN = 11
_IBAN_LENGTH_COUNTRY_AND_CHECK = 4
_COMPANY_PREFIX_LENGTH_MIN = 4
_HOUR, _MINUTE, _SECOND = ("hour", 23), ("minute", 59), ("second", 59)


def verify_component(component: Component, text: str, *, year: int) -> None:
    """Raise CodeError unless the text has the component's characters and keeps its rules; lengths are the caller's.

    `year` is the year of the scan, which settles the century of dates.
    """
    if not _CHARSETS[component.charset].fullmatch(text):
        raise CodeError(ProblemKind.CHARSET, "There is a character that this AI does not allow.")
    if component.charset == "Z" and text.endswith("=") and len(text) % 3:
        raise CodeError(ProblemKind.CHARSET, "The number of fill characters at the end is wrong.")
    for rule in component.rules:
        _RULES[rule](text, year)


def check_pair(text: str) -> str:
    """The two check characters that belong behind this text (GS1 General Specifications, 7.9.5)."""
    weights = _primes(len(text))
    total = sum(_SET_82.index(character) * weight for character, weight in zip(reversed(text), weights, strict=True))
    high, low = divmod(total % _CHECK_PAIR_MODULUS, len(_CHECK_CHARACTERS))
    return _CHECK_CHARACTERS[high] + _CHECK_CHARACTERS[low]


def _primes(count: int) -> list[int]:
    primes: list[int] = []
    candidate = 2
    while len(primes) < count:
        if all(candidate % prime for prime in primes):
            primes.append(candidate)
        candidate += 1
    return primes


def _refuse_value(detail: str) -> None:
    raise CodeError(ProblemKind.VALUE, detail)


def _check_digit(text: str, _year: int) -> None:
    verify_check_digit(text)


def _check_pair(text: str, _year: int) -> None:
    if len(text) < len("22"):
        raise CodeError(ProblemKind.LENGTH, "There is no room for the two check characters.")
    expected = check_pair(text[:-2])
    if text[-2:] != expected:
        detail = f"The check characters are {text[-2:]}, but should be {expected}."
        raise CodeError(ProblemKind.CHECK_DIGIT, detail, expected_digit=expected)


def _company_prefix(text: str, _year: int) -> None:
    start = text[:_COMPANY_PREFIX_LENGTH_MIN]
    if len(start) < _COMPANY_PREFIX_LENGTH_MIN or not all_digits(start):
        _refuse_value("It must start with a GS1 company prefix, which has at least four digits.")


def _company_prefix_second(text: str, year: int) -> None:
    _company_prefix(text[1:], year)


def _has_non_digit(text: str, _year: int) -> None:
    if all_digits(text):
        raise CodeError(ProblemKind.CHARSET, "At least one character must not be a digit.")


def _hyphen(text: str, _year: int) -> None:
    if text.strip("-"):
        raise CodeError(ProblemKind.SYNTAX, "Only a hyphen may stand here.")


def _iban(text: str, _year: int) -> None:
    """ISO 13616: the country and check digits move to the end, letters count from 10, and the rest by 97 must be 1."""
    if len(text) < _IBAN_LENGTH_COUNTRY_AND_CHECK:
        raise CodeError(ProblemKind.LENGTH, "The IBAN is too short.")
    if text[:2] not in COUNTRY_LETTERS:
        raise CodeError(ProblemKind.CODE_LIST, f"The IBAN must start with a country, but {text[:2]} is none.")
    if len(text) < _IBAN_LENGTH_MIN:
        raise CodeError(ProblemKind.LENGTH, "The IBAN is too short.")
    if not re.fullmatch(r"[0-9A-Z]+", text):
        _refuse_value("An IBAN has digits and capital letters only.")
    turned = text[_IBAN_LENGTH_COUNTRY_AND_CHECK:] + text[:_IBAN_LENGTH_COUNTRY_AND_CHECK]
    if int("".join(str(int(character, 36)) for character in turned)) % 97 != 1:
        raise CodeError(ProblemKind.CHECK_DIGIT, "The check digits of the IBAN are wrong.")


def _importer_index(text: str, _year: int) -> None:
    if not re.fullmatch(r"[\-0-9A-Z_a-z]", text):
        _refuse_value("The importer index must be a letter, a digit, a hyphen or an underscore.")


def _nonzero(text: str, _year: int) -> None:
    if not text.strip("0"):
        _refuse_value("It must not be zero.")


def _no_zero_prefix(text: str, _year: int) -> None:
    if text.startswith("0"):
        _refuse_value("It must not start with a zero.")


def _zero(text: str, _year: int) -> None:
    if text.strip("0"):
        _refuse_value("It must be zero.")


def _percent_encoding(text: str, _year: int) -> None:
    if re.search(r"%(?![0-9A-Fa-f]{2})", text):
        _refuse_value("A percent sign must be followed by two hexadecimal digits.")


def _piece_of_total(text: str, _year: int) -> None:
    half = len(text) // 2
    piece, total = int(text[:half]), int(text[half:])
    if not 1 <= piece <= total:
        _refuse_value(f"There is no piece {piece} of {total}.")


def _position_in_sequence(text: str, _year: int) -> None:
    match = re.fullmatch(r"([0-9]+)/([0-9]+)", text)
    if not match:
        _refuse_value("It must be a position and an end with a slash between.")
    elif match[1].startswith("0") or match[2].startswith("0"):
        _refuse_value("Neither number may start with a zero.")
    elif int(match[1]) > int(match[2]):
        _refuse_value(f"Position {match[1]} is beyond the end {match[2]}.")


def _yes_or_no(text: str, _year: int) -> None:
    if text not in ("0", "1"):
        raise CodeError(ProblemKind.SYNTAX, "It must be 0 or 1.")


def _winding(text: str, _year: int) -> None:
    if text not in ("0", "1", "9"):
        _refuse_value("The winding direction must be 0, 1 or 9.")


def _degrees(highest: int) -> _Rule:
    def verify(text: str, _year: int) -> None:
        if int(text) > highest:
            _refuse_value(f"It must not exceed {highest}.")

    return verify


def _one_of(codes: frozenset[str], what: str) -> _Rule:
    def verify(text: str, _year: int) -> None:
        if text not in codes:
            raise CodeError(ProblemKind.CODE_LIST, f"{text} is not {what}.")

    return verify


def _date(*, day_zero: bool) -> _Rule:
    def verify(text: str, year: int) -> None:
        read_date(text, year=year, day_zero=day_zero)

    return verify


def _time(*limits: tuple[str, int]) -> _Rule:
    def verify(text: str, _year: int) -> None:
        verify_time(text, limits)

    return verify


_RULES: Mapping[str, _Rule] = {
    "couponcode": verify_coupon,
    "couponposoffer": verify_positive_offer,
    "csum": _check_digit,
    "csumalpha": _check_pair,
    "gcppos1": _company_prefix,
    "gcppos2": _company_prefix_second,
    "hasnondigit": _has_non_digit,
    "hh": _time(_HOUR),
    "hhmi": _time(_HOUR, _MINUTE),
    "hyphen": _hyphen,
    "iban": _iban,
    "importeridx": _importer_index,
    "iso3166": _one_of(COUNTRY_NUMBERS, "the number of a country (ISO 3166)"),
    "iso3166999": _one_of(COUNTRY_NUMBERS | {"999"}, "the number of a country (ISO 3166) or 999"),
    "iso3166alpha2": _one_of(COUNTRY_LETTERS, "the two letters of a country (ISO 3166)"),
    "iso4217": _one_of(CURRENCY_NUMBERS, "the number of a currency (ISO 4217)"),
    "iso5218": _one_of(frozenset("0129"), "a code for the biological sex (ISO/IEC 5218)"),
    "latitude": _degrees(1_800_000_000),
    "longitude": _degrees(3_600_000_000),
    "mediatype": _one_of(MEDIA_TYPES, "an AIDC media type"),
    "mi": _time(_MINUTE),
    "nonzero": _nonzero,
    "nozeroprefix": _no_zero_prefix,
    "packagetype": _one_of(PACKAGE_TYPES, "a type of package"),
    "pcenc": _percent_encoding,
    "pieceoftotal": _piece_of_total,
    "posinseqslash": _position_in_sequence,
    "ss": _time(_SECOND),
    "winding": _winding,
    "yesno": _yes_or_no,
    "yymmd0": _date(day_zero=True),
    "yymmdd": _date(day_zero=False),
    "yyyymmdd": _date(day_zero=False),
    "zero": _zero,
}
