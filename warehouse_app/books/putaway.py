"""What putting away changes in the books."""

from warehouse_app.books.applying import applies, reverses
from warehouse_app.books.ledger import Books
from warehouse_app.books.loading import Needs, needs
from warehouse_app.books.rows import CartonRow, ContentRow
from warehouse_app.books.serials import carry_serials
from warehouse_app.domain.facts import FirstPutAway, PutAway


def _needs(fact: FirstPutAway) -> Needs:
    places = [fact.from_location, fact.to_location]
    return needs(
        places=places, skus=[fact.sku], cartons=[fact.from_location], serials=[_serial(fact)], serial_places=places
    )


@applies(FirstPutAway, _needs)
@applies(PutAway, _needs)
def apply_put_away(fact: FirstPutAway, books: Books) -> None:
    """Units go from where they waited to a storage location; a tote or carton that is empty then has served."""
    goods, places = (fact.owner, fact.sku, fact.lot), (fact.from_location, fact.to_location)
    carry_serials(goods, fact.quantity, places, _serial(fact), books)
    books.move((fact.owner, fact.sku, fact.lot), fact.quantity, fact.from_location, fact.to_location)
    carton = books.cartons.get(fact.from_location)
    if carton is not None:
        _take_out(fact, books)
    if books.contents_of(fact.from_location):
        return
    tote = books.totes.get(fact.from_location)
    if tote is not None:
        books.totes.remove(tote)
    if carton is not None:
        carton.state, carton.manifest_no = "emptied", ""
        for row in books.contents.under(carton.carton):
            books.contents.remove(row)


@reverses(FirstPutAway)
@reverses(PutAway)
def reverse_put_away(fact: FirstPutAway, books: Books) -> None:
    """The units were taken back to where they waited."""
    goods, places = (fact.owner, fact.sku, fact.lot), (fact.to_location, fact.from_location)
    carry_serials(goods, fact.quantity, places, _serial(fact), books)
    books.move((fact.owner, fact.sku, fact.lot), fact.quantity, fact.to_location, fact.from_location)
    carton = books.cartons.get(fact.from_location)
    if carton is not None:
        carton.state = "stopped" if carton.state == "emptied" else carton.state
        _put_in(fact, carton, books)


def _serial(fact: FirstPutAway) -> str:
    return fact.serial if isinstance(fact, PutAway) else ""


def _take_out(fact: FirstPutAway, books: Books) -> None:
    """What is said to be in the carton follows what lies in it."""
    left = fact.quantity
    for row in books.contents:
        if (row.carton, row.owner, row.sku, row.lot) == (fact.from_location, fact.owner, fact.sku, fact.lot):
            taken = min(left, row.quantity)
            row.quantity -= taken
            left -= taken
            if row.quantity == 0:
                books.contents.remove(row)


def _put_in(fact: FirstPutAway, carton: CartonRow, books: Books) -> None:
    order_no = books.shipments[carton.shipment_no].order_no
    lines = [line for line in books.lines_of(order_no) if (line.owner, line.sku) == (fact.owner, fact.sku)]
    if not lines:
        return
    line = lines[0]
    # What the carton owed is settled first and lies there no more.
    quantity = min(fact.quantity, books.unsaid(carton.carton, (fact.owner, fact.sku, fact.lot)))
    if not quantity:
        return
    row = books.contents.get(carton.carton, order_no, line.line_no, fact.lot)
    if row is None:
        row = books.contents.add(ContentRow(carton.carton, order_no, line.line_no, fact.lot, fact.owner, fact.sku, 0))
    row.quantity += quantity
