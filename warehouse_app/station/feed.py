"""Reads the feed for one station: what changed, whether it is still the same history, and the reference data."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import RLock

from warehouse_app.operations.reference import REPLICATED, count_changed, read_page, read_products
from warehouse_app.station.file import StationFile
from warehouse_app.station.replica import Replica
from warehouse_app.station.replica_writer import ReplicaWriter
from warehouse_app.store.database import Database
from warehouse_app.store.feed import MANY, TOO_MANY, FeedRow, Place, read_news

PAGE_ROWS = 500
"""Reference rows that one query gives."""

KEEP_PLACE_S = 60.0
"""So often a station notes how far it is while only other things than reference data change."""

Progress = Callable[[int, int], None]
"""Told how many reference rows have come, and of how many."""


@dataclass(frozen=True, slots=True)
class News:
    """What changed since the last look: keys by entity. With `anew`, anything may have changed."""

    keys: Mapping[str, frozenset[str]] = field(default_factory=dict)
    anew: bool = False

    def __bool__(self) -> bool:
        return self.anew or bool(self.keys)

    def tells_of(self, entity: str, names: Mapping[str, object]) -> bool:
        """Whether one of these things may have changed."""
        keys = self.keys.get(entity, frozenset())
        return self.anew or MANY in keys or any(name in keys for name in names)


@dataclass(frozen=True, slots=True)
class ReferenceState:
    """How many reference rows have come of those that were to come when the copying began; both 0 when it is done."""

    done: int = 0
    total: int = 0


class FeedReader:
    """One station's place in the feed. May be used from any thread; one at a time."""

    def __init__(self, file: StationFile, database: Database, replica: Replica) -> None:
        self._database = database
        self._writer = ReplicaWriter(file, replica)
        self._turn = RLock()
        self._place = self._writer.place()
        self._kept_at = time.monotonic()
        self._read_to = 0
        self._anew = True
        self._unread = News()
        self._pending = set(REPLICATED)
        self.state = ReferenceState()

    @property
    def complete(self) -> bool:
        """Whether the station has had all reference data of this database at least once."""
        with self._turn:
            return not self._pending and self._writer.complete()

    def look(self) -> None:
        """Find out what changed: one query while nothing did. Raises StoreUnavailable.

        A database that was restored, or that has forgotten how far we were, is copied anew from here on.
        """
        with self._turn:
            head, rows = self._database.read(read_news, self._place, self._read_to, anew=self._anew)
            if not head.identity:
                return
            if not (head.continues and self._writer.begun()):
                self._begin(head.place)
            if self._anew or head.place.number > self._read_to + TOO_MANY:
                self._anew = False
                self._pending = set(REPLICATED)
                self._unread = News(anew=True)
            else:
                self._note(rows)
            self._read_to = head.place.number
            self._follow(head.place)

    def news(self) -> News:
        """What the looks since the last call have found."""
        with self._turn:
            found, self._unread = self._unread, News()
            return found

    def copy_reference(self, progress: Progress | None = None, *, pages: int = 0, pause_s: float = 0.0) -> bool:
        """Bring the copy of the reference data up to date; tells whether it is. Raises StoreUnavailable.

        What has come stays when the connection is lost, and the next call goes on from there. `pages` ends it after so
        many queries; a pause after every hundred rows leaves the interpreter and the file to whoever scans.
        """
        with self._turn:
            if not self._pending:
                return True
            if not self.state.total:
                reached = {entity: far for entity, far in self._writer.reached().items() if entity in self._pending}
                self.state = ReferenceState(0, self._database.read(count_changed, reached))
                if not self.state.total and self._writer.complete():
                    # Nothing changed since we were here last. Should it be another database by now, the next look sees.
                    self._pending.clear()
                    return True
            asked = 0
            for entity in [name for name in REPLICATED if name in self._pending]:
                while self._copy_page(entity, progress, pause_s):
                    asked += 1
                    if asked == pages:
                        return False
                if self._anew:
                    return False
            self.state = ReferenceState()
            return True

    def copy_products(self, skus: Sequence[str]) -> None:
        """Copy these products out of turn: work with them is at hand. Raises StoreUnavailable."""
        if skus:
            with self._turn:
                self._writer.add(self._database.read(read_products, skus))

    def close(self) -> None:
        """Close what the reader opened."""
        with self._turn:
            self._writer.close()

    def _copy_page(self, entity: str, progress: Progress | None, pause_s: float) -> bool:
        """Copy the next page of a table; False when there is none, or when the database is another all of a sudden."""
        reached = self._writer.reached()[entity]
        page = self._database.read(read_page, entity, reached, self._place, PAGE_ROWS)
        if not page.head.continues:
            self._anew = True
            return False
        if page.rows:
            self._writer.write(entity, page, pause_s)
            self._place = page.head.place
            self._tell(len(page.rows), progress)
        if len(page.rows) < PAGE_ROWS:
            self._writer.finish(entity, pause_s)
            self._pending.discard(entity)
        return len(page.rows) == PAGE_ROWS

    def _tell(self, rows: int, progress: Progress | None) -> None:
        done = self.state.done + rows
        self.state = ReferenceState(done, max(done, self.state.total))
        if progress is not None:
            progress(self.state.done, self.state.total)

    def _begin(self, place: Place) -> None:
        self._writer.begin(place)
        self._place, self._anew, self.state = place, True, ReferenceState()

    def _follow(self, place: Place) -> None:
        """Keep the newest place, so that it is not one that the feed has forgotten when we come back."""
        if place.number != self._place.number and time.monotonic() >= self._kept_at + KEEP_PLACE_S:
            self._writer.keep(place)
            self._kept_at = time.monotonic()
        self._place = place

    def _note(self, rows: Sequence[FeedRow]) -> None:
        keys = {entity: set(names) for entity, names in self._unread.keys.items()}
        for row in rows:
            keys.setdefault(row.entity, set()).add(row.key)
            if row.entity in REPLICATED:
                self._pending.add(row.entity)
            if row.entity == "product":
                # An import of products brings their codes along.
                self._pending.add("barcode")
        self._unread = News({entity: frozenset(names) for entity, names in keys.items()}, self._unread.anew)
