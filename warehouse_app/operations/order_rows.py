"""A channel's order as rows of the database: the channel's own words, and what is worked on for it."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, tzinfo

from sqlalchemy import RowMapping, select

from warehouse_app.books.ledger import Books
from warehouse_app.books.loading import FEW
from warehouse_app.domain.channel_order import ChannelLine, ChannelOrder
from warehouse_app.domain.cut_off import ship_by
from warehouse_app.store import tables
from warehouse_app.store.database import Row, Transaction

REVIEW_QUANTITY = "review_quantity"
"""Why an order is held whose quantity looks like a slip of the hand."""


@dataclass(frozen=True, slots=True)
class HouseRules:
    """What an order's words mean here: cut-offs by service, products by folded SKU, the house's zone and limit."""

    services: Mapping[str, str]
    products: Mapping[str, RowMapping]
    zone: tzinfo
    review_limit_units: int
    bundles: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    """What bundles are made of: units by the SKU of each part."""

    tiers: Mapping[str, int] = field(default_factory=dict)
    """The tiers of customers that have one."""

    def product(self, sku: str) -> RowMapping:
        """The product of a SKU that is known to be one."""
        return self.products[sku.casefold()]

    def wants_review(self, order: ChannelOrder) -> bool:
        """Whether the order's goods are more than anybody should ship without looking twice."""
        if self.bundles:
            goods = sum(ours.quantity for ours in our_lines(order, self) if ours.product["stocked"])
        else:
            goods = sum(line.quantity for line in order.lines if self.product(line.sku)["stocked"])
        return goods > self.review_limit_units


@dataclass(frozen=True, slots=True)
class OurLine:
    """What is worked on for a channel's line: its product, or one part of the bundle that it names.

    The parts of a bundle name it in `bundle_sku` and share `bundle_line`; one bundle takes `bundle_units` of the part.
    """

    line_no: int
    product: RowMapping
    quantity: int
    line: ChannelLine
    bundle_sku: str = ""
    bundle_line: int = 0
    bundle_units: int = 0


def our_lines(order: ChannelOrder, rules: HouseRules) -> Iterator[OurLine]:
    """The lines that are worked on for an order. Further parts of bundles are numbered after all its own lines."""
    next_no = 1 + max(line.line_no for line in order.lines) if rules.bundles else 0
    for line in order.lines:
        product = rules.product(line.sku)
        parts = rules.bundles.get(product["sku"])
        if not parts:
            yield OurLine(line.line_no, product, line.quantity, line)
            continue
        number = line.line_no
        for sku, units in sorted(parts.items()):
            quantity = line.quantity * units
            yield OurLine(number, rules.product(sku), quantity, line, product["sku"], line.line_no, units)
            number, next_no = next_no, next_no + 1


def insert_orders(tx: Transaction, orders: Sequence[ChannelOrder], rules: HouseRules, books: Books) -> None:
    """Add new orders. The order number is the channel's, unless another shop's order has it already."""
    numbers = _free_numbers(tx, [order.order_no for order in orders])
    numbered = list(zip(numbers, orders, strict=True))
    # A server writes what it has got already while we make the next rows.
    with tx.at_once(many=len(orders) > FEW):
        tx.add(tables.channel_order, (channel_values(order, tx.recorded_at) for order in orders))
        rows = [_new_order(tx, number, order, rules) for number, order in numbered]
        tx.add(tables.fulfilment_order, rows)
        insert_lines(tx, numbered, rules)
    for row, (number, order) in zip(rows, numbered, strict=True):
        books.note(number, "imported", channel=order.channel, shop=order.shop, lines=len(order.lines))
        if row["held"]:
            books.note(number, "held", reason=REVIEW_QUANTITY)


def insert_lines(tx: Transaction, numbered: Sequence[tuple[str, ChannelOrder]], rules: HouseRules) -> None:
    """Add the lines of orders, one of ours for each of the channel's, but bundles by part: equal lines stay apart."""
    tx.add(
        tables.channel_order_line, (line_values(order, line, rules) for _, order in numbered for line in order.lines)
    )
    lines = [(number, order, ours) for number, order in numbered for ours in our_lines(order, rules)]
    tx.add(tables.fulfilment_line, (_fulfilment_line(number, ours) for number, _, ours in lines))
    tx.add(
        tables.fulfilment_source,
        (
            {
                "order_no": number,
                "line_no": ours.line_no,
                **key_of(order),
                "channel_line_id": ours.line.line_id,
                "quantity": ours.quantity,
            }
            for number, order, ours in lines
        ),
    )


def read_bundles(tx: Transaction) -> dict[str, dict[str, int]]:
    """What every bundle is made of: units by part."""
    bundles: dict[str, dict[str, int]] = {}
    for row in tx.rows(select(tables.bundle_part)):
        bundles.setdefault(row["bundle"], {})[row["part"]] = row["quantity"]
    return bundles


def key_of(order: ChannelOrder) -> dict[str, object]:
    """The order's key in the tables of the channels."""
    return {"channel": order.channel, "shop": order.shop, "channel_order_id": order.channel_order_id}


def channel_values(order: ChannelOrder, imported_at: datetime) -> Row:
    """The row of the channel's order."""
    return {
        **key_of(order),
        "channel_order_no": order.order_no,
        "ordered_at": order.ordered_at,
        "customer": order.customer,
        "content_hash": order.content_hash,
        "imported_at": imported_at,
    }


def line_values(order: ChannelOrder, line: ChannelLine, rules: HouseRules) -> Row:
    """The row of a channel's line: its spelling of the SKU beside ours."""
    return {
        **key_of(order),
        "channel_line_id": line.line_id,
        "channel_sku": line.sku,
        "sku": rules.product(line.sku)["sku"],
        "quantity": line.quantity,
        "unit_price": line.unit_price,
        "currency": line.currency,
    }


def header_values(order: ChannelOrder, rules: HouseRules) -> Row:
    """What the channel says of a fulfilment order beside its lines."""
    return {
        "service": order.service,
        "ship_policy": order.ship_policy,
        "priority": order.priority,
        "tier": rules.tiers.get(order.customer, 0),
        "ordered_at": order.ordered_at,
        "ship_by": ship_by(order.ordered_at, order.service, rules.services[order.service], rules.zone),
        "customer": order.customer,
        "ship_to": json.dumps(order.ship_to.by_name()),
        "note": order.note,
    }


def _new_order(tx: Transaction, number: str, order: ChannelOrder, rules: HouseRules) -> Row:
    held = rules.wants_review(order)
    return {
        "order_no": number,
        "state": "new",
        **header_values(order, rules),
        "held": held,
        "hold_reason": REVIEW_QUANTITY if held else "",
        "state_since": tx.recorded_at,
    }


def _fulfilment_line(number: str, ours: OurLine) -> Row:
    return {
        "order_no": number,
        "line_no": ours.line_no,
        "sku": ours.product["sku"],
        "stocked": ours.product["stocked"],
        "ordered": ours.quantity,
        "bundle_sku": ours.bundle_sku,
        "bundle_line": ours.bundle_line,
        "bundle_units": ours.bundle_units,
    }


def free_number(tx: Transaction, name: str) -> str:
    """An order number that nobody has yet: the name, with the next free number behind it where it is taken."""
    return _free_numbers(tx, [name])[0]


def _free_numbers(tx: Transaction, wanted: Sequence[str]) -> list[str]:
    taken = {row["order_no"] for row in tx.rows_in(tables.fulfilment_order, "order_no", wanted)}
    numbers = []
    for name in wanted:
        number, count = name, 1
        while number in taken:
            count += 1
            number = f"{name}-{count}"
            if _exists(tx, number):
                taken.add(number)
        taken.add(number)
        numbers.append(number)
    return numbers


def _exists(tx: Transaction, order_no: str) -> bool:
    table = tables.fulfilment_order
    return tx.value(select(table.c.order_no).where(tx.mine(table), table.c.order_no == order_no)) is not None
