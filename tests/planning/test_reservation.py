from hypothesis import given
from hypothesis import strategies as st

from warehouse_app.planning.demand import LineDemand, OrderDemand, ShortReason
from warehouse_app.planning.reservation import LineReservation, plan_reservations

CUP, LID = ("", "CUP"), ("", "LID")


def part(line_no: int, sku: str, bundles: int, units: int, *, held: int = 0) -> LineDemand:
    """A part of the bundle that begins with line 1."""
    return LineDemand(line_no, "", sku, bundles * units - held, 1, units, held)


def got(results: tuple[LineReservation, ...]) -> list[int]:
    return [result.quantity for result in results]


def test_parts_of_a_bundle_are_reserved_for_whole_bundles_only() -> None:
    sets = OrderDemand("1", (1,), complete_only=False, lines=(part(1, "CUP", 3, 4), part(2, "LID", 3, 1)))

    results = plan_reservations([sets], {CUP: 11, LID: 9})

    assert got(results) == [8, 2]
    assert results[1].short == ShortReason("", "CUP", 12, 11, None)


def test_a_bundle_that_was_broken_by_a_loss_is_made_whole_first() -> None:
    sets = OrderDemand(
        "1", (1,), complete_only=False, lines=(part(1, "CUP", 2, 4, held=5), part(2, "LID", 2, 1, held=2))
    )

    assert got(plan_reservations([sets], {CUP: 3, LID: 0})) == [3, 0]
    assert got(plan_reservations([sets], {CUP: 2, LID: 0})) == [0, 0]


def test_the_part_of_the_ranks_that_differs_first_is_why_the_other_came_first() -> None:
    first = OrderDemand("9", (1, -2), complete_only=False, lines=(LineDemand(1, "", "CUP", 3),))
    second = OrderDemand("1", (1, -1), complete_only=False, lines=(LineDemand(1, "", "CUP", 2),))
    third = OrderDemand("2", (1, -1), complete_only=False, lines=(LineDemand(1, "", "CUP", 2),))

    results = plan_reservations([third, second, first], {CUP: 4})

    assert [result.order_no for result in results] == ["9", "1", "2"]
    assert results[1].short == ShortReason("", "CUP", 2, 1, "9", 1)
    assert results[2].short == ShortReason("", "CUP", 2, 0, "1", None)


@given(st.lists(st.tuples(st.integers(1, 6), st.integers(1, 3), st.integers(1, 3)), min_size=1, max_size=5), st.data())
def test_bundles_are_never_torn_and_nothing_is_promised_twice(
    sizes: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    orders = [
        OrderDemand(str(n), (n,), complete_only=False, lines=(part(1, "CUP", b, c), part(2, "LID", b, d)))
        for n, (b, c, d) in enumerate(sizes)
    ]
    available = {CUP: data.draw(st.integers(0, 30)), LID: data.draw(st.integers(0, 30))}

    results = plan_reservations(orders, available)

    for order in orders:
        cups, lids = (result.quantity for result in results if result.order_no == order.order_no)
        assert cups * order.lines[1].bundle_units == lids * order.lines[0].bundle_units
    assert sum(result.quantity for result in results if result.line_no == 1) <= available[CUP]
    assert sum(result.quantity for result in results if result.line_no == 2) <= available[LID]
