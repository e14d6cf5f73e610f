"""The business day by the warehouse's own settings."""

from datetime import date
from zoneinfo import ZoneInfo

from sqlalchemy import select

from warehouse_app.domain.business_day import business_day
from warehouse_app.domain.errors import NoWarehouse
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction


def current_business_day(tx: Transaction) -> date:
    """The business day it is now in the warehouse. Raises NoWarehouse."""
    table = tables.warehouse
    house = tx.row(select(table.c.timezone, table.c.business_day_starts).where(tx.mine(table)))
    if house is None:
        raise NoWarehouse
    return business_day(tx.now, ZoneInfo(house["timezone"] or "UTC"), house["business_day_starts"])
