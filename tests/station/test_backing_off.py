"""A database that does not answer is tried again: soon at first, then less often, and never by all at once."""

import random

from warehouse_app.station.backing_off import SPREAD, BackOff


def test_waits_double_up_to_the_longest() -> None:
    back_off = BackOff(0.3, 5.0, lambda _low, _high: 1.0)

    waits = [round(back_off.next_wait_s(), 3) for _ in range(7)]

    assert waits == [0.6, 1.2, 2.4, 4.8, 5.0, 5.0, 5.0]


def test_after_an_answer_the_first_wait_is_short_again() -> None:
    back_off = BackOff(0.3, 5.0, lambda _low, _high: 1.0)
    for _ in range(9):
        back_off.next_wait_s()

    back_off.answered()

    assert back_off.next_wait_s() == 0.6


def test_stations_that_lost_the_same_server_come_back_apart_and_in_time() -> None:
    dice = random.Random(1)
    stations = [BackOff(0.3, 5.0, dice.uniform) for _ in range(200)]

    for _ in range(20):
        waits = [station.next_wait_s() for station in stations]

    low, high = SPREAD
    assert all(5.0 * low <= wait <= 5.0 * high for wait in waits)
    assert len({round(wait, 1) for wait in waits}) > 20
