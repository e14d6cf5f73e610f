"""Printers that die, lose their paper or their cable at any moment, and stations killed while they print.

Every label comes out, and of two copies at least one says that there may be another.
"""

import json
import os
import random
import re
import signal
from collections.abc import Iterator
from contextlib import closing, contextmanager
from functools import partial
from pathlib import Path

import pysqlite3
import pytest

from tests.conftest import MakeUrl, SoakFigure, SoakSize
from tests.forks import Fork, Forks
from tests.processes import Premises, StationProcess
from tests.station.print_house import (
    FlakyPrinter,
    PrintHouse,
    is_marked,
    lost_or_doubled,
    numbers_on,
    places,
    states_in,
    wait_until,
)
from warehouse_app.station.printers import PrinterDescription

ROW = "printer killed at random during 200 batches"
LABELS = 24


@pytest.fixture(scope="module")
def forks() -> Iterator[Forks]:
    with Forks() as loaded:
        yield loaded


def test_printer_killed_at_random_during_batches_loses_no_label(tmp_path: Path) -> None:
    print_batches(tmp_path, 20, random.Random(7))


@pytest.mark.soak
def test_printer_killed_at_random_during_many_batches(
    tmp_path: Path, soak_figure: SoakFigure, soak_size: SoakSize
) -> None:
    batches = soak_size(200)

    printer = print_batches(tmp_path, batches, random.Random(1_000))

    marked = sum(map(is_marked, printer.papers))
    harms, killed = sum(printer.harms.values()), printer.harms["killed"]
    did = f"{batches} batches of {LABELS} labels, {harms} times in trouble, {killed} times killed"
    soak_figure(ROW, did, f"0 lost, 0 doubled without a word; {marked} say that they may be printed twice")


def print_batches(folder: Path, batches: int, rng: random.Random) -> FlakyPrinter:
    """Print batches while the printer is harmed some times during each; then look at the paper and the file."""
    printer = FlakyPrinter(rng)
    asked: list[int] = []
    with PrintHouse(folder, printer.description()) as house:
        house.queue.start()
        for batch in range(batches):
            first = batch * LABELS + 1
            asked.extend(range(first, first + LABELS))
            key = house.queue.ask("location", places(first, LABELS), "zebra", title=f"batch {batch}")
            trouble(printer, house, rng)
            wait_until(partial(is_printed, house, key), meanwhile=house.queue.wake)
        states = house.states()
    printer.kill()

    assert lost_or_doubled(asked, printer.papers) == (set(), set())
    firsts = list(dict.fromkeys(numbers_on(printer.papers)))
    assert firsts == asked, "a label came out of its turn"
    assert states == {"done": len(asked) + batches}
    return printer


def trouble(printer: FlakyPrinter, house: PrintHouse, rng: random.Random) -> None:
    """Some harm at random moments, each mended after another while."""
    for _ in range(rng.randrange(1, 4)):
        out = len(printer.papers) + rng.randrange(LABELS // 2)
        wait_until(partial(has_come_to, printer, house, out))
        printer.harm()
        if rng.random() < 0.5:
            wait_until(lambda: bool(house.queue.problems) or not house.queue.targets(), meanwhile=house.queue.wake)
        printer.heal()


def is_printed(house: PrintHouse, batch: str) -> bool:
    return house.queue.jobs.count_open(batch) == 0


def has_come_to(printer: FlakyPrinter, house: PrintHouse, papers: int) -> bool:
    """Whether so much has come out, or nothing more will."""
    return printer.has_printed(papers) or not house.queue.targets()


@contextmanager
def printing(forks: Forks, home: Path) -> Iterator[Fork]:
    """`prints run` in a process of its own."""
    process = forks.start("prints", "run", "--home", str(home))
    with process.stdin, process.stdout, process.stderr:
        yield process


def test_killed_station_goes_on_at_the_exact_label(forks: Forks, tmp_path: Path) -> None:
    rng, printer, home = random.Random(3), FlakyPrinter(random.Random(4)), tmp_path / "home"
    with PrintHouse(home, printer.description()) as house:
        house.queue.ask("location", places(1, 200), "zebra")

    for _ in range(4):
        out = len(printer.papers) + rng.randrange(40)
        with printing(forks, home) as process:
            wait_until(partial(printer.has_printed, out))
            process.kill()
            process.wait()
    with printing(forks, home) as last:
        assert last.wait() == 0

    papers = printer.papers
    assert lost_or_doubled(range(1, 201), papers) == (set(), set())
    assert list(dict.fromkeys(numbers_on(papers))) == list(range(1, 201))
    assert sum(map(is_marked, papers)) <= 4 * 8
    assert states_in(home / "station.db") == {"done": 200}


def test_ctrl_c_leaves_nothing_in_doubt(forks: Forks, tmp_path: Path) -> None:
    printer, home = FlakyPrinter(random.Random(5)), tmp_path / "home"
    with PrintHouse(home, printer.description()) as house:
        house.queue.ask("location", places(1, 400), "zebra")

    with printing(forks, home) as first:
        wait_until(lambda: len(printer.papers) >= 20)
        os.kill(first.pid, signal.SIGINT)
        assert first.wait() == 130
    stopped_at = len(printer.papers)
    with printing(forks, home) as again:
        assert again.wait() == 0

    assert 20 <= stopped_at < 400
    assert numbers_on(printer.papers) == list(range(1, 401))
    assert not any(map(is_marked, printer.papers))


@pytest.mark.on("sqlite")
def test_every_carton_of_a_killed_packer_has_its_label(make_url: MakeUrl, forks: Forks, tmp_path: Path) -> None:
    rng, printer = random.Random(6), FlakyPrinter(random.Random(7))
    premises = Premises(make_url("picked"), tmp_path / "home")
    with PrintHouse(premises.home, PrinterDescription("zebra", f"tcp://{printer.device.address}")):
        pass

    for _ in range(2):
        out = len(printer.papers) + rng.randrange(1, 4)
        with StationProcess(premises, "pack", forks=forks) as station:
            answer = station.said()
            while answer["expected"] and not printer.has_printed(out):
                answer = station.scan(answer["expected"][0]["scan_text"])
        printer.heal()
    with StationProcess(premises, "pack", forks=forks) as station:
        answer = station.said()
        for _ in range(12):
            if answer["expected"]:
                answer = station.scan(answer["expected"][0]["scan_text"])
        assert station.end() == 0

    with closing(pysqlite3.connect(str(premises.home / "station.db"))) as journal:
        rows = journal.execute(
            "SELECT kind, payload FROM journal WHERE kind IN ('carton_closed', 'printed')"
        ).fetchall()
    facts = [(kind, json.loads(payload)) for kind, payload in rows]
    closed = {fact["carton"] for kind, fact in facts if kind == "carton_closed"}
    told = {fact["carton"] for kind, fact in facts if kind == "printed" and fact["document"] == "label"}
    plain = [carton for carton in cartons_on(printer.papers, marked=False) if carton in closed]
    assert len(closed) >= 2
    assert told == closed == set(cartons_on(printer.papers))
    assert len(plain) == len(set(plain))


def cartons_on(papers: list[bytes], *, marked: bool = True) -> list[str]:
    """The numbers of the cartons on shipping labels, with those of which another copy may be there or without."""
    found = (re.search(rb">;>800(\d{18})", paper) for paper in papers if marked or not is_marked(paper))
    return [match[1].decode() for match in found if match]
