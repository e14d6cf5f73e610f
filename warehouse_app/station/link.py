"""The station's way to the shared database: posting, claims, amendments, reference data."""

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict
from datetime import timedelta
from threading import Lock

from sqlalchemy import select

from warehouse_app.books.bookkeeping import book_everything
from warehouse_app.books.streams import are_booked, posted_marks
from warehouse_app.domain.errors import NotFound, WarehouseError
from warehouse_app.domain.packets import Packet, PickPacket
from warehouse_app.domain.scan import ScanKind
from warehouse_app.domain.session import Expected, Need
from warehouse_app.language import mark
from warehouse_app.operations import counting, packing, picking, putaway, receiving, shipping
from warehouse_app.operations.claiming import Amendment, ClaimedAhead, Holder, amendments_above
from warehouse_app.operations.claiming_ahead import ask_back
from warehouse_app.operations.reference import reference_identity
from warehouse_app.station.disk import NotWritten
from warehouse_app.station.feed import FeedReader, Progress
from warehouse_app.station.file import StationFile
from warehouse_app.station.intake import ClonedStation, DatabaseReplaced
from warehouse_app.station.kept_head import keep_head
from warehouse_app.station.posting import Posted, Poster
from warehouse_app.station.replica import Replica
from warehouse_app.station.suggesting import with_suggestions
from warehouse_app.station.waiting import waiting_in
from warehouse_app.store import tables
from warehouse_app.store.clock import ServerClock, measure_clock
from warehouse_app.store.database import Database, Transaction

Claim = Callable[[Transaction, Holder, Need], Packet]
Waiting = Callable[[Transaction, Holder], Sequence[Expected]]

CLAIMS: Mapping[str, tuple[Claim, Waiting]] = {
    "receive": (receiving.claim_purchase_order, receiving.waiting_purchase_orders),
    "putaway": (putaway.claim_putaway, putaway.waiting_putaways),
    "pick": (picking.claim_pick_list, picking.waiting_pick_lists),
    "pack": (packing.claim_order, packing.waiting_orders),
    "ship": (shipping.claim_manifest, shipping.waiting_cartons),
    "count": (counting.claim_count_sheet, counting.waiting_counts),
}

BOOKKEEPER_ALIVE = timedelta(seconds=5)
SETTLE_TIMEOUT_S = 10.0
LOOK_AT_BOOKS_S = 0.004
"""Between two looks whether the bookkeeper is through; a person waits meanwhile."""
CLOCK_OFFSET_SETTING, WORTH_KEEPING_S = "clock_offset_s", 0.1
PAGES_AT_CONNECTING = 10
"""Full pages of reference rows that are waited for in any case: they come within half a second."""

GIVE_BACK_PATIENCE_S, ASK_AGAIN_S = 6.0, 0.3
"""How long and how often a station is asked for work that it claimed ahead; one that is connected answers sooner."""


class OtherDatabase(WarehouseError):
    """The station holds facts for another database than the one it is connected to."""

    message = mark(
        "This station still holds {count} scans for another database. Connect it to that one first, or choose"
        " another --home."
    )


class Link:
    """One station's connection to one shared database."""

    def __init__(self, file: StationFile, database: Database, replica: Replica) -> None:
        self._file = file
        self._database = database
        self._replica = replica
        self._poster = Poster(file, database)
        self.feed = FeedReader(file, database, replica)
        self._posting = Lock()
        self._known = False
        if isinstance(database.clock, ServerClock):
            database.clock.assume(float(file.setting(CLOCK_OFFSET_SETTING) or 0))
        self.pause: Callable[[float], None] = time.sleep
        self.seconds: Callable[[], float] = time.monotonic
        """Where time is simulated nobody waits, and another clock says how long it took."""
        self.cloned: ClonedStation | None = None
        """Set when the station's file was found to be a copy and was begun afresh; a person must be told loudly."""

    @property
    def connected(self) -> bool:
        """Whether the database was found to be this station's; nothing may be posted before."""
        return self._known

    def connect(self, *, may_begin_again: bool = True, in_full: bool = True, progress: Progress | None = None) -> None:
        """Make sure that this is the station's database, and bring the reference data up to date.

        Where a feed is followed, the first copy of very many products need not be `in_full`: it is begun here, and
        goes on beside the scanning.

        A station that was used with another database begins afresh, unless it holds scans that were never posted
        there: then OtherDatabase is raised. One whose file is a copy of another's begins afresh as well, and takes
        along what only it knows; `cloned` then says so. A bench that is at work must not be begun again beneath its
        hands: its caller leaves `may_begin_again` out, and the error is raised in either case.
        """
        identity = self._database.read(reference_identity)
        mine = self._file.setting("database")
        if mine and mine != identity:
            waiting = waiting_in(self._file.home)
            if waiting or not may_begin_again:
                raise OtherDatabase(count=waiting)
            self._begin_again()
        elif self._is_cloned():
            if not may_begin_again:
                raise ClonedStation(station=self._file.station)
            self._begin_again(self._poster.never_posted())
            self.cloned = ClonedStation(station=self._file.station)
            mine = ""
        if mine != identity:
            with self._file.transaction():
                self._file.set("database", identity)
        with suppress(NotWritten):  # A full disk keeps what it has; posting must go on.
            self._measure_clock()
            self.feed.look()
            while not self.feed.copy_reference(progress, pages=0 if in_full else PAGES_AT_CONNECTING) and in_full:
                self.feed.look()
            keep_head(self._file, self._database)
        self._known = True

    def _measure_clock(self) -> None:
        """What happens at this station is told by the server's clock, after a start without the server too."""
        offset_s = measure_clock(self._database)
        kept_s = float(self._file.setting(CLOCK_OFFSET_SETTING) or 0)
        if offset_s is not None and abs(offset_s - kept_s) > WORTH_KEEPING_S:
            with self._file.transaction():
                self._file.set(CLOCK_OFFSET_SETTING, f"{offset_s:.3f}")

    def _is_cloned(self) -> bool:
        with self._posting:
            return self._poster.is_cloned()

    def _begin_again(self, facts: Sequence[tuple[object, ...]] = ()) -> None:
        self._poster.close()
        self.feed.close()
        self._file.begin_again(facts)
        self._replica.empty()
        self._poster = Poster(self._file, self._database)
        self.feed = FeedReader(self._file, self._database, self._replica)

    @property
    def database(self) -> Database:
        """The shared database."""
        return self._database

    def post(self, goes_on: Callable[[], bool] = lambda: True) -> Posted:
        """Post everything that waits, for as long as that `goes_on`. Raises StoreUnavailable."""
        with self._posting:
            try:
                return self._poster.post(goes_on)
            except DatabaseReplaced:
                self._known = False
                raise

    @property
    def posted_to(self) -> int:
        """The last sequence of the journal that the shared database is known to have; safe from any thread."""
        return self._poster.posted_to

    def waiting_facts(self) -> int:
        """Facts that the shared database is not known to have."""
        return self._poster.waiting()

    def reconnect(self) -> None:
        """The connection was lost: ask the database again how far it has this station's facts."""
        self._poster.reconnect()

    def look_again(self) -> None:
        """Keep the ledger's head and the time, and ask afresh how far the database has our facts.

        Raises StoreUnavailable.

        A database that was restored from a backup while we were connected has forgotten some, without a lost connection
        to tell us.
        """
        with suppress(NotWritten):
            self._measure_clock()
            keep_head(self._file, self._database)
        with self._posting:
            self._poster.look()

    def works_in_hand(self) -> dict[str, int]:
        """Work that this station holds, with the number of the last change it took; safe from any thread."""
        return self._poster.works_in_hand()

    def works_after(self, sequence: int) -> set[str]:
        """Work of which this station has journalled something after that; safe from any thread."""
        return self._poster.works_after(sequence)

    def settle(self) -> None:
        """Post everything and see it into the books: by the bookkeeper when one is alive, else by ourselves.

        Whatever all stations have posted until now is waited for, but not what comes meanwhile: something always does.
        """
        self.post()
        marks = self._database.read(posted_marks)
        deadline = self.seconds() + SETTLE_TIMEOUT_S
        while marks and not self._database.read(are_booked, marks):
            if not self._database.read(_bookkeeper_is_alive) or self.seconds() > deadline:
                book_everything(self._database)
                return
            self.pause(LOOK_AT_BOOKS_S)

    def fetch(self, task: str, holder: Holder, need: Need) -> Packet:
        """Claim the work that a scan names. Raises a WarehouseError that says why it cannot be had."""
        if not self._known:
            self.connect(may_begin_again=False, in_full=False)
        self.settle()
        claim, _ = CLAIMS[task]
        if task == "pack" and need.kind not in (ScanKind.TOTE, ScanKind.ORDER):
            raise NotFound(thing="order", name=need.code)
        return self.suggest(self._claim(claim, holder, need))

    def suggest(self, packet: Packet) -> Packet:
        """The packet with the cartons that are suggested for it, once its products are known here."""
        self.feed.copy_products(self._replica.unknown(skus_in(asdict(packet))))
        return with_suggestions(packet, self._replica.catalogue)

    def _claim(self, claim: Claim, holder: Holder, need: Need) -> Packet:
        """Claim, after asking a station that only claimed the work ahead to give it back. Raises ClaimedAhead."""
        deadline = self.seconds() + GIVE_BACK_PATIENCE_S
        while True:
            try:
                return self._database.write(claim, holder, need)
            except ClaimedAhead as error:
                if self.seconds() > deadline:
                    raise
                self._database.write(ask_back, error.whole_name, holder.station)
            self.pause(ASK_AGAIN_S)

    def more_totes(self, packet: PickPacket) -> PickPacket:
        """A pick list's packet with totes that are empty now. Raises StoreUnavailable."""
        self.settle()
        return self._database.write(picking.offer_totes, packet)

    def waiting_work(self, task: str, holder: Holder) -> tuple[Expected, ...]:
        """The codes that would begin work of this task now. Raises StoreUnavailable."""
        self.settle()
        _, waiting = CLAIMS[task]
        return tuple(self._database.read(waiting, holder))

    def amendments(self, works: Mapping[str, int]) -> Sequence[Amendment]:
        """Changes to these works that came after the numbers given."""
        return self._database.read(amendments_above, works.items()) if works else ()

    def close(self) -> None:
        """Close what the link opened."""
        self._poster.close()
        self.feed.close()
        self._replica.close()


def skus_in(content: object) -> set[str]:
    """The products that a packet is about, wherever in it they are named."""
    if isinstance(content, Mapping):
        here = {str(content["sku"])} if content.get("sku") else set()
        return here.union(*(skus_in(part) for part in content.values()))
    if isinstance(content, list | tuple):
        return set[str]().union(*(skus_in(part) for part in content))
    return set()


def _bookkeeper_is_alive(tx: Transaction) -> bool:
    lease = tables.service_lease
    seen = tx.value(select(lease.c.seen_at).where(tx.mine(lease), lease.c.service == "bookkeeper"))
    return seen is not None and tx.now - seen < BOOKKEEPER_ALIVE
