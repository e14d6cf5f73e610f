"""A backup that is older than what stations have posted comes back beneath them: nothing is lost, nothing doubled."""

from pathlib import Path

import pytest

from tests.conftest import SoakFigure, SoakSize
from tests.databases import Maker
from tests.station.restoring import Outcome, RestoredHouse
from tests.warehouse import TinyWarehouse
from warehouse_app.store.database import Database, utc_now


@pytest.fixture
def house(database: Database) -> TinyWarehouse:
    house = TinyWarehouse(database)
    database.clock = utc_now
    return house


def test_old_backup_under_live_stations_loses_and_doubles_nothing(
    house: TinyWarehouse, maker: Maker, tmp_path: Path
) -> None:
    times = {"sqlite": 2, "postgresql": 1}[house.database.engine.dialect.name]

    outcome = restored_again_and_again(house, maker, tmp_path, times=times)

    assert (outcome.lost, outcome.doubled, outcome.not_booked_once) == (0, 0, 0)
    assert house.differences() == ()


@pytest.mark.soak
def test_fifty_old_backups_under_live_stations(
    house: TinyWarehouse, maker: Maker, tmp_path: Path, soak_figure: SoakFigure, soak_size: SoakSize
) -> None:
    times = soak_size(25)

    outcome = restored_again_and_again(house, maker, tmp_path, times=times)

    assert (outcome.lost, outcome.doubled, outcome.not_booked_once) == (0, 0, 0)
    assert house.differences() == ()
    engine = house.database.engine.dialect.name
    did = f"{times} restored under 3 stations, {outcome.facts:,} facts ({engine})"
    soak_figure("old backup restored under live stations", did, "0 lost, 0 doubled")


def restored_again_and_again(house: TinyWarehouse, maker: Maker, folder: Path, times: int) -> Outcome:
    restored = RestoredHouse(maker, house.url, folder, stations=3)
    try:
        restored.start()
        for _ in range(times):
            restored.restore_an_older_backup()
        return restored.come_to_rest()
    finally:
        restored.close()
