"""What most tests of stations begin with: a tiny warehouse, and one station that is connected to it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.station.benches import Station
from tests.warehouse import TinyWarehouse
from warehouse_app.store.database import Database


@pytest.fixture
def house(database: Database) -> TinyWarehouse:
    """A tiny warehouse."""
    return TinyWarehouse(database)


@pytest.fixture
def station(house: TinyWarehouse, tmp_path: Path) -> Iterator[Station]:
    """A station of the tiny warehouse, connected."""
    station = Station(tmp_path / "s1", house.database)
    yield station
    station.close()
