"""What ends when an order is cancelled: promises at once, units where they are."""

from warehouse_app.books.ledger import Books
from warehouse_app.books.rows import OrderRow


def free_unpicked(order: OrderRow, books: Books) -> None:
    """Give back what still lies on the shelves for the order, and take the stops off the pick lists."""
    for row in [row for row in books.allocations if row.order_no == order.order_no]:
        line = books.lines[row.order_no, row.line_no]
        if books.place(row.location).pickable:
            quantity = row.quantity
            books.allocate(line, row.location, row.lot, -quantity)
            _cancel_units(line.order_no, line.line_no, quantity, books)
    for stop in books.stops:
        if stop.order_no == order.order_no and stop.open_quantity:
            stop.withdrawn += stop.open_quantity
            books.amend(f"pick:{stop.list_no}", what="drop_order", order=order.order_no)
    for line in books.lines_of(order.order_no):
        unallocated = line.reserved - line.allocated
        if unallocated > 0:
            _cancel_units(line.order_no, line.line_no, unallocated, books)
        open_units = max(0, line.open_quantity)
        line.cancelled += open_units
        line.short = max(0, line.short - open_units)


def stop_order(order: OrderRow, books: Books) -> None:
    """End the order where it stands: nothing is promised to it any more, its cartons are stopped.

    Units in totes and cartons stay there, unpromised, until they are put back.
    """
    free_unpicked(order, books)
    for row in [row for row in books.allocations if row.order_no == order.order_no]:
        line = books.lines[row.order_no, row.line_no]
        quantity = row.quantity
        books.allocate(line, row.location, row.lot, -quantity)
        _cancel_units(line.order_no, line.line_no, quantity, books)
    for line in books.lines_of(order.order_no):
        _cancel_units(line.order_no, line.line_no, line.reserved, books)
    for shipment in books.shipments:
        if shipment.order_no == order.order_no and shipment.state != "handed_over":
            shipment.state = "stopped"
    for carton in books.cartons:
        shipment_no = carton.shipment_no
        owner = books.shipments.get(shipment_no)
        if owner and owner.order_no == order.order_no and carton.state in ("open", "closed"):
            carton.state = "stopped"
    if not any(line.shipped for line in books.lines_of(order.order_no)):
        books.set_state(order, "cancelled", order.reason)
    else:
        books.set_state(order, "shipped", order.reason)
    books.note(order.order_no, "stopped", reason=order.reason)


def _cancel_units(order_no: str, line_no: int, quantity: int, books: Books) -> None:
    line = books.lines[order_no, line_no]
    quantity = min(quantity, line.reserved)
    books.reserve(line, -quantity)
    line.cancelled += quantity
