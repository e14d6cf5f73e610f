"""Bookkeepers killed by SIGKILL under a backlog, and two at once: every fact is applied exactly once."""

import random
import signal
import subprocess
import time
from pathlib import Path

import pytest

from tests.processes import PATIENCE_S, Premises
from tests.station.backlog import Backlog
from tests.warehouse import TinyWarehouse
from warehouse_app.books.bookkeeping import book_facts
from warehouse_app.store.database import Database


@pytest.fixture
def house(database: Database) -> TinyWarehouse:
    return TinyWarehouse(database)


def premises_of(house: TinyWarehouse, folder: Path) -> Premises:
    return Premises(house.url, folder / "home")


@pytest.mark.parametrize(
    ("kills", "count"), [(8, 3_000), pytest.param(200, 150_000, marks=pytest.mark.soak)], ids=["8", "200"]
)
def test_killed_bookkeeper_applies_every_fact_once(
    kills: int, count: int, house: TinyWarehouse, tmp_path: Path
) -> None:
    backlog = Backlog(house, count)
    rng = random.Random(kills)
    marks = sorted(rng.randrange(count * 9 // 10) for _ in range(kills))
    premises = premises_of(house, tmp_path)

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


def test_two_bookkeepers_at_once_never_apply_a_fact_twice(house: TinyWarehouse, tmp_path: Path) -> None:
    backlog = Backlog(house, 3_000)
    premises = premises_of(house, tmp_path)

    keepers = [premises.start("bookkeeper") for _ in range(2)]
    wait_until_applied(backlog, 1, keepers[0])
    while backlog.applied() < backlog.count:
        # A third one in this process: a command that works off what is there while they run.
        book_facts(house.database)
    for keeper in keepers:
        end(keeper, signal.SIGTERM)

    moved = backlog.moved()
    assert len(moved) == backlog.count
    assert set(moved.values()) == {1}
    assert house.differences() == ()


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
