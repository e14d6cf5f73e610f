"""Any two decisions that meet: one goes first, each is made or refused for a reason, and the books tie."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations_with_replacement
from threading import Barrier

import pytest

from tests.crossroads import DECISIONS, NOON, build_crossroads, promised_twice
from tests.databases import Maker
from tests.stage import Stage, on_stage
from warehouse_app.books.verify import verify
from warehouse_app.domain.errors import StockChanged, StoreUnavailable, WarehouseError
from warehouse_app.store.database import Database


@pytest.fixture(scope="module")
def crossroads(maker: Maker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    """Two people with connections of their own."""
    with on_stage(maker, tmp_path_factory.mktemp("crossroads"), build_crossroads, people=2) as stage:
        for database in stage.people:
            database.clock = lambda: NOON
        yield stage


@pytest.mark.parametrize(("one", "other"), [*combinations_with_replacement(DECISIONS, 2)])
def test_two_decisions_that_meet_are_each_made_or_refused(crossroads: Stage, one: str, other: str) -> None:
    crossroads.start_over()
    start = Barrier(2)

    def decide(database: Database, name: str) -> str:
        start.wait()
        try:
            DECISIONS[name](database)
        except (StockChanged, StoreUnavailable):
            raise
        except WarehouseError as refusal:
            return str(refusal)
        return "done"

    with ThreadPoolExecutor(2) as people:
        outcomes = list(people.map(decide, crossroads.people, (one, other)))

    assert "done" in outcomes
    database = crossroads.people[0]
    assert database.read(verify).differences == ()
    assert database.read(promised_twice) == []


@pytest.mark.parametrize("one", DECISIONS)
def test_decision_can_be_made_at_the_crossroads(crossroads: Stage, one: str) -> None:
    crossroads.start_over()

    DECISIONS[one](crossroads.people[0])

    assert crossroads.people[0].read(verify).differences == ()
