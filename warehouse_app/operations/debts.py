"""Units that were taken where the books had none: what is owed, since when, and who may still explain it."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from warehouse_app.operations.counting_waits import stations_behind
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction


@dataclass(frozen=True, slots=True)
class Debt:
    """Units owed at one place; `waits_for` are the stations whose late facts may still bring them."""

    location: str
    sku: str
    owner: str
    lot: str
    quantity: int
    work: str
    since: datetime
    waits_for: tuple[str, ...]


def open_debts(tx: Transaction) -> tuple[Debt, ...]:
    """Everything that is owed, the oldest first. It wants a person when nobody is waited for any more."""
    debt = tables.debt
    rows = tx.rows(select(debt).where(tx.mine(debt)).order_by(debt.c.since, debt.c.location, debt.c.sku, debt.c.lot))
    if not rows:
        return ()
    behind = stations_behind(tx, {row["location"]: row["since"] for row in rows})
    return tuple(
        Debt(
            row["location"], row["sku"], row["owner"], row["lot"], row["quantity"], row["work"], row["since"],
            behind.get(row["location"], ()),
        )
        for row in rows
    )  # fmt: skip
