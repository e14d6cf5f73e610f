"""Importing customers' orders from a channel's export. What is being worked on is never overwritten."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import ClassVar
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping, select

from warehouse_app.books.ledger import Cause, new_books
from warehouse_app.books.loading import write
from warehouse_app.domain.channel_order import ChannelLine, ChannelOrder, OrderFile, OrderReader
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.domain.rejects import BadCell, Reason, Reject, left_out
from warehouse_app.language import mark
from warehouse_app.operations.importing import (
    ROWS_A_TRANSACTION,
    Progress,
    Source,
    default_currency,
    find_products,
    opened,
    product_named,
)
from warehouse_app.operations.order_changes import Change, KnownOrder, change_order, load_known, why_not
from warehouse_app.operations.order_rows import HouseRules, insert_orders
from warehouse_app.operations.warehouses import ensure_warehouse
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction
from warehouse_app.store.ids import new_key

Readers = Mapping[str, OrderReader]


class UnknownChannel(WarehouseError):
    """No reader for this channel's files has been built."""

    message: ClassVar[str] = mark("Files of the channel {channel} cannot be read. There are: {known}.")


@dataclass(frozen=True, slots=True)
class Conflict:
    """An order that changed in the channel when it could not be changed here any more."""

    order: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class OrderImport:
    """What came of the whole orders of an export: each was added, updated, unchanged or in conflict.

    `lines` are those of these orders. Orders that were left out are in the rejects only, with each of their rows.
    """

    orders: int = 0
    lines: int = 0
    added: int = 0
    updated: int = 0
    unchanged: int = 0
    conflicts: tuple[Conflict, ...] = ()
    rejects: tuple[Reject, ...] = ()

    def __add__(self, other: "OrderImport") -> "OrderImport":
        return OrderImport(
            self.orders + other.orders,
            self.lines + other.lines,
            self.added + other.added,
            self.updated + other.updated,
            self.unchanged + other.unchanged,
            self.conflicts + other.conflicts,
            tuple(sorted(self.rejects + other.rejects, key=lambda reject: (reject.file, reject.row))),
        )


def import_orders(
    database: Database,
    channel: str,
    shop: str,
    files: Sequence[Source],
    *,
    readers: Readers,
    progress: Progress | None = None,
) -> OrderImport:
    """Store the orders of a channel's files, which `readers` know how to read. Raises UnknownChannel or BadFile.

    Importing again changes nothing. An order that changed in the channel is updated as long as nobody works on it;
    its lines only while nothing is reserved for them. Otherwise it is a conflict for a person.
    """
    reader = readers.get(channel)
    if reader is None:
        raise UnknownChannel(channel=channel, known=", ".join(sorted(readers)))
    currency = default_currency(database)
    result = OrderImport()
    for file in files:
        with opened(file) as (stream, name):
            read = reader(OrderFile(stream, name, shop, currency))
        result += OrderImport(rejects=read.rejects)
        for batch in _batches(read.orders):
            result += database.write(_store, batch)
            if progress is not None:
                progress(result.lines, None)
    return result


def _batches(orders: Sequence[ChannelOrder]) -> Iterator[list[ChannelOrder]]:
    """Orders by the transaction: whole orders, with not many more lines than a transaction should have."""
    batch: list[ChannelOrder] = []
    lines = 0
    for order in orders:
        if batch and lines + len(order.lines) > ROWS_A_TRANSACTION:
            yield batch
            batch, lines = [], 0
        batch.append(order)
        lines += len(order.lines)
    if batch:
        yield batch


@dataclass(slots=True)
class _Sorted:
    """The orders of a batch by what is to be done with them."""

    new: list[ChannelOrder] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    unchanged: int = 0
    orders: int = 0
    lines: int = 0


def _store(tx: Transaction, batch: Sequence[ChannelOrder]) -> OrderImport:
    warehouse = ensure_warehouse(tx)
    rules = _rules(tx, warehouse, batch)
    books = new_books(tx.recorded_at, Cause("order_import", new_key(), "", tx.now))
    found = _sort(batch, load_known(tx, batch), rules)
    insert_orders(tx, found.new, rules, books)
    for change in found.changed:
        change_order(tx, change, rules, books)
    write(tx, books)
    return OrderImport(
        found.orders,
        found.lines,
        len(found.new),
        len(found.changed),
        found.unchanged,
        tuple(found.conflicts),
        tuple(found.rejects),
    )


def _rules(tx: Transaction, warehouse: RowMapping, batch: Sequence[ChannelOrder]) -> HouseRules:
    services = {row["service"]: row["cut_off"] for row in tx.rows(select(tables.service))}
    products = find_products(tx, (line.sku for order in batch for line in order.lines))
    return HouseRules(services, products, ZoneInfo(warehouse["timezone"]), warehouse["review_limit_units"])


def _sort(batch: Sequence[ChannelOrder], known: Mapping[str, KnownOrder], rules: HouseRules) -> _Sorted:
    result = _Sorted()
    for order in batch:
        rejects = _problems(order, rules)
        if rejects:
            result.rejects += rejects
            continue
        result.orders += 1
        result.lines += len(order.lines)
        before = known.get(order.channel_order_id)
        if before is None:
            result.new.append(order)
        elif before.content_hash == order.content_hash:
            result.unchanged += 1
        else:
            _sort_changed(Change(order, before), rules, result)
    return result


def _sort_changed(change: Change, rules: HouseRules, result: _Sorted) -> None:
    reason = why_not(change, rules)
    if reason is None:
        result.changed.append(change)
    else:
        result.conflicts.append(Conflict(change.order.order_no, reason))


def _problems(order: ChannelOrder, rules: HouseRules) -> list[Reject]:
    """What keeps an order from being taken, a reject for every one of its rows; nothing when it is fine."""
    found: dict[int, Reject] = {}
    for line in order.lines:
        error = _problem(order, line, rules)
        if error is not None:
            found[line.row] = Reject(line.row, error.field, error.reason, order.file)
    if not found:
        return []
    others = [line.row for line in order.lines if line.row not in found]
    first = found[min(found)]
    return [*found.values(), *left_out(order.order_no, others, first)]


def _problem(order: ChannelOrder, line: ChannelLine, rules: HouseRules) -> BadCell | None:
    if order.service not in rules.services:
        known = ", ".join(sorted(rules.services))
        return BadCell(
            "service", mark("There is no service {service}. There are: {known}."), service=order.service, known=known
        )
    try:
        product_named(rules.products, line.sku)
    except BadCell as error:
        return error
    return None
