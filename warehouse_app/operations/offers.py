"""What may be promised of each product to each sales channel, and the buffers that are not offered to one."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import NamedTuple

from sqlalchemy import func, select

from warehouse_app.books.availability import stopped_units
from warehouse_app.domain.csv_table import WHOLE_MOST
from warehouse_app.domain.errors import NotFound, WarehouseError
from warehouse_app.language import mark
from warehouse_app.operations.campaigns import check_name
from warehouse_app.operations.stock import canonical_sku
from warehouse_app.planning.campaigns import channel_names, serves
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction

StockKey = tuple[str, str]  # owner, sku


class BadBuffer(WarehouseError):
    """A buffer of an impossible size."""

    message = mark("A buffer is from 0 to 1,000,000,000 units; {units} is not.")


@dataclass(frozen=True, slots=True)
class Buffer:
    """Units that are not offered to a channel; without a SKU, of every product that has no buffer of its own."""

    channel: str
    sku: str
    units: int


class Promise(NamedTuple):
    """What may be promised to a channel, in units; an empty channel is any that is not named.

    `available` is `sellable` without what is reserved for orders, kept by campaigns for others, held back by holds or
    expiry, and the channel's buffer; never less than 0. `on_hand` is all that is in the house, sellable or not. For a
    bundle it is how many the parts make.
    """

    sku: str
    owner: str
    channel: str
    on_hand: int
    sellable: int
    reserved: int
    campaigns: int
    buffer: int
    held: int
    available: int


class _Stock(NamedTuple):
    """A product's units, and what campaigns keep of them by channel."""

    on_hand: int
    sellable: int
    reserved: int
    held: int
    campaigns: Mapping[str, int]


_NOTHING = _Stock(0, 0, 0, 0, {})


def available_to_promise(tx: Transaction, sku: str | None, channel: str | None) -> tuple[Promise, ...]:
    """What may be promised of one product or of all, to one channel or to all. Raises NotFound.

    Without a channel each product has a row for channels in general, and one for each that has a buffer or a campaign.
    """
    name = None if sku is None else canonical_sku(tx, sku)
    bundles = _bundles(tx, name)
    wanted = None if name is None else {name, *bundles.get(name, ())}
    stock = _stock(tx, wanted)
    if name is not None and name not in bundles and not any(one == name for _, one in stock):
        stock["", name] = _NOTHING
    buffers = {(row.channel, row.sku): row.units for row in list_buffers(tx)}
    offers = _Offers(stock, buffers, () if channel is None else (channel,))
    found = [one for key in stock if name in (None, key[1]) for one in offers.of_product(key)]
    found += [one for bundle, parts in bundles.items() for one in offers.of_bundle(bundle, parts)]
    return tuple(sorted(found))


def set_buffer(tx: Transaction, channel: str, sku: str, units: int) -> Buffer:
    """Keep units from being offered to a channel. Raises BadBuffer, BadName, NotFound."""
    tx.lock_warehouse()
    check_name(channel)
    if not 0 <= units <= WHOLE_MOST:
        raise BadBuffer(units=units)
    buffer = Buffer(channel, canonical_sku(tx, sku) if sku else "", units)
    tx.put(tables.channel_buffer, [{"channel": buffer.channel, "sku": buffer.sku, "units": buffer.units}])
    tx.announce("buffer", [channel])
    return buffer


def remove_buffer(tx: Transaction, channel: str, sku: str) -> Buffer:
    """Offer everything to a channel again; for a product, what the channel's own buffer says. Raises NotFound."""
    tx.lock_warehouse()
    name = canonical_sku(tx, sku) if sku else ""
    known = {(row.channel, row.sku): row for row in list_buffers(tx)}
    if (channel, name) not in known:
        raise NotFound(thing=mark("buffer"), name=f"{channel} / {name}" if name else channel)
    tx.remove(tables.channel_buffer, [{"channel": channel, "sku": name}])
    tx.announce("buffer", [channel])
    return known[channel, name]


def list_buffers(tx: Transaction) -> tuple[Buffer, ...]:
    """All buffers, by channel and product."""
    table = tables.channel_buffer
    rows = tx.rows(select(table).where(tx.mine(table)).order_by(table.c.channel, table.c.sku))
    return tuple(Buffer(row["channel"], row["sku"], row["units"]) for row in rows)


@dataclass(frozen=True, slots=True)
class _Offers:
    """Works out what each channel is offered; `asked` are the channels wanted, all when it is empty."""

    stock: Mapping[StockKey, _Stock]
    buffers: Mapping[tuple[str, str], int]
    asked: tuple[str, ...]

    def of_product(self, key: StockKey) -> Iterable[Promise]:
        units = self.stock[key]
        for channel in self.asked or self._channels((key[1],), units.campaigns):
            yield self._promise(key, units, channel, self._buffer(channel, (key[1], "")))

    def of_bundle(self, bundle: str, parts: Mapping[str, int]) -> Iterable[Promise]:
        """So many as the part that allows the fewest; a bundle's own buffer comes on top of those of its parts."""
        owners = sorted({owner for owner, sku in self.stock if sku in parts}) or [""]
        for owner in owners:
            pieces = {sku: self.stock.get((owner, sku), _NOTHING) for sku in parts}
            campaigns = [channel for units in pieces.values() for channel in units.campaigns]
            on_hand = min(units.on_hand // parts[sku] for sku, units in pieces.items())
            sellable = min(units.sellable // parts[sku] for sku, units in pieces.items())
            for channel in self.asked or self._channels((bundle, *parts), campaigns):
                promises = [
                    self._promise((owner, sku), units, channel, self._buffer(channel, (sku, "")))
                    for sku, units in pieces.items()
                ]
                available = min(promise.available // parts[promise.sku] for promise in promises)
                buffer = self._buffer(channel, (bundle,))
                yield Promise(bundle, owner, channel, on_hand, sellable, 0, 0, buffer, 0, max(0, available - buffer))

    def _promise(self, key: StockKey, units: _Stock, channel: str, buffer: int) -> Promise:
        others = 0
        if units.campaigns:
            others = sum(kept for mine, kept in units.campaigns.items() if not serves(mine, channel))
        available = units.sellable - units.reserved - others - units.held - buffer
        return Promise(
            key[1], key[0], channel, units.on_hand, units.sellable, units.reserved, others, buffer, units.held,
            max(0, available),
        )  # fmt: skip

    def _buffer(self, channel: str, skus: Iterable[str]) -> int:
        """The buffer of the product before that of all products, and of the shop before that of its channel."""
        if not self.buffers:
            return 0
        known = (self.buffers.get((name, sku)) for sku in skus for name in channel_names(channel))
        return next((units for units in known if units is not None), 0)

    def _channels(self, skus: Collection[str], campaigns: Iterable[str]) -> list[str]:
        named = {channel for channel, sku in self.buffers if sku in ("", *skus)}
        return sorted({"", *named, *campaigns})


def _stock(tx: Transaction, skus: Collection[str] | None) -> dict[StockKey, _Stock]:
    """The units of these products, or of all that have any."""
    stock, balance = tables.product_stock, tables.balance
    of_stock = [tx.mine(stock)] if skus is None else [tx.mine(stock), tx.one_of(stock.c.sku, sorted(skus))]
    of_balance = [tx.mine(balance), balance.c.physical]
    if skus is not None:
        of_balance.append(tx.one_of(balance.c.sku, sorted(skus)))
    names = (balance.c.owner, balance.c.sku)
    lying = select(*names, func.sum(balance.c.on_hand)).where(*of_balance).group_by(*names)
    on_hand = {(owner, sku): int(units) for owner, sku, units in tx.connection.execute(lying).all()}
    columns = (stock.c.owner, stock.c.sku, stock.c.sellable, stock.c.reserved)
    rows = tx.connection.execute(select(*columns).where(*of_stock)).all()
    stopped = stopped_units(tx, [row[1] for row in rows])
    kept = _kept(tx)
    return {
        (owner, sku): _Stock(
            on_hand.get((owner, sku), 0),
            sellable,
            reserved,
            stopped.get((owner, sku), 0),
            kept.get((owner, sku), _NOTHING.campaigns),
        )
        for owner, sku, sellable, reserved in rows
    }


def _kept(tx: Transaction) -> dict[StockKey, dict[str, int]]:
    """What running campaigns keep, by product and channel."""
    table = tables.campaign
    columns = (table.c.owner, table.c.sku, table.c.channel, func.sum(table.c.remaining))
    query = select(*columns).where(tx.mine(table), table.c.ended_at.is_(None)).group_by(*columns[:3])
    kept: dict[StockKey, dict[str, int]] = defaultdict(dict)
    for owner, sku, channel, units in tx.connection.execute(query):
        kept[owner, sku][channel] = int(units)
    return kept


def _bundles(tx: Transaction, sku: str | None) -> dict[str, dict[str, int]]:
    """The parts of this bundle, or of all bundles; nothing for any other product."""
    table = tables.bundle_part
    query = select(table.c.bundle, table.c.part, table.c.quantity)
    if sku is not None:
        query = query.where(table.c.bundle == sku)
    bundles: dict[str, dict[str, int]] = defaultdict(dict)
    for bundle, part, quantity in tx.connection.execute(query):
        bundles[bundle][part] = quantity
    return bundles
