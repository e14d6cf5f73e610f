"""The feed: what changed in a warehouse, numbered in the order of commits, for whoever keeps a copy or looks at it.

Its numbers are handed out under the warehouse's lock, so that a reader who has seen number n has seen all before it.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, delete, func, select, update

from warehouse_app.store import tables
from warehouse_app.store.asking import Question
from warehouse_app.store.database import Transaction
from warehouse_app.store.ids import new_key

MANY = "*"
"""The key of a row that stands for more things than are named one by one."""

PAGE = 1_000
"""Rows that one look at the feed gives at the most."""

TOO_MANY = 10_000
"""Rows that are not read one by one: everything is looked at instead."""

PRUNED_AT_ONCE = 1_000
"""Rows that one transaction forgets, so that nobody waits for it."""


@dataclass(frozen=True, slots=True)
class Place:
    """How far a reader is: the feed's epoch, the number of the last row it knows of, and that row's token."""

    epoch: str
    number: int
    token: str


@dataclass(frozen=True, slots=True)
class FeedRow:
    """Something changed; `key` may be MANY."""

    number: int
    entity: str
    key: str


@dataclass(frozen=True, slots=True)
class Head:
    """Where the feed stands, and whether a reader's place is still in it.

    It is not when the database was restored, or copied, or another server took over that had not got so far, and when
    the row has been forgotten since: the reader then has to begin anew.
    """

    identity: str
    place: Place
    continues: bool


def read_head(tx: Transaction, seen: Place) -> Head:
    """One query of one row. An empty identity means that no warehouse is set up."""
    (found,) = tx.ask([Question(_head(), {"warehouse_id": tx.warehouse_id, "seen": seen.number})])
    if not found:
        return Head("", Place("", 0, ""), continues=False)
    ((identity, epoch, number, token, token_seen),) = found
    begins = seen.number == 0
    continues = epoch == seen.epoch and (begins or token_seen == seen.token)
    return Head(identity, Place(epoch, number, token or ""), continues)


def rows_after(tx: Transaction, number: int, most: int = PAGE) -> Sequence[FeedRow]:
    """The next rows above a number, in their order."""
    (found,) = tx.ask([Question(_rows_after(), {"warehouse_id": tx.warehouse_id, "number": number, "most": most})])
    return [FeedRow(*row) for row in found]


def read_news(tx: Transaction, seen: Place, read_to: int, *, anew: bool = False) -> tuple[Head, Sequence[FeedRow]]:
    """The head, and what is above the number that a reader has read to.

    No rows when the reader begins anew in any case: because it says so, its place is lost, or they are TOO_MANY.
    """
    head = read_head(tx, seen)
    rows: list[FeedRow] = []
    if anew or not head.continues or head.place.number > read_to + TOO_MANY:
        return head, rows
    while head.place.number > (last := rows[-1].number if rows else read_to):
        if not (some := rows_after(tx, last)):
            break
        rows.extend(some)
    return head, rows


def prune_feed(tx: Transaction) -> bool:
    """Forget the oldest rows that have been kept long enough; tells whether there may be more of them.

    The newest row stays in any case: whoever has seen it can go on from it.
    """
    feed, house = tables.feed, tables.warehouse
    row = tx.row(select(house.c.feed_no, house.c.feed_days).where(tx.mine(house)))
    if row is None:
        return False
    kept_since = tx.now - timedelta(days=row["feed_days"])
    oldest = (
        select(feed.c.feed_no, feed.c.recorded_at)
        .where(tx.mine(feed), feed.c.feed_no < row["feed_no"])
        .order_by(feed.c.feed_no)
        .limit(PRUNED_AT_ONCE)
        .subquery()
    )
    last = tx.value(select(func.max(oldest.c.feed_no)).where(oldest.c.recorded_at < kept_since))
    if last is None:
        tx.abandon()
        return False
    done = tx.connection.execute(delete(feed).where(tx.mine(feed), feed.c.feed_no <= last))
    return done.rowcount >= PRUNED_AT_ONCE


def begin_epoch(connection: Connection) -> None:
    """From now on no reader of before finds its place: this database is not the one that it has read."""
    connection.execute(update(tables.warehouse).values(feed_epoch=new_key()))


@cache
def _head() -> Select[Any]:
    house, newest, last = tables.warehouse, tables.feed.alias("newest"), tables.feed.alias("last")
    found = select(house.c.identity, house.c.feed_epoch, house.c.feed_no, newest.c.token, last.c.token)
    joined = house.outerjoin(
        newest, and_(newest.c.warehouse_id == house.c.warehouse_id, newest.c.feed_no == house.c.feed_no)
    ).outerjoin(last, and_(last.c.warehouse_id == house.c.warehouse_id, last.c.feed_no == bindparam("seen")))
    return found.select_from(joined).where(house.c.warehouse_id == bindparam("warehouse_id"))


@cache
def _rows_after() -> Select[Any]:
    feed = tables.feed
    query = select(feed.c.feed_no, feed.c.entity, feed.c.key).where(
        feed.c.warehouse_id == bindparam("warehouse_id"), feed.c.feed_no > bindparam("number")
    )
    return query.order_by(feed.c.feed_no).limit(bindparam("most"))
