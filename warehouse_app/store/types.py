"""Column types that read the same on SQLite and PostgreSQL."""

from datetime import UTC, date, datetime
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Dialect, String, Text
from sqlalchemy.types import TypeDecorator, TypeEngine


class Moment(TypeDecorator[datetime]):
    """An instant in UTC: timestamptz on PostgreSQL, sortable ISO text with microseconds on SQLite."""

    impl = String(32)
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        """Timestamps proper where the engine has them."""
        if dialect.name == "postgresql":
            return dialect.type_descriptor(DateTime(timezone=True))
        return dialect.type_descriptor(String(32))

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> Any:  # noqa: ANN401 - driver's own type
        """Refuse a time without a zone: it would mean something else on every machine."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(value)
        value = value.astimezone(UTC)
        return value if dialect.name == "postgresql" else value.isoformat(timespec="microseconds")

    def process_result_value(self, value: Any, dialect: Dialect) -> datetime | None:  # noqa: ANN401 - driver's own type
        """An aware time in UTC, whatever the driver gave."""
        if value is None:
            return None
        moment: datetime = value if dialect.name == "postgresql" else datetime.fromisoformat(value)
        return moment if moment.tzinfo is UTC else moment.astimezone(UTC)


def words(name: str, *, key: bool = False, empty: bool = True) -> Column[str]:
    """A text that is always there; empty when there is nothing to say."""
    default = "" if empty and not key else None
    return Column(name, Text, primary_key=key, nullable=False, server_default=default, default=default)


def number(name: str, *, key: bool = False, default: int | None = None) -> Column[int]:
    """A whole number that is always there."""
    server_default = None if default is None else str(default)
    return Column(
        name,
        BigInteger,
        primary_key=key,
        nullable=False,
        autoincrement=False,
        default=default,
        server_default=server_default,
    )


def optional_number(name: str) -> Column[int]:
    """A whole number that may be unknown."""
    return Column(name, BigInteger, nullable=True)


def flag(name: str, *, default: bool = False) -> Column[bool]:
    """Yes or no."""
    return Column(name, Boolean, nullable=False, default=default, server_default="1" if default else "0")


def moment(name: str, *, required: bool = True) -> Column[datetime]:
    """An instant in UTC."""
    return Column(name, Moment, nullable=not required)


def day(name: str, *, required: bool = False) -> Column[date]:
    """A calendar day without a time."""
    return Column(name, Date, nullable=not required)
