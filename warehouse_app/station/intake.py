"""What the shared database is asked and given when a station posts: each a job for one short transaction."""

import hashlib
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any

from sqlalchemy import Select, bindparam, func, select

from warehouse_app.domain.errors import NoWarehouse, WarehouseError
from warehouse_app.language import mark
from warehouse_app.store import tables
from warehouse_app.store.asking import Question
from warehouse_app.store.database import Row, Transaction

log = logging.getLogger(__name__)


class ClonedStation(WarehouseError):
    """Another station has posted under this station's name and incarnation."""

    message = mark(
        "This station's file is a copy of one that is still in use ({station}). It starts afresh as a new one; tell a"
        " supervisor."
    )


class FactsForgotten(WarehouseError):
    """The shared database no longer has facts that it confirmed: it was replaced by an older backup."""

    message = mark("The shared database was restored from a backup; what it has forgotten is posted again.")


class DatabaseReplaced(WarehouseError):
    """Another database answers now where this station's was."""

    message = mark("Another database is in the place of this station's; nothing is posted to it.")


@dataclass(frozen=True, slots=True)
class Stream:
    """Whose facts these are. `identity` is the database they belong to, empty when the station knows none yet."""

    station: str
    incarnation: str
    identity: str = ""


@dataclass(frozen=True, slots=True)
class Mark:
    """A fact in a station's order: how far the database is known to have them. Number 0 is before the first."""

    sequence: int = 0
    fact_id: str = ""


def fact_row(stream: Stream, row: Sequence[object]) -> dict[str, Any]:
    """A row of the journal as the shared database keeps it."""
    sequence, fact_id, worker, happened_at, work, epoch, kind, version, payload = row
    return {
        "fact_id": fact_id,
        "station": stream.station,
        "incarnation": stream.incarnation,
        "sequence": sequence,
        "worker": worker,
        "work": work,
        "epoch": epoch,
        "kind": kind,
        "version": version,
        "payload": payload,
        "content_hash": content_hash(str(kind), int(str(version)), str(payload)),
        "happened_at": datetime.fromisoformat(str(happened_at)),
    }


def content_hash(kind: str, version: int, payload: str) -> str:
    """What tells two facts of one name apart. It never changes: stations of every release compute it."""
    return hashlib.sha256(f"{kind}|{version}|{payload}".encode()).hexdigest()


def posted_mark(tx: Transaction, stream: Stream, floor: int) -> Mark:
    """The last fact above the number `floor` up to which the database has them all; number 0 when it has none.

    A gap, as a partial restore leaves, ends it: what comes after is posted again as well, and taken for what it is.
    """
    fact = tables.fact
    number, of = fact.c.sequence, (fact.c.station == stream.station, fact.c.incarnation == stream.incarnation)
    mine = (tx.mine(fact), *of, number > floor)
    ends = select(func.min(number).label("first"), func.max(number).label("last"), func.count().label("count"))
    found = dict(tx.rows(ends.where(*mine))[0])
    if found["first"] != floor + 1:
        return Mark()
    last = int(found["last"])
    if last - floor != found["count"]:
        after = tables.fact.alias()
        same = [after.c[name] == fact.c[name] for name in ("warehouse_id", "station", "incarnation")]
        follows = select(after.c.sequence).where(*same, after.c.sequence == number + 1)
        last = int(tx.value(select(func.min(number)).where(*mine, ~follows.exists())))
    return Mark(last, str(tx.value(select(fact.c.fact_id).where(*mine, number == last))))


def is_there(tx: Transaction, stream: Stream, after: Mark) -> bool:
    """Whether the database is still the one that has this fact."""
    fact = tables.fact
    mine = (tx.mine(fact), fact.c.station == stream.station, fact.c.incarnation == stream.incarnation)
    found = tx.value(select(fact.c.fact_id).where(*mine, fact.c.sequence == after.sequence))
    return bool(found == after.fact_id and _identity_is(tx, stream))


def take_in(tx: Transaction, stream: Stream, facts: Sequence[Row], after: Mark | None) -> None:
    """Write the facts that are not there yet. This never takes the warehouse's lock.

    They follow the fact `after`, without one nothing is known of what comes before. Whether it is there can only be
    told in this transaction: a lost connection is made anew, to whatever database answers then, before anybody hears of
    it. Raises FactsForgotten, ClonedStation, DatabaseReplaced, NoWarehouse.
    """
    numbers = [int(fact["sequence"]) for fact in facts]
    at = {
        "warehouse_id": tx.warehouse_id, "station": stream.station, "incarnation": stream.incarnation,
        "first": min(numbers) - 1, "last": max(numbers),
    }  # fmt: skip
    columns = tuple(tables.fact.c[name] for name in _COLUMNS)
    same_names = tx.questions(columns, tables.fact.c.fact_id, [fact["fact_id"] for fact in facts])
    asked = [Question(_near(), at), *same_names]
    house, *found = tx.ask(
        [Question(_house(), {"warehouse_id": tx.warehouse_id}), *(replace(one, planned=False) for one in asked)]
    )
    _require_own(stream, house)
    rows = [dict(zip(_COLUMNS, values, strict=True)) for part in found for values in part]
    mine = {row["sequence"]: row for row in rows if _is_of(row, stream)}
    if after is not None and after.sequence:
        _require_at(stream, mine.get(after.sequence), after)
    new, altered = _sorted_out(stream, facts, mine, {row["fact_id"]: row for row in rows})
    _write(tx, stream, new)
    for fact in altered:
        tell(tx, stream, "fact_altered", str(fact["fact_id"]), str(fact["payload"]), str(fact["work"]))


def go_on(tx: Transaction, stream: Stream, facts: Sequence[Row], after: Mark) -> None:
    """The short way of `take_in`, for a station that goes on where it was a moment ago: one answer less to wait for.

    Raises as `take_in` does; what is there already is refused by the database, and has to go the long way.
    """
    before = {"warehouse_id": tx.warehouse_id, "station": stream.station, "incarnation": stream.incarnation}
    asked = [
        Question(_house(), {"warehouse_id": tx.warehouse_id}),
        Question(_near(), {**before, "first": after.sequence, "last": after.sequence}, planned=False),
    ]
    house, found = tx.ask_and_add(asked, tables.fact, [{**fact, "recorded_at": tx.now} for fact in facts])
    _require_own(stream, house)
    _require_at(stream, dict(zip(_COLUMNS, found[0], strict=True)) if found else None, after)


def tell(tx: Transaction, stream: Stream, kind: str, about: str, detail: str, work: str = "") -> None:
    """Record for a person what is wrong with a station's facts, once however often it is seen."""
    row = {
        "discrepancy_id": f"{kind}:{stream.incarnation}:{about}", "kind": kind, "station": stream.station, "work": work,
        "order_no": "", "sku": "", "location": "", "quantity": 0, "detail": detail, "recorded_at": tx.now,
        "settled_by": "",
    }  # fmt: skip
    tx.put(tables.discrepancy, [row], keep=True)


_COLUMNS = (
    "fact_id", "station", "incarnation", "sequence", "work", "epoch", "kind", "version", "content_hash",
)  # fmt: skip
_CONTENT = ("station", "incarnation", "sequence", "work", "epoch", "kind", "version", "content_hash")


@cache
def _house() -> Select[Any]:
    table = tables.warehouse
    return select(table.c.identity).where(table.c.warehouse_id == bindparam("warehouse_id"))


@cache
def _near() -> Select[Any]:
    """What a station's numbers from the one before a batch to its end stand for."""
    fact = tables.fact
    stream = [fact.c[name] == bindparam(name) for name in ("warehouse_id", "station", "incarnation")]
    return select(*(fact.c[name] for name in _COLUMNS)).where(
        *stream, fact.c.sequence.between(bindparam("first"), bindparam("last"))
    )


def _identity_is(tx: Transaction, stream: Stream) -> bool:
    (house,) = tx.ask([Question(_house(), {"warehouse_id": tx.warehouse_id})])
    return bool(house) and stream.identity in ("", house[0][0])


def _require_own(stream: Stream, house: Sequence[tuple[Any, ...]]) -> None:
    """A database that is just being restored has tables and no warehouse yet: nothing may be put into it."""
    if not house:
        raise NoWarehouse
    if stream.identity not in ("", house[0][0]):
        raise DatabaseReplaced


def _is_of(row: Mapping[str, Any], stream: Stream) -> bool:
    return (row["station"], row["incarnation"]) == (stream.station, stream.incarnation)


def _require_at(stream: Stream, found: Mapping[str, Any] | None, after: Mark) -> None:
    if found is None:
        raise FactsForgotten
    if found["fact_id"] != after.fact_id:
        raise ClonedStation(station=stream.station)


def _sorted_out(
    stream: Stream, facts: Sequence[Row], mine: Mapping[int, Row], by_name: Mapping[str, Row]
) -> tuple[list[Row], list[Row]]:
    """The facts that are new, and those that are there under the same name with other content."""
    new, altered = [], []
    for fact in facts:
        there = mine.get(fact["sequence"])
        if there is not None and there["fact_id"] != fact["fact_id"]:
            raise ClonedStation(station=stream.station)
        there = there or by_name.get(fact["fact_id"])
        if there is None:
            new.append(fact)
        elif any(there[name] != fact[name] for name in _CONTENT):
            log.error("fact %s of %s is there already with other content", fact["fact_id"], stream.station)
            altered.append(fact)
    return new, altered


def _write(tx: Transaction, stream: Stream, new: Sequence[Row]) -> None:
    key = {"station": stream.station, "incarnation": stream.incarnation}
    with tx.at_once(many=False):
        tx.add(tables.fact, [{**fact, "recorded_at": tx.now} for fact in new])
        tx.put(tables.station, [{**key, "seen_at": tx.now}])
        tx.put(tables.station_cursor, [{**key, "applied_sequence": 0}], keep=True)
