"""Replays the ledger and proves every balance, total, reservation, allocation and the seal chain."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, or_, select

from warehouse_app.books.bookkeeping import unapplied_count
from warehouse_app.books.periods import period_differences
from warehouse_app.books.replay import Replay, replay_all
from warehouse_app.books.sealing import ChainProof, chain_head, unsealed_count
from warehouse_app.books.snapshots import Totals
from warehouse_app.books.streams import StoppedStream, stopped_streams
from warehouse_app.books.verify_campaigns import campaign_differences
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
    """What was proved. `head` is the seal chain's newest hash; `unsealed` moves came after it.

    What is parked or stopped keeps facts out of the books, which tie without them.
    """

    moves: int
    balances: int
    reservations: int
    allocations: int
    unapplied: int
    parked: int
    head: str
    unsealed: int
    stopped: tuple[StoppedStream, ...]
    differences: tuple[Difference, ...]


class Proof:
    """Recomputes everything from its rows. Writes nothing.

    Ledger, seals and snapshots are walked through in steps, each in a transaction of its own if need be, while others
    go on booking; `finish` then needs one short look at one state of everything else.
    """

    def __init__(self, printed_head: str = "") -> None:
        self._replay = Replay()
        self._chain = ChainProof(printed_head)

    def step(self, tx: Transaction) -> bool:
        """Prove some more of the ledger; False when there is no more of it."""
        more_pages = self._chain.step(tx)
        return self._replay.step(tx) or more_pages

    def finish(self, tx: Transaction) -> Verified:
        """Prove the rest, and find every number that does not tie."""
        replay = replay_all(tx, self._replay)
        lying = _lying(tx)
        differences = [
            *_balances(lying, replay.totals),
            *_sums_to_zero(lying),
            *_totals(tx, lying),
            *_promises_by_line(tx),
            *_allocated_by_place(tx, lying),
            *_lines(tx),
            *_cartons(tx, lying),
            *(Difference(*found) for found in campaign_differences(tx)),
            *(Difference(*found) for found in value_differences(tx, lying.in_house)),
            *(Difference(*found) for found in period_differences(tx)),
            *(Difference("snapshot", bad.key, bad.found, bad.proven) for bad in replay.bad),
            *(Difference("seal", seal.key, seal.found, seal.sealed) for seal in self._chain.finish(tx)),
        ]
        count = {name: _count(tx, name) for name in ("balance", "reservation", "allocation", "parked_fact")}
        return Verified(
            replay.moves,
            count["balance"],
            count["reservation"],
            count["allocation"],
            unapplied_count(tx),
            count["parked_fact"],
            chain_head(tx),
            unsealed_count(tx),
            stopped_streams(tx),
            tuple(differences),
        )


def verify(tx: Transaction, printed_head: str = "") -> Verified:
    """Prove everything in one transaction.

    With a head that was printed or kept earlier it also finds a history that was altered and sealed anew.
    """
    return Proof(printed_head).finish(tx)


def _count(tx: Transaction, name: str) -> int:
    table = tables.metadata.tables[name]
    return int(tx.value(select(func.count()).select_from(table).where(tx.mine(table))))


def _compare(what: str, booked: Mapping[Key, int], proven: Mapping[Key, int]) -> list[Difference]:
    keys = sorted(set(booked) | set(proven))
    return [
        Difference(what, " / ".join(key), booked.get(key, 0), proven.get(key, 0))
        for key in keys
        if booked.get(key, 0) != proven.get(key, 0)
    ]


@dataclass(frozen=True, slots=True)
class _Lying:
    """What the balances say, from one pass over those that are not empty."""

    on_hand: Totals
    allocated: dict[Key, int]
    sellable: dict[Key, int]
    by_product: dict[Key, int]
    in_house: dict[tuple[str, str], int]


def _lying(tx: Transaction) -> _Lying:
    balance, location = tables.balance, tables.location
    here = (balance.c.warehouse_id == location.c.warehouse_id) & (balance.c.location == location.c.location)
    columns = [balance.c[name] for name in ("sku", "location", "owner", "lot", "on_hand", "allocated", "physical")]
    query: Select[Any] = select(*columns, location.c.sellable).outerjoin(location, here)
    found = _Lying({}, {}, defaultdict(int), defaultdict(int), defaultdict(int))
    rows = tx.connection.execute(query.where(tx.mine(balance), or_(balance.c.on_hand != 0, balance.c.allocated != 0)))
    for sku, place, owner, lot, on_hand, allocated, physical, sellable in rows:
        found.by_product[sku, owner] += on_hand
        found.in_house[sku, owner] += on_hand if physical else 0
        if on_hand:
            found.on_hand[sku, place, owner, lot] = on_hand
        if allocated:
            found.allocated[place, sku, owner, lot] = allocated
        if sellable:
            found.sellable[sku, owner] += on_hand
    return found


def _balances(lying: _Lying, proven: Totals) -> list[Difference]:
    if lying.on_hand == proven:
        return []
    return _compare("on hand", _by_place(lying.on_hand), _by_place(proven))


def _by_place(totals: Totals) -> dict[Key, int]:
    return {(place, sku, owner, lot): units for (sku, place, owner, lot), units in totals.items()}


def _sums_to_zero(lying: _Lying) -> list[Difference]:
    """Every move has two sides, so a product's units over all places, virtual ones too, cancel out."""
    return [
        Difference("sum over all places", " / ".join(key), total, 0)
        for key, total in sorted(lying.by_product.items())
        if total
    ]


def _totals(tx: Transaction, lying: _Lying) -> list[Difference]:
    stock = tables.product_stock
    rows = tx.rows(select(stock).where(tx.mine(stock)))
    reservation = tables.reservation
    reserved = (
        select(reservation.c.sku, reservation.c.owner, func.sum(reservation.c.quantity))
        .where(tx.mine(reservation))
        .group_by(reservation.c.sku, reservation.c.owner)
    )
    return [
        *_compare("sellable", {(row["sku"], row["owner"]): row["sellable"] for row in rows}, lying.sellable),
        *_compare("reserved", {(row["sku"], row["owner"]): row["reserved"] for row in rows}, _summed(tx, reserved)),
    ]


def _promises_by_line(tx: Transaction) -> list[Difference]:
    line, differences = tables.fulfilment_line, []
    for what, table in (("reserved", tables.reservation), ("allocated", tables.allocation)):
        query = select(table.c.order_no, table.c.line_no, func.sum(table.c.quantity)).where(tx.mine(table))
        proven = _summed(tx, query.group_by(table.c.order_no, table.c.line_no))
        said = select(line.c.order_no, line.c.line_no, line.c[what]).where(tx.mine(line), line.c[what] != 0)
        differences += _compare(f"{what} of line", _summed(tx, said), proven)
    return differences


def _allocated_by_place(tx: Transaction, lying: _Lying) -> list[Difference]:
    allocation = tables.allocation
    names = (allocation.c.location, allocation.c.sku, allocation.c.owner, allocation.c.lot)
    query = select(*names, func.sum(allocation.c.quantity)).where(tx.mine(allocation)).group_by(*names)
    return _compare("allocated", lying.allocated, _summed(tx, query))


def _lines(tx: Transaction) -> list[Difference]:
    """What an order line was promised and what happened to it never exceeds what was ordered."""
    line = tables.fulfilment_line
    settled = line.c.cancelled + line.c.reserved + line.c.shipped + line.c.short
    query = select(line.c.order_no, line.c.line_no, settled.label("settled"), line.c.ordered)
    rows = tx.rows(query.where(tx.mine(line), settled > line.c.ordered))
    return [Difference("line", f"{row['order_no']} / {row['line_no']}", row["settled"], row["ordered"]) for row in rows]


def _cartons(tx: Transaction, lying: _Lying) -> list[Difference]:
    """What a carton in the house is said to contain lies in it by the balances."""
    content, carton = tables.carton_content, tables.carton
    same = (content.c.warehouse_id == carton.c.warehouse_id) & (content.c.carton == carton.c.carton)
    inside = (tx.mine(carton), carton.c.state.in_(("open", "closed", "stopped")))
    names = (content.c.carton, content.c.sku, content.c.lot)
    said = select(*names, func.sum(content.c.quantity)).join(carton, same).where(*inside).group_by(*names)
    cartons = {row["carton"] for row in tx.rows(select(carton.c.carton).where(*inside))}
    proven: dict[Key, int] = defaultdict(int)
    for (sku, place, _owner, lot), units in lying.on_hand.items():
        if place in cartons:
            proven[place, sku, lot] += units
    return _compare("carton content", _summed(tx, said), proven)


def _summed(tx: Transaction, query: object) -> dict[Key, int]:
    rows = tx.connection.execute(query)  # type: ignore[call-overload]
    return {tuple(str(part) for part in row[:-1]): int(row[-1]) for row in rows}
