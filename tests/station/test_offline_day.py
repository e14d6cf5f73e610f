"""A shift without the network: everything that was claimed ahead is packed, and comes in whole when there is one."""

from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pytest

from tests.conftest import SoakFigure, SoakSize
from tests.station.offline_day import OfflineDay, furnish, work_offline
from tools.postgres import PASSWORD, PostgresServer
from warehouse_app.store.database import Database

ROW = "8 h offline, 2,000 orders claimed ahead and packed, then connected"
SYNCED_WITHIN_S = 60


def worked(database: Database, postgres: PostgresServer, folder: Path, orders: int) -> OfflineDay:
    furnish(database, orders)
    name = database.engine.url.database
    url = f"postgresql://postgres:{quote(PASSWORD, safe='')}@127.0.0.1:{{port}}/{name}"
    return work_offline(database, folder, postgres.port, url, orders)


@pytest.mark.on("postgresql")
def test_shift_without_the_network_comes_in_whole(
    make_database: Callable[[str], Database], postgres: PostgresServer, tmp_path: Path
) -> None:
    day = worked(make_database("migrated"), postgres, tmp_path / "home", 60)

    assert (day.packed, day.lost, day.doubled) == (60, 0, 0)
    assert day.sync_s < SYNCED_WITHIN_S


@pytest.mark.soak
@pytest.mark.on("postgresql")
def test_two_thousand_orders_packed_in_eight_hours_without_the_network(
    make_database: Callable[[str], Database],
    postgres: PostgresServer,
    tmp_path: Path,
    soak_figure: SoakFigure,
    soak_size: SoakSize,
) -> None:
    orders = soak_size(2_000)

    day = worked(make_database("migrated"), postgres, tmp_path / "home", orders)

    assert (day.packed, day.lost, day.doubled) == (orders, 0, 0)
    assert day.sync_s < SYNCED_WITHIN_S
    soak_figure(
        ROW,
        f"{orders:,} orders, {day.facts:,} facts; claimed in {day.claim_s:.0f} s",
        f"{day.lost} lost, {day.doubled} doubled, synced in {day.sync_s:.1f} s",
    )
