"""What was reported missing or damaged and taken back: the units count again, and nobody has to fetch others."""

from dataclasses import replace

from warehouse_app.books import packing, picking
from warehouse_app.books.applying import reverses
from warehouse_app.books.ledger import MISSING, Books
from warehouse_app.books.rows import LineRow, StopRow, ToteRow
from warehouse_app.domain.facts import PickedShort, UnitMissing

APPLIERS = (packing, picking)
"""What is reversed here has to be known before."""

WAITING = ("new", "reserved", "partial", "short")


@reverses(UnitMissing)
def reverse_unit_missing(fact: UnitMissing, books: Books) -> None:
    """The units lie in their tote and are promised as before."""
    line = books.line_for(fact.order_no, fact.line_no, fact.owner, fact.sku)
    goods = (fact.owner, fact.sku, fact.lot)
    books.move(goods, fact.quantity, _set_aside(books) if fact.reason == "damaged" else MISSING, fact.tote)
    line.picked += fact.quantity
    if books.totes.get(fact.tote) is None:
        books.totes.add(ToteRow(fact.tote, fact.order_no, ""))
    _promise(line, fact.tote, fact.lot, _regain(line, fact.quantity, None, books), books)
    _work_again(fact.order_no, "packing", books)


@reverses(PickedShort)
def reverse_picked_short(fact: PickedShort, books: Books) -> None:
    """The units are to be picked at this stop after all. A count that was asked for is still worth its while."""
    line = books.line_for(fact.order_no, fact.line_no, fact.owner, fact.sku)
    stop = books.stops.get(fact.list_no, fact.stop_no)
    if fact.reason == "damaged" and _set_aside(books) != MISSING:
        books.move((fact.owner, fact.sku, fact.lot), fact.quantity, _set_aside(books), fact.location)
    if (fact.location, fact.sku) in books.doubts:
        books.doubts.remove((fact.location, fact.sku))
    _promise(line, fact.location, fact.lot, _regain(line, fact.quantity, stop, books), books)
    if stop is not None:
        stop.short = max(0, stop.short - fact.quantity)
    _work_again(fact.order_no, "picking", books)


def _set_aside(books: Books) -> str:
    return next((place.location for place in books.locations if place.kind == "damaged"), MISSING)


def _regain(line: LineRow, quantity: int, besides: StopRow | None, books: Books) -> int:
    """Take up to so many units back from whatever was to replace them; give how many."""
    found = 0
    for place, one in enumerate(books.replacements):
        if (one.order_no, one.line_no) == (line.order_no, line.line_no):
            taken = min(one.quantity, quantity - found)
            books.replacements[place] = replace(one, quantity=one.quantity - taken)
            found += taken
    mine = [stop for stop in books.stops_of(line.order_no) if stop.line_no == line.line_no]
    for stop in sorted(mine, key=lambda stop: (stop.list_no, stop.stop_no), reverse=True):
        if stop is not besides and stop.open_quantity and found < quantity:
            found += _withdraw(line, stop, quantity - found, books)
    from_short = min(line.short, quantity - found)
    line.short -= from_short
    books.reserve(line, from_short)
    return found + from_short


def _withdraw(line: LineRow, stop: StopRow, quantity: int, books: Books) -> int:
    taken = books.deallocate(line, stop.location, stop.lot, min(quantity, stop.open_quantity))
    stop.withdrawn += taken
    if taken:
        books.amend(f"pick:{stop.list_no}", what="drop_stop", stop=stop.stop_no, quantity=taken)
    pick_list = books.pick_lists.get(stop.list_no)
    others = [other for other in books.stops.under(stop.list_no) if other.open_quantity]
    if pick_list is not None and pick_list.state == "open" and not others:
        pick_list.state = "cancelled"
    return taken


def _promise(line: LineRow, location: str, lot: str, quantity: int, books: Books) -> None:
    here = books.balance(location, (line.owner, line.sku, lot))
    possible = min(quantity, here.on_hand - here.allocated, line.reserved - line.allocated)
    books.allocate(line, location, lot, max(0, possible))


def _work_again(order_no: str, state: str, books: Books) -> None:
    order = books.orders.get(order_no)
    if order is not None and order.state in WAITING:
        books.set_state(order, state)
    books.touched.add(order_no)
