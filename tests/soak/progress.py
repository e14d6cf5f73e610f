"""Tells once a minute how far a long run has come, by what stands in its database."""

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from threading import Event, Thread

from sqlalchemy import func, select

from warehouse_app.domain.errors import StoreUnavailable
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction
from warehouse_app.store.engine import open_database

TELL_EVERY_S = 60.0


@contextmanager
def told_every_minute(url: str) -> Iterator[None]:
    """While the block runs, a line a minute says how many facts and orders there are."""
    stop = Event()
    teller = Thread(target=_tell, args=(url, stop))
    teller.start()
    try:
        yield
    finally:
        stop.set()
        teller.join()


def _tell(url: str, stop: Event) -> None:
    database, started = Database(open_database(url)), time.monotonic()
    while not stop.wait(TELL_EVERY_S):
        # What is told is no reason to end a run.
        with suppress(StoreUnavailable):
            facts, orders = database.read(_so_far)
            sys.stdout.write(f"{time.monotonic() - started:,.0f} s: {facts:,} facts, {orders:,} orders\n")
            sys.stdout.flush()
    database.close()


def _so_far(tx: Transaction) -> list[int]:
    counted = (tables.fact, tables.fulfilment_order)
    return [int(tx.value(select(func.count()).select_from(table).where(tx.mine(table)))) for table in counted]
