"""Where an order stands, read from its lines, its pick stops and its cartons."""

from warehouse_app.books.ledger import Books
from warehouse_app.books.rows import LineRow, OrderRow


def settle_order(order_no: str, books: Books) -> None:
    """Move an order on when its picking or its despatch is complete; an order on a bench is left alone."""
    order = books.orders.get(order_no)
    if order is None or order.state == "cancelled":
        return
    lines = [line for line in books.lines_of(order_no) if line.stocked]
    if order.state == "reserved":
        # It may have lost some of what it had.
        books.set_state(order, state_by_reservation(order, lines), order.reason)
    if order.state in ("released", "picking", "packed"):
        _after_picking(order, lines, books)
    if order.state == "packing" and not any(line.allocated for line in lines):
        # Everything that was on the bench turned out to be missing.
        books.set_state(order, state_by_reservation(order, lines))
    if order.state == "packed" and not any(line.reserved for line in lines):
        _after_despatch(order, lines, books)


def state_by_reservation(order: OrderRow, lines: list[LineRow]) -> str:
    """The state of an order that is not being worked on: new, reserved, partial or short."""
    open_units = sum(line.open_quantity for line in lines)
    if not any(line.reserved for line in lines):
        return "short" if open_units else order.state
    return "partial" if open_units else "reserved"


def _after_picking(order: OrderRow, lines: list[LineRow], books: Books) -> None:
    if any(stop.open_quantity for stop in books.stops_of(order.order_no)):
        if order.state == "packed":
            books.set_state(order, "picking")
        return
    in_totes = any(
        row.quantity for row in books.allocations.under(order.order_no) if books.place(row.location).kind == "tote"
    )
    if in_totes:
        if order.state != "picked":
            books.set_state(order, "picked")
            books.note(order.order_no, "picked")
    elif order.state != "packed" and not any(line.allocated for line in lines):
        books.set_state(order, state_by_reservation(order, lines))


def _after_despatch(order: OrderRow, lines: list[LineRow], books: Books) -> None:
    if not any(line.shipped for line in lines):
        return
    open_units = sum(line.open_quantity for line in lines)
    books.set_state(order, "short" if open_units else "shipped")
    books.note(order.order_no, "shipped")
