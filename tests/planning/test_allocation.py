from collections import Counter
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse_app.planning.allocation import LeftBehind, LineShort, LotBalance, Take, plan_allocations
from warehouse_app.planning.demand import LineDemand, OrderDemand, ShortReason
from warehouse_app.planning.reservation import LineReservation, plan_reservations

APRIL, MAY = date(2027, 4, 30), date(2027, 5, 31)


def order(order_no: str, *quantities: tuple[str, int], rank: int = 1, complete_only: bool = False) -> OrderDemand:
    lines = tuple(LineDemand(n, "own", sku, quantity) for n, (sku, quantity) in enumerate(quantities, start=1))
    return OrderDemand(order_no, (rank,), complete_only, lines)


def balance(
    location: str, quantity: int, *, expires_on: date | None = None, stop_rank: int = 0, pick_face: bool = False
) -> LotBalance:
    return LotBalance("own", location, "mug", f"lot of {location}", expires_on, quantity, stop_rank, pick_face)


def places(takes: tuple[Take, ...]) -> list[tuple[str, int]]:
    return [(take.location, take.quantity) for take in takes]


def test_partial_order_reserves_what_there_is_and_names_who_got_the_last_units() -> None:
    first, second = order("1", ("mug", 4)), order("2", ("mug", 4), rank=2)

    reservations = plan_reservations([second, first], {("own", "mug"): 6})

    assert reservations == (
        LineReservation("1", 1, 4, 4, None),
        LineReservation("2", 1, 2, 4, ShortReason("own", "mug", wanted=4, available=2, taken_by="1", decided_by=0)),
    )


def test_complete_only_order_reserves_nothing_when_one_line_is_short() -> None:
    whole = order("1", ("mug", 1), ("cup", 2), complete_only=True)

    reservations = plan_reservations([whole], {("own", "mug"): 5, ("own", "cup"): 1})

    reason = ShortReason("own", "cup", wanted=2, available=1, taken_by=None)
    assert reservations == (LineReservation("1", 1, 0, 1, reason), LineReservation("1", 2, 0, 2, reason))


def test_two_lines_of_one_product_count_together_for_a_complete_only_order() -> None:
    whole = order("1", ("mug", 3), ("mug", 3), complete_only=True)

    reservations = plan_reservations([whole], {("own", "mug"): 5})

    assert [line.quantity for line in reservations] == [0, 0]


def test_units_of_another_owner_are_not_touched() -> None:
    reservations = plan_reservations([order("1", ("mug", 1))], {("consigned", "mug"): 9})

    assert reservations[0].quantity == 0


def test_lot_that_expires_first_is_taken_first_and_one_without_a_date_last() -> None:
    balances = [balance("C", 9), balance("B", 3, expires_on=MAY), balance("A", 2, expires_on=APRIL)]

    plan = plan_allocations([order("1", ("mug", 6))], balances)

    assert places(plan.takes) == [("A", 2), ("B", 3), ("C", 1)]


def test_one_location_that_covers_the_whole_quantity_saves_a_stop() -> None:
    plan = plan_allocations([order("1", ("mug", 5))], [balance("A", 4), balance("B", 20), balance("C", 3)])

    assert places(plan.takes) == [("B", 5)]


def test_among_locations_that_cover_it_the_pick_face_then_the_smallest_remainder_then_the_nearest_is_taken() -> None:
    far, near, face = balance("A", 6, stop_rank=9), balance("B", 6, stop_rank=2), balance("C", 40, pick_face=True)

    with_face = plan_allocations([order("1", ("mug", 5))], [balance("D", 50), far, near, face])
    without = plan_allocations([order("1", ("mug", 5))], [balance("D", 50), far, near])

    assert places(with_face.takes) == [("C", 5)]
    assert places(without.takes) == [("B", 5)]


def test_where_no_location_covers_it_the_largest_goes_first() -> None:
    plan = plan_allocations([order("1", ("mug", 9))], [balance("A", 2), balance("B", 7), balance("C", 4)])

    assert places(plan.takes) == [("B", 7), ("A", 2)]


def test_complete_only_order_that_is_short_stays_behind_and_leaves_its_units_to_the_next() -> None:
    whole, next_one = order("1", ("mug", 9), complete_only=True), order("2", ("mug", 5), rank=2)

    plan = plan_allocations([whole, next_one], [balance("A", 6)])

    assert plan.left_behind == (LeftBehind("1", ShortReason("own", "mug", 9, 6, None)),)
    assert [take.order_no for take in plan.takes] == ["2"]


def test_partial_order_goes_ahead_and_says_what_is_short() -> None:
    plan = plan_allocations([order("1", ("cup", 1), ("mug", 9))], [balance("A", 6)])

    assert places(plan.takes) == [("A", 6)]
    assert plan.short == (
        LineShort("1", 1, 1, ShortReason("own", "cup", 1, 0, None)),
        LineShort("1", 2, 3, ShortReason("own", "mug", 9, 6, None)),
    )


SKUS = st.sampled_from(["mug", "cup", "jug"])
ORDERS = st.lists(
    st.builds(
        lambda rank, complete_only, lines: order("", *lines, rank=rank, complete_only=complete_only),
        st.integers(0, 3),
        st.booleans(),
        st.lists(st.tuples(SKUS, st.integers(1, 9)), min_size=1, max_size=4),
    ),
    max_size=12,
).map(lambda orders: [OrderDemand(f"{n:02}", o.rank, o.complete_only, o.lines) for n, o in enumerate(orders)])
BALANCES = st.lists(
    st.tuples(SKUS, st.integers(0, 15), st.sampled_from([None, APRIL, MAY]), st.booleans()), max_size=12
).map(
    lambda rows: [
        LotBalance("own", f"L{n}", sku, "", expires_on, quantity, n, pick_face)
        for n, (sku, quantity, expires_on, pick_face) in enumerate(rows)
    ]
)


@settings(deadline=None)
@given(ORDERS, BALANCES)
def test_units_are_never_made_or_lost(orders: list[OrderDemand], balances: list[LotBalance]) -> None:
    plan = plan_allocations(orders, balances)

    taken_at: Counter[str] = Counter()
    taken_for: Counter[tuple[str, int]] = Counter()
    for take in plan.takes:
        assert take.quantity > 0
        taken_at[take.location] += take.quantity
        taken_for[take.order_no, take.line_no] += take.quantity
    assert all(taken_at[b.location] <= b.quantity_available for b in balances)
    short = {(line.order_no, line.line_no): line.quantity_short for line in plan.short}
    behind = {left.order_no for left in plan.left_behind}
    for o in orders:
        for line in o.lines:
            key = (o.order_no, line.line_no)
            missing = line.quantity_open if o.order_no in behind else short.get(key, 0)
            assert taken_for[key] + missing == line.quantity_open
        assert not (o.complete_only and any((o.order_no, line.line_no) in short for line in o.lines))


@settings(deadline=None)
@given(ORDERS, BALANCES)
def test_reservations_and_allocations_of_the_same_stock_agree(
    orders: list[OrderDemand], balances: list[LotBalance]
) -> None:
    available: Counter[tuple[str, str]] = Counter()
    for b in balances:
        available[b.owner, b.sku] += b.quantity_available

    reservations = plan_reservations(orders, available)
    plan = plan_allocations(orders, balances)

    taken_for: Counter[tuple[str, int]] = Counter()
    for take in plan.takes:
        taken_for[take.order_no, take.line_no] += take.quantity
    assert {(r.order_no, r.line_no): r.quantity for r in reservations if r.quantity} == taken_for
    assert all((r.short is None) == (r.quantity == r.quantity_open) for r in reservations)


@settings(deadline=None)
@given(ORDERS, BALANCES)
def test_a_later_order_never_changes_what_an_earlier_one_gets(
    orders: list[OrderDemand], balances: list[LotBalance]
) -> None:
    served = sorted(orders, key=lambda o: (o.rank, o.order_no))

    everything = plan_allocations(orders, balances)
    without_last = plan_allocations(served[:-1], balances)

    last = {o.order_no for o in served[-1:]}
    assert tuple(take for take in everything.takes if take.order_no not in last) == without_last.takes


@settings(deadline=None)
@given(ORDERS, BALANCES)
def test_nothing_is_taken_while_an_earlier_date_still_lies_on_the_shelf(
    orders: list[OrderDemand], balances: list[LotBalance]
) -> None:
    by_location = {b.location: b for b in balances}
    left = {b.location: b.quantity_available for b in balances}

    for take in plan_allocations(orders, balances).takes:
        day = by_location[take.location].expires_on or date.max
        earlier = [b for b in balances if b.sku == take.sku and (b.expires_on or date.max) < day]
        assert not any(left[b.location] for b in earlier)
        left[take.location] -= take.quantity
