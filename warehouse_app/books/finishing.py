"""What ends when a station lets go of its work: a manifest is closed, a cancellation that waited for it is done."""

from collections.abc import Iterable

from warehouse_app.books.applying import applies
from warehouse_app.books.ledger import Books
from warehouse_app.books.loading import Needs, needs
from warehouse_app.books.stopping import ENDED, cartons_of, held_works, stop_order
from warehouse_app.domain.facts import WorkFinished


def _needs(fact: WorkFinished) -> Needs:
    task, _, name = fact.work.partition(":")
    if task == "ship":
        return needs(manifests=[name])
    if task == "pack":
        return needs(orders=[name])
    return needs(lists=[name]) if task == "pick" else Needs()


@applies(WorkFinished, _needs)
def apply_work_finished(fact: WorkFinished, books: Books) -> None:
    """The claim itself ends with the batch; here is what depends on it."""
    task, _, name = fact.work.partition(":")
    if task == "ship":
        _close_manifest(name, books)
    elif task == "pack":
        stop_requested([name], books, without=fact.work)
        finish_packing(name, books)
    elif task == "pick":
        stop_requested({stop.order_no for stop in books.stops.under(name)}, books, without=fact.work)


def stop_requested(orders: Iterable[str], books: Books, *, without: str = "") -> list[str]:
    """Stop the orders whose cancellation was asked for and that no station holds but by `without`; give their names."""
    stopped = []
    for order_no in sorted(orders):
        order = books.orders.get(order_no)
        if order is None or not order.cancel_requested or order.state in ENDED:
            continue
        if not [work for work in held_works(order_no, books) if work != without]:
            stop_order(order, books)
            stopped.append(order_no)
    return stopped


def finish_packing(order_no: str, books: Books) -> None:
    """An order whose last carton was closed by a bench that did not hold it any more is packed when its holder ends."""
    order = books.orders.get(order_no)
    if order is None or order.state != "packing":
        return
    lines = [line for line in books.lines_of(order_no) if line.stocked]
    packed = sum(line.packed for line in lines)
    cartons = [carton for carton in cartons_of(order_no, books) if carton.state not in ("stopped", "emptied")]
    filled = [carton for carton in cartons if books.contents.under(carton.carton)]
    if packed and packed >= sum(line.reserved for line in lines) and all(one.state == "closed" for one in filled):
        for shipment in books.shipments.grouped(order_no):
            shipment.state = "packed" if shipment.state == "packing" else shipment.state
        books.set_state(order, "packed")
        books.touched.add(order_no)


def _close_manifest(manifest_no: str, books: Books) -> None:
    """Cartons that were listed and not handed over wait for the next manifest."""
    manifest = books.manifests.get(manifest_no)
    if manifest is None:
        return
    manifest.state, manifest.closed_at = "closed", books.cause.happened_at
    for carton in books.cartons:
        if carton.manifest_no == manifest_no and carton.state != "handed_over":
            carton.manifest_no = ""
