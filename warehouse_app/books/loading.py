"""Loads what a batch of facts or a decision will touch, in a few bulk queries, and writes it back."""

import json
from collections.abc import Iterable
from dataclasses import dataclass, fields
from functools import cache
from typing import get_origin

from sqlalchemy import select

from warehouse_app.books.ledger import VIRTUAL, Books
from warehouse_app.books.rowset import RowSet
from warehouse_app.books.valuing import write_values
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction
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
MANY = "*"
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
    cartons = books.cartons.load(tx, "carton", wanted.cartons)
    contents = books.contents.load(tx, "carton", wanted.cartons)
    shipments = books.shipments.load(tx, "shipment_no", {row.shipment_no for row in cartons})
    orders = wanted.orders | {row.order_no for row in contents} | {row.order_no for row in shipments}
    stops = books.stops.load(tx, "list_no", wanted.lists)
    orders |= {stop.order_no for stop in stops}
    places = set(wanted.places | wanted.cartons)
    places |= _load_orders(tx, books, orders)
    _load_lists(tx, books, wanted, orders)
    _load_places(tx, books, places, wanted.skus)
    _load_inbound_and_counts(tx, books, wanted)
    _load_serials(tx, books, wanted)
    books.manifests.load(tx, "manifest_no", wanted.manifests)
    books.cartons.load(tx, "manifest_no", wanted.manifests)
    works = set(wanted.works) | {f"pack:{order}" for order in orders}
    works |= {f"pick:{row.list_no}" for row in books.pick_lists}
    works |= {f"ship:{row.manifest_no}" for row in books.cartons if row.manifest_no}
    books.claims.load(tx, "work", works)


def campaigns_are_kept(tx: Transaction) -> bool:
    """Whether any campaign is planned or runs; without one, no order has drawn on any. Asks no query."""
    return tx.lock_warehouse()["campaigns_due_at"] is not None


def load_draws(tx: Transaction, books: Books, orders: Iterable[str]) -> None:
    """Load what of these orders' reservations came from campaigns; needed before anything of them is given back."""
    if campaigns_are_kept(tx):
        draws = books.draws.load(tx, "order_no", orders)
        books.campaigns.load(tx, "campaign", {row.campaign for row in draws})


def load_stock(tx: Transaction, books: Books, skus: Iterable[str]) -> None:
    """Load the totals of these products and what lies in the virtual places of them."""
    wanted = list(skus)
    books.stock.load(tx, "sku", wanted)
    books.balances.load(tx, "sku", wanted, tables.balance.c.location.in_(VIRTUAL))


def _load_orders(tx: Transaction, books: Books, orders: frozenset[str]) -> set[str]:
    """The orders with lines, reservations, allocations, totes and shipments; gives the places they use."""
    books.orders.load(tx, "order_no", orders)
    books.lines.load(tx, "order_no", orders)
    reservations = books.reservations.load(tx, "order_no", orders)
    # What was promised to an order may lie in no place that it knows yet.
    load_stock(tx, books, {row.sku for row in reservations})
    load_draws(tx, books, {row.order_no for row in reservations})
    allocations = books.allocations.load(tx, "order_no", orders)
    books.shipments.load(tx, "order_no", orders)
    contents = books.contents.load(tx, "order_no", orders)
    books.cartons.load(tx, "carton", {row.carton for row in contents})
    totes = books.totes.load(tx, "order_no", orders)
    return {row.location for row in allocations} | {row.tote for row in totes} | {row.carton for row in contents}


def _load_lists(tx: Transaction, books: Books, wanted: Needs, orders: frozenset[str]) -> None:
    stops = books.stops.load(tx, "order_no", orders)
    lists = wanted.lists | {stop.list_no for stop in stops}
    books.pick_lists.load(tx, "list_no", lists)
    books.stops.load(tx, "list_no", wanted.lists)
    books.totes.load(tx, "tote", wanted.places)


def _load_places(tx: Transaction, books: Books, places: set[str], skus: frozenset[str]) -> None:
    books.locations.load(tx, "location", places | set(VIRTUAL))
    for kind in ("damaged", "receiving"):
        books.locations.load(tx, "kind", [kind])
    here = books.balances.load(tx, "location", places)
    # What a carton is said to contain may come back to it, although nothing lies there now.
    load_stock(tx, books, {*skus, *(row.sku for row in here), *(row.sku for row in books.contents)})
    books.lots.load(tx, "sku", skus, tables.lot.c.lot != "")
    books.debts.load(tx, "location", places)
    damaged = [row.location for row in books.locations if row.kind == "damaged"]
    books.balances.load(tx, "location", damaged)


def _load_inbound_and_counts(tx: Transaction, books: Books, wanted: Needs) -> None:
    books.purchase_orders.load(tx, "po_no", wanted.purchase_orders)
    books.purchase_lines.load(tx, "po_no", wanted.purchase_orders)
    books.count_tasks.load(tx, "sheet_no", wanted.sheets)
    books.count_results.load(tx, "sheet_no", wanted.sheets)
    books.count_queue.load(tx, "location", wanted.places)


def _load_serials(tx: Transaction, books: Books, wanted: Needs) -> None:
    books.serials.load(tx, "serial", wanted.serials)
    books.serials.load(tx, "location", wanted.serial_places)
    books.serials.load(tx, "carton", wanted.serial_cartons)


def write(tx: Transaction, books: Books) -> None:
    """Write every changed row, then the moves, discrepancies, history and amendments, under the warehouse's lock."""
    tx.lock_warehouse()
    _drop_empty(books)
    with tx.at_once(many=len(books.orders.keys()) > FEW):
        for name in _row_sets():
            getattr(books, name).write(tx)
        first_move_no = _write_moves(tx, books)
        _write_notes(tx, books)
        changed = sorted({note.order_no for note in books.history})
        tx.announce("order", changed if len(changed) <= NAMED_CHANGES else [MANY])
        tx.finish()
    write_values(tx, books, first_move_no)
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


def _write_moves(tx: Transaction, books: Books) -> int:
    """Write the moves; gives the number of the first one."""
    first = tx.next_numbers("move_no", len(books.moves))
    recorded_at = tx.recorded_at
    rows = [
        (
            move_no, *move.goods, move.quantity, move.from_location, move.to_location, move.cause.kind, move.cause.id,
            move.cause.worker, move.cause.happened_at, recorded_at,
        )
        for move_no, move in enumerate(books.moves, first)
    ]  # fmt: skip
    tx.add_tuples(tables.move, _MOVE_COLUMNS, rows)
    return first


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
    tx.announce("amendment", sorted(works))
