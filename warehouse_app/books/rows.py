"""Rows of the books while a batch is worked on: mutable, typed, named as their columns."""

from dataclasses import dataclass
from datetime import date, datetime


@dataclass(slots=True)
class LocationRow:
    """A place that stock can be in; `inside` names the place that holds it (a tote in a cart)."""

    location: str
    kind: str
    physical: bool
    sellable: bool
    pickable: bool
    inside: str = ""


@dataclass(slots=True)
class BalanceRow:
    """What lies at one place."""

    location: str
    sku: str
    owner: str
    lot: str
    on_hand: int
    allocated: int
    physical: bool


@dataclass(slots=True)
class StockRow:
    """What can be sold of a product, and what is promised of that."""

    sku: str
    owner: str
    sellable: int
    reserved: int
    set_aside: int


@dataclass(slots=True)
class LotRow:
    """When a lot expires."""

    owner: str
    sku: str
    lot: str
    expires_on: date | None


@dataclass(slots=True)
class SerialRow:
    """One unit with a serial: where it was seen last, and the order line it is promised to."""

    sku: str
    serial: str
    owner: str
    lot: str
    location: str
    place_known: bool
    order_no: str
    line_no: int
    carton: str
    receipt: str
    seen_at: datetime


@dataclass(slots=True)
class DebtRow:
    """Units taken where the books had none; `work` tells whose facts may still explain it."""

    location: str
    sku: str
    owner: str
    lot: str
    quantity: int
    work: str
    since: datetime


@dataclass(slots=True)
class OrderRow:
    """A fulfilment order's state."""

    order_no: str
    state: str
    service: str
    ship_policy: str
    priority: int
    tier: int
    ordered_at: datetime
    ship_by: datetime
    ship_to: str
    held: bool
    hold_reason: str
    cancel_requested: bool
    rush: bool
    reason: str
    wave_no: str
    state_since: datetime


@dataclass(slots=True)
class LineRow:
    """A fulfilment line's quantities."""

    order_no: str
    line_no: int
    owner: str
    sku: str
    stocked: bool
    ordered: int
    cancelled: int
    reserved: int
    allocated: int
    picked: int
    packed: int
    shipped: int
    short: int
    bundle_sku: str
    bundle_line: int
    bundle_units: int

    @property
    def wanted(self) -> int:
        """Units that the customer is to have in the end."""
        return self.ordered - self.cancelled

    @property
    def open_quantity(self) -> int:
        """Units that are neither promised nor settled."""
        return self.ordered - self.cancelled - self.shipped - self.reserved


@dataclass(slots=True)
class ReservationRow:
    """Units promised to an order line."""

    order_no: str
    line_no: int
    owner: str
    sku: str
    quantity: int


@dataclass(slots=True)
class CampaignRow:
    """One product of a campaign: units set aside until a time."""

    campaign: str
    sku: str
    owner: str
    channel: str
    quantity: int
    remaining: int
    drawn: int
    shipped: int
    released: int
    starts_at: datetime
    ends_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    worker: str
    reason: str

    @property
    def missing(self) -> int:
        """Units that were not there when the campaign wanted them, or were lost since."""
        return self.quantity - self.remaining - self.drawn - self.shipped - self.released


@dataclass(slots=True)
class DrawRow:
    """Units of a line's reservation that came from a campaign."""

    order_no: str
    line_no: int
    campaign: str
    sku: str
    owner: str
    quantity: int


@dataclass(slots=True)
class AllocationRow:
    """Units of one place promised to an order line."""

    order_no: str
    line_no: int
    location: str
    lot: str
    owner: str
    sku: str
    quantity: int


@dataclass(slots=True)
class PickListRow:
    """A pick list's state."""

    list_no: str
    wave_no: str
    state: str
    walk_mm: int
    rank: int
    ship_by: datetime


@dataclass(slots=True)
class StopRow:
    """One stop of a pick list."""

    list_no: str
    stop_no: int
    order_no: str
    line_no: int
    slot: str
    owner: str
    sku: str
    lot: str
    location: str
    quantity: int
    picked: int
    short: int
    withdrawn: int

    @property
    def open_quantity(self) -> int:
        """Units still to be taken at this stop."""
        return max(0, self.quantity - self.picked - self.short - self.withdrawn)


@dataclass(slots=True)
class ToteRow:
    """The order a tote collects."""

    tote: str
    order_no: str
    list_no: str


@dataclass(slots=True)
class CartonRow:
    """A carton and its way."""

    carton: str
    shipment_no: str
    carton_type: str
    number: int
    weight_g: int
    weight_source: str
    state: str
    carrier: str
    service: str
    tracking_no: str
    manifest_no: str
    station: str
    labels_printed: int
    handovers: int
    track_status: str
    track_at: datetime | None
    closed_at: datetime | None
    handed_over_at: datetime | None


@dataclass(slots=True)
class ContentRow:
    """Units of an order line in a carton."""

    carton: str
    order_no: str
    line_no: int
    lot: str
    owner: str
    sku: str
    quantity: int


@dataclass(slots=True)
class ShipmentRow:
    """The cartons of one order that travel together."""

    shipment_no: str
    order_no: str
    carrier: str
    service: str
    state: str
    ship_to: str
    opened_at: datetime
    handed_over_at: datetime | None


@dataclass(slots=True)
class ManifestRow:
    """What one carrier takes over on one business day (ISO date)."""

    manifest_no: str
    carrier: str
    business_day: str
    state: str
    opened_at: datetime
    closed_at: datetime | None


@dataclass(slots=True)
class PurchaseOrderRow:
    """A purchase order's state."""

    po_no: str
    supplier: str
    due_on: date | None
    state: str
    blind: bool


@dataclass(slots=True)
class PurchaseLineRow:
    """What was ordered and what came."""

    po_no: str
    line_no: int
    owner: str
    sku: str
    ordered: int
    received: int
    unit_cost: int
    currency: str
    house_unit_cost: int | None = None


@dataclass(slots=True)
class CountTaskRow:
    """One location of a count sheet."""

    sheet_no: str
    location: str
    plan_no: str
    walk_no: int
    why: str
    state: str
    round_no: int
    counted_by: str
    counted_at: datetime | None
    approved_by: str
    approved_at: datetime | None


@dataclass(slots=True)
class CountResultRow:
    """What was seen of one product, and what the books said for the same instant."""

    sheet_no: str
    location: str
    round_no: int
    owner: str
    sku: str
    lot: str
    counted: int
    booked: int
    counted_by: str
    counted_at: datetime


@dataclass(slots=True)
class QueueRow:
    """A location that wants counting."""

    location: str
    why: str
    queued_at: datetime


@dataclass(slots=True)
class ClaimRow:
    """Who holds which work."""

    work: str
    station: str
    worker: str
    epoch: int
    state: str
    packet: str
    claimed_at: datetime
    ended_at: datetime | None
    ahead: bool


@dataclass(slots=True)
class TakeoverRow:
    """A claim that a supervisor ended for its station; `late_facts` were posted under it afterwards."""

    work: str
    epoch: int
    station: str
    claimed_at: datetime
    taken_at: datetime
    late_facts: int
