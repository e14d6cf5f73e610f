"""Faults that are put into the product on purpose, to see that the simulation finds them."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import pytest
from sqlalchemy import select

from warehouse_app.books import bookkeeping
from warehouse_app.books.applying import apply
from warehouse_app.books.ledger import Books
from warehouse_app.domain.facts import Recorded, Undone
from warehouse_app.operations import counting, packing, picking, putaway, receiving, shipping
from warehouse_app.operations.claiming import Holder
from warehouse_app.station import posting
from warehouse_app.station.file import StationFile
from warehouse_app.station.intake import Mark, Stream, fact_row, take_in
from warehouse_app.station.journal import facts_after
from warehouse_app.station.posting import Posted, Poster
from warehouse_app.store import tables
from warehouse_app.store.database import Row, Transaction

Sabotage = Callable[[pytest.MonkeyPatch], None]


def poster_marks_before_the_commit(patch: pytest.MonkeyPatch) -> None:
    """What is marked as posted and was refused is never sent again."""

    def post(poster: Any, *_: object) -> Posted:  # noqa: ANN401 - its inner parts are used
        mark = int(poster._file.setting("posted") or 0)  # noqa: SLF001
        rows = facts_after(poster._connection, mark, posting.BATCH)  # noqa: SLF001
        stream = Stream(poster._file.station, poster._file.incarnation)  # noqa: SLF001
        mark += len(rows)
        poster._file.set("posted", str(mark))  # noqa: SLF001
        if rows:
            poster._database.write(take_in, stream, [fact_row(stream, row) for row in rows], None)  # noqa: SLF001
        return Posted(mark, 0)

    patch.setattr(Poster, "post", post)


def poster_trusts_every_new_connection(patch: pytest.MonkeyPatch) -> None:
    """A restored database is posted to as if it had all that the one before it had."""

    def unguarded(tx: Transaction, stream: Stream, facts: Sequence[Row], _after: Mark | None) -> None:
        take_in(tx, stream, facts, None)

    def newest(tx: Transaction, stream: Stream, _floor: int) -> Mark:
        fact = tables.fact
        query = select(fact.c.sequence, fact.c.fact_id).where(fact.c.station == stream.station)
        rows = tx.rows(query.where(fact.c.incarnation == stream.incarnation).order_by(fact.c.sequence.desc()))
        return Mark(rows[0]["sequence"], rows[0]["fact_id"]) if rows else Mark()

    patch.setattr(posting, "take_in", unguarded)
    patch.setattr(posting, "go_on", unguarded)
    patch.setattr(posting, "posted_mark", newest)


def bookkeeper_does_not_compare(patch: pytest.MonkeyPatch) -> None:
    """The cursors are set, whatever they were."""
    compare_and_set = bookkeeping._move_cursors  # noqa: SLF001

    def move(tx: Transaction, batch: Sequence[Recorded], cursors: Any) -> bool:  # noqa: ANN401 - handed on
        stands = {(row[0], row[1]): row[2] for row in cursors}
        for recorded in reversed(batch):
            stands[recorded.station, recorded.incarnation] = recorded.sequence - 1
        return compare_and_set(tx, batch, [(*key, done) for key, done in stands.items()])

    patch.setattr(bookkeeping, "_move_cursors", move)


def bookkeeper_forgets_what_is_taken_back(patch: pytest.MonkeyPatch) -> None:
    """An undone scan stays in the books."""

    def forgetful(recorded: Recorded, books: Books) -> None:
        if not isinstance(recorded.fact, Undone):
            apply(recorded, books)

    patch.setattr("warehouse_app.books.bookkeeping.apply", forgetful)


def work_is_given_to_everybody(patch: pytest.MonkeyPatch) -> None:
    """A claim does not look at who holds the work."""

    def hold(tx: Transaction, _work: str, _holder: Holder, **_kwargs: bool) -> int:
        tx.lock_warehouse()
        return 1

    for module in (counting, packing, picking, putaway, receiving, shipping):
        patch.setattr(module, "hold", hold)


def journal_answers_before_it_is_on_disk(patch: pytest.MonkeyPatch) -> None:
    """Every second commit is left to the next one."""

    @contextmanager
    def lazy(file: StationFile) -> Iterator[None]:
        waiting = file.connection.in_transaction
        if not waiting:
            file.connection.execute("BEGIN IMMEDIATE")
        yield
        if waiting:
            file.connection.execute("COMMIT")

    patch.setattr(StationFile, "transaction", lazy)


FAULTS: tuple[Sabotage, ...] = (
    poster_marks_before_the_commit,
    poster_trusts_every_new_connection,
    bookkeeper_does_not_compare,
    bookkeeper_forgets_what_is_taken_back,
    work_is_given_to_everybody,
    journal_answers_before_it_is_on_disk,
)
