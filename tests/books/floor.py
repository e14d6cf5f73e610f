"""Facts as Hypothesis draws them: of two orders, two totes and two cartons, in any order and contradicting at will."""

from dataclasses import dataclass
from datetime import timedelta

from hypothesis import strategies as st

from tests.despatch import DespatchHouse, at
from warehouse_app.domain.facts import (
    AmendmentTaken,
    CartonChosen,
    CartonClosed,
    CartonReopened,
    CartonWeighed,
    Counted,
    Fact,
    GoodsReceived,
    HandedOver,
    HandoverStopped,
    LabelAsked,
    LabelPrinted,
    LabelScanned,
    ListFinished,
    LocationCounted,
    PackingOpened,
    Picked,
    PickedShort,
    PutAway,
    ReceiptClosed,
    ToteClosed,
    ToteConfirmed,
    ToteOpened,
    Undone,
    UnitMissing,
    UnitPacked,
    WorkFinished,
    WorkStopped,
    encode,
)

LISTS = {"1": "PL-000001", "2": "PL-000002"}
SKUS = {"1": "CUP", "2": "POT"}
SHELVES, TOTES = ("A01", "A02", "C01"), ("T-0001", "T-0002")
CARTONS = ("095212340000000013", "095212340000000020")
PLACES = (*SHELVES, *TOTES, *CARTONS, "RECV-01", "DAMAGED")


@dataclass(frozen=True, slots=True)
class Happening:
    """A fact of one station, minutes after nine; `undoes` counts back over the earlier facts of the story."""

    station: str
    minute: int
    fact: Fact | None
    undoes: int = 0
    order_no: str = ""


def build_floor(house: DespatchHouse) -> None:
    """Two released orders, of six cups and of three pots."""
    house.release("1", "CUP", 6)
    house.release("2", "POT", 3)


orders = st.sampled_from(("1", "2"))
quantities = st.sampled_from((1, 1, 2, 3, 6, 40))
places = st.sampled_from(PLACES)
totes = st.sampled_from(TOTES)
cartons = st.sampled_from(CARTONS)
targets = st.sampled_from((*SHELVES, "RECV-01", "DAMAGED"))
shelves = st.sampled_from(SHELVES)
reasons = st.sampled_from(("missing", "damaged"))
skus = st.sampled_from(("CUP", "POT"))
lots = st.sampled_from(("", "", "L1"))
serials = st.sampled_from(("", "", "S1", "S2"))


@st.composite
def facts(draw: st.DrawFn) -> Fact:
    """Any fact with names that exist, and quantities that need not be right."""
    order_no, sku, quantity, lot = draw(orders), draw(skus), draw(quantities), draw(lots)
    tote, carton, shelf, reason = draw(totes), draw(cartons), draw(shelves), draw(reasons)
    list_no, mine, manifest = LISTS[order_no], SKUS[order_no], "M-000001"
    return draw(
        st.sampled_from(
            (
                GoodsReceived("PO-1", 0, "", sku, lot, "", draw(serials), quantity, "RECV-01"),
                ReceiptClosed("PO-1"),
                PutAway("", sku, lot, quantity, draw(places), draw(targets), draw(serials)),
                ToteOpened(list_no, order_no, tote),
                Picked(list_no, 1, order_no, 1, "", mine, lot, quantity, shelf, tote),
                Picked(list_no, 1, order_no, 1, "", mine, "", quantity, shelf, tote, draw(serials)),
                PickedShort(list_no, 1, order_no, 1, "", mine, lot, quantity, shelf, reason),
                ToteConfirmed(list_no, 1, tote),
                ToteClosed(list_no, order_no, tote),
                ListFinished(list_no),
                PackingOpened(order_no, tote),
                UnitPacked(order_no, 1, "", mine, lot, quantity, tote, carton),
                UnitPacked(order_no, 1, "", mine, "", quantity, tote, carton, draw(serials)),
                UnitMissing(order_no, 1, "", mine, lot, quantity, tote, reason),
                CartonChosen(order_no, carton, "M"),
                CartonWeighed(order_no, carton, 300),
                CartonClosed(order_no, carton, 1, "M", 300, "scale", draw(st.booleans())),
                CartonReopened(order_no, carton),
                LabelAsked(order_no, carton, 1, "M", 300, "scale", draw(st.booleans())),
                LabelScanned(order_no, carton, f"00{carton}"),
                LabelPrinted(order_no, carton, "label", reprint=False),
                WorkStopped(order_no, 1, ""),
                AmendmentTaken(f"pack:{order_no}", 1, "{}"),
                WorkFinished(draw(st.sampled_from((f"pack:{order_no}", f"pick:{list_no}", f"ship:{manifest}")))),
                HandedOver(order_no, carton, "POST", manifest),
                HandoverStopped(order_no, carton, manifest, "held"),
                Counted("CS-1", 1, shelf, "", sku, lot, quantity),
                LocationCounted("CS-1", 1, shelf),
            )
        )
    )


happenings = st.builds(
    Happening,
    st.sampled_from(("S1", "S2", "S3")),
    st.integers(0, 120),
    st.one_of(facts(), facts(), facts(), facts(), st.none()),
    st.integers(0, 5),
    orders,
)


def undone(fact: Fact) -> Undone:
    """The fact that takes this one back."""
    return Undone("any", fact.kind, fact.version, encode(fact))


def moment_of(happening: Happening) -> str:
    """The time on the floor as the tiny warehouse takes it."""
    return f"{at('09:00') + timedelta(minutes=happening.minute):%H:%M}"


def work_of(fact: Fact) -> str:
    """The work that a station would name with this fact."""
    if isinstance(fact, Undone):
        return work_of(fact.original)
    if hasattr(fact, "list_no"):
        return f"pick:{fact.list_no}"
    return f"pack:{fact.order_no}" if hasattr(fact, "order_no") else ""
