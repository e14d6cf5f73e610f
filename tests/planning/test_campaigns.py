from hypothesis import given
from hypothesis import strategies as st

from warehouse_app.planning.campaigns import CampaignStock, Draw, Kept, SetAside

CUP = ("", "CUP")


def campaign(name: str, channel: str, quantity: int) -> CampaignStock:
    return CampaignStock(name, "", "CUP", channel, quantity)


def test_campaigns_of_the_channel_are_drawn_on_in_their_order() -> None:
    pool = SetAside([campaign("A", "csv", 2), campaign("B", "csv/web", 5)], {CUP: 0})

    draws = pool.take(CUP, "csv/web", 4)

    assert draws == (Draw("A", 2), Draw("B", 2))
    assert pool.available(CUP, "csv/web") == 3
    assert pool.available(CUP, "csv/outlet") == 0


def test_campaign_without_a_channel_is_for_nobody() -> None:
    pool = SetAside([campaign("A", "", 5)], {CUP: 0})

    assert pool.take(CUP, "", 1) == ()
    assert pool.kept_from(CUP, "csv") == Kept("A", 5)


def test_campaign_cannot_hand_out_what_a_hold_stops() -> None:
    pool = SetAside([campaign("A", "csv", 5), campaign("B", "jd", 5)], {CUP: -7})

    drawn = pool.take(CUP, "csv", 5)

    assert drawn == (Draw("A", 3),)
    assert pool.available(CUP, "jd") == 0


@given(
    kept=st.lists(st.tuples(st.sampled_from(("", "csv", "csv/web", "jd")), st.integers(0, 9)), max_size=4),
    wishes=st.lists(st.tuples(st.sampled_from(("", "csv", "csv/web", "jd")), st.integers(1, 9)), max_size=8),
    free=st.integers(-9, 9),
)
def test_no_unit_is_drawn_twice(kept: list[tuple[str, int]], wishes: list[tuple[str, int]], free: int) -> None:
    pool = SetAside([campaign(str(place), channel, units) for place, (channel, units) in enumerate(kept)], {CUP: free})

    drawn = [draw for channel, quantity in wishes for draw in pool.take(CUP, channel, quantity)]

    for place, (channel, units) in enumerate(kept):
        mine = sum(draw.quantity for draw in drawn if draw.campaign == str(place))
        assert mine <= (units if channel else 0)
    assert sum(draw.quantity for draw in drawn) <= max(0, sum(units for _, units in kept) + min(0, free))
