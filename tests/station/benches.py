"""Benches in this process, on real files: the tiny warehouse seen from a station."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from sqlalchemy import func, select

from warehouse_app.domain.facts import Fact, PutAway
from warehouse_app.station.bench import Bench, ConnectedBench
from warehouse_app.station.file import Connect, StationFile, connect
from warehouse_app.station.journal import Journal
from warehouse_app.station.link import Link
from warehouse_app.station.replica import Replica
from warehouse_app.store import tables
from warehouse_app.store.database import Database

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


def put_away(quantity: int = 1, to: str = "A02") -> Fact:
    """A fact that any warehouse can have."""
    return PutAway("", "CUP", "", quantity, "A01", to)


@dataclass
class Station:
    """One station's folder opened by this process, with its link."""

    folder: Path
    database: Database
    name: str = "S1"
    opens: Connect = connect
    file: StationFile = field(init=False)
    replica: Replica = field(init=False)
    link: Link = field(init=False)

    def __post_init__(self) -> None:
        self.file = StationFile(self.folder, self.name, self.opens)
        self.replica = Replica(self.file)
        self.link = Link(self.file, self.database, self.replica)
        self.link.connect()

    def bench(self, task: str, worker: str = "W-03") -> ConnectedBench:
        """A bench as it stands after a start of the program."""
        bench = ConnectedBench(Bench(self.file, task, lambda: datetime.now(UTC)), self.link)
        bench.bench.sign_on(worker)
        bench.look_for_work()
        return bench

    def close(self) -> None:
        """Let go of the folder, as the end of the process does."""
        self.link.close()
        self.file.close()


def journal(station: Station, count: int) -> None:
    """Facts that were recorded and not posted yet."""
    for _ in range(count):
        Journal(station.file).append([put_away()], "W-03", "", NOON)


def put_aways(database: Database) -> int:
    """Moves by `put_away` facts in the books."""
    move = tables.move
    query = select(func.count()).select_from(move).where(move.c.cause_kind == "put_away")
    return int(database.read(lambda tx: tx.value(query)))


def fact_count(database: Database) -> int:
    """Facts in the shared database."""
    return int(database.read(lambda tx: tx.value(select(func.count()).select_from(tables.fact))))


def table_counts(database: Database) -> dict[str, int]:
    """Rows of every table."""
    return database.read(
        lambda tx: {
            table.name: int(tx.value(select(func.count()).select_from(table)))
            for table in tables.metadata.sorted_tables
        }
    )
