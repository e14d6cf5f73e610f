"""Real processes killed by SIGKILL at random moments: nothing that was confirmed is lost, nothing happens twice."""

import random
import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path

import pysqlite3
import pytest
from sqlalchemy import func, select

from tests.conftest import MakeUrl, SoakFigure, SoakSize
from tests.despatch import DespatchHouse
from tests.forks import Forks
from tests.processes import Answer, Premises, StationProcess
from tests.station.benches import Station
from warehouse_app.books.verify import verify
from warehouse_app.domain.scan import ScanKind
from warehouse_app.domain.session import Need
from warehouse_app.operations.claiming import Holder
from warehouse_app.operations.packing import claim_order
from warehouse_app.store import tables
from warehouse_app.store.database import Database
from warehouse_app.store.engine import open_database

ROW = "kill -9 of a station at random points"
TASKS = ("pick", "pack")
TEMPLATES = {"pick": "released", "pack": "picked"}


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    with Forks() as loaded:
        yield loaded


@pytest.mark.parametrize(("task", "kills", "seed"), [("pick", 12, 1), ("pack", 13, 2)])
def test_killed_station_goes_on_where_it_was(
    task: str, kills: int, seed: int, make_url: MakeUrl, forks: Forks, tmp_path: Path
) -> None:
    premises = Premises(make_url(TEMPLATES[task]), tmp_path / "home")

    work_through_kills(premises, forks, Plan(task, kills, scans=8), random.Random(seed))


@pytest.mark.soak
@pytest.mark.parametrize("task", TASKS)
def test_station_killed_hundreds_of_times(
    task: str, make_url: MakeUrl, forks: Forks, tmp_path: Path, soak_figure: SoakFigure, soak_size: SoakSize
) -> None:
    kills, done = soak_size(250), 0

    for seed in count(1_000):
        premises = Premises(make_url(TEMPLATES[task]), tmp_path / str(seed))
        plan = Plan(task, min(20, kills - done), scans=24)
        done += work_through_kills(premises, forks, plan, random.Random(seed))
        shutil.rmtree(premises.home)
        if done >= kills:
            break

    engine = "PostgreSQL" if "://" in str(premises.database) else "SQLite"
    soak_figure(ROW, f"{done:,} kills of a station at {task}, {engine}", "0 lost, 0 doubled")


@dataclass(frozen=True, slots=True)
class Plan:
    """What one station works at, how often it is killed, and before how many scans each time."""

    task: str
    kills: int
    scans: int


def work_through_kills(premises: Premises, forks: Forks, plan: Plan, rng: random.Random) -> int:
    """Work all orders of the template with one station that is killed so often; gives how often it was."""
    durable: list[str] = []
    last: Answer | None = None
    for _ in range(plan.kills):
        with StationProcess(premises, plan.task, forks=forks) as station:
            last = goes_on(station, last, durable, rng, most=plan.scans)
    with StationProcess(premises, plan.task, forks=forks) as station:
        answer = station.said()
        assert last is None or answer["expected"] == last["expected"]
        note_all(station, answer, durable)
        assert station.end() == 0
    with opened(premises) as database:
        everything_is_there_once(premises, database, durable)
        the_work_is_complete(database, plan.task)
    return plan.kills


def goes_on(
    station: StationProcess, last: Answer | None, durable: list[str], rng: random.Random, *, most: int
) -> Answer | None:
    """Some scans, then a kill at a random moment; gives the last answer if it was durable and the last thing done."""
    if rng.random() < 0.2:
        # Now and then already while it starts, when it has claimed work or is about to.
        station.answer(within_s=rng.uniform(0.0, 0.4))
        note(station.kill(), durable)
        return last
    answer = station.said()
    if last is not None:
        assert answer["expected"] == last["expected"]
    for _ in range(rng.randrange(most)):
        if not answer["expected"]:
            break
        answer = station.scan(answer["expected"][0]["scan_text"])
        note([answer], durable)
    if not answer["expected"] or rng.random() < 0.3:
        station.kill()
        return answer if answer["facts"] else None
    station.send(answer["expected"][0]["scan_text"])
    told = station.answer(within_s=rng.uniform(0.0, 0.006))
    note([told] if told else [], durable)
    note(station.kill(), durable)
    return None


def note(answers: list[Answer], durable: list[str]) -> None:
    for answer in answers:
        assert answer["durable"] is True
        durable += [fact["id"] for fact in answer["facts"]]


def note_all(station: StationProcess, answer: Answer, durable: list[str]) -> None:
    while answer["expected"]:
        answer = station.scan(answer["expected"][0]["scan_text"])
        note([answer], durable)


def everything_is_there_once(premises: Premises, database: Database, durable: list[str]) -> None:
    """What was printed as durable is in journal, shared database and history; nothing is anywhere twice."""
    with closing(pysqlite3.connect(str(premises.home / "station.db"))) as journal:
        journalled = [(row[0], row[1]) for row in journal.execute("SELECT sequence, fact_id FROM journal ORDER BY 1")]
    fact = tables.fact
    rows = database.read(lambda tx: tx.rows(select(fact.c.sequence, fact.c.fact_id).order_by(fact.c.sequence)))
    posted = [(row["sequence"], row["fact_id"]) for row in rows if (row["sequence"], row["fact_id"]) in set(journalled)]
    assert [number for number, _ in journalled] == list(range(1, len(journalled) + 1))
    assert posted == journalled
    assert len(set(durable)) == len(durable)
    assert set(durable) <= {fact_id for _, fact_id in journalled}
    proved = database.read(verify)
    assert (proved.differences, proved.unapplied, proved.parked) == ((), 0, 0)


def the_work_is_complete(database: Database, task: str) -> None:
    line, order = tables.fulfilment_line, tables.fulfilment_order
    lines = database.read(lambda tx: tx.rows(select(line).where(line.c.stocked)))
    name = "picked" if task == "pick" else "packed"
    states = database.read(lambda tx: tx.rows(select(order.c.state)))
    debts = database.read(lambda tx: tx.value(select(func.count()).select_from(tables.debt)))
    assert [(row["order_no"], row["line_no"]) for row in lines if row[name] != row["ordered"]] == []
    assert {row["state"] for row in states} == {name}
    assert debts == 0


def test_station_killed_between_claim_and_packet_is_offered_the_work_again(database: Database, tmp_path: Path) -> None:
    house = DespatchHouse(database)
    house.pick(house.picking("1"))
    station = Station(tmp_path / "s1", database, "BENCH-7")
    # The shared database gave the work away; its answer never reached the station's disk.
    claimed = database.write(claim_order, Holder("BENCH-7", "W-03"), Need(ScanKind.ORDER, "1"))

    other = Station(tmp_path / "s2", database, "BENCH-8").bench("pack")
    again = station.bench("pack")
    answer = again.scan(again.bench.expected()[0].scan_text)

    assert other.bench.expected() == ()
    assert answer.feedback.kind.value == "ok"
    assert [packet.epoch for packet in again.bench.journal.packets("pack")] == [claimed.epoch]
    station.close()
    other.link.close()
    other.bench.file.close()


@contextmanager
def opened(premises: Premises) -> Iterator[Database]:
    database = Database(open_database(str(premises.database)))
    yield database
    database.close()
