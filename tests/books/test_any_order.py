"""Whatever the stations report, in whatever order: the bookkeeper never fails and the books always tie."""

from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from tests.books.floor import Happening, build_floor, happenings, moment_of, undone, work_of
from tests.databases import Maker
from tests.despatch import DespatchHouse, at
from warehouse_app.books.bookkeeping import book_facts
from warehouse_app.books.verify import verify
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.domain.facts import Fact
from warehouse_app.operations.cancelling import cancel_order
from warehouse_app.operations.holds import add_hold, remove_hold
from warehouse_app.operations.reserving import reserve_open_orders
from warehouse_app.operations.waves import WaveRequest, release_waves
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction
from warehouse_app.store.engine import open_database


@pytest.fixture(scope="module")
def floor(maker: Maker, tmp_path_factory: pytest.TempPathFactory) -> Iterator["Floor"]:
    folder = tmp_path_factory.mktemp("floor")
    url = maker.make("migrated", folder)
    database = Database(open_database(url))
    yield Floor(DespatchHouse(database), maker, url, folder)
    database.close()
    maker.drop(url)


class Floor:
    """One house that starts over for each story; the engine stays, for compiling its statements takes longest."""

    def __init__(self, house: DespatchHouse, maker: Maker, url: str, folder: Path) -> None:
        build_floor(house)
        house.clock = "12:00"
        self.house, self._maker, self._url = house, maker, url
        house.database.close()
        self._built = maker.copy(url, folder)

    def start_over(self) -> DespatchHouse:
        """The house as it was built."""
        self.house.database.close()
        self._maker.replace(self._url, self._built)
        self.house._sequences.clear()  # noqa: SLF001 - stations begin afresh with the house
        return self.house


stories = st.lists(happenings, min_size=1, max_size=25)
batches = st.sampled_from((1, 3, 100))
cancellations = st.dictionaries(st.integers(0, 24), st.sampled_from(("1", "2")), max_size=2)
names = st.sampled_from(({"sku": "CUP"}, {"lot": "L1"}, {"location": "A01"}, {"serial": "S1"}, {"receipt": "PO-1"}))
holds = st.dictionaries(st.integers(0, 24), names, max_size=2)


def quick(examples: int) -> settings:
    health = [HealthCheck.function_scoped_fixture]
    return settings(max_examples=examples, deadline=None, derandomize=True, suppress_health_check=health)


@pytest.mark.on("sqlite")
@quick(120)
@given(story=stories, batch=batches, cancelled=cancellations, held=holds)
def test_any_story_leaves_books_that_tie(
    floor: Floor, story: list[Happening], batch: int, cancelled: dict[int, str], held: dict[int, dict[str, str]]
) -> None:
    the_books_tie(floor, story, batch, cancelled, held)


@pytest.mark.on("postgresql")
@quick(40)
@given(story=stories, batch=batches, cancelled=cancellations, held=holds)
def test_any_story_leaves_books_that_tie_on_a_server(
    floor: Floor, story: list[Happening], batch: int, cancelled: dict[int, str], held: dict[int, dict[str, str]]
) -> None:
    the_books_tie(floor, story, batch, cancelled, held)


@pytest.mark.soak
@settings(max_examples=20_000, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(story=stories, batch=batches, cancelled=cancellations, held=holds)
def test_twenty_thousand_stories_leave_books_that_tie(
    floor: Floor, story: list[Happening], batch: int, cancelled: dict[int, str], held: dict[int, dict[str, str]]
) -> None:
    the_books_tie(floor, story, batch, cancelled, held)


def the_books_tie(
    floor: Floor, story: list[Happening], batch: int, cancelled: dict[int, str], held: dict[int, dict[str, str]]
) -> None:
    """Post and book the story, cancelling and holding in between; then decide again on what it left."""
    house = floor.start_over()
    waiting: list[tuple[Happening, Fact]] = []
    for place, (happening, fact) in enumerate(with_undone(story)):
        waiting.append((happening, fact))
        if place in cancelled:
            post(house, waiting)
            book_all(house, batch)
            cancel(house, cancelled[place])
            waiting = []
        if place in held:
            post(house, waiting)
            book_all(house, batch)
            hold(house, held[place])
            waiting = []
    post(house, waiting)
    book_all(house, batch)

    assert parked(house) == []
    assert house.database.read(verify).differences == ()
    assert zero_sums(house) == []

    for names_held in held.values():
        release(house, names_held)
    reserve_open_orders(house.database)
    release_waves(house.database, WaveRequest())
    assert house.database.read(verify).differences == ()


def with_undone(story: list[Happening]) -> list[tuple[Happening, Fact]]:
    """Every happening with its fact; what is taken back is an earlier fact of the same station, and only once."""
    told: list[tuple[Happening, Fact]] = []
    real: dict[str, list[Fact]] = defaultdict(list)
    for happening in story:
        mine = real[happening.station]
        if happening.fact is not None:
            mine.append(happening.fact)
            told.append((happening, happening.fact))
        elif mine:
            told.append((happening, undone(mine.pop(-1 - happening.undoes % len(mine)))))
    return told


def post(house: DespatchHouse, facts: list[tuple[Happening, Fact]]) -> None:
    house.database.write(_post_all, house, facts)


def _post_all(tx: Transaction, house: DespatchHouse, facts: list[tuple[Happening, Fact]]) -> None:
    for happening, fact in facts:
        house._post(tx, at(moment_of(happening)), "W-03", [fact], happening.station, work_of(fact))  # noqa: SLF001


def book_all(house: DespatchHouse, batch: int) -> None:
    while True:
        done = book_facts(house.database, batch)
        if not done.applied and not done.parked:
            return


def cancel(house: DespatchHouse, order_no: str) -> None:
    try:
        house.database.write(cancel_order, order_no, "changed her mind", "W-02")
    except WarehouseError:
        return


def hold(house: DespatchHouse, names_held: dict[str, str]) -> None:
    try:
        house.database.write(add_hold, "recall", "W-02", **names_held)
    except WarehouseError:
        return


def release(house: DespatchHouse, names_held: dict[str, str]) -> None:
    try:
        house.database.write(remove_hold, "W-02", **names_held)
    except WarehouseError:
        return


def parked(house: DespatchHouse) -> list[str]:
    table = tables.parked_fact
    return [row["error"] for row in house.database.read(lambda tx: tx.rows(select(table.c.error)))]


def zero_sums(house: DespatchHouse) -> list[tuple[str, int]]:
    """Products whose units over all places, virtual ones too, do not cancel out."""
    balance = tables.balance
    query = select(balance.c.sku, func.sum(balance.c.on_hand).label("total")).group_by(balance.c.sku)
    return [(row["sku"], row["total"]) for row in house.database.read(lambda tx: tx.rows(query)) if row["total"] != 0]
