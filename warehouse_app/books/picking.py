"""What picking changes in the books."""

from warehouse_app.books.applying import applies, reverses
from warehouse_app.books.ledger import Books, Replacement
from warehouse_app.books.loading import Needs, needs
from warehouse_app.books.rows import QueueRow, ToteRow
from warehouse_app.books.serials import serial_not_picked, serial_picked
from warehouse_app.domain.facts import ListFinished, Picked, PickedShort, ToteClosed, ToteOpened


def _needs(fact: Picked) -> Needs:
    return needs(
        orders=[fact.order_no], lists=[fact.list_no], places=[fact.location, fact.tote], skus=[fact.sku],
        serials=[fact.serial],
    )  # fmt: skip


@applies(ToteOpened, lambda fact: needs(orders=[fact.order_no], places=[fact.tote], lists=[fact.list_no]))
def apply_tote_opened(fact: ToteOpened, books: Books) -> None:
    """The tote now belongs to the order."""
    _give_tote(fact.tote, fact.order_no, fact.list_no, books)
    _begin(fact.list_no, fact.order_no, books)


@applies(Picked, _needs)
def apply_picked(fact: Picked, books: Books) -> None:
    """Units and their promise go from the shelf into the tote."""
    line = books.line_for(fact.order_no, fact.line_no, fact.owner, fact.sku)
    goods = (fact.owner, fact.sku, fact.lot)
    books.carry(line, goods, fact.quantity, fact.location, fact.tote)
    line.picked += fact.quantity
    serial_picked(fact, books)
    stop = books.stops.get(fact.list_no, fact.stop_no)
    if stop is not None:
        stop.picked += fact.quantity
    if books.totes.get(fact.tote) is None:
        _give_tote(fact.tote, fact.order_no, fact.list_no, books)
    _begin(fact.list_no, fact.order_no, books)
    _tell_bench("add_units", fact, books)


@reverses(Picked)
def reverse_picked(fact: Picked, books: Books) -> None:
    """Units and their promise go back to the shelf."""
    line = books.line_for(fact.order_no, fact.line_no, fact.owner, fact.sku)
    books.carry(line, (fact.owner, fact.sku, fact.lot), fact.quantity, fact.tote, fact.location)
    line.picked -= fact.quantity
    serial_not_picked(fact, books)
    stop = books.stops.get(fact.list_no, fact.stop_no)
    if stop is not None:
        stop.picked -= fact.quantity
    _tell_bench("drop_units", fact, books)


@applies(
    PickedShort,
    lambda fact: needs(orders=[fact.order_no], lists=[fact.list_no], places=[fact.location], skus=[fact.sku]),
)
def apply_picked_short(fact: PickedShort, books: Books) -> None:
    """The promise at this place is given back, the place is queued for a count, and the units are sought elsewhere."""
    line = books.line_for(fact.order_no, fact.line_no, fact.owner, fact.sku)
    stop = books.stops.get(fact.list_no, fact.stop_no)
    if stop is not None:
        stop.short += fact.quantity
    lost = books.deallocate(line, fact.location, fact.lot, fact.quantity)
    if fact.reason == "damaged":
        damaged = next((place.location for place in books.locations if place.kind == "damaged"), None)
        if damaged:
            books.move((fact.owner, fact.sku, fact.lot), fact.quantity, fact.location, damaged)
    else:
        books.doubts.append((fact.location, fact.sku))
    if books.count_queue.get(fact.location) is None:
        books.count_queue.add(QueueRow(fact.location, "picked_short", books.recorded_at))
    books.replacements.append(Replacement(fact.order_no, fact.line_no, lost, fact.list_no))
    books.note(fact.order_no, "picked_short", sku=fact.sku, quantity=fact.quantity, location=fact.location)
    _begin(fact.list_no, fact.order_no, books)


@applies(ToteClosed, lambda fact: needs(orders=[fact.order_no], lists=[fact.list_no], places=[fact.tote]))
def apply_tote_closed(fact: ToteClosed, books: Books) -> None:
    """A tote with nothing in it is free again at once."""
    tote = books.totes.get(fact.tote)
    if tote is not None and not books.contents_of(fact.tote):
        books.totes.remove(tote)
    books.touched.add(fact.order_no)


@applies(ListFinished, lambda fact: needs(lists=[fact.list_no]))
def apply_list_finished(fact: ListFinished, books: Books) -> None:
    """The list is walked, unless stops were added meanwhile."""
    stops = books.stops.under(fact.list_no)
    pick_list = books.pick_lists.get(fact.list_no)
    if pick_list is not None and not any(stop.open_quantity for stop in stops):
        pick_list.state = "done"
    books.touched |= {stop.order_no for stop in stops}


def _give_tote(tote: str, order_no: str, list_no: str, books: Books) -> None:
    found = books.totes.get(tote)
    if found is None:
        books.totes.add(ToteRow(tote, order_no, list_no))
    elif found.order_no != order_no:
        books.differ("tote_shared", order_no=order_no, location=tote, detail=found.order_no)
    else:
        found.list_no = list_no


def _tell_bench(what: str, fact: Picked, books: Books) -> None:
    """A bench that packs the order already must know of units that come for it after all."""
    books.amend(
        f"pack:{fact.order_no}", what=what, order=fact.order_no, line=fact.line_no, owner=fact.owner, sku=fact.sku,
        lot=fact.lot, tote=fact.tote, quantity=fact.quantity,
    )  # fmt: skip


def _begin(list_no: str, order_no: str, books: Books) -> None:
    pick_list = books.pick_lists.get(list_no)
    if pick_list is not None and pick_list.state == "open":
        pick_list.state = "picking"
    order = books.orders.get(order_no)
    if order is not None and order.state == "released":
        books.set_state(order, "picking")
        books.note(order_no, "picking", list=list_no)
