"""Stations and a desk that go on while their database server dies, and what they were promised before it did."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from types import TracebackType
from typing import Self

import psycopg

from tests.station.benches import put_away
from warehouse_app.domain.errors import StoreUnavailable
from warehouse_app.station.bench import Bench
from warehouse_app.station.file import StationFile
from warehouse_app.station.link import Link
from warehouse_app.station.replica import Replica
from warehouse_app.station.sync import StationSync
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction
from warehouse_app.store.engine import open_database

FACT_EVERY_S = 0.03
BACK_WITHIN_S = 15.0
PATIENCE_S = 60.0


def now() -> datetime:
    return datetime.now(UTC)


class BusyStation:
    """One station whose worker never stops, with its posting beside it, on connections of its own."""

    def __init__(self, url: str, home: Path, name: str) -> None:
        self.name = name
        self.database = Database(open_database(url))
        self._file = StationFile(home, name)
        replica = Replica(self._file)
        self.link = Link(self._file, self.database, replica)
        self.link.connect()
        self.bench = Bench(self._file, "putaway", now, replica)
        self.sync = StationSync(self.bench, self.link)
        self._stop = Event()
        self._worker = Thread(target=self._work)

    def start(self) -> None:
        self.sync.start()
        self._worker.start()

    def rest(self) -> None:
        """The worker goes home."""
        self._stop.set()
        if self._worker.is_alive():
            self._worker.join()

    @property
    def acknowledged(self) -> int:
        """The last fact of which the server said that it has it."""
        return self.link.posted_to

    @property
    def is_back(self) -> bool:
        """Whether the server has what was scanned up to a moment ago."""
        return self.sync.state.live and self.sync.state.waiting < 1 / FACT_EVERY_S

    def journalled(self) -> list[str]:
        rows = self._file.connection.execute("SELECT fact_id FROM journal ORDER BY sequence")
        return [row[0] for row in rows]

    def close(self) -> None:
        self.rest()
        if self.sync.running:
            self.sync.stop()
        self.link.close()
        self._file.close()
        self.database.close()

    def _work(self) -> None:
        while not self._stop.wait(FACT_EVERY_S):
            self.bench.journal.append([put_away()], "W-03", "", now())
            self.sync.wake()


class BusyDesk:
    """Makes one small decision after the other, and remembers those that were acknowledged."""

    def __init__(self, url: str) -> None:
        self.acknowledged: list[int] = []
        self._database = Database(open_database(url))
        self._stop = Event()
        self._person = Thread(target=self._work)

    def start(self) -> None:
        self._person.start()

    def close(self) -> None:
        self._stop.set()
        self._person.join()
        self._database.close()

    def _work(self) -> None:
        number = 0
        while not self._stop.wait(FACT_EVERY_S):
            number += 1
            try:
                self._database.write(_decide, number)
            except StoreUnavailable:
                continue
            self.acknowledged.append(number)


def _decide(tx: Transaction, number: int) -> None:
    tx.lock_warehouse()
    tx.put(tables.number_series, [{"series": f"D{number}", "next_number": number}])


@dataclass
class Crew:
    """Several stations and a desk on one database; a context manager."""

    stations: Sequence[BusyStation]
    desk: BusyDesk

    @classmethod
    def at(cls, url: str, folder: Path, count: int = 3) -> Self:
        return cls([BusyStation(url, folder / f"S{number}", f"S{number}") for number in range(count)], BusyDesk(url))

    def __enter__(self) -> Self:
        for station in self.stations:
            station.start()
        self.desk.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for station in self.stations:
            station.close()
        self.desk.close()

    def promised(self) -> "Promises":
        """What the server has acknowledged up to now. It may have more by the time it dies, never less."""
        facts = {station.name: station.acknowledged for station in self.stations}
        return Promises(now(), facts, tuple(self.desk.acknowledged))

    def seconds_until_back(self, since: float) -> list[float]:
        """For each client, how long it took from then until it worked with the server again."""
        decided = len(self.desk.acknowledged)
        clients = [*(station.name for station in self.stations), "desk"]
        back: dict[str, float] = {}
        while len(back) < len(clients):
            assert time.monotonic() - since < PATIENCE_S, "a client does not come back"
            working = [station.name for station in self.stations if station.is_back]
            working += ["desk"] if len(self.desk.acknowledged) > decided else []
            back = {name: time.monotonic() - since for name in working} | back
            time.sleep(0.01)
        return list(back.values())

    def let_all_arrive(self) -> None:
        """The workers rest until everything is posted."""
        for station in self.stations:
            station.rest()
        give_up = time.monotonic() + PATIENCE_S
        while any(station.sync.state.waiting for station in self.stations):
            assert time.monotonic() < give_up, "facts are not posted"
            time.sleep(0.01)


@dataclass(frozen=True, slots=True)
class Promises:
    """What had been acknowledged at a moment: facts up to a number for each station, and decisions."""

    at: datetime
    facts: dict[str, int]
    decisions: tuple[int, ...]

    def broken(self, url: str) -> int:
        """How many of these a server has lost: it lacks them, or was given them a second time after that moment."""
        lost = 0
        with psycopg.connect(url, autocommit=True) as connection:
            for station, last in self.facts.items():
                query = b"SELECT count(*) FROM fact WHERE station = %s AND sequence <= %s AND recorded_at <= %s"
                row = connection.execute(query, (station, last, self.at)).fetchone()
                lost += last - int(row[0]) if row else last
            query = b"SELECT series FROM number_series WHERE series LIKE 'D%%'"
            kept = {row[0] for row in connection.execute(query).fetchall()}
        return lost + sum(f"D{number}" not in kept for number in self.decisions)


def doubled_or_missing(crew: Crew, url: str) -> int:
    """Facts that are not in the shared database exactly once, by the journals."""
    wrong = 0
    with psycopg.connect(url, autocommit=True) as connection:
        for station in crew.stations:
            query = b"SELECT fact_id FROM fact WHERE station = %s ORDER BY sequence"
            posted = [row[0] for row in connection.execute(query, (station.name,)).fetchall()]
            journalled = station.journalled()
            wrong += len(set(journalled) ^ set(posted)) + len(posted) - len(set(posted)) + (posted != journalled)
    return wrong
