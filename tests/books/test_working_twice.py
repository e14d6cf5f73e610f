"""Whatever stations still report of work that was taken over from them: no fact is refused, and the books tie."""

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.books.floor import LISTS, Happening, build_floor, happenings
from tests.books.test_any_order import book_all, parked, post, with_undone, zero_sums
from tests.databases import Maker
from tests.despatch import DespatchHouse
from tests.stage import Stage, on_stage
from warehouse_app.books.verify import verify
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.domain.facts import Fact
from warehouse_app.operations.claiming import Holder, hold
from warehouse_app.operations.claims import take_work_over
from warehouse_app.store.database import Database

WORKS = ("pack:1", "pack:2", *(f"pick:{name}" for name in LISTS.values()))
STATIONS = ("S1", "S2", "S3")

stories = st.lists(happenings, min_size=1, max_size=20)
takeovers = st.dictionaries(st.integers(0, 12), st.sampled_from(WORKS), min_size=1, max_size=4)


def build(database: Database) -> None:
    """Two released orders; each station holds some of the work on them."""
    build_floor(DespatchHouse(database))
    for place, work in enumerate(WORKS):
        database.write(hold, work, Holder(STATIONS[place % 3], "W-03"))


@pytest.fixture(scope="module")
def stage(maker: Maker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with on_stage(maker, tmp_path_factory.mktemp("twice"), build) as stage:
        yield stage


def quick(examples: int) -> settings:
    health = list(HealthCheck)
    return settings(max_examples=examples, deadline=None, derandomize=True, database=None, suppress_health_check=health)


@pytest.mark.on("sqlite")
@quick(20)
@given(story=stories, taken=takeovers, batch=st.sampled_from((1, 100)))
def test_facts_that_come_after_a_takeover_leave_books_that_tie(
    stage: Stage, story: list[Happening], taken: dict[int, str], batch: int
) -> None:
    the_books_tie(stage, story, taken, batch)


@pytest.mark.on("postgresql")
@quick(4)
@given(story=stories, taken=takeovers, batch=st.sampled_from((1, 100)))
def test_facts_that_come_after_a_takeover_leave_books_that_tie_on_a_server(
    stage: Stage, story: list[Happening], taken: dict[int, str], batch: int
) -> None:
    the_books_tie(stage, story, taken, batch)


def the_books_tie(stage: Stage, story: list[Happening], taken: dict[int, str], batch: int) -> None:
    """Post and book the story, taking work over in between."""
    stage.start_over()
    house = DespatchHouse.__new__(DespatchHouse)
    house.database, house.clock, house._sequences = stage.people[0], "12:00", {}  # noqa: SLF001 - it is furnished
    waiting: list[tuple[Happening, Fact]] = []

    for place, told in enumerate(with_undone(story)):
        waiting.append(told)
        if place in taken:
            post(house, waiting)
            book_all(house, batch)
            waiting = []
            _take_over(house, taken[place], STATIONS[place % 3])
    post(house, waiting)
    book_all(house, batch)

    assert parked(house) == []
    assert house.database.read(verify).differences == ()
    assert zero_sums(house) == []


def _take_over(house: DespatchHouse, work: str, by: str) -> None:
    try:
        take_work_over(house.database, work, "W-02")
        house.database.write(hold, work, Holder(by, "W-04"))
    except WarehouseError:
        # It was finished meanwhile.
        return
