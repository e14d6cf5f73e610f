"""What handing over changes in the books."""

from warehouse_app.books.applying import applies, reverses
from warehouse_app.books.ledger import CUSTOMER, Books
from warehouse_app.books.loading import needs
from warehouse_app.domain.facts import HandedOver, HandoverStopped


@applies(HandedOver, lambda fact: needs(orders=[fact.order_no], cartons=[fact.carton]))
def apply_handed_over(fact: HandedOver, books: Books) -> None:
    """The carton's units leave the house; promises are kept and end."""
    carton = books.cartons[fact.carton]
    carton.state, carton.handed_over_at = "handed_over", books.cause.happened_at
    carton.carrier, carton.manifest_no = fact.carrier, fact.manifest_no
    for row in [row for row in books.contents if row.carton == fact.carton]:
        line = books.lines[row.order_no, row.line_no]
        books.deallocate(line, fact.carton, row.lot, row.quantity)
        books.reserve(line, -min(row.quantity, line.reserved))
        line.shipped += row.quantity
        if line.cancelled + line.shipped + line.reserved > line.ordered:
            line.cancelled = max(0, line.ordered - line.shipped - line.reserved)
            books.differ("shipped_although_cancelled", order_no=row.order_no, sku=row.sku, quantity=row.quantity)
            order = books.orders[row.order_no]
            books.set_state(order, "shipped", order.reason)
        books.move((row.owner, row.sku, row.lot), row.quantity, fact.carton, CUSTOMER)
        books.touched.add(row.order_no)
    books.note(fact.order_no, "handed_over", carton=fact.carton, manifest=fact.manifest_no)
    _close_shipment(carton.shipment_no, books)


@reverses(HandedOver)
def reverse_handed_over(fact: HandedOver, books: Books) -> None:
    """The carton was taken off the vehicle again."""
    carton = books.cartons[fact.carton]
    carton.state, carton.handed_over_at = "closed", None
    for row in [row for row in books.contents if row.carton == fact.carton]:
        line = books.lines[row.order_no, row.line_no]
        line.shipped -= row.quantity
        books.move((row.owner, row.sku, row.lot), row.quantity, CUSTOMER, fact.carton)
        books.reserve(line, row.quantity)
        books.allocate(line, fact.carton, row.lot, row.quantity)
        order = books.orders[row.order_no]
        books.set_state(order, "packed")
    shipment = books.shipments[carton.shipment_no]
    shipment.state, shipment.handed_over_at = "packed", None


@applies(HandoverStopped, lambda fact: needs(orders=[fact.order_no], cartons=[fact.carton]))
def apply_handover_stopped(fact: HandoverStopped, books: Books) -> None:
    """The dock held a carton back."""
    books.note(fact.order_no, "handover_stopped", carton=fact.carton, reason=fact.reason)


def _close_shipment(shipment_no: str, books: Books) -> None:
    shipment = books.shipments[shipment_no]
    # A carton number that was taken into use and left empty again never travels.
    filled = {row.carton for row in books.contents}
    mine = [carton for carton in books.cartons if carton.shipment_no == shipment_no and carton.carton in filled]
    if shipment.state == "packed" and all(carton.state == "handed_over" for carton in mine):
        shipment.state, shipment.handed_over_at = "handed_over", books.cause.happened_at
        shipment.carrier = mine[0].carrier
