"""Decisions about following parcels: which ones are asked for next, and what is kept of the answers.

Nothing here touches stock: a parcel's status lives on its carton and in the carrier's own events.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import RowMapping, func, literal, or_, select

from warehouse_app.domain.tracking import FINAL, Tracked, TrackingEvent, TrackStatus, advance
from warehouse_app.store import tables
from warehouse_app.store.database import Row, Transaction

KIND = "tracking"


@dataclass(frozen=True, slots=True)
class Parcel:
    """A carton that a carrier has."""

    carton: str
    carrier: str
    tracking_no: str
    handed_over_at: datetime


@dataclass(frozen=True, slots=True)
class NormalisedEvent:
    """What a carrier reported, and the status that its code stands for."""

    event: TrackingEvent
    status: TrackStatus


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking for one parcel; `failure` is why the carrier could not be asked, in words."""

    carton: str
    events: tuple[NormalisedEvent, ...] = ()
    failure: str = ""


@dataclass(frozen=True, slots=True)
class UnknownCode:
    """A carrier's code that the status map does not name, and how often it came."""

    carrier: str
    raw_code: str
    raw_text: str
    count: int


def carriers_in_use(tx: Transaction) -> tuple[str, ...]:
    """The carriers of this warehouse's services."""
    carrier = tables.service.c.carrier
    return tuple(row["carrier"] for row in tx.rows(select(carrier).where(carrier != "").distinct().order_by(carrier)))


def ask_for_parcels(tx: Transaction, carriers: Collection[str], before: datetime, limit: int) -> int:
    """Note the parcels that were not asked for since `before` as errands, longest waiting first; give how many.

    A parcel has one errand, which is asked again until its status is final.
    """
    carton, errand = tables.carton, tables.errand
    same = (errand.c.warehouse_id == carton.c.warehouse_id) & (
        errand.c.errand_id == literal(f"{KIND}:") + carton.c.carton
    )
    rested = errand.c.state.in_(("done", "failed")) & (errand.c.asked_at < before)
    query = (
        select(carton.c.carton)
        .outerjoin(errand, same)
        .where(
            tx.mine(carton),
            carton.c.state == "handed_over",
            carton.c.carrier.in_(carriers),
            carton.c.track_status.not_in([status.value for status in FINAL]),
            or_(errand.c.errand_id.is_(None), rested),
        )
        .order_by(func.coalesce(errand.c.asked_at, carton.c.handed_over_at), carton.c.carton)
        .limit(limit)
    )
    names = [row["carton"] for row in tx.rows(query)]
    rows = [
        {"errand_id": f"{KIND}:{name}", "kind": KIND, "subject": name, "state": "asked", "result": "",
         "asked_at": tx.now, "done_at": None}
        for name in names
    ]  # fmt: skip
    tx.put(tables.errand, rows)
    return len(names)


def begin_asking(tx: Transaction, limit: int) -> tuple[Parcel, ...]:
    """Take noted errands in hand: committed as being tried before any carrier is called."""
    carton, errand = tables.carton, tables.errand
    same = (errand.c.warehouse_id == carton.c.warehouse_id) & (errand.c.subject == carton.c.carton)
    query = (
        select(carton)
        .join(errand, same)
        .where(tx.mine(errand), errand.c.kind == KIND, errand.c.state == "asked")
        .order_by(errand.c.asked_at, errand.c.subject)
        .limit(limit)
    )
    parcels = tuple(
        Parcel(row["carton"], row["carrier"], row["tracking_no"], row["handed_over_at"]) for row in tx.rows(query)
    )
    tx.change(tables.errand, ({"errand_id": f"{KIND}:{parcel.carton}", "state": "trying"} for parcel in parcels))
    return parcels


def ask_again(tx: Transaction) -> int:
    """Errands that a process left half done are asked again: asking twice for events does no harm."""
    errand = tables.errand
    mine = (tx.mine(errand), errand.c.kind == KIND, errand.c.state == "trying")
    return int(tx.connection.execute(errand.update().where(*mine).values(state="asked")).rowcount)


def keep_answers(tx: Transaction, answers: Sequence[Answer]) -> int:
    """Keep what carriers answered: new events, each parcel's status, the errands' results. Gives the new events."""
    tx.lock_warehouse()
    cartons = {row["carton"]: row for row in tx.rows_in(tables.carton, "carton", (one.carton for one in answers))}
    known = {
        (row["carton"], row["event_id"]) for row in tx.rows_in(tables.tracking_event, "carton", cartons)
    }  # fmt: skip
    new = {
        (answer.carton, one.event.event_id): one
        for answer in answers
        for one in answer.events
        if (answer.carton, one.event.event_id) not in known
    }
    tx.add(tables.tracking_event, (_event_row(tx, carton, one) for (carton, _), one in new.items()))
    _move_on(tx, cartons, answers)
    tx.change(tables.errand, (_result_row(tx, answer) for answer in answers))
    return len(new)


def unknown_codes(tx: Transaction) -> tuple[UnknownCode, ...]:
    """Carriers' codes that stand for nothing yet, the most frequent first."""
    event, carton = tables.tracking_event, tables.carton
    same = (event.c.warehouse_id == carton.c.warehouse_id) & (event.c.carton == carton.c.carton)
    count = func.count().label("count")
    query = (
        select(carton.c.carrier, event.c.raw_code, func.max(event.c.raw_text).label("raw_text"), count)
        .join(carton, same)
        .where(tx.mine(event), event.c.status == TrackStatus.UNKNOWN.value)
        .group_by(carton.c.carrier, event.c.raw_code)
        .order_by(count.desc(), carton.c.carrier, event.c.raw_code)
    )
    return tuple(UnknownCode(**row) for row in tx.rows(query))


def parcels_by_status(tx: Transaction) -> dict[str, int]:
    """How many cartons that carriers took over have each status; empty for those of which nothing is known."""
    carton = tables.carton
    query = select(carton.c.track_status, func.count().label("count")).where(
        tx.mine(carton), carton.c.state == "handed_over"
    )
    return {row["track_status"]: int(row["count"]) for row in tx.rows(query.group_by(carton.c.track_status))}


def _move_on(tx: Transaction, cartons: Mapping[str, RowMapping], answers: Iterable[Answer]) -> None:
    changed: dict[str, Row] = {}
    for answer in answers:
        carton = cartons[answer.carton]
        before = now = Tracked(carton["track_status"], carton["track_at"])
        for one in sorted(answer.events, key=lambda one: one.event.happened_at):
            now = advance(now, one.status, one.event.happened_at)
        if now != before:
            changed[answer.carton] = {"carton": answer.carton, "track_status": str(now.status), "track_at": now.at}
    tx.change(tables.carton, changed.values())
    tx.announce("parcel", changed)


def _event_row(tx: Transaction, carton: str, one: NormalisedEvent) -> Row:
    return {
        "carton": carton,
        "event_id": one.event.event_id,
        "raw_code": one.event.raw_code,
        "raw_text": one.event.raw_text,
        "status": str(one.status),
        "place": one.event.place,
        "happened_at": one.event.happened_at,
        "recorded_at": tx.recorded_at,
    }


def _result_row(tx: Transaction, answer: Answer) -> Row:
    return {
        "errand_id": f"{KIND}:{answer.carton}",
        "state": "failed" if answer.failure else "done",
        "result": answer.failure or f"{len(answer.events)} events",
        "done_at": tx.now,
    }
