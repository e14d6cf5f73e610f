"""What all tables share: one collection of metadata with names for every constraint, and the leading warehouse."""

from sqlalchemy import Column, MetaData

from warehouse_app.store.types import words

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    }
)


def warehouse_id() -> Column[str]:
    """The warehouse: it leads every key of an operational table, so that tables can be split by it."""
    return words("warehouse_id", key=True)
