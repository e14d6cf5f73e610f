"""Units set aside: they are taken when a campaign starts, go back when it ends, and may be drawn on in between."""

from collections.abc import Iterable, Sequence
from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.sql import ColumnElement

from warehouse_app.books.availability import reservable
from warehouse_app.books.ledger import Books, Cause, new_books
from warehouse_app.books.loading import campaigns_are_kept, write
from warehouse_app.books.rows import CampaignRow, StockRow
from warehouse_app.planning.campaigns import CampaignStock
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction
from warehouse_app.store.ids import new_key

Key = tuple[str, str, str]  # campaign, sku, owner

AT_ONCE = 500
"""Products of campaigns that one transaction starts or ends, so that it stays short."""


def next_due_at(tx: Transaction) -> datetime | None:
    """When the next campaign starts or ends, None when none is planned and none runs."""
    table = tables.warehouse
    due: datetime | None = tx.value(select(table.c.campaigns_due_at).where(tx.mine(table)))
    return due


def start_and_end_due(tx: Transaction) -> bool:
    """End the campaigns whose time is over, then start those whose time has come; whether there is more to do.

    Without a campaign that is due this asks no query besides the warehouse's lock.
    """
    due = tx.lock_warehouse()["campaigns_due_at"]
    if due is None or due > tx.now:
        return False
    table = tables.campaign
    over = _open_campaigns(tx, table.c.ends_at <= tx.now)
    if over:
        books = campaign_books(tx, {name for name, _, _ in over}, Cause("campaign", new_key(), "", tx.now))
        end_campaigns(books, [books.campaigns[key] for key in over])
        write_campaigns(tx, books)
    if len(over) == AT_ONCE:
        return True
    begun = _open_campaigns(tx, table.c.started_at.is_(None), table.c.starts_at <= tx.now)
    if begun:
        _start(tx, begun)
    return len(begun) == AT_ONCE


def campaign_books(tx: Transaction, campaigns: Iterable[str], cause: Cause) -> Books:
    """Books with these campaigns, what orders drew on them, and the totals of their products."""
    names = list(campaigns)
    books = new_books(tx.recorded_at, cause)
    found = books.campaigns.load(tx, "campaign", names)
    books.draws.load(tx, "campaign", names)
    books.stock.load(tx, "sku", {row.sku for row in found})
    return books


def write_campaigns(tx: Transaction, books: Books) -> None:
    """Write what changed, note when something is due next, and tell open screens."""
    write(tx, books)
    set_due(tx)
    tx.announce("campaign", sorted({row.campaign for row in books.campaigns}))


def set_due(tx: Transaction) -> None:
    """Note when the next campaign starts or ends."""
    table = tables.campaign
    mine = (tx.mine(table), table.c.ended_at.is_(None))
    ends = tx.value(select(func.min(table.c.ends_at)).where(*mine))
    starts = tx.value(select(func.min(table.c.starts_at)).where(*mine, table.c.started_at.is_(None)))
    due = min((moment for moment in (ends, starts) if moment is not None), default=None)
    tx.change(tables.warehouse, [{"campaigns_due_at": due}])


def keep(books: Books, campaign: CampaignRow, quantity: int) -> None:
    """Set units of open stock aside for a campaign, or give some back (a negative quantity)."""
    campaign.remaining += quantity
    books.stock_of(campaign.owner, campaign.sku).set_aside += quantity


def end_campaigns(books: Books, campaigns: Sequence[CampaignRow]) -> None:
    """Give what campaigns have left to open stock; what orders drew stays theirs."""
    ended = {(row.campaign, row.sku, row.owner) for row in campaigns}
    for campaign in campaigns:
        campaign.released += campaign.remaining
        keep(books, campaign, -campaign.remaining)
        campaign.ended_at = books.recorded_at
    for draw in books.draws:
        if (draw.campaign, draw.sku, draw.owner) in ended:
            books.draws.remove(draw)


def reduce_campaigns(tx: Transaction, books: Books, totals: Sequence[StockRow]) -> None:
    """Stock that is lost is taken from campaigns before it is taken from orders, from the newest campaign first."""
    if not campaigns_are_kept(tx):
        return
    books.campaigns.load(tx, "sku", {row.sku for row in totals}, tables.campaign.c.ended_at.is_(None))
    newest_first = sorted(books.campaigns, key=lambda row: (row.starts_at, row.campaign), reverse=True)
    for total in totals:
        for campaign in newest_first:
            if (campaign.sku, campaign.owner) == (total.sku, total.owner):
                excess = total.reserved + total.set_aside - total.sellable
                lost = min(excess, campaign.remaining)
                if lost > 0:
                    keep(books, campaign, -lost)
                    books.differ("campaign_reduced", sku=campaign.sku, quantity=lost, detail=campaign.campaign)


def campaign_stock(tx: Transaction, books: Books, skus: Iterable[str]) -> list[CampaignStock]:
    """What running campaigns have left of these products, as the books stand, in the order in which it is drawn.

    The one that ends first comes first. Without any campaign this asks no query.
    """
    if not campaigns_are_kept(tx):
        return []
    wanted = set(skus)
    books.campaigns.load(tx, "sku", wanted, tables.campaign.c.remaining > 0)
    rows = [row for row in books.campaigns if row.remaining > 0 and row.sku in wanted]
    rows.sort(key=lambda row: (row.ends_at, row.campaign))
    return [CampaignStock(row.campaign, row.owner, row.sku, row.channel, row.remaining) for row in rows]


def order_channels(tx: Transaction, order_nos: Iterable[str]) -> dict[str, str]:
    """The channel of every order, with its shop where it has one: `csv/web`.

    An order merged from several channels has none here: nobody could say whose units it took.
    """
    table = tables.fulfilment_source
    columns = [table.c[name] for name in ("order_no", "channel", "shop")]
    found: dict[str, str] = {}
    for order_no, channel, shop in tx.tuples_in(columns, table.c.order_no, order_nos):
        name = f"{channel}/{shop}" if shop else channel
        if found.setdefault(order_no, name) != name:
            found[order_no] = ""
    return found


def _start(tx: Transaction, begun: Sequence[Key]) -> None:
    """A campaign takes what is free when it starts, as much as there is; the earliest is served first."""
    books = campaign_books(tx, {name for name, _, _ in begun}, Cause("campaign", new_key(), "", tx.now))
    free = reservable(tx, {sku for _, sku, _ in begun})
    for key in begun:
        campaign = books.campaigns[key]
        goods = (campaign.owner, campaign.sku)
        units = max(0, min(campaign.quantity, free.get(goods, 0)))
        campaign.started_at = books.recorded_at
        keep(books, campaign, units)
        free[goods] = free.get(goods, 0) - units
    write_campaigns(tx, books)


def _open_campaigns(tx: Transaction, *where: ColumnElement[bool]) -> list[Key]:
    table = tables.campaign
    query = select(table.c.campaign, table.c.sku, table.c.owner).where(
        tx.mine(table), table.c.ended_at.is_(None), *where
    )
    query = query.order_by(table.c.starts_at, table.c.campaign, table.c.sku, table.c.owner).limit(AT_ONCE)
    return [(row["campaign"], row["sku"], row["owner"]) for row in tx.rows(query)]
