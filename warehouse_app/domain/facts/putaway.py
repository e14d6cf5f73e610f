"""Goods brought to their place."""

from dataclasses import dataclass

from warehouse_app.domain.facts.base import Fact, fact


@fact("put_away")
@dataclass(frozen=True, slots=True)
class FirstPutAway(Fact):
    """Units went from a dock, tote or carton to a storage location; in its first version, without a serial."""

    owner: str
    sku: str
    lot: str
    quantity: int
    from_location: str
    to_location: str


@fact("put_away", 2)
@dataclass(frozen=True, slots=True)
class PutAway(FirstPutAway):
    """Units went from a dock, tote or carton to a storage location. One with a serial goes by itself."""

    serial: str = ""
