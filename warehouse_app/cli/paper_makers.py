"""Turns what operations tell into the inputs of papers."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from warehouse_app.documents.count_report import CountReport, Variance, count_report_pdf
from warehouse_app.documents.count_sheet import CountSheet, CountSheetLine, count_sheets_pdf
from warehouse_app.documents.manifest import Manifest, ManifestCarton, manifests_pdf
from warehouse_app.documents.page import Imprint
from warehouse_app.documents.pick_list import Drop, PickList, PickStop, ToteSlot, pick_lists_pdf
from warehouse_app.documents.words import both
from warehouse_app.domain.wording import REASONS
from warehouse_app.operations.counting_report import CountDay
from warehouse_app.operations.counting_sheet import SheetToPrint
from warehouse_app.operations.pick_lists import PrintedList
from warehouse_app.operations.shipping import ManifestPaper
from warehouse_app.operations.warehouses import House


def imprint_of(house: House, printed_at: datetime) -> Imprint:
    """Who prints, and when."""
    return Imprint(house.name, printed_at, ZoneInfo(house.timezone))


def pick_lists_paper(lists: Sequence[PrintedList], imprint: Imprint) -> bytes:
    """All pick lists of a wave as one PDF."""
    return pick_lists_pdf([_pick_list(printed) for printed in lists], imprint)


def count_sheets_paper(sheets: Sequence[SheetToPrint], imprint: Imprint) -> bytes:
    """Count sheets as one PDF."""
    return count_sheets_pdf(
        [
            CountSheet(
                sheet.sheet_no,
                sheet.business_day,
                tuple(
                    CountSheetLine(line.location, line.sku, line.name, line.name_zh, line.lot, line.expires_on)
                    for line in sheet.lines
                ),
                sheet.zone,
                sheet.counter,
                sheet.code,
            )
            for sheet in sheets
        ],
        imprint,
    )


def manifests_paper(papers: Sequence[ManifestPaper], imprint: Imprint) -> bytes:
    """Manifests as one PDF."""
    return manifests_pdf(
        [
            Manifest(
                paper.manifest_no,
                paper.carrier_name,
                paper.business_day,
                tuple(
                    ManifestCarton(
                        carton.carton,
                        carton.shipment_no,
                        carton.order_no,
                        carton.name,
                        carton.city,
                        carton.country,
                        carton.weight_g,
                        carton.service,
                    )
                    for carton in paper.cartons
                ),
                f"MANIFEST:{paper.manifest_no}",
            )
            for paper in papers
        ],
        imprint,
    )


def count_report_paper(day: CountDay, head: str, imprint: Imprint) -> bytes:
    """The daily stock-count report; `head` is the hash of the ledger."""
    variances = tuple(
        Variance(
            location=found.location,
            sku=found.sku,
            name=found.name,
            quantity_book=found.quantity_book,
            quantity_counted=found.quantity_counted,
            value_minor=found.value_minor,
            counted_by=found.counted_by,
            name_zh=found.name_zh,
            lot=found.lot,
            expires_on=found.expires_on,
            quantity_recounted=found.quantity_recounted,
            recounted_by=found.recounted_by,
            approved_by=found.approved_by,
            reason=both(REASONS.get(found.reason, found.reason)).inline(),
        )
        for found in day.variances
    )
    report = CountReport(
        day.business_day,
        day.currency,
        day.locations_planned,
        day.locations_counted,
        day.locations_without_variance,
        variances,
        head,
    )
    return count_report_pdf(report, imprint)


def _pick_list(printed: PrintedList) -> PickList:
    return PickList(
        list_no=printed.list_no,
        wave_no=printed.wave_no,
        stops=tuple(
            PickStop(
                stop.location,
                stop.sku,
                stop.name,
                tuple(Drop(drop.order_no, drop.quantity, drop.slot) for drop in stop.drops),
                stop.name_zh,
                stop.lot,
                stop.expires_on,
                stop.case_quantity,
            )
            for stop in printed.stops
        ),
        totes=tuple(ToteSlot(slot, order_no) for slot, order_no in printed.slots),
        service=printed.service,
        cut_off=printed.ship_by,
        walk_m=round(printed.walk_mm / 1000),
    )
