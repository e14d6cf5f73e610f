"""The manifest: what one carrier takes over on one business day, for two signatures."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from warehouse_app.documents.blocks import QUIET, Blank, Block, Box, value_text
from warehouse_app.documents.codes import sscc_code
from warehouse_app.documents.formats import date_text, number_text, weight_text
from warehouse_app.documents.page import Column, Imprint, Paper, Section, facts, papers_pdf, signatures, table
from warehouse_app.documents.words import both
from warehouse_app.language import mark

_ROW_MM = 8.0


@dataclass(frozen=True, slots=True)
class ManifestCarton:
    """One carton handed over; its SSCC is 18 digits, cartons of one shipment share the shipment number."""

    sscc: str
    shipment_no: str
    order_no: str
    name: str
    city: str
    country: str
    weight_g: int
    service: str = ""


@dataclass(frozen=True, slots=True)
class Manifest:
    """Cartons in the order in which they were handed over; `code` is the scan text of the manifest."""

    manifest_no: str
    carrier: str
    business_day: date
    cartons: tuple[ManifestCarton, ...]
    code: str = ""
    vehicle: str = ""


def manifest_pdf(manifest: Manifest, imprint: Imprint) -> bytes:
    """One manifest."""
    return manifests_pdf([manifest], imprint)


def manifests_pdf(manifests: Sequence[Manifest], imprint: Imprint) -> bytes:
    """Many manifests in one PDF, each with its own page count. There must be at least one."""
    return papers_pdf([_paper(manifest) for manifest in manifests], imprint)


def _paper(manifest: Manifest) -> Paper:
    columns = (
        Column(9, both("#"), "right"),
        Column(47, both(mark("Carton (SSCC)"))),
        Column(22, both(mark("Order"))),
        Column(38, both(mark("Recipient"))),
        Column(26, both(mark("City"))),
        Column(14, both(mark("Country"))),
        Column(21, both(mark("Weight")), "right"),
        Column(9, both(mark("Done")), "centre"),
    )
    rows = (_carton_blocks(number, carton) for number, carton in enumerate(manifest.cartons, start=1))
    sections = (
        _summary(manifest),
        Section([Blank(3)]),
        table(columns, rows, nothing=both(mark("Nothing to hand over.")), least=_ROW_MM),
        signatures((both(mark("Handed over by")), both(mark("Driver")), both(mark("Vehicle")), both(mark("Time")))),
    )
    return Paper(both(mark("Manifest")), manifest.manifest_no, sections, manifest.code)


def _summary(manifest: Manifest) -> Section:
    cartons = manifest.cartons
    return facts(
        (
            (both(mark("Carrier")), manifest.carrier),
            (both(mark("Business day")), date_text(manifest.business_day)),
            (both(mark("Vehicle")), manifest.vehicle),
            (both(mark("Shipments")), number_text(len({carton.shipment_no for carton in cartons}))),
            (both(mark("Cartons")), number_text(len(cartons))),
            (both(mark("Total weight")), weight_text(sum(carton.weight_g for carton in cartons))),
        )
    )


def _carton_blocks(number: int, carton: ManifestCarton) -> Sequence[Block]:
    return (
        value_text(str(number), 8, align="right", colour=QUIET),
        value_text(sscc_code(carton.sscc).text, 9.5, bold=True),
        value_text(carton.order_no),
        value_text(carton.name),
        value_text(carton.city),
        value_text(carton.country),
        value_text(weight_text(carton.weight_g), align="right"),
        Box(4.5, 4.5),
    )
