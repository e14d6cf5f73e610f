"""A desk at the tiny warehouse where orders of several lines come in and are decided about."""

import io
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from tests.despatch import PICKER, DespatchHouse
from tests.warehouse import ORDER_HEADER, at
from warehouse_app.channels.readers import READERS
from warehouse_app.domain.packets import PickPacket
from warehouse_app.domain.scan import ScanKind
from warehouse_app.domain.session import Need
from warehouse_app.operations.changing import ChangedOrder, LineChange, OrderChange, change_order
from warehouse_app.operations.import_orders import OrderImport, import_orders
from warehouse_app.operations.order_headers import HeaderChange
from warehouse_app.operations.orders import OrderDetail, OrderLine, show_order
from warehouse_app.operations.picking import claim_pick_list
from warehouse_app.operations.reserving import reserve_open_orders
from warehouse_app.operations.waves import WaveRequest, release_waves
from warehouse_app.store import tables

HEADER = ORDER_HEADER.strip() + ",ship_policy,customer,note\n"
Lines = Sequence[tuple[str, int]]


@dataclass(frozen=True)
class Buyer:
    """What an order says beside its lines."""

    service: str = "next_day"
    name: str = "Ann"
    address: str = "1 Lane"
    city: str = "Leeds"
    policy: str = "complete"
    customer: str = "C-1"
    note: str = ""


class OrderDesk(DespatchHouse):
    """Decides about orders as a supervisor would."""

    def take(self, order_no: str, *lines: tuple[str, int], buyer: Buyer | None = None) -> OrderImport:
        """Import an order of these products and quantities."""
        return self.take_file({order_no: lines}, buyer)

    def take_file(self, orders: Mapping[str, Lines], buyer: Buyer | None = None) -> OrderImport:
        """Import one file of these orders: products and quantities by order number."""
        who, ordered_at = buyer or Buyer(), at("07:00").isoformat()
        rows = "".join(
            f"{order_no},{number},{ordered_at},{who.service},{sku},{quantity},{who.name},{who.address},"
            f"{who.city},GB,{who.policy},{who.customer},{who.note}\n"
            for order_no, lines in orders.items()
            for number, (sku, quantity) in enumerate(lines, 1)
        )
        return import_orders(self.database, "csv", "shop", [io.BytesIO((HEADER + rows).encode())], readers=READERS)

    def reserve(self) -> None:
        """Reserve what can be reserved."""
        reserve_open_orders(self.database)

    def release_all(self) -> None:
        """Reserve and release what is ready."""
        self.reserve()
        release_waves(self.database, WaveRequest())

    def walk(self, order_no: str) -> PickPacket:
        """Give the pick list of an order to a picker."""
        return self.database.write(claim_pick_list, PICKER, Need(ScanKind.PICK_LIST, self.list_of(order_no)))

    def list_of(self, order_no: str) -> str:
        """The newest pick list with stops of an order."""
        stop = tables.pick_stop
        query = select(func.max(stop.c.list_no)).where(stop.c.order_no == order_no)
        return str(self.database.read(lambda tx: tx.value(query)))

    def change(self, order_no: str, line_no: int, quantity: int) -> ChangedOrder:
        """Give a line another quantity."""
        return self.database.write(change_order, order_no, OrderChange(LineChange(line_no, quantity)), "W-02")

    def change_header(self, order_no: str, change: HeaderChange) -> ChangedOrder:
        """Change what is not a line."""
        return self.database.write(change_order, order_no, OrderChange(header=change), "W-02")

    def show(self, order_no: str) -> OrderDetail:
        """Everything about an order."""
        return self.database.read(show_order, order_no)

    def state(self, order_no: str) -> str:
        """The order's state."""
        return self.show(order_no).summary.state

    def lines(self, order_no: str) -> dict[int, OrderLine]:
        """The order's lines by number."""
        return {line.line_no: line for line in self.show(order_no).lines}

    def told_of(self, order_no: str) -> list[str]:
        """What happened to the order, in the words of the books."""
        return [entry.what for entry in self.show(order_no).history]

    def promised(self) -> tuple[int, int]:
        """Units reserved and allocated in the whole house."""
        stock, balance = tables.product_stock, tables.balance
        reserved = self.database.read(lambda tx: tx.value(select(func.sum(stock.c.reserved))))
        allocated = self.database.read(lambda tx: tx.value(select(func.sum(balance.c.allocated))))
        return int(reserved or 0), int(allocated or 0)

    def served(self) -> Counter[tuple[str, str]]:
        """Units that order lines serve of each channel line: the channel's order and line."""
        rows = self.database.read(lambda tx: tx.rows(select(tables.fulfilment_source)))
        found: Counter[tuple[str, str]] = Counter()
        for row in rows:
            found[row["channel_order_id"], row["channel_line_id"]] += row["quantity"]
        return found

    def open_stops(self) -> list[tuple[str, str, int]]:
        """Order, location and open units of every stop that is still to be walked."""
        rows = self.database.read(lambda tx: tx.rows(select(tables.pick_stop).order_by("list_no", "stop_no")))
        opened = ((row, row["quantity"] - row["picked"] - row["short"] - row["withdrawn"]) for row in rows)
        return [(row["order_no"], row["location"], left) for row, left in opened if left > 0]
