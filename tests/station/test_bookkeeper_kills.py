"""Bookkeepers killed by SIGKILL under a backlog, and two at once: every fact is applied exactly once."""

import random
import signal
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from tests.processes import PATIENCE_S, Premises
from tests.station.backlog import Backlog
from tests.warehouse import TinyWarehouse
from warehouse_app.books.bookkeeping import book_facts
from warehouse_app.store import tables
from warehouse_app.store.engine import open_database


class Keepers:
    """Starts bookkeepers, and lets none of them outlive its test."""

    def __init__(self, premises: Premises) -> None:
        self._premises = premises
        self._started: list[subprocess.Popen[bytes]] = []

    def start(self, *words: str) -> "subprocess.Popen[bytes]":
        self._started.append(self._premises.start(*words))
        return self._started[-1]

    def end(self) -> None:
        for process in self._started:
            if process.returncode is None:
                process.kill()
                process.communicate()


@pytest.fixture
def premises(house: TinyWarehouse, tmp_path: Path) -> Iterator[Keepers]:
    keepers = Keepers(Premises(house.url, tmp_path / "home"))
    yield keepers
    keepers.end()


@pytest.mark.parametrize(
    ("kills", "count"), [(8, 3_000), pytest.param(200, 150_000, marks=pytest.mark.soak)], ids=["8", "200"]
)
def test_killed_bookkeeper_applies_every_fact_once(
    kills: int, count: int, house: TinyWarehouse, premises: Keepers
) -> None:
    backlog = Backlog(house, count)
    rng = random.Random(kills)
    marks = sorted(rng.randrange(count * 9 // 10) for _ in range(kills))

    seen = []
    for mark in marks:
        process = premises.start("bookkeeper")
        wait_until_applied(backlog, max(mark, backlog.applied() + 1), process)
        rest(rng.uniform(0.0, 0.02))
        end(process, signal.SIGKILL)
        seen.append(backlog.applied())
    process = premises.start("bookkeeper")
    wait_until_applied(backlog, count, process)
    status = end(process, signal.SIGTERM)

    assert status == 0
    assert seen == sorted(seen)
    assert seen[-1] < count, "the last kill came too late to be one under a backlog"
    assert backlog.applied() == count
    moved = backlog.moved()
    assert len(moved) == count
    assert set(moved.values()) == {1}
    assert house.differences() == ()


@pytest.mark.parametrize(
    ("rounds", "count"), [(1, 5_000), pytest.param(50, 5_000, marks=pytest.mark.soak)], ids=["1", "50"]
)
def test_bookkeepers_that_freeze_and_wake_at_once_never_apply_a_fact_twice(
    rounds: int, count: int, house: TinyWarehouse, premises: Keepers
) -> None:
    rng = random.Random(rounds)
    backlog = Backlog(house, 0)

    for _ in range(rounds):
        backlog.grow(count)
        # These look at no lease: each applies whatever it finds.
        keepers = [premises.start("bookkeeper", "--once") for _ in range(3)]
        while backlog.applied() < backlog.count:
            keeper = rng.choice(keepers)
            keeper.send_signal(signal.SIGSTOP)
            rest(rng.uniform(0.0, 0.05))
            keeper.send_signal(signal.SIGCONT)
            book_facts(house.database)
        for keeper in keepers:
            keeper.communicate(timeout=PATIENCE_S)
        assert [keeper.returncode for keeper in keepers] == [0, 0, 0]

    moved = backlog.moved()
    assert len(moved) == backlog.count
    assert set(moved.values()) == {1}
    assert house.differences() == ()


@pytest.mark.soak
@pytest.mark.parametrize("fault", [signal.SIGKILL, signal.SIGSTOP], ids=["killed", "frozen"])
def test_bookkeeper_that_stands_by_goes_on_within_ten_seconds(
    fault: signal.Signals, house: TinyWarehouse, premises: Keepers
) -> None:
    backlog = Backlog(house, 1)
    first = premises.start("bookkeeper")
    wait_until_applied(backlog, 1, first)
    second = premises.start("bookkeeper")
    rest(3.0)

    freeze_between_writes(house, first) if fault == signal.SIGSTOP else first.send_signal(fault)
    backlog.grow(3_000)
    started = time.monotonic()
    wait_until_applied(backlog, 2, second)
    taken_over_s = time.monotonic() - started
    if fault == signal.SIGSTOP:
        first.send_signal(signal.SIGCONT)
    wait_until_applied(backlog, backlog.count, second)

    assert taken_over_s < 10.0
    if fault == signal.SIGSTOP:
        assert end(first, signal.SIGTERM) == 0
    assert end(second, signal.SIGTERM) == 0
    first.communicate(timeout=PATIENCE_S)
    assert set(backlog.moved().values()) == {1}
    assert len(backlog.moved()) == backlog.count
    assert house.differences() == ()


@pytest.mark.on("postgresql")
def test_bookkeeper_that_freezes_in_the_middle_of_a_transaction_is_replaced(
    house: TinyWarehouse, premises: Keepers
) -> None:
    backlog = Backlog(house, 10_000)
    first, second = (premises.start("bookkeeper") for _ in range(2))
    holder = wait_for_holder(house, (first, second))
    first, second = (first, second) if holder == first.pid else (second, first)
    wait_until_applied(backlog, 1, first)
    freeze_while_it_writes(house, first)

    started = time.monotonic()
    wait_until_applied(backlog, backlog.applied() + 1, second)
    taken_over_s = time.monotonic() - started
    first.send_signal(signal.SIGCONT)
    wait_until_applied(backlog, backlog.count, second)

    assert taken_over_s < 10.0
    assert [end(keeper, signal.SIGTERM) for keeper in (first, second)] == [0, 0]
    assert set(backlog.moved().values()) == {1}
    assert house.differences() == ()


def wait_for_holder(house: TinyWarehouse, keepers: "Sequence[subprocess.Popen[bytes]]") -> int:
    """The process of these that has the lease."""
    holder = None
    while holder is None:
        assert all(keeper.poll() is None for keeper in keepers)
        holder = house.database.read(lambda tx: tx.value(select(tables.service_lease.c.holder)))
    return int(holder.rpartition(":")[2].partition("#")[0])


def freeze_between_writes(house: TinyWarehouse, process: "subprocess.Popen[bytes]") -> None:
    """On SQLite a process that stands still in the middle of a write keeps the whole file until it goes on."""
    while True:
        process.send_signal(signal.SIGSTOP)
        if not is_locked(house):
            return
        process.send_signal(signal.SIGCONT)


def freeze_while_it_writes(house: TinyWarehouse, process: "subprocess.Popen[bytes]") -> None:
    while True:
        process.send_signal(signal.SIGSTOP)
        if is_locked(house):
            return
        process.send_signal(signal.SIGCONT)
        rest(0.003)


def is_locked(house: TinyWarehouse) -> bool:
    """Whether somebody else is the warehouse's one writer just now."""
    engine = open_database(house.url)
    at_once = {"sqlite": "PRAGMA busy_timeout = 0", "postgresql": "SET lock_timeout = 100"}[engine.dialect.name]
    try:
        with engine.connect() as connection:
            connection.exec_driver_sql(at_once)
            connection.execute(select(tables.warehouse).with_for_update())
    except OperationalError:
        return True
    finally:
        engine.dispose()
    return False


def wait_until_applied(backlog: Backlog, count: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + PATIENCE_S
    while backlog.applied() < count:
        assert process.poll() is None, "the bookkeeper ended by itself"
        assert time.monotonic() < deadline, "the bookkeeper hangs"


def rest(seconds: float) -> None:
    """A random part of a batch, so that the kill does not always come right after a commit."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        pass


def end(process: "subprocess.Popen[bytes]", signal_no: signal.Signals) -> int:
    process.send_signal(signal_no)
    process.communicate(timeout=PATIENCE_S)
    return process.returncode
