"""Dates and times within GS1 element strings."""

from calendar import monthrange
from datetime import date

from warehouse_app.domain.identifiers import CodeError, ProblemKind, all_digits

_MONTHS_A_YEAR = 12
_YEARS_AHEAD = 51
_YEARS_BACK = -50


def full_year(year_of_century: int, year: int) -> int:
    """The year that two digits mean in a scan of this year (GS1 General Specifications, 7.12): the nearest one."""
    century, current = divmod(year, 100)
    difference = year_of_century - current
    if difference >= _YEARS_AHEAD:
        century -= 1
    elif difference <= _YEARS_BACK:
        century += 1
    return century * 100 + year_of_century


def read_date(text: str, *, year: int, day_zero: bool) -> date:
    """Read YYMMDD or YYYYMMDD; with `day_zero` a day 00 means the last day of the month. Raises CodeError.

    `year` is the year of the scan and settles the century of YYMMDD.
    """
    if not all_digits(text) or len(text) not in (6, 8):
        raise CodeError(ProblemKind.DATE, "A date has the digits of year, month and day.")
    first = int(text[:-4])
    full = full_year(first, year) if len(text) == len("YYMMDD") else first
    month, day = int(text[-4:-2]), int(text[-2:])
    if not 1 <= month <= _MONTHS_A_YEAR:
        raise CodeError(ProblemKind.DATE, f"There is no month {month:02d}.")
    if not date.min.year <= full <= date.max.year:
        raise CodeError(ProblemKind.DATE, f"There is no year {full}.")
    last_day = monthrange(full, month)[1]
    if day > last_day or (day == 0 and not day_zero):
        raise CodeError(ProblemKind.DATE, f"There is no day {day:02d} in month {month:02d} of {full}.")
    return date(full, month, day or last_day)


def verify_time(text: str, limits: tuple[tuple[str, int], ...]) -> None:
    """Raise CodeError unless each pair of digits is within its limit, given as (name, highest value)."""
    for place, (name, highest) in enumerate(limits):
        digits = text[2 * place : 2 * place + 2]
        if not all_digits(digits) or int(digits) > highest:
            raise CodeError(ProblemKind.DATE, f"There is no {name} {digits}.")
