"""Goods verified against their order and closed into cartons. A carton is named by its SSCC."""

from dataclasses import dataclass

from warehouse_app.domain.facts.base import Fact, fact


@fact("opened")
@dataclass(frozen=True, slots=True)
class PackingOpened(Fact):
    """A bench began to pack an order. `source` is the tote or slip that was scanned."""

    order_no: str
    source: str


@fact("packed")
@dataclass(frozen=True, slots=True)
class UnitPacked(Fact):
    """Units of one order line went from a tote into a carton."""

    order_no: str
    line_no: int
    owner: str
    sku: str
    lot: str
    quantity: int
    tote: str
    carton: str
    serial: str = ""
    typed: bool = False


@fact("missing_at_packing")
@dataclass(frozen=True, slots=True)
class UnitMissing(Fact):
    """Units that should lie in the tote are not there, or not fit to be sold. `reason` is missing or damaged."""

    order_no: str
    line_no: int
    owner: str
    sku: str
    lot: str
    quantity: int
    tote: str
    reason: str


@fact("carton_chosen")
@dataclass(frozen=True, slots=True)
class CartonChosen(Fact):
    """The packer took a box of this type for the carton."""

    order_no: str
    carton: str
    carton_type: str


@fact("weighed")
@dataclass(frozen=True, slots=True)
class CartonWeighed(Fact):
    """The scale gave a stable weight for the open carton."""

    order_no: str
    carton: str
    weight_g: int


@fact("carton_closed")
@dataclass(frozen=True, slots=True)
class CartonClosed(Fact):
    """A carton was closed. `weight_source` is scale or calculated; `last` says that the order is complete with it."""

    order_no: str
    carton: str
    number: int
    carton_type: str
    weight_g: int
    weight_source: str
    last: bool


@fact("label_asked")
@dataclass(frozen=True, slots=True)
class LabelAsked(Fact):
    """A carton is made up and waits for its label to be stuck on and scanned; until then it is not closed.

    `last` says that the order was complete with it then.
    """

    order_no: str
    carton: str
    number: int
    carton_type: str
    weight_g: int
    weight_source: str
    last: bool


@fact("label_scanned")
@dataclass(frozen=True, slots=True)
class LabelScanned(Fact):
    """The label that sticks on a carton was scanned, and it was the carton's own. `scan_text` is what it said."""

    order_no: str
    carton: str
    scan_text: str


@fact("carton_reopened")
@dataclass(frozen=True, slots=True)
class CartonReopened(Fact):
    """A carton that was closed, or waited for its label, was opened again at the bench; its label no longer counts."""

    order_no: str
    carton: str


@fact("printed")
@dataclass(frozen=True, slots=True)
class LabelPrinted(Fact):
    """A document left the print queue: label or packing_slip. `reprint` marks every copy after the first."""

    order_no: str
    carton: str
    document: str
    reprint: bool


@fact("stopped")
@dataclass(frozen=True, slots=True)
class WorkStopped(Fact):
    """The station took a stop request: work on the order ended where it was."""

    order_no: str
    amendment_no: int
    reason: str
