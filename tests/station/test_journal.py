"""The station's journal: durable, replayable, owned by one process, and refusing nothing a scanner can send."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.despatch import DespatchHouse
from tests.processes import Premises
from tests.station.benches import NOON, Station, fact_count, put_away, table_counts
from warehouse_app.domain.facts import AmendmentTaken, UnitPacked
from warehouse_app.domain.packing import PackSession
from warehouse_app.domain.tasks import SESSIONS
from warehouse_app.station.bench import Bench
from warehouse_app.station.file import FolderUnusable, StationBusy, StationFile, connect
from warehouse_app.station.journal import FactTooLarge, Journal
from warehouse_app.station.posting import prune
from warehouse_app.station.replica import Replica
from warehouse_app.store.database import Database
from warehouse_app.store.ids import new_key

CONTROLS = [chr(code) for code in (*range(32), *range(127, 160))]
HOSTILE = [
    "\x00", "LOC:A01\x00", "LOC:\ud800", "ORD:\udcff", "TOTE:\udcff", "LIST:\udcff", "PO:\udcff", "BADGE:\udcff",
    "BOX:\udcff", "LOT:\udcff", "*\udcff", "TOTE:\x00", "\ud800", "]C100\udcff", "9" * 10_000, "TOTE:" + "x" * 10_000,
    "*" + "9" * 400, "*0", "*-3", "'; DROP TABLE fact; --", "LOC:' OR 1=1 --", "ORD:%", "BADGE:\x00", "CMD:",
    "CMD:\x1b[2J", "PO:", "\u202eLOC:A01", "{", '{"kind":"packed"}', "]d2\x1d\x1d\x1d", "(01)09521234543213",
    "\U0010ffff", " ", "", *CONTROLS, "".join(CONTROLS),
]  # fmt: skip


@pytest.fixture
def house(database: Database) -> DespatchHouse:
    return DespatchHouse(database)


@pytest.fixture
def station(house: DespatchHouse, tmp_path: Path) -> Iterator[Station]:
    station = Station(tmp_path / "s1", house.database)
    yield station
    station.close()


def test_what_append_gave_back_is_on_disk_for_every_other_reader(tmp_path: Path) -> None:
    file = StationFile(tmp_path, "S1")

    recorded = Journal(file).append([put_away(1), put_away(2)], "W-01", "putaway:A01", NOON)

    other = connect(tmp_path / "station.db")
    rows = other.execute("SELECT sequence, fact_id, work, happened_at FROM journal ORDER BY sequence").fetchall()
    assert [row[:3] for row in rows] == [(one.sequence, one.fact_id, "putaway:A01") for one in recorded]
    assert [row[0] for row in rows] == [1, 2]
    assert file.connection.execute("PRAGMA synchronous").fetchone() == (2,)
    other.close()
    file.close()


def test_sequence_goes_on_after_a_restart(tmp_path: Path) -> None:
    file = StationFile(tmp_path, "S1")
    first = Journal(file).append([put_away()], "W-01", "", NOON)
    file.close()

    again = StationFile(tmp_path, "another name")
    second = Journal(again).append([put_away()], "W-01", "", NOON)

    assert [one.sequence for one in (*first, *second)] == [1, 2]
    assert {(one.station, one.incarnation) for one in (*first, *second)} == {("S1", file.incarnation)}
    again.close()


def test_folder_that_cannot_be_used_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder", encoding="utf-8")
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "station.db").write_text("no database at all, but long enough", encoding="utf-8")

    for home in ("file", "file/deeper", "broken"):
        with pytest.raises(FolderUnusable, match=home):
            StationFile(tmp_path / home)


def test_stations_on_one_computer_are_told_apart_by_their_names(tmp_path: Path) -> None:
    files = [StationFile(tmp_path / home) for home in ("a", "b")]

    names = {file.station for file in files}

    for file in files:
        file.close()
    assert len(names) == 2


def test_fact_that_is_too_large_is_refused_with_nothing_written(tmp_path: Path) -> None:
    file = StationFile(tmp_path, "S1")
    journal = Journal(file)

    with pytest.raises(FactTooLarge):
        journal.append([put_away(), AmendmentTaken("w", 1, "x" * 20_000)], "W-01", "w", NOON)
    after = journal.append([put_away()], "W-01", "w", NOON)

    assert [one.sequence for one in after] == [1]
    assert file.connection.execute("SELECT count(*) FROM journal").fetchone() == (1,)
    file.close()


REST = "worker, happened_at, work, epoch, kind, version, payload"
CHANGES = (
    "UPDATE journal SET payload = '{}'",
    "DELETE FROM journal WHERE sequence = 2",
    f"INSERT OR REPLACE INTO journal SELECT sequence, 'other', {REST} FROM journal WHERE sequence = 2",  # noqa: S608 - constant
    f"INSERT OR REPLACE INTO journal SELECT 9, fact_id, {REST} FROM journal WHERE sequence = 2",  # noqa: S608 - constant
)


@pytest.mark.parametrize("change", CHANGES)
def test_journal_refuses_to_be_changed(change: str, tmp_path: Path) -> None:
    file = StationFile(tmp_path, "S1")
    Journal(file).append([put_away(1), put_away(2)], "W-01", "", NOON)
    prune(file, 1, NOON + timedelta(days=31))
    rows = file.connection.execute("SELECT * FROM journal").fetchall()

    with pytest.raises(Exception, match=r"journal rows .*never"):
        file.connection.execute(change)

    assert file.connection.execute("SELECT * FROM journal").fetchall() == rows
    file.close()


def test_file_that_is_begun_again_leaves_a_whole_copy_of_the_old_one(tmp_path: Path) -> None:
    file = StationFile(tmp_path, "S1")
    file_of_old = file.incarnation
    Journal(file).append([put_away(1), put_away(2)], "W-01", "", NOON)
    rows = file.connection.execute("SELECT * FROM journal").fetchall()

    file.begin_again(rows[1:])

    old = connect(tmp_path / "station-1.db")
    assert old.execute("SELECT * FROM journal").fetchall() == rows
    assert old.execute("SELECT value FROM setting WHERE key = 'incarnation'").fetchone() == (file_of_old,)
    assert file.connection.execute("SELECT * FROM journal").fetchall() == [(1, *rows[1][1:])]
    assert file.setting("incarnation") == file.incarnation != file_of_old
    assert file.setting("station") == "S1"
    old.close()
    file.close()


def test_second_process_is_told_who_has_the_file(tmp_path: Path, sample_premises: Premises) -> None:
    file = StationFile(tmp_path / "h", "S1")

    with pytest.raises(StationBusy, match=r"process \d+ on "):
        StationFile(tmp_path / "h", "S1")
    told = Premises(sample_premises.database, tmp_path / "h").run("station", "scan", "--task", "pack", "--json")

    assert told.returncode == 1
    assert told.stdout == b""
    assert told.stderr.startswith(b"error: This station's file is in use by process ")
    assert told.stderr.count(b"\n") == 1
    file.close()


def test_replayed_session_stands_where_the_live_one_stood(house: DespatchHouse, station: Station) -> None:
    house.pick(house.picking("1", quantity=6))
    bench = station.bench("pack")
    bench.scan("ORD:1")
    for scan_text in ("CUP", "CUP", "CMD:UNDO", "CUP", "CMD:PROBLEM-DAMAGED", "CUP"):
        bench.scan(scan_text)
    live = bench.bench.session

    replayed = station.bench("pack").bench.session

    assert replayed.current == live.current == "pack:1"
    assert replayed.expected() == live.expected()
    assert replayed.last_quantity == live.last_quantity
    assert replayed.prompt() == live.prompt()
    assert isinstance(live, PackSession)
    assert isinstance(replayed, PackSession)
    assert live.state is not None
    assert replayed.state is not None
    assert (replayed.state.lines, replayed.state.cartons) == (live.state.lines, live.state.cartons)


@pytest.fixture
def order_in_hand(house: DespatchHouse, station: Station) -> Path:
    """The file of a station that has just begun to pack an order."""
    house.pick(house.picking("1", quantity=6))
    station.bench("pack").scan("ORD:1")
    station.file.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    return station.file.path


SCANS = st.lists(
    st.sampled_from(
        ("CUP", "CUP", "CUP", "POT", "*2", "*3", "CMD:UNDO", "CMD:CLOSE", "CMD:REOPEN", "CMD:NEXT-BOX",
         "CMD:PROBLEM-DAMAGED", "CMD:PROBLEM-MISSING", "@weight", "ORD:1", "9521234543213", "")
    ),
    max_size=20,
)  # fmt: skip


@pytest.mark.on("sqlite")
@given(scans=SCANS)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_was_scanned_the_journal_gives_the_same_session_again(scans: list[str], order_in_hand: Path) -> None:
    folder = order_in_hand.parent / new_key()
    folder.mkdir()
    shutil.copy(order_in_hand, folder / "station.db")
    file = StationFile(folder)
    live = bench_on(file)
    assert live.session.current == "pack:1"

    for scan_text in scans:
        answer = live.weigh(420) if scan_text == "@weight" else live.scan(scan_text)
        again = bench_on(file)

        assert again.session.prompt() == live.session.prompt(), answer
        assert (again.session.current, again.expected()) == (live.session.current, live.expected())
        assert again.session.last_quantity == live.session.last_quantity
        assert {work: vars(state) for work, state in again.session.states.items()} == {
            work: vars(state) for work, state in live.session.states.items()
        }
    file.close()


def bench_on(file: StationFile) -> Bench:
    """A bench that knows nothing but this file."""
    bench = Bench(file, "pack", lambda: datetime.now(UTC), replica=Replica(file))
    bench.sign_on("W-03")
    return bench


def test_undone_units_are_packed_once_in_the_books(house: DespatchHouse, station: Station) -> None:
    house.pick(house.picking("1", quantity=2))
    bench = station.bench("pack")
    for scan_text in ("ORD:1", "CUP", "CMD:UNDO", "CUP", "CUP", "CMD:CLOSE"):
        bench.scan(scan_text)

    station.link.settle()

    packed = [one for one in bench.bench.journal.facts_under("pack:1", 1) if isinstance(one.fact, UnitPacked)]
    assert len(packed) == 3
    assert house.line("1")["packed"] == 2
    assert house.order("1")["state"] == "packed"
    assert house.differences() == ()


@pytest.mark.parametrize("task", list(SESSIONS))
def test_nothing_a_scanner_can_send_breaks_a_session(task: str, house: DespatchHouse, station: Station) -> None:
    house.pick(house.picking("1"))
    if task == "pick":
        house.release("2", "POT", 1)
    before = table_counts(house.database)
    bench = station.bench(task)
    for _ in range(2):
        for scan_text in HOSTILE:
            answer = bench.scan(scan_text)
            assert answer.feedback.kind.value not in ("ok", "last", "done"), (scan_text[:40], answer)
        # Once more with work in hand.
        if expected := bench.bench.expected():
            bench.scan(expected[0].scan_text)
    station.link.settle()

    after = table_counts(house.database)

    changed = {name for name, count in after.items() if count < before[name]}
    assert changed == set()
    assert after["fact"] - before["fact"] < 10
    assert after["parked_fact"] == 0
    assert fact_count(house.database) == after["fact"]
    assert house.differences() == ()
