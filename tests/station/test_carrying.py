"""A station's facts carried by file: each arrives once and in its place, whatever became of the station's computer."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import select

from tests.processes import Premises
from tests.station.benches import NOON, Station, journal, put_aways
from tests.warehouse import TinyWarehouse
from warehouse_app.books.bookkeeping import book_everything
from warehouse_app.station.carrying import (
    Contradicted,
    JournalOfOtherDatabase,
    NoSupervisor,
    Order,
    OtherSeal,
    export_journal,
    import_journal,
)
from warehouse_app.station.journal_file import FileOfNewerRelease, FileRefused
from warehouse_app.station.salvage import NoStation, NothingReadable, read_station
from warehouse_app.store import tables
from warehouse_app.store.database import Database

FACTS = 60


def posted(database: Database) -> list[tuple[object, ...]]:
    fact = tables.fact
    columns = (fact.c.station, fact.c.incarnation, fact.c.sequence, fact.c.fact_id)
    rows = database.read(lambda tx: tx.rows(select(*columns).order_by(*columns)))
    return [tuple(row[column.name] for column in columns) for row in rows]


def journalled(station: Station) -> list[tuple[object, ...]]:
    rows = station.file.connection.execute("SELECT sequence, fact_id FROM journal ORDER BY 1").fetchall()
    return [(station.file.station, station.file.incarnation, *row) for row in rows]


def applied(database: Database) -> int:
    """Up to which fact the books have the station's."""
    return int(database.read(lambda tx: tx.value(select(tables.station_cursor.c.applied_sequence))))


def test_carried_facts_apply_once_in_the_place_where_the_station_had_them(
    house: TinyWarehouse, station: Station, tmp_path: Path
) -> None:
    journal(station, 3)
    station.link.settle()
    journal(station, 4)

    exported = export_journal(station.folder, tmp_path / "j")
    imported = import_journal(house.database, tmp_path / "j", Order())
    again = import_journal(house.database, tmp_path / "j", Order(seal=exported.seal))
    book_everything(house.database)

    assert (exported.facts, exported.first, exported.last, exported.after) == (4, 4, 7, 3)
    assert (imported.imported, imported.already, imported.missing) == (4, 0, ())
    assert (again.imported, again.already) == (0, 4)
    assert posted(house.database) == journalled(station)
    assert put_aways(house.database) == 7
    assert house.differences() == ()


def test_facts_that_the_station_posted_meanwhile_are_not_doubled(
    house: TinyWarehouse, station: Station, tmp_path: Path
) -> None:
    journal(station, 4)
    export_journal(station.folder, tmp_path / "j")
    journal(station, 2)
    station.link.post()

    imported = import_journal(house.database, tmp_path / "j", Order())
    journal(station, 1)
    station.link.settle()

    assert (imported.imported, imported.already) == (0, 4)
    assert posted(house.database) == journalled(station)
    assert put_aways(house.database) == 7


def test_station_that_comes_back_posts_on_after_its_facts_were_carried(
    house: TinyWarehouse, station: Station, tmp_path: Path
) -> None:
    journal(station, 4)
    export_journal(station.folder, tmp_path / "j")
    import_journal(house.database, tmp_path / "j", Order())

    journal(station, 2)
    station.link.settle()

    assert posted(house.database) == journalled(station)
    assert station.link.cloned is None
    assert put_aways(house.database) == 6


def altered_number(line: bytes) -> bytes:
    return line.replace(b'quantity\\":1', b'quantity\\":7')


def altered_worker(line: bytes) -> bytes:
    return line.replace(b"W-03", b"W-04")


CHANGES: dict[str, tuple[Callable[[list[bytes]], list[bytes]], str]] = {
    "quantity": (lambda lines: [*lines[:3], altered_number(lines[3]), *lines[4:]], "line 4: the scan with number 3"),
    "worker": (lambda lines: [*lines[:3], altered_worker(lines[3]), *lines[4:]], "line 4"),
    "line left out": (lambda lines: [*lines[:3], *lines[4:]], "line 4"),
    "lines changed round": (lambda lines: [*lines[:2], lines[3], lines[2], *lines[4:]], "line 3"),
    "station": (lambda lines: [lines[0].replace(b'"S1"', b'"S2"'), *lines[1:]], "line 1"),
    "without its end": (lambda lines: [*lines[:-2], b""], "cut off"),
    "something after the end": (lambda lines: [*lines[:-1], lines[2], b""], "after the end"),
    "cut within a line": (lambda lines: [*lines[:-2], lines[-2][:-9]], "cut off"),
    "rubbish": (lambda lines: [lines[0], b"\xff\x00", *lines[2:]], "line 2"),
    "no export at all": (lambda _: [b"order,sku", b"1,CUP", b""], "line 1"),
    "empty": (lambda _: [b""], "cut off"),
}


@pytest.mark.on("sqlite")
@pytest.mark.parametrize("name", list(CHANGES))
def test_file_that_was_damaged_or_altered_is_refused_with_the_place(
    name: str, house: TinyWarehouse, station: Station, tmp_path: Path
) -> None:
    change, told = CHANGES[name]
    journal(station, 5)
    export_journal(station.folder, tmp_path / "j")
    lines = (tmp_path / "j").read_bytes().split(b"\n")

    (tmp_path / "j").write_bytes(b"\n".join(change(lines)))

    with pytest.raises(FileRefused, match=told):
        import_journal(house.database, tmp_path / "j", Order())
    assert posted(house.database) == []


@pytest.mark.on("sqlite")
def test_file_of_a_newer_release_and_one_with_another_seal_are_refused(
    house: TinyWarehouse, station: Station, tmp_path: Path
) -> None:
    journal(station, 1)
    export_journal(station.folder, tmp_path / "j")
    newer = (tmp_path / "j").read_bytes().replace(b'"warehouse_app_journal":1', b'"warehouse_app_journal":2')
    (tmp_path / "newer").write_bytes(newer)

    with pytest.raises(FileOfNewerRelease):
        import_journal(house.database, tmp_path / "newer", Order())
    with pytest.raises(OtherSeal):
        import_journal(house.database, tmp_path / "j", Order(seal="0" * 64))
    assert posted(house.database) == []


def test_only_a_supervisor_brings_facts_and_is_recorded(house: TinyWarehouse, station: Station, tmp_path: Path) -> None:
    journal(station, 2)
    export_journal(station.folder, tmp_path / "j")

    def badges(tx):  # type: ignore[no-untyped-def] # noqa: ANN001, ANN202
        rows = [("W-90", "Ann", "90", "supervisor"), ("W-91", "Bob", "91", "worker")]
        names = ("worker", "name", "badge", "role")
        tx.put(tables.worker, [dict(zip(names, row, strict=True)) for row in rows])

    house.database.write(badges)

    with pytest.raises(NoSupervisor, match="Bob"):
        import_journal(house.database, tmp_path / "j", Order(by="BADGE:91"))
    import_journal(house.database, tmp_path / "j", Order(by="BADGE:90"))

    (kept,) = house.database.read(lambda tx: tx.rows(select(tables.journal_import)))
    assert (kept["imported_by"], kept["station"], kept["imported"]) == ("W-90", "S1", 2)


@pytest.mark.on("sqlite")
def test_file_of_another_database_and_one_of_a_copied_station_are_refused(
    house: TinyWarehouse, station: Station, make_database: Callable[[str], Database], tmp_path: Path
) -> None:
    journal(station, 2)
    station.file.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    (tmp_path / "copy").mkdir()
    shutil.copy(station.file.path, tmp_path / "copy" / "station.db")
    journal(station, 1)
    copied = Station(tmp_path / "copy", house.database)
    journal(copied, 1)
    copied.link.post()
    export_journal(station.folder, tmp_path / "j", whole=True)
    other = TinyWarehouse(make_database("migrated"))

    with pytest.raises(JournalOfOtherDatabase, match="S1"):
        import_journal(other.database, tmp_path / "j", Order())
    with pytest.raises(Contradicted, match="scan 3"):
        import_journal(house.database, tmp_path / "j", Order())
    assert len(posted(house.database)) == 3
    copied.close()


@pytest.mark.on("sqlite")
def test_copy_of_a_broken_computers_folder_is_read_with_its_log(station: Station, tmp_path: Path) -> None:
    journal(station, FACTS)
    folder = tmp_path / "broken"
    folder.mkdir()
    for name in ("station.db", "station.db-wal"):
        shutil.copy(station.folder / name, folder / name)

    found = read_station(folder)

    assert len(found.rows) == FACTS
    assert not found.damaged
    with pytest.raises(NoStation):
        read_station(tmp_path / "nothing")


def broken_folder(station: Station, folder: Path, pages: Callable[[int], list[int]]) -> Path:
    """A copy of the station's file with rubbish in some of its pages, by their number from 0 on."""
    station.file.connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    content = bytearray((station.folder / "station.db").read_bytes())
    for page in pages(len(content) // 4096):
        content[page * 4096 : (page + 1) * 4096] = b"\x55" * 4096
    folder.mkdir()
    (folder / "station.db").write_bytes(content)
    return folder


def page_of_fact(station: Station, sequence: int) -> int:
    """Where a fact's row lies."""
    (fact_id,) = station.file.connection.execute(
        "SELECT fact_id FROM journal WHERE sequence = ?", (sequence,)
    ).fetchone()
    content = (station.folder / "station.db").read_bytes()
    pages = (content[start : start + 4096] for start in range(0, len(content), 4096))
    return next(number for number, page in enumerate(pages) if page[0] == 13 and fact_id.encode() in page)


def test_what_a_damaged_file_still_has_is_carried_and_what_is_lost_is_told(
    house: TinyWarehouse, station: Station, tmp_path: Path
) -> None:
    journal(station, FACTS)
    folder = broken_folder(station, tmp_path / "broken", lambda _: [page_of_fact(station, 20)])

    exported = export_journal(folder, tmp_path / "j")
    imported = import_journal(house.database, tmp_path / "j", Order())
    book_everything(house.database)
    before = applied(house.database)
    accepted = import_journal(house.database, tmp_path / "j", Order(accept_lost=True))
    book_everything(house.database)

    ((first, last),) = exported.lost
    lost = last - first + 1
    assert first <= 20 <= last
    assert exported.damaged
    assert exported.facts == FACTS - lost
    assert imported.missing == ((first, last),)
    assert imported.waiting == FACTS - last
    assert before == first - 1
    assert accepted.declared_lost == lost
    assert applied(house.database) == FACTS
    found = house.database.read(lambda tx: tx.rows(select(tables.discrepancy.c.kind)))
    assert [row["kind"] for row in found].count("fact_lost") == lost


@pytest.mark.on("sqlite")
def test_facts_are_found_on_their_pages_when_the_file_cannot_be_opened(station: Station, tmp_path: Path) -> None:
    journal(station, FACTS)
    # The first page says what tables there are: without it the file is no database any more.
    folder = broken_folder(station, tmp_path / "broken", lambda _: [0])
    wiped = broken_folder(station, tmp_path / "wiped", lambda count: list(range(count)))

    found = read_station(folder)

    assert [row[0] for row in found.rows] == list(range(1, FACTS + 1))
    assert found.damaged
    assert (found.settings["station"], found.settings["incarnation"]) == ("S1", station.file.incarnation)
    with pytest.raises(NothingReadable):
        read_station(wiped)


@pytest.mark.on("sqlite")
def test_facts_in_a_damaged_log_are_found(station: Station, tmp_path: Path) -> None:
    journal(station, FACTS)
    folder = tmp_path / "broken"
    folder.mkdir()
    for name in ("station.db", "station.db-wal"):
        content = bytearray((station.folder / name).read_bytes())
        if name.endswith("-wal"):
            content[len(content) // 2] ^= 0xFF
        else:
            content[:100] = bytes(100)
        (folder / name).write_bytes(content)

    found = read_station(folder)

    assert [row[0] for row in found.rows][-1] == FACTS
    assert len(found.rows) >= FACTS - 1


@pytest.mark.on("sqlite")
def test_fact_of_a_newer_release_is_told_and_waits(house: TinyWarehouse, station: Station, tmp_path: Path) -> None:
    journal(station, 2)
    station.file.connection.execute(
        "INSERT INTO journal VALUES (3, ?, 'W-03', ?, '', 0, 'teleported', 9, '{}')", ("f" * 32, NOON.isoformat())
    )
    exported = export_journal(station.folder, tmp_path / "j")

    imported = import_journal(house.database, tmp_path / "j", Order())
    done = book_everything(house.database)

    assert exported.newer == imported.newer == ({"sequence": 3, "kind": "teleported", "version": 9},)
    assert (imported.imported, done.applied) == (3, 2)


@pytest.mark.on("sqlite")
def test_commands_carry_a_journal_and_tell_the_counts(
    house: TinyWarehouse, station: Station, engine: str, tmp_path: Path
) -> None:
    del engine
    journal(station, 3)
    premises, file = Premises(house.url, station.folder), str(tmp_path / "journal.jsonl")

    exported = premises.json("station", "journal", "export", file)
    imported = premises.json("station", "journal", "import", file)
    (tmp_path / "journal.jsonl").write_bytes(b"{}\n")
    refused = premises.run("station", "journal", "import", file, "--json")

    assert (exported["station"], exported["facts"], exported["lost"]) == ("S1", 3, [])
    assert (imported["imported"], imported["already"], imported["seal"]) == (3, 0, exported["seal"])
    assert applied(house.database) == 3
    assert (refused.returncode, refused.stdout) == (1, b"")
    assert refused.stderr.startswith(b"error: journal.jsonl is refused at line 1: ")
