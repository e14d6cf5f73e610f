"""Live stations under which the database is replaced by an older backup, as a person would do it."""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path

import psycopg
from sqlalchemy import select

from tests.databases import Maker, ServerMaker
from tests.processes import Premises
from tests.station.surviving import BusyStation
from warehouse_app.books.bookkeeping import unapplied_count
from warehouse_app.operations.backup import back_up, restore
from warehouse_app.operations.keeping import service_is_alive
from warehouse_app.store import tables
from warehouse_app.store.database import Database
from warehouse_app.store.engine import database_url, open_database

PATIENCE_S = 60.0


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of it: facts of all journals, and those of them that the database or the books have not once."""

    facts: int
    lost: int
    doubled: int
    not_booked_once: int


class RestoredHouse:
    """A few stations at work, a bookkeeper's process, and a database that is put back again and again."""

    def __init__(self, maker: Maker, url: str, folder: Path, stations: int) -> None:
        self._maker, self._url, self._folder = maker, url, folder
        self._stations = [BusyStation(url, folder / f"home-{number}", f"S{number}") for number in range(stations)]
        self._keeper = Premises(url, folder / "home").start("bookkeeper")
        self._round = 0

    def start(self) -> None:
        """Let everybody begin."""
        # It refuses to begin on a database without tables, and that is what a restore soon makes of this one.
        with closing(Database(open_database(self._url))) as database:
            wait(lambda: database.read(service_is_alive, "bookkeeper"))
        for station in self._stations:
            station.start()

    def restore_an_older_backup(self) -> None:
        """Back up, let the stations post more, and put the backup in the database's place while they go on."""
        self._round += 1
        backup = self._folder / f"{self._round}.backup"
        with closing(Database(open_database(self._url))) as database:
            back_up(database, backup)
            marks = [station.acknowledged + 5 for station in self._stations]
            wait(lambda: all(station.acknowledged >= mark for station, mark in zip(self._stations, marks, strict=True)))
            if isinstance(self._maker, ServerMaker):
                database.close()
                self._make_anew(self._maker)
            restore(database, backup, force=True)
        backup.unlink()

    def come_to_rest(self) -> Outcome:
        """Everybody goes home, and what they did is posted and booked."""
        for station in self._stations:
            station.rest()
        journalled = [fact_id for station in self._stations for fact_id in station.journalled()]
        wait(lambda: all(station.sync.state.live and not station.sync.state.waiting for station in self._stations))
        # A station that was idle when the backup came back looks again within a minute; here it need not wait so long.
        for station in self._stations:
            station.link.look_again()
            station.sync.wake()
        with closing(Database(open_database(self._url))) as database:
            return _outcome(database, journalled)

    def close(self) -> None:
        """Everything that was started is ended, whatever became of the rest."""
        with ExitStack() as stack:
            stack.callback(self._keeper.communicate)
            stack.callback(self._keeper.terminate)
            for station in self._stations:
                stack.callback(station.close)

    def _make_anew(self, maker: ServerMaker) -> None:
        """What docs/team.md does by createdb."""
        name = database_url(self._url).database
        maker.drop(self._url)
        with psycopg.connect(maker.server.url(), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0 STRATEGY file_copy'.encode())


def _outcome(database: Database, journalled: Sequence[str]) -> Outcome:
    """What the database and the books have of these facts once all are there and booked."""
    fact, move = tables.fact, tables.move
    wait(lambda: len(database.read(lambda tx: tx.rows(select(fact.c.fact_id)))) >= len(journalled))
    wait(lambda: not database.read(unapplied_count))
    there = Counter(row["fact_id"] for row in database.read(lambda tx: tx.rows(select(fact.c.fact_id))))
    # What the books did not know of at A01 came there from elsewhere first, by the same fact.
    from_shelf = select(move.c.cause_id).where(move.c.cause_kind == "put_away", move.c.from_location == "A01")
    booked = Counter(row["cause_id"] for row in database.read(lambda tx: tx.rows(from_shelf)))
    return Outcome(
        len(journalled),
        len(set(journalled) - there.keys()),
        len(list(there.elements())) - len(there) + len(there.keys() - set(journalled)),
        sum(booked[name] != 1 for name in journalled),
    )


def wait(done: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not done():
        assert time.monotonic() < deadline, "it hangs"
        time.sleep(0.02)
