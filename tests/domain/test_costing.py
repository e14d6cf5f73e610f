"""The moving average: whatever comes and goes, no money is made or lost, and nothing is worth less than nothing."""

from hypothesis import given
from hypothesis import strategies as st

from warehouse_app.domain.costing import VALUE_MOST, CostPool, half_up
from warehouse_app.domain.shares import rounded_together, shares

units = st.integers(1, 50)
costs = st.one_of(st.none(), st.integers(0, 5_000_000), st.just(10**16))
steps = st.lists(
    st.one_of(
        st.tuples(st.just("in"), units, costs),
        st.tuples(st.just("out"), units, costs),
        st.tuples(st.just("add"), st.integers(-(10**8), 10**8), st.none()),
    )
)


def step(pool: CostPool, act: str, amount: int, cost: int | None) -> int:
    if act == "in":
        return pool.take_in(amount, cost)
    return -pool.give_out(min(amount, pool.quantity), cost) if act == "out" else pool.add(amount)


@given(steps)
def test_what_came_in_less_what_left_is_what_is_there(story: list[tuple[str, int, int | None]]) -> None:
    pool = CostPool("CUP", "")
    total = 0

    for act, amount, cost in story:
        total += step(pool, act, amount, cost)

        assert pool.value == total
        assert 0 <= pool.value <= VALUE_MOST
        assert pool.quantity > 0 or pool.value == 0


@given(st.lists(st.tuples(units, st.integers(0, 5_000_000)), min_size=1), st.data())
def test_units_that_leave_cost_the_average_to_the_last_whole(
    bought: list[tuple[int, int]], data: st.DataObject
) -> None:
    pool = CostPool("CUP", "")
    for quantity, cost in bought:
        pool.take_in(quantity, cost)
    before, had = pool.value, pool.quantity
    leaving = data.draw(st.integers(1, had))

    value = pool.give_out(leaving)

    assert abs(value * had - before * leaving) <= had / 2 or leaving == had
    assert value == before or leaving < had


def test_last_unit_takes_along_what_rounding_left() -> None:
    pool = CostPool("CUP", "")
    pool.take_in(3, 0)
    pool.add(10)

    values = [pool.give_out(1) for _ in range(3)]

    assert values == [3, 4, 3]
    assert (pool.quantity, pool.value, pool.last_unit_cost) == (0, 0, 3)


def test_units_of_unknown_cost_come_in_at_the_last_known_one() -> None:
    pool = CostPool("CUP", "")
    unknown = pool.take_in(2)
    pool.give_out(2)
    pool.take_in(4, 150)
    pool.give_out(4)

    known = pool.take_in(2)

    assert (unknown, known) == (0, 300)


def test_purchase_that_is_taken_back_leaves_the_average_as_it_was() -> None:
    pool = CostPool("CUP", "")
    pool.take_in(10, 150)
    pool.take_in(10, 200)

    pool.give_out(10, 200)

    assert (pool.quantity, pool.value) == (10, 1500)


@given(st.integers(0, 10**12), st.lists(st.integers(0, 10**6), min_size=1).filter(any))
def test_shares_add_up_and_are_within_one_of_the_exact_ones(total: int, weights: list[int]) -> None:
    parts = shares(total, weights)

    assert sum(parts) == total
    assert all(
        abs(part * sum(weights) - total * weight) < sum(weights) for part, weight in zip(parts, weights, strict=True)
    )


@given(st.lists(st.integers(-(10**12), 10**12), min_size=1), st.integers(-(10**12), 10**12))
def test_rounded_flows_lead_from_the_rounded_opening_to_the_rounded_closing(flows: list[int], opening: int) -> None:
    opened, closed = half_up(opening, 10_000), half_up(opening + sum(flows), 10_000)

    rounded = rounded_together(flows, 10_000, closed - opened)

    assert opened + sum(rounded) == closed
    assert all(abs(part * 10_000 - flow) <= 10_000 for part, flow in zip(rounded, flows, strict=True))
