"""Takes promises back that a hold or a move by decision leaves without stock, in the transaction that made it.

What still lies on a shelf is promised anew from elsewhere or becomes short; the least urgent orders give first. Units
in totes and cartons stay with their orders, which are stopped where they are.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.sql import ColumnElement

from warehouse_app.books.availability import unpromised
from warehouse_app.books.held_stock import HeldStock, Hold, active_holds, held_by, held_stock
from warehouse_app.books.ledger import Books, Cause, new_books
from warehouse_app.books.loading import load_draws, load_stock, write
from warehouse_app.books.settle import give_back, settle
from warehouse_app.domain.wording import STOCK_GIVEN_BACK, STOCK_ON_HOLD
from warehouse_app.store import tables
from warehouse_app.store.database import Row, Transaction

Stock = tuple[str, str]  # owner, sku


@dataclass(frozen=True, slots=True)
class Replanned:
    """What a transaction came to: the units that orders lost, and whether nothing more has to be given back."""

    units_lost: int
    finished: bool


def replan_for_hold(tx: Transaction, cause: Cause, hold: Hold, most_orders: int | None = None) -> Replanned:
    """Give back and replace what orders were promised of the stock that this hold, in force already, stops on shelves.

    With `most_orders` about so many do it at the most, the most urgent first, for they come first to what lies
    elsewhere too; unless that finishes it, it has to be called again in another transaction.
    """
    books = new_books(tx.recorded_at, cause)
    rows = _stopped_shelves(tx, hold)
    everything = held_stock(tx, {row["sku"] for row in rows})
    excess = {_key(row): row["allocated"] - (row["on_hand"] - _stopped(everything, row)) for row in rows}
    promised = [row for row in rows if excess[_key(row)] > 0]
    emptied = {_key(row) for row in promised if excess[_key(row)] == row["allocated"]}
    places, skus = {row["location"] for row in promised}, {row["sku"] for row in promised}
    orders = _most_urgent(tx, places, skus, emptied)
    left = orders[most_orders:] if most_orders is not None else []
    load_promises(tx, books, places, skus, without=left)
    told = {"hold": hold.hold_id, "names": hold.names, "reason": hold.reason}
    for row in promised:
        give_back(books.balances[_key(row)], excess[_key(row)], books, "stock_held", told)
    reason = STOCK_ON_HOLD.format(names=hold.names, reason=hold.reason)
    lost = _settle_promises(tx, books, reason)
    if left:
        return Replanned(lost, finished=False)
    given = _give_back_reservations(tx, cause, {row["sku"] for row in rows}, reason, most_orders)
    return Replanned(lost + given.units_lost, given.finished)


def _key(row: Row) -> tuple[str, str, str, str]:
    """A balance's key in the books."""
    return row["location"], row["sku"], row["owner"], row["lot"]


def _most_urgent(
    tx: Transaction, places: Collection[str], skus: Collection[str], emptied: Collection[tuple[str, ...]]
) -> list[str]:
    """The orders that were promised anything of what is stopped as a whole, as they are served."""
    allocation, order = tables.allocation, tables.fulfilment_order
    of_order = (allocation.c.warehouse_id == order.c.warehouse_id) & (allocation.c.order_no == order.c.order_no)
    query = (
        select(order.c.order_no, *(allocation.c[name] for name in ("location", "sku", "owner", "lot")))
        .join(allocation, of_order)
        .where(tx.mine(order), tx.one_of(allocation.c.location, sorted(places)), allocation.c.sku.in_(list(skus)))
        .order_by(
            order.c.ship_by, order.c.priority.desc(), order.c.tier.desc(), order.c.ordered_at, order.c.order_no
        )
    )  # fmt: skip
    found = tx.connection.execute(query)
    return list(dict.fromkeys(order_no for order_no, *key in found if tuple(key) in emptied))


def replan_after_moves(tx: Transaction, books: Books) -> None:
    """Once a batch is written: units of a held receipt that came to a shelf stop the others there as well.

    Asks nothing unless units came to a place that orders are promised from.
    """
    arrived = {move.goods[1] for move in books.moves if books.place(move.to_location).pickable}
    held = [hold for hold in active_holds(tx) if hold.receipt and not hold.serial] if arrived else []
    for hold in held:
        replan_for_hold(tx, books.cause, hold)


def load_promises(
    tx: Transaction, books: Books, places: Collection[str], skus: Collection[str], *, without: Sequence[str] = ()
) -> None:
    """Load what is promised of these products from these places, and of its orders what settling them looks at."""
    table = tables.allocation
    where = [table.c.sku.in_(list(skus)), *([~tx.one_of(table.c.order_no, without)] if without else [])]
    found = books.allocations.load(tx, "location", places, *where)
    _load_orders(tx, books, {row.order_no for row in found}, skus)
    books.balances.load(tx, "location", places, tables.balance.c.sku.in_(list(skus)))


def _load_orders(tx: Transaction, books: Books, orders: Collection[str], skus: Collection[str]) -> None:
    """Orders without what lies at the other places that they are promised from: a hold may touch hundreds of them."""
    for rows in (books.orders, books.lines, books.stops):
        rows.load(tx, "order_no", orders)
    books.reservations.load(tx, "order_no", orders, tables.reservation.c.sku.in_(list(skus)))
    allocations = books.allocations.load(tx, "order_no", orders)
    books.locations.load(tx, "location", {row.location for row in allocations})
    lists = {stop.list_no for stop in books.stops}
    books.pick_lists.load(tx, "list_no", lists)
    books.claims.load(tx, "work", [f"pick:{name}" for name in lists] + [f"pack:{name}" for name in orders])
    load_draws(tx, books, orders)
    load_stock(tx, books, skus)


def settle_and_write(tx: Transaction, books: Books, skus: Collection[str], reason: str) -> int:
    """Replace, write, and give back reservations beyond what can be sold now; give the units that orders lost.

    Orders that lost units say so in `reason`.
    """
    lost = _settle_promises(tx, books, reason)
    return lost + _give_back_reservations(tx, books.cause, skus, reason).units_lost


def _settle_promises(tx: Transaction, books: Books, reason: str) -> int:
    before = {(line.order_no, line.line_no): line.short for line in books.lines}
    settle(tx, books)
    lost = _explain(books, before, reason)
    write(tx, books)
    return lost


def _stopped_shelves(tx: Transaction, hold: Hold) -> list[Row]:
    """What lies under the hold at places that orders are promised from."""
    balance, location = tables.balance, tables.location
    same = (balance.c.warehouse_id == location.c.warehouse_id) & (balance.c.location == location.c.location)
    query = select(balance).join(location, same)
    named = query.where(tx.mine(balance), location.c.pickable, balance.c.on_hand > 0, *_named(hold))
    by_itself = held_by(tx, [hold])
    return [row for row in tx.rows(named) if _stopped(by_itself, row)]


def _named(hold: Hold) -> list[ColumnElement[bool]]:
    names = {"owner": hold.owner, "sku": hold.sku, "lot": hold.lot, "location": hold.location}
    return [tables.balance.c[column] == name for column, name in names.items() if name]


def _stopped(held: HeldStock, row: Row) -> int:
    return held.units((row["owner"], row["sku"], row["lot"]), row["location"], row["on_hand"])


def _explain(books: Books, before: dict[tuple[str, int], int], reason: str) -> int:
    """Write why into the orders that are shorter than before; give the units."""
    lost = 0
    for line in books.lines:
        more = line.short - before.get((line.order_no, line.line_no), line.short)
        if more > 0:
            lost += more
            books.orders[line.order_no].reason = STOCK_GIVEN_BACK.format(sku=line.sku, quantity=more, reason=reason)
    return lost


def _give_back_reservations(
    tx: Transaction, cause: Cause, skus: Collection[str], reason: str, most_lines: int | None = None
) -> Replanned:
    """The least urgent orders give back what nothing is allocated for yet, where less can be sold now."""
    # Campaigns do not take units from orders: what is set aside for them is the first to be missing.
    over = {key: -free for key, free in unpromised(tx, sorted(skus)).items() if free < 0}
    if not over:
        return Replanned(0, finished=True)
    books = new_books(tx.recorded_at, cause)
    giving = {key: _least_urgent(tx, key, min(excess, most_lines or excess)) for key, excess in over.items()}
    _load_orders(tx, books, {row["order_no"] for rows in giving.values() for row in rows}, {sku for _, sku in over})
    before = {(line.order_no, line.line_no): line.short for line in books.lines}
    for key, rows in giving.items():
        for row in rows:
            line = books.lines[row["order_no"], row["line_no"]]
            lost = min(over[key], line.reserved - line.allocated)
            books.reserve(line, -lost)
            line.short += lost
            over[key] -= lost
            if lost:
                books.note(line.order_no, "reservation_lost", sku=line.sku, quantity=lost, reason=reason)
                books.touched.add(line.order_no)
    settle(tx, books)
    units_lost = _explain(books, before, reason)
    write(tx, books)
    return Replanned(
        units_lost, finished=not any(over[key] and len(rows) == most_lines for key, rows in giving.items())
    )


def _least_urgent(tx: Transaction, stock: Stock, units: int) -> Sequence[Row]:
    """Order lines that give back so many units which are reserved and not allocated, in the reverse of `order_rank`."""
    line, order = tables.fulfilment_line, tables.fulfilment_order
    reservation = tables.reservation
    of_line = (reservation.c.warehouse_id == line.c.warehouse_id) & (reservation.c.order_no == line.c.order_no)
    of_order = (line.c.warehouse_id == order.c.warehouse_id) & (line.c.order_no == order.c.order_no)
    owner, sku = stock
    query = (
        select(line.c.order_no, line.c.line_no)
        .select_from(reservation)
        .join(line, of_line & (reservation.c.line_no == line.c.line_no))
        .join(order, of_order)
        .where(tx.mine(reservation), reservation.c.sku == sku, reservation.c.owner == owner)
        .where(line.c.reserved > line.c.allocated)
        .order_by(
            order.c.ship_by.desc(), order.c.priority, order.c.tier, order.c.ordered_at.desc(), order.c.order_no.desc()
        )
        .limit(units)
    )
    return tx.rows(query)
