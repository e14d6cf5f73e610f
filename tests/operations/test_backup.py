"""Backups are written while the database is in use, and only whole ones of this program are restored."""

import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pysqlite3
import pytest
from sqlalchemy import func, select

from tests.station.benches import NOON, Station, fact_count, put_away
from tests.warehouse import TinyWarehouse
from warehouse_app.books.bookkeeping import book_everything
from warehouse_app.books.sealing import seal_now
from warehouse_app.operations.backup import LiveWarehouse, back_up, restore
from warehouse_app.station.journal import Journal
from warehouse_app.store import sqlite_file, tables
from warehouse_app.store.database import Database
from warehouse_app.store.engine import open_database
from warehouse_app.store.sqlite_file import SEAL_BYTES, BackupFailed, BadBackup, DatabaseInUse

pytestmark = pytest.mark.on("sqlite")  # A server is backed up by its own tools.

DAMAGES: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "nothing in it": (lambda whole: whole[:0], "not an SQLite database"),
    "another kind of file": (lambda whole: b"PK\x03\x04" + whole[4:], "not an SQLite database"),
    "last byte cut off": (lambda whole: whole[:-1], "bytes and should have"),
    "half of it": (lambda whole: whole[: len(whole) // 2], "bytes and should have"),
    "a byte more": (lambda whole: whole + b"\n", "bytes and should have"),
    "a bit turned": (lambda whole: whole[:9_000] + bytes([whole[9_000] ^ 1]) + whole[9_001:], "contents changed"),
    "another checksum": (lambda whole: whole[:-1] + b"x", "contents changed"),
    "plain copy with a page of zeros": (
        lambda whole: whole[:20_480] + bytes(4_096) + whole[24_576:-SEAL_BYTES],
        "damaged",
    ),
}


@pytest.fixture
def house(database: Database) -> TinyWarehouse:
    return TinyWarehouse(database)


@pytest.fixture
def backup(house: TinyWarehouse, tmp_path: Path) -> Path:
    back_up(house.database, tmp_path / "monday.backup")
    return tmp_path / "monday.backup"


@pytest.fixture(scope="module")
def whole(migrated_file: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A backup that nothing is wrong with."""
    folder = tmp_path_factory.mktemp("whole")
    (folder / "warehouse.db").write_bytes(migrated_file.read_bytes())
    database = Database(open_database(str(folder / "warehouse.db")))
    TinyWarehouse(database)
    back_up(database, folder / "a.backup")
    database.close()
    return (folder / "a.backup").read_bytes()


@pytest.fixture
def empty_place(tmp_path: Path) -> Iterator[Database]:
    """A database file that is not there yet."""
    database = Database(open_database(str(tmp_path / "elsewhere" / "warehouse.db")))
    yield database
    database.close()


def feed_no(database: Database) -> int:
    return int(database.read(lambda tx: tx.value(select(tables.warehouse.c.feed_no))))


def test_backup_is_restored_elsewhere_with_the_same_proof(
    house: TinyWarehouse, empty_place: Database, tmp_path: Path
) -> None:
    head = seal_now(house.database)
    written = back_up(house.database, tmp_path / "a.backup")

    restored = restore(empty_place, tmp_path / "a.backup")

    assert (written.head, written.bytes) == (head, (tmp_path / "a.backup").stat().st_size)
    assert (restored.moves, restored.head, restored.differences, restored.kept) == (5, head, 0, "")
    assert house.on_hand() == empty_place.read(
        lambda tx: {
            (row["location"], row["sku"]): row["on_hand"]
            for row in tx.rows(select(tables.balance).where(tables.balance.c.on_hand != 0))
        }
    )
    assert not list(tmp_path.glob("elsewhere/*restoring*"))


def test_backup_while_others_write_is_one_moment(house: TinyWarehouse, empty_place: Database, tmp_path: Path) -> None:
    stop = threading.Event()

    def write() -> None:
        while not stop.is_set():
            house.database.write(lambda tx: tx.announce("product", ["CUP"]))

    writer = threading.Thread(target=write)
    writer.start()
    try:
        for number in range(3):
            back_up(house.database, tmp_path / f"{number}.backup")
    finally:
        stop.set()
        writer.join()

    restore(empty_place, tmp_path / "2.backup")
    entries = empty_place.read(lambda tx: tx.value(select(func.count()).select_from(tables.feed)))
    assert entries == feed_no(empty_place) <= feed_no(house.database)


def test_earlier_backup_is_replaced_and_any_other_file_is_not(
    house: TinyWarehouse, backup: Path, tmp_path: Path
) -> None:
    (tmp_path / "letter.txt").write_text("Dear all")

    back_up(house.database, backup)
    for name in ("letter.txt", "warehouse.db"):
        with pytest.raises(BackupFailed, match="is there already"):
            back_up(house.database, tmp_path / name)

    assert (tmp_path / "letter.txt").read_text() == "Dear all"
    assert not list(tmp_path.glob("*.partial"))


@pytest.mark.parametrize("name", DAMAGES)
def test_damaged_backup_is_refused_and_nothing_is_touched(
    empty_place: Database, whole: bytes, tmp_path: Path, name: str
) -> None:
    damage, reason = DAMAGES[name]
    backup = tmp_path / "damaged.backup"
    backup.write_bytes(damage(whole))

    with pytest.raises(BadBackup, match=reason):
        restore(empty_place, backup)

    assert not list(Path(str(empty_place.engine.url.database)).parent.iterdir())


@pytest.mark.parametrize(
    ("statements", "reason"),
    [
        (("DROP TABLE alembic_version",), "another program"),
        (("UPDATE alembic_version SET version_num = '2099_01_01_flying'",), "newer release.*2099_01_01_flying"),
        (("DROP TABLE wave",), "table wave is missing"),
        (("DELETE FROM warehouse",), "no warehouse"),
    ],
)
def test_foreign_file_is_refused(
    empty_place: Database, whole: bytes, tmp_path: Path, statements: tuple[str, ...], reason: str
) -> None:
    foreign = tmp_path / "foreign.db"
    foreign.write_bytes(whole[:-SEAL_BYTES])
    with closing(pysqlite3.connect(str(foreign))) as connection:
        for statement in statements:
            connection.execute(statement)
        connection.commit()

    with pytest.raises(BadBackup, match=reason):
        restore(empty_place, foreign)


def test_live_warehouse_is_replaced_by_force_only_and_kept_beside(house: TinyWarehouse, backup: Path) -> None:
    house.happen("09:00", "W-03", [put_away()])
    later = house.on_hand()

    with pytest.raises(LiveWarehouse):
        restore(house.database, backup)
    refused = house.on_hand()
    restored = restore(house.database, backup, force=True)

    assert refused == later != house.on_hand()
    kept = Database(open_database(restored.kept))
    assert fact_count(kept) == 1
    assert Path(restored.kept).name.startswith("warehouse-replaced-20260302T08")
    kept.close()


def test_damaged_live_file_is_replaced_by_force_and_kept(house: TinyWarehouse, backup: Path, tmp_path: Path) -> None:
    house.database.close()
    (tmp_path / "warehouse.db").write_bytes(b"\x00" * 8_192)

    with pytest.raises(LiveWarehouse):
        restore(house.database, backup)
    restored = restore(house.database, backup, force=True)

    assert house.differences() == ()
    assert Path(restored.kept).read_bytes() == b"\x00" * 8_192


def test_database_in_which_another_program_writes_is_not_replaced(
    house: TinyWarehouse, backup: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sqlite_file, "PATIENCE_S", 0.1)
    other = Database(open_database(str(house.database.engine.url.database)))
    with other.engine.connect() as connection:
        connection.exec_driver_sql("SELECT count(*) FROM fact")  # Whoever may write keeps the lock from the beginning.

        with pytest.raises(DatabaseInUse):
            restore(house.database, backup, force=True)

    other.close()
    assert house.differences() == ()


def test_database_that_others_have_open_is_overwritten_beneath_them(house: TinyWarehouse, backup: Path) -> None:
    other = Database(open_database(str(house.database.engine.url.database)))
    house.happen("09:00", "W-03", [put_away()])
    before = fact_count(other)

    restored = restore(house.database, backup, force=True)

    kept = Database(open_database(restored.kept))
    assert (before, fact_count(other), fact_count(kept)) == (1, 0, 1)
    assert house.differences() == ()
    for database in (kept, other):
        database.close()


def test_numbers_given_away_after_the_backup_are_not_given_again(house: TinyWarehouse, backup: Path) -> None:
    first = house.release("A", "CUP", 1)

    restore(house.database, backup, force=True)

    assert house.release("B", "CUP", 1) > first


def test_stations_post_what_a_restored_database_has_forgotten(house: TinyWarehouse, tmp_path: Path) -> None:
    station = Station(tmp_path / "s1", house.database)
    Journal(station.file).append([put_away()] * 2, "W-03", "", NOON)
    station.link.settle()
    back_up(house.database, tmp_path / "noon.backup")
    Journal(station.file).append([put_away()] * 3, "W-03", "", NOON)
    station.link.settle()
    before = house.on_hand()

    restore(house.database, tmp_path / "noon.backup", force=True)
    forgotten = fact_count(house.database)
    station.link.look_again()
    station.link.settle()
    book_everything(house.database)

    assert (forgotten, fact_count(house.database)) == (2, 5)
    assert house.on_hand() == before
    assert house.differences() == ()
    station.close()
