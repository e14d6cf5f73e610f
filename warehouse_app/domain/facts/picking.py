"""Goods taken from the shelves for orders."""

from dataclasses import dataclass

from warehouse_app.domain.facts.base import Fact, fact


@fact("tote_opened")
@dataclass(frozen=True, slots=True)
class ToteOpened(Fact):
    """An empty tote now collects one order of a pick list."""

    list_no: str
    order_no: str
    tote: str


@fact("picked")
@dataclass(frozen=True, slots=True)
class Picked(Fact):
    """Units went from a location into the tote of their order. `typed` units were counted by the worker."""

    list_no: str
    stop_no: int
    order_no: str
    line_no: int
    owner: str
    sku: str
    lot: str
    quantity: int
    location: str
    tote: str
    serial: str = ""
    typed: bool = False


@fact("picked_short")
@dataclass(frozen=True, slots=True)
class PickedShort(Fact):
    """Units that should lie at a location could not be taken. `reason` is missing or damaged."""

    list_no: str
    stop_no: int
    order_no: str
    line_no: int
    owner: str
    sku: str
    lot: str
    quantity: int
    location: str
    reason: str


@fact("tote_confirmed")
@dataclass(frozen=True, slots=True)
class ToteConfirmed(Fact):
    """The picker scanned the tote into which the units of a stop went."""

    list_no: str
    stop_no: int
    tote: str


@fact("tote_closed")
@dataclass(frozen=True, slots=True)
class ToteClosed(Fact):
    """The pick list is walked; its tote stands ready for the packing bench."""

    list_no: str
    order_no: str
    tote: str


@fact("list_finished")
@dataclass(frozen=True, slots=True)
class ListFinished(Fact):
    """Every stop of a pick list is picked or short."""

    list_no: str
