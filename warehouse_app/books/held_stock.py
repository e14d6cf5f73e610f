"""Which units the holds in force stop: by their names, by their serial, or because they may be of a held receipt."""

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, select

from warehouse_app.books.ledger import SUPPLIER, UNRECONCILED, VIRTUAL
from warehouse_app.planning.tracing import Goods, Origin, Place, Trace, TracedMove, trace_receipt
from warehouse_app.store import tables
from warehouse_app.store.asking import Question
from warehouse_app.store.database import Row, Transaction


@dataclass(frozen=True, slots=True)
class Hold:
    """A stop on stock; an empty part matches everything. `receipt` is a purchase order number."""

    hold_id: str
    owner: str
    sku: str
    lot: str
    location: str
    reason: str
    receipt: str = ""
    serial: str = ""

    def matches(self, owner: str, sku: str, lot: str, location: str) -> bool:
        """Whether units with these names are among those it speaks of; receipt and serial are told elsewhere."""
        pairs = ((self.owner, owner), (self.sku, sku), (self.lot, lot), (self.location, location))
        return all(not named or named == given for named, given in pairs)

    @property
    def names(self) -> str:
        """What it is on, as one text."""
        parts = (self.sku, self.lot, self.serial, self.receipt, self.owner, self.location)
        return " / ".join(part for part in parts if part)


@dataclass(frozen=True, slots=True)
class HeldSerial:
    """A unit under a hold of its own, and where it was seen last."""

    hold: Hold
    sku: str
    serial: str
    order_no: str
    carton: str
    place: Place


@dataclass(frozen=True, slots=True)
class HeldStock:
    """The holds in force, with what must be looked up for those on receipts and serials."""

    holds: tuple[Hold, ...] = ()
    receipts: Mapping[str, Mapping[Place, int]] = field(default_factory=dict)
    serials: tuple[HeldSerial, ...] = ()
    _by_location: Mapping[str, tuple[Hold, ...]] = field(default_factory=dict)
    _serials_at: Mapping[Place, tuple[HeldSerial, ...]] = field(default_factory=dict)

    def __bool__(self) -> bool:
        """Whether anything is on hold."""
        return bool(self.holds)

    def units(self, goods: Goods, location: str, on_hand: int) -> int:
        """How many of the units that lie there are stopped: all of them, or only those with a held serial."""
        if next(self._whole(goods, location), None) is not None:
            return on_hand
        here = self._serials_at.get((goods, location), ())
        return min(on_hand, len({(one.sku, one.serial) for one in here}))

    def holds_on(self, goods: Goods, location: str) -> tuple[Hold, ...]:
        """The holds that stop all units that lie there."""
        return tuple(self._whole(goods, location))

    def serials_at(self, goods: Goods, location: str) -> tuple[HeldSerial, ...]:
        """The units with a held serial that lie there."""
        return self._serials_at.get((goods, location), ())

    def _whole(self, goods: Goods, location: str) -> Iterator[Hold]:
        for hold in (*self._by_location.get("", ()), *self._by_location.get(location, ())):
            of_receipt = not hold.receipt or (goods, location) in self.receipts.get(hold.receipt, {})
            if of_receipt and hold.matches(*goods, location):
                yield hold


def active_holds(tx: Transaction) -> list[Hold]:
    """All holds that have not been removed."""
    (found,) = tx.ask([Question(_in_force(), {"warehouse_id": tx.warehouse_id})])
    return [Hold(*row) for row in found]


@cache
def _in_force() -> Select[Any]:
    table = tables.hold
    columns = [table.c[one.name] for one in fields(Hold)]
    return select(*columns).where(table.c.warehouse_id == bindparam("warehouse_id"), table.c.removed_at.is_(None))


def hold_of(row: Row) -> Hold:
    """The hold of a row."""
    return Hold(*(row[one.name] for one in fields(Hold)))


def held_stock(tx: Transaction, skus: Collection[str] | None = None) -> HeldStock:
    """What is stopped now. One query when nothing is; with `skus`, receipts are traced for these products only."""
    return held_by(tx, active_holds(tx), skus)


def held_by(tx: Transaction, holds: Iterable[Hold], skus: Collection[str] | None = None) -> HeldStock:
    """What these holds stop."""
    found = tuple(holds)
    by_location: dict[str, list[Hold]] = defaultdict(list)
    for hold in found:
        if not hold.serial:
            by_location[hold.location].append(hold)
    receipts = {name: trace_of(tx, name, skus).now for name in {hold.receipt for hold in found if hold.receipt}}
    serials = _held_serials(tx, [hold for hold in found if hold.serial])
    at: dict[Place, list[HeldSerial]] = defaultdict(list)
    for one in serials:
        at[one.place].append(one)
    return HeldStock(
        found,
        receipts,
        serials,
        {location: tuple(some) for location, some in by_location.items()},
        {place: tuple(some) for place, some in at.items()},
    )


def _held_serials(tx: Transaction, holds: Iterable[Hold]) -> tuple[HeldSerial, ...]:
    by_serial: dict[str, list[Hold]] = defaultdict(list)
    for hold in holds:
        by_serial[hold.serial].append(hold)
    if not by_serial:
        return ()
    return tuple(
        HeldSerial(
            hold, row["sku"], row["serial"], row["order_no"], row["carton"],
            ((row["owner"], row["sku"], row["lot"]), row["location"]),
        )
        for row in tx.rows_in(tables.serial_unit, "serial", by_serial)
        for hold in by_serial[row["serial"]]
        if hold.matches(row["owner"], row["sku"], row["lot"], row["location"])
        and hold.receipt in ("", row["receipt"])
    )  # fmt: skip


def trace_of(tx: Transaction, receipt: str, skus: Collection[str] | None = None) -> Trace:
    """Where units of a purchase order may lie, virtual places included; with `skus`, those of these products only."""
    line = tables.purchase_line
    products = {row["sku"] for row in tx.rows(select(line.c.sku).where(tx.mine(line), line.c.po_no == receipt))}
    products = products if skus is None else products & set(skus)
    own = _own_moves(tx, receipt, products)
    if not own:
        return Trace({}, {})
    move, balance = tables.move, tables.balance
    later = tx.rows_in(move, "sku", products, move.c.move_no >= min(own))
    lies = {
        ((row["owner"], row["sku"], row["lot"]), row["location"]): row["on_hand"]
        for row in tx.rows_in(balance, "sku", products)
    }
    told = (_traced(row, own) for row in sorted(later, key=lambda row: row["move_no"]))
    return trace_receipt(told, lies, VIRTUAL)


def _own_moves(tx: Transaction, receipt: str, products: Collection[str]) -> set[int]:
    """The numbers of the moves by which the receipt's units came into the house."""
    move, fact = tables.move, tables.fact
    received = tx.rows_in(move, "sku", products, move.c.cause_kind == "received", move.c.from_location == SUPPLIER)
    payloads = {
        row["fact_id"]: row["payload"] for row in tx.rows_in(fact, "fact_id", {m["cause_id"] for m in received})
    }
    mine = {fact_id for fact_id, payload in payloads.items() if json.loads(payload).get("po_no") == receipt}
    return {row["move_no"] for row in received if row["cause_id"] in mine}


def _traced(row: Row, own: Collection[int]) -> TracedMove:
    goods = (row["owner"], row["sku"], row["lot"])
    origin = Origin.PLACE
    if row["move_no"] in own:
        origin = Origin.RECEIPT
    elif row["from_location"] == SUPPLIER:
        origin = Origin.OTHER
    elif row["from_location"] == UNRECONCILED:
        origin = Origin.UNKNOWN
    return TracedMove(goods, row["quantity"], row["from_location"], row["to_location"], origin)
