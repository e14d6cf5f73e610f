"""The station's own objects, opened off the UI thread because SQLAlchemy and the replica take their time."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from warehouse_app.domain.errors import StoreUnavailable
from warehouse_app.station.ahead import DEPTH_AT_A_BENCH, WorkAhead
from warehouse_app.station.bench import Bench
from warehouse_app.station.disk import NotWritten
from warehouse_app.station.file import StationFile
from warehouse_app.station.link import Link
from warehouse_app.station.replica import Replica
from warehouse_app.station.sync import StationSync

Database = Any
"""The shared database; screens only hand it on to operations."""


@dataclass(frozen=True, slots=True)
class StationSide:
    """One station and its way to the shared database.

    The bench, and with it the station's file, belongs to the UI thread; link and sync work on connections of their own.
    """

    file: StationFile
    database: Database
    replica: Replica
    link: Link
    bench: Bench
    sync: StationSync


def open_side(file: StationFile, database: Database) -> StationSide:
    """Connect the station and stand where its journal stands; without the shared database it goes on with what it has.

    Raises OtherDatabase when the station still holds scans for another one.
    """
    replica = Replica(file)
    link = Link(file, database, replica)
    with suppress(StoreUnavailable, NotWritten):
        link.connect(in_full=False)
    bench = Bench(file, "pack", database.clock, replica)
    sync = StationSync(bench, link, WorkAhead(bench, link, DEPTH_AT_A_BENCH))
    return StationSide(file, database, replica, link, bench, sync)
