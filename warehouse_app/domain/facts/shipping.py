"""Cartons given to the carrier."""

from dataclasses import dataclass

from warehouse_app.domain.facts.base import Fact, fact


@fact("handed_over")
@dataclass(frozen=True, slots=True)
class HandedOver(Fact):
    """A carton was scanned onto the carrier's vehicle."""

    order_no: str
    carton: str
    carrier: str
    manifest_no: str


@fact("handover_stopped")
@dataclass(frozen=True, slots=True)
class HandoverStopped(Fact):
    """A carton was held back at the despatch dock. `reason` says why."""

    order_no: str
    carton: str
    manifest_no: str
    reason: str
