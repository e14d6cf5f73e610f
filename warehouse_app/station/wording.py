"""The words of feedback and errors in the language in use."""

from pathlib import Path

from warehouse_app.domain.catalogue import ProductCard
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.domain.session import Feedback
from warehouse_app.language import language_in_use, tr
from warehouse_app.station.disk import MB, Space


def feedback_text(told: Feedback) -> str:
    """What the worker reads."""
    return tr(told.message, **{name: _shown(value) for name, value in told.values.items()})


def low_space_text(space: Space, folder: Path) -> str:
    """That room on the disk becomes scarce, and what will happen when nobody minds."""
    free = f"{space.free // MB:,} MB" if space.free < 10_000 * MB else f"{space.free // (1_000 * MB):,} GB"
    return tr(
        "The disk with {folder} is {percent} % full, {free} are left. Free space on it soon: when it is full, this"
        " station takes nothing any more.",
        folder=folder,
        percent=space.used_percent,
        free=free,
    )


def waits_text(printer: str, problem: str) -> str:
    """That documents wait for a printer, or for the folder when it has no name, and why; `problem` is translatable."""
    if not printer:
        return tr("Labels wait: the folder for them cannot be used ({reason}).", reason=tr(problem))
    return tr("Labels wait for the printer {printer}: {reason}.", printer=printer, reason=tr(problem))


LONGEST_LINE = 1_000
"""What is longer repeats a name that is none; its beginning and the remedy at its end are kept."""


def error_text(error: WarehouseError) -> str:
    """What went wrong, to what, and the remedy, on one line."""
    text = tr(error.message, **{name: _shown(value) for name, value in error.values.items()})
    line = "".join(sign if sign.isprintable() else _escaped(sign) for sign in " ".join(text.split()))
    return line if len(line) <= LONGEST_LINE else f"{line[: LONGEST_LINE // 2]} … {line[-LONGEST_LINE // 2 :]}"


def _escaped(sign: str) -> str:
    """A sign that cannot be seen, or half of one, as its number; written out it could turn a terminal's text round."""
    return sign.encode("unicode_escape").decode()


def _shown(value: object) -> object:
    if isinstance(value, ProductCard):
        return value.label(language_in_use())
    return tr(value) if isinstance(value, str) and value else value
