"""Proves what is set aside: from what campaigns have left, and from what orders drew on them."""

from collections.abc import Iterator
from typing import Any

from sqlalchemy import Select, and_, func, select

from warehouse_app.store import tables
from warehouse_app.store.database import Transaction

Key = tuple[str, ...]
Found = tuple[str, str, int, int]
"""What differs, where, what is booked and what is proven."""


def campaign_differences(tx: Transaction) -> Iterator[Found]:
    """Where units set aside are not those of campaigns, or where a campaign and its orders disagree."""
    stock, campaign, draw = tables.product_stock, tables.campaign, tables.campaign_draw
    booked = select(stock.c.sku, stock.c.owner, stock.c.set_aside).where(tx.mine(stock), stock.c.set_aside != 0)
    product = (campaign.c.sku, campaign.c.owner)
    kept = select(*product, func.sum(campaign.c.remaining)).where(tx.mine(campaign), campaign.c.remaining != 0)
    yield from _compared("set aside", _summed(tx, booked), _summed(tx, kept.group_by(*product)))
    running = (tx.mine(campaign), campaign.c.ended_at.is_(None), campaign.c.drawn != 0)
    drawn = select(campaign.c.campaign, *product, campaign.c.drawn).where(*running)
    names = (draw.c.campaign, draw.c.sku, draw.c.owner)
    held = select(*names, func.sum(draw.c.quantity)).where(tx.mine(draw)).group_by(*names)
    yield from _compared("drawn from campaign", _summed(tx, drawn), _summed(tx, held))
    yield from _overdrawn(tx)


def _overdrawn(tx: Transaction) -> Iterator[Found]:
    """Lines that hold more units from campaigns than they hold at all."""
    draw, line = tables.campaign_draw, tables.fulfilment_line
    same = [draw.c[name] == line.c[name] for name in ("warehouse_id", "order_no", "line_no", "sku", "owner")]
    reserved = func.coalesce(func.max(line.c.reserved), 0)
    query = select(draw.c.order_no, draw.c.line_no, func.sum(draw.c.quantity), reserved)
    query = query.outerjoin_from(draw, line, and_(*same)).where(tx.mine(draw))
    for order_no, line_no, units, held in tx.connection.execute(query.group_by(draw.c.order_no, draw.c.line_no)):
        if units > held:
            yield "drawn for line", f"{order_no} / {line_no}", int(units), int(held)


def _compared(what: str, booked: dict[Key, int], proven: dict[Key, int]) -> Iterator[Found]:
    for key in sorted(booked.keys() | proven.keys()):
        if booked.get(key, 0) != proven.get(key, 0):
            yield what, " / ".join(key), booked.get(key, 0), proven.get(key, 0)


def _summed(tx: Transaction, query: Select[Any]) -> dict[Key, int]:
    return {tuple(row[:-1]): int(row[-1]) for row in tx.connection.execute(query)}
