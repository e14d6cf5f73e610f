"""Backups of an embedded database: written while it is in use, restored only when whole."""

from dataclasses import dataclass
from pathlib import Path
from shlex import quote

from sqlalchemy import URL, inspect

from warehouse_app.books.sealing import chain_head
from warehouse_app.books.verify import verify
from warehouse_app.domain.errors import WarehouseError
from warehouse_app.language import mark
from warehouse_app.store import tables
from warehouse_app.store.database import Database
from warehouse_app.store.engine import open_database
from warehouse_app.store.migrate import HEAD, is_known_revision, revision, upgrade
from warehouse_app.store.sqlite_file import BadBackup, purpose_in, replace_database, unpack_backup, write_backup


class ServerHasItsOwnTools(WarehouseError):
    """A PostgreSQL server's database is not one file."""

    message = mark("A PostgreSQL database is backed up and restored by its own tools. Run: {command}")


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


def back_up(database: Database, file: Path) -> BackedUp:
    """Write a consistent copy of the database while it is in use. Raises BackupFailed, ServerHasItsOwnTools."""
    _require_file(database, f"pg_dump --format=custom --file={quote(str(file))} --dbname={_server(database)}")
    head = database.read(chain_head)
    size = write_backup(database.engine, file)
    return BackedUp(str(file), size, revision(database.engine), head)


def restore(database: Database, file: Path, *, force: bool = False) -> Restored:
    """Replace the database by a backup, migrated if an older release made it. The database's connections are closed.

    Stations then post what the backup does not have by themselves. Raises BadBackup, LiveWarehouse, DatabaseInUse,
    ServerHasItsOwnTools.
    """
    tool = "pg_restore --clean --if-exists --single-transaction"
    _require_file(database, f"{tool} --dbname={_server(database)} {quote(str(file))}")
    database.close()
    live = Path(str(database.engine.url.database)).absolute()
    if purpose_in(live) not in ("", "sample") and not force:
        raise LiveWarehouse(database=live)
    live.parent.mkdir(parents=True, exist_ok=True)
    staged = live.with_name(live.name + ".restoring")
    try:
        unpack_backup(file, staged)
        found = _prepare(database, file, staged)
        kept = replace_database(live, staged, database.clock())
    finally:
        for ending in ("", "-wal", "-shm", "-journal"):
            Path(f"{staged}{ending}").unlink(missing_ok=True)
    return Restored(str(file), str(live), str(kept or ""), HEAD, *found)


def _prepare(database: Database, file: Path, staged: Path) -> tuple[str, int, str, int]:
    """Bring the staged copy to this release; gives its former revision if another, its moves, head and differences."""
    engine = open_database(str(staged))
    try:
        before = revision(engine)
        if not is_known_revision(before):
            raise BadBackup(file=file, reason=f"a newer release made it (revision {before}); install that one first")
        upgrade(engine)
        missing = set(tables.metadata.tables) - set(inspect(engine).get_table_names())
        if missing:
            raise BadBackup(file=file, reason=f"its table {min(missing)} is missing")
        proof = Database(engine, database.warehouse_id, database.clock).read(verify)
    finally:
        engine.dispose()
    return before if before != HEAD else "", proof.moves, proof.head, len(proof.differences)


def _require_file(database: Database, command: str) -> None:
    if database.engine.dialect.name != "sqlite":
        raise ServerHasItsOwnTools(command=command)


def _server(database: Database) -> str:
    """The database as PostgreSQL's tools take it; they ask for the password, or find it in the user's own file."""
    url = database.engine.url
    known = URL.create("postgresql", url.username, None, url.host, url.port, url.database, url.query)
    return quote(known.render_as_string())
