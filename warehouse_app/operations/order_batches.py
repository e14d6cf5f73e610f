"""Storing a batch of a channel's orders in one transaction: new ones are added, changed ones updated where they can."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zoneinfo import ZoneInfo

from sqlalchemy import RowMapping, select

from warehouse_app.books.ledger import Cause, new_books
from warehouse_app.books.loading import write
from warehouse_app.domain.channel_order import ChannelLine, ChannelOrder
from warehouse_app.domain.csv_table import WHOLE_MOST
from warehouse_app.domain.rejects import BadCell, Reason, Reject, left_out
from warehouse_app.language import mark
from warehouse_app.operations.import_customers import read_tiers
from warehouse_app.operations.importing import find_products, product_named
from warehouse_app.operations.order_changes import Change, KnownOrder, change_order, load_known, why_not
from warehouse_app.operations.order_rows import HouseRules, insert_orders, read_bundles
from warehouse_app.operations.warehouses import ensure_warehouse
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction
from warehouse_app.store.ids import new_key

PRODUCTS_KEPT_MOST = 50_000
"""Bounds the memory of an import whose orders name very many products."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """An order that changed in the channel when it could not be changed here any more."""

    order: str
    reason: Reason


@dataclass(slots=True)
class Batch:
    """The orders of a batch by what was done with them. Orders that were left out are in the rejects only."""

    new: list[ChannelOrder] = field(default_factory=list)
    changed: list[Change] = field(default_factory=list)
    conflicts: list[Conflict] = field(default_factory=list)
    rejects: list[Reject] = field(default_factory=list)
    unchanged: int = 0
    orders: int = 0
    lines: int = 0


class ReferenceCache:
    """Services and products that were read before, as long as no import has changed them.

    Thousands of orders name the same products; to read these anew for each batch takes longer than the orders.
    """

    def __init__(self) -> None:
        self._version: int | None = None
        self._services: dict[str, str] = {}
        self._products: dict[str, RowMapping] = {}
        self._bundles: dict[str, dict[str, int]] = {}
        self._tiers: dict[str, int] = {}

    def rules(self, tx: Transaction, warehouse: RowMapping, batch: Sequence[ChannelOrder]) -> HouseRules:
        """What the words of these orders mean here. `warehouse` is the locked row."""
        if warehouse["reference_version"] != self._version or len(self._products) > PRODUCTS_KEPT_MOST:
            self._version = warehouse["reference_version"]
            self._services = {row["service"]: row["cut_off"] for row in tx.rows(select(tables.service))}
            self._products = {}
            self._bundles = read_bundles(tx)
            self._tiers = read_tiers(tx)
        wanted = {line.sku.casefold() for order in batch for line in order.lines}
        found = find_products(tx, wanted - self._products.keys())
        parts = {part for row in found.values() for part in self._bundles.get(row["sku"], ())}
        self._products |= found | find_products(tx, parts)
        zone = ZoneInfo(warehouse["timezone"])
        limit = warehouse["review_limit_units"]
        return HouseRules(self._services, self._products, zone, limit, self._bundles, self._tiers)


def differing(tx: Transaction, batch: Sequence[ChannelOrder]) -> list[ChannelOrder]:
    """The orders of a batch (of one channel and shop) that are not known in exactly this form."""
    table = tables.channel_order
    found = tx.rows_in(
        table,
        "channel_order_id",
        (order.channel_order_id for order in batch),
        table.c.channel == batch[0].channel,
        table.c.shop == batch[0].shop,
    )
    known = {row["channel_order_id"]: row["content_hash"] for row in found}
    return [order for order in batch if known.get(order.channel_order_id) != order.content_hash]


def store_batch(tx: Transaction, batch: Sequence[ChannelOrder], reference: ReferenceCache) -> Batch:
    """Store the orders of a batch of one channel and shop; all of it or nothing."""
    warehouse = ensure_warehouse(tx)
    rules = reference.rules(tx, warehouse, batch)
    books = new_books(tx.recorded_at, Cause("order_import", new_key(), "", tx.now))
    found = _sort(batch, load_known(tx, batch), rules)
    insert_orders(tx, found.new, rules, books)
    for change in found.changed:
        change_order(tx, change, rules, books)
    write(tx, books)
    return found


def _sort(batch: Sequence[ChannelOrder], known: Mapping[str, KnownOrder], rules: HouseRules) -> Batch:
    result = Batch()
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


def _sort_changed(change: Change, rules: HouseRules, result: Batch) -> None:
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
        product = product_named(rules.products, line.sku)
    except BadCell as error:
        return error
    units = max(rules.bundles.get(product["sku"], {}).values(), default=1)
    if line.quantity * units > WHOLE_MOST:
        message = mark("{quantity} × {sku} are more than {most} units of one of its parts.")
        return BadCell("quantity", message, quantity=line.quantity, sku=line.sku, most=WHOLE_MOST)
    return None
