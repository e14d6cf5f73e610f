"""The warehouse's time zone as the station last heard of it: times on its screens are the house's, also offline."""

from contextlib import suppress
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from warehouse_app.domain.errors import NoWarehouse
from warehouse_app.station.file import StationFile
from warehouse_app.store.database import Database, Transaction

SETTING = "timezone"


def keep_zone(file: StationFile, database: Database) -> None:
    """Remember the zone. Raises StoreUnavailable, and NotWritten when the disk does not take it."""
    with suppress(NoWarehouse):
        zone = database.read(_zone)
        if zone != file.setting(SETTING):
            with file.transaction():
                file.set(SETTING, zone)


def zone_of(file: StationFile) -> str:
    """The warehouse's zone; that of this computer, as an empty text, while none is known."""
    zone = file.setting(SETTING)
    try:
        ZoneInfo(zone or "UTC")
    except (ZoneInfoNotFoundError, ValueError):
        return ""
    return zone


def _zone(tx: Transaction) -> str:
    return str(tx.house()["timezone"] or "UTC")
