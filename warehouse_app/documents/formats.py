"""How numbers, weights, money and moments are written on paper."""

from collections.abc import Iterable
from datetime import date, datetime, tzinfo

_MINOR_DIGITS = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "BHD": 3, "KWD": 3, "OMR": 3, "JOD": 3, "TND": 3}
_MINUS = "\u2212"
_SMALLEST_CASE = 2


def number_text(number: int) -> str:
    """A whole number with its thousands parted."""
    return f"{number:,}".replace("-", _MINUS)


def signed_text(number: int) -> str:
    """A difference: its sign is always written, zero has none."""
    return f"+{number:,}" if number > 0 else number_text(number)


def cases_text(quantity: int, case_quantity: int) -> str:
    """How a quantity is taken from full cases, for example "2 × 12 + 3"; empty when no case is full."""
    if case_quantity < _SMALLEST_CASE or quantity < case_quantity:
        return ""
    cases, rest = divmod(quantity, case_quantity)
    text = f"{cases:,} \u00d7 {case_quantity:,}"
    return f"{text} + {rest:,}" if rest else text


def weight_text(weight_g: int) -> str:
    """Grams as kilograms, to the gram."""
    return f"{weight_g / 1000:,.3f} kg"


def money_text(amount_minor: int, currency: str) -> str:
    """Integer minor units as major units with their currency code."""
    digits = _MINOR_DIGITS.get(currency, 2)
    whole, part = divmod(abs(amount_minor), 10**digits)
    text = f"{whole:,}.{part:0{digits}}" if digits else f"{whole:,}"
    return f"{_MINUS if amount_minor < 0 else ''}{text} {currency}".strip()


def date_text(day: date | None) -> str:
    """A day as ISO 8601, which reads the same in every country; empty without one."""
    return day.isoformat() if day else ""


def moment_text(moment: datetime | None, zone: tzinfo) -> str:
    """A moment on the clock of the warehouse, with the name of its zone; empty without one."""
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M %Z") if moment else ""


def lot_text(lot: str, expires_on: date | None) -> str:
    """Lot and expiry on one line, whichever of them there is."""
    return joined((lot and f"LOT {lot}", f"EXP {date_text(expires_on)}" if expires_on else ""))


def joined(parts: Iterable[str]) -> str:
    """The parts that say something, parted by dots."""
    return " \u00b7 ".join(part for part in parts if part)
