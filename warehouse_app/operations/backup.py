"""Backups: written while the database is in use, restored only when whole."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from sqlalchemy import Connection, Engine, inspect, select

from warehouse_app.books.sealing import chain_head
from warehouse_app.books.verify import verify
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.language import mark
from warehouse_app.operations.copying import CopyFailed, Say, copy_rows, say_nothing
from warehouse_app.store import tables
from warehouse_app.store.database import Database
from warehouse_app.store.engine import open_database
from warehouse_app.store.feed import begin_epoch
from warehouse_app.store.migrate import HEAD, is_known_revision, revision, upgrade
from warehouse_app.store.server import shown
from warehouse_app.store.sqlite_file import (
    BackupFailed,
    BadBackup,
    purpose_in,
    replace_database,
    require_replaceable,
    unpack_backup,
    write_backup,
)

NUMBERS_SKIPPED = 100_000
"""Cartons, lists and waves that were named after the backup was made must not share their names with new ones."""
SERIES = ("sscc", "wave", "pick_list", "replacement_list", "manifest", "count_plan", "count_sheet")


class LiveWarehouse(WarehouseError):
    """A warehouse would be replaced."""

    message = mark(
        "{database} holds a warehouse that is in use. Add --force to replace it; the file that is there now is kept"
        " beside it."
    )


@dataclass(frozen=True, slots=True)
class BackedUp:
    """A backup, and the ledger's head at its moment or a little earlier."""

    file: str
    bytes: int
    revision: str
    head: str


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored. `kept` is the file that was replaced, `migrated_from` the revision of an older backup."""

    file: str
    database: str
    kept: str
    revision: str
    migrated_from: str
    moves: int
    head: str
    differences: int


def back_up(database: Database, file: Path, say: Say = say_nothing) -> BackedUp:
    """Write a consistent copy of the database while it is in use. Raises BackupFailed.

    A backup is an SQLite database whatever it was made of, so it can be restored to either engine.
    """
    head = database.read(chain_head)
    if database.engine.dialect.name == "sqlite":
        size = write_backup(database.engine, file)
    else:
        size = _back_up_server(database, file, say)
    return BackedUp(str(file), size, revision(database.engine), head)


def restore(database: Database, file: Path, *, force: bool = False, say: Say = say_nothing) -> Restored:
    """Replace the database by a backup, migrated if an older release made it. The database's connections are closed.

    A server's database has to be empty; a file is replaced by `force` also while stations have it open. They then post
    what the backup does not have by themselves; numbers that were given away since are not given again. Raises
    BadBackup, LiveWarehouse, DatabaseInUse, TargetNotEmpty, CopyFailed.
    """
    if database.engine.dialect.name != "sqlite":
        return _restore_server(database, file, say)
    database.close()
    live = Path(str(database.engine.url.database)).absolute()
    if purpose_in(live) not in ("", "sample") and not force:
        raise LiveWarehouse(database=live)
    live.parent.mkdir(parents=True, exist_ok=True)
    staged = live.with_name(live.name + ".restoring")
    try:
        unpack_backup(file, staged)
        found = _prepare(database, file, staged)
        kept = replace_database(live, staged, database.clock(), in_use=force)
    finally:
        _remove(staged)
    return Restored(str(file), str(live), str(kept or ""), HEAD, *found)


def _back_up_server(database: Database, file: Path, say: Say) -> int:
    """Copy one moment of the server's database into a file, which is then sealed as any backup is."""
    require_replaceable(file)
    copy = file.with_name(file.name + ".copying")
    _remove(copy)
    try:
        copy_rows(database, str(copy), say)
        with _opened(str(copy)) as engine:
            return write_backup(engine, file)
    except CopyFailed as error:
        raise BackupFailed(file=file, reason=error.values["reason"]) from error
    finally:
        _remove(copy)


def _restore_server(database: Database, file: Path, say: Say) -> Restored:
    with TemporaryDirectory(prefix="restore-") as folder:
        staged = Path(folder) / "warehouse.db"
        unpack_backup(file, staged)
        found = _prepare(database, file, staged)
        with _opened(str(staged)) as engine:
            source = Database(engine, database.warehouse_id, database.clock)
            copy_rows(source, database.engine.url.render_as_string(hide_password=False), say)
    return Restored(str(file), shown(database.engine.url), "", HEAD, *found)


@contextmanager
def _opened(file: str) -> Iterator[Engine]:
    """An embedded database, closed in the end."""
    engine = open_database(file)
    try:
        yield engine
    finally:
        engine.dispose()


def _remove(staged: Path) -> None:
    for ending in ("", "-wal", "-shm", "-journal"):
        Path(f"{staged}{ending}").unlink(missing_ok=True)


def _prepare(database: Database, file: Path, staged: Path) -> tuple[str, int, str, int]:
    """Bring the staged copy to this release; gives its former revision if another, its moves, head and differences."""
    with _opened(str(staged)) as engine:
        before = revision(engine)
        if not is_known_revision(before):
            raise BadBackup(file=file, reason=f"a newer release made it (revision {before}); install that one first")
        upgrade(engine)
        missing = set(tables.metadata.tables) - set(inspect(engine).get_table_names())
        if missing:
            raise BadBackup(file=file, reason=f"its table {min(missing)} is missing")
        proof = Database(engine, database.warehouse_id, database.clock).read(verify)
        with engine.begin() as connection:
            begin_epoch(connection)
            _skip_numbers(connection)
    return before if before != HEAD else "", proof.moves, proof.head, len(proof.differences)


def _skip_numbers(connection: Connection) -> None:
    table, warehouse = tables.number_series, tables.warehouse.c.warehouse_id
    known = {(row.warehouse_id, row.series): row.next_number for row in connection.execute(select(table))}
    names = [(house, series) for house in connection.scalars(select(warehouse)) for series in SERIES]
    connection.execute(table.delete())
    connection.execute(
        table.insert(),
        [
            {"warehouse_id": house, "series": series, "next_number": known.get((house, series), 1) + NUMBERS_SKIPPED}
            for house, series in {**dict.fromkeys(names), **dict.fromkeys(known)}
        ],
    )
