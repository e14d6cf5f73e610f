"""What packing changes in the books."""

from warehouse_app.books.applying import applies, reverses
from warehouse_app.books.giving_back import is_held
from warehouse_app.books.leaving import close_shipment, units_come_back, units_leave
from warehouse_app.books.ledger import MISSING, Books, Replacement
from warehouse_app.books.loading import Needs, needs
from warehouse_app.books.rows import CartonRow, ContentRow, LineRow, ShipmentRow
from warehouse_app.books.serials import serial_not_packed, serial_packed
from warehouse_app.books.stopping import ENDED, back_from_floor, release_at_despatch, stop_at_despatch, stop_order
from warehouse_app.books.working_twice import stop_late_carton
from warehouse_app.domain.facts import (
    CartonChosen,
    CartonClosed,
    CartonReopened,
    CartonWeighed,
    LabelAsked,
    LabelPrinted,
    LabelScanned,
    PackingOpened,
    UnitMissing,
    UnitPacked,
    WorkStopped,
)


def _needs(
    fact: CartonChosen | CartonWeighed | CartonClosed | CartonReopened | LabelAsked | LabelPrinted | LabelScanned,
) -> Needs:
    return needs(orders=[fact.order_no], cartons=[fact.carton])


@applies(PackingOpened, lambda fact: needs(orders=[fact.order_no]))
def apply_packing_opened(fact: PackingOpened, books: Books) -> None:
    """The order is on a bench."""
    order = books.orders[fact.order_no]
    if order.state not in ("cancelled", "shipped"):
        books.set_state(order, "packing")
    books.note(fact.order_no, "packing", station=books.cause.station)


@applies(
    UnitPacked,
    lambda fact: needs(
        orders=[fact.order_no],
        places=[fact.tote, fact.carton],
        skus=[fact.sku],
        cartons=[fact.carton],
        serials=[fact.serial],
    ),
)
def apply_unit_packed(fact: UnitPacked, books: Books) -> None:
    """Units and their promise go from the tote into the carton."""
    line = books.line_for(fact.order_no, fact.line_no, fact.owner, fact.sku)
    carton = carton_of(fact.order_no, fact.carton, books)
    books.carry(line, (fact.owner, fact.sku, fact.lot), fact.quantity, fact.tote, carton.carton)
    line.packed += fact.quantity
    # Units that were put back before the bench reported them have settled that debt and lie here no more.
    filled = min(fact.quantity, books.unsaid(carton.carton, (fact.owner, fact.sku, fact.lot)))
    row = _fill(carton.carton, line, fact.lot, filled, books)
    if carton.state == "handed_over":
        # The dock was faster to report than the bench.
        units_leave(row, filled, books)
    serial_packed(fact, books)
    _free_tote(fact.tote, books)


@reverses(UnitPacked)
def reverse_unit_packed(fact: UnitPacked, books: Books) -> None:
    """Units and their promise go back into the tote."""
    line = books.line_for(fact.order_no, fact.line_no, fact.owner, fact.sku)
    carton = carton_of(fact.order_no, fact.carton, books)
    row = books.contents.get(fact.carton, fact.order_no, fact.line_no, fact.lot)
    if carton.state == "handed_over" and row is not None:
        units_come_back(row, fact.quantity, books)
    books.carry(line, (fact.owner, fact.sku, fact.lot), fact.quantity, fact.carton, fact.tote)
    line.packed -= fact.quantity
    _fill(fact.carton, line, fact.lot, -fact.quantity, books)
    serial_not_packed(fact, books)


@applies(UnitMissing, lambda fact: needs(orders=[fact.order_no], places=[fact.tote], skus=[fact.sku]))
def apply_unit_missing(fact: UnitMissing, books: Books) -> None:
    """Units leave the tote for quarantine or the missing place, and are sought elsewhere."""
    line = books.line_for(fact.order_no, fact.line_no, fact.owner, fact.sku)
    lost = books.deallocate(line, fact.tote, fact.lot, fact.quantity)
    damaged = next((place.location for place in books.locations if place.kind == "damaged"), MISSING)
    target = damaged if fact.reason == "damaged" else MISSING
    books.move((fact.owner, fact.sku, fact.lot), fact.quantity, fact.tote, target)
    line.picked -= fact.quantity
    books.replacements.append(Replacement(fact.order_no, fact.line_no, lost, ""))
    books.differ(
        f"{fact.reason}_at_packing", order_no=fact.order_no, sku=fact.sku, location=fact.tote, quantity=fact.quantity
    )
    books.note(fact.order_no, f"{fact.reason}_at_packing", sku=fact.sku, quantity=fact.quantity)
    books.touched.add(fact.order_no)
    _free_tote(fact.tote, books)


@applies(CartonChosen, _needs)
def apply_carton_chosen(fact: CartonChosen, books: Books) -> None:
    """The packer took this box."""
    carton_of(fact.order_no, fact.carton, books).carton_type = fact.carton_type


@applies(CartonWeighed, _needs)
def apply_carton_weighed(fact: CartonWeighed, books: Books) -> None:
    """The scale's word for the open carton."""
    carton = carton_of(fact.order_no, fact.carton, books)
    carton.weight_g, carton.weight_source = fact.weight_g, "scale"


@applies(LabelAsked, _needs)
def apply_label_asked(fact: LabelAsked, books: Books) -> None:
    """What the carton's label says; it stays open until that label is scanned back."""
    carton = carton_of(fact.order_no, fact.carton, books)
    carton.number, carton.carton_type = fact.number, fact.carton_type
    carton.weight_g, carton.weight_source = fact.weight_g, fact.weight_source


@applies(LabelScanned, _needs)
def apply_label_scanned(fact: LabelScanned, books: Books) -> None:
    """The proof that the carton carries its own label."""
    carton_of(fact.order_no, fact.carton, books)
    books.note(fact.order_no, "label_scanned", carton=fact.carton)


@applies(CartonClosed, _needs)
def apply_carton_closed(fact: CartonClosed, books: Books) -> None:
    """The carton is ready for its label; with the last one the order is packed."""
    carton = carton_of(fact.order_no, fact.carton, books)
    order = books.orders[fact.order_no]
    carton.number, carton.carton_type = fact.number, fact.carton_type
    carton.weight_g, carton.weight_source = fact.weight_g, fact.weight_source
    if carton.state != "handed_over":
        carton.state = "stopped" if order.state == "cancelled" else "closed"
    carton.closed_at = books.cause.happened_at
    if carton.state == "closed" and not (order.held or order.cancel_requested):
        release_at_despatch(carton, books)
    books.note(fact.order_no, "carton_closed", carton=fact.carton, weight_g=fact.weight_g)
    if books.cause.late and (stop_late_carton(fact, books) or is_held(f"pack:{fact.order_no}", books)):
        # Whether it is the order's last carton is for those to say who hold it now.
        return
    if fact.last and order.state not in ("cancelled", "shipped"):
        shipment = books.shipments[carton.shipment_no]
        shipment.state = "packed"
        close_shipment(shipment, books)
        books.set_state(order, "packed")
        books.touched.add(fact.order_no)
        if order.cancel_requested:
            stop_order(order, books)


@applies(CartonReopened, _needs)
def apply_carton_reopened(fact: CartonReopened, books: Books) -> None:
    """The carton is on the bench again."""
    carton = carton_of(fact.order_no, fact.carton, books)
    order = books.orders[fact.order_no]
    if carton.state == "handed_over":
        books.differ("reopened_although_handed_over", order_no=fact.order_no, location=fact.carton)
        return
    carton.state, carton.closed_at = "open", None
    stop_at_despatch(carton, "reopened", books)
    books.shipments[carton.shipment_no].state = "packing"
    books.note(fact.order_no, "carton_reopened", carton=fact.carton)
    if order.state == "packed":
        books.set_state(order, "packing")


@applies(LabelPrinted, _needs)
def apply_label_printed(fact: LabelPrinted, books: Books) -> None:
    """A label left the printer."""
    if fact.document == "label":
        carton_of(fact.order_no, fact.carton, books).labels_printed += 1
        books.note(fact.order_no, "reprinted" if fact.reprint else "labelled", carton=fact.carton)


@applies(WorkStopped, lambda fact: needs(orders=[fact.order_no]))
def apply_work_stopped(fact: WorkStopped, books: Books) -> None:
    """The station has put its hands up: what it holds becomes a put-back task.

    An order that nobody cancelled was called back by a supervisor: it waits for another wave.
    """
    order = books.orders[fact.order_no]
    if order.cancel_requested or order.state in (*ENDED, "packing", "packed"):
        stop_order(order, books)
    else:
        back_from_floor(order, books)


def carton_of(order_no: str, carton: str, books: Books) -> CartonRow:
    """The carton of this SSCC, begun for the order when it is new."""
    found = books.cartons.get(carton)
    if found is not None:
        return found
    order = books.orders[order_no]
    shipment = next((row for row in books.shipments.grouped(order_no) if row.state == "packing"), None)
    if shipment is None:
        count = len(books.shipments.grouped(order_no))
        shipment_no = f"{order_no}-S{count + 1}"
        shipment = books.shipments.add(
            ShipmentRow(shipment_no, order_no, "", order.service, "packing", order.ship_to, books.recorded_at, None)
        )
    row = CartonRow(
        carton, shipment.shipment_no, "", 1, 0, "", "open", "", order.service, carton, "", books.cause.station, 0,
        0, "", None, None, None,
    )  # fmt: skip
    return books.cartons.add(row)


def _fill(carton: str, line: LineRow, lot: str, quantity: int, books: Books) -> ContentRow:
    row = books.contents.get(carton, line.order_no, line.line_no, lot)
    if row is None:
        row = books.contents.add(ContentRow(carton, line.order_no, line.line_no, lot, line.owner, line.sku, 0))
    row.quantity += quantity
    if row.quantity <= 0:
        books.contents.remove(row)
    return row


def _free_tote(tote: str, books: Books) -> None:
    row = books.totes.get(tote)
    pick_list = books.pick_lists.get(row.list_no) if row else None
    if row and not books.contents_of(tote) and (pick_list is None or pick_list.state == "done"):
        books.totes.remove(row)
