"""A station whose own clock is wrong, or jumps, tells what happened by the shared database's clock."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.conftest import MakeUrl
from tests.station.benches import NOON, put_away
from tests.warehouse import TinyWarehouse
from warehouse_app.domain.errors import StoreUnavailable
from warehouse_app.station.file import StationFile
from warehouse_app.station.journal import Journal
from warehouse_app.station.link import Link
from warehouse_app.station.replica import Replica
from warehouse_app.store import tables
from warehouse_app.store.clock import ServerClock
from warehouse_app.store.database import Database, utc_now
from warehouse_app.store.engine import open_database

TWO_HOURS = timedelta(hours=2)
NOWHERE = "postgresql://nobody@127.0.0.1:1/nothing"


class Computer:
    """A clock that anybody may set, and ticks that nobody can."""

    def __init__(self) -> None:
        self.now, self.seconds = NOON, 100.0

    def clock(self) -> ServerClock:
        return ServerClock(lambda: self.now, lambda: self.seconds)

    def pass_s(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)
        self.seconds += seconds


def test_time_is_the_servers_from_half_way_through_its_answer_on_whatever_the_own_clock_does() -> None:
    computer = Computer()
    clock = computer.clock()
    before = clock()
    computer.pass_s(0.5)

    clock.learn(NOON + TWO_HOURS, asked=100.0, answered=100.5)
    computer.pass_s(10)
    computer.now -= timedelta(days=1)

    assert before == NOON
    assert clock() == NOON + TWO_HOURS + timedelta(seconds=10.25)


def test_slow_answer_does_not_replace_what_is_known() -> None:
    clock = Computer().clock()
    clock.learn(NOON, asked=100.0, answered=100.0)

    clock.learn(NOON - TWO_HOURS, asked=97.0, answered=100.0)

    assert clock() == NOON


@pytest.fixture
def url(make_url: MakeUrl) -> str:
    return make_url("migrated")


@pytest.fixture
def house(url: str) -> Iterator[TinyWarehouse]:
    database = Database(open_database(url))
    yield TinyWarehouse(database)
    database.close()


def behind() -> datetime:
    return utc_now() - TWO_HOURS


class WrongStation:
    """A station on a computer whose clock is two hours behind."""

    def __init__(self, folder: Path, url: str) -> None:
        self.database = Database(open_database(url), clock=ServerClock(behind))
        self.file = StationFile(folder, "S1")
        self.link = Link(self.file, self.database, Replica(self.file))

    def put_away(self) -> None:
        Journal(self.file).append([put_away()], "W-03", "", self.database.clock())

    def close(self) -> None:
        self.link.close()
        self.file.close()
        self.database.close()


@pytest.mark.on("postgresql")
def test_what_happens_is_told_by_the_servers_clock_after_a_start_without_the_server_too(
    house: TinyWarehouse, url: str, tmp_path: Path
) -> None:
    began_at = datetime.now(UTC)
    connected = WrongStation(tmp_path / "s1", url)
    connected.link.connect()
    connected.put_away()
    connected.close()
    offline = WrongStation(tmp_path / "s1", NOWHERE)
    with pytest.raises(StoreUnavailable):
        offline.link.connect()
    offline.put_away()
    offline.close()

    again = WrongStation(tmp_path / "s1", url)
    again.link.connect()
    again.link.post()
    again.close()

    rows = house.database.read(lambda tx: tx.rows(select(tables.fact).where(tables.fact.c.station == "S1")))
    slack = timedelta(seconds=0.2)
    assert len(rows) == 2
    for row in rows:
        assert began_at - slack <= row["happened_at"] <= row["recorded_at"] + slack <= datetime.now(UTC) + slack * 2
