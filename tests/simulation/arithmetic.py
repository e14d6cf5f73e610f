"""What the facts of all journals add up to, reckoned from their payloads by rules of its own.

Nothing here is shared with the product: a fact is a kind, a version and a JSON text.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

Goods = tuple[str, str, str]
"""Owner, SKU and lot."""
Lying = Counter[tuple[str, Goods]]
"""Units by place and goods."""
Done = defaultdict[tuple[str, int], Counter[str]]
"""Units picked and packed by order and line."""


@dataclass(frozen=True, slots=True)
class Written:
    """A row of a journal, or of the table of facts."""

    station: str
    incarnation: str
    sequence: int
    fact_id: str
    work: str
    epoch: int
    kind: str
    version: int
    payload: str


@dataclass(frozen=True, slots=True)
class Step:
    """Units that one fact says went from one place to another."""

    goods: Goods
    quantity: int
    from_place: str
    to_place: str


@dataclass
class Reckoning:
    """Where everything lies, and what was done for each order line, when these facts are true."""

    lying: Lying = field(default_factory=Counter)
    lines: Done = field(default_factory=lambda: defaultdict(Counter))
    steps: dict[str, Step] = field(default_factory=dict)
    """By the fact that says so."""
    missing: Counter[str] = field(default_factory=Counter)
    """Times something was said to be wrong at a bench, by its kind."""
    gone: Counter[str] = field(default_factory=Counter)
    """Times a carton was handed over and not taken back."""

    def add(self, facts: Iterable[Written]) -> None:
        """Take facts in, in any order."""
        for written in facts:
            content = json.loads(written.payload)
            if written.kind == "undone":
                original = json.loads(content["original_payload"])
                self._take(written.fact_id, content["original_kind"], original, sign=-1)
            else:
                self._take(written.fact_id, written.kind, content, sign=1)

    def ship(self) -> None:
        """All that lies in cartons that were handed over is with the customers."""
        for (place, goods), units in list(self.lying.items()):
            if self.gone[place] > 0 and units:
                self.lying["CUSTOMER", goods] += units
                self.lying[place, goods] = 0

    def _take(self, fact_id: str, kind: str, content: dict[str, Any], sign: int) -> None:
        step = _step_of(kind, content)
        if step is not None:
            self.lying[step.from_place, step.goods] -= sign * step.quantity
            self.lying[step.to_place, step.goods] += sign * step.quantity
            there = (step.from_place, step.to_place) if sign > 0 else (step.to_place, step.from_place)
            self.steps[fact_id] = Step(step.goods, step.quantity, *there)
        if kind in ("picked", "packed"):
            self.lines[content["order_no"], content["line_no"]][kind] += sign * content["quantity"]
        elif kind == "missing_at_packing":
            self.lines[content["order_no"], content["line_no"]]["picked"] -= sign * content["quantity"]
            self.missing[f"{content['reason']}_at_packing"] += sign
        elif kind == "handed_over":
            self.gone[content["carton"]] += sign


def _step_of(kind: str, content: dict[str, Any]) -> Step | None:
    if kind not in ("received", "put_away", "picked", "picked_short", "packed", "missing_at_packing"):
        return None
    goods = (content["owner"], content["sku"], content["lot"])
    places = _places_of(kind, content)
    return Step(goods, content["quantity"], *places) if all(places) else None


def _places_of(kind: str, content: dict[str, Any]) -> tuple[str, str]:
    """From where to where; empty when nobody says."""
    damaged = "DAMAGED" if content.get("reason") == "damaged" else ""
    if kind == "received":
        return "SUPPLIER", content["dock"]
    if kind == "put_away":
        return content["from_location"], content["to_location"]
    if kind == "picked":
        return content["location"], content["tote"]
    if kind == "packed":
        return content["tote"], content["carton"]
    if kind == "picked_short":
        return content["location"], damaged
    return content["tote"], damaged or "MISSING"
