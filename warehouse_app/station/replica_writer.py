"""Writes what the feed brings into the station's copy, in transactions so short that no scan waits for them."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager

from warehouse_app.operations.reference import BEFORE_ALL, REPLICATED, Page, Reached, Row
from warehouse_app.station.file import Connection, StationFile
from warehouse_app.station.replica import Replica
from warehouse_app.station.replica_tables import drop_rows, write_rows
from warehouse_app.store.feed import Place

ROWS_AT_ONCE = 100
"""Rows of one transaction on the station's file: one or two milliseconds."""

CHECKPOINT_EVERY = 2_000
"""Rows after which the file's log is folded in, by this connection and not by that of the scans."""


class ReplicaWriter:
    """The one writer of the copy, on a connection of its own; its progress is written together with the rows."""

    def __init__(self, file: StationFile, replica: Replica) -> None:
        self._file = file
        self._replica = replica
        self._connection: Connection = file.opens(file.path)
        # Whatever is lost here is asked for again, so nothing of it waits for the disk.
        self._connection.execute("PRAGMA synchronous=NORMAL")
        self._connection.execute("PRAGMA wal_autocheckpoint=0")
        self._since_checkpoint = 0

    def place(self) -> Place:
        """The feed's place up to which this copy is certain to be of one history with the shared database."""
        number = int(self._setting("feed_no") or 0)
        return Place(self._setting("feed_epoch"), number, self._setting("feed_token"))

    def reached(self) -> dict[str, Reached]:
        """How far the copy of every table is."""
        query = "SELECT entity, changed_no, key FROM replica_progress"
        found = {entity: Reached(changed_no, key) for entity, changed_no, key in self._connection.execute(query)}
        return {entity: found.get(entity, Reached()) for entity in REPLICATED}

    def complete(self) -> bool:
        """Whether every table was copied to its end since the copy was last begun."""
        query = "SELECT count(*) FROM replica_progress WHERE complete"
        return int(self._connection.execute(query).fetchone()[0]) == len(REPLICATED)

    def begun(self) -> bool:
        """Whether a copy of this database was begun at all."""
        return self._generation() > 0

    def begin(self, place: Place) -> None:
        """Begin a full copy: every row is brought anew, and those that are not are dropped when it is complete."""
        with self._transaction():
            newest = (f"SELECT max(generation) AS newest FROM {entity}" for entity in REPLICATED)  # noqa: S608 - constants
            row = self._connection.execute(f"SELECT max(newest) FROM ({' UNION ALL '.join(newest)})").fetchone()  # noqa: S608
            self._set("replica_generation", str((row[0] or 0) + 1))
            self._connection.execute("DELETE FROM replica_progress")
            self._keep(place)

    def keep(self, place: Place) -> None:
        """The copy is up to date at this place."""
        with self._transaction():
            self._keep(place)

    def write(self, entity: str, page: Page, pause_s: float) -> Reached:
        """Write a page, resting between its parts; gives how far the copy is now. A page must not be empty."""
        reached = Reached()
        for start in range(0, len(page.rows), ROWS_AT_ONCE):
            rows = page.rows[start : start + ROWS_AT_ONCE]
            reached = Reached(rows[-1].changed_no, str(rows[-1].values[0]))
            with self._transaction():
                self._write_part(entity, rows, reached)
                self._keep(page.head.place)
            self._replica.forget()
            self._rest(len(rows), pause_s)
        return reached

    def add(self, rows: Mapping[str, Sequence[Row]]) -> None:
        """Write rows out of turn: they come again with their page."""
        with self._transaction():
            for entity, some in rows.items():
                self._write_rows(entity, some)
        self._replica.forget()

    def finish(self, entity: str, pause_s: float) -> None:
        """A table was copied to its end: drop what an earlier copy had and this one did not bring."""
        query = "SELECT complete FROM replica_progress WHERE entity = ?"
        row = self._connection.execute(query, (entity,)).fetchone()
        if row is not None and row[0]:
            return
        for keys in self._left_over(entity):
            with self._transaction():
                drop_rows(self._connection, entity, keys)
            self._rest(len(keys), pause_s)
        with self._transaction():
            self._connection.execute(
                "INSERT INTO replica_progress VALUES (?, ?, '', 1) ON CONFLICT (entity) DO UPDATE SET complete = 1",
                (entity, BEFORE_ALL),
            )
        self._replica.forget()
        self._fold_in()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def _write_rows(self, entity: str, rows: Sequence[Row]) -> None:
        kept = ((row.changed_no, row.values) for row in rows if row.kept)
        write_rows(self._connection, entity, self._generation(), kept)
        drop_rows(self._connection, entity, (row.values[0] for row in rows if not row.kept))

    def _write_part(self, entity: str, rows: Sequence[Row], reached: Reached) -> None:
        self._write_rows(entity, rows)
        self._connection.execute(
            "INSERT INTO replica_progress VALUES (?, ?, ?, 0) ON CONFLICT (entity) DO UPDATE SET"
            " changed_no = excluded.changed_no, key = excluded.key",
            (entity, reached.changed_no, reached.key),
        )

    def _left_over(self, entity: str) -> Iterator[Sequence[str]]:
        key = REPLICATED[entity].columns[0]
        query = f"SELECT {key} FROM {entity} WHERE generation < ?"  # noqa: S608 - constants
        keys = [one for (one,) in self._connection.execute(query, (self._generation(),))]
        return (keys[start : start + ROWS_AT_ONCE] for start in range(0, len(keys), ROWS_AT_ONCE))

    def _generation(self) -> int:
        return int(self._setting("replica_generation") or 0)

    def _keep(self, place: Place) -> None:
        found: Mapping[str, str] = {
            "feed_epoch": place.epoch,
            "feed_no": str(place.number),
            "feed_token": place.token,
        }
        for key, value in found.items():
            self._set(key, value)

    def _setting(self, key: str) -> str:
        row = self._connection.execute("SELECT value FROM setting WHERE key = ?", (key,)).fetchone()
        return str(row[0]) if row else ""

    def _set(self, key: str, value: str) -> None:
        self._connection.execute("INSERT OR REPLACE INTO setting VALUES (?, ?)", (key, value))

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """Within the file's own turn-taking: a scan that waits for it comes next, without SQLite's longer naps.

        Raises NotWritten, and the station stops as it does when a scan finds no room.
        """
        with self._file.turn(), self._file.telling_trouble(), self._all_or_nothing():
            yield

    @contextmanager
    def _all_or_nothing(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
            self._connection.execute("COMMIT")
        except BaseException:
            self._roll_back()
            raise

    def _roll_back(self) -> None:
        """SQLite has done so by itself after some errors."""
        if self._connection.in_transaction:
            self._connection.execute("ROLLBACK")

    def _rest(self, rows: int, pause_s: float) -> None:
        self._since_checkpoint += rows
        if self._since_checkpoint >= CHECKPOINT_EVERY:
            self._fold_in()
        if pause_s:
            time.sleep(pause_s)

    def _fold_in(self) -> None:
        self._connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        self._since_checkpoint = 0
