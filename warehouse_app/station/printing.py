"""The station's print queue: a document is asked for with the facts that need it, and printed beside the work."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

from warehouse_app.documents.address import PostalAddress
from warehouse_app.documents.fonts import font_name
from warehouse_app.documents.labels.shipping import ShippingLabel, shipping_label_zpl, shipping_labels_pdf
from warehouse_app.documents.packing_slip import PackingSlip, SlipLine, packing_slip_pdf
from warehouse_app.documents.page import Imprint
from warehouse_app.domain.catalogue import Catalogue
from warehouse_app.domain.facts import LabelPrinted, Undone
from warehouse_app.domain.packets import Address, PackPacket
from warehouse_app.domain.packing_state import CartonProgress, PackState
from warehouse_app.station.bench import Bench
from warehouse_app.station.disk import NotWritten
from warehouse_app.station.journal import PrintJob

OUTPUT_SETTING = "label_folder"


@dataclass(frozen=True, slots=True)
class Printout:
    """A document that is ready to be made: values only, so that any thread may make it."""

    job: PrintJob
    state: PackState
    carton: CartonProgress
    made: datetime
    catalogue: Catalogue

    @property
    def fact(self) -> LabelPrinted:
        """The fact that it was printed."""
        asked = self.job.request
        return LabelPrinted(asked.order_no, self.carton.carton, asked.document, asked.reprint)

    def lay_into(self, folder: Path) -> list[str]:
        """Make the document's files in this folder and give their names. Raises OSError."""
        documents = (
            _label_files(self.state, self.carton, self.made, reprint=self.job.request.reprint)
            if self.job.request.document == "label"
            else _slip_files(self.state, self.carton, self.made, self.catalogue)
        )
        for name, content in documents:
            write_whole(folder / name, content)
        return [name for name, _ in documents]


class PrintQueue:
    """Makes the documents that wait and lays them into the output folder, in the order in which they were asked for.

    Everything here belongs to the bench's thread, for it touches the journal; a screen takes `next_printout`, makes it
    on another thread, and comes back with `printed` or `failed`.
    """

    def __init__(self, bench: Bench, folder: Path) -> None:
        self._bench = bench
        self.folder = Path(bench.file.setting(OUTPUT_SETTING) or folder)

    def run_waiting(self) -> list[str]:
        """Print everything that waits and give the files. A folder that cannot be written leaves the jobs waiting.

        So does a journal that cannot be written: a document that is not known to be printed is printed again.
        """
        files: list[str] = []
        while (printout := self.next_printout()) is not None:
            try:
                made = printout.lay_into(self.folder)
                self.printed(printout)
            except OSError as error:
                self.failed(printout, error)
                return files
            except NotWritten:
                return files
            files.extend(made)
        return files

    def next_printout(self) -> Printout | None:
        """The oldest document that waits; None when none does."""
        for job in self._bench.journal.print_jobs():
            state = self._state_of(job)
            carton = next((one for one in state.cartons if one.carton == job.request.carton), None)
            if state.paused and not state.stopped:
                # Nothing of an order on hold is labelled; when it goes on, so does its label.
                continue
            if carton is not None and not state.stopped and (carton.closed or carton.label_asked):
                return Printout(job, state, carton, self._bench.now(), self._bench.replica.catalogue)
            self._bench.journal.print_done(job.job_id)
        return None

    def printed(self, printout: Printout) -> None:
        """The document lies in the folder. Raises NotWritten."""
        self._bench.printed(printout.job, printout.fact)

    def failed(self, printout: Printout, error: OSError) -> None:
        """The folder could not be written; the document goes on waiting."""
        with suppress(NotWritten):
            self._bench.journal.print_failed(printout.job.job_id, str(error))

    @property
    def problem(self) -> str:
        """Why documents wait, empty when none does."""
        query = "SELECT error FROM print_job WHERE state = 'waiting' AND error <> '' LIMIT 1"
        row = self._bench.file.connection.execute(query).fetchone()
        return str(row[0]) if row else ""

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


def warm_up() -> None:
    """Read the fonts, which takes a moment, before the first document is wanted."""
    for bold in (False, True):
        font_name(bold=bold)


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that nobody ever sees a part of it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_suffix(f"{path.suffix}.part")
    part.write_bytes(content)
    part.replace(path)


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


def _label_files(
    state: PackState, carton: CartonProgress, made: datetime, *, reprint: bool
) -> Sequence[tuple[str, bytes]]:
    """File names are made of digits alone: nothing a channel sends can lead out of the folder."""
    label = label_of(state, carton, made)
    mark = "-reprint" if reprint else ""
    stem = f"label-{carton.carton}{mark}"
    return (
        (f"{stem}.pdf", shipping_labels_pdf([label])),
        (f"{stem}.zpl", shipping_label_zpl(label)),
    )


def _slip_files(
    state: PackState, carton: CartonProgress, made: datetime, catalogue: Catalogue
) -> Sequence[tuple[str, bytes]]:
    slip = slip_of(state, carton, made, catalogue)
    imprint = Imprint(state.packet.sender.company or state.packet.sender.name, made, ZoneInfo(state.packet.timezone))
    return ((f"slip-{carton.carton}.pdf", packing_slip_pdf(slip, imprint)),)
