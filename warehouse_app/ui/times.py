"""Times as people at a bench read them, in the warehouse's own zone and the language in use."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from PySide6.QtCore import QDate, QLocale

from warehouse_app.language import language_in_use, tr, tr_n
from warehouse_app.ui.theme import Tone

LOCALES = {"en": QLocale("en_GB"), "zh": QLocale("zh_CN")}
HOUR, DAY = 60, 24 * 60
URGENT_MINUTES = 60


def clock_text(moment: datetime, zone: str) -> str:
    """The time of day: 14:30. Without a zone it is that of this computer."""
    return f"{_there(moment, zone):%H:%M}"


def day_text(day: date) -> str:
    """A day with its weekday: Tue 3 Mar."""
    pattern = "M月d日 ddd" if language_in_use() == "zh" else "ddd d MMM"
    return LOCALES[language_in_use()].toString(QDate(day.year, day.month, day.day), pattern)


def moment_text(moment: datetime, now: datetime, zone: str) -> str:
    """The time of day, with the day when it is not today's."""
    there = _there(moment, zone)
    if there.date() == _there(now, zone).date():
        return clock_text(moment, zone)
    return f"{day_text(there.date())} {clock_text(moment, zone)}"


def _there(moment: datetime, zone: str) -> datetime:
    return moment.astimezone(ZoneInfo(zone) if zone else None)


def span_text(minutes: int) -> str:
    """A span of time in its two largest units: 42 min, 3 h 5 min, 6 days."""
    if minutes < HOUR:
        return tr("{minutes} min", minutes=minutes)
    if minutes < DAY:
        return tr("{hours} h {minutes} min", hours=minutes // HOUR, minutes=minutes % HOUR)
    return tr_n("{n} day", "{n} days", minutes // DAY)


def minutes_until(moment: datetime, now: datetime) -> int:
    """Whole minutes that are left; below zero when the moment has passed."""
    return int((moment - now).total_seconds() // 60)


def pick_up_clock(at: datetime, now: datetime, zone: str) -> tuple[str, Tone]:
    """How long it is to a carrier's pick-up, or by how much it was missed."""
    left, when = minutes_until(at, now), moment_text(at, now, zone)
    if left < 0:
        return tr("{time} late, due {when}", time=span_text(-left), when=when), Tone.ERROR
    if when != clock_text(at, zone):
        return tr("Pick-up {when}", when=when), Tone.NEUTRAL
    tone = Tone.WARN if left < URGENT_MINUTES else Tone.NEUTRAL
    return tr("{time} to the {when} pick-up", time=span_text(left), when=when), tone
