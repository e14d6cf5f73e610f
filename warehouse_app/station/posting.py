"""Posting: sends journalled facts to the shared database, each exactly once, in order."""

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from pysqlite3 import DatabaseError
from sqlalchemy.exc import DBAPIError

from warehouse_app.domain.errors import StockChanged, UnusableValue, WarehouseError
from warehouse_app.domain.facts import Unpostable, encode
from warehouse_app.language import mark
from warehouse_app.station.file import Connection, StationFile
from warehouse_app.station.intake import (
    ClonedStation,
    FactsForgotten,
    Mark,
    Stream,
    content_hash,
    fact_row,
    go_on,
    is_there,
    posted_mark,
    take_in,
    tell,
)
from warehouse_app.station.journal import facts_after
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction

BATCH = 50
"""Facts a posting; larger batches delay others more than they speed this station up."""

KEEP_DAYS = 30

SEEN_EVERY_S = 10.0
"""So often a station that posts notes that it was seen; in between it only adds its facts."""

REFUSALS = (UnusableValue, StockChanged, DBAPIError, UnicodeError)
"""What a database, or the way to it, says of rows that it will never take, however often they are sent."""

log = logging.getLogger(__name__)


class PostingRefused(WarehouseError):
    """The shared database takes nothing from this station; all of it stays in the journal."""

    message = mark(
        "The shared database takes no scans from this station: {reason}. All are kept here; tell a supervisor."
    )


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
        self._mark: Mark | None = None
        self._seen_until = 0.0
        self.posted_to = int(file.setting("posted") or 0)
        """How far the shared database was last known to have the journal; rises with every batch."""

    def post(self, goes_on: Callable[[], bool] = lambda: True) -> Posted:
        """Post everything that waits, for as long as that `goes_on`.

        Raises StoreUnavailable when the database is away; nothing is lost then.
        """
        if self._mark is None:
            self._mark = self._ask()
        before = self._mark
        while goes_on() and (rows := facts_after(self._connection, max(self._mark.sequence, self._pruned_to), BATCH)):
            try:
                self._send(rows)
            except FactsForgotten:
                self._mark = self._ask()
                continue
            except WarehouseError as error:
                # The outcome is not known: the server is asked again before anything more is sent.
                self._mark = None
                if isinstance(error, ClonedStation):
                    self._database.write(tell, self._stream, "cloned_station", "", self._file.incarnation)
                raise
            self._mark = _mark_of(rows[-1])
            self.posted_to = self._mark.sequence
        if self._mark != before:
            self._note_posted(self._mark.sequence)
        return Posted(self._mark.sequence, self.waiting())

    def is_cloned(self) -> bool:
        """Whether another station has posted under this one's name and incarnation. Raises StoreUnavailable."""
        try:
            self._mark = self._ask()
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

    def works_after(self, sequence: int) -> set[str]:
        """Work of which the journal has facts above this one; on this connection."""
        query = "SELECT DISTINCT work FROM journal WHERE sequence > ?"
        return {work for (work,) in self._connection.execute(query, (sequence,)).fetchall()}

    def reconnect(self) -> None:
        """Ask for the high-water mark again at the next posting, as after any new connection."""
        self._mark = None

    def look(self) -> None:
        """See whether the database still has what it confirmed; if not, ask how far it is. Raises StoreUnavailable."""
        if self._mark is None or not self._database.read(is_there, self._stream, self._mark):
            self._mark = None

    def close(self) -> None:
        """Close the poster's connection."""
        self._connection.close()

    def _note_posted(self, high_water: int) -> None:
        """A hint for the next start; a full disk does without it."""
        with suppress(DatabaseError):
            self._connection.execute("INSERT OR REPLACE INTO setting VALUES ('posted', ?)", (str(high_water),))

    @property
    def _stream(self) -> Stream:
        return Stream(self._file.station, self._file.incarnation, self._setting("database"))

    @property
    def _pruned_to(self) -> int:
        return int(self._setting("pruned_to") or 0)

    def _setting(self, key: str) -> str:
        """On this thread's own connection."""
        row = self._connection.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def _ask(self) -> Mark:
        floor = self._pruned_to
        found = self._database.read(posted_mark, self._stream, floor)
        self.posted_to = max(found.sequence, floor)
        if found.sequence:
            query = "SELECT fact_id FROM journal WHERE sequence = ?"
            mine = self._connection.execute(query, (found.sequence,)).fetchone()
            if mine is None or mine[0] != found.fact_id:
                raise ClonedStation(station=self._file.station)
        return found

    def _send(self, rows: Sequence[Sequence[object]]) -> None:
        """Post rows as one batch, or, if the database refuses that, one by one: none of them may stop the others."""
        facts = [fact_row(self._stream, row) for row in rows]
        if self._went_on(facts):
            return
        try:
            self._database.write(take_in, self._stream, facts, self._mark)
            self._seen_until = time.monotonic() + SEEN_EVERY_S
        except REFUSALS as error:
            if len(rows) == 1:
                self._send_stand_in(facts[0], error)
                return
            for row in rows:
                self._send([row])
                self._mark = _mark_of(row)

    def _went_on(self, facts: Sequence[dict[str, Any]]) -> bool:
        """Try the short way where the last posting is a moment ago; what it is refused for, the long way finds out."""
        if self._mark is None or not self._mark.sequence or time.monotonic() >= self._seen_until:
            return False
        if facts[0]["sequence"] != self._mark.sequence + 1:
            return False
        try:
            self._database.write(go_on, self._stream, facts, self._mark)
        except REFUSALS:
            self._seen_until = 0.0
            return False
        return True

    def _send_stand_in(self, fact: dict[str, Any], error: Exception) -> None:
        """Post what no database refuses in the place of a fact that this one does: a person sees it, whole."""
        try:
            self._database.write(take_in, self._stream, [stand_in_for(fact, error)], self._mark)
        except REFUSALS as refused:
            raise PostingRefused(reason=str(refused).partition("\n")[0]) from refused


def stand_in_for(fact: dict[str, Any], error: Exception) -> dict[str, Any]:
    """The row of what no database refuses, in the place of a fact that this one does."""
    log.error("the database refuses fact %s: %s", fact["fact_id"], error)
    stand_in = Unpostable(fact["kind"], fact["version"], fact["payload"], fact["worker"], fact["work"], str(error))
    payload = encode(stand_in)
    return {
        **fact, "worker": _plain(fact["worker"]), "work": _plain(fact["work"]), "kind": stand_in.kind,
        "version": stand_in.version, "payload": payload,
        "content_hash": content_hash(stand_in.kind, stand_in.version, payload),
    }  # fmt: skip


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


def _mark_of(row: Sequence[object]) -> Mark:
    return Mark(int(str(row[0])), str(row[1]))


def _plain(text: str) -> str:
    """A name without what databases refuse in texts."""
    return text.encode("ascii", "backslashreplace").decode().replace("\0", "\\0")
