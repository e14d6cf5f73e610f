"""How fast large papers are made."""

import time
from collections.abc import Callable
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from warehouse_app.cli.benchmarks.figures import Figure
from warehouse_app.documents.address import PostalAddress
from warehouse_app.documents.labels.shipping import ShippingLabel, shipping_labels_pdf
from warehouse_app.documents.page import Imprint
from warehouse_app.documents.pick_list import Drop, PickList, PickStop, ToteSlot, pick_lists_pdf
from warehouse_app.domain.identifiers import SSCC

LABELS, LINES = 1_000, 700
LABELS_LIMIT_S, LINES_LIMIT_S = 2.0, 1.0
SENDER = PostalAddress("", ("4 Meridian Park",), "Leicester", "GB", "Sample Gifts", postcode="LE19 1WY")
RECIPIENTS = (
    PostalAddress("Amélie Beauchêne", ("8 rue des Trois Lanternes",), "Nantes", "FR", postcode="44013"),
    PostalAddress("王喆", ("文三路 138 号 1203 室",), "杭州市", "CN", region="浙江省", postcode="310013"),
    PostalAddress("J. Okafor", ("12 Larkspur Avenue", "Flat 3"), "Leeds", "GB", postcode="LS19 4QD"),
)


def labels() -> list[Figure]:
    """A thousand different shipping labels as one PDF."""
    items = [_label(number) for number in range(LABELS)]
    seconds, content = _timed(lambda: shipping_labels_pdf(items))
    note = f"{LABELS} labels, {len(content) // 1024} KiB"
    return [Figure("labels", round(seconds, 2), "s", LABELS_LIMIT_S, note=note)]


def pick_list() -> list[Figure]:
    """One pick list of 700 lines, with a code for each location."""
    stops = tuple(_stop(number) for number in range(LINES))
    paper = PickList(
        list_no="PL-000001",
        wave_no="W-000001",
        stops=stops,
        totes=tuple(ToteSlot(slot, f"55300{place}") for place, slot in enumerate("ABCDEF")),
        service="next_day",
        cut_off=datetime(2011, 5, 10, 16, tzinfo=UTC),
        walk_m=2_400,
    )
    imprint = Imprint("Leicester 1", datetime(2011, 5, 10, 13, tzinfo=UTC), ZoneInfo("Europe/London"))
    seconds, content = _timed(lambda: pick_lists_pdf([paper], imprint))
    note = f"{LINES} lines, {len(content) // 1024} KiB"
    return [Figure("pick-list", round(seconds, 2), "s", LINES_LIMIT_S, note=note)]


def _timed(make: Callable[[], bytes]) -> tuple[float, bytes]:
    """The second run is the one that counts: in the first one the fonts are read."""
    make()
    started = time.perf_counter()
    content = make()
    return time.perf_counter() - started, content


def _label(number: int) -> ShippingLabel:
    return ShippingLabel(
        sender=SENDER,
        ship_to=RECIPIENTS[number % len(RECIPIENTS)],
        carrier="Sample Parcels",
        service="Next day",
        order_no=str(553_000 + number),
        sscc=SSCC.make(0, "9521234", number + 1).digits,
        ship_on=date(2011, 5, 10),
        weight_g=400 + number,
    )


def _stop(number: int) -> PickStop:
    place = f"A{number // 100 + 1:02}-{number % 100 + 1:02}{'LR'[number % 2]}-{number % 4 + 1}"
    drops = (Drop(str(553_000 + number % 6), number % 30 + 1, "ABCDEF"[number % 6]),)
    return PickStop(place, f"22{number:03}", "Party Bunting", drops, "派对彩旗", case_quantity=12)
