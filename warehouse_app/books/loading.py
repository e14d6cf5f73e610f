"""Loads what a batch of facts or a decision will touch, in a few bulk queries, and writes it back."""

import json
from collections.abc import Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, fields
from functools import cache
from typing import get_origin

from sqlalchemy import or_, select

from warehouse_app.books.ledger import VIRTUAL, Books
from warehouse_app.books.rowset import RowSet, Wanted, load_together
from warehouse_app.books.valuing import value_moves
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction
from warehouse_app.store.feed import MANY
from warehouse_app.store.ids import new_key


@dataclass(frozen=True, slots=True)
class Needs:
    """The names of what must be loaded before an applier can run."""

    orders: frozenset[str] = frozenset()
    places: frozenset[str] = frozenset()
    skus: frozenset[str] = frozenset()
    cartons: frozenset[str] = frozenset()
    lists: frozenset[str] = frozenset()
    manifests: frozenset[str] = frozenset()
    purchase_orders: frozenset[str] = frozenset()
    sheets: frozenset[str] = frozenset()
    works: frozenset[str] = frozenset()
    serials: frozenset[str] = frozenset()
    serial_places: frozenset[str] = frozenset()
    serial_cartons: frozenset[str] = frozenset()

    def __or__(self, other: "Needs") -> "Needs":
        """Both needs at once."""
        return Needs(*(getattr(self, item.name) | getattr(other, item.name) for item in fields(self)))


FEW = 100
"""Orders up to which a transaction is small: its statements are worth no preparation."""

NAMED_CHANGES = 100
"""What the feed calls more orders than a screen would look up one by one."""


def needs(**names: Iterable[str]) -> Needs:
    """Needs from any iterables of names; empty names are left out."""
    return Needs(**{what: frozenset(name for name in wanted if name) for what, wanted in names.items()})


def together(all_needs: Iterable[Needs]) -> Needs:
    """The union of many needs."""
    merged: dict[str, set[str]] = {item.name: set() for item in fields(Needs)}
    for one in all_needs:
        for name, names in merged.items():
            names.update(getattr(one, name))
    return Needs(**{name: frozenset(names) for name, names in merged.items()})


def load(tx: Transaction, books: Books, wanted: Needs) -> None:
    """Load everything that these needs name, and what belongs to it. May be called again for more."""
    orders = _load_named(tx, books, wanted)
    places = wanted.places | wanted.cartons | _load_orders(tx, books, orders)
    _load_places(tx, books, places, wanted)
    works = set(wanted.works) | {f"pack:{order}" for order in orders}
    works |= {f"pick:{row.list_no}" for row in books.pick_lists}
    works |= {f"ship:{row.manifest_no}" for row in books.cartons if row.manifest_no}
    _load_goods(tx, books, wanted, works)


def campaigns_are_kept(tx: Transaction) -> bool:
    """Whether any campaign is planned or runs; without one, no order has drawn on any. Asks no query."""
    return tx.lock_warehouse()["campaigns_due_at"] is not None


def load_draws(tx: Transaction, books: Books, orders: Iterable[str]) -> None:
    """Load what of these orders' reservations came from campaigns; needed before anything of them is given back."""
    if campaigns_are_kept(tx):
        draws = books.draws.load(tx, "order_no", orders)
        books.campaigns.load(tx, "campaign", {row.campaign for row in draws})


_IN_VIRTUAL = or_(*(tables.balance.c.location == name for name in VIRTUAL))
_WITH_LOT = tables.lot.c.lot != ""


def load_stock(tx: Transaction, books: Books, skus: Iterable[str]) -> None:
    """Load the totals of these products and what lies in the virtual places of them."""
    load_together(tx, *_stock_of(books, skus))


def _stock_of(books: Books, skus: Iterable[str]) -> tuple[Wanted, Wanted]:
    wanted = list(skus)
    return books.stock.wanted("sku", wanted), books.balances.wanted("sku", wanted, _IN_VIRTUAL)


def _load_named(tx: Transaction, books: Books, wanted: Needs) -> frozenset[str]:
    """Everything that is named outright and tells of no place; gives the orders that all this belongs to."""
    cartons, contents, stops, *_ = load_together(
        tx,
        books.cartons.wanted("carton", wanted.cartons),
        books.contents.wanted("carton", wanted.cartons),
        books.stops.wanted("list_no", wanted.lists),
        books.manifests.wanted("manifest_no", wanted.manifests),
        books.cartons.wanted("manifest_no", wanted.manifests),
        books.purchase_orders.wanted("po_no", wanted.purchase_orders),
        books.purchase_lines.wanted("po_no", wanted.purchase_orders),
        books.count_tasks.wanted("sheet_no", wanted.sheets),
        books.count_results.wanted("sheet_no", wanted.sheets),
        books.count_queue.wanted("location", wanted.places),
        books.serials.wanted("serial", wanted.serials),
        books.serials.wanted("location", wanted.serial_places),
        books.serials.wanted("carton", wanted.serial_cartons),
        books.totes.wanted("tote", wanted.places),
        books.lots.wanted("sku", wanted.skus, _WITH_LOT),
    )
    shipments = books.shipments.load(tx, "shipment_no", {row.shipment_no for row in cartons})
    return wanted.orders | {row.order_no for row in (*contents, *shipments, *stops)}


def _load_orders(tx: Transaction, books: Books, orders: frozenset[str]) -> set[str]:
    """The orders with all that hangs on them; gives the places they use."""
    _, _, reservations, allocations, _, contents, totes, _ = load_together(
        tx,
        books.orders.wanted("order_no", orders),
        books.lines.wanted("order_no", orders),
        books.reservations.wanted("order_no", orders),
        books.allocations.wanted("order_no", orders),
        books.shipments.wanted("order_no", orders),
        books.contents.wanted("order_no", orders),
        books.totes.wanted("order_no", orders),
        books.stops.wanted("order_no", orders),
    )
    load_draws(tx, books, {row.order_no for row in reservations})
    return {row.location for row in allocations} | {row.tote for row in totes} | {row.carton for row in contents}


def _load_places(tx: Transaction, books: Books, places: Iterable[str], wanted: Needs) -> None:
    """Places with what lies in them, and the lists and cartons of the orders that are loaded."""
    named = set(places)
    load_together(
        tx,
        books.locations.wanted("location", named | set(VIRTUAL)),
        books.locations.wanted("kind", ["damaged", "receiving"]),
        books.balances.wanted("location", named),
        books.debts.wanted("location", named),
        books.pick_lists.wanted("list_no", wanted.lists | {stop.list_no for stop in books.stops}),
        books.cartons.wanted("carton", {row.carton for row in books.contents}),
    )


def _load_goods(tx: Transaction, books: Books, wanted: Needs, works: Iterable[str]) -> None:
    """The totals of every product that may move, where it may go when it is broken, and who works on what."""
    # What was promised to an order may lie in no place that it knows yet, and what a carton is said to contain may come
    # back to it, although nothing lies there now.
    skus = {row.sku for row in (*books.balances, *books.contents, *books.reservations)}
    damaged = [row.location for row in books.locations if row.kind == "damaged"]
    load_together(
        tx,
        *_stock_of(books, skus | wanted.skus),
        books.balances.wanted("location", damaged),
        books.claims.wanted("work", works),
        books.takeovers.wanted("work", wanted.works),
    )


def at_once(tx: Transaction, books: Books) -> AbstractContextManager[None]:
    """A block in which the rows of these books are written without waiting for each answer; nothing is read in it."""
    return tx.at_once(many=len(books.orders.keys()) > FEW)


def write_reserved(tx: Transaction, books: Books) -> None:
    """Write what is reserved ahead of everything else: then a server is busy with it while we plan where it lies.

    Called in a block of `at_once`, in which `write` follows.
    """
    for rows in (books.stock, books.reservations):
        rows.write(tx)


def write(tx: Transaction, books: Books) -> None:
    """Write every changed row, then the moves, discrepancies, history and amendments, under the warehouse's lock."""
    tx.lock_warehouse()
    _drop_empty(books)
    first_move_no = tx.next_numbers("move_no", len(books.moves))
    valued = value_moves(tx, books, first_move_no)
    with at_once(tx, books):
        for name in _row_sets():
            getattr(books, name).write(tx)
        _write_moves(tx, books, first_move_no)
        if valued is not None:
            valued.write(tx)
        _write_notes(tx, books)
        changed = sorted({note.order_no for note in books.history})
        tx.announce("order", changed if len(changed) <= NAMED_CHANGES else [MANY])
        tx.finish()
    _write_amendments(tx, books)


@cache
def _row_sets() -> tuple[str, ...]:
    return tuple(item.name for item in fields(Books) if get_origin(item.type) is RowSet)


def _drop_empty(books: Books) -> None:
    """What is emptied for good keeps no row: cartons come by the million, and totes hold something else each time."""
    for row in books.balances:
        if not row.on_hand and not row.allocated:
            place = books.locations.get(row.location)
            if place is not None and place.kind in ("tote", "carton"):
                books.balances.remove(row)


_MOVE_COLUMNS = (
    "move_no", "owner", "sku", "lot", "quantity", "from_location", "to_location", "cause_kind", "cause_id", "worker",
    "happened_at", "recorded_at",
)  # fmt: skip


def _write_moves(tx: Transaction, books: Books, first: int) -> None:
    recorded_at = tx.recorded_at
    rows = [
        (
            move_no, *move.goods, move.quantity, move.from_location, move.to_location, move.cause.kind, move.cause.id,
            move.cause.worker, move.cause.happened_at, recorded_at,
        )
        for move_no, move in enumerate(books.moves, first)
    ]  # fmt: skip
    tx.add_tuples(tables.move, _MOVE_COLUMNS, rows)


def _write_notes(tx: Transaction, books: Books) -> None:
    recorded_at = tx.recorded_at
    tx.add_tuples(
        tables.order_history,
        ("entry_id", "order_no", "what", "detail", "actor", "happened_at", "recorded_at"),
        [
            (new_key(), note.order_no, note.what, note.detail, note.cause.worker, note.cause.happened_at, recorded_at)
            for note in books.history
        ],
    )
    tx.add(
        tables.discrepancy,
        [
            {
                "discrepancy_id": new_key(),
                "kind": found.kind,
                "station": found.cause.station,
                "work": found.cause.work,
                "order_no": found.order_no,
                "sku": found.sku,
                "location": found.location,
                "quantity": found.quantity,
                "detail": found.detail,
                "recorded_at": tx.recorded_at,
            }
            for found in books.discrepancies
        ],
    )


def _write_amendments(tx: Transaction, books: Books) -> None:
    if not books.amendments:
        return
    works = {work for work, _ in books.amendments}
    table = tables.amendment
    counts = dict.fromkeys(works, 0)
    for row in tx.rows(select(table.c.work, table.c.number).where(tx.mine(table), table.c.work.in_(works))):
        counts[row["work"]] = max(counts[row["work"]], row["number"])
    rows = []
    for work, content in books.amendments:
        counts[work] += 1
        text = json.dumps(content)
        rows.append({"work": work, "number": counts[work], "content": text, "recorded_at": tx.recorded_at})
    tx.add(table, rows)
    tx.announce("amendment", sorted(works), urgent=True)
