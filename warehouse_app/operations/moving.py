"""Decisions that move stock, or correct what the books have: each with a reason, and never unseen under a promise."""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import select

from warehouse_app.books.availability import Stops, reservable, stops_now
from warehouse_app.books.ledger import LOSS, Books, Cause, Goods, new_books
from warehouse_app.books.loading import load, needs
from warehouse_app.books.replanning import load_promises, settle_and_write
from warehouse_app.books.rows import BalanceRow, SerialRow
from warehouse_app.books.serials import carry_serials
from warehouse_app.books.settle import give_back
from warehouse_app.domain.errors import NotFound, WarehouseError
from warehouse_app.domain.wording import STOCK_ADJUSTED, STOCK_MOVED
from warehouse_app.language import mark
from warehouse_app.operations.claiming import held_works
from warehouse_app.operations.stock import BY_DECISION, canonical_sku
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction
from warehouse_app.store.ids import new_key

MOVE, ADJUST = BY_DECISION
MOST_UNITS = 1_000_000_000
"""More than any place holds; a number of more digits is a slip."""

TARGETS = ("storage", "receiving", "packing", "despatch", "quarantine", "damaged")


class ReasonMissing(WarehouseError):
    """Nobody could tell later why the stock changed."""

    message = mark("Say why with --reason: it is kept with the move.")


class NothingToMove(WarehouseError):
    """The decision would change nothing, or cannot be read as one."""

    message = mark("{quantity} units from {source} to {target} is no move. Name a quantity and two places.")


class NoPlaceForStock(WarehouseError):
    """Stock is moved there only with its order or its work."""

    message = mark("{location} is a {kind}: stock is not moved there, or from there, by decision. {remedy}")


class NotEnough(WarehouseError):
    """Fewer units lie there than are to be taken."""

    message = mark("{location} holds {on_hand} × {names}, not {quantity}. Count the location first.")


class LotNotNamed(WarehouseError):
    """Several lots lie at the place, or the product is kept by lots."""

    message = mark("{sku} is kept by lots: name one with --lot. At {location}: {lots}.")


class SerialElsewhere(WarehouseError):
    """The unit was seen last at another place."""

    message = mark("Serial {serial} of {sku} was seen last at {location}. Name that place.")


class UnitsPromised(WarehouseError):
    """Orders wait for these units."""

    message = mark(
        "{location}: {quantity} × {sku} are wanted, and only {free} of them are promised to nobody ({orders}). Take"
        " {free} at the most, or use --force: the least urgent orders are planned again."
    )


class UnitsInHand(WarehouseError):
    """A station works on the order whose units these are."""

    message = mark("{location} holds units of order {order}, which {station} packs just now. Cancel the order instead.")


@dataclass(frozen=True, slots=True)
class StockWanted:
    """Which units a decision is about. An empty lot means the only one at the place; `quantity` counts base units."""

    sku: str
    quantity: int
    lot: str = ""
    owner: str = ""
    serial: str = ""


@dataclass(frozen=True, slots=True)
class Why:
    """Who decided and why; with `force`, promises give way."""

    reason: str
    worker: str = ""
    force: bool = False


@dataclass(frozen=True, slots=True)
class StockMoved:
    """What was booked. `units_short` were promised to orders, and nothing could replace them."""

    decision_id: str
    kind: str
    sku: str
    owner: str
    lot: str
    serial: str
    quantity: int
    from_location: str
    to_location: str
    reason: str
    worker: str
    units_short: int


def move_stock(tx: Transaction, wanted: StockWanted, source: str, target: str, why: Why) -> StockMoved:
    """Move units from one place in the house to another. Raises a WarehouseError that says why they cannot be.

    Units that orders wait for are taken only with `force`; then these orders are planned again, the least urgent first.
    """
    tx.lock_warehouse()
    if wanted.quantity < 1 or source == target:
        raise NothingToMove(quantity=wanted.quantity, source=source, target=target)
    _check_place(tx, target, TARGETS)
    _check_place(tx, source, (*TARGETS, "tote"))
    return _take(tx, wanted, (source, target), MOVE, why)


def adjust_stock(tx: Transaction, wanted: StockWanted, location: str, why: Why) -> StockMoved:
    """Book units that were found (a quantity above 0) or are lost (below 0) at a place. Raises a WarehouseError."""
    tx.lock_warehouse()
    _check_place(tx, location, TARGETS)
    if wanted.quantity < 0:
        lost = StockWanted(wanted.sku, -wanted.quantity, wanted.lot, wanted.owner, wanted.serial)
        return _take(tx, lost, (location, LOSS), ADJUST, why)
    if not 0 < wanted.quantity <= MOST_UNITS:
        raise NothingToMove(quantity=wanted.quantity, source=LOSS, target=location)
    return _find(tx, wanted, location, why)


def _take(tx: Transaction, wanted: StockWanted, places: tuple[str, str], kind: str, why: Why) -> StockMoved:
    source, target = places
    sku, books = _begin(tx, wanted, places, kind, why)
    balance = _balance_at(books, source, sku, wanted)
    goods = (balance.owner, balance.sku, balance.lot)
    if balance.on_hand < wanted.quantity:
        names = " / ".join(name for name in goods if name)
        raise NotEnough(location=source, on_hand=balance.on_hand, names=names, quantity=wanted.quantity)
    load_promises(tx, books, [source], [sku])
    _check_in_hand(tx, books, balance, wanted.quantity)
    if not why.force:
        _check_promises(tx, books, balance, places, wanted)
    carry_serials(goods, wanted.quantity, places, wanted.serial, books)
    books.move(goods, wanted.quantity, source, target)
    if books.place(source).kind == "tote":
        _out_of_tote(books, balance)
    return _finish(tx, books, StockWanted(sku, wanted.quantity, goods[2], goods[0], wanted.serial), places, why)


def _out_of_tote(books: Books, balance: BalanceRow) -> None:
    """What was picked for an order is not picked any more: it is sought elsewhere, and the tote may be free."""
    lines = {(line.order_no, line.line_no): line.allocated for line in books.lines}
    give_back(balance, balance.allocated - balance.on_hand, books)
    for line in books.lines:
        lost = lines[line.order_no, line.line_no] - line.allocated
        if lost:
            line.picked -= lost
            order = books.orders[line.order_no]
            if order.state == "picked":
                books.set_state(order, "picking", order.reason)
            books.touched.add(line.order_no)
    tote = books.totes.get(balance.location)
    if tote is not None and not books.contents_of(balance.location):
        books.totes.remove(tote)


def _find(tx: Transaction, wanted: StockWanted, location: str, why: Why) -> StockMoved:
    places = (LOSS, location)
    sku, books = _begin(tx, wanted, places, ADJUST, why)
    goods = (wanted.owner, sku, _known_lot(tx, sku, wanted, location))
    if wanted.serial:
        carry_serials(goods, 1, places, wanted.serial, books)
    books.move(goods, wanted.quantity, LOSS, location)
    return _finish(tx, books, StockWanted(sku, wanted.quantity, goods[2], goods[0], wanted.serial), places, why)


def _begin(tx: Transaction, wanted: StockWanted, places: tuple[str, str], kind: str, why: Why) -> tuple[str, Books]:
    """The product's own spelling, and the books with both places."""
    sku = canonical_sku(tx, wanted.sku)
    if not why.reason.strip():
        raise ReasonMissing
    books = new_books(tx.recorded_at, Cause(kind, new_key(), why.worker, tx.now))
    load(tx, books, needs(places=places, skus=[sku], serials=[wanted.serial], serial_places=places))
    if wanted.serial:
        _check_serial(books.serials.get(sku, wanted.serial), sku, wanted, places[0])
    return sku, books


def _finish(tx: Transaction, books: Books, moved: StockWanted, places: tuple[str, str], why: Why) -> StockMoved:
    cause, template = books.cause, STOCK_MOVED if books.cause.kind == MOVE else STOCK_ADJUSTED
    decision = {"decision_id": cause.id, "kind": cause.kind, "worker": why.worker, "reason": why.reason}
    tx.add(tables.stock_decision, [{**decision, "recorded_at": tx.recorded_at}])
    short = settle_and_write(tx, books, [moved.sku], template.format(reason=why.reason))
    tx.announce("stock", [moved.sku])
    return StockMoved(
        cause.id, cause.kind, moved.sku, moved.owner, moved.lot, moved.serial, moved.quantity, *places, why.reason,
        why.worker, short,
    )  # fmt: skip


def _check_place(tx: Transaction, name: str, kinds: Collection[str]) -> None:
    table = tables.location
    kind = tx.value(select(table.c.kind).where(tx.mine(table), table.c.location == name))
    if kind is None:
        raise NotFound(thing=mark("location"), name=name)
    if kind not in kinds:
        remedies = {
            "carton": mark("Cancel the order, then put its units away at a station."),
            "tote": mark("Units come into a tote with their order."),
        }
        raise NoPlaceForStock(location=name, kind=kind, remedy=remedies.get(kind, mark("Use adjust instead.")))


def _check_serial(row: SerialRow | None, sku: str, wanted: StockWanted, source: str) -> None:
    if wanted.quantity != 1:
        raise NothingToMove(quantity=wanted.quantity, source=source, target=wanted.serial)
    if source == LOSS:
        return
    if row is None:
        raise NotFound(thing=mark("serial"), name=f"{sku} / {wanted.serial}")
    if row.place_known and row.location != source:
        raise SerialElsewhere(serial=row.serial, sku=sku, location=row.location)


def _balance_at(books: Books, source: str, sku: str, wanted: StockWanted) -> BalanceRow:
    """What lies there of the product; the lot must be named where there are several."""
    here = [
        row for row in books.contents_of(source) if (row.sku, row.owner) == (sku, wanted.owner)
        and (not wanted.lot or row.lot == wanted.lot)
    ]  # fmt: skip
    if len(here) > 1:
        raise LotNotNamed(sku=sku, location=source, lots=", ".join(sorted(row.lot or "-" for row in here)))
    return here[0] if here else books.balance(source, (wanted.owner, sku, wanted.lot))


def _known_lot(tx: Transaction, sku: str, wanted: StockWanted, location: str) -> str:
    """Found units are of a lot that is known, where the product is kept by lots."""
    product, lot = tables.product, tables.lot
    rule = tx.value(select(product.c.lot_rule).where(product.c.sku == sku))
    if rule == "none":
        if wanted.lot:
            raise NotFound(thing=mark("lot"), name=wanted.lot)
        return ""
    lots = [row["lot"] for row in tx.rows_in(lot, "sku", [sku], lot.c.owner == wanted.owner)]
    if not wanted.lot:
        raise LotNotNamed(sku=sku, location=location, lots=", ".join(sorted(lots)) or "-")
    if wanted.lot not in lots:
        raise NotFound(thing=mark("lot"), name=wanted.lot)
    return wanted.lot


def _check_in_hand(tx: Transaction, books: Books, balance: BalanceRow, quantity: int) -> None:
    """Nobody takes units out of a tote that a packer has on the bench."""
    if quantity <= balance.on_hand - balance.allocated:
        return
    packed = held_works(tx, "pack")
    for order_no in _promised_here(books, balance):
        station = packed.get(f"pack:{order_no}")
        if station is not None and books.place(balance.location).kind == "tote":
            raise UnitsInHand(location=balance.location, order=order_no, station=station)


def _check_promises(
    tx: Transaction, books: Books, balance: BalanceRow, places: tuple[str, str], wanted: StockWanted
) -> None:
    """Units that are promised where they lie, or to orders that have none allocated yet, are not taken unseen."""
    goods = (balance.owner, balance.sku, balance.lot)
    free_here = balance.on_hand - balance.allocated
    leaves = books.place(places[0]).sellable and not books.place(places[1]).sellable
    free = free_here
    if leaves and not _is_stopped(stops_now(tx, [balance.sku]), books, goods, places[0], wanted):
        free = min(free, max(0, reservable(tx, [balance.sku]).get((balance.owner, balance.sku), 0)))
    if wanted.quantity > free:
        orders = ", ".join(_promised_here(books, balance)) or mark("reserved for orders")
        raise UnitsPromised(location=places[0], quantity=wanted.quantity, sku=balance.sku, free=free, orders=orders)


def _is_stopped(stops: Stops, books: Books, goods: Goods, location: str, wanted: StockWanted) -> bool:
    """Whether nobody may be promised these units anyway."""
    if wanted.serial and any(one.serial == wanted.serial for one in stops.held.serials_at(goods, location)):
        return True
    balance, lot = books.balance(location, goods), books.lots.get(*goods)
    expires_on = lot.expires_on if lot is not None else None
    row = {"owner": goods[0], "sku": goods[1], "lot": goods[2], "location": location, "on_hand": balance.on_hand}
    return stops.stopped({**row, "allocated": 0, "expires_on": expires_on}) >= balance.on_hand


def _promised_here(books: Books, balance: BalanceRow) -> list[str]:
    key = (balance.location, balance.sku, balance.owner, balance.lot)
    return sorted({row.order_no for row in books.allocations if (row.location, row.sku, row.owner, row.lot) == key})
