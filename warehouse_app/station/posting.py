"""Posting: sends journalled facts to the shared database, each exactly once, in order."""

import hashlib
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from pysqlite3 import DatabaseError
from sqlalchemy import func, select

from warehouse_app.domain.errors import StockChanged, WarehouseError
from warehouse_app.language import mark
from warehouse_app.station.file import Connection, StationFile
from warehouse_app.station.journal import facts_after
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Row, Transaction

BATCH = 50
"""Facts a posting; larger batches delay others more than they speed this station up."""

KEEP_DAYS = 30


class ClonedStation(WarehouseError):
    """Another station has posted under this station's name and incarnation."""

    message = mark(
        "This station's file is a copy of one that is still in use ({station}). It starts afresh as a new one; tell a"
        " supervisor."
    )


class FactsForgotten(WarehouseError):
    """The shared database no longer has facts that it confirmed: it was replaced by an older backup."""

    message = mark("The shared database was restored from a backup; what it has forgotten is posted again.")


@dataclass(frozen=True, slots=True)
class Posted:
    """How far the shared database has this station's facts, and how many wait."""

    high_water: int
    waiting: int


class Poster:
    """Posts one station's journal over a connection of its own, so it may run beside the scanning."""

    def __init__(self, file: StationFile, database: Database) -> None:
        self._file = file
        self._database = database
        self._connection: Connection = file.opens(file.path)
        # What this connection writes is a hint that may be lost; it must not make scans wait for the disk.
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._high_water: int | None = None
        self.posted_to = int(file.setting("posted") or 0)
        """How far the shared database was last known to have the journal; rises with every batch."""

    def post(self) -> Posted:
        """Post everything that waits. Raises StoreUnavailable when the database is away; nothing is lost then."""
        if self._high_water is None:
            self._high_water = self._ask()
        before = self._high_water
        while rows := facts_after(self._connection, self._high_water, BATCH):
            facts = [self._fact_row(row) for row in rows]
            try:
                self._database.write(_insert_facts, self._file.station, self._file.incarnation, facts, self._high_water)
            except FactsForgotten:
                self._high_water = self._ask()
                continue
            except StockChanged:
                # Another fact has this one's number: asking how far the server is tells whose fault that is.
                self._high_water = None
                self._ask()
                raise
            except WarehouseError:
                # The outcome is not known: the server is asked again before anything more is sent.
                self._high_water = None
                raise
            self._high_water = self.posted_to = int(str(rows[-1][0]))
        if self._high_water != before:
            self._note_posted(self._high_water)
        return Posted(self._high_water, self.waiting())

    def is_cloned(self) -> bool:
        """Whether another station has posted under this one's name and incarnation. Raises StoreUnavailable."""
        try:
            self._high_water = self._ask()
        except ClonedStation:
            return True
        return False

    def never_posted(self) -> list[tuple[object, ...]]:
        """The journal's rows that the shared database does not have under any number. Raises StoreUnavailable."""
        rows = facts_after(self._connection, 0, limit=-1)
        found = self._database.read(Transaction.rows_in, tables.fact, "fact_id", [row[1] for row in rows])
        known = {row["fact_id"] for row in found}
        return [row for row in rows if row[1] not in known]

    def waiting(self) -> int:
        """Facts that the shared database is not known to have."""
        query = "SELECT count(*) FROM journal WHERE sequence > ?"
        return int(self._connection.execute(query, (self.posted_to,)).fetchone()[0])

    def works_in_hand(self) -> dict[str, int]:
        """Work that the station holds, with the number of the last amendment it took; on this connection."""
        return dict(self._connection.execute("SELECT work, amended FROM packet").fetchall())

    def reconnect(self) -> None:
        """Ask for the high-water mark again at the next posting, as after any new connection."""
        self._high_water = None

    def close(self) -> None:
        """Close the poster's connection."""
        self._connection.close()

    def _note_posted(self, high_water: int) -> None:
        """A hint for the next start; a full disk does without it."""
        with suppress(DatabaseError):
            self._connection.execute("INSERT OR REPLACE INTO setting VALUES ('posted', ?)", (str(high_water),))

    def _ask(self) -> int:
        found = self._database.read(_high_water, self._file.station, self._file.incarnation)
        sequence, fact_id = found or (0, "")
        self.posted_to = sequence
        if found is None:
            return 0
        mine = self._connection.execute("SELECT fact_id FROM journal WHERE sequence = ?", (sequence,)).fetchone()
        pruned_to = int(self._file.setting("pruned_to") or 0)
        if (mine is None and sequence > pruned_to) or (mine is not None and mine[0] != fact_id):
            raise ClonedStation(station=self._file.station)
        return sequence

    def _fact_row(self, row: Sequence[object]) -> dict[str, object]:
        sequence, fact_id, worker, happened_at, work, epoch, kind, version, payload = row
        return {
            "fact_id": fact_id,
            "station": self._file.station,
            "incarnation": self._file.incarnation,
            "sequence": sequence,
            "worker": worker,
            "work": work,
            "epoch": epoch,
            "kind": kind,
            "version": version,
            "payload": payload,
            "content_hash": hashlib.sha256(f"{kind}|{version}|{payload}".encode()).hexdigest(),
            "happened_at": datetime.fromisoformat(str(happened_at)),
        }


def prune(file: StationFile, high_water: int, now: datetime) -> int:
    """Forget facts older than 30 days that the shared database has; give how many."""
    oldest = (now - timedelta(days=KEEP_DAYS)).isoformat(timespec="microseconds")
    query = "SELECT max(sequence) FROM journal WHERE sequence <= ? AND happened_at < ?"
    last = file.connection.execute(query, (high_water, oldest)).fetchone()[0]
    if last is None:
        return 0
    with file.transaction():
        file.set("pruned_to", str(last))
        file.connection.execute("DELETE FROM journal WHERE sequence <= ?", (last,))
        return int(file.connection.execute("SELECT changes()").fetchone()[0])


def _high_water(tx: Transaction, station: str, incarnation: str) -> tuple[int, str] | None:
    fact = tables.fact
    mine = (tx.mine(fact), fact.c.station == station, fact.c.incarnation == incarnation)
    newest = select(func.max(fact.c.sequence)).where(*mine).scalar_subquery()
    row = tx.row(select(fact.c.sequence, fact.c.fact_id).where(*mine, fact.c.sequence == newest))
    return (row["sequence"], row["fact_id"]) if row else None


def _insert_facts(tx: Transaction, station: str, incarnation: str, facts: Sequence[Row], after: int) -> None:
    """Sending a fact again changes nothing. This never takes the warehouse's lock.

    Raises FactsForgotten when the facts up to `after` are not there. That can only be told in this transaction: a lost
    connection is made anew, to whatever database answers then, before anybody hears of it.
    """
    found = _high_water(tx, station, incarnation) if after else None
    if after and (found is None or found[0] < after):
        raise FactsForgotten
    tx.put(tables.fact, [{**fact, "recorded_at": tx.now} for fact in facts], keep=True)
    tx.put(tables.station, [{"station": station, "incarnation": incarnation, "seen_at": tx.now}])
    cursor = {"station": station, "incarnation": incarnation, "applied_sequence": 0}
    tx.put(tables.station_cursor, [cursor], keep=True)
