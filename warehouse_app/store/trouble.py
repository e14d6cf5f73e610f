"""What databases refuse and how they fail: whether to try again, and what to say about it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, OperationalError

from warehouse_app.domain.errors import UnusableValue
from warehouse_app.language import mark
from warehouse_app.store import bulk

MAY_PASS = ("40001", "40P01", "55P03")
"""PostgreSQL's states of a serialization failure, a deadlock and a lock that was waited for in vain."""

TOO_LARGE = mark("a number is too large")
SAID = {
    "55P03": mark("somebody else keeps it locked"),
    "57014": mark("it took too long to answer"),
    "25P03": mark("this program stood still in the middle of its work"),
}


@contextmanager
def values_in_words() -> Iterator[None]:
    """Say in words that a value is none for a database. Raises UnusableValue."""
    try:
        yield
    except DataError as error:
        reason = bulk.NUL if "NUL" in str(error.orig) else TOO_LARGE if _state(error) == "22003" else reason_of(error)
        raise UnusableValue(reason=reason) from error
    except OverflowError as error:
        if "SQLite" not in str(error):
            raise
        raise UnusableValue(reason=TOO_LARGE) from error


def is_trouble(error: DBAPIError) -> bool:
    """Whether the database or the way to it is the cause, not the statement."""
    return isinstance(error, OperationalError) or error.connection_invalidated


def worth_retrying(error: DBAPIError) -> bool:
    """Whether the same decision may go through in a moment."""
    if error.connection_invalidated:
        # Only COMMIT comes without a statement, and nobody knows whether a lost one was carried out.
        return error.statement is not None
    text = str(error.orig)
    return _state(error) in MAY_PASS or "locked" in text or "busy" in text


def _state(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", "") or ""


def reason_of(error: DBAPIError) -> str:
    """What a database said, for people."""
    if error.connection_invalidated and error.statement is None:
        return mark("the connection was lost at the very end; look whether it was done before you do it again")
    if _state(error) in SAID:
        return SAID[_state(error)]
    return str(error.orig).splitlines()[0] if str(error.orig) else type(error.orig).__name__
