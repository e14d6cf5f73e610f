"""The decision to merge orders of one recipient, so that they travel in one parcel."""

import json
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import count

from warehouse_app.books.giving_back import OPEN_STATES, waiting_state
from warehouse_app.books.ledger import Books, Cause
from warehouse_app.books.loading import write
from warehouse_app.books.rows import LineRow, OrderRow
from warehouse_app.books.settle import settle
from warehouse_app.domain.errors import WarehouseError, WrongState
from warehouse_app.domain.wording import MERGED_INTO
from warehouse_app.language import mark
from warehouse_app.operations.open_orders import load_orders, open_order, refuse_cancelling
from warehouse_app.operations.order_sources import Passage, pass_sources
from warehouse_app.store import tables
from warehouse_app.store.database import Row, Transaction
from warehouse_app.store.ids import new_key

RECIPIENT = ("name", "company", "address1", "address2", "city", "region", "postcode", "country")
"""The parts of an address that say where a parcel goes; how to reach the recipient may differ."""


class BadMerge(WarehouseError):
    """A merge that needs more, or other, orders."""

    message = mark("Name two orders or more, each once.")


class OrdersDiffer(WarehouseError):
    """Orders that cannot travel in one parcel."""

    message = mark("Orders {one} and {other} cannot be merged, their {what} differs: {here} / {there}.")


@dataclass(frozen=True, slots=True)
class MergedOrder:
    """The order that goes on, and those whose lines it took over."""

    order_no: str
    state: str
    merged: tuple[str, ...]
    lines: int


def merge_orders(tx: Transaction, names: Sequence[str], worker: str) -> MergedOrder:
    """Let the first order take over the lines of the others, with what is reserved for them.

    The others end as cancelled, merged into it. Raises BadMerge, NotFound, WrongState, OrdersDiffer.
    """
    if len(names) < 2 or len(set(names)) < len(names):  # noqa: PLR2004 - a merge takes two
        raise BadMerge
    books = load_orders(tx, names, Cause("merge_orders", new_key(), worker, tx.now))
    orders = [_untouched(name, books) for name in names]
    headers: dict[str, Row] = {row["order_no"]: row for row in tx.rows_in(tables.fulfilment_order, "order_no", names)}
    target, others = orders[0], orders[1:]
    for other in others:
        _refuse_difference(target, other, headers, books)
    passages = _take_over(target, others, books)
    settle(tx, books)
    write(tx, books)
    pass_sources(tx, passages)
    notes = dict.fromkeys(headers[name]["note"] for name in names if headers[name]["note"])
    tx.change(tables.fulfilment_order, [{"order_no": target.order_no, "note": "\n".join(notes)}])
    return MergedOrder(target.order_no, target.state, tuple(names[1:]), len(books.lines_of(target.order_no)))


def _untouched(name: str, books: Books) -> OrderRow:
    """An order that nobody works on or has worked on."""
    order = open_order(name, books)
    refuse_cancelling(order)
    if order.held:
        raise WrongState(name=name, state=mark("on hold"), remedy=mark("take it off hold first"))
    begun = any(line.allocated or line.picked or line.shipped for line in books.lines_of(name))
    if order.state not in OPEN_STATES or begun:
        remedy = mark("only orders that nobody works on can be merged. Take it back from the floor first")
        raise WrongState(name=name, state=order.state, remedy=remedy)
    return order


def _refuse_difference(target: OrderRow, other: OrderRow, headers: dict[str, Row], books: Books) -> None:
    for what, here, there in _differences(target, other, headers, books):
        if here != there:
            raise OrdersDiffer(
                one=target.order_no, other=other.order_no, what=what, here=here or "-", there=there or "-"
            )


def _differences(
    target: OrderRow, other: OrderRow, headers: dict[str, Row], books: Books
) -> Iterator[tuple[str, str, str]]:
    yield mark("service"), target.service, other.service
    mine, theirs = headers[target.order_no], headers[other.order_no]
    yield mark("customer"), _normal(mine["customer"]), _normal(theirs["customer"])
    here, there = (json.loads(order.ship_to or "{}") for order in (target, other))
    for name in RECIPIENT:
        if _normal(here.get(name, "")) != _normal(there.get(name, "")):
            yield mark("address"), here.get(name, ""), there.get(name, "")
    owners = [sorted({line.owner for line in books.lines_of(order.order_no)}) for order in (target, other)]
    yield mark("owner"), ", ".join(owners[0]), ", ".join(owners[1])


def _normal(text: str) -> str:
    """A text as it compares: without case, blanks and punctuation, which people write as they like."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(character for character in folded if character.isalnum())


def _take_over(target: OrderRow, others: Sequence[OrderRow], books: Books) -> list[Passage]:
    numbers = count(1 + max((line.line_no for line in books.lines_of(target.order_no)), default=0))
    passages: list[Passage] = []
    for other in others:
        bundles: dict[int, int] = {}
        for line in sorted(books.lines_of(other.order_no), key=lambda line: line.line_no):
            passage = _take_line(target, line, next(numbers), bundles, books)
            passages.append(passage)
        _gather(target, other)
        books.note(other.order_no, "merged_into", order=target.order_no)
        books.note(target.order_no, "merged", order=other.order_no)
        books.set_state(other, "cancelled", MERGED_INTO.format(order=target.order_no))
    lines = [line for line in books.lines_of(target.order_no) if line.stocked]
    target.state = target.state if lines else "new"
    books.set_state(target, waiting_state(target, lines), target.reason)
    if target.state in ("new", "reserved"):
        target.reason = ""
    return passages


def _take_line(target: OrderRow, line: LineRow, number: int, bundles: dict[int, int], books: Books) -> Passage:
    key = (line.order_no, line.line_no)
    bundle = bundles.setdefault(line.bundle_line, number) if line.bundle_sku else 0
    taken = replace(line, order_no=target.order_no, line_no=number, bundle_line=bundle, reserved=0)
    books.lines.add(taken)
    books.pass_promise(line, taken, line.reserved)
    if any(stop.line_no == line.line_no for stop in books.stops_of(line.order_no)):
        # A pick list still names it, and late facts about it must find it.
        line.cancelled, line.short = line.ordered, 0
    else:
        books.lines.remove(line)
    return Passage(key, (target.order_no, number), line.ordered, whole=True)


def _gather(target: OrderRow, other: OrderRow) -> None:
    """The parcel goes with the most urgent of its orders, and incomplete only if all of them may."""
    target.ship_by = min(target.ship_by, other.ship_by)
    target.ordered_at = min(target.ordered_at, other.ordered_at)
    target.priority = max(target.priority, other.priority)
    target.tier = max(target.tier, other.tier)
    if "complete" in (target.ship_policy, other.ship_policy):
        target.ship_policy = "complete"
    if other.state != "new" and target.state == "new":
        target.state = "short"
    target.reason = target.reason or other.reason
