"""Posts facts and follows the feed beside the scanning, so that none waits for the others."""

import threading
import time
from dataclasses import dataclass, replace
from datetime import datetime
from types import TracebackType
from typing import Self

from sqlalchemy.exc import DBAPIError

from warehouse_app.domain.errors import StoreUnavailable, WarehouseError
from warehouse_app.station.ahead import WorkAhead
from warehouse_app.station.backing_off import BackOff
from warehouse_app.station.bench import Bench
from warehouse_app.station.following import FeedFollower
from warehouse_app.station.link import Link
from warehouse_app.store.trouble import reason_of

INTERVAL_S = 0.3
LONGEST_WAIT_S = 5.0
LOOK_AGAIN_S = 60.0


@dataclass(frozen=True, slots=True)
class SyncState:
    """What the status bar says: live, or offline since a moment; and how many facts wait to be posted."""

    live: bool
    waiting: int
    since: datetime
    problem: WarehouseError | None = None


class StationSync:
    """A thread that keeps the station and the shared database together; a context manager."""

    def __init__(self, bench: Bench, link: Link, ahead: WorkAhead | None = None) -> None:
        self._bench = bench
        self._link = link
        self.ahead = ahead or WorkAhead(bench, link)
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="station-sync", daemon=True)
        self._said = SyncState(live=link.connected, waiting=0, since=bench.now())
        self._doubts = threading.Event()
        self.follower = FeedFollower(bench, link, self._doubt)

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def state(self) -> SyncState:
        """As it is this instant, for whoever asks from any thread: the number falls while a backlog is posted."""
        return replace(self._said, waiting=max(0, self._bench.journal.last_sequence - self._link.posted_to))

    @property
    def running(self) -> bool:
        """Whether the thread was started and has not been stopped."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin; once only. A link that is not connected yet is connected first."""
        self._thread.start()
        self.follower.start()

    def wake(self) -> None:
        """There is something to post."""
        self._wake.set()

    def stop(self) -> None:
        """End the thread; what is not posted yet stays in the journal."""
        self._stop.set()
        self._wake.set()
        # Both may wait for the same frozen server; nobody waits for one after the other.
        self.follower.end_soon()
        self._thread.join()
        self.follower.stop()

    def _run(self) -> None:
        wait_s, back_off = INTERVAL_S, BackOff(INTERVAL_S, LONGEST_WAIT_S)
        look_again_at = time.monotonic() + LOOK_AGAIN_S
        while not self._stop.is_set():
            began_at = self._bench.now()
            try:
                if not self._link.connected:
                    self._link.connect(may_begin_again=False, in_full=False)
                if time.monotonic() >= look_again_at or not self._said.live or self._doubts.is_set():
                    self._doubts.clear()
                    self._link.look_again()
                    # It answers: from here on it is only a matter of catching up.
                    self._say(live=True, since=began_at)
                    look_again_at = time.monotonic() + LOOK_AGAIN_S
                self._link.post(lambda: not self._stop.is_set())
                self.ahead.keep_when_due()
                self._say(live=True, since=began_at)
                wait_s = INTERVAL_S
                back_off.answered()
            except (WarehouseError, DBAPIError) as caught:
                # Whatever a database says while it is restored or repaired, there is nobody else to go on afterwards.
                error = caught if isinstance(caught, WarehouseError) else StoreUnavailable(reason=reason_of(caught))
                self._say(live=False, since=began_at, problem=error)
                wait_s = back_off.next_wait_s()
                if isinstance(error, StoreUnavailable):
                    self._link.reconnect()
            # A scan has something to post at once, but does not bring a database back.
            (self._wake if self._said.live else self._stop).wait(wait_s)
            self._wake.clear()

    def _doubt(self) -> None:
        """The feed was not answered: find out whether the database is away, though there is nothing to post."""
        self._doubts.set()
        self._wake.set()

    def _say(self, *, live: bool, since: datetime, problem: WarehouseError | None = None) -> None:
        """`since` is when the look began that found this; what was so before keeps its time."""
        self._said = SyncState(live, 0, self._said.since if live == self._said.live else since, problem)
