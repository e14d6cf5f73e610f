"""Money as files write it: decimals in the major unit of a currency, kept as whole numbers."""

import re
from decimal import Decimal
from fractions import Fraction
from math import floor

UNIT_COST_SCALE = 10_000
"""Unit costs are kept in 1/10,000 of a minor unit: GBP 1.3570 are 135.70 pence, 1,357,000."""

_DECIMAL = re.compile(r"\d{1,10}(\.\d{1,4})?", re.ASCII)
_DECIMALS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV"), 0),
    **dict.fromkeys(("XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
}
"""All others have two."""


def minor_digits(currency: str) -> int:
    """How many decimals the currency's minor unit stands for (ISO 4217)."""
    return _DECIMALS.get(currency, 2)


def decimal_amount(text: str) -> Decimal:
    """A decimal of 0 or more with up to four decimals and a point. Raises ValueError."""
    if not _DECIMAL.fullmatch(text):
        raise ValueError(text)
    return Decimal(text)


def to_minor(amount: Decimal, currency: str) -> int:
    """The amount in minor units. Raises ValueError when it has more decimals than the currency."""
    scaled = amount.scaleb(minor_digits(currency))
    if scaled != scaled.to_integral_value():
        raise ValueError(str(amount))
    return int(scaled)


def to_unit_cost(amount: Decimal, currency: str) -> int:
    """The amount in 1/10,000 of a minor unit."""
    return int(amount.scaleb(minor_digits(currency)) * UNIT_COST_SCALE)


def from_unit_cost(unit_cost: int, currency: str) -> Fraction:
    """A unit cost in the major unit of its currency."""
    return Fraction(unit_cost, UNIT_COST_SCALE * 10 ** minor_digits(currency))


def converted_unit_cost(amount: Fraction, rate: Decimal, currency: str) -> int:
    """An amount in the major unit of another currency as a unit cost in this one, halves upwards.

    The rate says how much of this currency one unit of the other is.
    """
    scale = Fraction(UNIT_COST_SCALE * 10 ** minor_digits(currency))
    return floor(amount * Fraction(rate) * scale + Fraction(1, 2))


def unit_cost_text(unit_cost: int, currency: str) -> str:
    """An exact cost or value in 1/10,000 of a minor unit, with as many decimals as it needs: 1.357 GBP."""
    digits = minor_digits(currency)
    whole, part = divmod(abs(unit_cost), UNIT_COST_SCALE * 10**digits)
    decimals = f"{part:0{digits + 4}}".rstrip("0").ljust(digits, "0")
    sign = "-" if unit_cost < 0 else ""
    return f"{sign}{whole:,}{'.' if decimals else ''}{decimals} {currency}".strip()


def money_text(amount_minor: int, currency: str) -> str:
    """An amount in minor units as people read it: 1,234.50 GBP."""
    digits = minor_digits(currency)
    whole, part = divmod(abs(amount_minor), 10**digits)
    text = f"{whole:,}.{part:0{digits}}" if digits else f"{whole:,}"
    return f"{'-' if amount_minor < 0 else ''}{text} {currency}".strip()
