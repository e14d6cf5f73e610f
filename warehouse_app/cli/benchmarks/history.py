"""A warehouse that has worked for weeks: a million moves over 10,000 places, made from a seed and loaded in bulk."""

import random
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from warehouse_app.cli.context import Database
from warehouse_app.operations.copying import fill_table
from warehouse_app.operations.keeping import book_once

WAREHOUSE, OWNER = "WH1", ""
START = datetime(2026, 1, 5, 6, 0, tzinfo=UTC)
MEAN_GAP_S = 3.5
LATE_ONE_IN, LATE_UP_TO_S = 200, 6 * 3600
"""Now and then a station was without network for some hours."""

FAST_MOVER_ONE_IN = 20
"""One line in so many is for the one product that everybody wants."""

RESTOCK_BELOW, RESTOCK_QUANTITY = 3, 240
TOTES, CARTONS, DOCKS = 600, 600, 4
VIRTUAL = ("SUPPLIER", "CUSTOMER", "LOSS", "IN-TRANSIT", "UNRECONCILED", "MISSING")


@dataclass(frozen=True, slots=True)
class Size:
    """How much history is made."""

    moves: int = 1_000_000
    locations: int = 10_000
    products: int = 5_000
    seed: int = 7


@dataclass(slots=True)
class _Floor:
    """The floor as it works, and what lies where in the end."""

    size: Size
    dice: random.Random
    on_hand: dict[tuple[str, str, str], int] = field(default_factory=lambda: defaultdict(int))
    costs: list[tuple[Any, ...]] = field(default_factory=list)
    recorded_s: float = 0.0
    number: int = 0

    def moves(self) -> Iterator[Sequence[object]]:
        """Order lines until there are enough moves: restocked where needed, picked, packed, handed over."""
        shelves = [f"S{number:05}" for number in range(self.size.locations - TOTES - CARTONS - DOCKS)]
        homes = {number: self._homes(number, shelves) for number in range(self.size.products)}
        while self.number < self.size.moves:
            product = 0 if self.dice.randrange(FAST_MOVER_ONE_IN) == 0 else self.dice.randrange(self.size.products)
            shelf = self.dice.choice(homes[product])
            sku, lot = f"P{product:04}", "" if product % 10 else f"L{self.dice.randrange(3)}"
            quantity = self.dice.choice((1, 1, 1, 2, 3))
            if self.on_hand[shelf, sku, lot] < quantity + RESTOCK_BELOW:
                yield from self._trip(sku, lot, RESTOCK_QUANTITY, ("SUPPLIER", "RECV-1", shelf), RESTOCK)
            tote, carton = f"T{self.dice.randrange(TOTES):04}", f"C{self.dice.randrange(CARTONS):04}"
            yield from self._trip(sku, lot, quantity, (shelf, tote, carton, "CUSTOMER"), LINE)

    def _homes(self, number: int, shelves: Sequence[str]) -> tuple[str, ...]:
        return shelves[number % len(shelves)], shelves[(number * 7 + 4_001) % len(shelves)]

    def _trip(
        self, sku: str, lot: str, quantity: int, places: Sequence[str], causes: Sequence[str]
    ) -> Iterator[Sequence[object]]:
        self.recorded_s += self.dice.expovariate(1 / MEAN_GAP_S)
        late_s = self.dice.randrange(LATE_UP_TO_S) if self.dice.randrange(LATE_ONE_IN) == 0 else 1
        recorded_at = _iso(self.recorded_s)
        for step, cause in enumerate(causes):
            if self.number >= self.size.moves:
                return
            self.number += 1
            source, target = places[step], places[step + 1]
            self.on_hand[source, sku, lot] -= quantity
            self.on_hand[target, sku, lot] += quantity
            cause_id = f"019b8d00-{self.number >> 16:04x}-7{self.number & 0xFFF:03x}-8000-{self.number:012x}"
            if cause in CROSSING:
                kind, sign = CROSSING[cause]
                entry = (WAREHOUSE, len(self.costs) + 1, OWNER, sku, kind, self.number, cause_id, sign * quantity,
                         sign * quantity * UNIT_COST, recorded_at)  # fmt: skip
                self.costs.append(entry)
            happened_at = _iso(self.recorded_s - late_s - 0.4 * (len(causes) - step))
            yield (
                WAREHOUSE, self.number, OWNER, sku, lot, quantity, source, target, cause, cause_id,
                f"W-{self.number % 40:02}", happened_at, recorded_at,
            )  # fmt: skip


RESTOCK = ("received", "put_away")
LINE = ("picked", "unit_packed", "handed_over")
CROSSING = {"received": ("receipt", 1), "handed_over": ("shipment", -1)}
"""What brings units into the house or takes them out, and with them their cost."""

UNIT_COST = 1_250_000
"""Of every unit, in 1/10,000 of a minor unit: then all values tie, whatever the average is moved by."""

COST_COLUMNS = (
    "warehouse_id", "cost_no", "owner", "sku", "kind", "move_no", "cause_id", "quantity", "value", "recorded_at",
)  # fmt: skip
MOVE_COLUMNS = (
    "warehouse_id", "move_no", "owner", "sku", "lot", "quantity", "from_location", "to_location", "cause_kind",
    "cause_id", "worker", "happened_at", "recorded_at",
)  # fmt: skip


def make_history(database: Database, size: Size) -> None:
    """Fill an empty database with the history, its totals, its sealed pages and its snapshots.

    In the end the server has looked at its tables, as one has that was filled over weeks.
    """
    floor = _Floor(size, random.Random(size.seed))  # noqa: S311 - material for a measurement
    _fill_reference(database, size)
    fill_table(database, "move", MOVE_COLUMNS, floor.moves())
    fill_table(database, "cost_entry", COST_COLUMNS, floor.costs)
    _fill_totals(database, floor)
    book_once(database)
    database.gather_statistics()


def _iso(seconds: float) -> str:
    return (START + timedelta(seconds=round(seconds, 6))).isoformat(timespec="microseconds")


def _fill_reference(database: Database, size: Size) -> None:
    products = ((f"P{number:04}", f"p{number:04}", f"Product {number}", "none") for number in range(size.products))
    fill_table(database, "product", ("sku", "sku_folded", "name", "lot_rule", "serial_rule"),
               ((*product, "none") for product in products))  # fmt: skip
    shelves = ((f"S{number:05}", "storage", 1, 1, 1) for number in range(size.locations - TOTES - CARTONS - DOCKS))
    totes = ((f"T{number:04}", "tote", 1, 1, 0) for number in range(TOTES))
    cartons = ((f"C{number:04}", "carton", 1, 1, 0) for number in range(CARTONS))
    docks = ((f"RECV-{number}", "receiving", 1, 0, 0) for number in range(1, DOCKS + 1))
    virtual = ((name, "virtual", 0, 0, 0) for name in VIRTUAL)
    columns = ("warehouse_id", "location", "kind", "physical", "sellable", "pickable")
    rows = ((WAREHOUSE, *row) for group in (shelves, totes, cartons, docks, virtual) for row in group)
    fill_table(database, "location", columns, rows)


def _fill_totals(database: Database, floor: _Floor) -> None:
    sellable: dict[str, int] = defaultdict(int)
    inside: dict[str, int] = defaultdict(int)
    balances: list[tuple[Any, ...]] = []
    for (place, sku, lot), on_hand in floor.on_hand.items():
        balances.append((WAREHOUSE, place, sku, OWNER, lot, on_hand, 0, 0 if place in VIRTUAL else 1))
        if place not in VIRTUAL:
            inside[sku] += on_hand
            sellable[sku] += on_hand if place[0] in "STC" else 0
    names = ("warehouse_id", "location", "sku", "owner", "lot", "on_hand", "allocated", "physical")
    fill_table(database, "balance", names, balances)
    totals = ((WAREHOUSE, sku, OWNER, quantity) for sku, quantity in sellable.items())
    fill_table(database, "product_stock", ("warehouse_id", "sku", "owner", "sellable"), totals)
    worth = ((WAREHOUSE, sku, OWNER, units, units * UNIT_COST, UNIT_COST) for sku, units in inside.items())
    columns = ("warehouse_id", "sku", "owner", "quantity", "value", "last_unit_cost")
    fill_table(database, "product_cost", columns, worth)
    warehouse = {
        "warehouse_id": WAREHOUSE,
        "name": "Bench",
        "timezone": "UTC",
        "business_day_starts": "04:00",
        "currency": "GBP",
        "move_no": floor.number,
        "cost_no": len(floor.costs),
        "last_recorded_at": _iso(floor.recorded_s),
        "purpose": "live",
        "identity": f"bench-{floor.size.seed}",
    }
    fill_table(database, "warehouse", tuple(warehouse), [tuple(warehouse.values())])
