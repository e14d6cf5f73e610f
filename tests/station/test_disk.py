"""A disk that is full, read-only or broken: nothing that was not written counts, everybody is told, and it goes on."""

import os
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import apsw
import pytest

from tests.despatch import DespatchHouse
from tests.faulty_disk import FaultyDisk
from tests.processes import Premises, StationProcess
from tests.station.benches import NOON, Station, fact_count, put_away
from warehouse_app.domain.session import FeedbackKind
from warehouse_app.station.bench import ConnectedBench
from warehouse_app.station.disk import MB, RESERVE_MB, DiskFailed, DiskFull, DiskReadOnly, NotWritten, Space
from warehouse_app.station.file import StationFile
from warehouse_app.station.journal import Journal
from warehouse_app.store.database import Database

TROUBLES: tuple[tuple[Callable[[], Exception], type[NotWritten]], ...] = (
    (lambda: apsw.FullError("database or disk is full"), DiskFull),
    (lambda: apsw.ReadOnlyError("attempt to write a readonly database"), DiskReadOnly),
    (lambda: apsw.IOError("disk I/O error"), DiskFailed),
)
SMALL_DISK_MB = 24


@pytest.fixture
def house(database: Database) -> DespatchHouse:
    return DespatchHouse(database)


@pytest.fixture
def disk() -> FaultyDisk:
    return FaultyDisk()


@pytest.fixture
def station(house: DespatchHouse, disk: FaultyDisk, tmp_path: Path) -> Iterator[Station]:
    station = Station(tmp_path / "s1", house.database, opens=disk.connect)
    yield station
    disk.refuses = None
    station.close()


@pytest.fixture
def packing(house: DespatchHouse, station: Station) -> ConnectedBench:
    house.pick(house.picking("1", quantity=6))
    bench = station.bench("pack")
    for scan_text in ("ORD:1", "CUP"):
        bench.scan(scan_text)
    return bench


@pytest.mark.on("sqlite")
@pytest.mark.parametrize(("refuse", "told"), TROUBLES)
def test_scan_that_the_disk_refuses_counts_nothing_and_stops_the_station(
    refuse: Callable[[], Exception], told: type[NotWritten], packing: ConnectedBench, disk: FaultyDisk
) -> None:
    file, journal = packing.bench.file, packing.bench.journal
    before = (journal.last_sequence, packing.bench.expected(), packing.bench.session.prompt())

    disk.refuses = refuse
    refused, again = packing.scan("CUP"), packing.scan("CUP")
    badge = packing.scan("BADGE:W-03")

    assert isinstance(file.trouble, told)
    for answer in (refused, again, badge):
        assert (answer.feedback.kind, answer.feedback.tone) == (FeedbackKind.STOPPED, "stop")
        assert (answer.facts, answer.durable) == ((), False)
        assert "NOT COUNTED" in answer.feedback.message
    assert (journal.last_sequence, packing.bench.expected(), packing.bench.session.prompt()) == before
    assert not file.reserve.held


@pytest.mark.on("sqlite")
def test_station_goes_on_when_the_disk_takes_commits_again(
    packing: ConnectedBench, house: DespatchHouse, disk: FaultyDisk
) -> None:
    disk.refuses = TROUBLES[0][0]
    packing.scan("CUP")

    disk.refuses = None
    answer = packing.scan("CUP")
    for _ in range(4):
        packing.scan("CUP")
    packing.scan("CMD:CLOSE")
    packing.link.settle()

    assert (answer.feedback.kind, answer.durable) == (FeedbackKind.OK, True)
    assert packing.bench.file.reserve.held == RESERVE_MB * MB
    assert house.line("1")["packed"] == 6
    assert house.differences() == ()


@pytest.mark.on("sqlite")
def test_facts_are_posted_while_the_disk_is_full(
    packing: ConnectedBench, house: DespatchHouse, disk: FaultyDisk
) -> None:
    journalled = packing.bench.journal.last_sequence

    disk.refuses = TROUBLES[0][0]
    packing.scan("CUP")
    posted = packing.link.post()

    assert (posted.high_water, posted.waiting) == (journalled, 0)
    assert fact_count(house.database) >= journalled


def test_commit_whose_sync_failed_is_not_found_after_a_crash(disk: FaultyDisk, tmp_path: Path) -> None:
    file = StationFile(tmp_path / "s1", "S1", disk.connect)
    Journal(file).append([put_away(1)], "W-01", "", NOON)
    disk.refuses_syncs = 1

    with pytest.raises(DiskFailed):
        Journal(file).append([put_away(2)], "W-01", "", NOON)

    (tmp_path / "crashed").mkdir()
    for name in ("station.db", "station.db-wal"):
        (tmp_path / "crashed" / name).write_bytes((tmp_path / "s1" / name).read_bytes())
    crashed = StationFile(tmp_path / "crashed")
    assert Journal(crashed).last_sequence == 1
    crashed.close()
    file.close()


def test_reserve_takes_real_room_of_the_size_that_was_set(tmp_path: Path) -> None:
    file = StationFile(tmp_path, "S1")
    first = allocated(tmp_path)

    file.set_reserve(2)
    second = allocated(tmp_path)
    file.close()
    (tmp_path / "station.reserve").unlink()
    StationFile(tmp_path).close()

    assert first >= RESERVE_MB * MB
    assert 2 * MB <= second < 3 * MB
    assert allocated(tmp_path) == second


@pytest.mark.on("sqlite")
def test_command_sets_the_reserve_and_tells_the_room(engine: str, tmp_path: Path) -> None:
    del engine
    premises = Premises(tmp_path / "unused.db", tmp_path / "home")

    told = premises.json("station", "disk", "--reserve", "3")

    assert 3 * MB <= told["reserve"] < 4 * MB
    assert set(told) == {"folder", "used_percent", "free", "low", "reserve"}


def allocated(folder: Path) -> int:
    """Bytes of the disk that the reserve has."""
    return (folder / "station.reserve").stat().st_blocks * 512


def test_space_is_low_from_eighty_percent_on_or_when_little_is_left() -> None:
    plenty, little = 1_000_000 * MB, 1_000 * MB

    assert not Space(used=790_000 * MB, free=plenty - 790_000 * MB).is_low
    assert Space(used=800_000 * MB, free=plenty - 800_000 * MB).is_low
    assert Space(used=little - 200 * MB, free=200 * MB).is_low


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of few megabytes of its own, which only root can make."""
    folder = tmp_path / "small"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", f"size={SMALL_DISK_MB}m", "tmpfs", str(folder)]
    if os.name == "nt" or os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("only root mounts a disk of a few megabytes; the faulty file layer is tested above")
    yield folder
    subprocess.run(["umount", "--lazy", str(folder)], check=True)


@pytest.mark.on("sqlite")
def test_real_station_on_a_full_disk_stops_loudly_and_goes_on(
    engine: str, picked_file: Path, small_disk: Path, tmp_path: Path
) -> None:
    del engine
    shared = tmp_path / "shared.db"
    shared.write_bytes(picked_file.read_bytes())
    premises = Premises(shared, small_disk / "home")
    durable: list[str] = []
    with StationProcess(premises, "pack") as station:
        station.said()
        assert station.end() == 0
    with StationProcess(premises, "pack") as station:
        first = station.said()["expected"][0]["scan_text"]
        answer = station.scan(first)
        ballast = small_disk / "ballast"
        fill(ballast)
        # SQLite's log, which the last start left empty, has room until it must grow.
        for _ in range(200):
            answer = station.scan(answer["expected"][0]["scan_text"])
            durable += [fact["id"] for fact in answer["facts"]]
            if not answer["durable"] or not answer["expected"]:
                break
        refused = answer
        again = station.scan(answer["expected"][0]["scan_text"])
        fill(ballast, more=True)
        still = station.scan(answer["expected"][0]["scan_text"])
        ballast.unlink()
        resumed = station.scan(answer["expected"][0]["scan_text"])
        durable += [fact["id"] for fact in resumed["facts"]]
        station.kill()

    for told in (refused, again, still):
        assert (told["durable"], told["facts"], told["feedback"]["tone"]) == (False, [], "stop")
        assert "full" in told["feedback"]["text"]
    assert resumed["durable"] is True
    assert resumed["facts"]
    file = StationFile(premises.home)
    kept = {row[0] for row in file.connection.execute("SELECT fact_id FROM journal")}
    assert set(durable) <= kept
    assert file.reserve.held > MB
    file.close()


def fill(ballast: Path, *, more: bool = False) -> None:
    """Take what room there is, to the last byte."""
    with ballast.open("ab" if more else "wb", buffering=0) as file:
        size = MB
        while size:
            try:
                if file.write(bytes(size)) < size:
                    size //= 2
            except OSError:
                size //= 2
