"""Goods that arrived at the dock."""

from dataclasses import dataclass

from warehouse_app.domain.facts.base import Fact, fact


@fact("received")
@dataclass(frozen=True, slots=True)
class GoodsReceived(Fact):
    """Units came off a delivery onto the dock. `line_no` is 0 for a product that the purchase order does not name."""

    po_no: str
    line_no: int
    owner: str
    sku: str
    lot: str
    expires_on: str
    serial: str
    quantity: int
    dock: str
    typed: bool = False


@fact("receipt_closed")
@dataclass(frozen=True, slots=True)
class ReceiptClosed(Fact):
    """The delivery for a purchase order is unloaded; what is missing is short."""

    po_no: str
