from collections import Counter
from itertools import pairwise, product

from hypothesis import given, settings
from hypothesis import strategies as st

from warehouse_app.planning.pick_lists import (
    Floor,
    ListPolicy,
    OrderToPick,
    PickLine,
    PlannedList,
    plan_pick_lists,
)
from warehouse_app.planning.walks import Layout, Point, Stop

STOPS = {
    f"{aisle}-{block}-{place}": Stop(
        f"{aisle}-{block}-{place}", aisle, block, 5_000 * aisle, 12_000 * block + 1_500 + 1_000 * place
    )
    for aisle, block, place in product(range(6), range(2), range(9))
}
FLOOR = Floor(STOPS, Layout.of_stops(STOPS.values()), Point(0, -2_000))
POLICY = ListPolicy(max_orders=3, max_stops=6, slot_volume_ml=1_000, max_weight_g=5_000)


def order(order_no: str, *locations: str, rank: int = 1, volume_ml: int = 10, weight_g: int = 10) -> OrderToPick:
    lines = (PickLine(n, "mug", location, 1, volume_ml, weight_g) for n, location in enumerate(locations, start=1))
    return OrderToPick(order_no, (rank,), tuple(lines))


def order_nos(planned: PlannedList) -> list[str]:
    return [slot.order_no for slot in planned.orders]


def test_most_urgent_order_takes_on_those_of_its_rank_that_share_its_aisles() -> None:
    orders = [order("1", "0-0-1"), order("2", "5-1-3"), order("3", "0-0-7"), order("4", "5-1-2"), order("5", "0-0-4")]

    first, second = plan_pick_lists(orders, FLOOR, POLICY)

    assert order_nos(first) == ["1", "3", "5"]
    assert order_nos(second) == ["2", "4"]


def test_lower_rank_fills_the_cart_only_when_no_order_of_a_better_rank_is_left() -> None:
    orders = [order("late", "0-0-1", rank=2), order("a", "0-0-2"), order("b", "5-1-5")]

    (only,) = plan_pick_lists(orders, FLOOR, POLICY)

    assert order_nos(only) == ["a", "b", "late"]


def test_two_orders_from_one_location_are_one_stop_with_a_pick_for_each_slot() -> None:
    (only,) = plan_pick_lists([order("1", "0-0-1"), order("2", "0-0-1", "0-0-2")], FLOOR, POLICY)

    assert [slot.slot for slot in only.orders] == ["A", "B"]
    assert [[(pick.slot, pick.line.line_no) for pick in stop.picks] for stop in only.stops] == [
        [("A", 1), ("B", 1)],
        [("B", 2)],
    ]
    assert only.length_mm == 2 * (2_000 + 1_500 + 2_000)


def test_order_that_no_slot_can_hold_has_a_list_of_its_own() -> None:
    bulky = order("2", "0-0-1", volume_ml=1_001)

    lists = plan_pick_lists([order("1", "0-0-1"), bulky, order("3", "0-0-1")], FLOOR, POLICY)

    assert [order_nos(planned) for planned in lists] == [["1", "3"], ["2"]]


def test_slots_after_z_have_two_letters() -> None:
    orders = [order(f"{n:02}", "0-0-1", weight_g=1) for n in range(28)]

    (only,) = plan_pick_lists(orders, FLOOR, ListPolicy(max_orders=28))

    assert [slot.slot for slot in only.orders][-3:] == ["Z", "AA", "AB"]


ORDERS = st.lists(
    st.tuples(
        st.lists(st.sampled_from(sorted(STOPS)), min_size=1, max_size=8),
        st.integers(0, 2),
        st.integers(1, 300),
        st.integers(1, 1_500),
    ),
    max_size=15,
).map(
    lambda rows: [
        order(f"{n:02}", *locations, rank=rank, volume_ml=volume_ml, weight_g=weight_g)
        for n, (locations, rank, volume_ml, weight_g) in enumerate(rows)
    ]
)


@settings(deadline=None)
@given(ORDERS)
def test_every_line_is_in_exactly_one_list(orders: list[OrderToPick]) -> None:
    lists = plan_pick_lists(orders, FLOOR, POLICY)

    picked = Counter(
        (pick.order_no, pick.line, stop.stop.location)
        for planned in lists
        for stop in planned.stops
        for pick in stop.picks
    )
    assert picked == Counter((o.order_no, line, line.location) for o in orders for line in o.lines)
    for planned in lists:
        slot_of = {slot.order_no: slot.slot for slot in planned.orders}
        assert all(slot_of[pick.order_no] == pick.slot for stop in planned.stops for pick in stop.picks)


@settings(deadline=None)
@given(ORDERS)
def test_only_an_order_on_its_own_may_overfill_a_cart(orders: list[OrderToPick]) -> None:
    by_no = {o.order_no: o for o in orders}

    for planned in plan_pick_lists(orders, FLOOR, POLICY):
        lines = [by_no[order_no].lines for order_no in order_nos(planned)]
        assert len(lines) <= POLICY.max_orders
        if len(lines) > 1:
            assert len(planned.stops) <= POLICY.max_stops
            assert all(sum(line.volume_ml for line in of_order) <= POLICY.slot_volume_ml for of_order in lines)
            assert sum(line.weight_g for of_order in lines for line in of_order) <= POLICY.max_weight_g


@settings(deadline=None)
@given(ORDERS)
def test_no_order_is_on_a_later_list_than_one_of_lower_rank(orders: list[OrderToPick]) -> None:
    rank_of = {o.order_no: o.rank for o in orders}

    lists = plan_pick_lists(orders, FLOOR, POLICY)

    ranks = [[rank_of[order_no] for order_no in order_nos(planned)] for planned in lists]
    assert all(max(earlier) <= min(later) for earlier, later in pairwise(ranks))
