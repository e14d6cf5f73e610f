"""Goods brought to their place."""

from dataclasses import dataclass

from warehouse_app.domain.facts.base import Fact, fact


@fact("put_away")
@dataclass(frozen=True, slots=True)
class PutAway(Fact):
    """Units went from a dock, tote or carton to a storage location."""

    owner: str
    sku: str
    lot: str
    quantity: int
    from_location: str
    to_location: str
