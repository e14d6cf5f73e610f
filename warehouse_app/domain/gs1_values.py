"""What the values of GS1 elements say: dates, measures, amounts of money."""

from collections.abc import Sequence
from decimal import Decimal

from warehouse_app.domain.gs1_applications import application
from warehouse_app.domain.gs1_dates import read_date
from warehouse_app.domain.gs1_elements import Element

_AMOUNT_AIS = ("390", "392")
_AMOUNT_WITH_CURRENCY_AIS = ("391", "393")
_MEASURE_AIS = ("31", "32", "33", "34", "35", "36")
_DECIMALS_PLACE = 3
_AI_LENGTH_WITH_DECIMALS = 4
_CURRENCY_LENGTH = 3
_GTIN_AIS = ("01", "02", "03")
SSCC_AI = "00"


def dates_of(elements: Sequence[Element], *, year: int) -> dict[str, str]:
    """ISO 8601 dates by AI, of the AIs whose whole value is a date. The values must have been verified."""
    dates = {}
    for element in elements:
        entry = application(element.ai)
        if entry is not None and entry.date_rule is not None and len(entry.components) == 1:
            dates[element.ai] = read_date(element.value, year=year, day_zero=True).isoformat()
    return dates


def measures_of(elements: Sequence[Element]) -> dict[str, str]:
    """Measures by AI, with the decimals that the AI's last digit gives, in the unit that the AI stands for."""
    return {e.ai: _with_decimals(e.value, e.ai) for e in elements if _has_decimals(e.ai, _MEASURE_AIS)}


def amounts_of(elements: Sequence[Element]) -> dict[str, str]:
    """Amounts of money by AI, without their currencies."""
    amounts = {}
    for element in elements:
        if _has_decimals(element.ai, _AMOUNT_AIS):
            amounts[element.ai] = _with_decimals(element.value, element.ai)
        elif _has_decimals(element.ai, _AMOUNT_WITH_CURRENCY_AIS):
            amounts[element.ai] = _with_decimals(element.value[_CURRENCY_LENGTH:], element.ai)
    return amounts


def currencies_of(elements: Sequence[Element]) -> dict[str, str]:
    """The numbers (ISO 4217) of the currencies that amounts name, by AI."""
    named = (element for element in elements if _has_decimals(element.ai, _AMOUNT_WITH_CURRENCY_AIS))
    return {element.ai: element.value[:_CURRENCY_LENGTH] for element in named}


def gtins_of(elements: Sequence[Element]) -> dict[str, str]:
    """GTINs by AI."""
    return {element.ai: element.value for element in elements if element.ai in _GTIN_AIS}


def sscc_of(elements: Sequence[Element]) -> str | None:
    """The SSCC, when there is one."""
    return next((element.value for element in elements if element.ai == SSCC_AI), None)


def _has_decimals(ai: str, starts: tuple[str, ...]) -> bool:
    return len(ai) == _AI_LENGTH_WITH_DECIMALS and ai.startswith(starts)


def _with_decimals(digits: str, ai: str) -> str:
    return format(Decimal(digits).scaleb(-int(ai[_DECIMALS_PLACE])), "f")
