"""A server's database is backed up into a file while it is in use, and such a file is restored to either engine."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.station.benches import put_away, table_counts
from tests.warehouse import TinyWarehouse
from warehouse_app.books.sealing import ledger_hash, seal_now
from warehouse_app.operations.backup import back_up, restore
from warehouse_app.operations.copying import TargetNotEmpty
from warehouse_app.store.database import Database
from warehouse_app.store.engine import open_database
from warehouse_app.store.migrate import revision
from warehouse_app.store.sqlite_file import BackupFailed, BadBackup

pytestmark = pytest.mark.on("postgresql")


@pytest.fixture
def server(database: Database) -> Database:
    """A house with its moves sealed."""
    house = TinyWarehouse(database)
    house.happen("09:00", "W-03", [put_away()] * 3)
    seal_now(database)
    return database


@pytest.fixture
def other(make_database: Callable[[str], Database]) -> Database:
    """A new database without tables on the same server."""
    return make_database("empty")


def test_backup_of_a_server_is_restored_to_either_engine(server: Database, other: Database, tmp_path: Path) -> None:
    place = Database(open_database(str(tmp_path / "new" / "warehouse.db")))

    written = back_up(server, tmp_path / "monday.backup")
    restored = [restore(place, tmp_path / "monday.backup"), restore(other, tmp_path / "monday.backup")]

    assert [(done.head, done.differences, done.kept) for done in restored] == [(written.head, 0, "")] * 2
    for database in (place, other):
        assert counts_but_for_numbers(database) == counts_but_for_numbers(server)
        assert database.read(ledger_hash) == server.read(ledger_hash)
    assert sorted(file.name for file in tmp_path.glob("monday*")) == ["monday.backup"]
    place.close()


def counts_but_for_numbers(database: Database) -> dict[str, int]:
    """Rows of every table but that of the numbers to be given away, which go on far above."""
    return {name: count for name, count in table_counts(database).items() if name != "number_series"}


def test_server_that_holds_something_is_never_replaced(server: Database, tmp_path: Path) -> None:
    back_up(server, tmp_path / "monday.backup")

    with pytest.raises(TargetNotEmpty):
        restore(server, tmp_path / "monday.backup", force=True)


def test_damaged_backup_leaves_an_empty_server_without_tables(
    server: Database, other: Database, tmp_path: Path
) -> None:
    back_up(server, tmp_path / "monday.backup")
    whole = (tmp_path / "monday.backup").read_bytes()
    (tmp_path / "monday.backup").write_bytes(whole[:9_000] + bytes([whole[9_000] ^ 1]) + whole[9_001:])

    with pytest.raises(BadBackup, match="contents changed"):
        restore(other, tmp_path / "monday.backup")

    assert revision(other.engine) == ""


def test_file_that_is_no_backup_is_not_written_over(server: Database, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("mine")

    with pytest.raises(BackupFailed, match="is no backup"):
        back_up(server, tmp_path / "notes.txt")

    assert (tmp_path / "notes.txt").read_text() == "mine"
