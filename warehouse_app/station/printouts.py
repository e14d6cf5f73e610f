"""What a print job becomes: the document as it stands in the journal now, checked, in the printer's own language."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from typing import Any, Protocol
from zoneinfo import ZoneInfo

from warehouse_app.devices.printers import Printable
from warehouse_app.documents.address import PostalAddress
from warehouse_app.documents.labels.checking import check_label
from warehouse_app.documents.labels.dots import Resolution
from warehouse_app.documents.labels.filling import Values, filled
from warehouse_app.documents.labels.marking import MAYBE_TWICE, REPRINT, marked
from warehouse_app.documents.labels.model import Label
from warehouse_app.documents.labels.pdf import labels_as_pdf
from warehouse_app.documents.labels.separator import separator_label
from warehouse_app.documents.labels.shipping import ShippingLabel, shipping_label
from warehouse_app.documents.labels.tspl import label_as_tspl
from warehouse_app.documents.labels.zpl import label_as_zpl
from warehouse_app.documents.packing_slip import PackingSlip, SlipLine, packing_slip_pdf
from warehouse_app.documents.page import Imprint
from warehouse_app.documents.pen import A4_MM
from warehouse_app.documents.words import both
from warehouse_app.domain.catalogue import Catalogue
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.domain.facts import LabelPrinted, Undone
from warehouse_app.domain.packets import Address, PackPacket
from warehouse_app.domain.packing_state import CartonProgress, PackState
from warehouse_app.language import mark
from warehouse_app.station.bench import Bench
from warehouse_app.station.label_choice import StationLayouts
from warehouse_app.station.print_jobs import SEPARATOR, PrintJob
from warehouse_app.station.printers import PAGES, PrinterDescription

SHIPPING = "shipping"
"""The kind of layouts of the document `label`."""

IDENTITIES = ("sscc", "code", "gtin", "ean", "tracking")
"""Values that name the thing a label is stuck to; a code on it must say one of them."""


class OtherThing(WarehouseError):
    """The codes are readable, but name something else than what the label is for."""

    message = mark(
        "The label is for {wanted}, but its codes say {read}. It was NOT PRINTED. Put the carton aside and call the"
        " supervisor."
    )


class NeedsPages(WarehouseError):
    """A page was sent to a printer of labels."""

    message = mark("The printer {printer} prints labels ({language}), no pages. Send it to one that speaks pdf.")


class JobUnreadable(WarehouseError):
    """What the document would be made from is damaged, or of another release."""

    message = mark(
        "The print job cannot be read ({reason}). Print the document again from its order, then cancel this one."
    )


class NotNow(Enum):
    """Why there is no document for a job."""

    ON_HOLD = "on hold"
    """Nothing of an order on hold is labelled; when it goes on, so does its label."""
    NEVER = "never"
    """The order was stopped, or the carton taken back: nobody wants it any more."""


class Printout(Protocol):
    """A document that is ready to be made: values only, so that any thread may make it."""

    @property
    def job(self) -> PrintJob:
        """The job it is for."""

    @property
    def fact(self) -> LabelPrinted | None:
        """The fact that it was printed."""

    def documents(self, printer: PrinterDescription | None, layouts: StationLayouts) -> list[Printable]:
        """As the printer takes it, or for a person to look at when there is none; checked.

        Raises WarehouseErrors that say why it cannot be printed there.
        """


@dataclass(frozen=True, slots=True)
class CartonPrintout:
    """The shipping label of a carton, or the packing slip in it."""

    job: PrintJob
    state: PackState
    carton: CartonProgress
    made: datetime
    catalogue: Catalogue

    @property
    def fact(self) -> LabelPrinted:
        """Every copy after the first is a reprint, also one that may be the first."""
        asked = self.job.request
        again = asked.reprint or self.job.doubts > 0
        return LabelPrinted(asked.order_no, asked.carton, asked.document, again)

    def documents(self, printer: PrinterDescription | None, layouts: StationLayouts) -> list[Printable]:
        """Names are made of digits alone: nothing a channel sends can lead out of a folder."""
        if self.job.request.document != "label":
            return [self._slip(printer)]
        layout = layouts.choose(SHIPPING, "", printer)
        label = _marked(shipping_label(label_of(self.state, self.carton, self.made), layout), self.job)
        require_codes(label, {"sscc": self.job.request.carton})
        suffix = "-reprint" if self.job.request.reprint else ""
        return encoded(f"label-{self.job.request.carton}{suffix}", label, printer)

    def _slip(self, printer: PrinterDescription | None) -> Printable:
        if printer is not None:
            _require_pages(printer)
        packet = self.state.packet
        slip = slip_of(self.state, self.carton, self.made, self.catalogue)
        if self.job.doubts:
            slip = replace(slip, notes=(*slip.notes, both(MAYBE_TWICE).inline()))
        imprint = Imprint(packet.sender.company or packet.sender.name, self.made, ZoneInfo(packet.timezone))
        return Printable(f"slip-{self.job.request.carton}", "pdf", packing_slip_pdf(slip, imprint))


@dataclass(frozen=True, slots=True)
class BatchPrintout:
    """A label of a batch, from its values."""

    job: PrintJob
    layout: str
    values: Values

    @property
    def fact(self) -> None:
        """It belongs to no order."""
        return

    def documents(self, printer: PrinterDescription | None, layouts: StationLayouts) -> list[Printable]:
        """In the layout that was asked for, or the one for what is loaded."""
        kind = self.job.request.document
        layout = layouts.choose(SHIPPING if kind == "label" else kind, self.layout, printer)
        label = _marked(filled(layout, self.values), self.job)
        require_codes(label, self.values)
        return encoded(f"{kind}-{self.job.job_id}", label, printer)


@dataclass(frozen=True, slots=True)
class SeparatorPrintout:
    """The slip before a batch."""

    job: PrintJob
    title: str
    labels: int
    asked_at: str

    @property
    def fact(self) -> None:
        """Nobody needs to know."""
        return

    def documents(self, printer: PrinterDescription | None, layouts: StationLayouts) -> list[Printable]:  # noqa: ARG002
        """On what is loaded; a folder needs none."""
        if printer is None:
            return []
        label = separator_label(printer.stock_mm, self.title, self.labels, self.asked_at)
        return encoded(f"separator-{self.job.job_id}", label, printer)


class Printouts:
    """Makes printouts of jobs, with what the journal says now. May be used from any thread."""

    def __init__(self, bench: Bench) -> None:
        self._bench = bench

    def of(self, job: PrintJob) -> Printout | NotNow:
        """What is to be printed for a job. Raises JobUnreadable."""
        try:
            if job.batch:
                return _of_batch(job)
            with self._bench.file.turn():
                state = self._state_of(job)
        except (ValueError, KeyError, TypeError) as error:
            raise JobUnreadable(reason=repr(error)) from error
        carton = next((one for one in state.cartons if one.carton == job.request.carton), None)
        if state.paused and not state.stopped:
            return NotNow.ON_HOLD
        if carton is None or state.stopped or not (carton.closed or carton.label_asked):
            return NotNow.NEVER
        return CartonPrintout(job, state, carton, self._bench.now(), self._bench.replica.catalogue)

    def _state_of(self, job: PrintJob) -> PackState:
        """The order as the journal has it now, without what was undone."""
        packet = PackPacket.from_json(job.content)
        state = PackState(packet)
        facts = self._bench.journal.facts_under(packet.work, packet.epoch)
        undone = {one.fact.fact_id for one in facts if isinstance(one.fact, Undone)}
        for recorded in facts:
            if recorded.fact_id not in undone:
                state.apply(recorded.fact)
        return state


def batch_contents(
    kind: str, labels: Sequence[Values], layout: str, *, copies: int, title: str, asked_at: str
) -> Iterable[tuple[str, dict[str, Any]]]:
    """The documents of a batch with what they are made from; a separator slip is the first when it has several."""
    number = len(labels) * copies
    if title and number > 1:
        yield SEPARATOR, {"title": title, "labels": number, "asked_at": asked_at}
    for values in labels:
        for _ in range(copies):
            yield kind, {"layout": layout, "values": dict(values)}


def require_fit(job: PrintJob, printer: PrinterDescription, layouts: StationLayouts) -> None:
    """Whether a printer can print this on what is loaded. Raises StockDoesNotFit, NeedsPages, NotFound."""
    document = job.request.document
    if document in PAGES:
        _require_pages(printer)
    elif document != SEPARATOR:
        layout = json.loads(job.content)["layout"] if job.batch else ""
        layouts.choose(SHIPPING if document == "label" else document, layout, printer)


def encoded(name: str, label: Label, printer: PrinterDescription | None) -> list[Printable]:
    """The label in the printer's language, or as PDF and ZPL when there is no printer, once all its codes were read.

    Raises CodeTooWide, CodeReadsWrong, StockDoesNotFit.
    """
    resolution = printer.resolution if printer else Resolution.DPI_203
    check_label(label, resolution)
    if printer is not None:
        printer.require_room(label.title, label.size_mm)
    return [
        Printable(name, language, _written(label, language, resolution))
        for language in ((printer.language,) if printer else ("pdf", "zpl"))
    ]


def require_codes(label: Label, values: Mapping[str, object]) -> None:
    """Compare what the label's codes say with what it was asked for, not with what was drawn. Raises OtherThing."""
    wanted = {str(values[name]) for name in IDENTITIES if values.get(name)}
    if not wanted:
        return
    read = [code.reads for code in label.codes]
    if not any(_says(text, one) for text in read for one in wanted):
        raise OtherThing(wanted=", ".join(sorted(wanted)), read=", ".join(read) or "-")


def label_of(state: PackState, carton: CartonProgress, made: datetime) -> ShippingLabel:
    """The shipping label of a carton. How many cartons there are is told by the last one only."""
    packet = state.packet
    return ShippingLabel(
        sender=postal(packet.sender),
        ship_to=postal(packet.ship_to),
        carrier=packet.carrier_name or packet.carrier,
        service=packet.service_name,
        order_no=packet.order_no,
        sscc=carton.carton,
        ship_on=made.date(),
        weight_g=carton.closed_weight_g,
        carton_no=carton.number,
        cartons=carton.number if state.made_up else 0,
    )


def slip_of(state: PackState, carton: CartonProgress, made: datetime, catalogue: Catalogue) -> PackingSlip:
    """The packing slip of an order's last carton."""
    packet = state.packet
    lines = []
    for line in state.lines.values():
        here = sum(quantity for (line_no, _), quantity in carton.contents.items() if line_no == line.line_no)
        card = catalogue.card(line.sku)
        ordered = packet.ordered.get(str(line.line_no), line.quantity)
        lines.append(
            SlipLine(
                line.sku,
                card.name,
                ordered,
                here,
                line.packed - here,
                max(0, ordered - line.packed),
                card.name_zh,
                bundle=packet.bundles.get(str(line.line_no), ""),
            )
        )
    return PackingSlip(
        order_no=packet.order_no,
        ship_to=postal(packet.ship_to),
        sender=postal(packet.sender),
        lines=tuple(lines),
        carton_no=carton.number,
        cartons=carton.number,
        shipped_on=made.date(),
        service=packet.service_name,
        weight_g=carton.closed_weight_g,
        notes=(packet.note,) if packet.note else (),
    )


def postal(address: Address) -> PostalAddress:
    """An address as papers print it."""
    return PostalAddress(
        name=address.name,
        lines=tuple(line for line in (address.address1, address.address2) if line),
        city=address.city,
        country=address.country,
        company=address.company,
        region=address.region,
        postcode=address.postcode,
        phone=address.phone,
    )


def _of_batch(job: PrintJob) -> Printout:
    content = json.loads(job.content)
    if job.request.document == SEPARATOR:
        return SeparatorPrintout(job, content["title"], content["labels"], content["asked_at"])
    return BatchPrintout(job, content["layout"], content["values"])


def _require_pages(printer: PrinterDescription) -> None:
    if printer.language != "pdf":
        raise NeedsPages(printer=printer.name, language=printer.language)
    printer.require_room(mark("The packing slip"), A4_MM)


def _marked(label: Label, job: PrintJob) -> Label:
    if job.doubts:
        return marked(label, MAYBE_TWICE)
    return marked(label, REPRINT) if job.request.reprint else label


def _written(label: Label, language: str, resolution: Resolution) -> bytes:
    if language == "pdf":
        return labels_as_pdf([label])
    return label_as_zpl(label, resolution) if language == "zpl" else label_as_tspl(label, resolution)


def _says(read: str, wanted: str) -> bool:
    """Whether a code says this: alone, or as the number of a logistic unit or a product in front of other elements."""
    return read == wanted or (wanted.isdigit() and read.startswith((f"00{wanted}", f"01{wanted}", f"02{wanted}")))
