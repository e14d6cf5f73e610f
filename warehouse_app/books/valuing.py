"""What moves do to the value of stock: units that cross the house's walls bring their cost in, or take it along.

A receipt comes in at what was paid, and what is sent back to the supplier leaves at that. Everything else goes by the
moving average; units that come in where nobody has known a cost yet, by the product's unit cost.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

from warehouse_app.books.ledger import CUSTOMER, SUPPLIER, VIRTUAL, Books, Move
from warehouse_app.books.rowset import RowSet
from warehouse_app.domain.costing import CostPool
from warehouse_app.store import tables
from warehouse_app.store.database import Transaction

OUTSIDE = frozenset(VIRTUAL)
ENTRY_NAMES = (
    "cost_no",
    "owner",
    "sku",
    "kind",
    "move_no",
    "cause_id",
    "reference",
    "quantity",
    "value",
    "recorded_at",
)


@dataclass(frozen=True, slots=True)
class CostEntry:
    """What something added to the units and the value of a product; `move_no` is 0 for a decision."""

    owner: str
    sku: str
    kind: str
    quantity: int
    value: int
    cause_id: str
    move_no: int = 0
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Valued:
    """What moves do to the value of stock, worked out and not written yet."""

    pools: RowSet[CostPool]
    entries: Sequence[CostEntry]

    def write(self, tx: Transaction) -> None:
        """Write it."""
        self.pools.write(tx)
        add_entries(tx, self.entries)


def value_moves(tx: Transaction, books: Books, first_move_no: int) -> Valued | None:
    """What the moves of these books do to the value of stock; None when all of them stay inside."""
    crossing = [
        (place, move)
        for place, move in enumerate(books.moves)
        if (move.from_location in OUTSIDE) != (move.to_location in OUTSIDE)
    ]
    if not crossing:
        return None
    skus = list(dict.fromkeys(move.goods[1] for _, move in crossing))
    pools = load_pools(tx, skus)
    costs = _ProductCosts(tx, skus)
    entries = []
    for place, move in crossing:
        pool = pools.get(move.goods[1], move.goods[0]) or pools.add(CostPool(move.goods[1], move.goods[0]))
        paid = books.paid.get(place)
        entries.append(
            _cross(
                pool,
                move,
                first_move_no + place,
                _unit_cost(pool, move, paid.unit_cost if paid else None, costs),
                paid.reference if paid else "",
            )
        )
    return Valued(pools, entries)


def load_pools(tx: Transaction, skus: Sequence[str]) -> RowSet[CostPool]:
    """What these products are worth, for all owners."""
    pools = RowSet(CostPool, tables.product_cost)
    pools.load(tx, "sku", skus)
    return pools


def add_entries(tx: Transaction, entries: Sequence[CostEntry]) -> None:
    """Write cost entries under the next numbers."""
    first = tx.next_numbers("cost_no", len(entries))
    rows = [
        (
            first + place, entry.owner, entry.sku, entry.kind, entry.move_no, entry.cause_id, entry.reference,
            entry.quantity, entry.value, tx.recorded_at,
        )
        for place, entry in enumerate(entries)
    ]  # fmt: skip
    tx.add_tuples(tables.cost_entry, ENTRY_NAMES, rows)


def known_unit_costs(tx: Transaction, skus: Sequence[str]) -> dict[str, int]:
    """What products cost in the warehouse's currency, as far as their files said; those of other currencies lack."""
    product, currency = tables.product, tx.lock_warehouse()["currency"]
    said = (product.c.unit_cost > 0, product.c.currency.in_((currency, "")))
    return {row["sku"]: int(row["unit_cost"]) for row in tx.rows_in(product, "sku", skus, *said)}


@dataclass(slots=True)
class _ProductCosts:
    """Unit costs of products, looked up only when the first is asked for: most batches know better ones."""

    tx: Transaction
    skus: Sequence[str]
    _found: dict[str, int] | None = field(default=None)

    def of(self, sku: str) -> int | None:
        """The product's unit cost, None when nobody said."""
        if self._found is None:
            self._found = known_unit_costs(self.tx, self.skus)
        return self._found.get(sku)


def _unit_cost(pool: CostPool, move: Move, paid: int | None, costs: _ProductCosts) -> int | None:
    """The cost at which units cross, None for the average."""
    if paid is not None:
        return paid
    if SUPPLIER in (move.from_location, move.to_location) or (move.from_location in OUTSIDE and not pool.is_known):
        return costs.of(move.goods[1])
    return None


def _cross(pool: CostPool, move: Move, move_no: int, unit_cost: int | None, reference: str) -> CostEntry:
    had = pool.quantity
    inwards = move.from_location in OUTSIDE
    value = pool.take_in(move.quantity, unit_cost) if inwards else -pool.give_out(move.quantity, unit_cost)
    owner, sku, _lot = move.goods
    return CostEntry(owner, sku, _kind(move), pool.quantity - had, value, move.cause.id, move_no, reference)


def _kind(move: Move) -> str:
    places = (move.from_location, move.to_location)
    if SUPPLIER in places:
        return "receipt"
    if CUSTOMER in places:
        return "return" if move.from_location == CUSTOMER else "shipment"
    return "adjustment"
