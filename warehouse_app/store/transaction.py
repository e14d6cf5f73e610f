"""One transaction on the shared database: what a decision or a batch of facts asks and writes in it."""

import json
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from functools import cache, lru_cache
from secrets import token_hex
from typing import Any, cast

from sqlalchemy import (
    Column,
    Connection,
    Result,
    RowMapping,
    Select,
    Table,
    Text,
    bindparam,
    func,
    literal,
    select,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.sql import ClauseElement, ColumnElement

from warehouse_app.domain.errors import NoWarehouse
from warehouse_app.store import bulk, tables
from warehouse_app.store.asking import Found, Question, Statement, ask, one_trip

Row = Mapping[Any, Any]
Clock = Callable[[], datetime]

WAREHOUSE = "warehouse_id"
WAKING = "warehouse_feed"
"""The channel on which a PostgreSQL server tells, after the commit, that a warehouse's feed has news."""
WAKE_EVERY_S = 0.25
LIST_CHUNK = 5_000
"""The most values that one query looks for."""

FEW = 60
"""So many values are looked up one by one."""


class Transaction:
    """One transaction on the shared database, for one warehouse."""

    def __init__(self, connection: Connection, warehouse_id: str, clock: Clock) -> None:
        self.connection = connection
        self.warehouse_id = warehouse_id
        self.now = clock()
        self.rows_written = 0
        self.others_wait_since = time.perf_counter()
        self._lock: dict[str, Any] | None = None
        self._house: RowMapping | None = None
        self.abandoned = False
        self._run: Callable[[str, Any], object] = connection.exec_driver_sql
        self._written: dict[str, Any] | None = None
        self.wakes = True
        """Whether stations are woken by what is announced here, instead of finding it when they look again."""
        self._to_wake = self._urgent = False

    def rows(self, statement: ClauseElement) -> Sequence[RowMapping]:
        """All rows of a query."""
        return self.connection.execute(cast("Any", statement)).mappings().all()

    def row(self, statement: ClauseElement) -> RowMapping | None:
        """The first row of a query, if there is one."""
        return self.connection.execute(cast("Any", statement)).mappings().first()

    def value(self, statement: ClauseElement) -> Any:  # noqa: ANN401 - whatever the query selects
        """The first column of the first row, None when there is none."""
        return self.connection.execute(cast("Any", statement)).scalar()

    def mine(self, table: Table) -> ColumnElement[bool]:
        """The condition that a row belongs to this warehouse."""
        return table.c.warehouse_id == self.warehouse_id

    def rows_in(
        self, table: Table, column: str, values: Iterable[object], *where: ColumnElement[bool]
    ) -> list[RowMapping]:
        """The rows of this warehouse whose column is one of the values, loaded in chunks."""
        chunks = self._chunks(select(table), table.c[column], values, where)
        return [row for chunk in chunks for row in chunk.mappings().all()]

    def tuples_in(
        self, columns: Sequence[Column[Any]], column: Column[Any], values: Iterable[object], *where: ColumnElement[bool]
    ) -> list[tuple[Any, ...]]:
        """The same as plain tuples of these columns, for what is loaded by the ten thousand."""
        asked = self.questions(tuple(columns), column, values)
        if where:
            asked = [replace(one, query=one.query.where(*where), kept=False) for one in asked]
        return [row for found in self.ask(asked) for row in found]

    def questions(
        self,
        columns: tuple[Column[Any], ...],
        column: Column[Any],
        values: Iterable[object],
        *where: ColumnElement[bool],
    ) -> list[Question]:
        """What has to be asked: one question, more for very many values, none for no value.

        A condition in `where` must be one that is kept, as the columns are.
        """
        wanted = list(dict.fromkeys(values))
        if not wanted:
            return []
        query = _among(columns, column, where, self.connection.dialect.name, few=len(wanted) <= FEW)
        mine = {WAREHOUSE: self.warehouse_id} if WAREHOUSE in column.table.c else {}
        chunks = (wanted[start : start + LIST_CHUNK] for start in range(0, len(wanted), LIST_CHUNK))
        return [Question(query, {"listed": self.listed(column, some), **mine}) for some in chunks]

    def ask(self, questions: Sequence[Question]) -> list[Found]:
        """The rows of several queries, in one round trip where there is a way to go."""
        return ask(self.connection, questions) if questions else []

    def ask_and_add(self, questions: Sequence[Question], table: Table, rows: Sequence[Row]) -> list[Found]:
        """Ask, and insert rows without waiting for the answers, for one that seldom wants to have done otherwise.

        Whoever does not like an answer raises; then the rows are not there.
        """
        if self.connection.dialect.name != "postgresql":
            found = self.ask(questions)
            self.add(table, rows)
            return found
        statements: list[Statement] = []
        hand = bulk.Hand(lambda text, values: statements.append((text, values)), "postgresql")
        bulk.insert(hand, bulk.Rows(table, *_as_tuples(rows), self.warehouse_id))
        self.rows_written += len(rows)
        return ask(self.connection, questions, statements)

    def one_of(self, column: ColumnElement[Any], values: Sequence[object]) -> ColumnElement[bool]:
        """The condition that a column is one of these values; it has one text for few of them and one for many."""
        listed, few = literal(self.listed(column, values), Text), len(values) <= FEW
        return is_listed(column, listed, self.connection.dialect.name, few=few)

    def listed(self, column: ColumnElement[Any], values: Sequence[object]) -> str:
        """Values of a column as the one text in which a query takes them: see is_listed."""
        if self.connection.dialect.name == "postgresql":
            return bulk.array(column.type, values)
        return json.dumps(values)

    def add(self, table: Table, rows: Iterable[Row]) -> None:
        """Insert rows in bulk; the warehouse is filled in."""
        self.add_tuples(table, *_as_tuples(rows))

    def add_tuples(self, table: Table, names: bulk.Names, values: Sequence[bulk.Values]) -> None:
        """Insert rows in bulk, given as tuples of these columns."""
        if values:
            self.rows_written += len(values)
            bulk.insert(self._hand(), bulk.Rows(table, names, values, self.warehouse_id))

    def put(self, table: Table, rows: Iterable[Row], *, keep: bool = False) -> None:
        """Insert rows in bulk, replacing (or keeping, with `keep`) those whose primary key exists."""
        self.put_tuples(table, *_as_tuples(rows), keep=keep)

    def put_tuples(self, table: Table, names: bulk.Names, values: Sequence[bulk.Values], *, keep: bool = False) -> None:
        """The same for rows given as tuples of these columns."""
        if values:
            self.rows_written += len(values)
            rows = bulk.Rows(table, names, values, self.warehouse_id)
            bulk.insert(self._hand(), rows, "keep" if keep else "replace")

    def change(self, table: Table, rows: Iterable[Row]) -> None:
        """Update rows in bulk by their primary key; each row carries its key and the same changed columns."""
        self.change_tuples(table, *_as_tuples(rows))

    def change_tuples(self, table: Table, names: bulk.Names, values: Sequence[bulk.Values]) -> None:
        """Update rows in bulk, given as tuples of these columns, the primary key among them."""
        if values:
            self.rows_written += len(values)
            bulk.update(self._hand(), bulk.Rows(table, names, values, self.warehouse_id))

    def remove(self, table: Table, keys: Iterable[Row]) -> None:
        """Delete rows in bulk by their primary key."""
        self.remove_tuples(table, *_as_tuples(keys))

    def remove_tuples(self, table: Table, names: bulk.Names, values: Sequence[bulk.Values]) -> None:
        """Delete rows in bulk by their primary key, given as tuples of its columns."""
        if values:
            self.rows_written += len(values)
            bulk.delete(self._hand(), bulk.Rows(table, names, values, self.warehouse_id))

    def _hand(self) -> bulk.Hand:
        return bulk.Hand(self._run, self.connection.dialect.name)

    def lock_warehouse(self) -> RowMapping:
        """Become the one writer of this warehouse until the transaction ends. Raises NoWarehouse."""
        if self._lock is None:
            self.lock_and_ask()
        return cast("RowMapping", self._lock)

    def lock_and_ask(self, *questions: Question) -> list[Found]:
        """Become the one writer, and ask these questions as soon as that is so; one round trip for all.

        Raises NoWarehouse.
        """
        locked = Question(_locked_warehouse(), {WAREHOUSE: self.warehouse_id})
        found, *answers = self.ask([locked, *questions])
        if not found:
            raise NoWarehouse
        if self.connection.dialect.name == "postgresql":
            # Only from here on; SQLite has locked everything when the transaction begins.
            self.others_wait_since = time.perf_counter()
        self._lock = dict(zip(tables.warehouse.c.keys(), found[0], strict=True))
        last = self._lock["last_recorded_at"]
        self._lock["last_recorded_at"] = max(self.now, last + timedelta(microseconds=1))
        return answers

    def abandon(self) -> None:
        """End without a trace: what is given back unchanged need not wait for the disk."""
        self.abandoned = True

    def house(self) -> RowMapping:
        """The warehouse's own row, read once. Raises NoWarehouse."""
        if self._lock is not None:
            return cast("RowMapping", self._lock)
        if self._house is None:
            self._house = self.row(select(tables.warehouse).where(self.mine(tables.warehouse)))
        if self._house is None:
            raise NoWarehouse
        return self._house

    @property
    def recorded_at(self) -> datetime:
        """The books' time of this transaction: never earlier than that of any before it."""
        return cast("datetime", self.lock_warehouse()["last_recorded_at"])

    def next_numbers(self, counter: str, count: int) -> int:
        """Take `count` numbers of the warehouse's counter (move_no, cost_no, feed_no) and give the first."""
        self.lock_warehouse()
        assert self._lock is not None
        first = int(self._lock[counter]) + 1
        self._lock[counter] += count
        return first

    def next_in_series(self, series: str, count: int = 1) -> int:
        """Take `count` business numbers of a series and give the first."""
        self.lock_warehouse()
        table = tables.number_series
        found = self.value(select(table.c.next_number).where(self.mine(table), table.c.series == series))
        first = int(found or 1)
        self.put(table, [{"series": series, "next_number": first + count}])
        return first

    def announce(self, entity: str, keys: Iterable[str], payload: str = "", *, urgent: bool = False) -> int:
        """Tell the feed that these things changed, in the order of commits; gives the first number it took.

        What is urgent wakes stations also where the rest of the transaction does not.
        """
        names = list(dict.fromkeys(keys))
        first = self.next_numbers("feed_no", len(names))
        recorded_at, token = self.recorded_at, token_hex(4)
        self.add_tuples(
            tables.feed,
            ("feed_no", "entity", "key", "payload", "recorded_at", "token"),
            [(feed_no, entity, key, payload, recorded_at, token) for feed_no, key in enumerate(names, first)],
        )
        self._to_wake = self._to_wake or (bool(names) and (self.wakes or urgent))
        self._urgent = self._urgent or urgent
        return first

    @contextmanager
    def at_once(self, *, many: bool) -> Iterator[None]:
        """Send what is written here without waiting for each answer; nothing may be read before the block ends.

        With `many` rows the statements are planned once for all. An error of any of them is raised at the end, as that
        of a single one would be. Within such a block another one changes nothing.
        """
        if self.connection.dialect.name != "postgresql" or self._run != self.connection.exec_driver_sql:
            yield
            return
        with one_trip(self.connection) as driver:
            # The texts of bulk statements never change, but their arrays do: to plan anew for each is for nothing.
            if many:
                driver.execute("SET LOCAL plan_cache_mode = force_generic_plan")
            self._run = lambda text, values: driver.execute(text, values, prepare=True)
            try:
                yield
            finally:
                self._run = self.connection.exec_driver_sql

    def finish(self) -> None:
        """Write the counters back where they have changed; called right before the commit at the latest."""
        if self._lock is not None and self._lock != self._written:
            self._written = dict(self._lock)
            names = ("warehouse_id", "move_no", "cost_no", "feed_no", "last_recorded_at")
            self.change(tables.warehouse, [{name: self._lock[name] for name in names}])
        if self._to_wake and self.connection.dialect.name == "postgresql" and self._may_wake():
            self._run("SELECT pg_notify(%s, %s)", (WAKING, self.warehouse_id))
        self._to_wake = False

    def _may_wake(self) -> bool:
        """Whether this connection has woken nobody for a while: commits that wake others wait for one another.

        Stations look at most once a second however often they are woken, and every two seconds in any case.
        """
        now, told = time.monotonic(), self.connection.info
        if not self._urgent and now - told.get(WAKING, float("-inf")) < WAKE_EVERY_S:
            return False
        told[WAKING] = now
        return True

    def _chunks(
        self,
        query: Select[Any],
        column: Column[Any],
        values: Iterable[object],
        where: Sequence[ColumnElement[bool]],
    ) -> Iterator[Result[Any]]:
        wanted = list(dict.fromkeys(values))
        mine = [self.mine(column.table)] if WAREHOUSE in column.table.c else []
        for start in range(0, len(wanted), LIST_CHUNK):
            among = self.one_of(column, wanted[start : start + LIST_CHUNK])
            yield self.connection.execute(query.where(*mine, among, *where))


@cache
def _locked_warehouse() -> Select[Any]:
    table = tables.warehouse
    return select(table).where(table.c.warehouse_id == bindparam(WAREHOUSE)).with_for_update()


@lru_cache(maxsize=1_000)
def _among(
    columns: tuple[Column[Any], ...],
    column: Column[Any],
    where: tuple[ColumnElement[bool], ...],
    engine: str,
    *,
    few: bool,
) -> Select[Any]:
    """The query for these columns where one is among the values of a list; built once, for it is asked all the time."""
    query = select(*columns).where(is_listed(column, bindparam("listed", type_=Text), engine, few=few), *where)
    mine = column.table.c.get(WAREHOUSE)
    return query if mine is None else query.where(mine == bindparam(WAREHOUSE))


def is_listed(
    column: ColumnElement[Any], listed: ColumnElement[Any], engine: str, *, few: bool = False
) -> ColumnElement[bool]:
    """The condition that a column is one of the values of a text that Transaction.listed made, at most FEW if `few`."""
    if engine == "postgresql" and few:
        # Each value is looked up in the index, whatever the server thinks of the table's size.
        return column == func.any(sql_cast(listed, ARRAY(column.type)))
    if engine == "postgresql":
        # Compared with = ANY, a list whose length is not known may be walked through for every row of the table.
        return column.in_(select(func.unnest(sql_cast(listed, ARRAY(column.type)))))
    return column.in_(select(func.json_each(listed).table_valued("value").c.value))


def _as_tuples(rows: Iterable[Row]) -> tuple[bulk.Names, list[bulk.Values]]:
    """Rows as tuples of the columns that the first one names; the warehouse is not among them."""
    every = list(rows)
    if not every:
        return (), []
    names = tuple(name for name in every[0] if name != WAREHOUSE)
    return names, [tuple([row[name] for name in names]) for row in every]
