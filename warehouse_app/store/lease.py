"""Leases: who runs a service just now. They keep two from doing the same work; correctness never depends on them."""

from datetime import timedelta

from sqlalchemy import select

from warehouse_app.domain.errors import WarehouseError
from warehouse_app.language import mark
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction

LEASE_ENDS_AFTER = timedelta(seconds=60)
"""A holder that has not been seen for so long is gone."""


class ServiceRunsElsewhere(WarehouseError):
    """Another process runs this service."""

    message = mark("{service} runs already ({holder}).")


def take_lease(tx: Transaction, service: str, holder: str) -> None:
    """Take or renew the lease. Raises ServiceRunsElsewhere while another holder is alive."""
    table = tables.service_lease
    row = tx.row(select(table).where(tx.mine(table), table.c.service == service).with_for_update())
    if row is not None and row["holder"] != holder and tx.now - row["seen_at"] < LEASE_ENDS_AFTER:
        raise ServiceRunsElsewhere(service=service, holder=row["holder"])
    tx.put(table, [{"service": service, "holder": holder, "seen_at": tx.now}])


def give_lease_back(tx: Transaction, service: str, holder: str) -> None:
    """End the lease, if it is still ours."""
    table = tables.service_lease
    mine = (tx.mine(table), table.c.service == service, table.c.holder == holder)
    tx.connection.execute(table.delete().where(*mine))
