"""What the facts in the journals did on the floor, worked out from their payloads alone."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from warehouse_app.cli.simulation.kept import Noted, Row

OUTSIDE = ("UNRECONCILED", "CUSTOMER")
"""Moves to and from these places follow from other moves; they are proved by carton and by debt."""

Goods = tuple[str, str, str]
"""Owner, SKU and lot."""
Cell = tuple[str, str, str, str]
"""Location, owner, SKU and lot."""


@dataclass(frozen=True, slots=True)
class Effect:
    """Units that a fact brought from one place to another."""

    goods: Goods
    quantity: int
    start: str
    end: str

    @property
    def reverse(self) -> "Effect":
        """The same units back."""
        return Effect(self.goods, self.quantity, self.end, self.start)


def effect_of(kind: str, values: Row, damaged: str) -> Effect | None:
    """The units that a fact of this kind moved, None when it moved none. `damaged`: where damaged units go."""
    places = {
        "received": ("SUPPLIER", values.get("dock")),
        "put_away": (values.get("from_location"), values.get("to_location")),
        "picked": (values.get("location"), values.get("tote")),
        "packed": (values.get("tote"), values.get("carton")),
        "missing_at_packing": (values.get("tote"), damaged if values.get("reason") == "damaged" else "MISSING"),
        "picked_short": (values.get("location"), damaged if values.get("reason") == "damaged" else None),
    }.get(kind, (None, None))
    if kind == "undone":
        original = effect_of(values["original_kind"], json.loads(values["original_payload"]), damaged)
        return original.reverse if original else None
    start, end = places
    if start is None or end is None:
        return None
    return Effect((values["owner"], values["sku"], values["lot"]), values["quantity"], start, end)


def effects_of(facts: Iterable[Noted], damaged: str) -> dict[str, Effect]:
    """What each fact moved, by the fact's id."""
    found = {fact.fact_id: effect_of(fact.kind, fact.values, damaged) for fact in facts}
    return {fact_id: effect for fact_id, effect in found.items() if effect is not None}


def damaged_place(locations: Sequence[Row]) -> str:
    """Where damaged units go in this warehouse."""
    return min((row["location"] for row in locations if row["kind"] == "damaged"), default="MISSING")


def lying(balances: Iterable[Row], effects: Iterable[Effect]) -> Counter[Cell]:
    """Where units lie, by what lay there first and what the facts did since; places that are empty are left out."""
    found: Counter[Cell] = Counter()
    for row in balances:
        found[row["location"], row["owner"], row["sku"], row["lot"]] += row["on_hand"]
    for effect in effects:
        found[effect.start, *effect.goods] -= effect.quantity
        found[effect.end, *effect.goods] += effect.quantity
    return Counter({cell: units for cell, units in found.items() if units})


def not_undone(facts: Sequence[Noted]) -> list[Noted]:
    """Facts that were not taken back later."""
    taken_back = {fact.values["fact_id"] for fact in facts if fact.kind == "undone"}
    return [fact for fact in facts if fact.kind != "undone" and fact.fact_id not in taken_back]


def packed_into(facts: Sequence[Noted]) -> dict[str, Counter[tuple[Any, ...]]]:
    """What each carton holds: units by order, line, owner, SKU and lot."""
    found: dict[str, Counter[tuple[Any, ...]]] = defaultdict(Counter)
    for fact in not_undone(facts):
        if fact.kind == "packed":
            values = fact.values
            names = ("order_no", "line_no", "owner", "sku", "lot")
            found[values["carton"]][tuple(values[name] for name in names)] += values["quantity"]
    return found
