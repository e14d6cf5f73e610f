"""Scans that nobody meant do not count, and all others do."""

from warehouse_app.station.bounce import BounceGuard, BurstGuard


def test_the_same_code_at_once_is_a_bounce_and_later_is_not() -> None:
    guard = BounceGuard(250)

    assert [guard.bounces("A", at) for at in (0.0, 0.12, 0.5)] == [False, True, False]


def test_another_code_in_between_is_no_bounce() -> None:
    guard = BounceGuard(250)

    assert [guard.bounces(code, at / 10) for at, code in enumerate("ABA")] == [False, False, False]


def test_of_eight_stored_scans_those_behind_the_wrong_one_are_held_back() -> None:
    guard, counted = BurstGuard(), []
    for place in range(8):
        if not guard.holds_back(place * 0.05):
            counted.append(place)
            guard.answered(bad=place == 2)

    assert (counted, guard.held_back) == ([0, 1, 2], 5)


def test_after_a_pause_scans_count_again() -> None:
    guard = BurstGuard()
    guard.holds_back(0.0)
    guard.answered(bad=True)

    assert [guard.holds_back(at) for at in (0.1, 0.2, 0.7, 0.75)] == [True, True, False, False]
    assert guard.held_back == 0


def test_a_person_who_scans_on_after_a_mistake_is_not_held_back() -> None:
    guard = BurstGuard()
    guard.holds_back(0.0)
    guard.answered(bad=True)

    assert not guard.holds_back(0.4)
