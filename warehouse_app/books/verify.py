"""Replays the ledger and proves every balance, total, reservation, allocation and the seal chain."""

from collections import defaultdict
from dataclasses import dataclass

from sqlalchemy import and_, func, select

from warehouse_app.books.bookkeeping import unapplied_count
from warehouse_app.books.sealing import broken_seals, chain_head, unsealed_count
from warehouse_app.books.verify_value import value_differences
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction

Key = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Difference:
    """A number in the books that its rows do not add up to; for a seal, what is there and what was sealed."""

    what: str
    key: str
    booked: int | str
    proven: int | str


@dataclass(frozen=True, slots=True)
class Verified:
    """What was proved. `head` is the seal chain's newest hash; `unsealed` moves came after it."""

    moves: int
    balances: int
    reservations: int
    allocations: int
    unapplied: int
    parked: int
    head: str
    unsealed: int
    differences: tuple[Difference, ...]


def verify(tx: Transaction, printed_head: str = "") -> Verified:
    """Recompute everything from its rows; finds every number that does not tie. Writes nothing.

    With a head that was printed or kept earlier it also finds a history that was altered and sealed anew.
    """
    differences = [
        *_balances(tx),
        *_sums_to_zero(tx),
        *_totals(tx),
        *_promises_by_line(tx),
        *_allocated_by_place(tx),
        *_set_aside(tx),
        *_lines(tx),
        *_cartons(tx),
        *(Difference(*found) for found in value_differences(tx)),
        *(Difference("seal", seal.key, seal.found, seal.sealed) for seal in broken_seals(tx, printed_head)),
    ]
    count = {name: _count(tx, name) for name in ("move", "balance", "reservation", "allocation", "parked_fact")}
    return Verified(
        count["move"],
        count["balance"],
        count["reservation"],
        count["allocation"],
        unapplied_count(tx),
        count["parked_fact"],
        chain_head(tx),
        unsealed_count(tx),
        tuple(differences),
    )


def _count(tx: Transaction, name: str) -> int:
    table = tables.metadata.tables[name]
    return int(tx.value(select(func.count()).select_from(table).where(tx.mine(table))))


def _compare(what: str, booked: dict[Key, int], proven: dict[Key, int]) -> list[Difference]:
    keys = sorted(set(booked) | set(proven))
    return [
        Difference(what, " / ".join(key), booked.get(key, 0), proven.get(key, 0))
        for key in keys
        if booked.get(key, 0) != proven.get(key, 0)
    ]


def _moved(tx: Transaction) -> dict[Key, int]:
    """What all moves leave at every place; both their sides come from one pass over the ledger."""
    move = tables.move
    names = (move.c.to_location, move.c.from_location, move.c.sku, move.c.owner, move.c.lot)
    query = select(*names, func.sum(move.c.quantity)).where(tx.mine(move)).group_by(*names)
    totals: dict[Key, int] = defaultdict(int)
    for to_location, from_location, sku, owner, lot, quantity in tx.connection.execute(query):
        totals[to_location, sku, owner, lot] += int(quantity)
        totals[from_location, sku, owner, lot] -= int(quantity)
    return totals


def _balances(tx: Transaction) -> list[Difference]:
    balance = tables.balance
    booked: dict[Key, int] = {
        (row["location"], row["sku"], row["owner"], row["lot"]): row["on_hand"]
        for row in tx.rows(select(balance).where(tx.mine(balance)))
    }
    return _compare("on hand", booked, dict(_moved(tx)))


def _sums_to_zero(tx: Transaction) -> list[Difference]:
    """Every move has two sides, so a product's units over all places, virtual ones too, cancel out."""
    balance = tables.balance
    query = select(balance.c.sku, balance.c.owner, func.sum(balance.c.on_hand)).where(tx.mine(balance))
    rows = tx.connection.execute(query.group_by(balance.c.sku, balance.c.owner))
    return [Difference("sum over all places", f"{sku} / {owner}", int(total), 0) for sku, owner, total in rows if total]


def _totals(tx: Transaction) -> list[Difference]:
    stock, balance, location = tables.product_stock, tables.balance, tables.location
    rows = tx.rows(select(stock).where(tx.mine(stock)))
    same = (balance.c.warehouse_id == location.c.warehouse_id) & (balance.c.location == location.c.location)
    sellable = (
        select(balance.c.sku, balance.c.owner, func.sum(balance.c.on_hand))
        .join(location, same)
        .where(tx.mine(balance), location.c.sellable)
        .group_by(balance.c.sku, balance.c.owner)
    )
    reservation = tables.reservation
    reserved = (
        select(reservation.c.sku, reservation.c.owner, func.sum(reservation.c.quantity))
        .where(tx.mine(reservation))
        .group_by(reservation.c.sku, reservation.c.owner)
    )
    return [
        *_compare("sellable", {(row["sku"], row["owner"]): row["sellable"] for row in rows}, _summed(tx, sellable)),
        *_compare("reserved", {(row["sku"], row["owner"]): row["reserved"] for row in rows}, _summed(tx, reserved)),
    ]


def _promises_by_line(tx: Transaction) -> list[Difference]:
    line, reservation, allocation = tables.fulfilment_line, tables.reservation, tables.allocation
    rows = tx.rows(select(line).where(tx.mine(line)))
    differences = []
    for what, table in (("reserved", reservation), ("allocated", allocation)):
        query = select(table.c.order_no, table.c.line_no, func.sum(table.c.quantity)).where(tx.mine(table))
        proven = _summed(tx, query.group_by(table.c.order_no, table.c.line_no))
        booked: dict[Key, int] = {(row["order_no"], str(row["line_no"])): row[what] for row in rows}
        differences += _compare(f"{what} of line", booked, proven)
    return differences


def _allocated_by_place(tx: Transaction) -> list[Difference]:
    balance, allocation = tables.balance, tables.allocation
    booked: dict[Key, int] = {
        (row["location"], row["sku"], row["owner"], row["lot"]): row["allocated"]
        for row in tx.rows(select(balance).where(tx.mine(balance)))
    }
    names = (allocation.c.location, allocation.c.sku, allocation.c.owner, allocation.c.lot)
    query = select(*names, func.sum(allocation.c.quantity)).where(tx.mine(allocation)).group_by(*names)
    return _compare("allocated", booked, _summed(tx, query))


def _set_aside(tx: Transaction) -> list[Difference]:
    """What is set aside is what campaigns have left; what orders drew from them is part of what is reserved."""
    stock, campaign, draw = tables.product_stock, tables.campaign, tables.campaign_draw
    names = (stock.c.sku, stock.c.owner)
    booked = select(*names, stock.c.set_aside).where(tx.mine(stock), stock.c.set_aside != 0)
    kept = select(campaign.c.sku, campaign.c.owner, func.sum(campaign.c.remaining)).where(tx.mine(campaign))
    kept = kept.where(campaign.c.remaining != 0).group_by(campaign.c.sku, campaign.c.owner)
    key = (campaign.c.campaign, campaign.c.sku, campaign.c.owner)
    drawn = select(*key, campaign.c.drawn).where(
        tx.mine(campaign), campaign.c.ended_at.is_(None), campaign.c.drawn != 0
    )
    mine = (draw.c.campaign, draw.c.sku, draw.c.owner)
    draws = select(*mine, func.sum(draw.c.quantity)).where(tx.mine(draw)).group_by(*mine)
    return [
        *_compare("set aside", _summed(tx, booked), _summed(tx, kept)),
        *_compare("drawn from campaign", _summed(tx, drawn), _summed(tx, draws)),
        *_overdrawn(tx),
    ]


def _overdrawn(tx: Transaction) -> list[Difference]:
    """No line holds more units from campaigns than it holds at all."""
    draw, line = tables.campaign_draw, tables.fulfilment_line
    same = [draw.c[name] == line.c[name] for name in ("warehouse_id", "order_no", "line_no", "sku", "owner")]
    drawn = func.sum(draw.c.quantity)
    query = select(draw.c.order_no, draw.c.line_no, drawn, func.coalesce(func.max(line.c.reserved), 0))
    query = query.outerjoin_from(draw, line, and_(*same)).where(tx.mine(draw)).group_by(draw.c.order_no, draw.c.line_no)
    rows = tx.connection.execute(query)
    return [
        Difference("drawn for line", f"{order_no} / {line_no}", int(units), int(reserved))
        for order_no, line_no, units, reserved in rows
        if units > reserved
    ]


def _lines(tx: Transaction) -> list[Difference]:
    """What an order line was promised and what happened to it never exceeds what was ordered."""
    line = tables.fulfilment_line
    settled = line.c.cancelled + line.c.reserved + line.c.shipped + line.c.short
    query = select(line.c.order_no, line.c.line_no, settled.label("settled"), line.c.ordered)
    rows = tx.rows(query.where(tx.mine(line), settled > line.c.ordered))
    return [Difference("line", f"{row['order_no']} / {row['line_no']}", row["settled"], row["ordered"]) for row in rows]


def _cartons(tx: Transaction) -> list[Difference]:
    """What a carton in the house is said to contain lies in it by the balances."""
    content, carton, balance = tables.carton_content, tables.carton, tables.balance
    same = (content.c.warehouse_id == carton.c.warehouse_id) & (content.c.carton == carton.c.carton)
    inside = carton.c.state.in_(("open", "closed", "stopped"))
    names = (content.c.carton, content.c.sku, content.c.lot)
    said = select(*names, func.sum(content.c.quantity)).join(carton, same).where(tx.mine(content), inside)
    here = (balance.c.warehouse_id == carton.c.warehouse_id) & (balance.c.location == carton.c.carton)
    lies = select(balance.c.location, balance.c.sku, balance.c.lot, func.sum(balance.c.on_hand))
    lies = lies.join(carton, here).where(tx.mine(balance), inside, balance.c.on_hand != 0)
    proven = _summed(tx, lies.group_by(balance.c.location, balance.c.sku, balance.c.lot))
    return _compare("carton content", _summed(tx, said.group_by(*names)), proven)


def _summed(tx: Transaction, query: object) -> dict[Key, int]:
    rows = tx.connection.execute(query)  # type: ignore[call-overload]
    return {tuple(str(part) for part in row[:-1]): int(row[-1]) for row in rows}
