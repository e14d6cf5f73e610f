"""Claims: one station an epoch, whoever claims, gives back, finishes or takes over at the same instant."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import NamedTuple

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from tests.databases import Maker
from tests.despatch import PACKER, DespatchHouse
from tests.stage import Stage, on_stage
from warehouse_app.books.bookkeeping import book_everything
from warehouse_app.books.verify import verify
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.domain.facts import CartonClosed, Fact, UnitPacked, WorkFinished
from warehouse_app.domain.packets import PackPacket
from warehouse_app.operations.claiming import Holder, give_back, hold, hold_ahead
from warehouse_app.operations.claims import claim_again, take_over, take_work_over
from warehouse_app.store import tables
from warehouse_app.store.database import Database

STATIONS = ("B1", "B2", "B3")
WORKS = ("pack:1", "pack:2")
Act = Callable[[], object]


class Turn(NamedTuple):
    """What one station, or a supervisor about it, does with one work."""

    what: str
    work: str
    station: str


turns = st.builds(
    Turn,
    st.sampled_from(("claim", "claim", "ahead", "give_back", "take_over", "again")),
    st.sampled_from(WORKS),
    st.sampled_from(STATIONS),
)


def furnish(database: Database) -> None:
    """Order 1 is on a packer's bench."""
    DespatchHouse(database).packing("1")


@pytest.fixture(scope="module")
def stage(maker: Maker, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stage]:
    with on_stage(maker, tmp_path_factory.mktemp("claims"), furnish, people=2) as stage:
        yield stage


@settings(max_examples=8, deadline=None, database=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(story=st.lists(turns, min_size=5, max_size=30))
def test_each_epoch_of_a_work_is_one_stations_and_epochs_only_grow(stage: Stage, story: list[Turn]) -> None:
    stage.start_over()
    database = stage.people[0]
    held: dict[tuple[str, int], str] = {}
    highest: dict[str, int] = {}
    in_hand: dict[str, dict[str, int]] = {station: {} for station in STATIONS}

    for turn in story:
        _take_turn(database, turn, in_hand)
        for row in database.read(lambda tx: tx.rows(select(tables.claim))):
            if row["state"] == "held":
                assert held.setdefault((row["work"], row["epoch"]), row["station"]) == row["station"]
            assert row["epoch"] >= highest.get(row["work"], 0)
            highest[row["work"]] = row["epoch"]


def _take_turn(database: Database, turn: Turn, in_hand: dict[str, dict[str, int]]) -> None:
    holder, mine = Holder(turn.station, "W-03"), in_hand[turn.station]
    try:
        if turn.what == "claim":
            mine[turn.work] = database.write(hold, turn.work, holder)
        elif turn.what == "ahead":
            mine.update(database.write(hold_ahead, [turn.work], holder))
        elif turn.what == "give_back":
            for work in database.write(give_back, [turn.work], turn.station):
                mine.pop(work, None)
        elif turn.what == "take_over":
            database.write(take_over, turn.work, "W-02")
        else:
            database.write(claim_again, turn.station, dict(mine))
    except WarehouseError:
        mine.pop(turn.work, None)


def at_once(*acts: Act) -> list[object]:
    """Let several people act at the same instant; errors for people are outcomes too."""
    barrier = Barrier(len(acts))

    def act(one: Act) -> object:
        barrier.wait()
        try:
            return one()
        except WarehouseError as error:
            return error

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(act, acts))


@pytest.fixture
def benches(stage: Stage) -> tuple[DespatchHouse, Database, PackPacket]:
    """A house with order 1 on a packer's bench, a second connection, and the packer's packet."""
    stage.start_over()
    house = DespatchHouse.__new__(DespatchHouse)
    house.database, house.clock, house._sequences = stage.people[0], "08:00", {"PACK-1": 1, "PICK-1": 5}  # noqa: SLF001 - furnished
    claim = tables.claim
    row = house.database.read(lambda tx: tx.rows(select(claim).where(claim.c.work == "pack:1")))[0]
    packet = PackPacket.from_json(row["packet"])
    return house, stage.people[1], packet


@pytest.mark.parametrize("_turn", range(2))
def test_takeover_meets_the_last_scans_of_the_bench(
    benches: tuple[DespatchHouse, Database, PackPacket], _turn: int
) -> None:
    house, supervisor, packet = benches

    at_once(
        lambda: house.pack(packet, finish=False),
        lambda: take_work_over(supervisor, "pack:1", "W-02"),
    )
    book_everything(house.database)

    twice = house.database.read(lambda tx: tx.rows(select(tables.takeover)))
    told = house.database.read(lambda tx: tx.rows(select(tables.discrepancy)))
    assert (house.line("1")["packed"], house.order("1")["state"]) == (2, "packed")
    assert len(told) == sum(row["late_facts"] > 0 for row in twice)
    assert house.database.read(verify).differences == ()


@pytest.mark.parametrize("_turn", range(2))
def test_takeover_meets_the_end_of_the_work(benches: tuple[DespatchHouse, Database, PackPacket], _turn: int) -> None:
    house, supervisor, packet = benches

    at_once(lambda: house.pack(packet), lambda: take_work_over(supervisor, "pack:1", "W-02"))
    book_everything(house.database)

    (claim,) = house.database.read(lambda tx: tx.rows(select(tables.claim).where(tables.claim.c.work == "pack:1")))
    taken = house.database.read(lambda tx: tx.rows(select(tables.takeover)))
    assert claim["state"] == ("given_back" if taken else "finished")
    assert house.order("1")["state"] == "packed"


@pytest.mark.parametrize("_turn", range(2))
def test_takeover_meets_giving_back_and_only_one_of_them_ends_the_claim(
    benches: tuple[DespatchHouse, Database, PackPacket], _turn: int
) -> None:
    house, supervisor, _ = benches
    house.database.write(hold_ahead, ["pack:9"], PACKER)

    given, taken = at_once(
        lambda: house.database.write(give_back, ["pack:9"], PACKER.station),
        lambda: supervisor.write(take_over, "pack:9", "W-02"),
    )

    assert (given == ("pack:9",)) != (not isinstance(taken, WarehouseError))
    assert supervisor.write(hold, "pack:9", Holder("B2", "W-03")) == 2


def test_scans_of_the_work_under_its_old_epoch_do_not_end_the_new_claim(
    benches: tuple[DespatchHouse, Database, PackPacket],
) -> None:
    house, supervisor, packet = benches
    take_work_over(supervisor, "pack:1", "W-02")
    epoch = supervisor.write(hold, "pack:1", Holder("B2", "W-04"))
    units = packet.units[0]
    facts: list[Fact] = [
        UnitPacked("1", units.line_no, "", "CUP", "", 1, units.tote, packet.ssccs[0]),
        CartonClosed("1", packet.ssccs[0], 1, "", 300, "scale", last=True),
        WorkFinished("pack:1"),
    ]

    house.post(PACKER, facts, "pack:1")

    claim = house.row(tables.claim, work="pack:1")
    assert (epoch, claim["state"], claim["station"], claim["epoch"]) == (2, "held", "B2", 2)
    assert house.order("1")["state"] == "packing"
    assert house.told("pack:1") != []
