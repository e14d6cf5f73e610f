"""No unit of a receipt ever lies where the trace says that there is none."""

from collections import defaultdict
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from warehouse_app.planning.tracing import Goods, Origin, Place, Trace, TracedMove, trace_receipt

CUPS: Goods = ("", "CUP", "")
SUPPLIER, CUSTOMER = "SUPPLIER", "CUSTOMER"
VIRTUAL = (SUPPLIER, CUSTOMER)
PLACES = ("DOCK", "A01", "A02", "TOTE")

steps = st.lists(
    st.tuples(
        st.sampled_from((*PLACES, SUPPLIER)), st.sampled_from((*PLACES, CUSTOMER)), st.integers(1, 9), st.booleans()
    ),
    max_size=30,
)
"""From, to, how many at the most, and whether a supply is the receipt's own."""


def supply(quantity: int, to: str = "DOCK", *, own: bool = True) -> TracedMove:
    return TracedMove(CUPS, quantity, SUPPLIER, to, Origin.RECEIPT if own else Origin.OTHER)


def put(quantity: int, source: str, target: str) -> TracedMove:
    return TracedMove(CUPS, quantity, source, target, Origin.PLACE)


def traced(*moves: TracedMove, lies: dict[str, int]) -> Trace:
    return trace_receipt(moves, {(CUPS, place): quantity for place, quantity in lies.items()}, VIRTUAL)


@given(
    before=st.lists(st.integers(0, 9), min_size=4, max_size=4), story=steps, shuffle=st.randoms(use_true_random=False)
)
def test_trace_never_holds_too_few_units_nor_more_than_lie_there(
    before: list[int], story: list[tuple[str, str, int, bool]], shuffle: Random
) -> None:
    lying = {place: [False] * count for place, count in zip((*PLACES, CUSTOMER), (*before, 0), strict=True)}
    moves: list[TracedMove] = []
    seen: defaultdict[str, int] = defaultdict(int)
    for source, target, most, own in story:
        units = [own] * most if source == SUPPLIER else lying[source]
        quantity = min(most, len(units))
        if source == target or not quantity:
            continue
        shuffle.shuffle(units)
        lying[target] += [units.pop() for _ in range(quantity)]
        moves.append(supply(quantity, target, own=own) if source == SUPPLIER else put(quantity, source, target))
        seen[target] = max(seen[target], sum(lying[target]))

    found = traced(*moves, lies={place: len(units) for place, units in lying.items()})

    for place, units in lying.items():
        bound = found.now.get((CUPS, place), 0)
        assert sum(units) <= bound
        assert place == CUSTOMER or bound <= len(units)
        assert seen[place] <= found.ever.get((CUPS, place), 0)


def test_units_stay_apart_by_their_lots() -> None:
    other: Goods = ("", "CUP", "L2")
    moves = [
        supply(4),
        TracedMove(other, 4, SUPPLIER, "DOCK", Origin.OTHER),
        TracedMove(other, 4, "DOCK", "A01", Origin.PLACE),
    ]
    lies: dict[Place, int] = {(CUPS, "DOCK"): 4, (other, "A01"): 4}

    assert trace_receipt(moves, lies, VIRTUAL).now == {(CUPS, "DOCK"): 4}


def test_place_that_held_others_before_is_suspected_for_no_more_than_came() -> None:
    found = traced(supply(4), put(3, "DOCK", "A01"), put(10, "A01", "TOTE"), lies={"DOCK": 1, "A01": 3, "TOTE": 10})

    assert found.now == {(CUPS, "DOCK"): 1, (CUPS, "A01"): 3, (CUPS, "TOTE"): 3}


def test_units_that_the_books_did_not_know_of_may_be_of_the_receipt() -> None:
    unknown = TracedMove(CUPS, 2, "UNRECONCILED", "A01", Origin.UNKNOWN)

    assert traced(supply(5), unknown, lies={"DOCK": 5, "A01": 2}).now[CUPS, "A01"] == 2


def test_nothing_is_suspected_without_units_of_the_receipt() -> None:
    assert traced(supply(5, own=False), put(5, "DOCK", "A01"), lies={"A01": 5}).now == {}
