"""A copy of everything, on either engine, is equal and proved, or there is none."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from tests.databases import ServerMaker
from tests.station.benches import table_counts
from tests.warehouse import TinyWarehouse, at
from warehouse_app.books.sealing import chain_head, ledger_hash, seal_now
from warehouse_app.books.verify import verify
from warehouse_app.domain.errors import DatabaseNotReady
from warehouse_app.domain.facts import PutAway
from warehouse_app.operations.copying import CopyFailed, ForeignTarget, TargetNotEmpty, copy_database
from warehouse_app.operations.periods import close_period
from warehouse_app.store.database import Database
from warehouse_app.store.engine import open_database


@pytest.fixture
def house(database: Database) -> TinyWarehouse:
    """An order released, a few units moved, a period closed, the ledger sealed."""
    house = TinyWarehouse(database)
    house.release("1", "CUP", 3)
    house.happen("09:00", "W-04", [PutAway("", "POT", "", 1, "A02", "A01")])
    house.clock = "10:00"
    close_period(database, "morning", at("09:30"), "")
    seal_now(database)
    return house


@pytest.fixture
def server_url(postgres_maker: ServerMaker, tmp_path: Path) -> Iterator[str]:
    """An empty database on a server, whatever the house stands on."""
    url = postgres_maker.make("empty", tmp_path)
    yield url
    postgres_maker.drop(url)


def silent(_table: str, _rows: int) -> None:
    pass


def opened(url: str) -> Database:
    return Database(open_database(url))


def test_copy_has_every_row_the_same_ledger_and_clean_books(house: TinyWarehouse, tmp_path: Path) -> None:
    told: dict[str, int] = {}

    copied = copy_database(house.database, str(tmp_path / "copy.db"), lambda table, rows: told.update({table: rows}))

    copy = opened(str(tmp_path / "copy.db"))
    assert copied.tables == table_counts(copy) == table_counts(house.database)
    assert told == {name: rows for name, rows in copied.tables.items() if rows}
    assert copied.ledger_hash == copy.read(ledger_hash) == house.database.read(ledger_hash)
    assert copied.verified
    assert copy.read(verify) == house.database.read(verify)
    copy.close()


def test_copy_to_a_server_and_back_is_equal(house: TinyWarehouse, server_url: str, tmp_path: Path) -> None:
    there = copy_database(house.database, server_url, silent)
    server = opened(server_url)
    proof = server.read(verify)

    back = copy_database(server, str(tmp_path / "back.db"), silent)

    assert there == back
    assert there.verified
    assert proof == house.database.read(verify)
    assert proof.head == house.database.read(chain_head) != ""
    server.close()


def test_altered_row_on_a_server_is_named(house: TinyWarehouse, server_url: str) -> None:
    copy_database(house.database, server_url, silent)
    server = opened(server_url)
    with server.engine.begin() as connection:
        connection.execute(text("ALTER TABLE move DISABLE TRIGGER ALL"))
        connection.execute(
            text("UPDATE move SET happened_at = happened_at + interval '1 microsecond' WHERE move_no = 2")
        )

    (difference,) = server.read(verify).differences

    assert (difference.what, difference.key) == ("seal", "move 2")
    server.close()


def test_database_that_holds_something_is_not_copied_into(house: TinyWarehouse, tmp_path: Path) -> None:
    target = str(tmp_path / "copy.db")
    copy_database(house.database, target, silent)
    before = table_counts(opened(target))

    with pytest.raises(TargetNotEmpty) as refusal:
        copy_database(house.database, target, silent)

    assert refusal.value.values["database"] == target
    assert table_counts(opened(target)) == before


def test_database_of_another_program_or_release_is_not_copied_into(house: TinyWarehouse, tmp_path: Path) -> None:
    for name, statement in (
        ("foreign", "CREATE TABLE songs (title TEXT)"),
        ("other", "CREATE TABLE alembic_version AS SELECT '1999_01_01' AS version_num"),
    ):
        with open_database(str(tmp_path / name)).begin() as connection:
            connection.execute(text(statement))

    with pytest.raises(ForeignTarget, match="songs"):
        copy_database(house.database, str(tmp_path / "foreign"), silent)
    with pytest.raises(DatabaseNotReady, match="1999_01_01"):
        copy_database(house.database, str(tmp_path / "other"), silent)


def test_copy_that_breaks_off_leaves_an_empty_database(house: TinyWarehouse, tmp_path: Path) -> None:
    def pull_the_plug(table: str, _rows: int) -> None:
        if table == "move":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        copy_database(house.database, str(tmp_path / "copy.db"), pull_the_plug)

    again = copy_database(house.database, str(tmp_path / "copy.db"), silent)
    assert again.verified


def test_target_that_cannot_be_opened_is_said(house: TinyWarehouse, tmp_path: Path) -> None:
    (tmp_path / "notes.txt").write_text("no database, but a text that is long enough to be looked at\n" * 20)

    for target in (tmp_path / "notes.txt", tmp_path):
        with pytest.raises(CopyFailed) as refusal:
            copy_database(house.database, str(target), silent)

        assert refusal.value.values["database"] == str(target)
