"""What handing over changes in the books."""

from warehouse_app.books.applying import applies, reverses
from warehouse_app.books.leaving import close_shipment, units_come_back, units_leave
from warehouse_app.books.ledger import Books
from warehouse_app.books.loading import Needs, needs
from warehouse_app.books.packing import carton_of
from warehouse_app.books.serials import serials_come_back, serials_leave
from warehouse_app.domain.facts import HandedOver, HandoverStopped


def _needs(fact: HandedOver) -> Needs:
    return needs(orders=[fact.order_no], cartons=[fact.carton], serial_cartons=[fact.carton])


@applies(HandedOver, _needs)
def apply_handed_over(fact: HandedOver, books: Books) -> None:
    """The carton's units leave the house. What the bench has still to report of it follows when that arrives."""
    carton = carton_of(fact.order_no, fact.carton, books)
    carton.carrier, carton.manifest_no = fact.carrier, fact.manifest_no
    carton.handovers += 1
    if carton.state == "handed_over":
        books.differ("handed_over_twice", order_no=fact.order_no, location=fact.carton)
        return
    carton.state, carton.handed_over_at = "handed_over", books.cause.happened_at
    for row in books.contents.under(fact.carton):
        units_leave(row, row.quantity, books)
    serials_leave(fact.carton, books)
    books.note(fact.order_no, "handed_over", carton=fact.carton, manifest=fact.manifest_no)
    close_shipment(books.shipments[carton.shipment_no], books)


@reverses(HandedOver)
def reverse_handed_over(fact: HandedOver, books: Books) -> None:
    """The carton was taken off the vehicle again, unless another bench has handed it over as well."""
    carton = carton_of(fact.order_no, fact.carton, books)
    carton.handovers = max(0, carton.handovers - 1)
    if carton.state != "handed_over" or carton.handovers:
        return
    serials_come_back(fact.carton, books)
    carton.state, carton.handed_over_at = "closed", None
    for row in books.contents.under(fact.carton):
        units_come_back(row, row.quantity, books)
        books.set_state(books.orders[row.order_no], "packed")
    shipment = books.shipments[carton.shipment_no]
    shipment.state, shipment.handed_over_at = "packed", None


@applies(HandoverStopped, lambda fact: needs(orders=[fact.order_no], cartons=[fact.carton]))
def apply_handover_stopped(fact: HandoverStopped, books: Books) -> None:
    """The dock held a carton back."""
    books.note(fact.order_no, "handover_stopped", carton=fact.carton, reason=fact.reason)
