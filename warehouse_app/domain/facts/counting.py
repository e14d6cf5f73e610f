"""Stock counted where it lies."""

from dataclasses import dataclass

from warehouse_app.domain.facts.base import Fact, fact


@fact("counted")
@dataclass(frozen=True, slots=True)
class Counted(Fact):
    """Units seen at a location: one scan of a blind count adds to what was counted before. `round_no` counts from 1."""

    sheet_no: str
    round_no: int
    location: str
    owner: str
    sku: str
    lot: str
    quantity: int
    typed: bool = False


@fact("location_counted")
@dataclass(frozen=True, slots=True)
class LocationCounted(Fact):
    """Everything at the location has been counted; this is the instant for which the count holds."""

    sheet_no: str
    round_no: int
    location: str
