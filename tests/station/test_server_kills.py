"""The database server dies at random moments: what it acknowledged is there, and everybody comes back by himself."""

import random
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import SoakFigure, SoakSize
from tests.databases import ServerMaker
from tests.station.surviving import BACK_WITHIN_S, Crew, doubled_or_missing
from tests.warehouse import TinyWarehouse
from tools.postgres import PostgresServer
from warehouse_app.books.bookkeeping import book_everything
from warehouse_app.books.verify import verify
from warehouse_app.store.database import Database
from warehouse_app.store.engine import open_database

pytestmark = pytest.mark.on("postgresql")

SEVERAL = "postgresql://postgres@/{name}?host={hosts}&port={ports}"


@pytest.fixture
def server() -> Iterator[PostgresServer]:
    with PostgresServer(durable=True) as server:
        yield server


@pytest.fixture
def hasty_server() -> Iterator[PostgresServer]:
    """A kill takes what the server had in mind, not what it gave to the operating system: no disk is waited for."""
    with PostgresServer(durable=True, settings=("fsync=off",)) as server:
        yield server


def test_killed_server_has_kept_what_it_acknowledged(hasty_server: PostgresServer, tmp_path: Path) -> None:
    back_s = kill_again_and_again(hasty_server, tmp_path, random.Random(1), kills=3, longest_away_s=0.3)

    assert max(back_s) < BACK_WITHIN_S


@pytest.mark.soak
def test_server_killed_a_hundred_times(
    server: PostgresServer, tmp_path: Path, soak_figure: SoakFigure, soak_size: SoakSize
) -> None:
    kills, started = soak_size(100), time.monotonic()

    back_s = kill_again_and_again(server, tmp_path, random.Random(2), kills=kills, longest_away_s=5.0)

    assert max(back_s) < BACK_WITHIN_S
    did = f"{kills} kills in {time.monotonic() - started:.0f} s, 3 stations and a desk at work"
    soak_figure("database server kill −9", did, f"0 acknowledged lost, all back within {max(back_s):.1f} s")


def kill_again_and_again(
    server: PostgresServer, folder: Path, dice: random.Random, *, kills: int, longest_away_s: float
) -> list[float]:
    """Kill and start the server under people at work; gives how long each client took to come back each time."""
    url, house = tiny_house(server, folder)
    back_s: list[float] = []
    with Crew.at(url, folder) as crew:
        for _ in range(kills):
            time.sleep(dice.uniform(0.1, 0.8))
            promises = crew.promised()
            server.kill()
            time.sleep(dice.uniform(0, longest_away_s))
            server.start()
            started = time.monotonic()
            assert promises.broken(url) == 0
            back_s += crew.seconds_until_back(started)
        crew.let_all_arrive()
        assert doubled_or_missing(crew, url) == 0
    assert_books_are_right(house)
    return back_s


@pytest.mark.soak
def test_standby_takes_over_twenty_times(tmp_path: Path, soak_figure: SoakFigure, soak_size: SoakSize) -> None:
    times, dice, gaps_s = soak_size(20), random.Random(3), []

    for number in range(times):
        folder = tmp_path / str(number)
        gaps_s.append(fail_over(folder, dice))

    outcome = f"0 acknowledged facts lost, work went on {max(gaps_s):.1f} s after the kill at the latest"
    did = f"{times} failovers, the standby promoted 1 s after the kill, 3 stations and a desk at work"
    soak_figure("failover to a synchronous standby (two servers started by the test)", did, outcome)


def fail_over(folder: Path, dice: random.Random) -> float:
    """Kill the primary under people at work and promote its standby; gives the seconds until all work with that."""
    with PostgresServer(durable=True) as primary:
        _, house = tiny_house(primary, folder)
        name = house.engine.url.database
        house.close()
        with PostgresServer(durable=True, standby_of=primary) as standby:
            primary.wait_for_standby()
            both = (primary, standby)
            url = SEVERAL.format(
                name=name,
                hosts=",".join(str(server.folder) for server in both),
                ports=",".join(str(server.port) for server in both),
            )
            with Crew.at(url, folder) as crew:
                time.sleep(dice.uniform(0.3, 2.0))
                promises = crew.promised()
                primary.kill()
                killed = time.monotonic()
                time.sleep(1.0)
                standby.promote()
                assert promises.broken(standby.url(str(name))) == 0
                gap_s = max(crew.seconds_until_back(killed))
                crew.let_all_arrive()
                assert doubled_or_missing(crew, standby.url(str(name))) == 0
            house = Database(open_database(url))
            assert_books_are_right(house)
    return gap_s


def tiny_house(server: PostgresServer, folder: Path) -> tuple[str, Database]:
    url = ServerMaker(server).make("migrated", folder)
    house = Database(open_database(url))
    clock = house.clock
    TinyWarehouse(house)
    house.clock = clock
    return url, house


def assert_books_are_right(house: Database) -> None:
    book_everything(house)
    proved = house.read(verify)
    house.close()
    assert (proved.differences, proved.unapplied, proved.parked) == ((), 0, 0)
