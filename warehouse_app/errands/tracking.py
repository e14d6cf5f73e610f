"""Follows parcels: asks carriers for events and keeps what they answer."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from warehouse_app.carriers.adapter import CarrierFailed, TrackingAdapter
from warehouse_app.carriers.statuses import normalised
from warehouse_app.operations.tracking import (
    Answer,
    NormalisedEvent,
    Parcel,
    ask_again,
    ask_for_parcels,
    begin_asking,
    keep_answers,
)
from warehouse_app.store.database import Database

ASK_AGAIN_AFTER = timedelta(minutes=30)

ROUND = 50
"""Parcels a round: the answers of one are written in one short transaction."""


@dataclass(frozen=True, slots=True)
class Fetched:
    """What asking came to, in parcels and in events that were not known before."""

    parcels: int = 0
    events: int = 0
    failed: int = 0


def fetch_tracking(
    database: Database, adapters: Mapping[str, TrackingAdapter], *, again_after: timedelta = ASK_AGAIN_AFTER
) -> Fetched:
    """Ask carriers that have an adapter for each parcel that was not asked for lately. Raises StoreUnavailable.

    The intent is committed before a carrier is called and the result after it. A carrier that fails is noted and
    the others are asked all the same.
    """
    database.write(ask_again)
    before = database.clock() - again_after
    total = Fetched()
    while True:
        database.write(ask_for_parcels, list(adapters), before, ROUND)
        parcels = database.write(begin_asking, ROUND)
        if not parcels:
            return total
        answers = list(_ask(parcels, adapters))
        events = database.write(keep_answers, answers)
        failed = sum(1 for answer in answers if answer.failure)
        total = Fetched(total.parcels + len(parcels), total.events + events, total.failed + failed)


def _ask(parcels: tuple[Parcel, ...], adapters: Mapping[str, TrackingAdapter]) -> Iterator[Answer]:
    for parcel in parcels:
        adapter = adapters.get(parcel.carrier)
        if adapter is None:
            yield Answer(parcel.carton, failure=f"{parcel.carrier}: no adapter")
            continue
        try:
            found = adapter.events(parcel.tracking_no, parcel.handed_over_at)
        except CarrierFailed as error:
            yield Answer(parcel.carton, failure=str(error))
            continue
        events = (NormalisedEvent(event, normalised(adapter.vocabulary, event.raw_code)) for event in found)
        yield Answer(parcel.carton, tuple(events))
