"""What receiving changes in the books."""

from datetime import date

from warehouse_app.books.applying import applies, reverses
from warehouse_app.books.ledger import SUPPLIER, Books, Paid
from warehouse_app.books.loading import Needs, needs
from warehouse_app.books.rows import LotRow, PurchaseLineRow
from warehouse_app.books.serials import serial_not_received, serial_received
from warehouse_app.domain.facts import GoodsReceived, ReceiptClosed

UNORDERED = 1_000_000
"""Line numbers from here on are products that a purchase order does not name."""


def _needs(fact: GoodsReceived) -> Needs:
    return needs(
        places=[fact.dock], skus=[fact.sku], purchase_orders=[fact.po_no], works=[f"receive:{fact.po_no}"],
        serials=[fact.serial],
    )  # fmt: skip


@applies(GoodsReceived, _needs)
def apply_goods_received(fact: GoodsReceived, books: Books) -> None:
    """Units come from the supplier onto the dock and count towards their purchase order line."""
    goods = (fact.owner, fact.sku, fact.lot)
    if fact.lot and books.lots.get(*goods) is None:
        expires_on = date.fromisoformat(fact.expires_on) if fact.expires_on else None
        books.lots.add(LotRow(fact.owner, fact.sku, fact.lot, expires_on))
    line = _line(fact, books)
    books.move(goods, fact.quantity, SUPPLIER, fact.dock, paid=Paid(line.house_unit_cost, fact.po_no))
    line.received += fact.quantity
    serial_received(fact, books)
    order = books.purchase_orders.get(fact.po_no)
    if order is not None and order.state == "open":
        order.state = "receiving"


@reverses(GoodsReceived)
def reverse_goods_received(fact: GoodsReceived, books: Books) -> None:
    """The units were scanned by mistake."""
    line = _line(fact, books)
    paid = Paid(line.house_unit_cost, fact.po_no)
    books.move((fact.owner, fact.sku, fact.lot), fact.quantity, fact.dock, SUPPLIER, paid=paid)
    line.received -= fact.quantity
    serial_not_received(fact, books)


@applies(ReceiptClosed, lambda fact: needs(purchase_orders=[fact.po_no], works=[f"receive:{fact.po_no}"]))
def apply_receipt_closed(fact: ReceiptClosed, books: Books) -> None:
    """The delivery is complete; every line that differs from what was ordered is a discrepancy for the buyer."""
    order = books.purchase_orders.get(fact.po_no)
    if order is None:
        return
    order.state = "closed"
    for line in books.purchase_lines:
        difference = line.received - line.ordered
        if line.po_no == fact.po_no and difference:
            kind = "received_over" if difference > 0 else "received_short"
            kind = "received_unordered" if line.ordered == 0 else kind
            books.differ(kind, sku=line.sku, quantity=abs(difference), detail=fact.po_no)


def _line(fact: GoodsReceived, books: Books) -> PurchaseLineRow:
    line = books.purchase_lines.get(fact.po_no, fact.line_no)
    if fact.line_no and line is not None:
        return line
    mine = [row for row in books.purchase_lines if row.po_no == fact.po_no and row.line_no >= UNORDERED]
    for row in mine:
        if row.sku == fact.sku:
            return row
    number = max((row.line_no for row in mine), default=UNORDERED - 1) + 1
    return books.purchase_lines.add(PurchaseLineRow(fact.po_no, number, fact.owner, fact.sku, 0, 0, 0, ""))
