"""Units with a serial: where each one is, and to whom it is promised, as facts and decisions tell it.

A unit is in one place. A fact that contradicts what was known of it stands, and is a discrepancy; one that happened
before the unit was seen last changes nothing.
"""

from warehouse_app.books.ledger import CUSTOMER, VIRTUAL, Books, Goods
from warehouse_app.books.rows import SerialRow
from warehouse_app.domain.facts import GoodsReceived, Picked, UnitPacked


def serial_received(fact: GoodsReceived, books: Books) -> None:
    """The unit is on the dock; one that is in the house already cannot come in again."""
    if not fact.serial:
        return
    row = books.serials.get(fact.sku, fact.serial)
    if row is not None and row.location not in ("", *VIRTUAL):
        _differ(books, "serial_received_twice", row)
    row = _seen(books, (fact.owner, fact.sku, fact.lot), fact.serial, fact.dock)
    if row is not None:
        row.receipt = fact.po_no
        _release(row)


def serial_not_received(fact: GoodsReceived, books: Books) -> None:
    """The unit was scanned by mistake: it never came."""
    row = books.serials.get(fact.sku, fact.serial) if fact.serial else None
    if row is not None and (row.location, row.receipt) == (fact.dock, fact.po_no):
        books.serials.remove(row)


def serial_picked(fact: Picked, books: Books) -> None:
    """The unit lies in its order's tote and is promised to its line."""
    if fact.serial:
        row = _seen(books, (fact.owner, fact.sku, fact.lot), fact.serial, fact.tote)
        if row is not None:
            _promise(row, fact.order_no, fact.line_no, books)
            row.carton = ""


def serial_not_picked(fact: Picked, books: Books) -> None:
    """The unit lies at its place again and is promised to nobody."""
    row = books.serials.get(fact.sku, fact.serial) if fact.serial else None
    if row is not None and row.location == fact.tote:
        _put(row, fact.location, books)
        _release(row)


def serial_packed(fact: UnitPacked, books: Books) -> None:
    """The unit lies in its order's carton, or has left with it where the dock was faster to report."""
    if not fact.serial:
        return
    row = books.serials.get(fact.sku, fact.serial)
    if row is not None and row.carton and row.order_no == fact.order_no:
        _differ(books, "serial_packed_twice", row, fact.order_no)
    row = _seen(books, (fact.owner, fact.sku, fact.lot), fact.serial, fact.carton)
    if row is not None:
        _promise(row, fact.order_no, fact.line_no, books)
        row.carton = fact.carton
        carton = books.cartons.get(fact.carton)
        if carton is not None and carton.state == "handed_over":
            row.location = CUSTOMER


def serial_not_packed(fact: UnitPacked, books: Books) -> None:
    """The unit lies in the tote again."""
    row = books.serials.get(fact.sku, fact.serial) if fact.serial else None
    if row is not None and row.carton == fact.carton:
        _put(row, fact.tote, books)
        row.carton = ""


def serials_leave(carton: str, books: Books) -> None:
    """The units in a carton go to the customer; which carton it was stays known."""
    for row in books.serials:
        if row.carton == row.location == carton:
            _put(row, CUSTOMER, books)


def serials_come_back(carton: str, books: Books) -> None:
    """The carton came off the vehicle again."""
    for row in books.serials:
        if (row.carton, row.location) == (carton, CUSTOMER):
            _put(row, carton, books)


def carry_serials(goods: Goods, quantity: int, places: tuple[str, str], serial: str, books: Books) -> None:
    """Before units move between two places: a named unit goes along, and all of them do when everything moves.

    Where only some move and nobody says which, the units stay where they were seen last, and that is not certain.
    """
    source, target = places
    if serial:
        row = _seen(books, goods, serial, target)
        if row is not None:
            _release(row)
        return
    here = [row for row in books.serials if (row.owner, row.sku, row.lot) == goods and row.location == source]
    everything = quantity >= books.balance(source, goods).on_hand
    for row in here:
        if row.seen_at > books.cause.happened_at:
            continue
        if everything and row.place_known:
            _put(row, target, books)
            _release(row)
        else:
            row.place_known = False


def _seen(books: Books, goods: Goods, serial: str, location: str) -> SerialRow | None:
    """The unit at this place, known from now on; None when it was seen elsewhere later."""
    owner, sku, lot = goods
    row = books.serials.get(sku, serial)
    now = books.cause.happened_at
    if row is None:
        row = SerialRow(sku, serial, owner, lot, location, True, "", 0, "", "", now)  # noqa: FBT003 - the row's columns
        return books.serials.add(row)
    if row.seen_at > now:
        return None
    if row.location == CUSTOMER:
        _differ(books, "serial_has_left", row)
        _release(row)
    row.owner, row.lot = owner, lot
    _put(row, location, books)
    return row


def _put(row: SerialRow, location: str, books: Books) -> None:
    row.location, row.place_known = location, True
    row.seen_at = max(row.seen_at, books.cause.happened_at)


def _promise(row: SerialRow, order_no: str, line_no: int, books: Books) -> None:
    if row.order_no not in ("", order_no):
        _differ(books, "serial_of_other_order", row, order_no)
    row.order_no, row.line_no = order_no, line_no


def _release(row: SerialRow) -> None:
    row.order_no, row.line_no, row.carton = "", 0, ""


def _differ(books: Books, kind: str, row: SerialRow, order_no: str = "") -> None:
    books.differ(
        kind, order_no=order_no or row.order_no, sku=row.sku, location=row.location, quantity=1, detail=row.serial
    )
