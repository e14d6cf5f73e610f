"""The books while a batch is worked on. Only this class makes moves and changes balances."""

import json
from dataclasses import dataclass, field
from datetime import datetime

from warehouse_app.books.rows import (
    AllocationRow,
    BalanceRow,
    CampaignRow,
    CartonRow,
    ClaimRow,
    ContentRow,
    CountResultRow,
    CountTaskRow,
    DebtRow,
    DrawRow,
    LineRow,
    LocationRow,
    LotRow,
    ManifestRow,
    OrderRow,
    PickListRow,
    PurchaseLineRow,
    PurchaseOrderRow,
    QueueRow,
    ReservationRow,
    SerialRow,
    ShipmentRow,
    StockRow,
    StopRow,
    TakeoverRow,
    ToteRow,
)
from warehouse_app.books.rowset import RowSet
from warehouse_app.store import tables
from warehouse_app.store.ids import new_key

SUPPLIER, CUSTOMER, LOSS, IN_TRANSIT = "SUPPLIER", "CUSTOMER", "LOSS", "IN-TRANSIT"
UNRECONCILED, MISSING = "UNRECONCILED", "MISSING"
VIRTUAL = (SUPPLIER, CUSTOMER, LOSS, IN_TRANSIT, UNRECONCILED, MISSING)
"""Places outside the house. They hold the other side of every move, so all places sum to zero for each product."""

Goods = tuple[str, str, str]
"""Owner, SKU and lot: what units are."""


@dataclass(frozen=True, slots=True)
class Cause:
    """Why the books change: a fact or a decision, who did it and when it happened."""

    kind: str
    id: str
    worker: str
    happened_at: datetime
    station: str = ""
    work: str = ""
    late: bool = False
    """Whether the station did this for work that had been taken over from it."""


@dataclass(frozen=True, slots=True)
class Move:
    """Units that went from one place to another."""

    goods: Goods
    quantity: int
    from_location: str
    to_location: str
    cause: Cause


@dataclass(frozen=True, slots=True)
class Paid:
    """What units from a supplier cost, in 1/10,000 of a minor unit of the warehouse's currency; None if nobody said.

    `reference` names the purchase order.
    """

    unit_cost: int | None
    reference: str = ""


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """A contradiction between the floor and the books, for a person."""

    kind: str
    cause: Cause
    order_no: str = ""
    sku: str = ""
    location: str = ""
    quantity: int = 0
    detail: str = ""


@dataclass(frozen=True, slots=True)
class History:
    """A line of an order's history. `what` is a word of the trade, `detail` its values as ASCII JSON."""

    order_no: str
    what: str
    detail: str
    cause: Cause


@dataclass(frozen=True, slots=True)
class Replacement:
    """Units that an order line lost and that should come from elsewhere."""

    order_no: str
    line_no: int
    quantity: int
    list_no: str


class OtherProduct(ValueError):
    """A fact names an order line that is for another product; only a person can tell which of both is meant."""


@dataclass(slots=True)
class Books:
    """The rows a batch touches and what it adds to them. `recorded_at` is the books' time of the batch."""

    recorded_at: datetime
    cause: Cause
    locations: RowSet[LocationRow] = field(default_factory=lambda: RowSet(LocationRow, tables.location))
    balances: RowSet[BalanceRow] = field(default_factory=lambda: RowSet(BalanceRow, tables.balance, replaces=False))
    stock: RowSet[StockRow] = field(default_factory=lambda: RowSet(StockRow, tables.product_stock, replaces=False))
    lots: RowSet[LotRow] = field(default_factory=lambda: RowSet(LotRow, tables.lot))
    serials: RowSet[SerialRow] = field(default_factory=lambda: RowSet(SerialRow, tables.serial_unit))
    debts: RowSet[DebtRow] = field(default_factory=lambda: RowSet(DebtRow, tables.debt))
    orders: RowSet[OrderRow] = field(default_factory=lambda: RowSet(OrderRow, tables.fulfilment_order))
    lines: RowSet[LineRow] = field(default_factory=lambda: RowSet(LineRow, tables.fulfilment_line))
    reservations: RowSet[ReservationRow] = field(
        default_factory=lambda: RowSet(ReservationRow, tables.reservation, replaces=False)
    )
    campaigns: RowSet[CampaignRow] = field(default_factory=lambda: RowSet(CampaignRow, tables.campaign))
    draws: RowSet[DrawRow] = field(default_factory=lambda: RowSet(DrawRow, tables.campaign_draw))
    allocations: RowSet[AllocationRow] = field(
        default_factory=lambda: RowSet(AllocationRow, tables.allocation, replaces=False)
    )
    pick_lists: RowSet[PickListRow] = field(default_factory=lambda: RowSet(PickListRow, tables.pick_list))
    stops: RowSet[StopRow] = field(default_factory=lambda: RowSet(StopRow, tables.pick_stop, "order_no"))
    totes: RowSet[ToteRow] = field(default_factory=lambda: RowSet(ToteRow, tables.order_tote))
    cartons: RowSet[CartonRow] = field(default_factory=lambda: RowSet(CartonRow, tables.carton))
    contents: RowSet[ContentRow] = field(default_factory=lambda: RowSet(ContentRow, tables.carton_content))
    shipments: RowSet[ShipmentRow] = field(default_factory=lambda: RowSet(ShipmentRow, tables.shipment, "order_no"))
    manifests: RowSet[ManifestRow] = field(default_factory=lambda: RowSet(ManifestRow, tables.manifest))
    purchase_orders: RowSet[PurchaseOrderRow] = field(
        default_factory=lambda: RowSet(PurchaseOrderRow, tables.purchase_order)
    )
    purchase_lines: RowSet[PurchaseLineRow] = field(
        default_factory=lambda: RowSet(PurchaseLineRow, tables.purchase_line)
    )
    count_tasks: RowSet[CountTaskRow] = field(default_factory=lambda: RowSet(CountTaskRow, tables.count_task))
    count_results: RowSet[CountResultRow] = field(default_factory=lambda: RowSet(CountResultRow, tables.count_result))
    count_queue: RowSet[QueueRow] = field(default_factory=lambda: RowSet(QueueRow, tables.count_queue))
    claims: RowSet[ClaimRow] = field(default_factory=lambda: RowSet(ClaimRow, tables.claim))
    takeovers: RowSet[TakeoverRow] = field(default_factory=lambda: RowSet(TakeoverRow, tables.takeover, replaces=False))
    moves: list[Move] = field(default_factory=list)
    paid: dict[int, Paid] = field(default_factory=dict)
    """By their place in `moves`: what units that come from a supplier, or go back there, have cost."""
    discrepancies: list[Discrepancy] = field(default_factory=list)
    history: list[History] = field(default_factory=list)
    amendments: list[tuple[str, dict[str, object]]] = field(default_factory=list)
    replacements: list[Replacement] = field(default_factory=list)
    doubts: list[tuple[str, str]] = field(default_factory=list)
    """Places and products that must be counted before anything more is promised from there."""
    touched: set[str] = field(default_factory=set)
    """Orders whose state is looked at again when the batch is done."""

    def move(
        self, goods: Goods, quantity: int, from_location: str, to_location: str, *, paid: Paid | None = None
    ) -> None:
        """Move units. What the books do not have at `from_location` comes from the unreconciled place, as a debt.

        Units that arrive where such a debt is open settle it at once: then a late fact has explained it.
        """
        if quantity <= 0 or from_location == to_location:
            return
        source = self.balance(from_location, goods)
        missing = quantity - source.on_hand
        if source.physical and missing > 0:
            self._owe(from_location, goods, missing)
        if paid is not None:
            self.paid[len(self.moves)] = paid
        self._shift(goods, quantity, from_location, to_location)
        self._settle_debt(to_location, goods)

    def place(self, location: str) -> LocationRow:
        """The location; one that is not known is a carton that just came into use."""
        found = self.locations.get(location)
        if found is None:
            found = self.locations.add(LocationRow(location, "carton", physical=True, sellable=True, pickable=False))
        return found

    def balance(self, location: str, goods: Goods) -> BalanceRow:
        """What lies at this place, zero when nothing was ever there."""
        owner, sku, lot = goods
        found = self.balances.get(location, sku, owner, lot)
        if found is None:
            physical = self.place(location).physical
            found = self.balances.add(BalanceRow(location, sku, owner, lot, 0, 0, physical))
        return found

    def stock_of(self, owner: str, sku: str) -> StockRow:
        """The product's totals."""
        return self.stock.get(sku, owner) or self.stock.add(StockRow(sku, owner, 0, 0, 0))

    def contents_of(self, location: str) -> list[BalanceRow]:
        """Everything that lies at a place, as far as it is loaded."""
        return [row for row in self.balances.under(location) if row.on_hand > 0]

    def unsaid(self, carton: str, goods: Goods) -> int:
        """Units that lie in a carton and that it is not yet said to contain."""
        lying = self.balance(carton, goods).on_hand
        row = self.cartons.get(carton)
        if row is not None and row.state == "handed_over":
            # What it was said to contain has left with it.
            return max(0, lying)
        said = sum(row.quantity for row in self.contents.under(carton) if (row.owner, row.sku, row.lot) == goods)
        return max(0, lying - said)

    def line_for(self, order_no: str, line_no: int, owner: str, sku: str) -> LineRow:
        """The order line that a fact about these units names. Raises OtherProduct."""
        line = self.lines[order_no, line_no]
        if (line.owner, line.sku) != (owner, sku):
            raise OtherProduct(f"line {line_no} of order {order_no} is for {line.sku}, the fact for {sku}")
        return line

    def stops_of(self, order_no: str) -> list[StopRow]:
        """The stops of an order on whatever pick list, as far as they are loaded."""
        return self.stops.grouped(order_no)

    def lines_of(self, order_no: str) -> list[LineRow]:
        """The lines of an order."""
        return self.lines.under(order_no)

    def reserve(self, line: LineRow, quantity: int) -> None:
        """Promise units of open stock to a line, or take back (a negative quantity).

        What is taken back came from a campaign first, and returns to it.
        """
        if quantity < 0:
            for campaign, units in self._end_draws(line, -quantity):
                campaign.remaining += units
                self.stock_of(line.owner, line.sku).set_aside += units
        self._promise(line, quantity)

    def draw(self, line: LineRow, campaign: CampaignRow, quantity: int) -> None:
        """Promise units that a campaign keeps to a line."""
        campaign.remaining -= quantity
        self.stock_of(line.owner, line.sku).set_aside -= quantity
        self._add_draw(line, campaign, quantity)
        self._promise(line, quantity)

    def pass_promise(self, line: LineRow, other: LineRow, quantity: int) -> None:
        """Let promised units go over to another line for the same product; what came from a campaign still did."""
        for campaign, units in self._end_draws(line, quantity):
            self._add_draw(other, campaign, units)
        self._promise(line, -quantity)
        self._promise(other, quantity)

    def fulfil(self, line: LineRow, quantity: int) -> None:
        """End the promise of units that left the house."""
        for campaign, units in self._end_draws(line, quantity):
            campaign.shipped += units
        self._promise(line, -quantity)

    def lose(self, line: LineRow, quantity: int) -> None:
        """End the promise of units that are not there: a campaign does not get them back."""
        self._end_draws(line, quantity)
        self._promise(line, -quantity)

    def allocate(self, line: LineRow, location: str, lot: str, quantity: int) -> None:
        """Promise units of one place to a line, or take back (a negative quantity)."""
        if quantity == 0:
            return
        line.allocated += quantity
        self.balance(location, (line.owner, line.sku, lot)).allocated += quantity
        row = self.allocations.get(line.order_no, line.line_no, location, lot)
        if row is None:
            row = self.allocations.add(
                AllocationRow(line.order_no, line.line_no, location, lot, line.owner, line.sku, 0)
            )
        row.quantity += quantity
        if row.quantity == 0:
            self.allocations.remove(row)

    def deallocate(self, line: LineRow, location: str, lot: str, quantity: int) -> int:
        """Take back up to this many units of one place from a line; give how many it held."""
        row = self.allocations.get(line.order_no, line.line_no, location, lot)
        taken = min(quantity, row.quantity) if row else 0
        self.allocate(line, location, lot, -taken)
        return taken

    def carry(self, line: LineRow, goods: Goods, quantity: int, from_location: str, to_location: str) -> None:
        """Move units of an order line and its allocation with them."""
        lot = goods[2]
        self.deallocate(line, from_location, lot, quantity)
        self.move(goods, quantity, from_location, to_location)
        order = self.orders.get(line.order_no)
        if order is not None and order.state not in ("cancelled", "shipped"):
            held = self.balance(to_location, goods)
            # Units of which the order let go while they were on their way are nobody's.
            wanted = min(quantity, line.reserved - line.allocated)
            self.allocate(line, to_location, lot, max(0, min(wanted, held.on_hand - held.allocated)))

    def note(self, order_no: str, what: str, **detail: object) -> None:
        """Add a line to an order's history."""
        self.history.append(History(order_no, what, json.dumps(detail), self.cause))

    def differ(self, kind: str, **about: object) -> None:
        """Record a contradiction for a person."""
        self.discrepancies.append(Discrepancy(kind, self.cause, **about))  # type: ignore[arg-type]

    def amend(self, work: str, **content: object) -> None:
        """Send a change to the station that holds this work, if one does."""
        claim = self.claims.get(work)
        if claim is not None and claim.state == "held":
            self.amendments.append((work, content))

    def set_state(self, order: OrderRow, state: str, reason: str = "") -> None:
        """Change an order's state."""
        if order.state != state:
            order.state = state
            order.state_since = self.recorded_at
        order.reason = reason

    def _promise(self, line: LineRow, quantity: int) -> None:
        if quantity == 0:
            return
        line.reserved += quantity
        self.stock_of(line.owner, line.sku).reserved += quantity
        row = self.reservations.get(line.order_no, line.line_no)
        if row is None:
            row = self.reservations.add(ReservationRow(line.order_no, line.line_no, line.owner, line.sku, 0))
        row.quantity += quantity
        if row.quantity == 0:
            self.reservations.remove(row)

    def _add_draw(self, line: LineRow, campaign: CampaignRow, quantity: int) -> None:
        row = self.draws.get(line.order_no, line.line_no, campaign.campaign)
        if row is None:
            row = DrawRow(line.order_no, line.line_no, campaign.campaign, line.sku, line.owner, 0)
            self.draws.add(row)
        row.quantity += quantity
        campaign.drawn += quantity

    def _end_draws(self, line: LineRow, quantity: int) -> list[tuple[CampaignRow, int]]:
        """Of the next units that a line gives up, those that came from campaigns."""
        ended = []
        for row in self.draws.under(line.order_no):
            units = min(quantity, row.quantity) if row.line_no == line.line_no else 0
            if units:
                campaign = self.campaigns[row.campaign, row.sku, row.owner]
                campaign.drawn -= units
                row.quantity -= units
                quantity -= units
                ended.append((campaign, units))
                if row.quantity == 0:
                    self.draws.remove(row)
        return ended

    def _shift(self, goods: Goods, quantity: int, from_location: str, to_location: str) -> None:
        self.balance(from_location, goods).on_hand -= quantity
        self.balance(to_location, goods).on_hand += quantity
        gain = int(self.place(to_location).sellable) - int(self.place(from_location).sellable)
        if gain:
            self.stock_of(goods[0], goods[1]).sellable += gain * quantity
        self.moves.append(Move(goods, quantity, from_location, to_location, self.cause))

    def _owe(self, location: str, goods: Goods, quantity: int) -> None:
        owner, sku, lot = goods
        self._shift(goods, quantity, UNRECONCILED, location)
        debt = self.debts.get(location, sku, owner, lot)
        if debt is None:
            debt = DebtRow(location, sku, owner, lot, 0, self.cause.work, self.recorded_at)
            self.debts.add(debt)
        debt.quantity += quantity

    def _settle_debt(self, location: str, goods: Goods) -> None:
        owner, sku, lot = goods
        debt = self.debts.get(location, sku, owner, lot)
        if debt is None:
            return
        balance = self.balance(location, goods)
        quantity = min(debt.quantity, balance.on_hand - balance.allocated)
        if quantity <= 0:
            return
        self._shift(goods, quantity, location, UNRECONCILED)
        debt.quantity -= quantity
        if debt.quantity == 0:
            self.debts.remove(debt)


def new_books(recorded_at: datetime, cause: Cause | None = None) -> Books:
    """Empty books; a cause is set before anything is moved."""
    return Books(recorded_at, cause or Cause("none", new_key(), "", recorded_at))
