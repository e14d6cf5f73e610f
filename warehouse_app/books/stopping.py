"""What ends when an order is cancelled: promises at once, units where they are."""

from warehouse_app.books.ledger import Books
from warehouse_app.books.order_states import state_by_reservation
from warehouse_app.books.rows import CartonRow, OrderRow

ENDED = ("cancelled", "shipped")


def held_works(order_no: str, books: Books) -> list[str]:
    """Work on this order that a station has in hand: the order itself, and pick lists that collect it."""
    lists = {stop.list_no for stop in books.stops_of(order_no) if stop.open_quantity or stop.picked}
    works = [f"pack:{order_no}", *(f"pick:{list_no}" for list_no in sorted(lists))]
    claims = [books.claims.get(work) for work in works]
    return [claim.work for claim in claims if claim is not None and claim.state == "held"]


def cartons_of(order_no: str, books: Books) -> list[CartonRow]:
    """The cartons of an order, as far as they are loaded."""
    shipments = {row.shipment_no for row in books.shipments.grouped(order_no)}
    return [carton for carton in books.cartons if carton.shipment_no in shipments]


def stop_at_despatch(carton: CartonRow, reason: str, books: Books) -> None:
    """Tell the station that has this carton on its manifest not to hand it over."""
    _tell_despatch(carton, "stop", reason, books)


def release_at_despatch(carton: CartonRow, books: Books) -> None:
    """Tell the station that has this carton on its manifest that it may be handed over again."""
    _tell_despatch(carton, "release", "", books)


def free_unpicked(order: OrderRow, books: Books) -> None:
    """Give back what still lies on the shelves for the order, and take the stops off the pick lists."""
    for row in books.allocations.under(order.order_no):
        line = books.lines[row.order_no, row.line_no]
        if books.place(row.location).pickable:
            quantity = row.quantity
            books.allocate(line, row.location, row.lot, -quantity)
            _cancel_units(line.order_no, line.line_no, quantity, books)
    lists = set()
    for stop in books.stops_of(order.order_no):
        if stop.open_quantity:
            stop.withdrawn += stop.open_quantity
            lists.add(stop.list_no)
    for list_no in sorted(lists):
        drop_from_list(order, list_no, books)
    for line in books.lines_of(order.order_no):
        unallocated = line.reserved - line.allocated
        if unallocated > 0:
            _cancel_units(line.order_no, line.line_no, unallocated, books)
        open_units = max(0, line.open_quantity)
        line.cancelled += open_units
        line.short = max(0, line.short - open_units)


def drop_from_list(order: OrderRow, list_no: str, books: Books) -> None:
    """Tell the picker who walks this list that the order is cancelled; once is enough."""
    told = (f"pick:{list_no}", {"what": "drop_order", "order": order.order_no, "reason": order.reason})
    if told not in books.amendments:
        books.amend(told[0], **told[1])


def call_back_from_list(order: OrderRow, list_no: str, reason: str, books: Books) -> None:
    """Tell the picker who walks this list to put the order aside; once is enough."""
    told = (f"pick:{list_no}", {"what": "drop_order", "order": order.order_no, "reason": reason, "goes_on": True})
    if told not in books.amendments:
        books.amend(told[0], **told[1])


def back_from_floor(order: OrderRow, books: Books) -> None:
    """The order waits for a wave again, with what is reserved for it. Units that lie in totes are to be put back."""
    for row in books.allocations.under(order.order_no):
        if books.place(row.location).kind == "tote":
            books.deallocate(books.lines[row.order_no, row.line_no], row.location, row.lot, row.quantity)
    lines = [line for line in books.lines_of(order.order_no) if line.stocked]
    if any(line.allocated for line in lines):
        return
    order.wave_no = ""
    books.set_state(order, state_by_reservation(order, lines))
    books.note(order.order_no, "unreleased")


def stop_order(order: OrderRow, books: Books) -> None:
    """End the order where it stands: nothing is promised to it any more, its cartons are stopped.

    Units in totes and cartons stay there, unpromised, until they are put back.
    """
    free_unpicked(order, books)
    for row in books.allocations.under(order.order_no):
        line = books.lines[row.order_no, row.line_no]
        quantity = row.quantity
        books.allocate(line, row.location, row.lot, -quantity)
        _cancel_units(line.order_no, line.line_no, quantity, books)
    for line in books.lines_of(order.order_no):
        _cancel_units(line.order_no, line.line_no, line.reserved, books)
    for shipment in books.shipments.grouped(order.order_no):
        if shipment.state != "handed_over":
            shipment.state = "stopped"
    for carton in cartons_of(order.order_no, books):
        if carton.state in ("open", "closed"):
            carton.state = "stopped"
            stop_at_despatch(carton, "cancelled", books)
    if order.state in ENDED:
        return
    shipped = any(line.shipped for line in books.lines_of(order.order_no))
    books.set_state(order, "shipped" if shipped else "cancelled", order.reason)
    books.note(order.order_no, "stopped", reason=order.reason)


def _tell_despatch(carton: CartonRow, what: str, reason: str, books: Books) -> None:
    told = (f"ship:{carton.manifest_no}", {"what": what, "carton": carton.carton, "reason": reason})
    if carton.manifest_no and told not in books.amendments:
        books.amend(told[0], **told[1])


def _cancel_units(order_no: str, line_no: int, quantity: int, books: Books) -> None:
    line = books.lines[order_no, line_no]
    quantity = min(quantity, line.reserved)
    books.reserve(line, -quantity)
    line.cancelled += quantity
