"""Units that leave the house in a carton, or that come back off the vehicle."""

from warehouse_app.books.ledger import CUSTOMER, Books
from warehouse_app.books.rows import ContentRow, ShipmentRow


def units_leave(row: ContentRow, quantity: int, books: Books) -> None:
    """Units of an order line go to the customer with their carton; their promise is kept and ends."""
    line = books.lines[row.order_no, row.line_no]
    books.deallocate(line, row.carton, row.lot, quantity)
    counted = min(quantity, max(0, line.ordered - line.shipped))
    if counted < quantity:
        books.differ("shipped_too_many", order_no=row.order_no, sku=row.sku, quantity=quantity - counted)
    books.fulfil(line, min(counted, line.reserved))
    line.shipped += counted
    settled = line.cancelled + line.shipped + line.reserved + line.short
    if settled > line.ordered:
        # What has left settles the line, whatever was said of it before.
        freed = settled - line.ordered
        from_short = min(freed, line.short)
        from_cancelled = min(freed - from_short, line.cancelled)
        line.short -= from_short
        line.cancelled -= from_cancelled
        if from_cancelled:
            books.differ("shipped_although_cancelled", order_no=row.order_no, sku=row.sku, quantity=counted)
            order = books.orders[row.order_no]
            books.set_state(order, "shipped", order.reason)
    books.move((row.owner, row.sku, row.lot), quantity, row.carton, CUSTOMER)
    books.touched.add(row.order_no)


def units_come_back(row: ContentRow, quantity: int, books: Books) -> None:
    """Units of an order line lie in their carton again, promised as before."""
    line = books.lines[row.order_no, row.line_no]
    line.shipped -= min(quantity, line.shipped)
    books.move((row.owner, row.sku, row.lot), quantity, CUSTOMER, row.carton)
    promised = min(quantity, line.open_quantity - line.short)
    books.reserve(line, promised)
    books.allocate(line, row.carton, row.lot, promised)


def close_shipment(shipment: ShipmentRow, books: Books) -> None:
    """The shipment has left when its last carton has."""
    # A carton number that was taken into use and left empty again never travels.
    filled = {row.carton for row in books.contents}
    mine = [row for row in books.cartons if row.shipment_no == shipment.shipment_no and row.carton in filled]
    if shipment.state == "packed" and mine and all(carton.state == "handed_over" for carton in mine):
        shipment.state, shipment.handed_over_at = "handed_over", books.cause.happened_at
        shipment.carrier = mine[0].carrier
