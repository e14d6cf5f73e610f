"""Questions about stock: what lies where, what it was at a past moment, and why."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import and_, select

from warehouse_app.books.availability import stops_now
from warehouse_app.books.held_stock import Hold, active_holds
from warehouse_app.books.ledger import VIRTUAL
from warehouse_app.books.snapshots import stock_as_happened, stock_by_books
from warehouse_app.domain.errors import NotFound
from warehouse_app.language import mark
from warehouse_app.store import tables
from warehouse_app.store.database import Row, Transaction
from warehouse_app.store.raw_rows import raw

MOVES_LISTED = 1_000
"""The newest moves that explain a number by themselves; what lay there before them is brought forward."""

MOVES_LOOKED_AT = 10_000
"""Of a product, when those of one place are listed."""

BROUGHT_FORWARD = "brought_forward"

BY_DECISION = ("move_stock", "adjust_stock")
"""Causes of moves that a person decided, and gave a reason for."""


@dataclass(frozen=True, slots=True)
class StockRow:
    """What lies of a product at one place. `available` is what may be promised of it now."""

    sku: str
    owner: str
    location: str
    lot: str
    on_hand: int
    allocated: int
    available: int


@dataclass(frozen=True, slots=True)
class StockTotal:
    """What can be sold of a product, and what is promised of it."""

    sku: str
    owner: str
    reserved: int
    set_aside: int
    sellable: int


@dataclass(frozen=True, slots=True)
class Explained:
    """A number, and every row behind it.

    For earlier moves than are listed stand rows of the cause `brought_forward`, one a cell, so the list still adds up.
    """

    on_hand: int
    allocated: int
    reserved: int
    moves: tuple[dict[str, Any], ...]
    allocations: tuple[dict[str, Any], ...]
    reservations: tuple[dict[str, Any], ...]
    holds: tuple[dict[str, Any], ...]
    serials: tuple[dict[str, Any], ...] = ()
    """Units with a serial in the house; where `place_known` is false, `location` is where the unit was seen last."""

    @property
    def earlier(self) -> bool:
        """Whether something was brought forward."""
        return bool(self.moves) and self.moves[0]["cause_kind"] == BROUGHT_FORWARD


def canonical_sku(tx: Transaction, sku: str) -> str:
    """The product's own spelling. Raises NotFound."""
    product = tables.product
    found = tx.value(select(product.c.sku).where(product.c.sku_folded == sku.casefold()))
    if found is None:
        raise NotFound(thing=mark("product"), name=sku)
    return str(found)


def stock_now(tx: Transaction, sku: str | None) -> tuple[StockRow, ...]:
    """What lies in the house now, of one product or of all."""
    balance, location, lot = tables.balance, tables.location, tables.lot
    where = [tx.mine(balance), balance.c.physical, balance.c.on_hand != 0]
    if sku is not None:
        where.append(balance.c.sku == canonical_sku(tx, sku))
    here = (balance.c.warehouse_id == location.c.warehouse_id) & (balance.c.location == location.c.location)
    of_lot = [balance.c[name] == lot.c[name] for name in ("warehouse_id", "owner", "sku", "lot")]
    query = (
        select(balance, location.c.sellable, lot.c.expires_on)
        .join(location, here)
        .outerjoin(lot, and_(*of_lot))
        .where(*where)
        .order_by(balance.c.sku, balance.c.location, balance.c.lot)
    )
    stops = stops_now(tx)
    return tuple(
        StockRow(
            row["sku"], row["owner"], row["location"], row["lot"], row["on_hand"], row["allocated"],
            stops.free(row) if row["sellable"] else 0,
        )
        for row in tx.rows(query)
    )  # fmt: skip


def stock_totals(tx: Transaction, sku: str) -> tuple[StockTotal, ...]:
    """The totals of one product, for each owner."""
    stock = tables.product_stock
    query = select(stock).where(tx.mine(stock), stock.c.sku == canonical_sku(tx, sku))
    return tuple(
        StockTotal(row["sku"], row["owner"], row["reserved"], row["set_aside"], row["sellable"])
        for row in tx.rows(query)
    )


def stock_at(tx: Transaction, sku: str | None, at: datetime, *, as_happened: bool) -> tuple[StockRow, ...]:
    """What lay in the house at a moment: by the books' time, or by the time on the floor."""
    name = None if sku is None else canonical_sku(tx, sku)
    find = stock_as_happened if as_happened else stock_by_books
    cells = sorted(find(tx, at, name).items())
    return tuple(StockRow(sku, owner, place, lot, units, 0, units) for (sku, place, owner, lot), units in cells)


def explain(tx: Transaction, sku: str, place: str | None, *, every_move: bool = False) -> Explained:
    """Every move, promise and hold behind what is said of a product, at one place or in the house. Raises NotFound.

    Of many moves only the newest are listed, unless every one is asked for.
    """
    name = canonical_sku(tx, sku)
    if place is not None:
        _check_place(tx, place)
    cells = _cells(tx, name, place)
    inside = [row for row in cells if row["physical"]]
    promised = [] if place else _plain(tx, tables.reservation, tables.reservation.c.sku == name)
    allocations = _plain(tx, tables.allocation, tables.allocation.c.sku == name)
    holds = [
        {
            "hold": hold.hold_id, "sku": hold.sku, "lot": hold.lot, "location": hold.location, "owner": hold.owner,
            "receipt": hold.receipt, "serial": hold.serial, "reason": hold.reason,
        }
        for hold in _holds_on(tx, name)
        if place is None or hold.location in ("", place)
    ]  # fmt: skip
    unit = tables.serial_unit
    serials = _plain(tx, unit, (unit.c.sku == name) & unit.c.location.not_in(VIRTUAL))
    earlier, moves = _moves(tx, name, place, every_move=every_move)
    _add_reasons(tx, moves)
    return Explained(
        sum(row["on_hand"] for row in inside),
        sum(row["allocated"] for row in inside),
        sum(row.reserved for row in stock_totals(tx, name)),
        (*(_brought_forward(cells, moves, place) if earlier else ()), *moves),
        tuple(row for row in allocations if place is None or row["location"] == place),
        tuple(promised),
        tuple(holds),
        tuple(row for row in serials if place is None or row["location"] == place),
    )


def _cells(tx: Transaction, sku: str, place: str | None) -> Sequence[Row]:
    """What the product's balances say, virtual places too."""
    balance = tables.balance
    columns = [balance.c[name] for name in ("location", "owner", "lot", "on_hand", "allocated", "physical")]
    where = [tx.mine(balance), balance.c.sku == sku, balance.c.on_hand != 0]
    return tx.rows(select(*columns).where(*where if place is None else (*where, balance.c.location == place)))


def _holds_on(tx: Transaction, sku: str) -> list[Hold]:
    line = tables.purchase_line
    receipts = {row["po_no"] for row in tx.rows(select(line.c.po_no).where(tx.mine(line), line.c.sku == sku))}
    return [
        hold for hold in active_holds(tx) if hold.sku in ("", sku) and (not hold.receipt or hold.receipt in receipts)
    ]


def _check_place(tx: Transaction, place: str) -> None:
    location = tables.location
    if tx.value(select(location.c.location).where(tx.mine(location), location.c.location == place)) is None:
        raise NotFound(thing=mark("location"), name=place)


def _moves(tx: Transaction, sku: str, place: str | None, *, every_move: bool) -> tuple[bool, list[dict[str, Any]]]:
    """The product's moves, the oldest first, and whether there are earlier ones than these."""
    move = tables.move
    columns = [raw(column, tx.connection.dialect.name) for column in move.c if column.name != "warehouse_id"]
    query = select(*columns).where(tx.mine(move), move.c.sku == sku).order_by(move.c.move_no.desc())
    earlier = False
    if not every_move:
        # The index has the numbers of a product's moves in order, so skipping most of them costs next to nothing.
        numbers = select(move.c.move_no).where(tx.mine(move), move.c.sku == sku).order_by(move.c.move_no.desc())
        floor = tx.value(numbers.offset(MOVES_LOOKED_AT).limit(1))
        query = query.limit(MOVES_LISTED + 1)
        if floor is not None:
            earlier, query = True, query.where(move.c.move_no > floor)
    if place is not None:
        query = query.where((move.c.from_location == place) | (move.c.to_location == place))
    names = [column.name for column in move.c if column.name != "warehouse_id"]
    moves = [dict(zip(names, row, strict=True)) for row in tx.connection.execute(query)]
    if not every_move and len(moves) > MOVES_LISTED:
        earlier = True
        moves.pop()
    return earlier, moves[::-1]


def _add_reasons(tx: Transaction, moves: Sequence[dict[str, Any]]) -> None:
    """What people said when they moved or adjusted stock by decision."""
    decided = [move for move in moves if move["cause_kind"] in BY_DECISION]
    rows = tx.rows_in(tables.stock_decision, "decision_id", {move["cause_id"] for move in decided})
    reasons = {row["decision_id"]: row["reason"] for row in rows}
    for move in decided:
        move["reason"] = reasons.get(move["cause_id"], "")


def _brought_forward(
    cells: Sequence[Row], moves: Sequence[dict[str, Any]], place: str | None
) -> Iterator[dict[str, Any]]:
    """What lay in each cell before the listed moves, as if it had moved there from nowhere."""
    before = {(row["location"], row["owner"], row["lot"]): row["on_hand"] for row in cells}
    for move in moves:
        for side, sign in (("to_location", 1), ("from_location", -1)):
            cell = (move[side], move["owner"], move["lot"])
            if place is None or move[side] == place:
                before[cell] = before.get(cell, 0) - sign * move["quantity"]
    first: dict[str, Any] = moves[0] if moves else {"move_no": 1, "sku": "", "happened_at": "", "recorded_at": ""}
    for (location, owner, lot), units in sorted(before.items()):
        if units:
            yield {
                **first,
                "move_no": first["move_no"] - 1,
                "owner": owner,
                "lot": lot,
                "quantity": abs(units),
                "from_location": "" if units > 0 else location,
                "to_location": location if units > 0 else "",
                "cause_kind": BROUGHT_FORWARD,
                "cause_id": "",
                "worker": "",
            }


def _plain(tx: Transaction, table: Any, condition: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - any table's rows
    return [_readable(row) for row in tx.rows(select(table).where(tx.mine(table), condition))]


def _readable(row: Row) -> dict[str, Any]:
    values = {key: value for key, value in row.items() if key != "warehouse_id"}
    return {key: value.isoformat() if isinstance(value, datetime) else value for key, value in values.items()}


def facts_json(text: str) -> Any:  # noqa: ANN401 - whatever the payload holds
    """A fact's payload as values."""
    return json.loads(text)
