"""Work that is claimed ahead goes on without the shared database, comes back when it lies idle, and can be lost."""

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.despatch import DespatchHouse
from tests.station.benches import Station
from warehouse_app.books.verify import verify
from warehouse_app.domain.facts import CartonClosed, UnitPacked
from warehouse_app.domain.packets import PackPacket
from warehouse_app.domain.scan import command_code, order_code
from warehouse_app.operations.cancelling import cancel_order, hold_order, unhold_order
from warehouse_app.operations.claiming_ahead import EVERYTHING, Ahead, claim_ahead
from warehouse_app.operations.claims import NotASupervisor, NotHeld, list_claims, take_work_over
from warehouse_app.operations.number_blocks import leave_out_numbers
from warehouse_app.station.ahead import Prepared, WorkAhead
from warehouse_app.station.bench import Answer, Bench, ConnectedBench
from warehouse_app.station.link import Link
from warehouse_app.station.printing import PrintQueue
from warehouse_app.store import tables
from warehouse_app.store.database import Database
from warehouse_app.store.engine import open_database

pytestmark = pytest.mark.on("sqlite")
both_engines = pytest.mark.on("sqlite", "postgresql")

NOBODY_ANSWERS = "postgresql://nobody@127.0.0.1:9/none"
ORDERS = ("1", "2", "3")


@pytest.fixture
def house(database: Database) -> DespatchHouse:
    """Three picked orders of two cups."""
    house = DespatchHouse(database)
    for order_no in ORDERS:
        house.pick(house.picking(order_no))
    return house


class Hall:
    """Benches that are opened and closed with the test."""

    def __init__(self, folder: Path, database: Database, stack: ExitStack) -> None:
        self._folder, self._database, self._stack = folder, database, stack

    def bench(self, name: str) -> tuple[ConnectedBench, WorkAhead]:
        """A packing bench with its work ahead."""
        station = Station(self._folder / name, self._database, name)
        self._stack.callback(station.close)
        bench = station.bench("pack")
        return bench, WorkAhead(bench.bench, station.link)

    def cut_off(self, bench: ConnectedBench) -> ConnectedBench:
        """The same bench whose shared database does not answer any more."""
        nowhere = Database(open_database(NOBODY_ANSWERS))
        self._stack.callback(nowhere.close)
        link = Link(bench.bench.file, nowhere, bench.bench.replica)
        self._stack.callback(link.close)
        return ConnectedBench(bench.bench, link)


@pytest.fixture
def hall(house: DespatchHouse, tmp_path: Path) -> Iterator[Hall]:
    with ExitStack() as stack:
        yield Hall(tmp_path, house.database, stack)


def pack_next(bench: ConnectedBench) -> list[Answer]:
    """One order from its first scan to its label."""
    bench.look_for_work()
    answers = [bench.scan(bench.bench.expected()[0].scan_text)]
    while not bench.bench.idle:
        answers.append(bench.scan(bench.bench.expected()[0].scan_text))
    return answers


def kinds(answers: list[Answer]) -> set[str]:
    return {answer.feedback.kind.value for answer in answers}


@both_engines
def test_claimed_orders_are_packed_without_the_database_and_posted_later(hall: Hall, house: DespatchHouse) -> None:
    bench, ahead = hall.bench("B1")
    prepared = ahead.prepare(Ahead("pack"))
    away = hall.cut_off(bench)

    packed = [pack_next(away) for _ in ORDERS]
    after_the_last = away.scan(order_code("9"))
    bench.look_for_work()

    assert (prepared.claimed, prepared.at_hand.count) == (3, 3)
    assert [kinds(answers) <= {"ok", "last", "done"} for answers in packed] == [True] * 3
    assert after_the_last.feedback.kind.value == "offline"
    assert {house.order(order_no)["state"] for order_no in ORDERS} == {"packed"}
    assert house.database.read(list_claims) == []
    assert house.database.read(verify).differences == ()


def test_scan_that_cannot_be_fetched_is_told_what_can_be_worked_instead(hall: Hall) -> None:
    bench, ahead = hall.bench("B1")
    ahead.prepare(Ahead("pack", 2))
    away = hall.cut_off(bench)

    answer = away.scan(order_code("3"))
    away.look_for_work()

    assert answer.feedback.kind.value == "offline"
    assert answer.feedback.values["count"] == 2
    assert answer.feedback.values["code"] == away.bench.expected()[0].scan_text


def test_bench_keeps_the_next_orders_at_hand_and_others_get_the_rest(hall: Hall) -> None:
    _, ahead = hall.bench("B1")
    ahead._usual_depth = 2  # noqa: SLF001 - the depth of this bench
    ahead.keep()
    other, _ = hall.bench("B2")

    assert ahead.at_hand.count == 2
    assert len(other.bench.session.waiting) == 1


def test_order_that_was_just_packed_is_neither_claimed_again_nor_given_back_before_it_is_booked(
    hall: Hall, house: DespatchHouse
) -> None:
    bench, ahead = hall.bench("B1")
    ahead._usual_depth = 3  # noqa: SLF001 - the depth of this bench
    ahead.keep()
    pack_next(hall.cut_off(bench))
    bench.bench.finish()

    ahead.keep()

    held = {claim.work for claim in house.database.read(list_claims)}
    assert held == {f"pack:{order_no}" for order_no in ORDERS}
    assert sorted(bench.bench.works()) == ["pack:2", "pack:3"]


@both_engines
def test_claimed_work_that_somebody_else_scans_is_given_back_unless_it_is_begun(
    hall: Hall, house: DespatchHouse
) -> None:
    bench, ahead = hall.bench("B1")
    ahead.prepare(Ahead("pack"))
    bench.scan(order_code("1"))
    bench.catch_up()
    asking = tables.claim.update().where(tables.claim.c.work.in_(["pack:1", "pack:2"])).values(wanted_by="B2")
    house.database.write(lambda tx: tx.connection.execute(asking))
    ahead.keep()
    other, _ = hall.bench("B2")

    refused = other.scan(order_code("1"))
    opened = other.scan(order_code("2"))

    assert refused.feedback.kind.value == "wrong_state"
    assert opened.feedback.kind.value == "ok"
    assert sorted(bench.bench.works()) == ["pack:1", "pack:3"]


def test_idle_work_goes_back_by_itself_once_another_bench_looks_in_vain(hall: Hall) -> None:
    bench, ahead = hall.bench("B1")
    ahead.prepare(Ahead("pack"))
    _, hungry = hall.bench("B2")
    ahead.keep()
    kept_while_nobody_waits = ahead.at_hand.count
    hungry._usual_depth = 1  # noqa: SLF001 - the depth of this bench
    hungry.keep()
    ahead.keep()
    kept_while_fresh = ahead.at_hand.count

    later = bench.bench.now() + timedelta(minutes=31)
    bench.bench._clock = lambda: later  # noqa: SLF001 - half an hour goes by
    ahead.keep()
    hungry.keep()

    assert (kept_while_nobody_waits, kept_while_fresh, ahead.at_hand.count) == (3, 3, 0)
    assert hungry.at_hand.count == 1


def test_cancelling_an_order_that_lies_at_hand_frees_it_as_soon_as_the_bench_hears(
    hall: Hall, house: DespatchHouse
) -> None:
    bench, ahead = hall.bench("B1")
    ahead.prepare(Ahead("pack"))
    house.database.write(cancel_order, "2", "", "W-02")
    state_before = house.order("2")["state"]

    told = bench.catch_up()
    ahead.keep()
    bench.catch_up()

    assert state_before == "picked"
    assert told is None
    assert house.order("2")["state"] == "cancelled"
    assert sorted(bench.bench.works()) == ["pack:1", "pack:3"]


def test_order_that_needs_a_carton_more_than_planned_takes_a_number_of_the_stations_own(
    hall: Hall, house: DespatchHouse
) -> None:
    bench, ahead = hall.bench("B1")
    ahead.prepare(Ahead("pack", 1))
    (claimed,) = house.database.write(claim_ahead, "pack", bench.holder, ["pack:2"])
    assert isinstance(claimed, PackPacket)
    bench.bench.keep_ahead([replace(claimed, ssccs=claimed.ssccs[:1])])
    away = hall.cut_off(bench)
    spare = away.bench.journal.spares.numbers[0]
    away.scan(order_code("2"))
    cup = away.bench.expected()[0].scan_text

    first, _, second = (away.scan(scan_text) for scan_text in (cup, command_code("NEXT-BOX"), cup))
    after_a_crash = Bench(away.bench.file, "pack", away.bench.now)

    assert [one.carton for answer in (first, second) for one in _units(answer)] == [claimed.ssccs[0], spare]
    assert spare not in after_a_crash.journal.spares.numbers
    assert len(after_a_crash.journal.spares.numbers) == len(away.bench.journal.spares.numbers)


def test_carton_numbers_never_come_twice_after_the_database_was_set_back(hall: Hall, house: DespatchHouse) -> None:
    bench, ahead = hall.bench("B1")
    ahead.prepare(Ahead("pack"))
    series = tables.number_series
    house.database.write(
        lambda tx: tx.connection.execute(series.update().where(series.c.series == "sscc").values(next_number=2))
    )
    mine = {number for state in bench.bench.session.states.values() for number in state.packet.ssccs}

    ahead.keep()
    other = ahead.bench.journal.spares.numbers
    leased = house.database.write(lambda tx: tx.next_in_series("sscc"))
    house.database.write(leave_out_numbers)

    assert mine.isdisjoint(other)
    assert leased > max(int(number[8:17]) for number in (*mine, *other))


def test_copy_of_a_stations_file_does_not_use_its_carton_numbers(hall: Hall) -> None:
    bench, ahead = hall.bench("B1")
    ahead.prepare(Ahead("pack"))
    file = bench.bench.file

    with file.transaction():
        file.connection.execute("UPDATE spare_number SET place = 'another machine'")
    copied = Bench(file, "pack", bench.bench.now)

    assert len(bench.bench.journal.spares.numbers) >= 20
    assert copied.journal.spares.numbers == ()


def test_only_a_supervisor_takes_over_what_somebody_holds(hall: Hall, house: DespatchHouse) -> None:
    _, ahead = hall.bench("B1")
    ahead.prepare(Ahead("pack", 1))

    with pytest.raises(NotASupervisor):
        take_work_over(house.database, "pack:1", "W-03")
    with pytest.raises(NotHeld):
        take_work_over(house.database, "pack:2", "W-02")
    taken = take_work_over(house.database, "pack:1", "W-02", "bench is away")

    assert (taken.station, taken.epoch, taken.taken_by) == ("B1", 1, "W-02")


def test_units_packed_after_a_takeover_stand_in_the_books_and_both_sides_read_of_it(
    hall: Hall, house: DespatchHouse
) -> None:
    bench, ahead = hall.bench("B1")
    ahead.prepare(Ahead("pack", 1))
    away = hall.cut_off(bench)
    take_work_over(house.database, "pack:1", "W-02")
    pack_next(away)
    away.bench.finish()

    bench.catch_up()
    ahead.keep()
    told = bench.bench.take_amendments()

    assert house.line("1")["packed"] == 2
    assert house.order("1")["state"] == "packed"
    discrepancy = house.row(tables.discrepancy, kind="worked_twice")
    assert (discrepancy["station"], discrepancy["order_no"], discrepancy["work"]) == ("B1", "1", "pack:1")
    assert told is not None
    assert told.feedback.kind.value == "stopped"
    assert house.database.read(verify).differences == ()


@both_engines
def test_order_that_was_really_packed_twice_leaves_the_house_once(hall: Hall, house: DespatchHouse) -> None:
    bench, ahead = hall.bench("B1")
    ahead.prepare(Ahead("pack", 1))
    away = hall.cut_off(bench)
    take_work_over(house.database, "pack:1", "W-02")
    other, _ = hall.bench("B2")
    first = pack_next(other)
    other.bench.finish()
    other.catch_up()
    second = pack_next(away)
    away.bench.finish()

    bench.catch_up()

    right, twice = _carton(first), _carton(second)
    assert house.carton(right)["state"] == "closed"
    assert house.carton(twice)["state"] == "stopped"
    assert house.order("1")["state"] == "packed"
    assert [packet.carton for packet in house.claim(right).cartons if not packet.stopped] == [right]
    assert house.database.read(verify).differences == ()


def test_bench_that_hears_of_the_takeover_stops_and_what_it_packed_goes_back(hall: Hall, house: DespatchHouse) -> None:
    bench, ahead = hall.bench("B1")
    ahead.prepare(Ahead("pack", 1))
    away = hall.cut_off(bench)
    away.scan(order_code("1"))
    packed = away.scan(away.bench.expected()[0].scan_text)
    take_work_over(house.database, "pack:1", "W-02")
    other, _ = hall.bench("B2")
    other.scan(order_code("1"))

    ahead.keep()
    stopped = bench.scan(order_code("2"))
    bench.catch_up()
    other.catch_up()

    assert stopped.feedback.kind.value == "stopped"
    assert "pack:1" not in bench.bench.works()
    assert house.carton(_units(packed)[0].carton)["state"] == "stopped"
    assert _left(other) == 1
    assert [claim.station for claim in house.database.read(list_claims)] == ["B2"]
    assert house.database.read(verify).differences == ()


def test_holder_does_not_wait_for_units_that_the_bench_before_him_packed(hall: Hall, house: DespatchHouse) -> None:
    bench, ahead = hall.bench("B1")
    ahead.prepare(Ahead("pack", 1))
    away = hall.cut_off(bench)
    take_work_over(house.database, "pack:1", "W-02")
    other, _ = hall.bench("B2")
    other.scan(order_code("1"))
    away.scan(order_code("1"))
    away.scan(away.bench.expected()[0].scan_text)

    bench.link.settle()
    other.catch_up()

    assert _left(other) == 1


@both_engines
def test_database_that_was_set_back_learns_again_who_holds_what(hall: Hall, house: DespatchHouse) -> None:
    bench, ahead = hall.bench("B1")
    ahead.prepare(Ahead("pack"))
    house.database.write(lambda tx: tx.remove(tables.claim, [{"work": "pack:1"}]))
    stolen = tables.claim.update().where(tables.claim.c.work == "pack:2").values(station="B2")
    house.database.write(lambda tx: tx.connection.execute(stolen))

    ahead.keep()
    bench.catch_up()

    held = {claim.work: (claim.station, claim.epoch) for claim in house.database.read(list_claims)}
    assert held == {"pack:1": ("B1", 1), "pack:2": ("B2", 1), "pack:3": ("B1", 1)}
    assert sorted(bench.bench.works()) == ["pack:1", "pack:3"]


def test_everything_that_waits_is_claimed_piece_by_piece_with_progress(hall: Hall) -> None:
    _, ahead = hall.bench("B1")
    told: list[Prepared] = []

    prepared = ahead.prepare(Ahead("pack", EVERYTHING), told.append)

    assert told[-1] == prepared
    assert all(before.done < after.done for before, after in pairwise(told))
    assert prepared.at_hand.last_due is not None


def test_no_label_leaves_for_an_order_that_is_on_hold_or_was_stopped(
    hall: Hall, house: DespatchHouse, tmp_path: Path
) -> None:
    bench, ahead = hall.bench("B1")
    ahead.prepare(Ahead("pack"))
    queue = PrintQueue(bench.bench, tmp_path / "labels")
    for order_no in ("1", "2"):
        bench.scan(order_code(order_no))
        while not bench.bench.idle:
            bench.scan(bench.bench.expected()[0].scan_text)
    house.database.write(hold_order, "2", "why", "W-02")
    bench.catch_up()

    queue.run_waiting()
    first = {path.name.partition("-")[0] for path in queue.folder.iterdir()}
    waiting = [job.request.order_no for job in queue.jobs.waiting()]
    house.database.write(unhold_order, "2", "", "W-02")
    house.database.write(cancel_order, "2", "", "W-02")
    bench.catch_up()
    queue.run_waiting()
    bench.link.settle()
    fact = tables.fact
    printed = house.database.read(lambda tx: tx.rows(select(fact.c.work).where(fact.c.kind == "printed").distinct()))

    assert first == {"label", "slip"}
    assert set(waiting) == {"2"}
    assert [row["work"] for row in printed] == ["pack:1"]
    assert bench.bench.journal.prints.waiting() == []


def _units(answer: Answer) -> list[UnitPacked]:
    return [one.fact for one in answer.facts if isinstance(one.fact, UnitPacked)]


def _carton(answers: list[Answer]) -> str:
    facts = (one.fact for answer in answers for one in answer.facts)
    return next(fact.carton for fact in facts if isinstance(fact, CartonClosed))


def _left(bench: ConnectedBench) -> int:
    state = bench.bench.session.state
    assert state is not None
    return int(state.units_total - state.units_packed)
