"""A weight counts once, when it has settled, and never for the carton after."""

from hypothesis import given
from hypothesis import strategies as st

from warehouse_app.domain.weighing import ScaleProblem, ScaleReading, WeightKeeper


def play(keeper: WeightKeeper, *weights: int, stable: bool | None = True, begin_s: float = 0.0) -> list[int]:
    """The weights that come of readings a tenth of a second apart."""
    given_g = []
    for place, weight_g in enumerate(weights):
        taken = keeper.read(ScaleReading(weight_g, stable), begin_s + place / 10)
        if taken is not None:
            given_g.append(taken)
    return given_g


def test_a_weight_counts_once_when_the_scale_calls_it_stable_twice() -> None:
    assert play(WeightKeeper(), 0, 500, 1200, 1200, 1200, 1200) == [1200]


def test_without_a_word_from_the_scale_it_must_stay_for_a_while() -> None:
    keeper = WeightKeeper(settle_s=0.3)

    assert play(keeper, 1200, 1201, 1200, stable=None) == []
    assert play(keeper, 1200, 1200, stable=None, begin_s=0.3) == [1200]


def test_a_load_that_moves_does_not_count() -> None:
    assert play(WeightKeeper(), 1200, 1300, 1250, 1280, stable=False) == []


def test_a_weight_is_never_carried_to_the_next_carton() -> None:
    keeper = WeightKeeper()
    first = play(keeper, 1200, 1200)

    keeper.next_carton()
    still_there = play(keeper, 1200, 1230, 1230, 1230)
    blocked = keeper.must_be_emptied
    second = play(keeper, 3, 800, 800)

    assert (first, still_there, blocked, second, keeper.must_be_emptied) == ([1200], [], True, [800], False)


def test_a_unit_put_in_afterwards_changes_the_weight() -> None:
    assert play(WeightKeeper(), 1200, 1200, 1350, 1350, 1350) == [1200, 1350]


def test_the_same_weight_counts_again_after_the_scale_was_empty() -> None:
    assert play(WeightKeeper(), 1200, 1200, 0, 1200, 1200) == [1200, 1200]


def test_an_overloaded_scale_gives_nothing_and_forgets() -> None:
    keeper = WeightKeeper()
    play(keeper, 1200)

    keeper.read(ScaleReading(0, stable=False, problem=ScaleProblem.TOO_HEAVY), 0.2)

    assert play(keeper, 1200, begin_s=0.3) == []


def test_what_lay_there_when_it_was_tared_does_not_count() -> None:
    keeper = WeightKeeper()
    play(keeper, 300, 300)

    keeper.tare()

    assert play(keeper, 300, 1500, 1500) == [1200]
    play(keeper, 300)
    keeper.tare()
    assert play(keeper, 0, 1500, 1500) == [1500]


@given(
    st.lists(
        st.tuples(st.integers(-50, 5_000), st.sampled_from([True, False, None]), st.booleans()), min_size=1, max_size=60
    )
)
def test_every_weight_was_on_the_scale_twice_and_after_a_new_carton_only_when_it_was_empty(
    steps: list[tuple[int, bool | None, bool]],
) -> None:
    keeper = WeightKeeper()
    empty_since_new = True
    before: int | None = None
    for place, (weight_g, stable, is_new) in enumerate(steps):
        if is_new:
            keeper.next_carton()
            empty_since_new = before is None or before < 10
        empty_since_new = empty_since_new or weight_g < 10
        taken = keeper.read(ScaleReading(weight_g, stable), place / 10)
        if taken is not None:
            assert before is not None
            assert abs(before - taken) <= 2
            assert empty_since_new
        before = weight_g
