"""Keeping the database and its books: migrations, proofs, and the bookkeeper's loop."""

import logging
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.exc import DBAPIError

from warehouse_app.books.bookkeeping import Applied, book_everything, book_facts, reapply_parked, unapplied_count
from warehouse_app.books.sealing import seal_full_pages, seal_now
from warehouse_app.books.snapshots import snapshot_pieces, take_due_snapshots
from warehouse_app.books.streams import StoppedStream, books_lag, stopped_streams
from warehouse_app.books.verify import Proof, Verified
from warehouse_app.domain.errors import StoreUnavailable, WarehouseError
from warehouse_app.operations.campaigns import keep_campaigns
from warehouse_app.operations.holds import carry_out_holds
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction
from warehouse_app.store.feed import prune_feed
from warehouse_app.store.lease import GONE_AFTER_S, RENEW_S, Lease
from warehouse_app.store.migrate import HEAD, check_revision, revision, upgrade

__all__ = ["StoppedStream", "books_lag", "stopped_streams"]
"""What the books say of themselves, for whoever may ask operations only."""

PAUSE_S = 0.005
"""Between two batches, so that decisions get their turn on the one writer's lock."""

PROOF_PAUSE_S = 0.01

IDLE_S = 0.05
"""The longest wait for new facts; right after some came, more are soon looked for."""
IDLE_GROWTH = 1.1
STAND_BY_S = 0.2
AWAY_S = 1.0
SEAL_REST_S = 600.0
"""An open page is sealed after so long at the latest; oftener would only make many short pages."""
PRUNE_S = 60.0
"""So often the feed is looked through for rows that are old enough to be forgotten."""


log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Revision:
    """Where the database stands against this release."""

    revision: str
    head: str
    engine: str
    ok: bool


def upgrade_database(database: Database) -> Revision:
    """Bring the database to this release's tables."""
    upgrade(database.engine)
    return database_revision(database)


def database_revision(database: Database) -> Revision:
    """Where the database stands."""
    found = revision(database.engine)
    return Revision(found, HEAD, database.engine.dialect.name, found == HEAD)


def require_ready(database: Database) -> None:
    """Raise DatabaseNotReady unless the tables are those of this release."""
    check_revision(database.engine)


def drain(database: Database) -> None:
    """Do the bookkeeper's work when nobody else does: apply posted facts, and seal what came into the ledger.

    Campaigns are started and ended in any case, so that whoever looks now sees them right to the minute, and holds are
    carried out that somebody has begun.
    """
    if not database.read(service_is_alive, "bookkeeper"):
        book_once(database)
    keep_campaigns(database)
    carry_out_holds(database)


def verify_books(database: Database, printed_head: str = "") -> Verified:
    """Prove the books; with a head that was printed earlier, also that it is still part of the seal chain.

    The ledger is read in short transactions, so that others go on working and SQLite's log does not grow meanwhile.
    """
    proof = Proof(printed_head)
    while database.read(proof.step):
        # With nobody reading for an instant, whoever writes can take SQLite's log into the database and begin it anew.
        time.sleep(PROOF_PAUSE_S)
    return database.read(proof.finish)


def seal_books(database: Database) -> str:
    """Seal what is in the ledger now, and give the chain's head: what a paper prints to be proved by later."""
    return seal_now(database)


def book_once(database: Database) -> Applied:
    """Work off every posted fact, seal the ledger, take the snapshots that are due and end."""
    done = book_everything(database)
    seal_now(database)
    take_due_snapshots(database)
    while database.write(prune_feed):
        pass
    return done


def book_posted(database: Database) -> Applied:
    """Apply the facts that are posted now, and nothing else: what the bookkeeper does between two looks."""
    return book_facts(database)


def book_parked_again(database: Database) -> Applied:
    """Try parked facts again."""
    return reapply_parked(database)


def service_is_alive(tx: Transaction, service: str) -> bool:
    """Whether somebody has held this service's lease within the last seconds."""
    lease = tables.service_lease
    seen = tx.value(select(lease.c.seen_at).where(tx.mine(lease), lease.c.service == service))
    return seen is not None and (tx.now - seen).total_seconds() < GONE_AFTER_S


def run_bookkeeper(database: Database, stop: Callable[[], bool]) -> Applied:
    """Apply facts as they are posted, until told to stop; seal and take snapshots when there are none.

    While another bookkeeper is alive this one stands by; it goes on within ten seconds after that one died or froze.
    A database that is away is tried again.
    """
    lease = Lease(database, "bookkeeper")
    rounds = _Rounds(database)
    while not stop():
        try:
            if lease.is_ours():
                time.sleep(rounds.work())
            else:
                time.sleep(STAND_BY_S)
        except (WarehouseError, DBAPIError) as error:
            # Away, or being restored just now: whatever it is, there is nobody else to go on when it is over.
            log.warning("the bookkeeper waits: %s", error)
            time.sleep(AWAY_S)
    _end(database, lease)
    return Applied(rounds.applied, rounds.parked)


def _end(database: Database, lease: Lease) -> None:
    try:
        if lease.is_ours():
            seal_now(database)
        lease.give_back()
    except StoreUnavailable as error:
        log.warning("the bookkeeper ended without sealing: %s", error)


class _Rounds:
    """The bookkeeper's work, batch by batch; `applied` and `parked` count the facts."""

    def __init__(self, database: Database) -> None:
        self.applied = self.parked = 0
        self._database = database
        self._sealing = _IdleWork(database)
        self._campaigns_at = 0.0
        self._wait_s = PAUSE_S

    def work(self) -> float:
        """Do the next batch, or what is due when there is none; gives how long to wait before the next one."""
        if time.monotonic() >= self._campaigns_at:
            keep_campaigns(self._database)
            carry_out_holds(self._database)
            self._campaigns_at = time.monotonic() + RENEW_S
        done, more = book_facts(self._database), False
        if not done.applied and not done.parked:
            more = self._sealing.do_when_due()
        self.applied, self.parked = self.applied + done.applied, self.parked + done.parked
        busy = done.applied or done.parked or more
        self._wait_s = PAUSE_S if busy else min(IDLE_S, self._wait_s * IDLE_GROWTH)
        return self._wait_s


class _IdleWork:
    """When an idle bookkeeper seals, takes snapshots and forgets old news: full pages soon, the rest now and then."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._look_at = 0.0
        self._rest_at = time.monotonic() + SEAL_REST_S
        self._prune_at = 0.0
        self._snapshots: Iterator[bool] = iter(())

    def do_when_due(self) -> bool:
        """Do a piece of what is due; tells whether there is more of it at once."""
        if next(self._snapshots, None) is not None:
            return True
        now = time.monotonic()
        if now >= self._rest_at:
            seal_now(self._database)
            self._rest_at = now + SEAL_REST_S
        elif now >= self._prune_at:
            if self._database.write(prune_feed):
                return True
            self._prune_at = now + PRUNE_S
        elif now >= self._look_at:
            seal_full_pages(self._database)
            self._snapshots = snapshot_pieces(self._database)
            self._look_at = now + RENEW_S
        return False


def waiting_for_books(database: Database) -> int:
    """How many posted facts the books do not have yet."""
    return database.read(unapplied_count)
