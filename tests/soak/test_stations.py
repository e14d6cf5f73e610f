"""Two hundred stations that scan and poll, and a backlog of a million facts: how fast, and is nothing lost."""

import tempfile
import time
from pathlib import Path

import pytest

from tests.conftest import SoakFigure, SoakSize
from tests.databases import ServerMaker
from tests.processes import Premises
from tests.soak.stations import Load, make_house, p95, run
from tests.station.backlog import Backlog
from tests.warehouse import TinyWarehouse
from tools.postgres import PostgresServer
from warehouse_app.store.database import Database
from warehouse_app.store.engine import open_database

POSTED_WITHIN_S = 0.1
LAG_S = 1.0
FACTS_A_SECOND = 2_000
AT_ONCE = 50_000


@pytest.mark.soak
def test_two_hundred_stations_post_and_poll(soak_figure: SoakFigure, soak_size: SoakSize) -> None:
    seconds = soak_size(1_800)
    with (
        PostgresServer(durable=True, settings=["max_connections=1000"]) as server,
        tempfile.TemporaryDirectory() as folder,
    ):
        url = make_house(ServerMaker(server), Path(folder))
        figures = run(Load(url, folder, seconds=seconds))

    soak_figure(
        "200 stations, 2 facts/s each and polling", f"{figures.facts:,} facts in {seconds:,} s", figures.outcome
    )
    assert (figures.errors, figures.not_booked, figures.differences) == ([], 0, 0)
    assert p95(figures.posting) <= POSTED_WITHIN_S
    assert p95(figures.lag) <= LAG_S


@pytest.mark.soak
def test_bookkeeper_applies_a_backlog_of_a_million(
    tmp_path: Path, soak_figure: SoakFigure, soak_size: SoakSize
) -> None:
    count = soak_size(1_000_000)
    with PostgresServer(durable=True) as server:
        database = Database(open_database(ServerMaker(server).make("migrated", tmp_path)))
        house = TinyWarehouse(database)
        backlog = Backlog(house, 0)
        while backlog.count < count:
            backlog.grow(min(AT_ONCE, count - backlog.count))
        started = time.perf_counter()
        done = Premises(house.url, tmp_path / "home").start("bookkeeper", "--once")
        done.communicate()
        rate = count / (time.perf_counter() - started)

        assert backlog.applied() == count
        assert house.differences() == ()
        database.close()
    soak_figure("bookkeeper applying a backlog, PostgreSQL", f"{count:,} facts", f"{rate:,.0f} facts/s")
    assert rate >= FACTS_A_SECOND
