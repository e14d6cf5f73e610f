"""What happens when a channel sends an order again that has changed since."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import RowMapping, Table

from warehouse_app.books.ledger import Books, Cause, new_books
from warehouse_app.books.loading import load, needs, write
from warehouse_app.domain.channel_order import ChannelOrder
from warehouse_app.domain.rejects import Reason
from warehouse_app.language import mark
from warehouse_app.operations.order_rows import (
    REVIEW_QUANTITY,
    HouseRules,
    channel_values,
    header_values,
    insert_lines,
    key_of,
    line_values,
)
from warehouse_app.store import tables
from warehouse_app.store.database import Row, Transaction

OPEN_STATES = ("new", "reserved", "partial", "short")
"""Nobody works on an order in these states."""

_BEGUN = ("allocated", "picked", "packed", "shipped")


@dataclass(frozen=True, slots=True)
class KnownOrder:
    """A channel's order as it was imported, and the fulfilment orders that serve it."""

    content_hash: str
    orders: tuple[RowMapping, ...]
    lines: tuple[RowMapping, ...]
    channel_lines: tuple[RowMapping, ...]
    shared: bool
    """Whether one of these fulfilment orders serves another channel order too."""
    changed_by_hand: bool
    """Whether a quantity here is no longer what the channel asked for."""
    in_packets: bool
    """Whether a picker has it on his list: what he did may still be reported, though it was called back."""


@dataclass(frozen=True, slots=True)
class Change:
    """An order as the channel has it now, and as it is known."""

    order: ChannelOrder
    known: KnownOrder

    def new_goods(self, rules: HouseRules) -> bool:
        """Whether products or quantities differ; a price, or how the channel spells a SKU, changes no goods."""
        before = {row["channel_line_id"]: (row["sku"], row["quantity"]) for row in self.known.channel_lines}
        return before != {line.line_id: (rules.product(line.sku)["sku"], line.quantity) for line in self.order.lines}


def load_known(tx: Transaction, batch: Sequence[ChannelOrder]) -> dict[str, KnownOrder]:
    """The orders of a batch (of one channel and shop) that were imported before, by the channel's id."""
    first = batch[0]
    ids = {order.channel_order_id for order in batch}
    hashes = {row["channel_order_id"]: row for row in _of_shop(tx, tables.channel_order, first, ids)}
    changed = {order.channel_order_id for order in batch if _differs(order, hashes)}
    sources = _of_shop(tx, tables.fulfilment_source, first, changed)
    channel_lines = _by(_of_shop(tx, tables.channel_order_line, first, changed), "channel_order_id")
    numbers = {row["order_no"] for row in sources}
    orders = {row["order_no"]: row for row in tx.rows_in(tables.fulfilment_order, "order_no", numbers)}
    lines = _by(tx.rows_in(tables.fulfilment_line, "order_no", numbers), "order_no")
    served = _by(tx.rows_in(tables.fulfilment_source, "order_no", numbers), "order_no")
    numbers_of = _by(sources, "channel_order_id")
    in_packets = _in_packets(tx, numbers)
    known = {}
    for channel_order_id, row in hashes.items():
        mine = sorted({source["order_no"] for source in numbers_of[channel_order_id]})
        known[channel_order_id] = KnownOrder(
            row["content_hash"],
            tuple(orders[number] for number in mine),
            tuple(line for number in mine for line in lines[number]),
            tuple(channel_lines[channel_order_id]),
            any(_key(source) != _key(row) for number in mine for source in served[number]),
            any(_differs_from_sources(line, served[number]) for number in mine for line in lines[number]),
            not in_packets.isdisjoint(mine),
        )
    return known


def why_not(change: Change, rules: HouseRules) -> Reason | None:
    """Why the change cannot be made any more, None when it can."""
    known = change.known
    if len(known.orders) != 1 or known.shared:
        return Reason(mark("The order was split or merged: change it by hand."))
    order = known.orders[0]
    if order["state"] not in OPEN_STATES:
        return Reason(
            mark("The order changed in the channel, but it is {state} here already."), {"state": order["state"]}
        )
    if order["cancel_requested"]:
        return Reason(mark("The order changed in the channel, but it is being cancelled here."))
    return _why_not_lines(known) if change.new_goods(rules) else None


def _why_not_lines(known: KnownOrder) -> Reason | None:
    if known.changed_by_hand:
        return Reason(mark("The lines of the order changed in the channel, but they were changed by hand here."))
    if known.in_packets or any(line[name] for line in known.lines for name in _BEGUN):
        return Reason(mark("The lines of the order changed in the channel, but a part of it was worked on here."))
    return None


def change_order(tx: Transaction, change: Change, rules: HouseRules, books: Books) -> None:
    """Make the known order what the channel says now. New lines replace the old ones, which give up what they held."""
    order, before = change.order, change.known.orders[0]
    number = before["order_no"]
    new_goods = change.new_goods(rules)
    given_back = _give_back(tx, number, books.cause) if new_goods else 0
    values = {"order_no": number, **header_values(order, rules)}
    if new_goods:
        values |= {"state": "new", "state_since": tx.recorded_at, "reason": "", **_review(order, before, rules)}
    tx.change(tables.fulfilment_order, [values])
    tx.change(tables.channel_order, [channel_values(order, tx.recorded_at)])
    if new_goods:
        _replace_lines(tx, number, change, rules)
    else:
        tx.change(tables.channel_order_line, (line_values(order, line, rules) for line in order.lines))
    books.note(number, "changed", channel=order.channel, shop=order.shop, lines=new_goods, given_back=given_back)


def _give_back(tx: Transaction, order_no: str, cause: Cause) -> int:
    """Free what is reserved for an order, before its lines go; give how many units that are."""
    books = new_books(tx.recorded_at, cause)
    load(tx, books, needs(orders=[order_no]))
    units = 0
    for line in books.lines_of(order_no):
        units += line.reserved
        books.reserve(line, -line.reserved)
    write(tx, books)
    return units


def _review(order: ChannelOrder, before: RowMapping, rules: HouseRules) -> Row:
    """New quantities are looked at anew; a hold for any other reason stays."""
    if before["held"] and before["hold_reason"] != REVIEW_QUANTITY:
        return {}
    held = rules.wants_review(order)
    return {"held": held, "hold_reason": REVIEW_QUANTITY if held else ""}


def _replace_lines(tx: Transaction, number: str, change: Change, rules: HouseRules) -> None:
    old = [{"order_no": number, "line_no": line["line_no"]} for line in change.known.lines]
    source = tables.fulfilment_source
    tx.connection.execute(source.delete().where(tx.mine(source), source.c.order_no == number))
    tx.remove(tables.fulfilment_line, old)
    ids = [row["channel_line_id"] for row in change.known.channel_lines]
    tx.remove(tables.channel_order_line, ({**key_of(change.order), "channel_line_id": line_id} for line_id in ids))
    insert_lines(tx, [(number, change.order)], rules)


def _differs(order: ChannelOrder, known: Mapping[str, RowMapping]) -> bool:
    row = known.get(order.channel_order_id)
    return row is not None and row["content_hash"] != order.content_hash


def _differs_from_sources(line: RowMapping, sources: Sequence[RowMapping]) -> bool:
    served = sum(source["quantity"] for source in sources if source["line_no"] == line["line_no"])
    return bool(line["cancelled"]) or line["ordered"] != served


def _in_packets(tx: Transaction, numbers: set[str]) -> set[str]:
    """The orders among these with stops on a pick list that a station holds."""
    stops = tx.rows_in(tables.pick_stop, "order_no", numbers)
    claim = tables.claim
    works = {f"pick:{row['list_no']}" for row in stops}
    held = {row["work"] for row in tx.rows_in(claim, "work", works, claim.c.state == "held")}
    return {row["order_no"] for row in stops if f"pick:{row['list_no']}" in held}


def _of_shop(tx: Transaction, table: Table, order: ChannelOrder, ids: set[str]) -> list[RowMapping]:
    return tx.rows_in(table, "channel_order_id", ids, table.c.channel == order.channel, table.c.shop == order.shop)


def _by(rows: Sequence[RowMapping], column: str) -> dict[str, list[RowMapping]]:
    grouped: dict[str, list[RowMapping]] = defaultdict(list)
    for row in rows:
        grouped[row[column]].append(row)
    return grouped


def _key(row: RowMapping) -> tuple[str, str, str]:
    return row["channel"], row["shop"], row["channel_order_id"]
