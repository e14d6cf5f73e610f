"""Follows the feed beside the scanning: amendments for the bench, reference data, and what screens show anew."""

import random
import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping

from warehouse_app.domain.errors import WarehouseError
from warehouse_app.station.bench import Bench
from warehouse_app.station.feed import News
from warehouse_app.station.link import Link
from warehouse_app.store.feed import MANY
from warehouse_app.store.listening import Listener

POLL_S = 2.0
"""The floor: so often a server is asked when nothing wakes us."""

POLL_FILE_S = 0.5
"""A file of this machine sends no news, but it is asked in no time."""

LEAST_S = 1.0
"""Between two looks at a server however often it wakes us: two hundred stations hear of every decision."""

PAGES_AT_ONCE = 2
PAUSE_S = 0.006
"""After every hundred reference rows; whoever scans has the interpreter and the disk meanwhile."""


class FeedFollower:
    """A thread that looks at the feed when it is woken, or after a while; it begins once the link is connected.

    `doubt` is called when the database did not answer: the posting beside it finds out and says so.
    """

    def __init__(self, bench: Bench, link: Link, doubt: Callable[[], None]) -> None:
        self._bench = bench
        self._link = link
        self._doubt = doubt
        self._listener: Listener | None = None
        self._embedded = link.database.engine.dialect.name == "sqlite"
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="station-feed", daemon=True)
        self._works: Mapping[str, int] | None = None
        self._changes: Counter[str] = Counter()

    @property
    def changes(self) -> Mapping[str, int]:
        """How often things of each entity were heard to have changed; `*` counts when anything may have."""
        return dict(self._changes)

    def start(self) -> None:
        """Begin; once only."""
        self._listener = Listener(self._link.database)
        self._thread.start()

    def end_soon(self) -> None:
        """Let the thread end after what it does just now."""
        self._stop.set()
        if self._listener is not None:
            self._listener.interrupt()

    def stop(self) -> None:
        """End the thread, if it was started."""
        self.end_soon()
        if self._listener is not None:
            self._thread.join()
            self._listener.close()

    def _run(self) -> None:
        while not self._stop.is_set():
            looked_at = time.monotonic()
            more = False
            if self._link.connected:
                try:
                    more = self._step()
                except WarehouseError:
                    self._works = None
                    self._doubt()
            if more:
                # Whoever claims work meanwhile gets its turn for the products of that.
                self._stop.wait(PAUSE_S)
            else:
                self._wait(looked_at)

    def _step(self) -> bool:
        """Look once; tells whether there is more reference data to be copied at once."""
        feed = self._link.feed
        feed.look()
        news = feed.news()
        self._changes.update(news.keys.keys())
        if news.anew:
            self._changes[MANY] += 1
        self._hear_of_work(news)
        done = feed.copy_reference(pages=PAGES_AT_ONCE, pause_s=PAUSE_S)
        return not done

    def _hear_of_work(self, news: News) -> None:
        """Amendments are asked for when there may be some: work that came since the last look may have had its own."""
        works = self._link.works_in_hand()
        if self._works is None or works.keys() - self._works.keys() or news.tells_of("amendment", works):
            self._bench.amended(tuple(self._link.amendments(works)))
        self._works = works

    def _wait(self, looked_at: float) -> None:
        assert self._listener is not None
        poll_s = (POLL_FILE_S if self._embedded else POLL_S) * random.uniform(0.8, 1.2)  # noqa: S311 - jitter, no secret
        woken = self._listener.wait(poll_s)
        if woken and not self._stop.is_set():
            self._stop.wait(max(0.0, looked_at + LEAST_S - time.monotonic()))
