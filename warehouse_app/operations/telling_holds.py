"""What stations that have work in hand are told when stock is put on hold, and when it may go on."""

import json
from collections.abc import Collection, Iterable

from sqlalchemy import select

from warehouse_app.books.held_stock import HeldStock, Hold, held_by, held_stock
from warehouse_app.books.ledger import Books
from warehouse_app.books.loading import load, needs
from warehouse_app.operations.claiming import held_works
from warehouse_app.store import tables
from warehouse_app.store.database import Row, Transaction

HOLD, RELEASE, HOLD_SERIAL, RELEASE_SERIAL = "hold", "release", "hold_serial", "release_serial"
"""What an amendment about a hold asks of a bench: to stop an order, or to look out for one unit."""

ORDER_ITSELF = "order"
"""What stands for the hold's key where not stock but the order itself was put on hold."""

_ENDS = {HOLD: RELEASE, HOLD_SERIAL: RELEASE_SERIAL}
_IN_HAND = ("tote", "carton")


def tell_of_hold(tx: Transaction, books: Books, hold: Hold) -> tuple[str, ...]:
    """Stop the orders with such units in totes and open cartons at the benches that have them; give all their names.

    A unit with a held serial stops no order: pickers and packers who may meet it are told not to take it.
    """
    held = held_by(tx, [hold])
    if hold.serial:
        _tell_of_serials(tx, books, held)
        return ()
    orders = sorted({row["order_no"] for row in _in_hand(tx, hold) if held.holds_on(_goods(row), row["location"])})
    works = [f"pack:{order_no}" for order_no in orders]
    load(tx, books, needs(works=works))
    for order_no, work in zip(orders, works, strict=True):
        books.amend(work, what=HOLD, hold=hold.hold_id, order=order_no, names=hold.names, reason=hold.reason)
    return tuple(orders)


def tell_of_release(tx: Transaction, books: Books, hold_ids: Collection[str]) -> None:
    """Whoever was told of these holds, and still has the work in hand, is told that they have ended."""
    works = [work for task in ("pack", "pick") for work in held_works(tx, task)]
    load(tx, books, needs(works=works))
    for row in sorted(tx.rows_in(tables.amendment, "work", works), key=lambda row: (row["work"], row["number"])):
        content = json.loads(row["content"])
        if content["what"] in _ENDS and content.get("hold") in hold_ids:
            books.amend(row["work"], **{**content, "what": _ENDS[content["what"]]})


def held_orders(tx: Transaction, orders: Collection[str] | None = None) -> dict[str, Hold]:
    """Orders (of those named, or all) with units on hold in a tote or a carton at the bench, with one hold on each."""
    held = held_stock(tx)
    if not held:
        return {}
    found: dict[str, Hold] = {}
    for row in _in_hand(tx, None, orders, {hold.location for hold in held.holds}):
        for hold in held.holds_on(_goods(row), row["location"]):
            found.setdefault(row["order_no"], hold)
    return found


def held_serials(tx: Transaction, skus: Collection[str]) -> dict[str, tuple[str, ...]]:
    """The serials of these products that are on hold."""
    found: dict[str, list[str]] = {}
    for one in held_stock(tx, skus).serials:
        if one.sku in skus:
            found.setdefault(one.sku, []).append(one.serial)
    return {sku: tuple(sorted(set(serials))) for sku, serials in found.items()}


def _in_hand(
    tx: Transaction, hold: Hold | None, orders: Collection[str] | None = None, places: Collection[str] = ("",)
) -> Iterable[Row]:
    """Promised units that lie in totes and cartons; those of a hold's product and lot, or of some orders.

    Without an empty name among `places`, only those that lie there: most holds are on shelves that want counting.
    """
    allocation, location = tables.allocation, tables.location
    same = (allocation.c.warehouse_id == location.c.warehouse_id) & (allocation.c.location == location.c.location)
    where = [tx.mine(allocation), location.c.kind.in_(_IN_HAND)]
    if hold is not None:
        named = {"sku": hold.sku, "lot": hold.lot, "owner": hold.owner, "location": hold.location}
        where += [allocation.c[column] == name for column, name in named.items() if name]
    if "" not in places:
        where.append(allocation.c.location.in_(sorted(places)))
    if orders is not None:
        where.append(allocation.c.order_no.in_(list(orders)))
    return tx.rows(select(allocation).join(location, same).where(*where))


def _tell_of_serials(tx: Transaction, books: Books, held: HeldStock) -> None:
    line, stop = tables.fulfilment_line, tables.pick_stop
    for one in held.serials:
        benches = {work.partition(":")[2] for work in held_works(tx, "pack")}
        pickers = {work.partition(":")[2] for work in held_works(tx, "pick")}
        packed = {row["order_no"] for row in tx.rows_in(line, "order_no", benches, line.c.sku == one.sku)}
        picked = {row["list_no"] for row in tx.rows_in(stop, "list_no", pickers, stop.c.sku == one.sku)}
        works = [*(f"pack:{name}" for name in sorted(packed)), *(f"pick:{name}" for name in sorted(picked))]
        load(tx, books, needs(works=works))
        for work in works:
            books.amend(
                work, what=HOLD_SERIAL, hold=one.hold.hold_id, sku=one.sku, serial=one.serial, reason=one.hold.reason
            )


def _goods(row: Row) -> tuple[str, str, str]:
    return row["owner"], row["sku"], row["lot"]
