"""The errands service: does what is asked of the outside, again and again, until it is told to stop."""

import logging
import os
import socket
from collections.abc import Mapping
from threading import Event

from warehouse_app.carriers.adapter import TrackingAdapter
from warehouse_app.domain.errors import StoreUnavailable
from warehouse_app.errands.tracking import Fetched, fetch_tracking
from warehouse_app.store.database import Database
from warehouse_app.store.lease import give_lease_back, take_lease

SERVICE = "errands"
PAUSE_S = 15.0
"""Between rounds; well below the time after which a lease counts as abandoned."""

log = logging.getLogger(__name__)


def run_errands(
    database: Database,
    adapters: Mapping[str, TrackingAdapter],
    *,
    once: bool = False,
    stop: Event | None = None,
    pause_s: float = PAUSE_S,
) -> Fetched:
    """Run the service until `stop` is set, or for one round; give what the last round did.

    Raises ServiceRunsElsewhere when another process has the lease. A database that does not answer is waited for,
    except with `once`, where StoreUnavailable is raised.
    """
    stop = stop or Event()
    holder = f"{socket.gethostname()}:{os.getpid()}"
    done = Fetched()
    while not stop.is_set():
        try:
            database.write(take_lease, SERVICE, holder)
            done = fetch_tracking(database, adapters)
        except StoreUnavailable as error:
            if once:
                raise
            log.warning("errands wait: %s", error)
        if once:
            break
        stop.wait(pause_s)
    _end(database, holder)
    return done


def _end(database: Database, holder: str) -> None:
    """Without an answer the lease ends by itself."""
    try:
        database.write(give_lease_back, SERVICE, holder)
    except StoreUnavailable as error:
        log.warning("the lease could not be given back: %s", error)
