"""Posts facts and fetches changes beside the scanning, so that neither waits for the other."""

import random
import threading
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from types import TracebackType
from typing import Self

from warehouse_app.domain.errors import StoreUnavailable, WarehouseError
from warehouse_app.station.bench import Bench
from warehouse_app.station.link import Link

INTERVAL_S = 0.3
LONGEST_WAIT_S = 15.0
LOOK_AGAIN_S = 60.0


@dataclass(frozen=True, slots=True)
class SyncState:
    """What the status bar says: live, or offline since a moment with so many facts waiting."""

    live: bool
    waiting: int
    since: datetime
    problem: WarehouseError | None = None


class StationSync:
    """A thread that keeps the station and the shared database together; a context manager."""

    def __init__(self, bench: Bench, link: Link) -> None:
        self._bench = bench
        self._link = link
        self._stop = threading.Event()
        self._wake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="station-sync", daemon=True)
        self.state = SyncState(live=True, waiting=0, since=datetime.now(UTC))

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()

    @property
    def running(self) -> bool:
        """Whether the thread was started and has not been stopped."""
        return self._thread.is_alive()

    def start(self) -> None:
        """Begin; once only. A link that is not connected yet is connected first."""
        self._thread.start()

    def wake(self) -> None:
        """There is something to post."""
        self._wake.set()

    def stop(self) -> None:
        """End the thread; what is not posted yet stays in the journal."""
        self._stop.set()
        self._wake.set()
        self._thread.join()

    def _run(self) -> None:
        wait_s = INTERVAL_S
        look_again_at = time.monotonic() + LOOK_AGAIN_S
        while not self._stop.is_set():
            try:
                if not self._link.connected:
                    self._link.connect(may_begin_again=False)
                if time.monotonic() >= look_again_at:
                    self._link.look_again()
                    look_again_at = time.monotonic() + LOOK_AGAIN_S
                posted = self._link.post()
                self._bench.amended(tuple(self._link.amendments(self._link.works_in_hand())))
                self._say(live=True, waiting=posted.waiting)
                wait_s = INTERVAL_S
            except WarehouseError as error:
                self._say(live=False, waiting=self._link.waiting_facts(), problem=error)
                # Stations that lost the same server must not all come back in the same instant.
                wait_s = min(LONGEST_WAIT_S, wait_s * 2) * random.uniform(0.7, 1.3)  # noqa: S311 - jitter, no secret
                if isinstance(error, StoreUnavailable):
                    self._link.reconnect()
            self._wake.wait(wait_s)
            self._wake.clear()

    def _say(self, *, live: bool, waiting: int, problem: WarehouseError | None = None) -> None:
        since = self.state.since if live == self.state.live else datetime.now(UTC)
        self.state = SyncState(live, waiting, since, problem)
