"""Decisions about campaigns: units set aside for a sale or a channel, until a time or until somebody ends them."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import select

from warehouse_app.books.availability import reservable
from warehouse_app.books.campaigns import (
    campaign_books,
    end_campaigns,
    keep,
    next_due_at,
    start_and_end_due,
    write_campaigns,
)
from warehouse_app.books.ledger import Books, Cause
from warehouse_app.books.rows import CampaignRow
from warehouse_app.domain.csv_table import CODE_LENGTH_MOST, WHOLE_MOST
from warehouse_app.domain.errors import NotFound, WarehouseError
from warehouse_app.language import mark
from warehouse_app.operations.stock import canonical_sku
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction
from warehouse_app.store.ids import new_key

REASON_LENGTH_MOST = 1_000
LAST_YEAR = 2200


class CampaignDoesNotFit(WarehouseError):
    """Less is free than is to be set aside; nothing was."""

    message = mark(
        "{free} units of {sku} are free, and {quantity} more were to be set aside for {campaign}. Take fewer, or take"
        " what there is: --partly"
    )


class CampaignKnown(WarehouseError):
    """The campaign has this product already."""

    message = mark("The campaign {campaign} has {sku} already. Use: campaigns change {campaign} --sku {sku}")


class CampaignOver(WarehouseError):
    """A campaign that has ended stays as it was."""

    message = mark("The campaign {campaign} has ended. Add one under another name.")


class BadName(WarehouseError):
    """A name that could not be printed, or not be typed again."""

    message = mark("{text} is no name: it takes 1 to 100 visible characters, without blanks at the ends.")


class BadCampaign(WarehouseError):
    """Values that make no campaign."""

    message = mark("The campaign cannot be like this: {reason}")


@dataclass(frozen=True, slots=True)
class CampaignRequest:
    """Units of one product to be set aside. Without a start they are taken now.

    Orders of the channel draw on them; without a channel nobody does. `partly` takes what there is.
    """

    campaign: str
    sku: str
    quantity: int
    ends_at: datetime
    starts_at: datetime | None = None
    channel: str = ""
    owner: str = ""
    reason: str = ""
    partly: bool = False


@dataclass(frozen=True, slots=True)
class CampaignChange:
    """What is to be different; None stays. Without a SKU, all products of the campaign are meant."""

    sku: str | None = None
    owner: str | None = None
    quantity: int | None = None
    ends_at: datetime | None = None
    partly: bool = False


@dataclass(frozen=True, slots=True)
class Campaign:
    """One product of a campaign; `state` is planned, running or ended.

    `quantity` is what was wanted, and the sum of `remaining` (set aside now), `drawn` (promised to orders; of an ended
    campaign: then), `shipped`, `released` (given back to open stock) and `missing` (never there, or lost).
    """

    campaign: str
    sku: str
    owner: str
    channel: str
    state: str
    quantity: int
    remaining: int
    drawn: int
    shipped: int
    released: int
    missing: int
    starts_at: datetime
    ends_at: datetime
    ended_at: datetime | None
    worker: str
    reason: str


def keep_campaigns(database: Database) -> None:
    """Start and end what is due, in short transactions; when nothing is, this costs one query."""
    while database.read(_is_due) and database.write(start_and_end_due):
        pass


def add_campaign(tx: Transaction, request: CampaignRequest, worker: str) -> Campaign:
    """Set units aside. Raises CampaignDoesNotFit, CampaignKnown, CampaignOver, BadCampaign, NotFound."""
    tx.lock_warehouse()
    start_and_end_due(tx)
    sku = _checked_product(tx, request)
    starts_at = max(request.starts_at or tx.now, tx.now)
    _check_end(request.ends_at, starts_at)
    books = campaign_books(tx, [request.campaign], Cause("campaign", new_key(), worker, tx.now))
    known = books.campaigns.get(request.campaign, sku, request.owner)
    if known is not None and known.ended_at is None:
        raise CampaignKnown(campaign=request.campaign, sku=sku)
    if known is not None:
        raise CampaignOver(campaign=request.campaign)
    books.stock.load(tx, "sku", [sku])
    row = CampaignRow(
        request.campaign, sku, request.owner, request.channel, request.quantity, 0, 0, 0, 0, starts_at,
        request.ends_at, None, None, worker, request.reason,
    )  # fmt: skip
    books.campaigns.add(row)
    if starts_at == tx.now:
        row.started_at = tx.recorded_at
        _fill(tx, books, row, partly=request.partly)
    write_campaigns(tx, books)
    return _shown(row)


def change_campaign(tx: Transaction, name: str, change: CampaignChange, worker: str) -> tuple[Campaign, ...]:
    """Change quantity or end. Raises CampaignDoesNotFit, CampaignOver, BadCampaign, NotFound.

    Units that are no longer wanted are free at once; more are taken at once from what is free.
    """
    books, rows = _open_rows(tx, name, change.sku, change.owner, worker)
    if change.ends_at is not None:
        for row in rows:
            _check_end(change.ends_at, max(row.starts_at, tx.now))
            row.ends_at = change.ends_at
    if change.quantity is not None:
        if len(rows) > 1:
            raise BadCampaign(reason=mark("it has several products; say with --sku which of them"))
        _resize(tx, books, rows[0], change.quantity, partly=change.partly)
    write_campaigns(tx, books)
    return tuple(map(_shown, rows))


def end_campaign(tx: Transaction, name: str, sku: str | None, worker: str) -> tuple[Campaign, ...]:
    """Give what the campaign has left to open stock. Raises NotFound, CampaignOver."""
    books, rows = _open_rows(tx, name, sku, None, worker)
    end_campaigns(books, rows)
    write_campaigns(tx, books)
    return tuple(map(_shown, rows))


def list_campaigns(tx: Transaction, *, ended: bool) -> tuple[Campaign, ...]:
    """Campaigns that run or are planned, with `ended` also those that are over, by their end."""
    table = tables.campaign
    where = [tx.mine(table)] if ended else [tx.mine(table), table.c.ended_at.is_(None)]
    query = select(table).where(*where).order_by(table.c.ends_at, table.c.campaign, table.c.sku, table.c.owner)
    names = [column.name for column in table.c if column.name != "warehouse_id"]
    return tuple(_shown(CampaignRow(**{name: row[name] for name in names})) for row in tx.rows(query))


def check_name(text: str) -> None:
    """Raise BadName unless a person can read and type this."""
    if not text or not text.isprintable() or text != text.strip() or len(text) > CODE_LENGTH_MOST:
        raise BadName(text=ascii(text[:CODE_LENGTH_MOST]))


def _is_due(tx: Transaction) -> bool:
    due = next_due_at(tx)
    return due is not None and due <= tx.now


def _checked_product(tx: Transaction, request: CampaignRequest) -> str:
    check_name(request.campaign)
    for text in filter(None, (request.channel, request.owner)):
        check_name(text)
    if len(request.reason) > REASON_LENGTH_MOST or not request.reason.isprintable():
        raise BadCampaign(reason=mark("the reason has up to 1,000 visible characters"))
    _check_quantity(request.quantity)
    sku = canonical_sku(tx, request.sku)
    stock, part = tables.product_stock, tables.bundle_part
    if tx.value(select(part.c.part).where(part.c.bundle == sku).limit(1)) is not None:
        raise BadCampaign(reason=mark("a bundle lies on no shelf; set its parts aside"))
    owner = select(stock.c.owner).where(tx.mine(stock), stock.c.owner == request.owner).limit(1)
    if request.owner and tx.value(owner) is None:
        raise NotFound(thing=mark("owner"), name=request.owner)
    return sku


def _check_quantity(quantity: int) -> None:
    if not 0 < quantity <= WHOLE_MOST:
        raise BadCampaign(reason=mark("its quantity is from 1 to 1,000,000,000"))


def _check_end(ends_at: datetime, after: datetime) -> None:
    if ends_at <= after:
        raise BadCampaign(reason=mark("it ends before it starts, or before now"))
    if ends_at.year > LAST_YEAR:
        raise BadCampaign(reason=mark("it ends after the year 2200"))


def _open_rows(
    tx: Transaction, name: str, sku: str | None, owner: str | None, worker: str
) -> tuple[Books, list[CampaignRow]]:
    """The products of a campaign that are meant and have not ended, under the warehouse's lock."""
    tx.lock_warehouse()
    start_and_end_due(tx)
    wanted = canonical_sku(tx, sku) if sku is not None else None
    books = campaign_books(tx, [name], Cause("campaign", new_key(), worker, tx.now))
    rows = [row for row in books.campaigns if wanted in (None, row.sku) and owner in (None, row.owner)]
    if not rows:
        raise NotFound(thing=mark("campaign"), name=name if sku is None else f"{name} / {sku}")
    still_open = [row for row in rows if row.ended_at is None]
    if not still_open:
        raise CampaignOver(campaign=name)
    return books, still_open


def _resize(tx: Transaction, books: Books, row: CampaignRow, quantity: int, *, partly: bool) -> None:
    _check_quantity(quantity)
    if quantity < row.drawn + row.shipped:
        raise BadCampaign(reason=mark("orders have more of its units already"))
    row.quantity = quantity
    surplus = row.remaining + row.drawn + row.shipped - quantity
    if surplus > 0:
        keep(books, row, -surplus)
    elif row.started_at is not None:
        _fill(tx, books, row, partly=partly)


def _fill(tx: Transaction, books: Books, row: CampaignRow, *, partly: bool) -> None:
    """Take from open stock what is missing."""
    wanted = row.missing
    free = max(0, reservable(tx, [row.sku]).get((row.owner, row.sku), 0))
    if free < wanted and not partly:
        raise CampaignDoesNotFit(campaign=row.campaign, sku=row.sku, free=free, quantity=wanted)
    keep(books, row, min(free, wanted))


def _shown(row: CampaignRow) -> Campaign:
    state = "planned" if row.started_at is None else "running"
    return Campaign(
        row.campaign, row.sku, row.owner, row.channel, state if row.ended_at is None else "ended", row.quantity,
        row.remaining, row.drawn, row.shipped, row.released, row.missing, row.starts_at, row.ends_at, row.ended_at,
        row.worker, row.reason,
    )  # fmt: skip
