"""Copies everything to another, empty database on either engine, and proves the copy before it is kept."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace

from sqlalchemy import Connection, Engine, Table, func, inspect, select, text
from sqlalchemy.exc import DBAPIError

from warehouse_app.books.sealing import ledger_hash
from warehouse_app.books.verify import Difference, verify
from warehouse_app.domain.errors import DatabaseNotReady, StoreUnavailable, WarehouseError
from warehouse_app.language import mark
from warehouse_app.store import tables
from warehouse_app.store.database import Database, Transaction
from warehouse_app.store.engine import open_database
from warehouse_app.store.feed import begin_epoch
from warehouse_app.store.migrate import HEAD, revision, upgrade
from warehouse_app.store.raw_rows import RawRow, read_raw, write_raw
from warehouse_app.store.server import lift_limits, shown

HASHES_MODULUS = 1 << 64

Say = Callable[[str, int], None]
"""Told the table, and how many of its rows are copied so far."""


class TargetNotEmpty(WarehouseError):
    """The database to copy into holds something already."""

    message = mark(
        "{database} is not empty: its table {table} has {rows} rows. Name a database that is new, or empty this one"
        " first."
    )


class ForeignTarget(WarehouseError):
    """The database to copy into belongs to another program."""

    message = mark("{database} holds tables of another program ({table}). Name a database that is new.")


class CopyFailed(WarehouseError):
    """The copy could not be made, or is not equal; the target is as it was."""

    message = mark("Nothing was copied to {database}: {reason}")


@dataclass(frozen=True, slots=True)
class Copied:
    """Rows of every table, and the proof: both ledgers have this hash, and the copy's books tie if it is verified."""

    tables: dict[str, int]
    ledger_hash: str
    verified: bool
    differences: tuple[Difference, ...]


Prove = Callable[[Transaction, Connection, dict[str, int]], Copied]


def copy_database(source: Database, target_url: str, say: Say) -> Copied:
    """Copy every table of every warehouse as they stand at one moment; a new target is given its tables first.

    All is one transaction on the target: it holds an equal copy in the end, or nothing. Raises TargetNotEmpty,
    ForeignTarget, DatabaseNotReady, CopyFailed.
    """
    return _copy(source, target_url, say, _proved)


def copy_rows(source: Database, target_url: str, say: Say) -> Copied:
    """The same, without the proof of the copy's books: every row and the ledgers are equal. Raises as it does."""
    return _copy(source, target_url, say, _compared)


def say_nothing(_table: str, _rows: int) -> None:
    """For whoever has nobody to tell."""


def _copy(source: Database, target_url: str, say: Say, prove: Prove) -> Copied:
    with _target(target_url) as engine:
        _require_empty(engine)
        copied = source.read(_copy_everything, engine, say, prove)
        if engine.dialect.name == "postgresql":
            with engine.begin() as connection:
                connection.execute(text("ANALYZE"))
    return copied


@contextmanager
def _target(url: str) -> Iterator[Engine]:
    engine = open_database(url)
    try:
        yield engine
    except (DBAPIError, engine.dialect.loaded_dbapi.Error) as error:
        reason = str(error.orig if isinstance(error, DBAPIError) else error).partition("\n")[0]
        raise CopyFailed(database=_shown(engine), reason=reason) from error
    except StoreUnavailable as error:
        if engine.dialect.name == "postgresql":
            raise  # It names the server and the remedy.
        raise CopyFailed(database=_shown(engine), reason=error.values["reason"]) from error
    finally:
        engine.dispose()


def _shown(engine: Engine) -> str:
    return str(engine.url.database) if engine.dialect.name == "sqlite" else shown(engine.url)


def _require_empty(engine: Engine) -> None:
    """Give a new database its tables; refuse one that holds anything."""
    found = revision(engine)
    with engine.connect().execution_options(writes=False) as connection, connection.begin():
        others = inspect(connection).get_table_names()
    if not found and others:
        raise ForeignTarget(database=_shown(engine), table=others[0])
    if not found:
        upgrade(engine)
    elif found != HEAD:
        raise DatabaseNotReady(revision=found, head=HEAD)
    with engine.connect().execution_options(writes=False) as connection, connection.begin():
        for table in tables.metadata.sorted_tables:
            if rows := _count(connection, table):
                raise TargetNotEmpty(database=_shown(engine), table=table.name, rows=rows)


def _copy_everything(source: Transaction, engine: Engine, say: Say, prove: Prove) -> Copied:
    with engine.begin() as connection:
        lift_limits(source.connection)
        lift_limits(connection)
        contents = {
            table.name: _copy_table(source.connection, connection, table, say)
            for table in tables.metadata.sorted_tables
        }
        for table in tables.metadata.sorted_tables:
            if _content_of(connection, table) != contents[table.name]:
                raise CopyFailed(database=_shown(engine), reason=f"the copy of {table.name} is not equal")
        return prove(source, connection, {name: content.rows for name, content in contents.items()})


@dataclass(slots=True)
class _Content:
    """How many rows a table has and the sum of their hashes, which does not depend on their order.

    The hashes are those of this process: they tell two databases apart that are read by it.
    """

    rows: int = 0
    hashes: int = 0

    def add(self, rows: Sequence[RawRow]) -> None:
        self.rows += len(rows)
        self.hashes = (self.hashes + sum(hash(tuple(row)) for row in rows)) % HASHES_MODULUS


def _copy_table(source: Connection, target: Connection, table: Table, say: Say) -> _Content:
    content = _Content()

    def rows() -> Iterator[RawRow]:
        for part in read_raw(source, table):
            content.add(part)
            yield from part
            say(table.name, content.rows)

    write_raw(target, table, [column.name for column in table.columns], rows())
    return content


def _content_of(connection: Connection, table: Table) -> _Content:
    content = _Content()
    for part in read_raw(connection, table):
        content.add(part)
    return content


def _compared(source: Transaction, target: Connection, rows: dict[str, int]) -> Copied:
    """Every warehouse's ledger has the same hash on both sides; the hash given is that of the warehouse at work."""
    hashes: dict[str, str] = {}
    for name, there in _warehouses(source, target):
        hashes[name] = ledger_hash(Transaction(source.connection, name, lambda: source.now))
        if ledger_hash(there) != hashes[name]:
            raise CopyFailed(database=_shown(target.engine), reason=f"the ledger of {name} is not equal")
    return Copied(rows, hashes.get(source.warehouse_id, ""), verified=True, differences=())


def _proved(source: Transaction, target: Connection, rows: dict[str, int]) -> Copied:
    """And the books of every warehouse in the copy tie. From now on the two feeds go their own ways."""
    copied = _compared(source, target, rows)
    differences = [found for _, there in _warehouses(source, target) for found in verify(there).differences]
    begin_epoch(target)
    return replace(copied, verified=not differences, differences=tuple(differences))


def _warehouses(source: Transaction, target: Connection) -> Iterator[tuple[str, Transaction]]:
    for row in source.rows(select(tables.warehouse.c.warehouse_id)):
        yield row["warehouse_id"], Transaction(target, row["warehouse_id"], lambda: source.now)


def _count(connection: Connection, table: Table) -> int:
    return int(connection.execute(select(func.count()).select_from(table)).scalar_one())


def fill_table(database: Database, name: str, columns: Sequence[str], rows: Iterable[RawRow]) -> None:
    """Load raw rows (see store.raw_rows) into one table of an empty database, past all checks but its own."""
    with database.engine.begin() as connection:
        write_raw(connection, tables.metadata.tables[name], columns, rows)
