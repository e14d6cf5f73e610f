"""Every kind of fact, so that any of them can be decoded once this package is imported."""

from warehouse_app.domain.facts.base import Fact, Recorded, UnknownFact, decode, encode
from warehouse_app.domain.facts.common import AmendmentTaken, FactLost, Undone, Unpostable, WorkFinished
from warehouse_app.domain.facts.counting import Counted, LocationCounted
from warehouse_app.domain.facts.packing import (
    CartonChosen,
    CartonClosed,
    CartonReopened,
    CartonWeighed,
    LabelAsked,
    LabelPrinted,
    LabelScanned,
    PackingOpened,
    UnitMissing,
    UnitPacked,
    WorkStopped,
)
from warehouse_app.domain.facts.picking import ListFinished, Picked, PickedShort, ToteClosed, ToteConfirmed, ToteOpened
from warehouse_app.domain.facts.putaway import FirstPutAway, PutAway
from warehouse_app.domain.facts.receiving import GoodsReceived, ReceiptClosed
from warehouse_app.domain.facts.shipping import HandedOver, HandoverStopped

__all__ = [
    "AmendmentTaken",
    "CartonChosen",
    "CartonClosed",
    "CartonReopened",
    "CartonWeighed",
    "Counted",
    "Fact",
    "FactLost",
    "FirstPutAway",
    "GoodsReceived",
    "HandedOver",
    "HandoverStopped",
    "LabelAsked",
    "LabelPrinted",
    "LabelScanned",
    "ListFinished",
    "LocationCounted",
    "PackingOpened",
    "Picked",
    "PickedShort",
    "PutAway",
    "ReceiptClosed",
    "Recorded",
    "ToteClosed",
    "ToteConfirmed",
    "ToteOpened",
    "Undone",
    "UnitMissing",
    "UnitPacked",
    "UnknownFact",
    "Unpostable",
    "WorkFinished",
    "WorkStopped",
    "decode",
    "encode",
]
