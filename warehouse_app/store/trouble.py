"""What databases refuse and how they fail: whether to try again, and what to say about it."""

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import DataError, DBAPIError, OperationalError

from warehouse_app.domain.errors import UnusableValue
from warehouse_app.language import mark
from warehouse_app.store import bulk
from warehouse_app.store.watched import CommitInDoubt, ServerSilent

MAY_PASS = ("40001", "40P01", "55P03")
"""PostgreSQL's states of a serialization failure, a deadlock and a lock that was waited for in vain."""

TOO_LARGE = mark("a number is too large")
SAID = {
    "55P03": mark("somebody else keeps it locked"),
    "57014": mark("it took too long to answer"),
    "25P03": mark("this program stood still in the middle of its work"),
    "42P01": mark("its tables are not there; either it is just being restored, or run: warehouse-app db upgrade"),
    "25006": mark("this server is only a copy now; the URL must name the one that can be written"),
}
READ_ONLY = "25006"
NO_TABLES = "42P01"
"""What a database says that is just being restored."""
IN_DOUBT = mark("the connection was lost at the very end; look whether it was done before you do it again")


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
    return isinstance(error, OperationalError) or error.connection_invalidated or _state(error) == NO_TABLES


def has_become_a_copy(error: DBAPIError) -> bool:
    """Whether this server took no change because another one is written now."""
    return _state(error) == READ_ONLY


def stood_still(error: DBAPIError) -> bool:
    """Whether the server was waited for long enough already."""
    return isinstance(error.orig, ServerSilent)


def worth_retrying(error: DBAPIError) -> bool:
    """Whether the same decision may go through in a moment."""
    if stood_still(error) or isinstance(error.orig, CommitInDoubt):
        return False
    if error.connection_invalidated:
        # Only COMMIT comes without a statement, and nobody knows whether a lost one was carried out.
        return error.statement is not None
    text = str(error.orig)
    return _state(error) in MAY_PASS or "locked" in text or "busy" in text


def _state(error: DBAPIError) -> str:
    return getattr(error.orig, "sqlstate", "") or ""


def reason_of(error: DBAPIError) -> str:
    """What a database said, for people."""
    if isinstance(error.orig, CommitInDoubt) or (error.connection_invalidated and error.statement is None):
        return IN_DOUBT
    if stood_still(error):
        return mark("it stands still")
    if _state(error) in SAID:
        return SAID[_state(error)]
    return str(error.orig).splitlines()[0] if str(error.orig) else type(error.orig).__name__
