"""Importing customers' orders from a channel's export. What is being worked on is never overwritten."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from warehouse_app.domain.channel_order import ChannelOrder, OrderFile, OrderReader, OrdersRead
from warehouse_app.domain.errors import Interrupted, WarehouseError
from warehouse_app.domain.rejects import Reject
from warehouse_app.language import mark
from warehouse_app.operations.importing import Progress, Source, default_currency, opened, rewindable
from warehouse_app.operations.order_batches import Batch, Conflict, ReferenceCache, differing, store_batch
from warehouse_app.operations.pace import Pace
from warehouse_app.operations.reject_list import RejectList
from warehouse_app.store.database import Database

Readers = Mapping[str, OrderReader]

LOOK_AFTER_LINES, LOOK_AGAIN_AFTER_TIMES = 10_000, 10
"""After so many lines, and again after so many times more, a server is told to look at its tables: as long as it takes
them for empty, every look-up walks through all orders of the shop, and the import gets slower with each of them."""


class UnknownChannel(WarehouseError):
    """No reader for this channel's files has been built."""

    message: ClassVar[str] = mark("Files of the channel {channel} cannot be read. There are: {known}.")


class OrdersInterrupted(Interrupted):
    """A person ended the import between two orders."""

    message: ClassVar[str] = mark(
        "Stopped after {done} of {total} rows: {orders} whole orders are stored. Start the same import again to go on."
    )


class CountInterrupted(Interrupted):
    """A person ended the import while the rows of the first file were counted."""

    message: ClassVar[str] = mark("Stopped while the rows of the file were counted: nothing of it is stored yet.")


@dataclass(frozen=True, slots=True)
class OrderImport:
    """What came of the whole orders of an export: each was added, updated, unchanged or in conflict.

    `lines` are those of these orders. Orders that were left out are in the rejects only, with each of their rows;
    these come in the order of files and rows.
    """

    orders: int = 0
    lines: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    conflicts: tuple[Conflict, ...] = ()
    rejects: Sequence[Reject] = ()


def import_orders(
    database: Database,
    channel: str,
    shop: str,
    files: Sequence[Source],
    *,
    readers: Readers,
    progress: Progress | None = None,
) -> OrderImport:
    """Store the orders of a channel's files, which `readers` know how to read.

    Importing again changes nothing. An order that changed in the channel is updated as long as nobody works on it;
    with other lines it gives back what was reserved for it. Otherwise it is a conflict for a person.

    Raises UnknownChannel, BadFile, and CountInterrupted or OrdersInterrupted for Ctrl+C: what is stored are whole
    orders.
    """
    reader = readers.get(channel)
    if reader is None:
        raise UnknownChannel(channel=channel, known=", ".join(sorted(readers)))
    currency = default_currency(database)
    done = _Import(database, progress)
    try:
        for file in files:
            with opened(file) as (stream, name), rewindable(stream) as again:
                done.take(reader(OrderFile(again, name, shop, currency)))
    except KeyboardInterrupt as error:
        if not done.rows_known:
            raise CountInterrupted from error
        raise OrdersInterrupted(done=done.rows, total=done.rows_known, orders=done.counts.orders) from error
    return done.result()


@dataclass(slots=True)
class _Import:
    """An import while it runs: takes orders as they are read and stores them batch by batch."""

    database: Database
    progress: Progress | None
    counts: OrderImport = field(default_factory=OrderImport)
    conflicts: list[Conflict] = field(default_factory=list)
    rejects: RejectList = field(default_factory=RejectList)
    reference: ReferenceCache = field(default_factory=ReferenceCache)
    pace: Pace = field(default_factory=Pace)
    rows: int = 0
    rows_known: int = 0
    look_after: int = LOOK_AFTER_LINES

    def take(self, read: OrdersRead) -> None:
        """Store what a reader gives; at no time more than a batch of it is here."""
        self.rows_known += read.rows
        batch: list[ChannelOrder] = []
        rows = 0
        for found in read.found:
            count = 1 if isinstance(found, Reject) else len(found.lines)
            if rows and rows + count > self.pace.rows:
                self._store(batch, rows)
                batch, rows = [], 0
            rows += count
            if isinstance(found, Reject):
                self.rejects.add([found])
            else:
                batch.append(found)
        self._store(batch, rows)

    def result(self) -> OrderImport:
        """What came of everything that was taken."""
        return replace(self.counts, conflicts=tuple(self.conflicts), rejects=self.rejects.in_order())

    def _store(self, batch: list[ChannelOrder], rows: int) -> None:
        # Orders of a file that is imported again are known, which is found out without holding anybody up.
        todo = self.database.read(differing, batch) if batch else []
        rows_todo = _lines(todo)
        if todo:
            with self.pace.measured(rows_todo):
                done = self.database.write(store_batch, todo, self.reference)
            self._count(done)
            self._look_when_due()
        known = len(batch) - len(todo)
        self._count(Batch(unchanged=known, orders=known, lines=_lines(batch) - rows_todo))
        self.rows += rows
        if self.progress is not None and rows:
            self.progress(self.rows, self.rows_known)

    def _look_when_due(self) -> None:
        if self.counts.lines > self.look_after:
            self.look_after *= LOOK_AGAIN_AFTER_TIMES
            self.database.gather_statistics()

    def _count(self, done: Batch) -> None:
        counts = self.counts
        self.counts = OrderImport(
            counts.orders + done.orders,
            counts.lines + done.lines,
            counts.added + len(done.new),
            counts.updated + len(done.changed),
            counts.unchanged + done.unchanged,
        )
        self.conflicts += done.conflicts
        self.rejects.add(done.rejects)


def _lines(orders: Sequence[ChannelOrder]) -> int:
    return sum(len(order.lines) for order in orders)
