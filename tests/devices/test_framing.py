"""Whatever a port sends, in whatever pieces, frames come out whole and memory stays small."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from warehouse_app.devices.framing import Framer

TEXTS = st.lists(st.binary(min_size=1, max_size=40).filter(lambda text: not set(text) & set(b"\r\n")), max_size=20)


@given(texts=TEXTS, ends=st.sampled_from([b"\r", b"\n", b"\r\n"]), cuts=st.lists(st.integers(0, 900), max_size=10))
def test_frames_come_out_whole_however_they_arrive(texts: list[bytes], ends: bytes, cuts: list[int]) -> None:
    sent = b"".join(text + ends for text in texts)
    places = [0, *sorted(min(cut, len(sent)) for cut in cuts), len(sent)]
    framer = Framer()

    found = [frame for start, end in pairwise(places) for frame in framer.feed(sent[start:end], 0)]

    assert found == texts


def test_a_frame_without_end_is_thrown_away_and_the_next_one_counts() -> None:
    framer = Framer(limit=100)

    found = [frame for _ in range(50) for frame in framer.feed(b"x" * 60, 0)]
    found += [*framer.feed(b"\rGOOD\r", 0)]

    assert found == [b"GOOD"]


def test_a_flood_is_cut_off_until_it_has_ended_for_a_second() -> None:
    framer = Framer(frames_a_second=10, burst=20)

    first = list(framer.feed(b"A\r" * 100, 0.0))
    during = [frame for tenth in range(1, 30) for frame in framer.feed(b"A\r" * 50, tenth / 10)]
    flooded = framer.flooded(2.95)
    after = list(framer.feed(b"B\r", 6.0))

    assert (len(first), flooded, after) == (20, True, [b"B"])
    assert during == []
