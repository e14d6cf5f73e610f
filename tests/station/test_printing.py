"""The print queue: what goes where, what a person can do about it, and what is refused."""

import random
import socket
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pysqlite3
import pytest

from tests.despatch import DespatchHouse
from tests.station.benches import Station
from tests.station.print_house import FlakyPrinter, PrintHouse, is_marked, numbers_on, places, wait_until
from warehouse_app.documents.labels.layouts import built_in_folder
from warehouse_app.domain.errors import NotFound
from warehouse_app.domain.facts import CartonClosed, LabelPrinted
from warehouse_app.station.bench import ConnectedBench
from warehouse_app.station.file import StationFile
from warehouse_app.station.printers import PrinterBook, PrinterDescription, StockDoesNotFit
from warehouse_app.station.printing import PrintQueue
from warehouse_app.store.database import Database


@pytest.fixture
def printer() -> Iterator[FlakyPrinter]:
    device = FlakyPrinter(random.Random(1))
    yield device
    device.kill()


@pytest.fixture
def spare() -> Iterator[FlakyPrinter]:
    device = FlakyPrinter(random.Random(2))
    yield device
    device.kill()


def test_paper_that_ends_in_the_middle_is_told_and_nothing_is_printed_twice(
    printer: FlakyPrinter, tmp_path: Path
) -> None:
    printer.device.put_in_roll(5)
    with PrintHouse(tmp_path, printer.description()) as house:
        house.queue.start()
        house.queue.ask("location", places(1, 12), "zebra")
        wait_until(lambda: bool(house.queue.problems))
        told = house.queue.problems

        printer.device.put_in_roll(None)
        wait_until(lambda: house.states() == {"done": 12}, meanwhile=house.queue.wake)

    assert "put a roll in" in told["zebra"]
    assert numbers_on(printer.papers) == list(range(1, 13))
    assert not any(map(is_marked, printer.papers))
    assert house.queue.problems == {}


def test_dead_printer_delays_no_other(printer: FlakyPrinter, spare: FlakyPrinter, tmp_path: Path) -> None:
    printer.kill()
    with PrintHouse(tmp_path, printer.description(), spare.description("spare")) as house:
        house.queue.start()
        house.queue.ask("location", places(1, 3), "zebra")
        wait_until(lambda: bool(house.queue.problems))

        house.queue.ask("location", places(4, 3), "spare")
        wait_until(lambda: house.states() == {"waiting": 3, "done": 3}, within_s=5)

        assert numbers_on(spare.papers) == [4, 5, 6]


def test_person_sends_what_waits_to_the_neighbour(printer: FlakyPrinter, spare: FlakyPrinter, tmp_path: Path) -> None:
    printer.device.put_in_roll(2)
    with PrintHouse(tmp_path, spare.description("spare"), printer.description(neighbours=("spare",))) as house:
        house.queue.start()
        house.queue.ask("location", places(1, 12), "zebra")
        wait_until(lambda: house.states()["done"] == 2)

        assert house.queue.neighbour_of("zebra") == "spare"
        house.queue.reroute_all("zebra", "spare")
        wait_until(lambda: len(spare.papers) == 10)
        printer.heal()

    assert numbers_on(spare.papers) == list(range(3, 13))
    # Six lie in the memory of the first printer, and may come out there when somebody puts a roll in.
    assert [number for number, paper in zip(range(3, 13), spare.papers, strict=True) if is_marked(paper)] == [
        3, 4, 5, 6, 7, 8,
    ]  # fmt: skip


def test_one_command_helps_every_printer_out(printer: FlakyPrinter, spare: FlakyPrinter, tmp_path: Path) -> None:
    printer.kill()
    with PrintHouse(tmp_path, spare.description("spare"), printer.description(neighbours=("spare",))) as house:
        nothing = house.queue.help_out()
        house.queue.ask("location", places(1, 3), "zebra")
        house.queue.run_waiting()

        told = house.queue.help_out()
        house.queue.run_waiting()

    assert nothing.values == {}
    assert told.values == {"moved": 3, "tried": 0}
    assert numbers_on(spare.papers) == [1, 2, 3]


def test_neighbour_takes_over_by_itself_when_it_may(printer: FlakyPrinter, spare: FlakyPrinter, tmp_path: Path) -> None:
    printer.kill()
    hands_over = printer.description(neighbours=("spare",), hands_over=True)
    with PrintHouse(tmp_path, spare.description("spare"), hands_over) as house:
        house.queue.start()
        house.queue.ask("location", places(1, 12), "zebra")
        wait_until(lambda: house.states() == {"done": 12})

    assert numbers_on(spare.papers) == list(range(1, 13))
    assert not any(map(is_marked, spare.papers))


def test_batches_are_parted_by_slips_and_keep_their_order(printer: FlakyPrinter, tmp_path: Path) -> None:
    with PrintHouse(tmp_path, printer.description()) as house:
        house.queue.ask("location", places(1, 2), copies=2, title="first")
        house.queue.ask("location", places(3, 2), title="second")
        house.queue.run_waiting()

    assert numbers_on(printer.papers) == [1, 1, 2, 2, 3, 4]
    assert [place for place, paper in enumerate(printer.papers) if not numbers_on([paper])] == [0, 5]
    assert b"second" in printer.papers[5]


def test_labels_of_another_size_than_the_stock_are_refused_before_anything_waits(
    printer: FlakyPrinter, tmp_path: Path
) -> None:
    with PrintHouse(tmp_path, printer.description(width_mm=76.0, height_mm=130.0)) as house:
        with pytest.raises(StockDoesNotFit):
            house.queue.ask("location", places(1, 1), "zebra")
        with pytest.raises(NotFound):
            house.queue.ask("location", places(1, 1), "nobody")

        assert house.queue.jobs.open() == []


def test_label_that_says_something_else_is_not_printed_and_the_others_are(
    printer: FlakyPrinter, tmp_path: Path
) -> None:
    layout = (built_in_folder() / "location-100x50.toml").read_text(encoding="utf-8")
    (tmp_path / "layouts").mkdir()
    (tmp_path / "layouts" / "swapped.toml").write_text(layout.replace('"{code}"', '"LOC:PLACE-000002"', 1))
    with PrintHouse(tmp_path, printer.description()) as house:
        house.queue.ask("location", places(1, 3), layout="swapped")
        house.queue.run_waiting()
        refused = house.queue.jobs.refused()
        (tmp_path / "layouts" / "swapped.toml").write_text(layout)
        house.queue.retry(refused)
        house.queue.run_waiting()

    assert numbers_on(printer.papers) == [2, 1, 3]
    assert len(refused) == 2
    assert "LOC:PLACE-000001" in refused[0].error
    assert "NOT PRINTED" in refused[0].error


def test_cancelled_labels_do_not_come_out(printer: FlakyPrinter, tmp_path: Path) -> None:
    with PrintHouse(tmp_path, printer.description()) as house:
        house.queue.ask("location", places(1, 5))
        house.queue.cancel(house.queue.jobs.waiting()[1:4])
        house.queue.run_waiting()

    assert numbers_on(printer.papers) == [1, 5]


def test_printer_that_is_no_more_leaves_its_documents_to_the_next(
    printer: FlakyPrinter, spare: FlakyPrinter, tmp_path: Path
) -> None:
    with PrintHouse(tmp_path, printer.description(), spare.description("spare")) as house:
        house.queue.ask("location", places(1, 2), "zebra")
        house.queue.book.remove("zebra")
        house.queue.run_waiting()

    assert numbers_on(spare.papers) == [1, 2]


def test_what_does_not_fit_a_printer_is_not_sent_to_it_either(
    printer: FlakyPrinter, spare: FlakyPrinter, tmp_path: Path
) -> None:
    small = spare.description("waybills", width_mm=76.0, height_mm=130.0)
    with PrintHouse(tmp_path, printer.description(), small) as house:
        house.queue.ask("location", places(1, 2), "zebra")

        with pytest.raises(StockDoesNotFit, match="76 × 130"):
            house.queue.reroute_all("zebra", "waybills")

        assert {job.printer for job in house.queue.jobs.waiting()} == {"zebra"}


def test_job_that_cannot_be_read_keeps_no_other_from_being_printed(printer: FlakyPrinter, tmp_path: Path) -> None:
    with PrintHouse(tmp_path, printer.description()) as house:
        house.queue.ask("location", places(1, 2))
        house.file.connection.execute("UPDATE print_job SET content = '{' WHERE rowid = 1")
        house.queue.run_waiting()

        assert "cannot be read" in house.queue.jobs.refused()[0].error

    assert numbers_on(printer.papers) == [2]


def test_printer_that_takes_nothing_any_more_does_not_keep_the_program_from_ending(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = f"tcp://127.0.0.1:{listener.getsockname()[1]}"
        silent = PrinterDescription("silent", address, width_mm=100, height_mm=50, prints=("location",))
        house = PrintHouse(tmp_path, silent)
        house.queue.start()
        house.queue.ask("location", places(1, 2))
        connection, _ = listener.accept()
        began = time.monotonic()
        house.close()
        connection.close()

    assert time.monotonic() - began < 5


def test_jobs_of_an_earlier_release_are_printed(tmp_path: Path) -> None:
    with closing(pysqlite3.connect(str(tmp_path / "station.db"))) as old, old:
        old.execute(
            "CREATE TABLE print_job (job_id TEXT PRIMARY KEY, document TEXT NOT NULL, work TEXT NOT NULL,"
            " order_no TEXT NOT NULL, carton TEXT NOT NULL, reprint INTEGER NOT NULL, content TEXT NOT NULL,"
            " state TEXT NOT NULL, error TEXT NOT NULL DEFAULT '', asked_at TEXT NOT NULL) STRICT"
        )
        old.execute("INSERT INTO print_job VALUES ('1', 'label', 'w', 'o', 'c', 0, '{}', 'waiting', '', 'then')")

    for _ in range(2):
        with PrintHouse(tmp_path) as house:
            [job] = house.queue.jobs.waiting()

            assert (job.job_id, job.doubts, job.printer) == ("1", 0, "")


@pytest.fixture
def packed(database: Database, tmp_path: Path) -> Iterator[ConnectedBench]:
    """A bench whose order is packed to its last unit."""
    house = DespatchHouse(database)
    station = Station(tmp_path / "s1", house.database)
    house.pick(house.picking("1", quantity=2))
    bench = station.bench("pack")
    for scan_text in ("ORD:1", "CUP", "CUP"):
        bench.scan(scan_text)
    yield bench
    station.close()


def facts_of(bench: ConnectedBench, kind: type) -> list[object]:
    return [one.fact for one in bench.bench.journal.facts_of(["pack:1"]) if isinstance(one.fact, kind)]


@pytest.mark.on("sqlite")
def test_carton_label_takes_the_layout_of_the_stock_and_is_a_fact_once_confirmed(
    packed: ConnectedBench, printer: FlakyPrinter, tmp_path: Path
) -> None:
    file = packed.bench.file
    PrinterBook(file).add(printer.description(width_mm=76.0, height_mm=130.0, prints=("label",)))
    queue = PrintQueue(packed.bench, tmp_path / "labels")
    printer.device.set(paused=True)

    packed.scan("CMD:CLOSE")
    queue.run_waiting()
    before = facts_of(packed, LabelPrinted)
    printer.device.set()
    queue.run_waiting()

    [closed] = facts_of(packed, CartonClosed)
    assert isinstance(closed, CartonClosed)
    [printed] = facts_of(packed, LabelPrinted)[:1]
    [label] = printer.papers
    assert before == [LabelPrinted("1", closed.carton, "packing_slip", reprint=False)]
    assert printed in (before[0], LabelPrinted("1", closed.carton, "label", reprint=False))
    assert f">800{closed.carton}".encode() in label
    assert b"^PW608^LL1040" in label


@pytest.mark.on("sqlite")
def test_four_by_six_label_is_refused_by_a_printer_with_small_labels_and_packing_goes_on(
    packed: ConnectedBench, printer: FlakyPrinter, tmp_path: Path
) -> None:
    PrinterBook(packed.bench.file).add(printer.description(prints=("label",)))
    queue = PrintQueue(packed.bench, tmp_path / "labels")
    queue.start()

    answer = packed.scan("CMD:CLOSE")
    queue.wake()
    wait_until(lambda: bool(queue.jobs.refused()))
    queue.stop()

    assert answer.durable
    assert "101.6 × 152.4" in queue.jobs.refused()[0].error
    assert printer.papers == []


@pytest.mark.on("sqlite")
def test_reprint_says_so_on_the_paper(packed: ConnectedBench, printer: FlakyPrinter, tmp_path: Path) -> None:
    PrinterBook(packed.bench.file).add(
        PrinterDescription("zebra", f"tcp://{printer.device.address}", prints=("label",))
    )
    queue = PrintQueue(packed.bench, tmp_path / "labels")

    packed.scan("CMD:CLOSE")
    packed.scan("CMD:REPRINT")
    queue.run_waiting()

    first, second = printer.papers
    assert b"Reprint" not in first
    assert b"Reprint" in second


def test_description_that_changed_is_used_at_once(printer: FlakyPrinter, spare: FlakyPrinter, tmp_path: Path) -> None:
    with PrintHouse(tmp_path, printer.description()) as house:
        house.queue.book.change(replace(house.queue.book.get("zebra"), address=f"tcp://{spare.device.address}"))
        house.queue.ask("location", places(1, 1))
        house.queue.run_waiting()

    assert (len(printer.papers), len(spare.papers)) == (0, 1)


def test_open_file_is_not_printed_from_twice(tmp_path: Path) -> None:
    with closing(StationFile(tmp_path)), pytest.raises(Exception, match="in use"):
        StationFile(tmp_path)
